"""The path operators of a page: which of what they paint are rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.readers.pdf.shapes import Points, bounds, rules_of_path, thin

if TYPE_CHECKING:
    from collections.abc import Callable

    from extract.readers.pdf.marks import Box

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_UNIT_SQUARE = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that applies the one and then the other."""
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


class Drawing:
    """The path being drawn and the rules painted so far; `ctm` is the current matrix."""

    def __init__(self) -> None:
        """Begin with an empty page."""
        self.ctm = IDENTITY
        self.rules: list[Box] = []
        self._path: list[Points] = []
        self._curved = False

    def operators(self) -> dict[bytes, Callable[[list[bytes]], None]]:
        """What each operator of the format calls."""
        table: dict[bytes, Callable[[list[bytes]], None]] = {
            b"m": self._move_to, b"l": self._line_to, b"re": self._rectangle,
            b"c": self._curve, b"v": self._curve, b"y": self._curve, b"h": self._close,
            b"n": self._end,
        }  # fmt: skip
        table |= dict.fromkeys((b"S", b"s", b"B", b"B*", b"b", b"b*"), self._stroke)
        return table | dict.fromkeys((b"f", b"F", b"f*"), self._fill)

    def picture(self) -> None:
        """A picture; one that is thin enough is a rule."""
        box = bounds([self._on_page(x, y) for x, y in _UNIT_SQUARE])
        if thin(box):
            self.rules.append(box)

    def _on_page(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.ctm
        return a * x + c * y + e, b * x + d * y + f

    def _move_to(self, operands: list[bytes]) -> None:
        self._path.append([self._on_page(*map(float, operands[-2:]))])

    def _line_to(self, operands: list[bytes]) -> None:
        if not self._path:
            self._path.append([])
        self._path[-1].append(self._on_page(*map(float, operands[-2:])))

    def _curve(self, operands: list[bytes]) -> None:
        self._curved = True
        self._line_to(operands)

    def _rectangle(self, operands: list[bytes]) -> None:
        x, y, w, h = map(float, operands[-4:])
        corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y))
        self._path.append([self._on_page(*corner) for corner in corners])

    def _close(self, _operands: list[bytes]) -> None:
        if self._path and self._path[-1]:
            self._path[-1].append(self._path[-1][0])

    def _end(self, _operands: list[bytes]) -> None:
        self._path, self._curved = [], False

    def _stroke(self, _operands: list[bytes]) -> None:
        self._paint(stroked=True)

    def _fill(self, _operands: list[bytes]) -> None:
        self._paint(stroked=False)

    def _paint(self, *, stroked: bool) -> None:
        points = [point for subpath in self._path for point in subpath]
        if points:
            box = bounds(points)
            if thin(box):
                self.rules.append(box)
            elif not self._curved:
                self.rules.extend(rules_of_path(self._path, stroked=stroked))
        self._path, self._curved = [], False
