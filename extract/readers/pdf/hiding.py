"""Signs on a page that text in it may not be seen: cheap to tell, while PDFium walks its objects.

Whether it is seen, the drawn page tells (`ink`), which costs as much as reading it.
"""

from __future__ import annotations

import ctypes

from extract.readers.pdf import pdfium_api as api
from extract.readers.pdf.shapes import bounds

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]

PALE, FAINT = 200, 64
"""Text with no colour component below `PALE`, or less opaque than `FAINT` (of 255), may hide."""

SMALLEST = 2.0
"""Points of height that text must have to be seen."""

LEAST_PATCH = 3.0
"""Points that a shape must have both ways to hide a digit."""

MOST_TEXTS = 20_000
MOST_PATCHES = 200
"""Shapes drawn after text that are compared with it; a page with more is drawn at once."""

_LAYER = "OC".encode("utf-16-le") + b"\0\0"


class Hiding:
    """Watches a page's objects in the order of their drawing; `found` once one may hide text."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.found = False
        self._texts: list[tuple[int, Matrix]] = []
        self._boxes: list[Box] = []
        self._patches = 0
        self._colour = (ctypes.c_uint * 4)()
        self._colours = tuple(ctypes.addressof(self._colour) + 4 * i for i in range(4))
        self._four = (ctypes.c_float * 4)()
        self._sides = tuple(ctypes.addressof(self._four) + 4 * i for i in range(4))
        self._name = ctypes.create_string_buffer(64)
        self._length = ctypes.c_ulong()

    def text(self, thing: int, matrix: Matrix) -> None:
        """A text object; `matrix` maps the form it is in to the page."""
        if self.found or len(self._texts) >= MOST_TEXTS:
            return
        self._texts.append((thing, matrix))
        if api.fill_colour(thing, *self._colours):
            *colour, alpha = self._colour
            self.found = min(colour) >= PALE or alpha < FAINT
        self.found = self.found or self._is_in_layer(thing)

    def patch(self, box: Box) -> None:
        """A filled shape or a picture."""
        small = box[2] - box[0] < LEAST_PATCH or box[3] - box[1] < LEAST_PATCH
        if self.found or small or not self._texts:
            return
        self._patches += 1
        self._boxes += [self._box(*text) for text in self._texts[len(self._boxes) :]]
        x0, y0, x1, y1 = box
        self.found = self._patches > MOST_PATCHES or any(
            a < x1 and c > x0 and b < y1 and d > y0 for a, b, c, d in self._boxes
        )

    def _box(self, thing: int, matrix: Matrix) -> Box:
        api.bounds(thing, *self._sides)
        x0, y0, x1, y1 = self._four
        a, b, c, d, e, f = matrix
        corners = [(x, y) for x in (x0, x1) for y in (y0, y1)]
        return bounds([(a * x + c * y + e, b * x + d * y + f) for x, y in corners])

    def _is_in_layer(self, thing: int) -> bool:
        for index in range(api.count_marks(thing)):
            name = ctypes.addressof(self._name)
            mark = api.mark(thing, index)
            named = mark and api.mark_name(mark, name, 64, ctypes.addressof(self._length))
            if named and self._name.raw.startswith(_LAYER):
                return True
        return False
