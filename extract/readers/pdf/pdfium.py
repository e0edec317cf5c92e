"""Characters and rules of a PDF by PDFium (pypdfium2; Apache-2.0 or BSD-3-Clause)."""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pypdfium2 as pdfium

from extract.readers.pdf import pdfium_api as api
from extract.readers.pdf.hiding import SMALLEST
from extract.readers.pdf.marks import (
    DAMAGED,
    ENCRYPTED,
    UNREADABLE,
    UNSEEN_MODES,
    Display,
    Floats,
    Ints,
    PageMarks,
    PagesRead,
    UnreadablePdfError,
    clipped,
    on_page,
    set_height,
)
from extract.readers.pdf.pdfium_shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_CHARACTERS = 60_000
"""On one page; the fullest real page has a few thousand. What goes beyond is not read."""

WIDEST = 5.0
"""Ems beyond which a character's box cannot be meant."""

_SPACE = 32
_BREAKS = frozenset((0, 10, 13))
_LINE_END_HYPHEN = 2
"""What PDFium puts for a hyphen at a line's end; in a cell it is a dash or a minus sign."""
_SURROGATES = range(0xD800, 0xE000)


class _Characters(NamedTuple):
    texts: list[str]
    boxes: Floats
    turns: Ints
    problems: list[str]


def read(data: bytes, most: int) -> PagesRead:
    """The marks of at most `most` pages; a page that cannot be read is a problem.

    Raises:
        UnreadablePdfError: the file cannot be opened.
    """
    pages: list[PageMarks] = []
    problems: list[str] = []
    with opened(data) as document:
        for index in range(min(len(document), most)):
            try:
                pages.append(read_page(document, index))
            except pdfium.PdfiumError:
                problems.append(f"page {index + 1} is damaged and was not read")
        return PagesRead(len(document), pages, problems)


def pages_of(data: bytes, most: int) -> Iterator[PageMarks]:
    """The marks page by page, those that cannot be read left out.

    Raises:
        UnreadablePdfError: the file cannot be opened.
    """
    with opened(data) as document:
        for index in range(min(len(document), most)):
            with suppress(pdfium.PdfiumError):
                yield read_page(document, index)


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """The document, closed at the end.

    Raises:
        UnreadablePdfError: the file cannot be opened.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise UnreadablePdfError(_reason(data, str(error))) from error
    try:
        yield document
    finally:
        document.close()


def _reason(data: bytes, message: str) -> str:
    if not data:
        return "the file is empty"
    # PDFium keeps the error of the file before, so its word is not enough.
    if b"/Encrypt" in data and ("password" in message or "security" in message):
        return ENCRYPTED
    if b"%PDF-" not in data[:1024]:
        return "this is no PDF"
    return f"{DAMAGED}: no pages can be found in it"


def read_page(document: pdfium.PdfDocument, index: int) -> PageMarks:
    """The marks of the page with this index (from 0)."""
    page = document[index]
    text_page = page.get_textpage()
    try:
        left, bottom, right, top = page.get_bbox()
        display = Display(left, bottom, right, top, page.get_rotation() // 90)
        shapes = Shapes()
        shapes.read(_address(page))
        return _assemble(index + 1, display, _address(text_page), shapes)
    finally:
        text_page.close()
        page.close()


def _characters(text_page: int, display: Display, *, unseen: int) -> _Characters:
    """Texts, boxes and turns of the characters that are on the page and can be seen."""
    count = api.count_characters(text_page)
    codes = [api.unicode(text_page, index) for index in range(min(count, MOST_CHARACTERS))]
    kept = [i for i, code in enumerate(codes) if _counts(text_page, i, code, unseen)]
    boxes, turns = _geometry(text_page, kept, display)
    shown = on_page(boxes, turns, display.width, display.height)
    texts = [_text(text_page, index, codes[index]) for index in kept]
    return _Characters(
        [text for text, is_shown in zip(texts, shown.tolist(), strict=True) if is_shown],
        boxes[shown],
        turns[shown],
        [f"only the first {MOST_CHARACTERS} characters are read"] * (count > MOST_CHARACTERS),
    )


def _counts(text_page: int, index: int, code: int, unseen: int) -> bool:
    if code in _BREAKS or (code == _SPACE and api.generated(text_page, index)):
        return False
    return not unseen or api.render_mode(api.text_object(text_page, index)) not in UNSEEN_MODES


def _text(text_page: int, index: int, code: int) -> str:
    if code == _LINE_END_HYPHEN:
        return "-"
    if api.unmapped(text_page, index) or code in _SURROGATES or code > sys.maxunicode:
        return UNREADABLE
    return chr(code)


@np.errstate(all="ignore")  # numbers without end give no place, see `on_page`
def _geometry(text_page: int, kept: list[int], display: Display) -> tuple[Floats, Ints]:
    loose = np.zeros((len(kept), 4), np.float32)
    origin = np.zeros((len(kept), 2), np.float64)
    matrix = np.zeros((len(kept), 6), np.float32)
    at_loose, at_origin, at_matrix = (array.ctypes.data for array in (loose, origin, matrix))
    for row, index in enumerate(kept):
        api.loose_box(text_page, index, at_loose + 16 * row)
        api.origin(text_page, index, at_origin + 16 * row, at_origin + 16 * row + 8)
        api.matrix(text_page, index, at_matrix + 24 * row)
    declared = np.array([api.font_size(text_page, index) for index in kept])
    sizes = declared * np.hypot(matrix[:, 2], matrix[:, 3])
    turns = display.turns(matrix[:, 0].astype(np.float64), matrix[:, 1].astype(np.float64))
    # In vertical fonts PDFium gives boxes of the unscaled size: there, one em from the origin.
    wild = np.maximum(loose[:, 2] - loose[:, 0], loose[:, 1] - loose[:, 3]) > WIDEST * sizes
    loose[wild, 0], loose[wild, 2] = origin[wild, 0], origin[wild, 0] + sizes[wild]
    loose[wild, 1], loose[wild, 3] = origin[wild, 1], origin[wild, 1] + sizes[wild]
    boxes = display.boxes(loose.astype(np.float64))
    set_height(boxes, display.points(origin[:, 0], origin[:, 1]), sizes, turns)
    return boxes, turns


def _address(wrapper: Any) -> int:
    return ctypes.cast(wrapper.raw, api.POINTER).value or 0


def _is_any_tiny(boxes: Floats) -> bool:
    return (
        bool(((boxes[:, 2:] - boxes[:, :2]).max(axis=1) < SMALLEST).any()) if len(boxes) else False
    )


def _assemble(number: int, display: Display, text_page: int, shapes: Shapes) -> PageMarks:
    characters = _characters(text_page, display, unseen=shapes.unseen)
    return PageMarks(
        number=number,
        width=display.width,
        height=display.height,
        texts=characters.texts,
        boxes=characters.boxes,
        turns=characters.turns,
        rules=clipped(shapes.rules, display),
        pictures=clipped(shapes.pictures, display),
        may_hide=shapes.hiding.found or _is_any_tiny(characters.boxes),
        drawings=clipped(shapes.drawings, display),
        problems=tuple(
            f"page {number}: {problem}" for problem in (*characters.problems, *shapes.problems())
        ),
    )
