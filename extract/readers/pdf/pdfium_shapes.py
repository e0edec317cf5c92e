"""Rules, pictures and outlined letters of a page as PDFium sees them."""

from __future__ import annotations

import ctypes
from typing import Any

from extract.readers.pdf import pdfium_api as api
from extract.readers.pdf.hiding import Hiding
from extract.readers.pdf.marks import UNSEEN_MODES, Box
from extract.readers.pdf.shapes import Points, bounds, rules_of_path, thin

MOST_OBJECTS = 60_000
MOST_SEGMENTS = 60_000
"""On one page; the fullest real page has a few thousand. What goes beyond is not read."""

DEEPEST_FORM = 8
"""Forms (reused drawings) may hold forms; a file can nest them without end."""

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_BEZIER_TO, _MOVE_TO = 1, 2
_RECTANGLE = 5
"""Segments of a plain rectangle; a fill with no more than these is shading."""

IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
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


def _is_curved(path: int, segments: int) -> bool:
    return any(
        api.segment_type(api.segment(path, index)) == _BEZIER_TO for index in range(segments)
    )


class Shapes:
    """Rules, pictures and outlined letters of a page, its forms included, in page coordinates."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.rules: list[Box] = []
        self.pictures: list[Box] = []
        self.drawings: list[Box] = []
        self.unseen = 0
        self.hiding = Hiding()
        self._objects_left = MOST_OBJECTS
        self._segments_left = MOST_SEGMENTS
        self._four = (ctypes.c_float * 4)()
        self._at = tuple(ctypes.addressof(self._four) + 4 * i for i in range(4))
        self._six = (ctypes.c_float * 6)()
        self._modes = (api.INT * 2)()

    def problems(self) -> list[str]:
        """What was left out."""
        full = self._objects_left <= 0 or self._segments_left <= 0
        return ["more drawing than can be read, rules may be missing"] if full else []

    def read(self, page: int) -> None:
        """Collect from the page at this address."""
        self._collect(page, api.count_objects, api.object_at, IDENTITY)

    def _collect(self, holder: int, count: Any, item: Any, matrix: _Matrix, depth: int = 0) -> None:
        """Collect from a page's or a form's objects; `matrix` maps them to the page."""
        for index in range(count(holder)):
            self._objects_left -= 1
            if self._objects_left <= 0:
                return
            thing = item(holder, index)
            kind = api.kind(thing)
            if kind == _TEXT:
                self.unseen += api.render_mode(thing) in UNSEEN_MODES
                self.hiding.text(thing, matrix)
            elif kind == _PATH:
                self._path(thing, matrix)
            elif kind == _IMAGE:
                self._picture(thing, matrix)
            elif kind == _FORM and depth < DEEPEST_FORM:
                self.hiding.found = self.hiding.found or bool(api.transparent(thing))
                inner = _times(self._matrix_of(thing), matrix)
                self._collect(thing, api.count_in_form, api.object_in_form, inner, depth + 1)

    def _matrix_of(self, thing: int) -> _Matrix:
        if not api.object_matrix(thing, ctypes.addressof(self._six)):
            return IDENTITY
        a, b, c, d, e, f = self._six
        return a, b, c, d, e, f

    def _box(self, thing: int, matrix: _Matrix) -> Box:
        api.bounds(thing, *self._at)
        x0, y0, x1, y1 = self._four
        if matrix is IDENTITY:
            return x0, y0, x1, y1
        return bounds([_moved(x, y, matrix) for x in (x0, x1) for y in (y0, y1)])

    def _picture(self, thing: int, matrix: _Matrix) -> None:
        box = self._box(thing, matrix)
        self.hiding.patch(box)
        (self.rules if thin(box) else self.pictures).append(box)

    def _path(self, thing: int, matrix: _Matrix) -> None:
        box = self._box(thing, matrix)
        modes = ctypes.addressof(self._modes)
        api.draw_mode(thing, modes, modes + ctypes.sizeof(api.INT))
        stroked = bool(self._modes[1])
        if thin(box) and not stroked:
            self.rules.append(box)
            return
        if self._modes[0]:
            self.hiding.patch(box)
        segments = api.count_segments(thing)
        if not stroked and segments <= _RECTANGLE and not _is_curved(thing, segments):
            return
        self._segments_left -= segments
        if self._segments_left <= 0:
            return
        # PDFium's bounds of a stroke are too wide by more than the stroke: its points tell.
        subpaths, curved = self._subpaths(thing, segments, _times(self._matrix_of(thing), matrix))
        rules = [] if curved and not thin(box) else rules_of_path(subpaths, stroked=stroked)
        self.rules.extend(rules)
        if not rules:
            self.drawings.append(box)

    def _subpaths(self, path: int, segments: int, matrix: _Matrix) -> tuple[list[Points], bool]:
        subpaths: list[Points] = []
        curved = False
        for index in range(segments):
            segment = api.segment(path, index)
            api.segment_point(segment, self._at[0], self._at[1])
            kind = api.segment_type(segment)
            if kind == _MOVE_TO or not subpaths:
                subpaths.append([])
            curved = curved or kind == _BEZIER_TO
            subpaths[-1].append(_moved(self._four[0], self._four[1], matrix))
        return subpaths, curved
