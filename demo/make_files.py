"""Makes the demonstration files from `figures/*.json`: `python -m demo.make_files`.

Each real report comes in the kind of file it was published in, so it needs LibreOffice (Word's PDF
and legacy .doc), Chromium (a printed web page) and the font Noto CJK. What the tools write of time
and place into a file is overwritten, so the same tools give the same bytes.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from demo import html, ooxml
from demo.reports import load

HTML = ("hongze-2024", "shifan-2020", "shifan-2022", "shifan-2023", "shifan-jiaoyuju-2022")
SCAN_DPI = 130
BROWSER_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-default-apps", "--disable-domain-reliability"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
"""Chromium draws our own pages and asks nobody anything."""
SKEW_DEGREES = (0.35, -0.5, 0.2)
"""How far each page lies off the straight; pages beyond begin again."""


RADICALS = str.maketrans(
    "一二八十人力大工文方无日月止民水用目示立网自至行面门长高金",
    "⼀⼆⼋⼗⼈⼒⼤⼯⽂⽅⽆⽇⽉⽌⺠⽔⽤⽬⽰⽴⽹⾃⾄⾏⾯⻔⻓⾼⾦",
)
"""Radicals that some tools write for the characters they look like; seen in real reports."""


def main() -> int:
    """Write every demonstration file; returns the exit status."""
    folder = Path(__file__).parent / "files"
    folder.mkdir(exist_ok=True)
    try:
        for name, data in make().items():
            (folder / name).write_bytes(data)
            print(f"{len(data):>7} {name}")  # noqa: T201 - a command that says what it made
    except (OSError, subprocess.SubprocessError) as error:
        print(f"demo.make_files: {error}", file=sys.stderr)  # noqa: T201 - as above
        return 1
    return 0


def make() -> dict[str, bytes]:
    """Every demonstration file by its name.

    Raises:
        OSError: LibreOffice or Chromium is not on the machine.
        subprocess.SubprocessError: one of them failed.
    """
    made = {f"{name}.html": html.page(load(name)).encode() for name in HTML}
    made["dongfeng-2021.docx"] = ooxml.docx(load("dongfeng-2021"))
    made["xingan-2021.pdf"] = undated(office(ooxml.docx(load("xingan-2021")), "pdf"))
    made["hulan-2021.doc"] = office(ooxml.docx(load("hulan-2021")), "doc")
    made["nanshan-2021.pdf"] = scan(office(ooxml.docx(load("nanshan-2021"), size=24), "pdf"))
    made["unnamed-2021.pdf"] = undated(
        browser_print(html.page(load("unnamed-2021")).translate(RADICALS))
    )
    return made


def office(docx: bytes, suffix: str) -> bytes:
    """A Word document as LibreOffice saves it in another format."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.docx").write_bytes(docx)
        profile = (Path(folder) / "profile").as_uri()
        _run(
            [
                *(program("soffice"), f"-env:UserInstallation={profile}", "--headless"),
                *("--convert-to", suffix, "--outdir", folder, f"{folder}/report.docx"),
            ]
        )
        return (Path(folder) / f"report.{suffix}").read_bytes()


def browser_print(page: str) -> bytes:
    """A page as Chromium prints it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.html").write_text(page, encoding="utf-8")
        _run(
            [
                *(program("chromium"), "--headless", *BROWSER_FLAGS),
                *(f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"),
                *(f"--print-to-pdf={folder}/report.pdf", (Path(folder) / "report.html").as_uri()),
            ]
        )
        return (Path(folder) / "report.pdf").read_bytes()


def scan(pdf: bytes) -> bytes:
    """A PDF of grey pictures of the pages of another, each a little askew and grainy."""
    document = pypdfium2.PdfDocument(pdf)
    noise = np.random.default_rng(2021)
    pages = []
    for number, page in enumerate(document):
        grey = page.render(scale=SCAN_DPI / 72).to_pil().convert("L")
        askew = grey.rotate(
            SKEW_DEGREES[number % len(SKEW_DEGREES)],
            resample=Image.Resampling.BICUBIC,
            fillcolor=255,
        )
        grain = np.asarray(askew, dtype=float) * 0.94 + noise.normal(0, 1, askew.size[::-1])
        pages.append(Image.fromarray(grain.clip(0, 255).astype(np.uint8)))
    buffer = io.BytesIO()
    date = time.gmtime(0)
    pages[0].save(
        buffer,
        format="PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=SCAN_DPI,
        quality=46,
        optimize=True,
        creationDate=date,
        modDate=date,
    )
    return buffer.getvalue()


def undated(pdf: bytes) -> bytes:
    """A PDF with its dates and ids overwritten by others of the same length."""

    def zeros(match: re.Match[bytes]) -> bytes:
        return match[1] + re.sub(rb"[0-9A-Fa-f]", b"0", match[2])

    dated = re.sub(rb"(Date ?\(D:)\d{14}", rb"\g<1>19700101000000", pdf)
    return re.sub(rb"(/(?:ID|DocChecksum) ?)(\[[^\]]*\]|/[0-9A-F]+)", zeros, dated)


def program(name: str) -> str:
    """Where a program is on this machine; FileNotFoundError says that it is not."""
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not on this machine")
    return found


def _run(command: list[str]) -> None:
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, capture_output=True, timeout=180, env=environment)  # noqa: S603 - our own programs and files


if __name__ == "__main__":
    sys.exit(main())
