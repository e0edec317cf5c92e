"""From bytes to a report: the reader that fits, recognition, checks, identity, sections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extract import limits
from extract.agreement import Key, compare, unvouched
from extract.composing import compose, doubted_where_told_otherwise
from extract.forms import NARRATIVE
from extract.model import Report
from extract.office import OfficeError, to_docx
from extract.pictures import lacking, scanned_keys, with_absences_doubted, with_pictures
from extract.readers.bundle import read_bundle
from extract.readers.docx import read_docx
from extract.readers.html import read_html
from extract.readers.json_page import JSON, read_json
from extract.readers.ofd import read_ofd
from extract.readers.pdf import confirmed, is_scan, look, read_pdf
from extract.readers.picture import natural
from extract.readers.scan import read_images, read_scan
from extract.readers.sheet import read_sheet
from extract.recognise import Recognition, recognise
from extract.sniff import DOC, DOCX, EMPTY, HTML, OFD, OLE, PDF, RTF, WORKS, XLS, XLSX, ZIP, sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from extract.model import Document

_LEGACY = frozenset({DOC, RTF, WORKS})
_IMAGES = frozenset(f"image/{kind}" for kind in ("jpeg", "png", "tiff", "gif", "bmp", "webp"))
_UNREAD = {
    EMPTY: "the file is empty",
    OLE: "an Office file of a kind that is not read, or damaged",
}
_HELD = 64 * 2**20
"""Bytes of pictures and pages of a ZIP file that are kept to be read together."""
_TOLD_PAGES = 60
"""Pages of a report without tables that a second reader reads as well."""
_FRAMES = 40
"""Pages allowed for in a TIFF file, which holds any number."""
_READERS: dict[str, Callable[[bytes], Document]] = {
    DOCX: read_docx,
    HTML: read_html,
    JSON: read_json,
    OFD: read_ofd,
    XLS: read_sheet,
    XLSX: read_sheet,
    "multipart/related": read_html,
}


def read_report(data: bytes, name: str = "") -> Report:
    """Read one file; never raises on bad input, `problems` says what is wrong.

    Args:
        data: The file's content, of any format.
        name: The file's name; the content decides what it is, never the name.
    """
    return read_reports([(name, data)])[0]


def read_reports(files: Sequence[tuple[str, bytes]]) -> list[Report]:
    """Read many files, in their order; one LibreOffice call serves all legacy Word files."""
    return list(read_each(files))


def read_each(files: Sequence[tuple[str, bytes]]) -> Iterator[Report]:
    """As `read_reports`, each report as soon as it is read."""
    kinds = [sniff(data) for _, data in files]
    legacy = [n for n, kind in enumerate(kinds) if kind in _LEGACY]
    words: dict[int, bytes | OfficeError] = {}
    if legacy:
        with limits.lifted():
            words = dict(zip(legacy, to_docx([files[n][1] for n in legacy]), strict=True))
    for n, ((_, data), kind) in enumerate(zip(files, kinds, strict=True)):
        yield _word_report(words[n], kind) if n in words else _report(data, kind)


def _word_report(converted: bytes | OfficeError, kind: str) -> Report:
    if isinstance(converted, OfficeError):
        return Report(kind, problems=(str(converted),))
    return _with_pictures(replace(read_docx(converted), media_type=kind), DOCX, converted)


def _report(data: bytes, kind: str) -> Report:
    if kind == PDF:
        return _pdf_report(data)
    if kind in _IMAGES:
        limits.for_scan(_FRAMES if kind == "image/tiff" else 1)
        return _scan_report(data, kind)
    if kind == ZIP:
        return _bundle_report(data)
    if kind in _READERS:
        return _with_pictures(_READERS[kind](data), kind, data)
    return Report(kind, problems=(_UNREAD.get(kind, f"files of this kind are not read: {kind}"),))


def _with_pictures(
    document: Document,
    kind: str,
    data: bytes,
    files: Mapping[str, bytes] | None = None,
    name: str = "",
) -> Report:
    """The report of a document; tables that are pictures are read where it lacks some."""
    found = recognise(document)
    if not lacking(found):
        return compose(document, found)
    read = with_pictures(document, kind, data, files=files, name=name)
    if read.scanned:
        found = with_absences_doubted(recognise(read.document))
    keys = scanned_keys(found, read.scanned)
    return compose(read.document, found, keys, scanned=bool(read.scanned))


def _bundle_report(data: bytes) -> Report:
    """The report in a ZIP file: the member with the most figures, the others named."""
    held: dict[str, bytes] = {}

    def read(name: str, content: bytes) -> Report | None:
        """A member's report; None for pictures and for pages that may show them, kept for later."""
        kind = sniff(content)
        if kind not in _IMAGES | {HTML} or sum(map(len, held.values())) > _HELD:
            return read_report(content, name)
        held[name] = content
        return None

    found, problems = read_bundle(data, read)
    members = [(name, report) for name, report in found if report is not None]
    members += _held_reports(held, alone=not any(_printed(report) for _, report in members))
    if not members:
        return Report(ZIP, problems=problems or ("the ZIP file holds no file",))
    name, best = max(members, key=lambda member: _printed(member[1]))
    others = [other for other, report in members if other != name and _printed(report)]
    problems += tuple(f"another report in the same ZIP file was not read: {o}" for o in others)
    return replace(best, problems=(*problems, *best.problems))


def _held_reports(held: Mapping[str, bytes], *, alone: bool) -> list[tuple[str, Report]]:
    """Pages with their pictures, and the pictures as one document where nothing else has figures.

    The pictures' pages count them in the order of their names, numbers in these by their value.
    """
    pictures = {name: data for name, data in held.items() if sniff(data) in _IMAGES}
    pages = [name for name in held if name not in pictures]
    found = [
        (name, _with_pictures(read_html(held[name]), HTML, held[name], pictures, name))
        for name in pages
    ]
    if pictures and alone and not any(_printed(report) for _, report in found):
        names = sorted(pictures, key=natural)
        found.append((names[0], _pictures_report([pictures[name] for name in names])))
    return found


def _pictures_report(pictures: Sequence[bytes]) -> Report:
    """The report that pictures are together, such as one table in two pictures."""
    if len(pictures) == 1:
        return _report(pictures[0], sniff(pictures[0]))
    limits.for_scan(len(pictures))
    return _of_scan(replace(read_images(pictures), media_type=sniff(pictures[0])))


def _printed(report: Report) -> int:
    return sum(f.status == "printed" and f.sentence is None for f in report.figures)


def _pdf_report(data: bytes) -> Report:
    document, sight = look(data)
    if not document.grids and is_scan(data):
        limits.for_scan(document.pages or 1)
        return _scan_report(data, PDF)
    first = recognise(document)
    scanned: frozenset[Key] = frozenset()
    if lacking(first):
        read = with_pictures(document, PDF, data, marks=sight.marks)
        document = read.document
        first = with_absences_doubted(recognise(document)) if read.scanned else first
        scanned = scanned_keys(first, read.scanned)
    if first.edition is None:
        return _told_twice(compose(document, first), data)
    if confirmed(data, sight):
        return compose(document, first, scanned)
    keys, pages = unvouched(first)
    if not keys - scanned:
        return compose(document, first, scanned)
    second = recognise(read_pdf(data, "pdfplumber", pages))
    compared, lone = compare(first, second, keys - scanned)
    return compose(document, compared, lone | scanned)


def _told_twice(report: Report, data: bytes) -> Report:
    """A PDF's report without tables: the counts of its sentences as a second reader reads them."""
    if report.edition != NARRATIVE:
        return report
    pages = frozenset(range(1, min(report.pages or 1, _TOLD_PAGES) + 1))
    second = compose(read_pdf(data, "pdfplumber", pages), Recognition(None))
    return doubted_where_told_otherwise(report, second)


def _scan_report(data: bytes, kind: str) -> Report:
    return _of_scan(read_scan(data, kind))


def _of_scan(document: Document) -> Report:
    found = with_absences_doubted(recognise(document))
    return compose(document, found, scanned_keys(found), scanned=True)
