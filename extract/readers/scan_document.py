"""From the pages of a scan to a document: tables over page breaks joined, lines to paragraphs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from extract.model import Document, Grid, Paragraph
from extract.readers.ocr import OcrError
from extract.readers.pdf.joining import JoinedTable, join, table_of
from extract.readers.pdf.marks import PageMarks
from extract.readers.pdf.paragraphs import PlacedLine, body_lines, margins, paragraphs
from extract.readers.pdf.tables import PageCell, PageContent, PageTable
from extract.readers.scan_cells import read_cells, sampled
from extract.readers.scan_frames import ScanFrame, find_frames
from extract.readers.scan_lines import text_lines
from extract.readers.scan_page import Raster, Sheet, character_height, count_characters, prepare
from extract.readers.scan_source import MAX_PAGES, PageError, composed, page_count, rasters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from extract.model import PageBox
    from extract.readers.pdf.lettering import Line
    from extract.readers.pdf.marks import Box
    from extract.readers.picture import PageOfPictures
    from extract.readers.scan_numbers import CellText

_Item = JoinedTable | PlacedLine

_BLANK = "nothing was seen in this cell of a table whose rules have gaps"
_WEAK = 0.5
"""Recognised lines below this mean probability are pictures and dirt, not text."""
_WELL = 0.8
_LEGIBLE = 0.75
"""A page less of whose text than this is read well may lie on its side or upside down."""
_SAMPLED = 0.5
"""A page so many of whose sampled lines are read well is the right way up, if badly scanned."""
_FEW, _MANY = 120, 12_000
"""Characters and pieces of them on a page of text; more are noise."""
_READ = 0.2
"""Of all characters and pieces of them, so many at least are read in longer texts."""
_TELLING = 3
"""Shorter texts look much the same whichever way up they are."""


@dataclass(frozen=True, slots=True, eq=False)
class _ScanMarks(PageMarks):
    """A page, or a table on it, whose levelled points lie elsewhere on the page as delivered."""

    sheet: Sheet | None = None
    frame: ScanFrame | None = None

    def where(self, box: Box) -> PageBox:
        """A box as an address on the page as delivered."""
        assert self.sheet is not None
        across, down = self.sheet.points
        if self.frame is not None:
            return self.sheet.box(*self.frame.on_sheet(box))
        return self.sheet.box(box[0] / across, box[1] / down, box[2] / across, box[3] / down)


def document_of(data: bytes, media_type: str, pages: Collection[int] | None) -> Document:
    """See `extract.readers.scan.read_scan`."""
    try:
        count = page_count(data, media_type)
        wanted = [n for n in range(1, count + 1) if pages is None or n in pages]
        problems = []
        if len(wanted) > MAX_PAGES:
            problems.append(f"only the first {MAX_PAGES} of {len(wanted)} pages were read")
        found = rasters(data, media_type, wanted[:MAX_PAGES])
        return _document(found, media_type, count, problems)
    except PageError as error:
        return Document(media_type, problems=(str(error),))


def document_of_images(images: Sequence[bytes]) -> Document:
    """See `extract.readers.scan.read_images`."""
    problems = []
    if len(images) > MAX_PAGES:
        problems.append(f"only the first {MAX_PAGES} of {len(images)} pictures were read")
    return _document(_pictures(images[:MAX_PAGES]), "image/*", len(images), problems)


def document_of_placed(pages: Iterable[PageOfPictures], media_type: str) -> Document:
    """See `extract.readers.scan.read_placed`."""
    return _document(map(composed, pages), media_type, 0, [])


def _pictures(images: Sequence[bytes]) -> Iterator[Raster | PageError]:
    """The first frame of each picture, numbered as pages."""
    for number, data in enumerate(images, start=1):
        try:
            found = next(iter(rasters(data, "image/*", [1])))
        except PageError as error:
            found = error
        if isinstance(found, PageError):
            yield PageError(f"picture {number}: {found}")
        else:
            yield replace(found, number=number)


def _document(
    pages: Iterable[Raster | PageError], media_type: str, count: int, problems: list[str]
) -> Document:
    contents = []
    try:
        for page in pages:
            if isinstance(page, PageError):
                problems.append(str(page))
            elif (read := _upright(page)) is not None:
                contents.append(read.content)
                if read.lost:
                    problems.append(f"page {page.number}: rules were found that make no table")
    except OcrError as error:
        problems.append(f"scans cannot be read: {error}")
    blocks = _blocks(contents)
    if not blocks and not problems:
        problems.append("no text was found on the scanned pages")
    return Document(media_type, blocks, pages=count, problems=tuple(problems))


@dataclass(frozen=True, slots=True, eq=False)
class _PageRead:
    """A page read one way up: what stands on it, how much of it was legible, tables lost."""

    content: PageContent
    legible: float
    lost: bool


def _upright(page: Raster) -> _PageRead | None:
    """A page read whichever way up it was scanned; None where nothing is printed on it.

    A few lines of its tables are tried first, so that it is read as a whole once.
    """
    looked: list[_Looked] = []
    for quarters in (0, 1, 3, 2):
        seen = _look(page.turned(quarters))
        if seen is None:
            return None
        looked.append(seen)
        if seen.sample >= _LEGIBLE:
            break
    best: _PageRead | None = None
    for seen in sorted(looked, key=lambda seen: -seen.sample):
        read = seen.read or _read(seen.sheet, seen.frames, lost=seen.lost)
        if best is None or read.legible > best.legible:
            best = read
        if best.legible >= _LEGIBLE or seen.sample >= _SAMPLED:
            break
    return best


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """A page one way up: its tables, whether some were lost, how well a few lines are read.

    Where it has no table to take lines from, it was read as a whole.
    """

    sheet: Sheet
    frames: list[ScanFrame]
    lost: bool
    sample: float
    read: _PageRead | None = None


def _look(page: Raster) -> _Looked | None:
    sheet = prepare(page)
    if sheet is None:
        return None
    frames, lost = find_frames(sheet)
    boxes = [frame.on_sheet(cell.box) for frame in frames for cell in frame.frame.cells]
    sample = sampled(sheet, boxes)
    if sample is not None:
        return _Looked(sheet, frames, lost, sample)
    read = _read(sheet, frames, lost=lost)
    return _Looked(sheet, frames, lost, read.legible, read)


def _read(sheet: Sheet, frames: list[ScanFrame], *, lost: bool) -> _PageRead:
    tables, texts = [], []
    for frame in frames:
        table, cells = _table(sheet, frame)
        tables.append(table)
        texts += [(cell.text, cell.sure) for cell in cells]
    lines = text_lines(sheet, frames)
    texts += [(line.text, sure) for line, sure in lines]
    content = PageContent(_marks(sheet), tables, [line for line, sure in lines if sure >= _WEAK])
    return _PageRead(content, _legible(texts, count_characters(sheet)), lost)


def _legible(texts: Sequence[tuple[str, float]], characters: int) -> float:
    """The part of a page's text that was read well, 1 where that cannot be told.

    A page on its side shows many characters and yields few texts.
    """
    telling = [
        (len(line), sure)
        for text, sure in texts
        for line in text.split("\n")
        if len(line) >= _TELLING
    ]
    seen = max(sum(length for length, _ in telling), _READ * characters)
    if not _FEW <= characters <= _MANY:
        return 1.0
    return sum(length for length, sure in telling if sure >= _WELL) / seen


def _marks(sheet: Sheet, frame: ScanFrame | None = None) -> _ScanMarks:
    high, wide = sheet.gray.shape
    across, down = sheet.points
    return _ScanMarks(sheet.number, wide * across, high * down, sheet=sheet, frame=frame)


def _table(sheet: Sheet, scan: ScanFrame) -> tuple[PageTable, list[CellText]]:
    frame = scan.frame
    x0, top, x1, bottom = (max(round(side), 0) for side in scan.outline)
    own = character_height(sheet.plain[top:bottom, x0:x1]) or sheet.em
    sheet = replace(sheet, em=min(own, sheet.em))  # tables are often set smaller than the text
    texts = read_cells(sheet, [(scan.on_sheet(cell.box), cell.broken) for cell in frame.cells])
    if scan.through:
        texts = [text if text.text else replace(text, doubt=text.doubt or _BLANK) for text in texts]
    cells = [
        PageCell(cell, text.text, text.doubt) for cell, text in zip(frame.cells, texts, strict=True)
    ]
    return PageTable(_marks(sheet, scan), frame.xs, frame.ys, cells, []), texts


def _blocks(pages: list[PageContent]) -> tuple[Paragraph | Grid, ...]:
    """Paragraphs and grids in reading order."""
    bodies = body_lines(pages)
    margin = margins([line for body in bodies for line in body])
    items: list[_Item] = []
    for page, body in zip(pages, bodies, strict=True):
        _add_page(items, page, body)
    blocks: list[Paragraph | Grid] = []
    run: list[PlacedLine] = []
    for item in items:
        if isinstance(item, PlacedLine):
            run.append(item)
        else:
            blocks += [*paragraphs(run, margin), item.grid()]
            run = []
    return (*blocks, *paragraphs(run, margin))


def _add_page(items: list[_Item], page: PageContent, body: list[Line]) -> None:
    """Add a page's tables and lines from top to bottom; its first table may continue the last."""
    things: list[PageTable | Line] = sorted(
        [*page.tables, *body], key=lambda thing: float(np.float64(thing.box[1]))
    )
    last = items[-1] if items else None
    follows = (
        isinstance(last, JoinedTable) and last.pieces[-1].marks.number == page.marks.number - 1
    )
    for index, thing in enumerate(things):
        if isinstance(thing, PageTable):
            if index == 0 and follows and isinstance(last, JoinedTable) and join(last, thing):
                continue
            items.append(table_of(thing))
        else:
            items.append(PlacedLine(page.marks, thing))
