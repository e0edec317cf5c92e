"""Tables without rules, or with level ones only: rows by their labels, columns by their figures.

A block is a run of lines that end in figures standing below one another, with the lines of their
labels between; what stands above, up to a heading or a sentence, is its head. Level rules, where
there are any, decide where a row ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extract.readers.pdf.ruling import Edges
    from extract.readers.pdf.segments import Segment, SegmentLine

PITCH = 1.65
"""Ems from line to line beyond which another row begins."""

FARTHEST_LABEL = 4.0
"""Ems below a row in which its label may go on."""

MANY_FIGURES, MANY_ROWS = 5, 3
"""A block without a head is a table from so many figures in a row, or so many rows."""

Span = tuple[float, float]


@dataclass(slots=True, eq=False)
class Row:
    """A row: the lines of its label, what belongs to labels of groups, and its figures."""

    labels: list[Segment] = field(default_factory=list)
    groups: list[Segment] = field(default_factory=list)
    figures: list[Segment] = field(default_factory=list)

    @property
    def segments(self) -> list[Segment]:
        """Its label and figures: what its height is told by."""
        return self.labels + self.figures or self.groups

    @property
    def top(self) -> float:
        """Its upper end as far as there is text."""
        return min(segment.top for segment in self.segments)

    @property
    def bottom(self) -> float:
        """Its lower end as far as there is text."""
        return max(segment.bottom for segment in self.segments)


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
    return found


def _end_of_block(lines: list[SegmentLine], at: int) -> int:
    """The index after the last line of the block that begins with this row of figures."""
    left = min(segment.x0 for segment in lines[at].figures)
    count = len(lines[at].figures)
    last = at
    for index in range(at + 1, len(lines)):
        line = lines[index]
        if line.base - lines[index - 1].base > FARTHEST_LABEL * line.size:
            break
        if line.figures:
            if (len(line.figures) == 1) != (count == 1):
                break
            left, last = min(left, *(segment.x0 for segment in line.figures)), index
        elif max(segment.x1 for segment in line.segments) > left:
            break
    return _with_label_lines(lines, last, left)


def _with_label_lines(lines: list[SegmentLine], last: int, left: float) -> int:
    """The index after the lines with which the last row's label goes on."""
    end = last + 1
    while end < len(lines):
        line = lines[end]
        near = line.base - lines[end - 1].base < PITCH * line.size
        if not near or line.is_prose or max(s.x1 for s in line.segments) > left:
            break
        end += 1
    return end


def _first_label_line(lines: list[SegmentLine], at: int, start: int) -> int:
    """The index of the line with which the label of the block's first row begins."""
    left = min(segment.x0 for segment in lines[at].figures)
    first = at
    while first > start and not any(s.is_numbered for s in lines[first].labels):
        above = lines[first - 1]
        near = lines[first].base - above.base < PITCH * above.size
        if not near or max(s.x1 for s in above.segments) > left:
            break
        first -= 1
        if any(s.is_numbered for s in above.segments):
            return first
    return at


def _block(above: list[SegmentLine], lines: list[SegmentLine], level: Edges) -> Block | None:
    head = _head(above)
    edge = min((s.x0 for line in lines for s in line.labels if s.is_item), default=None)
    columns = _columns([s for line in lines for s in line.figures], head)
    rows = _rows(lines, edge, columns, level)
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


def _columns(figures: list[Segment], head: list[Segment]) -> list[Span]:
    """The columns' extents: figures that overlap from above, and lone head cells between them."""
    columns = _merged([(s.x0, s.x1) for s in figures])
    left = columns[0][0]
    lowest = max((s.bottom for s in head), default=0.0)
    for s in head:
        is_lowest = lowest - s.bottom < s.size
        apart = all(s.x1 < first or s.x0 > last for first, last in columns)
        if is_lowest and apart and s.x0 > left:
            columns.append((s.x0, s.x1))
    return sorted(columns)


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def _rows(
    lines: list[SegmentLine], edge: float | None, columns: list[Span], level: Edges
) -> list[Row]:
    """The rows of a block; each begins where a rule, a number or a gap says so."""
    rules = [
        at
        for at, start, end in zip(level.at, level.start, level.end, strict=True)
        if start < columns[0][1] and end > columns[-1][0]
    ]
    ruled = sum(lines[0].base < at < lines[-1].base for at in rules) * 4 > len(lines)
    rows: list[Row] = []
    previous: SegmentLine | None = None
    for line in lines:
        groups = [s for s in line.labels if edge is not None and s.x1 < edge + 0.3 * s.size]
        labels = [s for s in line.labels if s not in groups]
        if line.figures and not labels:
            labels, groups = groups, []
        row = rows[-1] if rows else None
        if row is None or previous is None:
            begins = True
        elif not labels and not line.figures:
            begins = False
        elif ruled:
            begins = any(previous.middle < at < line.middle for at in rules)
        else:
            begins = _begins(row, previous, line, labels)
        if begins:
            rows.append(Row())
        rows[-1].labels += labels
        rows[-1].groups += groups
        rows[-1].figures += line.figures
        if labels or line.figures:
            previous = line
    return rows


def _begins(row: Row, previous: SegmentLine, line: SegmentLine, labels: list[Segment]) -> bool:
    if labels and labels[0].is_numbered:
        return True
    if line.figures and row.figures:
        return True
    return line.base - previous.base > PITCH * line.size
