"""Tables without rules, or with level ones only: rows by their labels, columns by their figures.

A block is a run of lines that end in figures standing below one another, with the lines of their
labels between; what stands above, up to a heading or a sentence, is its head. Level rules, where
there are any, decide where a row ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.readers.pdf.unruled_columns import Span, around, columns_of, over
from extract.readers.pdf.unruled_rows import Row, is_near, rows_of

if TYPE_CHECKING:
    from extract.readers.pdf.ruling import Edges
    from extract.readers.pdf.segments import Segment, SegmentLine

FARTHEST_LABEL = 4.0
"""Ems below a row in which its label may go on."""

MANY_FIGURES, MANY_ROWS = 5, 3
"""A block without a head is a table from so many figures in a row, or so many rows."""

MANY_HEADS = 4
"""Segments on a line that make it part of a table's head, where no rows are there to tell."""


@dataclass(slots=True, eq=False)
class Block:
    """A table without upright rules: its head's segments, its rows, and its columns of figures.

    `columns` are the extents of the figures, `item_edge` the left end of the lowest level of
    labels, left of which the labels of groups stand; None where there are no such levels.
    """

    rows: list[Row]
    head: list[Segment]
    columns: list[Span]
    item_edge: float | None


def blocks_of(lines: list[SegmentLine], level: Edges) -> list[Block]:
    """The tables without upright rules among a page's loose lines, from top to bottom."""
    found: list[Block] = []
    start = at = 0
    while at < len(lines):
        if not lines[at].figures:
            at += 1
            continue
        end = _end_of_block(lines, at)
        first = _first_label_line(lines, at, start)
        block = _block(lines[start:first], lines[first:end], level)
        if block is not None:
            found.append(block)
        start = at = end
    head = _lone_head(lines[start:])
    return [*found, head] if head is not None else found


def may_hold_blocks(lines: list[SegmentLine]) -> bool:
    """Whether lines are worth a search for tables: cheap, and rarely so."""
    return any(line.figures or len(line.segments) >= MANY_HEADS for line in lines)


def _lone_head(lines: list[SegmentLine]) -> Block | None:
    """The head of a table at a page's end whose rows are on the next page."""
    at = len(lines)
    while at and not lines[at - 1].is_prose and (lines[at - 1].is_head or lines[at - 1].part):
        at -= 1
    head = [s for line in lines[at:] if not line.part for s in line.segments]
    if max((len(line.segments) for line in lines[at:]), default=0) < MANY_HEADS:
        return None
    columns: list[Span] = []
    for s in sorted(head, key=lambda s: -s.bottom):
        below = over((s.x0, s.x1), columns)
        if len(below) == 1:
            columns[columns.index(below[0])] = around(below[0], (s.x0, s.x1))
        elif not below:
            columns = sorted([*columns, (s.x0, s.x1)])
    return Block([], head, columns, None)


def _end_of_block(lines: list[SegmentLine], at: int) -> int:
    """The index after the last line of the block that begins with this row of figures."""
    left = min(segment.x0 for segment in lines[at].figures)
    last, lone = at, len(lines[at].figures) == 1
    for index in range(at + 1, len(lines)):
        line, previous = lines[index], lines[index - 1]
        if line.base - previous.base > FARTHEST_LABEL * line.size:
            break
        if line.figures or (line.part and is_near(previous, line)):
            left, last = min(left, *(segment.x0 for segment in line.part)), index
            lone = lone and len(line.part) == 1
        elif max(segment.x1 for segment in line.segments) > left or (lone and line.is_prose):
            break
    return _with_label_lines(lines, at, last)


def _with_label_lines(lines: list[SegmentLine], first: int, last: int) -> int:
    """The index after the lines with which the last row's label goes on."""
    rows = [line for line in lines[first : last + 1] if line.figures]
    left = min(segment.x0 for line in rows for segment in line.figures)
    right = max((s.x1 for line in rows for s in line.labels), default=left)
    end = last + 1
    while end < len(lines):
        line = lines[end]
        below = line.segments[0].x0 < right and line.segments[-1].x1 < left
        if not below or line.is_prose or not is_near(lines[end - 1], line):
            break
        end += 1
    return end


def _first_label_line(lines: list[SegmentLine], at: int, start: int) -> int:
    """The index of the line with which the block's first row begins: its label or its figures."""
    left = min(segment.x0 for segment in lines[at].figures)
    first = at
    while first > start and is_near(lines[first - 1], lines[first]):
        above = lines[first - 1]
        if not above.part and max(s.x1 for s in above.segments) > left:
            break
        first -= 1
    starts = [n for n in range(first, at) if lines[n].part or _is_numbered(lines[n])]
    return min(starts, default=at)


def _is_numbered(line: SegmentLine) -> bool:
    return any(segment.is_numbered for segment in line.labels)


def _block(above: list[SegmentLine], lines: list[SegmentLine], level: Edges) -> Block | None:
    head = _head(above)
    labels = [s for line in lines for s in line.labels]
    edge = min((s.x0 for s in labels if s.is_item), default=None)
    if edge is None:
        edge = min((s.x0 for s in labels if s.is_group), default=None)
    columns = columns_of([s for line in lines for s in line.part], head)
    rows = rows_of(lines, edge, columns, level)
    below = [s for s in head if s.x1 > columns[0][0]]
    if not (len(below) >= len(columns) or len(columns) >= MANY_FIGURES or len(rows) >= MANY_ROWS):
        return None
    return Block(rows, head, columns, edge)


def _head(above: list[SegmentLine]) -> list[Segment]:
    """The segments of the lines above a block's rows, up to a heading, a sentence or a gap."""
    head: list[Segment] = []
    previous: SegmentLine | None = None
    for line in reversed(above):
        far = previous is not None and previous.base - line.base > FARTHEST_LABEL * line.size
        if line.is_prose or far:
            break
        head += line.segments
        previous = line
    return head
