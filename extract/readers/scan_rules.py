"""Ruled tables on a levelled scan: find the rules, straighten them, and cut the table into cells.

A scanned table is seldom a rectangle: it leans, tapers and has gaps. Each table's rules are
therefore fitted and straightened by themselves, and a cell is what no rule divides, measured by
how much of the dividing line is really there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from extract.readers.scan_page import Gray, Sheet

_CONTRAST = 26
"""How much darker than paper a rule is at least, averaged along a third of an em."""
_PRESENT = 0.6
"""The part of a dividing line that must be there for it to divide two cells."""
_WHOLE = 0.93
"""The part of a slot's edge that is inked where a grid line is no row of strokes."""
_CROWDED = 0.4
"""The part of a rule that may have ink close beside it."""
_MAX_PIECES = 6000
_LEAST = 2
"""A table has at least two rules each way."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight piece of rule: `at` across its direction, from `start` to `end` along it."""

    at: float
    start: float
    end: float
    slope: float = 0.0

    @property
    def length(self) -> float:
        """Its extent along its direction, in pixels."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """The place half-way along it, where it lies at `at`."""
        return (self.start + self.end) / 2

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Both ends: the place along its direction, and across it."""
        return (self.start, self.at_place(self.start)), (self.end, self.at_place(self.end))

    def at_place(self, place: float) -> float:
        """Where it lies, across its direction, at a place along it."""
        return self.at + self.slope * (place - self.middle)


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell between rules: its slots and its rectangle on the levelled sheet, in pixels.

    `clear` is False where the rules around it leave open which slots belong together.
    """

    row: int
    column: int
    rowspan: int
    colspan: int
    box: tuple[float, float, float, float]
    clear: bool = True


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table found by its rules: its size in slots, its cells, its rectangle on the sheet."""

    rows: int
    columns: int
    cells: tuple[RuledCell, ...]
    box: tuple[float, float, float, float]


def find_tables(sheet: Sheet) -> tuple[list[RuledTable], Gray]:
    """The ruled tables of a page from top to bottom, and a mask of all their rules."""
    level_mask, upright_mask = _rule_masks(sheet)
    dark = 255 - sheet.gray
    level = _rules(level_mask, dark, sheet.em)
    upright = _rules(upright_mask.T.copy(), dark.T.copy(), sheet.em)
    level, upright = _prune(level, upright, 0.25 * sheet.em)
    tables = []
    for across, down in _connected(level, upright, sheet):
        table = _table(across, down, dark, sheet.em)
        if table is not None:
            tables.append(table)
    tables.sort(key=lambda table: table.box[1])
    outer = [table for table in tables if not any(_inside(table, other) for other in tables)]
    return outer, _drawn(level, upright, sheet.gray.shape, 3)


def _inside(table: RuledTable, other: RuledTable) -> bool:
    """Whether a table lies within another one: strokes in one of its cells, mistaken for rules."""
    (x0, top, x1, bottom), (ox0, otop, ox1, obottom) = table.box, other.box
    smaller = (x1 - x0) * (bottom - top) < (ox1 - ox0) * (obottom - otop)
    return smaller and ox0 <= x0 and otop <= top and x1 <= ox1 and bottom <= obottom


def _connected(
    level: list[Rule], upright: list[Rule], sheet: Sheet
) -> list[tuple[list[Rule], list[Rule]]]:
    """The rules of each table: those that touch, but for a small gap."""
    reach = max(3, round(0.2 * sheet.em)) | 1
    both = _drawn(level, upright, sheet.gray.shape, reach)
    _, labels = cv2.connectedComponents(both, connectivity=8)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for rule in level:
        here = labels[_clip(rule.at, labels.shape[0]), _clip(rule.middle, labels.shape[1])]
        groups.setdefault(int(here), ([], []))[0].append(rule)
    for rule in upright:
        here = labels[_clip(rule.middle, labels.shape[0]), _clip(rule.at, labels.shape[1])]
        groups.setdefault(int(here), ([], []))[1].append(rule)
    return list(groups.values())


def _clip(value: float, size: int) -> int:
    return min(max(round(value), 0), size - 1)


def _drawn(
    level: Iterable[Rule], upright: Iterable[Rule], shape: tuple[int, ...], thickness: int
) -> Gray:
    """A mask with the rules drawn in it."""
    mask = np.zeros(shape, np.uint8)
    for rule in level:
        (x0, y0), (x1, y1) = rule.ends
        cv2.line(mask, (round(x0), round(y0)), (round(x1), round(y1)), 255, thickness)
    for rule in upright:
        (y0, x0), (y1, x1) = rule.ends
        cv2.line(mask, (round(x0), round(y0)), (round(x1), round(y1)), 255, thickness)
    return mask


def _rule_masks(sheet: Sheet) -> tuple[Gray, Gray]:
    """Masks of what looks like level and like upright rules."""
    em = sheet.em
    dark = 255 - sheet.gray
    thick = max(7, round(0.4 * em)) | 1
    smooth = max(3, round(0.35 * em)) | 1
    bridge = max(5, round(0.45 * em)) | 1

    def mask(image: Gray, length: int) -> Gray:
        along = cv2.blur(image, (smooth, 1))
        thin = cv2.morphologyEx(along, cv2.MORPH_TOPHAT, np.ones((thick, 1), np.uint8))
        there = np.where(thin > _CONTRAST, 255, 0).astype(np.uint8)
        # A rule that leans climbs a pixel every so often: let neighbours bridge the step.
        there = cv2.dilate(there, np.ones((2, 1), np.uint8))
        there = cv2.morphologyEx(there, cv2.MORPH_CLOSE, np.ones((1, bridge), np.uint8))
        found = cv2.morphologyEx(there, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
        return np.asarray(found, dtype=np.uint8)

    level = mask(dark, max(20, round(1.6 * em)))
    upright = mask(np.ascontiguousarray(dark.T), max(14, round(0.85 * em)))
    return level, np.ascontiguousarray(upright.T)


def _rules(mask: Gray, dark: Gray, em: float) -> list[Rule]:
    """The level pieces of rule in a mask, each fitted by a straight line; no strokes of text."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for label in range(1, min(count, _MAX_PIECES)):
        x, y, width, height = (int(value) for value in stats[label, :4])
        rows, columns = np.nonzero(labels[y : y + height, x : x + width] == label)
        slope = float(np.polyfit(columns, rows, 1)[0]) if width > 8 * height else 0.0  # noqa: PLR2004 - shorter pieces tell no slope
        at = y + float(rows.mean()) - slope * (float(columns.mean()) - width / 2)
        rule = _as_rule(Rule(at, x, x + width, slope), dark, em)
        if rule is not None:
            found.append(rule)
    return _merged(found, em)


def _merged(rules: list[Rule], em: float) -> list[Rule]:
    """Pieces in line with each other as one rule, where a gap is short beside one of them."""
    done: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.start):
        for index, other in enumerate(done):
            gap = rule.start - other.end
            # A short piece may be a stroke of a character above the end of a true rule.
            reach = 1.2 * em if min(rule.length, other.length) >= 2.5 * em else 0.15 * em  # noqa: PLR2004 - ems
            place = (rule.start + other.end) / 2
            if gap <= reach and abs(rule.at_place(place) - other.at_place(place)) <= 0.12 * em:  # noqa: PLR2004 - ems
                done[index] = _through(other, rule)
                break
        else:
            done.append(rule)
    return done


def _through(first: Rule, second: Rule) -> Rule:
    """One rule for two pieces of it."""
    start, end = first.start, max(first.end, second.end)
    total = first.length + second.length
    slope = (first.slope * first.length + second.slope * second.length) / total
    if second.start > first.middle and end - start > 0:
        run = second.middle - first.middle
        slope = (second.at - first.at) / run if run > 0 else slope
    middle = (start + end) / 2
    line = (
        Rule(first.at, first.start, first.end, slope),
        Rule(second.at, second.start, second.end, slope),
    )
    at = sum(piece.at_place(middle) * piece.length for piece in line) / total
    return Rule(at, start, end, slope)


def _as_rule(rule: Rule, dark: Gray, em: float) -> Rule | None:
    """A piece trimmed to its ink; None for strokes in a line of text.

    A rule is unbroken, or has clear paper beside it.
    """
    columns = np.arange(int(rule.start), int(rule.end))
    centre = rule.at + rule.slope * (columns - rule.middle)
    reach = max(4, round(0.36 * em))
    offsets = np.arange(-reach, reach + 1)
    rows = np.clip(np.rint(centre[None, :] + offsets[:, None]).astype(int), 0, dark.shape[0] - 1)
    strip = cv2.blur(dark[rows, columns[None, :]], (3, 1))
    half = 2
    core = strip[reach - half : reach + half + 1].max(axis=0)
    covered = float((core > _CONTRAST).mean())
    ink = max(_CONTRAST * 2.0, float(np.median(core)) * 0.6)
    thick = int((np.median(strip, axis=1) > ink).sum()) // 2 + 2
    outer = np.concatenate([strip[: reach - thick], strip[reach + thick + 1 :]])
    dirty = float((outer.max(axis=0) > ink).mean()) if outer.size else 0.0
    long = rule.length >= 6 * em  # noqa: PLR2004 - ems
    if not ((long and covered >= 0.95) or (covered >= 0.6 and dirty <= 0.4)):  # noqa: PLR2004 - measured
        return None
    inked = np.flatnonzero(core > _CONTRAST)
    start, end = float(columns[inked[0]]), float(columns[inked[-1]] + 1)
    return Rule(rule.at_place((start + end) / 2), start, end, rule.slope)


def _prune(level: list[Rule], upright: list[Rule], near: float) -> tuple[list[Rule], list[Rule]]:
    """Drop, until none is left, pieces that end on nothing: strokes of characters."""
    while True:
        kept_level = [rule for rule in level if _is_held(rule, upright, near)]
        kept_upright = [rule for rule in upright if _is_held(rule, kept_level, near)]
        if (len(kept_level), len(kept_upright)) == (len(level), len(upright)):
            return level, upright
        level, upright = kept_level, kept_upright


def _is_held(rule: Rule, others: list[Rule], near: float) -> bool:
    """Whether a piece meets a rule of the other direction at both ends, or is long and crosses two.

    Long pieces may stick out, or end in a gap.
    """
    start, end = rule.ends
    meets = [
        other.at
        for other in others
        if other.start - near <= rule.at_place(other.at) <= other.end + near
        and rule.start - near <= other.at <= rule.end + near
    ]
    if not meets:
        return False
    both = min(meets) - start[0] <= near and end[0] - max(meets) <= near and len(meets) > 1
    return both or (rule.length > 16 * near and len(meets) > 1)


def _table(level: list[Rule], upright: list[Rule], dark: Gray, em: float) -> RuledTable | None:
    if len(level) < _LEAST or len(upright) < _LEAST:
        return None
    left, right = min(rule.start for rule in level), max(rule.end for rule in level)
    top, bottom = min(rule.start for rule in upright), max(rule.end for rule in upright)
    frame = left, top, right, bottom
    bend = _Straightening(level, upright, frame)
    level = [bend.level(rule) for rule in level]
    upright = [bend.upright(rule) for rule in upright]
    near = 0.3 * em
    closed_level, closed_upright = _closings(level, upright, near), _closings(upright, level, near)
    level, upright = level + closed_level, upright + closed_upright
    ys, xs = _lines(level, near), _lines(upright, near)
    seen = _Evidence(bend, dark, em)
    closed_ys, closed_xs = ({rule.at for rule in rules} for rules in (closed_level, closed_upright))
    ys, xs = (
        [y for y in ys if y in closed_ys or seen.level(y, xs)],
        [x for x in xs if x in closed_xs or seen.upright(x, ys)],
    )
    if len(ys) < _LEAST or len(xs) < _LEAST or len(ys) + len(xs) <= 2 * _LEAST:
        return None
    slots = _Slots(
        [[rule for rule in level if abs(rule.at - y) <= near] for y in ys],
        [[rule for rule in upright if abs(rule.at - x) <= near] for x in xs],
        ys,
        xs,
    ).cells()
    rows = {edge: index for index, edge in enumerate(_used(slots, 0))}
    columns = {edge: index for index, edge in enumerate(_used(slots, 1))}
    cells = tuple(
        RuledCell(
            rows[top],
            columns[left],
            rows[bottom] - rows[top],
            columns[right] - columns[left],
            bend.box(xs[left], ys[top], xs[right], ys[bottom]),
            clear,
        )
        for top, left, bottom, right, clear in slots
    )
    return RuledTable(len(rows) - 1, len(columns) - 1, cells, frame)


def _used(slots: Sequence[tuple[int, int, int, int, bool]], axis: int) -> list[int]:
    """The grid lines that bound a cell, in order; strokes of text leave others behind."""
    return sorted({edge for slot in slots for edge in (slot[axis], slot[axis + 2])})


class _Straightening:
    """Maps a leaning, tapering table onto upright axes: slopes change evenly over the table."""

    def __init__(
        self, level: list[Rule], upright: list[Rule], box: tuple[float, float, float, float]
    ) -> None:
        left, top, right, bottom = box
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

    def box(
        self, x0: float, top: float, x1: float, bottom: float
    ) -> tuple[float, float, float, float]:
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


class _Evidence:
    """What the page itself shows along a supposed grid line."""

    def __init__(self, bend: _Straightening, dark: Gray, em: float) -> None:
        self._bend, self._dark = bend, dark
        self._band = max(2, round(0.12 * em))
        self._reach = self._band + max(4, round(0.3 * em))

    def level(self, y: float, xs: Sequence[float]) -> bool:
        """Whether a level line is whole over at least one slot; strokes of text have gaps."""
        return any(self._whole((a, y), (b, y)) for a, b in pairwise(xs))

    def upright(self, x: float, ys: Sequence[float]) -> bool:
        """The same for an upright line."""
        return any(self._whole((x, a), (x, b)) for a, b in pairwise(ys))

    def _whole(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether a slot's edge is inked without gaps and has clear paper beside it."""
        count = max(8, round(abs(end[0] - start[0]) + abs(end[1] - start[1])))
        places = np.linspace(0.04, 0.96, count)
        x, y = self._bend.point(
            start[0] + (end[0] - start[0]) * places, start[1] + (end[1] - start[1]) * places
        )
        across = np.arange(-self._reach, self._reach + 1)[:, None]
        over_x, over_y = (0, 1) if start[1] == end[1] else (1, 0)
        rows = np.clip(np.rint(y + across * over_y).astype(int), 0, self._dark.shape[0] - 1)
        columns = np.clip(np.rint(x + across * over_x).astype(int), 0, self._dark.shape[1] - 1)
        strip = self._dark[rows, columns]
        near = slice(self._reach - self._band, self._reach + self._band + 1)
        core = strip[near].max(axis=0)
        if float((core > _CONTRAST).mean()) < _WHOLE:
            return False
        ink = max(_CONTRAST * 2.0, float(np.median(core)) * 0.6)
        inked = (strip > ink).mean(axis=1)
        rule = np.flatnonzero(inked > 0.5)  # noqa: PLR2004 - more than half of it is there
        low, high = (rule[0], rule[-1]) if rule.size else (self._reach, self._reach)
        beside = np.concatenate([strip[: max(low - 2, 0)], strip[high + 3 :]])
        return not beside.size or float((beside.max(axis=0) > ink).mean()) <= _CROWDED


def _slopes(rules: Sequence[Rule], least: float) -> tuple[float, float]:
    """The slope of rules as a linear function of where they are, from the long ones."""
    long = [rule for rule in rules if rule.length >= least]
    if not long:
        return 0.0, 0.0
    middle = float(np.median([rule.slope for rule in long]))
    good = [rule for rule in long if abs(rule.slope - middle) < 0.02]  # noqa: PLR2004 - a degree
    ats = np.array([rule.at for rule in good])
    if len(good) < 4 or np.ptp(ats) < least:  # noqa: PLR2004 - too few to tell a taper
        return middle, 0.0
    weights = np.array([rule.length for rule in good])
    change, start = np.polyfit(ats, [rule.slope for rule in good], 1, w=weights)
    return float(start), float(change)


def _closings(level: list[Rule], upright: list[Rule], near: float) -> list[Rule]:
    """A rule where three or more of the other direction end together beyond the last one.

    A row cut by the edge of a page, or a table open at its side, has no rule there.
    """
    if not level or not upright:
        return []
    added = []
    first, last = min(rule.at for rule in level), max(rule.at for rule in level)
    for beyond, ends in (
        ([rule for rule in upright if rule.start < first - 3 * near], "start"),
        ([rule for rule in upright if rule.end > last + 3 * near], "end"),
    ):
        places = sorted(getattr(rule, ends) for rule in beyond)
        if len(places) >= 3 and places[-1] - places[0] <= 3 * near:  # noqa: PLR2004 - three ends
            ats = [rule.at for rule in beyond]
            added.append(Rule(float(np.median(places)), min(ats), max(ats)))
    return added


def _lines(rules: Iterable[Rule], near: float) -> list[float]:
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


class _Slots:
    """The slots of a grid, joined where no rule divides them."""

    def __init__(
        self,
        level: list[list[Rule]],
        upright: list[list[Rule]],
        ys: list[float],
        xs: list[float],
    ) -> None:
        self._rows, self._columns = len(ys) - 1, len(xs) - 1
        self._below = [
            [
                _covered(level[row + 1], xs[column], xs[column + 1])
                for column in range(self._columns)
            ]
            for row in range(self._rows)
        ]
        self._right = [
            [_covered(upright[column + 1], ys[row], ys[row + 1]) for column in range(self._columns)]
            for row in range(self._rows)
        ]
        self._owner = list(range(self._rows * self._columns))

    def cells(self) -> list[tuple[int, int, int, int, bool]]:
        """Top, left, bottom, right grid line of every cell, and whether its rules are clear."""
        for row in range(self._rows):
            for column in range(self._columns):
                here = row * self._columns + column
                if column + 1 < self._columns and not self._right[row][column]:
                    self._join(here, here + 1)
                if row + 1 < self._rows and not self._below[row][column]:
                    self._join(here, here + self._columns)
        groups: dict[int, list[tuple[int, int]]] = {}
        for slot in range(len(self._owner)):
            groups.setdefault(self._find(slot), []).append(divmod(slot, self._columns))
        return sorted(cell for group in groups.values() for cell in _rectangles(group))

    def _find(self, slot: int) -> int:
        while self._owner[slot] != slot:
            self._owner[slot] = slot = self._owner[self._owner[slot]]
        return slot

    def _join(self, a: int, b: int) -> None:
        self._owner[self._find(b)] = self._find(a)


def _rectangles(slots: list[tuple[int, int]]) -> list[tuple[int, int, int, int, bool]]:
    """A group of slots as one cell, or, where it is no rectangle, as runs in its rows."""
    rows, columns = [row for row, _ in slots], [column for _, column in slots]
    top, left, bottom, right = min(rows), min(columns), max(rows) + 1, max(columns) + 1
    if (bottom - top) * (right - left) == len(slots):
        return [(top, left, bottom, right, True)]
    runs: list[tuple[int, int, int, int, bool]] = []
    for row, column in sorted(slots):
        if runs and runs[-1][0] == row and runs[-1][3] == column:
            runs[-1] = (row, runs[-1][1], row + 1, column + 1, False)
        else:
            runs.append((row, column, row + 1, column + 1, False))
    return runs


def _covered(rules: Iterable[Rule], start: float, end: float) -> bool:
    """Whether rules cover enough of a stretch for it to divide."""
    covered, reached = 0.0, start
    for rule in sorted(rules, key=lambda rule: rule.start):
        low, high = max(rule.start, reached), min(rule.end, end)
        if high > low:
            covered += high - low
            reached = high
    return covered >= _PRESENT * (end - start)
