"""Read scans — image-only PDF, JPEG, PNG, TIFF — by ruling lines and text recognition, offline.

Tables come from their rules, each cell is recognised by itself, and numbers are read twice; the
text outside tables comes from a detector of lines. Boxes are in PDF points from the top left of
the page as delivered: for an image file as a viewer shows it (turned as its EXIF data says), a
pixel being 72/dpi points by the file's own resolution, or 72/96 where it names none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.model import Cell, Document, Grid, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from extract.model import PageBox
    from extract.readers.scan_page import Gray, Sheet
    from extract.readers.scan_rules import RuledTable
    from extract.readers.scan_source import PageError, Raster

_WEAK_LINE = 0.5
"""Recognised lines below this mean probability are pictures and dirt, not text."""
_DETECTION_EM = 14.0
"""The height of characters to which a page is reduced for finding lines of text."""


def read_scan(data: bytes, media_type: str) -> Document:
    """Read a scanned file: `application/pdf`, `image/jpeg`, `image/png`, `image/tiff`.

    Returns:
        The document with its paragraphs and grids in reading order. A cell carries a doubt where
        two readings of it differ or one is weak. Never raises: `problems` says what failed.
    """
    from extract.readers import scan_source  # noqa: PLC0415 - opens OpenCV: only for scans

    try:
        pages = scan_source.page_count(data, media_type)
        problems = []
        if pages > scan_source.MAX_PAGES:
            problems.append(f"only the first {scan_source.MAX_PAGES} of {pages} pages were read")
        return _document(scan_source.rasters(data, media_type), media_type, pages, problems)
    except scan_source.PageError as error:
        return Document(media_type, problems=(str(error),))


def read_images(images: Sequence[bytes]) -> Document:
    """Read pictures that together are one document, such as one table in two pictures.

    Each picture is a page of its own; `page` in the boxes counts them from 1.
    """
    from dataclasses import replace  # noqa: PLC0415

    from extract.readers import scan_source  # noqa: PLC0415

    def pages() -> Iterator[Raster | PageError]:
        for number, data in enumerate(images[: scan_source.MAX_PAGES], start=1):
            try:
                for found in scan_source.rasters(data, "image/*"):
                    if isinstance(found, scan_source.PageError):
                        yield scan_source.PageError(f"picture {number}: {found}")
                    else:
                        yield replace(found, number=number)
                    break
            except scan_source.PageError as error:
                yield scan_source.PageError(f"picture {number}: {error}")

    problems = []
    if len(images) > scan_source.MAX_PAGES:
        problems.append(
            f"only the first {scan_source.MAX_PAGES} of {len(images)} pictures were read"
        )
    return _document(pages(), "image/*", len(images), problems)


def _document(
    pages: Iterable[Raster | PageError], media_type: str, count: int, problems: list[str]
) -> Document:
    from extract.readers.ocr import OcrError  # noqa: PLC0415
    from extract.readers.scan_source import PageError  # noqa: PLC0415

    blocks: list[Paragraph | Grid] = []
    try:
        for page in pages:
            if isinstance(page, PageError):
                problems.append(str(page))
            else:
                blocks.extend(_page_blocks(page))
    except OcrError as error:
        problems.append(f"scans cannot be read: {error}")
    if not blocks and not problems:
        problems.append("no text was found on the scanned pages")
    return Document(media_type, tuple(blocks), pages=count, problems=tuple(problems))


def _page_blocks(raster: Raster) -> list[Paragraph | Grid]:
    """The paragraphs and grids of one page, from top to bottom."""
    from extract.readers.scan_page import prepare  # noqa: PLC0415
    from extract.readers.scan_rules import find_tables  # noqa: PLC0415

    sheet = prepare(raster)
    if sheet is None:
        return []
    tables, _ = find_tables(sheet)
    placed: list[tuple[float, Paragraph | Grid]] = [
        (table.box[1], _grid(sheet, table)) for table in tables
    ]
    placed += _paragraphs(sheet, tables)
    placed.sort(key=lambda item: item[0])
    return [block for _, block in placed]


def _grid(sheet: Sheet, table: RuledTable) -> Grid:
    from extract.readers.scan_cells import read_cells  # noqa: PLC0415

    texts = read_cells(sheet, table.cells)
    cells = tuple(
        Cell(
            text=text.text,
            row=cell.row,
            column=cell.column,
            rowspan=cell.rowspan,
            colspan=cell.colspan,
            where=(sheet.box(*cell.box),),
            doubt=text.doubt,
        )
        for cell, text in zip(table.cells, texts, strict=True)
    )
    return Grid(table.rows, table.columns, cells)


def _paragraphs(sheet: Sheet, tables: Sequence[RuledTable]) -> list[tuple[float, Paragraph]]:
    """The lines of text outside tables, each with its top, one paragraph a line."""
    from extract.readers.ocr import recognise  # noqa: PLC0415

    boxes = _text_lines(sheet, tables)
    readings = recognise([_crop(sheet.gray, box) for box in boxes])
    return [
        (box[1], Paragraph(reading.text.strip(), sheet.box(*box)))
        for box, reading in zip(boxes, readings, strict=True)
        if reading.text.strip() and reading.mean >= _WEAK_LINE
    ]


def _text_lines(sheet: Sheet, tables: Sequence[RuledTable]) -> list[tuple[int, int, int, int]]:
    """Boxes of lines of text outside tables, in reading order."""
    import cv2  # noqa: PLC0415

    from extract.readers.ocr import detect  # noqa: PLC0415

    outside = sheet.gray.copy()
    for table in tables:
        x0, top, x1, bottom = (round(value) for value in table.box)
        outside[max(top - 3, 0) : bottom + 4, max(x0 - 3, 0) : x1 + 4] = 255
    scale = min(1.0, _DETECTION_EM / sheet.em)
    small = cv2.resize(outside, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = detect(small)
    return [
        (
            int(x0 / scale),
            int(top / scale),
            round(x1 / scale),
            round(bottom / scale),
        )
        for x0, top, x1, bottom in found
    ]


def _crop(image: Gray, box: tuple[int, int, int, int]) -> Gray:
    x0, top, x1, bottom = box
    return image[max(top, 0) : bottom, max(x0, 0) : x1]
