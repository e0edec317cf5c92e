"""Leaning, tapering tables mapped onto upright axes, each by its own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from extract.readers.scan_rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from extract.readers.pdf.marks import Box

_SAME_SLOPE = 0.02
_TAPER_RULES = 4


class Straightening:
    """Maps a leaning, tapering table onto upright axes: slopes change evenly over the table."""

    def __init__(self, level: Sequence[Rule], upright: Sequence[Rule]) -> None:
        """Fit the slopes of a table's rules."""
        left, right = min(rule.start for rule in level), max(rule.end for rule in level)
        top, bottom = min(rule.start for rule in upright), max(rule.end for rule in upright)
        self._across, self._down = (left + right) / 2, (top + bottom) / 2
        self._level = _slopes(level, 0.25 * (right - left))
        self._upright = _slopes(upright, 0.25 * (bottom - top))

    def level(self, rule: Rule) -> Rule:
        """A level rule as it would be in a straight table."""
        x0, x1 = (x - self._lean(x, rule.at) for x in (rule.start, rule.end))
        return Rule(rule.at - self._rise(rule.at, rule.middle), x0, x1)

    def upright(self, rule: Rule) -> Rule:
        """An upright rule as it would be in a straight table."""
        y0, y1 = (y - self._rise(y, rule.at) for y in (rule.start, rule.end))
        return Rule(rule.at - self._lean(rule.at, rule.middle), y0, y1)

    def box(self, x0: float, top: float, x1: float, bottom: float) -> Box:
        """Where a straight cell is on the sheet: its edges as they lie half-way along."""
        across, down = (x0 + x1) / 2, (top + bottom) / 2
        left, right = (x + self._lean(x, down) for x in (x0, x1))
        return left, top + self._rise(top, across), right, bottom + self._rise(bottom, across)

    def point(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where places of a straight table are on the sheet."""
        rise = (self._level[0] + self._level[1] * y) * (x - self._across)
        lean = (self._upright[0] + self._upright[1] * x) * (y - self._down)
        return x + lean, y + rise

    def _rise(self, y: float, x: float) -> float:
        return (self._level[0] + self._level[1] * y) * (x - self._across)

    def _lean(self, x: float, y: float) -> float:
        return (self._upright[0] + self._upright[1] * x) * (y - self._down)


def _slopes(rules: Sequence[Rule], least: float) -> tuple[float, float]:
    """The slope of rules as a linear function of where they are, from the long ones."""
    long = [rule for rule in rules if rule.length >= least]
    if not long:
        return 0.0, 0.0
    middle = float(np.median([rule.slope for rule in long]))
    good = [rule for rule in long if abs(rule.slope - middle) < _SAME_SLOPE]
    ats = np.array([rule.at for rule in good])
    if len(good) < _TAPER_RULES or np.ptp(ats) < least:
        return middle, 0.0
    weights = np.array([rule.length for rule in good])
    change, start = np.polyfit(ats, [rule.slope for rule in good], 1, w=weights)
    return float(start), float(change)
