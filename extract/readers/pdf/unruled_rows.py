"""Rows of a table without rules: which lines of labels and figures belong together."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extract.readers.pdf.ruling import Edges
    from extract.readers.pdf.segments import Segment, SegmentLine
    from extract.readers.pdf.unruled_columns import Span

PITCH = 1.65
"""Ems from line to line beyond which another row begins."""


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


def rows_of(
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
            rows.append(Row(near=previous is not None and not ruled and is_near(previous, line)))
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


def is_near(upper: SegmentLine, lower: SegmentLine) -> bool:
    """Whether a line follows on another without the white that parts rows."""
    return lower.base - upper.base <= PITCH * lower.size


def _begins(row: Row, previous: SegmentLine, line: SegmentLine, labels: list[Segment]) -> bool:
    """Whether a line begins a row: by a gap, by its number, or as it has label and figures."""
    if not is_near(previous, line):
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
