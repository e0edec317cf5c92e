"""Cells of a table without upright rules: places, spans and boxes for a block's segments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from extract.model import BY_POSITION
from extract.readers.pdf.frames import Frame, FrameCell
from extract.readers.pdf.unruled_columns import room_of
from extract.readers.pdf.unruled_rows import PITCH

if TYPE_CHECKING:
    from extract.readers.pdf.marks import Ints, PageMarks
    from extract.readers.pdf.segments import Segment
    from extract.readers.pdf.unruled import Block
    from extract.readers.pdf.unruled_rows import Row

EDGE = 2.0
"""Points that the outer cells reach beyond their text."""


@dataclass(slots=True, eq=False)
class _Cell:
    row: int
    column: int
    rowspan: int
    colspan: int
    segments: list[Segment] = field(default_factory=list)


def frame_of_block(marks: PageMarks, block: Block) -> tuple[Frame, Ints, dict[int, str]]:
    """The block's frame, for each character the index of its cell or -1, and cells' doubts."""
    xs, labels = _boundaries(block)
    head, depth = _head_cells(block, xs, labels)
    cells = head + _body_cells(block, xs, labels, depth)
    ys = _row_boundaries(block, depth)
    groups = np.full(len(marks.texts), -1, np.int64)
    cells.sort(key=lambda cell: (cell.row, cell.column))
    for index, cell in enumerate(cells):
        for segment in cell.segments:
            groups[segment.members] = index
    slots = np.full((len(ys) - 1, len(xs) - 1), -1, np.int64)
    for index, c in enumerate(cells):
        slots[c.row : c.row + c.rowspan, c.column : c.column + c.colspan] = index
    unsure = {row for row, one in enumerate(block.rows, start=depth) if one.unsure}
    by_position = (
        {}
        if _is_clear(block, cells, xs, labels, depth)
        else _figures_by_position(cells, labels, depth)
    )
    named = {cell.row for cell in head if cell.segments and cell.column >= labels}
    nameless = set(range(depth)) - named
    doubts = by_position | {
        index: CLOSE_ROWS
        for index, cell in enumerate(cells)
        if cell.row in unsure or cell.row in nameless
    }
    frame = Frame(np.array(xs), np.array(ys), [_framed(c, xs, ys) for c in cells], slots)
    return frame, groups, doubts


CLOSE_ROWS = "no rule divides this row from its neighbours, whose lines may belong to it"


def _figures_by_position(cells: list[_Cell], labels: int, depth: int) -> dict[int, str]:
    return {
        index: BY_POSITION
        for index, cell in enumerate(cells)
        if cell.row >= depth and cell.column >= labels
    }


def _is_clear(block: Block, cells: list[_Cell], xs: list[float], labels: int, depth: int) -> bool:
    """Whether the block's text leaves no question what stands in which row and column.

    No cell has two figures, none reaches into a neighbour's column, no label ends in digits that
    may be a figure, every row has figures, and every column a head if any has.
    """
    if any(row.unsure or not row.figures for row in block.rows):
        return False
    if any(_GLUED.search(s.text) for row in block.rows for s in (*row.labels, *row.groups)):
        return False
    figures = [c for c in cells if c.row >= depth and c.column >= labels]
    if any(len(c.segments) > 1 for c in figures):
        return False
    if any(s.x0 < xs[c.column] or s.x1 > xs[c.column + 1] for c in figures for s in c.segments):
        return False
    heads = [c for c in cells if c.row == depth - 1 and c.column >= labels]
    return len({bool(c.segments) for c in heads}) <= 1


_GLUED = re.compile(r"[^\d\s.．、(（第年至-]\s*\d[\d,.]*$")


def _framed(cell: _Cell, xs: list[float], ys: list[float]) -> FrameCell:
    box = (
        xs[cell.column],
        ys[cell.row],
        xs[cell.column + cell.colspan],
        ys[cell.row + cell.rowspan],
    )
    return FrameCell(cell.row, cell.column, cell.rowspan, cell.colspan, box)


def _boundaries(block: Block) -> tuple[list[float], int]:
    """The columns' boundaries, and how many of the columns are for labels (0, 1 or 2)."""
    segments = [s for row in block.rows for s in (*row.labels, *row.groups)]
    figures = [s for row in block.rows for s in row.figures]
    spans = block.columns
    between = [(a[1] + b[0]) / 2 for a, b in pairwise(spans)]
    last = max(s.x1 for s in (*figures, *block.head)) + EDGE
    last = max(last, spans[-1][1] + EDGE)
    if not segments:
        return [spans[0][0] - EDGE, *between, last], 0
    first = min(s.x0 for s in (*segments, *block.head)) - EDGE
    beside = [s.x1 for s in segments if s.x1 < spans[0][0]]
    start = (max(beside, default=spans[0][0]) + spans[0][0]) / 2
    if block.item_edge is None or block.item_edge - first < 2 * EDGE:
        return [first, start, *between, last], 1
    return [first, block.item_edge - EDGE, start, *between, last], 2


def _body_cells(block: Block, xs: list[float], labels: int, depth: int) -> list[_Cell]:
    cells: list[_Cell] = []
    group: _Cell | None = None
    for number, row in enumerate(block.rows, start=depth):
        if labels == _GROUPS_AND_ROWS:
            group = _grouped(cells, row, number, xs[1], group)
        elif labels:
            cells.append(_Cell(number, 0, 1, 1, row.labels + row.groups))
        own = [_Cell(number, labels + k, 1, 1) for k in range(len(xs) - 1 - labels)]
        for segment in row.figures:
            own[_column(segment, xs) - labels].segments.append(segment)
        cells += own
    return cells


_GROUPS_AND_ROWS = 2
"""Columns of labels where groups of rows have labels of their own."""


def _grouped(
    cells: list[_Cell], row: Row, number: int, edge: float, group: _Cell | None
) -> _Cell | None:
    """Add a row's label, and its part of the label of a group; returns the group that goes on."""
    if any(segment.x0 < edge for segment in row.labels):
        if row.groups:
            cells.append(_Cell(number, 0, 1, 1, row.groups))
        first = 1 if row.groups else 0
        cells.append(_Cell(number, first, 1, 2 - first, row.labels))
        return None
    if group is None:
        group = _Cell(number, 0, 0, 1)
        cells.append(group)
    group.rowspan += 1
    group.segments += row.groups
    cells.append(_Cell(number, 1, 1, 1, row.labels))
    return group


def _column(segment: Segment, xs: list[float]) -> int:
    column = int(np.searchsorted(xs, segment.middle)) - 1
    return min(max(column, 0), len(xs) - 2)


def _head_cells(block: Block, xs: list[float], labels: int) -> tuple[list[_Cell], int]:
    """The head's cells and its depth: one row for each level of spanning cells, then one row."""
    if not block.head:
        return [], 0
    stacks: dict[int, list[Segment]] = {}
    spanning: list[tuple[Segment, int, int]] = []
    corner: list[Segment] = []
    for segment in sorted(block.head, key=lambda s: s.bottom):
        first, last = _columns_under(segment, xs)
        if labels and segment.middle < xs[labels]:
            corner.append(segment)
        elif first < last or _is_wide(segment, block, first - labels):
            spanning.append((segment, max(first, labels), last))
        else:
            stacks.setdefault(first, []).append(segment)
    leaves: dict[int, list[Segment]] = {}
    for column, stack in stacks.items():
        over = [s.bottom for s, first, last in spanning if first <= column <= last]
        leaf = _lowest(stack, max(over, default=0.0))
        leaves[column] = leaf
        spanning += [(s, column, column) for s in stack if s not in leaf]
    cells = _spanning_cells(spanning)
    depth = 1 + max((cell.row for cell in cells), default=-1)
    cells += [_Cell(depth, c, 1, 1, leaves.get(c, [])) for c in range(labels, len(xs) - 1)]
    if labels:
        cells.append(_Cell(0, 0, depth + 1, labels, corner))
    return cells, depth + 1


def _is_wide(segment: Segment, block: Block, column: int) -> bool:
    """Whether a head's cell is wider than a column can be."""
    return column >= 0 and segment.x1 - segment.x0 >= room_of(block.columns, column)


def _columns_under(segment: Segment, xs: list[float]) -> tuple[int, int]:
    """The first and last column that a segment stands over by more than half a letter."""
    margin = segment.size / 2
    first = int(np.searchsorted(xs, segment.x0 + margin)) - 1
    last = int(np.searchsorted(xs, segment.x1 - margin)) - 1
    return max(first, 0), min(max(last, first, 0), len(xs) - 2)


def _lowest(stack: list[Segment], below: float) -> list[Segment]:
    """The last lines of a column's head that follow on one another without a gap."""
    lines = [segment for segment in stack if segment.bottom > below]
    leaf = lines[-1:]
    for segment in reversed(lines[:-1]):
        if leaf[0].bottom - segment.bottom > PITCH * segment.size:
            break
        leaf.insert(0, segment)
    return leaf


def _spanning_cells(spanning: list[tuple[Segment, int, int]]) -> list[_Cell]:
    """Cells for what stands over several columns, a row for each line; none over another."""
    cells: list[_Cell] = []
    row, base = -1, -1.0
    for segment, first, last in sorted(spanning, key=lambda item: item[0].bottom):
        if row < 0 or segment.bottom - base > segment.size / 2:
            row, base = row + 1, segment.bottom
        same = [c for c in cells if c.row == row and c.column + c.colspan > first]
        if same:
            same[-1].segments.append(segment)
        else:
            cells.append(_Cell(row, first, 1, last - first + 1, [segment]))
    return cells


def _row_boundaries(block: Block, depth: int) -> list[float]:
    """The rows' boundaries: half-way between their texts; the head's rows share its height."""
    rows = block.rows
    ys = [rows[0].top - EDGE if rows else max(s.bottom for s in block.head) + EDGE]
    for upper, lower in pairwise(rows):
        ys.append((upper.bottom + max(lower.top, upper.bottom)) / 2)
    if rows:
        ys.append(max(rows[-1].bottom, ys[-1]) + EDGE)
    if depth:
        top = min(s.top for s in block.head) - EDGE
        ys = [*np.linspace(top, ys[0], depth + 1).tolist()[:-1], *ys]
    return ys
