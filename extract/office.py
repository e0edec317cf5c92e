"""Convert legacy Word files with LibreOffice, many in one call, and render Word files as PDF.

The files come from anywhere: LibreOffice runs on copies under names of our own, in a profile of
its own without macros or links to other places, within limits of time, memory and output.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from extract.sniff import DOC, DOCX, HTML, RTF, WORKS, sniff

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXTENSIONS = {
    DOC: "doc",
    DOCX: "docx",
    RTF: "rtf",
    WORKS: "wps",
    HTML: "html",
}
_SECONDS = 40
_SECONDS_A_FILE = 4
_LIMITS = (
    "ulimit -c 0; ulimit -f 524288; ulimit -t 900; ulimit -d unlimited 2>/dev/null; "
    'ulimit -v 8388608 2>/dev/null; exec "$@"'
)
"""No core dumps, 256 MB a file written, 900 s of processor, 8 GB of memory: a bomb ends the
converter alone, even where nobody is left to wait for it."""

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
_ITEM = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_SAFETY = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
"""Proxies on a closed port keep a document's links from reaching the network."""


class OfficeError(Exception):
    """LibreOffice is missing or could not convert a file; the message is one line for the user."""


def find_soffice() -> str | None:
    """The LibreOffice program: NIANBAO_SOFFICE, else `soffice` on the PATH; None without one."""
    return os.environ.get("NIANBAO_SOFFICE") or shutil.which("soffice")


def to_docx(files: Sequence[bytes]) -> list[bytes | OfficeError]:
    """Convert .doc, .wps and .rtf files in one call of LibreOffice.

    Args:
        files: Whole files; their content tells their type.

    Returns:
        In the same order the .docx of each file, or why it could not be converted. A file that
        stops LibreOffice does not fail the others.
    """
    return _convert(files, [sniff(data) for data in files], "docx:MS Word 2007 XML")


def to_pdf(data: bytes, media_type: str | None = None) -> bytes:
    """Render a Word file as PDF, for viewing.

    Args:
        data: The whole file.
        media_type: Its media type; told from the content where None.

    Raises:
        OfficeError: LibreOffice is not installed, or cannot read the file.
    """
    (result,) = _convert([data], [media_type or sniff(data)], "pdf")
    if isinstance(result, OfficeError):
        raise result
    return result


def _convert(
    files: Sequence[bytes], media_types: Sequence[str], target: str
) -> list[bytes | OfficeError]:
    soffice = find_soffice()
    if soffice is None:
        lost = "Word files cannot be drawn" if target == "pdf" else ".doc files cannot be read"
        return [OfficeError(f"LibreOffice is not installed, so {lost}") for _ in files]
    results: list[bytes | OfficeError] = [
        OfficeError("LibreOffice cannot read this file") for _ in files
    ]
    known = [index for index, kind in enumerate(media_types) if kind in _EXTENSIONS]
    batch = {f"{index}.{_EXTENSIONS[media_types[index]]}": files[index] for index in known}
    done, failure = _run(soffice, batch, target) if batch else ({}, None)
    for index in known:
        stem = str(index)
        if failure and stem not in done and len(batch) > 1:
            # Something in the batch stopped LibreOffice: the files left get a call each.
            name = f"{index}.{_EXTENSIONS[media_types[index]]}"
            again, reason = _run(soffice, {name: files[index]}, target)
            done.update(again)
        else:
            reason = failure
        if stem in done:
            results[index] = done[stem]
        elif reason:
            results[index] = OfficeError(reason)
    return results


def _run(soffice: str, batch: dict[str, bytes], target: str) -> tuple[dict[str, bytes], str | None]:
    """One call: what it wrote, by the stems of the names, and why it ended early if it did."""
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        profile, source, out = (root / name for name in ("profile", "in", "out"))
        (profile / "user").mkdir(parents=True)
        items = "\n".join(_ITEM.format(path=p, name=n, value=v) for p, n, v in _SAFETY)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS.format(items=items))
        source.mkdir()
        for name, data in batch.items():
            (source / name).write_bytes(data)
        command = [
            *("/bin/sh", "-c", _LIMITS, "sh", soffice),
            f"-env:UserInstallation={profile.as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"),
            *("--convert-to", target, "--outdir", str(out)),
            *(str(source / name) for name in batch),
        ]
        failure = _wait(command, root, _SECONDS + _SECONDS_A_FILE * len(batch))
        written = sorted(out.iterdir()) if out.is_dir() else []
        return {path.stem: path.read_bytes() for path in written if path.stat().st_size}, failure


def _wait(command: list[str], home: Path, seconds: int) -> str | None:
    """Run a command in a process group of its own that ends with it; None if it ended well."""
    environment = {
        key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")
    }
    environment |= {"HOME": str(home), "TMPDIR": str(home), "http_proxy": "http://127.0.0.1:9"}
    environment["https_proxy"] = environment["http_proxy"]
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell sees anything but our own names
            command,
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"LibreOffice cannot be started: {error.strerror}"
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return f"LibreOffice did not finish within {seconds} seconds"
    finally:
        # The launcher's children would outlive it.
        _kill_group(process)
    return None if status == 0 else f"LibreOffice ended with status {status}"


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    finally:
        process.wait()
