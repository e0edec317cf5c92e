"""The plain originals in folders by place and year, with a table that says whence each came."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from archive.export.table import csv_chunks
from extract.sniff import sniff
from publish.export.names import safe_name, same_name
from publish.site.originals import ending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from archive import Archive
    from publish.export.choice import Published, Row

README = """\
政府信息公开工作年度报告 · Annual reports on information disclosure

文件按地区和年度存放，内容与采集时一字节不差。originals.csv 说明每个文件的来源、采集时间和 SHA-256；
校验：sha256sum -c SHA256SUMS
网页原件可能含有脚本，请勿在联网的浏览器中直接打开；可用文本编辑器查看，或用 nianbao serve 浏览。

Files lie by place and by the year reported on, unchanged to the byte. originals.csv tells where
each came from, when, and its SHA-256. To check them: sha256sum -c SHA256SUMS
Pages may hold scripts of their portal: read them in a text editor or by `nianbao serve`, not by
opening them in a browser.
"""
_COLUMNS = (
    *("path", "report", "publisher", "place", "year", "title", "part", "url", "captured_at"),
    *("capture", "sha256", "bytes", "media_type"),
)


@dataclass(frozen=True, slots=True)
class Original:
    """A file of the export: `path` from its top with `/`, the rows of its report and capture.

    `part` is `document` for the file the figures come from, else `page` or `attachment`.
    """

    path: str
    report: Row
    capture: Row
    part: str
    bytes: int
    media_type: str


def write_originals(
    target: Path,
    archive: Archive,
    published: Published,
    reports: Sequence[Row],
    *,
    problems: list[str],
    progress: Callable[[int], None] | None = None,
) -> list[Original]:
    """Fills the empty folder `target`; the same reports are the same bytes.

    Args:
        target: an empty folder.
        archive: the archive, opened for reading at least.
        published: the published database.
        reports: rows of `Published.reports`.
        problems: gets a line for each original that could not be read.
        progress: called with bytes written since the last call.

    Returns:
        What was written, by path.
    """
    taken: set[str] = set()
    written: list[Original] = []
    for report in reports:
        for part, capture in _files(published, report):
            try:
                data = _content(archive, capture)
            except (ArchiveError, OSError) as error:
                problems.append(f"{report['id']}: {capture['url']}: {error}")
                continue
            media_type = sniff(data)
            path = _path(report, part, capture, f".{ending(media_type)}", taken)
            place = target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as out:
                out.write(data)
            written.append(Original(path, report, capture, part, len(data), media_type))
            if progress:
                progress(len(data))
    written.sort(key=lambda original: original.path)
    (target / "README.txt").write_text(README, "utf-8")
    (target / "originals.csv").write_bytes(b"".join(csv_chunks(_COLUMNS, map(_row, written))))
    (target / "SHA256SUMS").write_text(_sums(target, written), "utf-8")
    return written


def _files(published: Published, report: Row) -> Iterator[tuple[str, Row]]:
    """Yields each distinct file of a report once: the document its figures come from first."""
    parts = published.parts(report["id"])
    parts.sort(key=lambda capture: capture["sha256"] != report["document"])
    met: set[str] = set()
    for capture in parts:
        if capture["sha256"] not in met and capture["bytes"]:
            met.add(capture["sha256"])
            own = capture["sha256"] == report["document"]
            kind = "attachment" if "attachment" in capture["part"] else "page"
            yield "document" if own else kind, capture


def _content(archive: Archive, capture: Row) -> bytes:
    found = archive.capture(capture["id"])
    if found is None:
        raise ArchiveError(f"capture {capture['id']} is not in the archive; build again")
    data = archive.content(found)
    if hashlib.sha256(data).hexdigest() != capture["sha256"]:
        raise ArchiveError(f"capture {capture['id']} is another than was published; build again")
    return data


def _path(report: Row, part: str, capture: Row, kind: str, taken: set[str]) -> str:
    """Returns a path of our own making, which no other file of the export has on any system."""
    code, name = report["place"] or "000000", report["place_name"] or "地区不明 place unknown"
    place = safe_name(f"{code} {name}", code)
    year = str(report["year"]) if report["year"] else "年度不明 year unknown"
    title = report["title"] or report["publisher"]
    stem = {
        "document": title,
        "page": f"{title or report['id']}（网页）",
        "attachment": _bare(capture["file_name"]) or capture["link_text"] or title,
    }[part]
    # The digest was proved when the file was read; a report's id holds what a portal said.
    own, other = capture["sha256"], hashlib.sha256(report["id"].encode()).hexdigest()
    for mark in ("", f" {own[:8]}", f" {own[:16]} {other[:8]}"):
        path = f"{place}/{year}/{safe_name(stem, report['id'], kind, mark)}"
        if same_name(path) not in taken:
            break
    taken.add(same_name(path))
    return path


def _bare(name: str | None) -> str:
    """Returns a file's name without its ending, which is ours to say."""
    stem, dot, last = (name or "").rpartition(".")
    return stem if dot and stem and len(last) <= 5 else last  # noqa: PLR2004 - docx, xhtml


def _row(original: Original) -> list[object]:
    report, capture = original.report, original.capture
    return [
        original.path,
        report["id"],
        report["publisher"],
        report["place"],
        report["year"],
        report["title"],
        original.part,
        capture["url"],
        capture["fetched_at"],
        capture["id"],
        capture["sha256"],
        original.bytes,
        original.media_type,
    ]


def _sums(target: Path, written: Sequence[Original]) -> str:
    table = hashlib.sha256((target / "originals.csv").read_bytes()).hexdigest()
    lines = [f"{original.capture['sha256']}  {original.path}\n" for original in written]
    return "".join([*lines, f"{table}  originals.csv\n"])
