"""Tables with level rules only, where the rules are drawn cell by cell: their ends are columns.

Rules that are drawn right across a table say where its rows are but not its columns; such a table
is left to `unruled`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from extract.readers.pdf.frames import PRESENT, Frame, boundaries, cells_between, cover, regions
from extract.readers.pdf.ruling import edges, snap_of
from extract.readers.pdf.segments import segment_lines

if TYPE_CHECKING:
    from extract.readers.pdf.marks import Floats, PageMarks
    from extract.readers.pdf.placing import Flags
    from extract.readers.pdf.ruling import Edges
    from extract.readers.pdf.segments import Segment, SegmentLine

RECURRING, RECURRING_LABELS = 4, 2
"""So many ends of rules below one another are a column's side; and left of all figures."""

FARTHEST_RULE = 100.0
"""Points between two rules of one table."""

FEWEST_ROWS, FEWEST_COLUMNS = 2, 3


def level_frames(marks: PageMarks, free: Flags) -> list[Frame]:
    """The frames of tables whose rows are ruled and whose columns the ends of the rules tell."""
    snap = snap_of(marks)
    is_level = marks.rules[:, 2] - marks.rules[:, 0] > 2 * snap
    pieces = marks.rules[is_level & (marks.rules[:, 3] - marks.rules[:, 1] < 2 * snap)]
    if len(pieces) < RECURRING * FEWEST_COLUMNS:
        return []
    lines = segment_lines(marks, free)
    level = edges(pieces, snap)[0]
    frames = [
        _frame(level.pick(np.array(stack)), pieces, lines, snap)
        for stack in _stacks(level, pieces, lines, snap)
        if len(stack) > FEWEST_ROWS
    ]
    return [frame for frame in frames if frame is not None]


def _stacks(level: Edges, pieces: Floats, lines: list[SegmentLine], snap: float) -> list[list[int]]:
    """Groups of rules below one another with nothing but a table between them, as indices."""
    stacks: list[list[int]] = []
    for index in np.argsort(level.at, kind="stable").tolist():
        stack = stacks[-1] if stacks else None
        if stack is not None and _goes_on(level, stack, index, lines):
            upper, lower = (_ends(pieces, float(level.at[i]), snap) for i in (stack[-1], index))
            last, here = float(level.at[stack[-1]]), float(level.at[index])
            prose = [s for s in lines if last < s.middle < here and s.is_prose and not s.figures]
            if not prose or _alike(upper, lower, snap):
                stack.append(index)
                continue
        stacks.append([index])
    return stacks


def _goes_on(level: Edges, stack: list[int], index: int, lines: list[SegmentLine]) -> bool:
    last, here = float(level.at[stack[-1]]), float(level.at[index])
    first, end = float(level.start[stack].min()), float(level.end[stack].max())
    apart = level.end[index] < first or level.start[index] > end
    if apart or here - last > FARTHEST_RULE:
        return False
    between = [line for line in lines if last < line.middle < here]
    return not between or not all(line.is_prose and not line.figures for line in between)


def _ends(pieces: Floats, at: float, snap: float) -> Floats:
    """Where the pieces of the rules at a height begin and end."""
    own = pieces[np.abs((pieces[:, 1] + pieces[:, 3]) / 2 - at) <= snap]
    return boundaries(np.concatenate((own[:, 0], own[:, 2])), snap)


def _alike(upper: Floats, lower: Floats, snap: float) -> bool:
    """Whether the ends of one rule's pieces are mostly those of another's."""
    fewer, more = sorted((upper, lower), key=len)
    found = np.abs(fewer[:, None] - more[None, :]).min(axis=1) <= snap
    return bool(found.mean() >= ALIKE)


ALIKE = 0.7
"""The part of a rule's ends that recur in the next one of the same table."""


def _frame(level: Edges, pieces: Floats, lines: list[SegmentLine], snap: float) -> Frame | None:
    top, bottom = float(level.at.min()), float(level.at.max())
    middle = (pieces[:, 1] + pieces[:, 3]) / 2
    own = pieces[(middle > top - snap) & (middle < bottom + snap)]
    within = [line for line in lines if top < line.middle < bottom]
    xs = _columns(own, within, (float(level.start.min()), float(level.end.max())), snap)
    ys = boundaries(np.concatenate((level.at, _cut_rows(lines, top, bottom))), snap)
    top, bottom = float(ys[0]), float(ys[-1])
    if len(xs) <= FEWEST_COLUMNS or len(ys) <= FEWEST_ROWS:
        return None
    within = [line for line in lines if top < line.middle < bottom]
    inside = [s for line in within for s in line.segments]
    if not any(s.is_figure for s in inside) or _shares_a_row(within, ys):
        return None
    placed = [_placed(segment, xs, ys) for segment in inside]
    across = _open_where_text_stands(np.ones((len(xs), len(ys) - 1), np.bool_), placed)
    down = cover(level, ys, xs) >= PRESENT
    down[0] = down[-1] = True
    _make_rectangular(across, down)
    return cells_between(xs, ys, across, down) if _labels_apart(placed, across, down) else None


def _columns(
    pieces: Floats, lines: list[SegmentLine], outer: tuple[float, float], snap: float
) -> Floats:
    """The columns' sides: where rules end again and again, left of the figures also twice only."""
    figures = [s.x0 for line in lines for s in line.figures]
    first = min(figures, default=outer[0])
    ends = np.sort(np.concatenate((pieces[:, 0], pieces[:, 2])))
    places = [*outer]
    for group in np.split(ends, np.flatnonzero(np.diff(ends) > snap) + 1):
        place = float(group.mean())
        if len(group) >= (RECURRING if place > first else RECURRING_LABELS):
            places.append(place)
    return boundaries(np.array(places), snap)


def _labels_apart(placed: list[_Placed], across: Flags, down: Flags) -> bool:
    """Whether each row with figures has a label of its own: else the columns were not seen."""
    first = _first_figures(placed)
    rows = {place.row for place in placed if place.is_figure}
    labels: dict[int, int] = {}
    for place in placed:
        if not place.is_figure and place.last < first and place.row in rows:
            labels[place.row] = max(place.last, labels.get(place.row, 0))
    owner = {slot: n for n, region in enumerate(regions(across, down)) for slot in region}
    own = [owner[row, column] for row, column in labels.items()]
    return len(set(own)) == len(own)


def _shares_a_row(lines: list[SegmentLine], ys: Floats) -> bool:
    """Whether two labels with figures stand between the same rules: those are not its rows'."""
    rows = [int(np.searchsorted(ys, line.middle)) for line in lines if line.figures and line.labels]
    return len(set(rows)) < len(rows)


def _cut_rows(lines: list[SegmentLine], top: float, bottom: float) -> list[float]:
    """The outer ends of rows that the page cuts: first or last on it, without a rule there."""
    ends = []
    for rest, inner in (
        ([line for line in lines if line.middle < top], top),
        ([line for line in lines if line.middle > bottom], bottom),
    ):
        texts = [line.segments[0].text for line in rest if not line.figures]
        if not rest or any(line.is_prose for line in rest if not line.figures):
            continue
        outer = [s.top if inner == top else s.bottom for line in rest for s in line.segments]
        near = all(abs(end - inner) < LARGEST_CUT * rest[0].size for end in outer)
        if near and not any(_BARE.fullmatch(text) for text in texts):
            ends.append(min(outer) - 1 if inner == top else max(outer) + 1)
    return ends


LARGEST_CUT = 5.0
"""Ems that a row without an outer rule may reach beyond the last rule."""

_BARE = re.compile(r"[-–—\s\d/]+")


@dataclass(frozen=True, slots=True)
class _Placed:
    row: int
    first: int
    last: int
    is_figure: bool


def _placed(segment: Segment, xs: Floats, ys: Floats) -> _Placed:
    """The row and the columns in which a segment stands by more than half a letter."""
    margin = segment.size / 2
    row = int(np.searchsorted(ys, segment.bottom - margin)) - 1
    first = int(np.searchsorted(xs, segment.x0 + margin)) - 1
    last = int(np.searchsorted(xs, segment.x1 - margin)) - 1
    most = len(xs) - 2
    first = min(max(first, 0), most)
    return _Placed(row, first, min(max(last, first), most), segment.is_figure)


def _open_where_text_stands(across: Flags, placed: list[_Placed]) -> Flags:
    """No side where text runs over it, nor between a row's last label and its figures."""
    figures = _first_figures(placed)
    by_row: dict[int, list[_Placed]] = {}
    for place in placed:
        by_row.setdefault(place.row, []).append(place)
    for row, places in by_row.items():
        for place in places:
            across[place.first + 1 : place.last + 1, row] = False
        labels = [place.last for place in places if place.first < figures and not place.is_figure]
        if labels:
            across[max(labels) + 1 : figures, row] = False
    return across


def _first_figures(placed: list[_Placed]) -> int:
    """The first column of figures: what is right of the labels of rows that have figures."""
    firsts: dict[int, int] = {}
    for place in placed:
        if place.is_figure:
            firsts[place.row] = min(place.first, firsts.get(place.row, place.first))
    labels = [p.last for p in placed if not p.is_figure and p.last < firsts.get(p.row, 0)]
    return max(labels, default=-1) + 1


def _make_rectangular(across: Flags, down: Flags) -> None:
    """Take sides away until every cell is a rectangle."""
    for _ in range(len(across)):
        ragged = False
        for region in regions(across, down):
            rows, columns = {row for row, _ in region}, {column for _, column in region}
            top, bottom, left, right = min(rows), max(rows), min(columns), max(columns)
            if (bottom - top + 1) * (right - left + 1) != len(region):
                across[left + 1 : right + 1, top : bottom + 1] = False
                down[top + 1 : bottom + 1, left : right + 1] = False
                ragged = True
        if not ragged:
            break
