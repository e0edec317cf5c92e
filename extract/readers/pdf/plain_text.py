"""The text operators of a page: where each character stands, by the format's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from extract.readers.pdf.marks import DESCENT, UNSEEN_MODES, Display, PageMarks, on_page, set_height
from extract.readers.pdf.plain_file import DeclinedError
from extract.readers.pdf.plain_path import IDENTITY, Matrix, times

if TYPE_CHECKING:
    from collections.abc import Callable

    from extract.readers.pdf.marks import Floats
    from extract.readers.pdf.plain_font import PlainFont

_HUNDRED, _THOUSAND = 100, 1000


class Writing:
    """The state of the text, and the characters written so far.

    `font_named` gives the font of a name in the resources at hand; `ctm` is the current matrix.
    """

    def __init__(self, font_named: Callable[[bytes], PlainFont]) -> None:
        """Begin with an empty page."""
        self.ctm = IDENTITY
        self._font_named = font_named
        self._font: PlainFont | None = None
        self._size = self._spacing = self._words = self._leading = self._rise = 0.0
        self._scaling = 1.0
        self._seen = True
        self._line = IDENTITY
        self._pen = 0.0
        # Where the pen stood and how far it moved is kept by character, the matrix by run of them.
        self._texts: list[str] = []
        self._pens: list[float] = []
        self._advances: list[float] = []
        self._runs: list[tuple[float, ...]] = []
        self._counts: list[int] = []

    def operators(self) -> dict[bytes, Callable[[list[bytes]], None]]:
        """What each operator of the format calls."""
        return {
            b"BT": self._begin, b"Tf": self._set_font, b"Tm": self._set_matrix,
            b"Td": self._move, b"TD": self._move_leading, b"T*": self._next_line,
            b"Tj": self._show, b"TJ": self._show, b"'": self._show_next, b'"': self._show_spaced,
            b"Tc": self._set_spacing, b"Tw": self._set_words, b"Tz": self._set_scaling,
            b"TL": self._set_leading, b"Ts": self._set_rise, b"Tr": self._set_mode,
        }  # fmt: skip

    def state(self) -> tuple[Any, ...]:
        """What q keeps."""
        return (
            self._font, self._size, self._spacing, self._words,
            self._leading, self._rise, self._scaling, self._seen,
        )  # fmt: skip

    def restore(self, state: tuple[Any, ...]) -> None:
        """What Q brings back."""
        (
            self._font, self._size, self._spacing, self._words,
            self._leading, self._rise, self._scaling, self._seen,
        ) = state  # fmt: skip

    def _begin(self, _operands: list[bytes]) -> None:
        self._line, self._pen = IDENTITY, 0.0

    def _set_font(self, operands: list[bytes]) -> None:
        name, size = operands[-2:]
        self._font, self._size = self._font_named(name), float(size)

    def _set_matrix(self, operands: list[bytes]) -> None:
        self._line, self._pen = matrix_of(operands), 0.0

    def _move(self, operands: list[bytes]) -> None:
        x, y = map(float, operands[-2:])
        self._line, self._pen = times((1.0, 0.0, 0.0, 1.0, x, y), self._line), 0.0

    def _move_leading(self, operands: list[bytes]) -> None:
        self._leading = -float(operands[-1])
        self._move(operands)

    def _next_line(self, _operands: list[bytes]) -> None:
        self._line = times((1.0, 0.0, 0.0, 1.0, 0.0, -self._leading), self._line)
        self._pen = 0.0

    def _set_spacing(self, operands: list[bytes]) -> None:
        self._spacing = float(operands[-1])

    def _set_words(self, operands: list[bytes]) -> None:
        self._words = float(operands[-1])

    def _set_scaling(self, operands: list[bytes]) -> None:
        self._scaling = float(operands[-1]) / _HUNDRED

    def _set_leading(self, operands: list[bytes]) -> None:
        self._leading = float(operands[-1])

    def _set_rise(self, operands: list[bytes]) -> None:
        self._rise = float(operands[-1])

    def _set_mode(self, operands: list[bytes]) -> None:
        self._seen = int(operands[-1]) not in UNSEEN_MODES

    def _show_next(self, operands: list[bytes]) -> None:
        self._next_line([])
        self._show(operands)

    def _show_spaced(self, operands: list[bytes]) -> None:
        self._words, self._spacing = float(operands[0]), float(operands[1])
        self._show_next(operands[2:])

    def _show(self, operands: list[bytes]) -> None:
        """Strings, and numbers that move the pen back between them."""
        font = self._font
        if font is None:
            raise DeclinedError("text without a font")
        if font.down:
            self._show_down(operands, font)
            return
        texts, pens, advances, seen = self._texts, self._pens, self._advances, self._seen
        pen, before = self._pen, len(texts)
        factor, spacing = self._size * self._scaling, self._spacing * self._scaling
        for token in operands:
            first = token[:1]
            if first in b"<(":
                for text, width, is_space in font.glyphs(token):
                    advance = width * factor
                    if seen:
                        texts.append(text)
                        pens.append(pen)
                        advances.append(advance)
                    pen += advance + spacing
                    if is_space:
                        pen += self._words * self._scaling
            elif first not in b"[]":
                pen -= float(token) * factor / _THOUSAND
        self._pen = pen
        if len(texts) > before:
            self._end_run(times(self._line, self.ctm), self._rise, len(texts) - before)

    def _show_down(self, operands: list[bytes], font: PlainFont) -> None:
        """Text set downwards; each character's box is given as if it stood in a level line."""
        matrix, size = times(self._line, self.ctm), self._size
        for token in operands:
            first = token[:1]
            if first in b"<(":
                for text, _, _ in font.glyphs(token):
                    if self._seen:
                        self._texts.append(text)
                        self._pens.append(-size / 2)
                        self._advances.append(size)
                        below = (DESCENT - font.down) * size + self._rise + self._pen
                        self._end_run(matrix, below, 1)
                    self._pen += self._spacing - size * self._scaling
            elif first not in b"[]":
                self._pen -= float(token) * size * self._scaling / _THOUSAND

    def _end_run(self, matrix: Matrix, rise: float, count: int) -> None:
        self._runs.append((*matrix, self._size, rise))
        self._counts.append(count)

    def marks(self, number: int, display: Display, rules: Floats) -> PageMarks:
        """The characters as displayed, and the rules with them."""
        runs = np.repeat(np.array(self._runs).reshape(-1, 8), self._counts, axis=0)
        pens = np.array(self._pens)
        ends = pens + np.array(self._advances)
        a, b, c, d, e, f, size, rise = runs.T
        start = pens * a + rise * c + e, pens * b + rise * d + f
        stop = ends * a + rise * c + e, ends * b + rise * d + f
        boxes = display.boxes(np.column_stack((*start, *stop)))
        turns = display.turns(a, b)
        set_height(boxes, display.points(*start), np.abs(size) * np.hypot(c, d), turns)
        shown = on_page(boxes, turns, display.width, display.height)
        return PageMarks(
            number=number,
            width=display.width,
            height=display.height,
            texts=[t for t, is_shown in zip(self._texts, shown.tolist(), strict=True) if is_shown],
            boxes=boxes[shown],
            turns=turns[shown],
            rules=rules,
        )


def matrix_of(operands: list[bytes]) -> Matrix:
    """The matrix that six operands give."""
    a, b, c, d, e, f = map(float, operands[-6:])
    return a, b, c, d, e, f
