"""WACZ 1.1.1: one file with WARCs, their index and a list of pages, for replay in any browser.

https://specs.webrecorder.net/wacz/1.1.1/. What is compressed already is stored in the ZIP, so that
a player reads a single page by range.
"""

from __future__ import annotations

import hashlib
import http
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, urlsplit

from archive.export.proofs import proofs
from archive.export.warcs import warc_parts
from archive.fields import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from archive.export.cdxj import Line
    from archive.export.selection import Selection
    from archive.model import Capture

VERSION = "1.1.1"
_BLOCK = 1024
"""Lines of the index compressed together: what a player reads for one address."""
_LARGE = 1 << 31
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""What ZIP knows as the beginning of time; no clock has a part in an export."""
_PAGES = frozenset({"home", "report", "attachment"})


@dataclass(frozen=True, slots=True)
class _Resource:
    """An entry of the ZIP as `datapackage.json` lists it."""

    path: str
    bytes: int
    sha256: str


def write_wacz(
    out: BinaryIO,
    data: Path,
    selection: Selection,
    software: str,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Writes the selection as a WACZ; the same selection is the same bytes.

    Args:
        out: where to, from its beginning.
        data: the archive's data folder.
        selection: what is exported; its `problems` get what could not be read.
        software: who wrote it, name and version.
        progress: called with bytes read since the last call.

    Raises:
        ArchiveError: if a file of the archive cannot be read any more.
        OSError: if it cannot be written.
    """
    lines: list[Line] = []
    with zipfile.ZipFile(out, "w") as archive:
        resources = []
        for part in warc_parts(data / "warc", selection, progress):
            path = f"archive/{part.name}"
            resources.append(_put(archive, path, part.chunks(), part.most, packed=True))
            lines += part.lines
        blocks, index = _index(sorted(lines))
        resources.append(_put(archive, "indexes/index.cdx.gz", blocks, packed=True))
        resources.append(_put(archive, "indexes/index.idx", [index]))
        pages, others = _page_lists(selection)
        resources.append(_put(archive, "pages/pages.jsonl", [pages]))
        if others:
            resources.append(_put(archive, "pages/extraPages.jsonl", [others]))
        for name, proof in proofs(data, selection):
            resources.append(_put(archive, f"proof/{name}", [proof]))
        package = _json(_package(selection, resources, software))
        _put(archive, "datapackage.json", [package])
        digest = {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(package).hexdigest()}",
        }
        _put(archive, "datapackage-digest.json", [_json(digest)])


def _put(
    archive: zipfile.ZipFile,
    path: str,
    chunks: Iterable[bytes],
    most: int = 0,
    *,
    packed: bool = False,
) -> _Resource:
    """Writes an entry of the ZIP; `most` is the largest size it can have, where that matters."""
    info = zipfile.ZipInfo(path, _EARLIEST)
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3
    hashed, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=most >= _LARGE) as entry:
        for chunk in chunks:
            entry.write(chunk)
            hashed.update(chunk)
            size += len(chunk)
    return _Resource(path, size, hashed.hexdigest())


def _index(lines: list[Line]) -> tuple[list[bytes], bytes]:
    """Returns the index in compressed blocks, and the index of the blocks."""
    blocks: list[bytes] = []
    meta = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    index = [f"!meta 0 {json.dumps(meta)}"]
    offset = 0
    for start in range(0, max(len(lines), 1), _BLOCK):
        chosen = lines[start : start + _BLOCK]
        pack = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        text = "".join(f"{line}\n" for line in chosen).encode()
        block = pack.compress(text) + pack.flush()
        where = {
            "offset": offset,
            "length": len(block),
            "digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
            "filename": "index.cdx.gz",
        }
        index += (f"{line.key} {line.time} {json.dumps(where)}" for line in chosen[:1])
        blocks.append(block)
        offset += len(block)
    return blocks, "".join(f"{line}\n" for line in index).encode()


def _page_lists(selection: Selection) -> tuple[bytes, bytes]:
    """Returns the pages a reader looks for (home pages, reports, files), and the lists on the way.

    The second is empty where there are none.
    """
    shown = [c for c in selection.captures if _is_page(c) and c.id not in selection.added]
    pages = [_page(selection, c) for c in shown if c.role in _PAGES]
    others = [_page(selection, c) for c in shown if c.role == "list"]
    head = {"format": "json-pages-1.0", "id": "pages", "title": "年度报告 · Reports"}
    extra = {"format": "json-pages-1.0", "id": "extra", "title": "栏目 · Lists on the way"}
    return _lines([head, *pages]), _lines([extra, *others]) if others else b""


def _is_page(capture: Capture) -> bool:
    return (
        capture.method == "GET"
        and capture.http_status == http.HTTPStatus.OK
        and not capture.reason
        and capture.bytes > 0
        and (capture.role != "list" or capture.media_type in {"text/html", "application/xhtml+xml"})
    )


def _page(selection: Selection, capture: Capture) -> dict[str, Any]:
    portal = selection.portals.get(capture.portal)
    name = portal.place_name if portal else None
    home = name if capture.role == "home" else None
    last = unquote(urlsplit(capture.url).path.rpartition("/")[2], errors="replace")
    title = home or capture.link_text or capture.file_name or one_line(last) or capture.url
    return {"id": capture.id, "url": capture.url, "ts": capture.fetched_at, "title": title}


def _package(selection: Selection, resources: list[_Resource], software: str) -> dict[str, Any]:
    package: dict[str, Any] = {
        "profile": "data-package",
        "title": f"政府信息公开工作年度报告存档 · {selection.wanted}",
        "description": (
            f"{len(selection.captures)} captures, {selection.captures[0].fetched_at} to "
            f"{selection.latest}; records copied unchanged from the archive."
        ),
        "created": selection.latest,
        "wacz_version": VERSION,
        "software": software,
        "resources": [
            {
                "name": resource.path.rpartition("/")[2].lower(),
                "path": resource.path,
                "hash": f"sha256:{resource.sha256}",
                "bytes": resource.bytes,
            }
            for resource in resources
        ],
    }
    first = _main(selection)
    if first:
        package |= {"mainPageUrl": first.url, "mainPageDate": first.fetched_at}
    return package


def _main(selection: Selection) -> Capture | None:
    """Returns the page to open first: a report's, else a home page."""
    pages = [c for c in selection.captures if _is_page(c)]
    for role in ("report", "home", "attachment"):
        for page in pages:
            if page.role == role:
                return page
    return None


def _lines(items: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
