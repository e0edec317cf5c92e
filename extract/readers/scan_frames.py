"""Ruled tables on a levelled scan: rules straightened, tested against the page, made cells.

A scanned table is seldom a rectangle: it leans, tapers and has gaps. Each table's rules are
straightened by themselves and handed, in points, to the grid code of the PDF readers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from extract.readers.pdf.frames import Frame, frame_of
from extract.readers.pdf.ruling import Edges, Ruling
from extract.readers.scan_evidence import Evidence
from extract.readers.scan_rules import Rule, bridged, find_rules
from extract.readers.scan_straightening import Straightening

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extract.readers.pdf.marks import Box
    from extract.readers.scan_evidence import Side
    from extract.readers.scan_page import Gray, Sheet

_SNAP = 0.22
"""Ems within which two rules are one; the grid code makes it 1.4 times as much."""
_MANY_LINES = 5
"""Lines each way from which on a table has none that divides but one of its cells."""
_LONG = 6
"""Ems: rules that are no strokes of characters."""
_WIDE, _RULED = 8, 24
"""Ems of width, and of all rules together, below which strokes of a title look like a table."""
_NEXT_ROW = 5
"""Ems: a row of an open table is no higher where it has no rule within."""
_GAPS_COUNT = 3
_MANY_MORE = 1.25
_INKED, _PLAIN, _FEW_PIXELS = 180, 225, 2000
_MOST_SLOTS = 6000
"""A form has three hundred; squared paper or an attack has more."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanFrame:
    """A ruled table: its cells in straightened points, and how those lie on the sheet."""

    frame: Frame
    sheet: Sheet
    bend: Straightening
    unproved: bool = False
    """Whether there are long rules that the page shows with gaps only."""
    through: bool = False
    """Whether its rules are dotted, or have other gaps, and were drawn through."""

    def on_sheet(self, box: Box) -> Box:
        """Where a box of the frame lies on the levelled sheet, in its pixels."""
        across, down = self.sheet.points
        return self.bend.box(box[0] / across, box[1] / down, box[2] / across, box[3] / down)

    @property
    def outline(self) -> Box:
        """The table's rectangle on the levelled sheet, in pixels."""
        return self.on_sheet(self.frame.box)


def find_frames(sheet: Sheet) -> tuple[list[ScanFrame], bool]:
    """The ruled tables of a page from top to bottom, and whether some could not be made out.

    They are sought without coloured ink, lest a stamp hide rules. Where the page has coloured
    ink they are sought in all of it as well, and taken where more whole cells come out: rules may
    be in colour themselves.
    """
    found, lost = _drawn(sheet, 255 - sheet.plain)
    if not _is_coloured(sheet):
        return found, lost
    inked, unclear = _drawn(sheet, 255 - sheet.gray)
    return (inked, unclear) if _whole(inked) > _whole(found) else (found, lost)


def _drawn(sheet: Sheet, dark: Gray) -> tuple[list[ScanFrame], bool]:
    """The tables as they are ruled; where rules have gaps, with these drawn through if better."""
    found, lost, gapped = _find(sheet, dark)
    unclear = any(f.unproved or any(cell.broken for cell in f.frame.cells) for f in found)
    if not (gapped or lost or unclear):
        return found, lost
    through, unclear, _ = _find(sheet, bridged(dark, sheet.em), through=True)
    if _whole(through) <= _whole(found):
        return found, lost
    if _whole(through) < _MANY_MORE * _whole(found):  # a rule or two had gaps, not all of them
        through = [replace(each, through=False) for each in through]
    return through, unclear


def _whole(frames: Sequence[ScanFrame]) -> int:
    """How many cells tables have; those whose rules have gaps count against them."""
    cells = [cell for frame in frames for cell in frame.frame.cells]
    return len(cells) - _GAPS_COUNT * sum(cell.broken for cell in cells)


def _is_coloured(sheet: Sheet) -> bool:
    """Whether the page has ink that is seen in colour only."""
    return int(((sheet.gray < _INKED) & (sheet.plain > _PLAIN)).sum()) > _FEW_PIXELS


def _find(sheet: Sheet, dark: Gray, *, through: bool = False) -> tuple[list[ScanFrame], bool, bool]:
    level, upright, gapped = find_rules(dark, sheet.em)
    groups = [group for group in _connected(level, upright, sheet) if _is_large(*group, sheet.em)]
    frames = [_frame(across, down, dark, sheet, through=through) for across, down in groups]
    found = sorted(filter(None, frames), key=lambda frame: frame.outline[1])
    outer = [frame for frame in found if not any(_within(frame, other) for other in found)]
    return outer, None in frames, gapped


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
    joined = _joined([group for group in groups.values() if group[0]], sheet.em)
    return [group for group in joined if min(map(len, group)) > 1]


def _joined(
    groups: Sequence[tuple[list[Rule], list[Rule]]], em: float
) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules one below the other that are parts of one table open at its sides."""
    found: list[tuple[list[Rule], list[Rule]]] = []
    for group in sorted(groups, key=lambda group: min(rule.at for rule in group[0])):
        last = found[-1] if found else None
        if last and _is_open(last, em) and _is_open(group, em) and _follows(last, group, em):
            found[-1] = last[0] + group[0], last[1] + group[1]
        else:
            found.append(group)
    return found


def _is_open(group: tuple[list[Rule], list[Rule]], em: float) -> bool:
    """Whether no upright rule stands at either end of a group's level ones."""
    start, end = _extent(group[0])
    return not any(min(abs(r.at - start), abs(r.at - end)) < em for r in group[1])


def _follows(
    upper: tuple[list[Rule], list[Rule]], lower: tuple[list[Rule], list[Rule]], em: float
) -> bool:
    ends = zip(_extent(upper[0]), _extent(lower[0]), strict=True)
    apart = min(rule.at for rule in lower[0]) - max(rule.at for rule in upper[0])
    return all(abs(a - b) < em for a, b in ends) and apart < _NEXT_ROW * em


def _extent(level: Sequence[Rule]) -> tuple[float, float]:
    return min(rule.start for rule in level), max(rule.end for rule in level)


def _within_size(value: float, size: int) -> int:
    return min(max(round(value), 0), size - 1)


def _frame(
    level: Sequence[Rule], upright: Sequence[Rule], dark: Gray, sheet: Sheet, *, through: bool
) -> ScanFrame | None:
    bend = Straightening(level, upright)
    level = [bend.level(rule) for rule in level]
    upright = [bend.upright(rule) for rule in upright]
    near = 0.3 * sheet.em
    closing_ys, closing_xs = _closings(level, upright, near), _closings(upright, level, near)
    seen = Evidence(bend, dark, sheet.em)
    ys, xs = _places(level, near), _places(upright, near)
    if len(ys) * len(xs) > _MOST_SLOTS:
        return None
    long = sum(rule.length >= _LONG * sheet.em for rule in (*level, *upright))
    before = len(ys) + len(xs)
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
    unproved = before > len(ys) + len(xs) and long > len(ys) + len(xs)
    if through or min(len(xs), len(ys)) >= _MANY_LINES:
        level_sides, upright_sides = _supported(level_sides, 1), _supported(upright_sides, 0)
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
    return ScanFrame(frame, sheet, bend, unproved, through)


def _supported(sides: list[tuple[Side, bool]], axis: int) -> list[tuple[Side, bool]]:
    """The sides on lines with more than one: a number from rule to rule looks like one side."""
    times = Counter(side[0][axis] for side, _ in sides)
    return [(side, real) for side, real in sides if times[side[0][axis]] > 1]


def _level_sides(y: float, xs: Sequence[float]) -> list[Side]:
    return [((a, y), (b, y)) for a, b in pairwise(xs)]


def _upright_sides(x: float, ys: Sequence[float]) -> list[Side]:
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
