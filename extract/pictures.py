"""Tables that are pictures within a document of another format, read by the reader of scans.

Pictures are read only where the document's own tables leave many of a form's figures open: most
pictures in reports are photographs, and reading one takes as long as reading a hundred pages.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extract import limits
from extract.checks import try_relations
from extract.model import Grid, PageBox, Paragraph
from extract.readers.docx import PICTURES_UNREAD
from extract.readers.ofd import unread_picture
from extract.readers.ofd_pictures import pages_of_pictures
from extract.readers.pdf.reading import is_picture
from extract.readers.picture import addressed, large_on_page, telling
from extract.readers.scan import read_images, read_placed, read_scan
from extract.readers.web_pictures import web_pictures
from extract.readers.word_pictures import word_pictures
from extract.sniff import DOCX, HTML, OFD, PDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from extract.agreement import Key
    from extract.model import Document, Where
    from extract.readers.pdf.marks import Box, PageMarks
    from extract.readers.picture import Picture
    from extract.recognise import Recognition

_MOST = 20
"""Pictures of one document that are read."""
_OPEN = 0.1
"""The part of a form's figures without a cell, from which on pictures are looked at."""
_LITTLE = 600
"""Characters: a document with less text than this may be pictures altogether."""
_NAMED = 8
_UNSEEN = "no cell was found for it on the scan"
_INSIDE = 0.5
_REPEATED = 3
"""Pages with a picture at the same place, from which on it is a banner."""
_HEADING = re.compile("主动公开政府信息情况|收到和处理政府信息公开申请|行政复议、?行政诉讼情况")
_WEB = frozenset({HTML, "multipart/related"})


def lacking(found: Recognition) -> bool:
    """Whether so much of the form is missing that pictures may hold it."""
    absent = sum(figure.status == "absent" for figure in found.figures)
    return found.edition is None or absent > _OPEN * len(found.figures)


def scanned_keys(found: Recognition, scanned: frozenset[Where] | None = None) -> frozenset[Key]:
    """The figures read from pictures that nothing but their one reading vouches for.

    A sum of the form that holds vouches for its terms: were one misread, it would not hold.

    Args:
        found: the figures.
        scanned: where the cells lie that were read from pictures; None where all were.
    """
    tried = try_relations(found.edition, found.figures)
    vouched = {key for relation in tried if relation.vouches for key in relation.terms}
    keys = (
        (figure.table, figure.row, figure.column)
        for figure in found.figures
        if scanned is None or not scanned.isdisjoint(figure.where)
    )
    return frozenset(key for key in keys if key not in vouched)


def with_absences_doubted(found: Recognition) -> Recognition:
    """A scan's figures, with a doubt on those for which no cell was found.

    The report may leave a row out, but a row may as well have been lost with its rules. Rows of
    the form that the report prints as one are not missing.
    """
    merged = {figure.row for figure in found.figures if figure.label is not None}
    figures = tuple(
        replace(figure, doubt=_UNSEEN)
        if figure.status == "absent" and not figure.doubt and figure.row.split("_")[0] not in merged
        else figure
        for figure in found.figures
    )
    return replace(found, figures=figures)


@dataclass(frozen=True, slots=True)
class Pictured:
    """A document with what its pictures say, and where the cells lie that were read from them."""

    document: Document
    scanned: frozenset[Where] = frozenset()


def with_pictures(
    document: Document,
    kind: str,
    data: bytes,
    *,
    files: Mapping[str, bytes] | None = None,
    name: str = "",
    marks: Sequence[PageMarks] = (),
) -> Pictured:
    """The document with the tables that its pictures show.

    Args:
        document: what its own reader saw.
        kind: its format; for Word files of other kinds that of their conversion.
        data: the file.
        files: pictures that came with a web page, by their names.
        name: the web page's own name beside those.
        marks: what a PDF's pages hold.

    Returns:
        The document with more blocks, and with problems for what was not read. Cells have page
        boxes where the format has pages, else structural addresses whose tables are counted on.
    """
    if kind == DOCX:
        return _with_word(document, word_pictures(data))
    if kind in _WEB:
        return _with_web(document, web_pictures(data, files or {}, name))
    if kind == OFD:
        return _with_ofd(document, data)
    if kind == PDF:
        return _with_pdf(document, data, marks)
    return Pictured(document)


def _with_word(document: Document, pictures: Sequence[Picture]) -> Pictured:
    read = _with_files(document, pictures)
    if not read.scanned:
        return read
    problems = [p for p in read.document.problems if not p.endswith(PICTURES_UNREAD)]
    return replace(read, document=replace(read.document, problems=tuple(problems)))


def _with_web(document: Document, pictures: Sequence[Picture]) -> Pictured:
    read = _with_files(document, pictures)
    outside = list(dict.fromkeys(each.name for each in pictures if each.data is None))
    if not outside:
        return read
    named = ", ".join(address[:200] for address in outside[:_NAMED])
    more = f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
    # A heading of the form with no table in the whole page leaves nothing else for it to be.
    headed = any(_HEADING.search(paragraph.text) for paragraph in document.paragraphs)
    are = "are" if headed and not read.document.grids else "may be"
    problem = f"the tables {are} pictures, which are not in the file: {named}{more}"
    told = replace(read.document, problems=(*read.document.problems, problem))
    return replace(read, document=told)


def _with_files(document: Document, pictures: Sequence[Picture]) -> Pictured:
    files, beyond = telling(pictures, _MOST)
    if not files:
        return Pictured(document)
    limits.for_scan(len(files))
    seen = read_images(files)
    short = sum(len(paragraph.text) for paragraph in document.paragraphs) < _LITTLE
    blocks = list(addressed(seen, len(document.grids) + 1, text=short))
    problems = list(seen.problems) if blocks else []
    if beyond:
        problems.append(f"only the first {_MOST} of {_MOST + beyond} pictures were read")
    return _added(document, blocks, problems)


def _with_ofd(document: Document, data: bytes) -> Pictured:
    found = []
    for page in pages_of_pictures(data):
        found.append(page)
        if len(found) == _MOST:
            break
    if not found:
        return Pictured(document)
    limits.for_scan(len(found))
    seen = read_placed((page for page, _, _ in found), OFD)
    whole = {page.number for page, alone, _ in found if alone}
    read = _placed(document, seen, whole, {page.number: boxes for page, _, boxes in found})
    told = {unread_picture(number) for number in whole}
    problems = tuple(p for p in read.document.problems if p not in told)
    return replace(read, document=replace(read.document, problems=problems))


def _with_pdf(document: Document, data: bytes, marks: Sequence[PageMarks]) -> Pictured:
    whole = {page.number for page in marks if is_picture(page)}
    boxes = _without_banners(
        {page.number: large_on_page(page.pictures.tolist()) for page in marks}, whole
    )
    numbers = sorted(whole | {number for number, found in boxes.items() if found})[:_MOST]
    if not numbers:
        return Pictured(document)
    limits.for_scan(len(numbers))
    return _placed(document, read_scan(data, PDF, numbers), whole, boxes)


def _without_banners(boxes: dict[int, list[Box]], whole: set[int]) -> dict[int, list[Box]]:
    """Pages' pictures without those that stand at the same place on several pages."""
    times = Counter(tuple(map(round, box)) for found in boxes.values() for box in found)
    return {
        number: [
            box for box in found if number in whole or times[tuple(map(round, box))] < _REPEATED
        ]
        for number, found in boxes.items()
    }


def _placed(
    document: Document, seen: Document, whole: set[int], boxes: Mapping[int, list[Box]]
) -> Pictured:
    """The document with what was read on its pages, but for what its own text has as well."""
    blocks: list[Grid | Paragraph] = []
    for block in seen.blocks:
        if isinstance(block, Grid):
            places = [at for cell in block.cells for at in cell.where if isinstance(at, PageBox)]
            if any(at.page in whole for at in places) or _inside(places, boxes):
                blocks.append(block)
        elif isinstance(block.where, PageBox) and block.where.page in whole:
            blocks.append(block)
    read = _added(document, blocks, seen.problems if blocks else ())
    return replace(read, document=replace(read.document, blocks=_by_page(read.document.blocks)))


def _by_page(blocks: Sequence[Grid | Paragraph]) -> tuple[Grid | Paragraph, ...]:
    """Blocks from the first page to the last, in the order given on each."""
    placed = []
    page = 0
    for block in blocks:
        where = block.where if isinstance(block, Paragraph) else _first_place(block)
        page = where.page if isinstance(where, PageBox) else page
        placed.append((page, block))
    return tuple(block for _, block in sorted(placed, key=lambda pair: pair[0]))


def _first_place(grid: Grid) -> Where | None:
    return next((at for cell in grid.cells for at in cell.where), None)


def _inside(places: Sequence[PageBox], boxes: Mapping[int, list[Box]]) -> bool:
    """Whether most cells lie within pictures."""
    inside = [
        at
        for at in places
        for x0, top, x1, bottom in boxes.get(at.page, ())
        if x0 <= (at.x0 + at.x1) / 2 <= x1 and top <= (at.top + at.bottom) / 2 <= bottom
    ]
    return len(inside) > _INSIDE * len(places)


def _added(
    document: Document, blocks: Sequence[Grid | Paragraph], problems: Iterable[str]
) -> Pictured:
    scanned = frozenset(
        at
        for block in blocks
        if isinstance(block, Grid)
        for cell in block.cells
        for at in cell.where
    )
    own = (*document.blocks, *blocks)
    told = tuple(dict.fromkeys((*document.problems, *problems)))
    return Pictured(replace(document, blocks=own, problems=told), scanned)
