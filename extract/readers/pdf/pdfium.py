"""Characters and rules of a PDF by PDFium (pypdfium2; Apache-2.0 or BSD-3-Clause).

PDFium is called through its C functions with plain addresses: its Python wrappers cost several
times the work itself when every character is asked for.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as api

from extract.readers.pdf.marks import (
    DAMAGED,
    ENCRYPTED,
    UNREADABLE,
    Display,
    Floats,
    Ints,
    PageMarks,
    PagesRead,
    UnreadablePdfError,
    no_boxes,
    on_page,
    set_height,
)
from extract.readers.pdf.shapes import Points, bounds, rules_of_path, thin

MOST_CHARACTERS = 60_000
MOST_OBJECTS = 60_000
MOST_SEGMENTS = 60_000
"""On one page; the fullest real page has a few thousand. What goes beyond is not read."""

WIDEST = 5.0
"""Ems beyond which a character's box cannot be meant."""

DEEPEST_FORM = 8
"""Forms (reused drawings) may hold forms; a file can nest them without end."""

_POINTER, _INT, _DOUBLE = ctypes.c_void_p, ctypes.c_int, ctypes.c_double


def _bind(name: str, result: Any, *arguments: Any) -> Any:
    """A function of PDFium that takes addresses as numbers and keeps Python's lock.

    Keeping the lock is right as PDFium is not thread-safe, and halves the cost of a short call.
    """
    address = ctypes.cast(getattr(api, name), _POINTER).value
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


_unicode = _bind("FPDFText_GetUnicode", ctypes.c_uint, _POINTER, _INT)
_generated = _bind("FPDFText_IsGenerated", _INT, _POINTER, _INT)
_unmapped = _bind("FPDFText_HasUnicodeMapError", _INT, _POINTER, _INT)
_font_size = _bind("FPDFText_GetFontSize", _DOUBLE, _POINTER, _INT)
_loose_box = _bind("FPDFText_GetLooseCharBox", _INT, _POINTER, _INT, _POINTER)
_origin = _bind("FPDFText_GetCharOrigin", _INT, _POINTER, _INT, _POINTER, _POINTER)
_matrix = _bind("FPDFText_GetMatrix", _INT, _POINTER, _INT, _POINTER)
_text_object = _bind("FPDFText_GetTextObject", _POINTER, _POINTER, _INT)
_count_characters = _bind("FPDFText_CountChars", _INT, _POINTER)
_count_objects = _bind("FPDFPage_CountObjects", _INT, _POINTER)
_object = _bind("FPDFPage_GetObject", _POINTER, _POINTER, _INT)
_count_in_form = _bind("FPDFFormObj_CountObjects", _INT, _POINTER)
_object_in_form = _bind("FPDFFormObj_GetObject", _POINTER, _POINTER, ctypes.c_ulong)
_type = _bind("FPDFPageObj_GetType", _INT, _POINTER)
_bounds = _bind("FPDFPageObj_GetBounds", _INT, _POINTER, *[_POINTER] * 4)
_object_matrix = _bind("FPDFPageObj_GetMatrix", _INT, _POINTER, _POINTER)
_render_mode = _bind("FPDFTextObj_GetTextRenderMode", _INT, _POINTER)
_draw_mode = _bind("FPDFPath_GetDrawMode", _INT, _POINTER, _POINTER, _POINTER)
_count_segments = _bind("FPDFPath_CountSegments", _INT, _POINTER)
_segment = _bind("FPDFPath_GetPathSegment", _POINTER, _POINTER, _INT)
_segment_point = _bind("FPDFPathSegment_GetPoint", _INT, _POINTER, _POINTER, _POINTER)
_segment_type = _bind("FPDFPathSegment_GetType", _INT, _POINTER)

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_LINE_TO, _BEZIER_TO, _MOVE_TO = 0, 1, 2
_UNSEEN = (3, 7)
_RECTANGLE = 5
"""Segments of a plain rectangle; a fill with no more than these is shading."""
_SPACE = 32
_BREAKS = frozenset((0, 10, 13))
_LINE_END_HYPHEN = 2
"""What PDFium puts for a hyphen at a line's end; in a cell it is a dash or a minus sign."""


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
    if "password" in message or "security" in message:
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
        shapes = _Shapes()
        shapes.read(_address(page), _count_objects, _object, _IDENTITY)
        return _assemble(index + 1, display, _address(text_page), shapes)
    finally:
        text_page.close()
        page.close()


def _characters(text_page: int, display: Display, *, unseen: int) -> _Characters:
    """Texts, boxes and turns of the characters that are on the page and can be seen."""
    count = _count_characters(text_page)
    codes = [_unicode(text_page, index) for index in range(min(count, MOST_CHARACTERS))]
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
    if code in _BREAKS or (code == _SPACE and _generated(text_page, index)):
        return False
    return not unseen or _render_mode(_text_object(text_page, index)) not in _UNSEEN


def _text(text_page: int, index: int, code: int) -> str:
    if code == _LINE_END_HYPHEN:
        return "-"
    if _unmapped(text_page, index) or 0xD800 <= code < 0xE000 or code > sys.maxunicode:
        return UNREADABLE
    return chr(code)


def _geometry(text_page: int, kept: list[int], display: Display) -> tuple[Floats, Ints]:
    loose = np.zeros((len(kept), 4), np.float32)
    origin = np.zeros((len(kept), 2), np.float64)
    matrix = np.zeros((len(kept), 6), np.float32)
    at_loose, at_origin, at_matrix = (array.ctypes.data for array in (loose, origin, matrix))
    for row, index in enumerate(kept):
        _loose_box(text_page, index, at_loose + 16 * row)
        _origin(text_page, index, at_origin + 16 * row, at_origin + 16 * row + 8)
        _matrix(text_page, index, at_matrix + 24 * row)
    declared = np.array([_font_size(text_page, index) for index in kept])
    sizes = declared * np.hypot(matrix[:, 2], matrix[:, 3])
    turns = display.turns(matrix[:, 0], matrix[:, 1])
    # In vertical fonts PDFium gives boxes of the unscaled size: there, one em from the origin.
    wild = np.maximum(loose[:, 2] - loose[:, 0], loose[:, 1] - loose[:, 3]) > WIDEST * sizes
    loose[wild, 0], loose[wild, 2] = origin[wild, 0], origin[wild, 0] + sizes[wild]
    loose[wild, 1], loose[wild, 3] = origin[wild, 1], origin[wild, 1] + sizes[wild]
    boxes = display.boxes(loose.astype(np.float64))
    set_height(boxes, display.points(origin[:, 0], origin[:, 1]), sizes, turns)
    return boxes, turns


def _address(wrapper: Any) -> int:
    return ctypes.cast(wrapper.raw, _POINTER).value or 0


def _assemble(number: int, display: Display, text_page: int, shapes: _Shapes) -> PageMarks:
    characters = _characters(text_page, display, unseen=shapes.unseen)
    return PageMarks(
        number=number,
        width=display.width,
        height=display.height,
        texts=characters.texts,
        boxes=characters.boxes,
        turns=characters.turns,
        rules=display.boxes(_array(shapes.rules)),
        pictures=display.boxes(_array(shapes.pictures)),
        drawings=display.boxes(_array(shapes.drawings)),
        hidden=shapes.unseen,
        problems=tuple(f"page {number}: {problem}" for problem in (*characters.problems, *shapes.problems())),
    )


def _array(boxes: list[tuple[float, float, float, float]]) -> Floats:
    return np.array(boxes, dtype=np.float64) if boxes else no_boxes()


_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_Matrix = tuple[float, float, float, float, float, float]


def _times(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _moved(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


class _Shapes:
    """Rules, pictures and outlined letters of a page, its forms included, in page coordinates."""

    def __init__(self) -> None:
        self.rules: list[tuple[float, float, float, float]] = []
        self.pictures: list[tuple[float, float, float, float]] = []
        self.drawings: list[tuple[float, float, float, float]] = []
        self.unseen = 0
        self._objects_left = MOST_OBJECTS
        self._segments_left = MOST_SEGMENTS
        self._four = (ctypes.c_float * 4)()
        self._at = tuple(ctypes.addressof(self._four) + 4 * i for i in range(4))
        self._six = (ctypes.c_float * 6)()
        self._modes = (_INT * 2)()

    def problems(self) -> list[str]:
        """What was left out."""
        full = self._objects_left <= 0 or self._segments_left <= 0
        return ["more drawing than can be read, rules may be missing"] if full else []

    def read(self, holder: int, count: Any, item: Any, matrix: _Matrix, depth: int = 0) -> None:
        """Collect from a page's or a form's objects; `matrix` maps them to the page."""
        for index in range(count(holder)):
            self._objects_left -= 1
            if self._objects_left <= 0:
                return
            thing = item(holder, index)
            kind = _type(thing)
            if kind == _TEXT:
                self.unseen += _render_mode(thing) in _UNSEEN
            elif kind == _PATH:
                self._path(thing, matrix)
            elif kind == _IMAGE:
                self._picture(thing, matrix)
            elif kind == _FORM and depth < DEEPEST_FORM:
                inner = _times(self._matrix_of(thing), matrix)
                self.read(thing, _count_in_form, _object_in_form, inner, depth + 1)

    def _matrix_of(self, thing: int) -> _Matrix:
        if not _object_matrix(thing, ctypes.addressof(self._six)):
            return _IDENTITY
        a, b, c, d, e, f = self._six
        return a, b, c, d, e, f

    def _box(self, thing: int, matrix: _Matrix) -> tuple[float, float, float, float]:
        _bounds(thing, *self._at)
        x0, y0, x1, y1 = self._four
        if matrix is _IDENTITY:
            return x0, y0, x1, y1
        return bounds([_moved(x, y, matrix) for x in (x0, x1) for y in (y0, y1)])

    def _picture(self, thing: int, matrix: _Matrix) -> None:
        box = self._box(thing, matrix)
        (self.rules if thin(box) else self.pictures).append(box)

    def _path(self, thing: int, matrix: _Matrix) -> None:
        box = self._box(thing, matrix)
        modes = ctypes.addressof(self._modes)
        _draw_mode(thing, modes, modes + ctypes.sizeof(_INT))
        stroked = bool(self._modes[1])
        if thin(box) and not stroked:
            self.rules.append(box)
            return
        segments = _count_segments(thing)
        if not stroked and segments <= _RECTANGLE:
            return
        self._segments_left -= segments
        if self._segments_left <= 0:
            return
        # PDFium's bounds of a stroke are too wide by more than the stroke: its points tell.
        subpaths, curved = self._subpaths(thing, segments, _times(self._matrix_of(thing), matrix))
        if curved and not thin(box):
            self.drawings.append(box)
        else:
            self.rules.extend(rules_of_path(subpaths, stroked=stroked))

    def _subpaths(self, path: int, segments: int, matrix: _Matrix) -> tuple[list[Points], bool]:
        subpaths: list[Points] = []
        curved = False
        for index in range(segments):
            segment = _segment(path, index)
            _segment_point(segment, self._at[0], self._at[1])
            kind = _segment_type(segment)
            if kind == _MOVE_TO or not subpaths:
                subpaths.append([])
            curved = curved or kind == _BEZIER_TO
            subpaths[-1].append(_moved(self._four[0], self._four[1], matrix))
        return subpaths, curved
