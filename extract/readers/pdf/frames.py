"""From a table's edges to its cells: what no edge divides is one cell, with its spans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from extract.readers.pdf.marks import Box, Floats, Ints
    from extract.readers.pdf.ruling import Edges, Ruling

Flags = NDArray[np.bool_]

PRESENT = 0.6
"""The part of a side that must be ruled for it to divide two cells."""

SLIVER = 1.4
"""Columns and rows narrower than this many times `snap` (half an em) hold no text: none there."""

MOST_SLOTS = 60_000


@dataclass(frozen=True, slots=True)
class FrameCell:
    """A cell before its text: place and spans in the frame (from 0), box on the page.

    `open_top` and `open_bottom` say that no rule closes it there, as where a page cuts it;
    `broken` that its outline is no rectangle, and was cut into some.
    """

    row: int
    column: int
    rowspan: int
    colspan: int
    box: Box
    open_top: bool = False
    open_bottom: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A table's skeleton: its column and row boundaries and its cells in reading order.

    `slots` holds for each row and column the index of the cell that covers it, -1 for none.
    """

    xs: Floats
    ys: Floats
    cells: list[FrameCell]
    slots: Ints

    @property
    def box(self) -> Box:
        """The table's outline."""
        return float(self.xs[0]), float(self.ys[0]), float(self.xs[-1]), float(self.ys[-1])


def frame_of(ruling: Ruling) -> Frame | None:
    """The cells that the edges enclose; None where they enclose none."""
    near = SLIVER * ruling.snap
    xs, ys = boundaries(ruling.upright.at, near), boundaries(ruling.level.at, near)
    if min(len(xs), len(ys)) <= 1 or (len(xs) - 1) * (len(ys) - 1) > MOST_SLOTS:
        return None
    across = cover(ruling.upright, xs, ys)
    down = cover(ruling.level, ys, xs)
    drawn = cover(_drawn(ruling.level), ys, xs) >= PRESENT
    return cells_between(xs, ys, across >= PRESENT, down >= PRESENT, drawn)


def cells_between(
    xs: Floats, ys: Floats, across: Flags, down: Flags, drawn: Flags | None = None
) -> Frame:
    """The frame of the cells that these sides divide, without boundaries that are no cell's side.

    Args:
        xs: the columns' boundaries.
        ys: the rows' boundaries.
        across: see `regions`.
        down: see `regions`.
        drawn: like `down`, the level sides that a rule shows; all of them where None.
    """
    places = sorted(place for region in regions(across, down) for place in _places(region))
    columns = sorted({c for _, c, _, _, _ in places} | {c + wide for _, c, _, wide, _ in places})
    rows = sorted({r for r, _, _, _, _ in places} | {r + high for r, _, high, _, _ in places})
    column_of = {old: new for new, old in enumerate(columns)}
    row_of = {old: new for new, old in enumerate(rows)}
    x, y = xs.tolist(), ys.tolist()
    shown = (down if drawn is None else drawn).tolist()
    cells = [
        FrameCell(
            row_of[r],
            column_of[c],
            row_of[r + high] - row_of[r],
            column_of[c + wide] - column_of[c],
            (x[c], y[r], x[c + wide], y[r + high]),
            not all(shown[r][c : c + wide]),
            not all(shown[r + high][c : c + wide]),
            broken,
        )
        for r, c, high, wide, broken in places
    ]
    return _frame(xs[columns], ys[rows], cells)


def _frame(xs: Floats, ys: Floats, cells: list[FrameCell]) -> Frame:
    slots = np.full((len(ys) - 1, len(xs) - 1), -1, np.int64)
    for index, c in enumerate(cells):
        slots[c.row : c.row + c.rowspan, c.column : c.column + c.colspan] = index
    return Frame(xs, ys, cells, slots)


def _drawn(edges: Edges) -> Edges:
    """Only the edges that a rule shows."""
    return edges.pick(np.flatnonzero(edges.real))


def boundaries(places: Floats, snap: float) -> Floats:
    """Distinct places, those within `snap` of one another made one."""
    ordered = np.sort(places)
    starts = np.flatnonzero(np.diff(ordered, prepend=-np.inf) > snap)
    sums = np.add.reduceat(ordered, starts) if len(starts) else ordered
    means: Floats = sums / np.diff(starts, append=len(ordered))
    return means


def cover(edges: Edges, at: Floats, along: Floats) -> Floats:
    """How much of each boundary is ruled between the crossing ones: (at) × (along - 1), 0 to 1."""
    lengths = np.diff(along)
    covered = np.zeros((len(at), len(lengths)))
    nearest = np.abs(edges.at[:, None] - at[None, :]).argmin(axis=1)
    for index, start, end in zip(nearest, edges.start, edges.end, strict=True):
        covered[index] += np.clip(
            np.minimum(end, along[1:]) - np.maximum(start, along[:-1]), 0, None
        )
    return covered / np.maximum(lengths, 1e-6)


def regions(across: Flags, down: Flags) -> list[list[tuple[int, int]]]:
    """Slots (row, column) that no edge divides, region by region in reading order.

    Args:
        across: columns + 1 × rows, whether an upright boundary is ruled beside a row.
        down: rows + 1 × columns, whether a level boundary is ruled above a column.
    """
    rows, columns = across.shape[1], down.shape[1]
    left, above = across.tolist(), down.tolist()
    parent = list(range(rows * columns))

    def root(slot: int) -> int:
        while parent[slot] != slot:
            parent[slot] = parent[parent[slot]]
            slot = parent[slot]
        return slot

    for row in range(rows):
        for column in range(columns):
            slot = row * columns + column
            if column and not left[column][row]:
                parent[root(slot)] = root(slot - 1)
            if row and not above[row][column]:
                parent[root(slot)] = root(slot - columns)
    found: dict[int, list[tuple[int, int]]] = {}
    for slot in range(rows * columns):
        found.setdefault(root(slot), []).append(divmod(slot, columns))
    return list(found.values())


def _places(region: list[tuple[int, int]]) -> list[tuple[int, int, int, int, bool]]:
    """A region as one cell, or as one cell a run of rows where it is no rectangle (then True)."""
    if len(region) == 1:
        return [(*region[0], 1, 1, False)]
    rows, columns = [row for row, _ in region], [column for _, column in region]
    height, width = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    if height * width == len(region):
        return [(min(rows), min(columns), height, width, False)]
    return [(*place, True) for place in _rectangles(region)]


_Place = tuple[int, int, int, int]
"""Row, column, how many rows and how many columns."""


def _rectangles(region: list[tuple[int, int]]) -> list[_Place]:
    """A region cut into rectangles: equal runs of slots in successive rows joined."""
    by_row: dict[int, list[int]] = {}
    for row, column in region:
        by_row.setdefault(row, []).append(column)
    rectangles: list[_Place] = []
    growing: dict[tuple[int, int], int] = {}
    for row in sorted(by_row):
        runs = _runs(sorted(by_row[row]))
        growing = {run: index for run, index in growing.items() if run in runs}
        for run in runs:
            known = growing.get(run)
            if known is not None and rectangles[known][0] + rectangles[known][2] == row:
                first, column, high, wide = rectangles[known]
                rectangles[known] = first, column, high + 1, wide
            else:
                growing[run] = len(rectangles)
                rectangles.append((row, run[0], 1, run[1] - run[0] + 1))
    return rectangles


def _runs(columns: list[int]) -> list[tuple[int, int]]:
    """Runs of consecutive numbers as (first, last)."""
    starts = [columns[0], *(b for a, b in pairwise(columns) if b != a + 1)]
    ends = [*(a for a, b in pairwise(columns) if b != a + 1), columns[-1]]
    return list(zip(starts, ends, strict=True))


def widened(frame: Frame, xs: Floats) -> Frame:
    """A frame with the outer columns of the table it continues, where this page rules none.

    A label that goes on from the page before may have no rules at all around it.
    """
    left = xs[xs < frame.xs[0] - MISSING]
    right = xs[xs > frame.xs[-1] + MISSING]
    if not len(left) and not len(right):
        return frame
    shift, rows = len(left), len(frame.ys) - 1
    wide = np.concatenate((left, frame.xs, right))
    top, bottom = float(frame.ys[0]), float(frame.ys[-1])
    added = [*range(shift), *range(shift + len(frame.xs) - 1, len(wide) - 1)]
    cells = [replace(cell, column=cell.column + shift) for cell in frame.cells]
    for column in added:
        box = float(wide[column]), top, float(wide[column + 1]), bottom
        cells.append(FrameCell(0, column, rows, 1, box, open_top=True, open_bottom=True))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return _frame(wide, frame.ys, cells)


MISSING = 6.0
"""Points from which a column counts as missing on this page."""
