"""Columns of a table without rules: where its figures and the cells of its head stand."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extract.readers.pdf.segments import Segment

Span = tuple[float, float]


def columns_of(figures: list[Segment], head: list[Segment]) -> list[Span]:
    """The columns' extents: figures that overlap from above, and the cells of the head over them.

    The lowest cell of the head that stands over no column is one of blank figures.
    """
    columns = _merged([(s.x0, s.x1) for s in figures])
    left = columns[0][0]
    lowest = max((s.bottom for s in head), default=0.0)
    alone = [(s.x0, s.x1) for s in head if lowest - s.bottom < s.size and s.x0 > left]
    columns = sorted(columns + [span for span in alone if not over(span, columns)])
    for s in sorted(head, key=lambda s: -s.bottom):
        below = over((s.x0, s.x1), columns)
        if len(below) == 1 and s.x1 - s.x0 < room_of(columns, columns.index(below[0])):
            columns[columns.index(below[0])] = around(below[0], (s.x0, s.x1))
    return columns


def room_of(columns: list[Span], index: int) -> float:
    """The distance from a column to the farther of its neighbours: what is wider spans several."""
    middles = [(first + last) / 2 for first, last in columns]
    steps = [b - a for a, b in pairwise(middles)]
    return max(steps[max(index - 1, 0) : index + 1], default=float("inf"))


def over(span: Span, columns: list[Span]) -> list[Span]:
    """The columns that something stands over."""
    return [column for column in columns if span[0] <= column[1] and span[1] >= column[0]]


def around(one: Span, other: Span) -> Span:
    """The extent of both."""
    return min(one[0], other[0]), max(one[1], other[1])


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged
