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
from extract.readers.scan_cells import read_cells
from extract.readers.scan_frames import ScanFrame, find_frames
from extract.readers.scan_lines import text_lines
from extract.readers.scan_page import Raster, Sheet, prepare
from extract.readers.scan_source import MAX_PAGES, PageError, page_count, rasters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from extract.model import PageBox
    from extract.readers.pdf.lettering import Line
    from extract.readers.pdf.marks import Box

_Item = JoinedTable | PlacedLine


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


def document_of(data: bytes, media_type: str) -> Document:
    """See `extract.readers.scan.read_scan`."""
    try:
        pages = page_count(data, media_type)
        problems = []
        if pages > MAX_PAGES:
            problems.append(f"only the first {MAX_PAGES} of {pages} pages were read")
        return _document(rasters(data, media_type), media_type, pages, problems)
    except PageError as error:
        return Document(media_type, problems=(str(error),))


def document_of_images(images: Sequence[bytes]) -> Document:
    """See `extract.readers.scan.read_images`."""
    problems = []
    if len(images) > MAX_PAGES:
        problems.append(f"only the first {MAX_PAGES} of {len(images)} pictures were read")
    return _document(_pictures(images[:MAX_PAGES]), "image/*", len(images), problems)


def _pictures(images: Sequence[bytes]) -> Iterator[Raster | PageError]:
    """The first frame of each picture, numbered as pages."""
    for number, data in enumerate(images, start=1):
        try:
            found = next(iter(rasters(data, "image/*")))
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
            elif (sheet := prepare(page)) is not None:
                contents.append(_content(sheet))
    except OcrError as error:
        problems.append(f"scans cannot be read: {error}")
    blocks = _blocks(contents)
    if not blocks and not problems:
        problems.append("no text was found on the scanned pages")
    return Document(media_type, blocks, pages=count, problems=tuple(problems))


def _content(sheet: Sheet) -> PageContent:
    """The tables of a page with their texts, and its lines outside them."""
    frames = find_frames(sheet)
    tables = [_table(sheet, frame) for frame in frames]
    return PageContent(_marks(sheet), tables, text_lines(sheet, frames))


def _marks(sheet: Sheet, frame: ScanFrame | None = None) -> _ScanMarks:
    high, wide = sheet.gray.shape
    across, down = sheet.points
    return _ScanMarks(sheet.number, wide * across, high * down, sheet=sheet, frame=frame)


def _table(sheet: Sheet, scan: ScanFrame) -> PageTable:
    frame = scan.frame
    texts = read_cells(sheet, [(scan.on_sheet(cell.box), cell.broken) for cell in frame.cells])
    cells = [
        PageCell(cell, text.text, text.doubt) for cell, text in zip(frame.cells, texts, strict=True)
    ]
    return PageTable(_marks(sheet, scan), frame.xs, frame.ys, cells, [])


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
