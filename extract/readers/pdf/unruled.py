"""Tables without rules, or with level ones only: rows by their labels, columns by their figures.

A block is a run of lines that end in figures standing below one another, with the lines of their
labels between; what stands above, up to a heading or a sentence, is its head. Level rules, where
there are any, decide where a row ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
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

MANY_HEADS = 4
"""Segments on a line that make it part of a table's head, where no rows are there to tell."""

Span = tuple[float, float]


@dataclass(slots=True, eq=False)
class Row:
    """A row: the lines of its label, what belongs to labels of groups, and its figures.

    `near` says that nothing but its text divides it from the row above, `unsure` that some of its
    lines may be another row's.
    """

    labels: list[Segment] = field(default_factory=list)
    groups: list[Segment] = field(default_factory=list)
    figures: list[Segment] = field(default_factory=list)
    near: bool = False
    unsure: bool = False

    @property
    def is_wrapped(self) -> bool:
        """Whether its figures stand on more than one line."""
        bases = [segment.bottom for segment in self.figures]
        return bool(bases) and max(bases) - min(bases) > self.figures[0].size / 2

    @property
    def is_lopsided(self) -> bool:
        """Whether a label of several lines has no number, and its figures stand by an outer one.

        It may be two labels, one of them without figures.
        """
        if not self.figures or not self.labels or self.labels[0].is_numbered:
            return False
        bases, own = [segment.bottom for segment in self.labels], self.figures[0].bottom
        wide = max(bases) - min(bases) > self.figures[0].size / 2
        return wide and min(own - min(bases), max(bases) - own) < self.figures[0].size / 3

    def parts(self) -> list[Row]:
        """The row as the one that its figures stand in, and the label above or below them."""
        own, size = self.figures[0].bottom, self.figures[0].size
        beside = [s for s in self.labels if abs(s.bottom - own) < size / 3]
        other = [s for s in self.labels if s not in beside]
        row = Row(beside, self.groups, self.figures, unsure=True)
        rest = Row(other, near=True, unsure=True)
        return [rest, row] if other[0].bottom < own else [row, rest]

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
        over = _over((s.x0, s.x1), columns)
        if len(over) == 1:
            columns[columns.index(over[0])] = _around(over[0], (s.x0, s.x1))
        elif not over:
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
        if line.figures or (line.part and _near(previous, line)):
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
        if not below or line.is_prose or not _near(lines[end - 1], line):
            break
        end += 1
    return end


def _first_label_line(lines: list[SegmentLine], at: int, start: int) -> int:
    """The index of the line with which the block's first row begins: its label or its figures."""
    left = min(segment.x0 for segment in lines[at].figures)
    first = at
    while first > start and _near(lines[first - 1], lines[first]):
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
    columns = _columns([s for line in lines for s in line.part], head)
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
    """The columns' extents: figures that overlap from above, and the cells of the head over them.

    The lowest cell of the head that stands over no column is one of blank figures.
    """
    columns = _merged([(s.x0, s.x1) for s in figures])
    left = columns[0][0]
    lowest = max((s.bottom for s in head), default=0.0)
    alone = [(s.x0, s.x1) for s in head if lowest - s.bottom < s.size and s.x0 > left]
    columns = sorted(columns + [span for span in alone if not _over(span, columns)])
    for s in sorted(head, key=lambda s: -s.bottom):
        over = _over((s.x0, s.x1), columns)
        if len(over) == 1 and s.x1 - s.x0 < room_of(columns, columns.index(over[0])):
            columns[columns.index(over[0])] = _around(over[0], (s.x0, s.x1))
    return columns


def room_of(columns: list[Span], index: int) -> float:
    """The distance from a column to the farther of its neighbours: what is wider spans several."""
    middles = [(first + last) / 2 for first, last in columns]
    steps = [b - a for a, b in pairwise(middles)]
    return max(steps[max(index - 1, 0) : index + 1], default=float("inf"))


def _over(span: Span, columns: list[Span]) -> list[Span]:
    """The columns that something stands over."""
    return [column for column in columns if span[0] <= column[1] and span[1] >= column[0]]


def _around(one: Span, other: Span) -> Span:
    return min(one[0], other[0]), max(one[1], other[1])


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
        if previous is None:
            begins = True
        elif not labels and not line.part:
            begins = False
        elif ruled:
            begins = any(previous.middle < at < line.middle for at in rules)
        else:
            begins = _begins(rows[-1], previous, line, labels)
        if begins:
            rows.append(Row(near=previous is not None and not ruled and _near(previous, line)))
        rows[-1].labels += labels
        rows[-1].groups += groups
        rows[-1].figures += line.part
        if labels or line.part:
            previous = line
    for row in rows:
        if not row.labels:
            row.labels, row.groups = row.groups, []
    rows = [part for row in rows for part in (row.parts() if row.is_lopsided else [row])]
    _mark_unsure(rows)
    return rows


def _near(upper: SegmentLine, lower: SegmentLine) -> bool:
    return lower.base - upper.base <= PITCH * lower.size


def _begins(row: Row, previous: SegmentLine, line: SegmentLine, labels: list[Segment]) -> bool:
    """Whether a line begins a row: by a gap, by its number, or as it has label and figures."""
    if not _near(previous, line):
        return True
    if not labels or not row.labels:
        return False
    if labels[0].is_numbered:
        return True
    return bool(line.part and row.figures) and not row.labels[0].is_numbered


def _mark_unsure(rows: list[Row]) -> None:
    """Mark rows that only their nearness to others tells apart: a line may belong to either.

    A number over two lines, or a label without a number of its own, is such a case, unless every
    row is one line; so is a label without figures, which may be the rest of another.
    """
    for row in rows:
        row.unsure = row.unsure or not row.figures
    plain = all(row.figures and len(row.labels) == 1 and not row.is_wrapped for row in rows)
    for upper, lower in pairwise(rows):
        if not lower.near or plain:
            continue
        numbered = bool(lower.labels) and lower.labels[0].is_numbered
        if not numbered or upper.is_wrapped or lower.is_wrapped:
            upper.unsure = lower.unsure = True
