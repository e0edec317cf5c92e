"""What a scanned page shows along the supposed sides of a table's slots: a rule, or strokes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from extract.readers.scan_rules import MOSTLY, WHOLE, inked_along, is_crowded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from extract.readers.scan_page import Gray
    from extract.readers.scan_straightening import Straightening

_GAPPED = (0.8, 0.7, 0.5)
"""The part of a side that is inked, where a rule comes from none, one or both crossing rules."""
_GAPPED_BETWEEN = (0.7, 0.5, 0.35)
"""The same between two sides of one line that are ruled."""
_BESIDE_TEXT = 0.75
"""The same for both, where text stands close."""
_LONG = 4
"""Ems of rule without gaps, which no line of text has."""

Side = tuple[tuple[float, float], tuple[float, float]]
"""A side of a slot from one corner to another, in straightened pixels."""


class Evidence:
    """What the page itself shows along the supposed sides of slots."""

    def __init__(self, bend: Straightening, dark: Gray, em: float) -> None:
        """Look at a page given as darkness, whose characters are `em` pixels high."""
        self._bend, self._dark, self._em = bend, dark, em
        self._band = max(2, round(0.2 * em))
        self._reach = self._band + max(4, round(0.3 * em))

    def is_line(self, sides: Iterable[Side]) -> bool:
        """Whether one side is whole with clear paper beside it, or a long run of sides is."""
        run = 0.0
        for side in sides:
            strip = self._strip(side)
            covered = self._inked(strip).mean()
            run = run + strip.shape[1] if covered >= WHOLE else 0.0
            if run >= _LONG * self._em:
                return True
            if covered >= MOSTLY and not is_crowded(strip, self._band, self._em):
                return True
        return False

    def ruled(self, sides: Sequence[Side], *, closing: bool = False) -> list[Side]:
        """Those sides where a rule runs, gaps in it or not; all of a line that closes a table."""
        if closing:
            return list(sides)
        strips = [self._strip(side) for side in sides]
        sure = [self._is_ruled(strip, _GAPPED) for strip in strips]
        between = [False, *(a and b for a, b in zip(sure, sure[2:], strict=False)), False]
        return [
            side
            for side, strip, known, gap in zip(sides, strips, sure, between, strict=False)
            if known or (gap and self._is_ruled(strip, _GAPPED_BETWEEN))
        ]

    def _is_ruled(self, strip: NDArray[np.uint8], gapped: Sequence[float]) -> bool:
        """A rule comes from the crossing ones; strokes of characters stand between them."""
        inked = self._inked(strip)
        covered = float(inked.mean())
        tip = max(2, round(0.15 * self._em))
        tips = sum(float(end.mean()) > 0.5 for end in (inked[:tip], inked[-tip:]))  # noqa: PLR2004
        if covered >= WHOLE:
            return True
        if is_crowded(strip, self._band, self._em):
            return covered >= _BESIDE_TEXT and tips == len(gapped) - 1
        return covered >= gapped[tips]

    def _inked(self, strip: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return inked_along(strip, self._band, round(4 * self._em))

    def _strip(self, side: Side) -> NDArray[np.uint8]:
        """The page along a slot's side, some pixels to both sides of it, without its corners."""
        (ax, ay), (bx, by) = side
        length = abs(bx - ax) + abs(by - ay)
        corner = min(0.18 * self._em, 0.15 * length) / max(length, 1)
        places = np.linspace(corner, 1 - corner, max(8, round(length)))
        x, y = self._bend.point(ax + (bx - ax) * places, ay + (by - ay) * places)
        across = np.arange(-self._reach, self._reach + 1)[:, None]
        over_x, over_y = (0, 1) if ay == by else (1, 0)
        rows = np.floor(y + 0.5).astype(int) + across * over_y
        columns = np.floor(x + 0.5).astype(int) + across * over_x
        high, wide = self._dark.shape
        return self._dark[np.clip(rows, 0, high - 1), np.clip(columns, 0, wide - 1)]
