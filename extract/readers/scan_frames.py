"""Ruled tables on a levelled scan: rules straightened, tested against the page, made cells.

A scanned table is seldom a rectangle: it leans, tapers and has gaps. Each table's rules are
straightened by themselves and handed, in points, to the grid code of the PDF readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from extract.readers.pdf.frames import Frame, frame_of
from extract.readers.pdf.ruling import Edges, Ruling
from extract.readers.scan_rules import MOSTLY, WHOLE, Rule, find_rules, inked_along, is_crowded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from extract.readers.pdf.marks import Box
    from extract.readers.scan_page import Gray, Sheet

_SNAP = 0.22
"""Ems within which two rules are one; the grid code makes it 1.4 times as much."""
_GAPPED = (0.8, 0.7, 0.5)
"""The part that is, where a rule comes from none, one or both of the crossing rules."""
_GAPPED_BETWEEN = (0.7, 0.5, 0.35)
"""The same between two sides of one line that are ruled."""
_BESIDE_TEXT = 0.75
"""The same for both, where text stands close."""
_LONG = 4
"""Ems of rule without gaps, which no line of text has."""
_WIDE, _RULED = 8, 24
"""Ems of width, and of all rules together, below which strokes of a title look like a table."""
_MOST_SLOTS = 6000
"""A form has three hundred; squared paper or an attack has more."""
_SAME_SLOPE = 0.02
_TAPER_RULES = 4

_Side = tuple[tuple[float, float], tuple[float, float]]
"""A side of a slot from one corner to another, in straightened pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanFrame:
    """A ruled table: its cells in straightened points, and how those lie on the sheet."""

    frame: Frame
    sheet: Sheet
    bend: Straightening

    def on_sheet(self, box: Box) -> Box:
        """Where a box of the frame lies on the levelled sheet, in its pixels."""
        across, down = self.sheet.points
        return self.bend.box(box[0] / across, box[1] / down, box[2] / across, box[3] / down)

    @property
    def outline(self) -> Box:
        """The table's rectangle on the levelled sheet, in pixels."""
        return self.on_sheet(self.frame.box)


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


def find_frames(sheet: Sheet) -> tuple[list[ScanFrame], bool]:
    """The ruled tables of a page from top to bottom, and whether some could not be made out.

    They are sought without coloured ink, lest a stamp hide rules; failing that, in all ink.
    """
    found, lost = _find(sheet, 255 - sheet.plain)
    return (found, lost) if found else _find(sheet, 255 - sheet.gray)


def _find(sheet: Sheet, dark: Gray) -> tuple[list[ScanFrame], bool]:
    level, upright = find_rules(dark, sheet.em)
    groups = [group for group in _connected(level, upright, sheet) if _is_large(*group, sheet.em)]
    frames = [_frame(across, down, dark, sheet) for across, down in groups]
    found = sorted(filter(None, frames), key=lambda frame: frame.outline[1])
    outer = [frame for frame in found if not any(_within(frame, other) for other in found)]
    return outer, None in frames


def _is_large(level: Sequence[Rule], upright: Sequence[Rule], em: float) -> bool:
    """Whether rules may be a table; the strokes of a title may touch one another too."""
    across = max(rule.end for rule in level) - min(rule.start for rule in level)
    return across >= _WIDE * em and sum(r.length for r in (*level, *upright)) >= _RULED * em


def _within(frame: ScanFrame, other: ScanFrame) -> bool:
    """Whether a table lies within another one: strokes in one of its cells, mistaken for rules."""
    (x0, top, x1, bottom), (ox0, otop, ox1, obottom) = frame.outline, other.outline
    smaller = (x1 - x0) * (bottom - top) < (ox1 - ox0) * (obottom - otop)
    return smaller and ox0 <= x0 and otop <= top and x1 <= ox1 and bottom <= obottom


def _connected(
    level: Sequence[Rule], upright: Sequence[Rule], sheet: Sheet
) -> list[tuple[list[Rule], list[Rule]]]:
    """The rules of each table: those that touch, but for a small gap."""
    drawn = np.zeros(sheet.gray.shape, np.uint8)
    reach = max(3, round(0.2 * sheet.em)) | 1
    for rule in level:
        (x0, y0), (x1, y1) = rule.ends
        cv2.line(drawn, (round(x0), round(y0)), (round(x1), round(y1)), 255, reach)
    for rule in upright:
        (y0, x0), (y1, x1) = rule.ends
        cv2.line(drawn, (round(x0), round(y0)), (round(x1), round(y1)), 255, reach)
    _, labels = cv2.connectedComponents(drawn, connectivity=8)
    high, wide = labels.shape
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for rule in level:
        here = int(labels[_within_size(rule.at, high), _within_size(rule.middle, wide)])
        groups.setdefault(here, ([], []))[0].append(rule)
    for rule in upright:
        here = int(labels[_within_size(rule.middle, high), _within_size(rule.at, wide)])
        groups.setdefault(here, ([], []))[1].append(rule)
    return [group for group in groups.values() if min(map(len, group)) > 1]


def _within_size(value: float, size: int) -> int:
    return min(max(round(value), 0), size - 1)


def _frame(
    level: Sequence[Rule], upright: Sequence[Rule], dark: Gray, sheet: Sheet
) -> ScanFrame | None:
    bend = Straightening(level, upright)
    level = [bend.level(rule) for rule in level]
    upright = [bend.upright(rule) for rule in upright]
    near = 0.3 * sheet.em
    closing_ys, closing_xs = _closings(level, upright, near), _closings(upright, level, near)
    seen = _Evidence(bend, dark, sheet.em)
    ys, xs = _places(level, near), _places(upright, near)
    if len(ys) * len(xs) > _MOST_SLOTS:
        return None
    ys, xs = (
        sorted([*(y for y in ys if seen.is_line(_level_sides(y, xs))), *closing_ys]),
        sorted([*(x for x in xs if seen.is_line(_upright_sides(x, ys))), *closing_xs]),
    )
    level_sides = [
        (side, y not in closing_ys)
        for y in ys
        for side in seen.ruled(_level_sides(y, xs), closing=y in closing_ys)
    ]
    upright_sides = [
        (side, x not in closing_xs)
        for x in xs
        for side in seen.ruled(_upright_sides(x, ys), closing=x in closing_xs)
    ]
    if not level_sides or not upright_sides:
        return None
    wide, high = sheet.points
    ruling = Ruling(
        _edges([(a[1] * high, a[0] * wide, b[0] * wide, real) for (a, b), real in level_sides]),
        _edges([(a[0] * wide, a[1] * high, b[1] * high, real) for (a, b), real in upright_sides]),
        _SNAP * sheet.em * (wide + high) / 2,
    )
    frame = frame_of(ruling)
    if frame is None or len(frame.cells) < 2:  # noqa: PLR2004 - a box around text is no table
        return None
    return ScanFrame(frame, sheet, bend)


def _level_sides(y: float, xs: Sequence[float]) -> list[_Side]:
    return [((a, y), (b, y)) for a, b in pairwise(xs)]


def _upright_sides(x: float, ys: Sequence[float]) -> list[_Side]:
    return [((x, a), (x, b)) for a, b in pairwise(ys)]


def _edges(rows: Sequence[tuple[float, float, float, bool]]) -> Edges:
    """Edges for the grid code, from (at, start, end, whether a rule shows it)."""
    array = np.array(rows, np.float64)
    return Edges(array[:, 0], array[:, 1], array[:, 2], array[:, 3].astype(np.int64))


def _closings(level: Sequence[Rule], upright: Sequence[Rule], near: float) -> list[float]:
    """Where three or more rules of the other direction end together beyond the last one.

    A row cut by the edge of a page, or a table open at its side, has no rule there.
    """
    first, last = min(rule.at for rule in level), max(rule.at for rule in level)
    beyond = (
        sorted(rule.start for rule in upright if rule.start < first - 3 * near),
        sorted(rule.end for rule in upright if rule.end > last + 3 * near),
    )
    return [
        float(np.median(ends))
        for ends in beyond
        if len(ends) >= 3 and ends[-1] - ends[0] <= 3 * near  # noqa: PLR2004 - three ends
    ]


def _places(rules: Iterable[Rule], near: float) -> list[float]:
    """The places of grid lines: rules closer than `near` to each other are one line."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if groups and rule.at - groups[-1][-1].at <= near:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return [
        sum(rule.at * rule.length for rule in group) / sum(rule.length for rule in group)
        for group in groups
    ]


class _Evidence:
    """What the page itself shows along the supposed sides of slots."""

    def __init__(self, bend: Straightening, dark: Gray, em: float) -> None:
        self._bend, self._dark, self._em = bend, dark, em
        self._band = max(2, round(0.2 * em))
        self._reach = self._band + max(4, round(0.3 * em))

    def is_line(self, sides: Iterable[_Side]) -> bool:
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

    def ruled(self, sides: Sequence[_Side], *, closing: bool = False) -> list[_Side]:
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

    def _strip(self, side: _Side) -> NDArray[np.uint8]:
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
