"""Which cell a character belongs to, also where text runs over a rule or below a cut table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from extract.readers.pdf.lettering import is_blank
from extract.readers.pdf.marks import DESCENT, Floats, Ints, PageMarks

if TYPE_CHECKING:
    from extract.readers.pdf.frames import Frame

Flags = NDArray[np.bool_]

OVERHANG = 6.0
"""Ems below a table in which a cut label's text may go on, if nothing else stands there."""

OVER_RULE = "text runs over the rule of this cell"

TOUCHING = 0.06
"""Ems of white below which two characters are one word."""

ACROSS = 0.2
"""The part of a character on either side of a rule from which it runs over it."""


def cells_of_characters(frame: Frame, marks: PageMarks, free: Flags) -> tuple[Ints, dict[int, str]]:
    """For each character the index of its cell, -1 for none; and why some cells are unsure.

    Args:
        frame: the table's skeleton.
        marks: the page.
        free: the characters that are in no smaller table.
    """
    groups = np.full(len(marks.texts), -1, np.int64)
    if not len(groups):
        return groups, {}
    x = (marks.boxes[:, 0] + marks.boxes[:, 2]) / 2
    y = (marks.boxes[:, 1] + marks.boxes[:, 3]) / 2
    column, row = np.searchsorted(frame.xs, x) - 1, np.searchsorted(frame.ys, y) - 1
    rows, columns = frame.slots.shape
    inside = free & (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    groups[inside] = frame.slots[row[inside], column[inside]]
    groups = _with_overhang(frame, marks, groups, free & ~inside)
    return _with_overflow(frame, marks, groups, free)


def _with_overhang(frame: Frame, marks: PageMarks, groups: Ints, free: Flags) -> Ints:
    """The text of a label that a page cuts, where it goes on below the last row's rule."""
    rows = len(frame.ys) - 1
    last = [(i, c) for i, c in enumerate(frame.cells) if c.row + c.rowspan == rows]
    hanging = [(i, c) for i, c in last if c.open_bottom]
    if not hanging or len(hanging) == len(last):
        return groups
    bottom = frame.box[3]
    y = (marks.boxes[:, 1] + marks.boxes[:, 3]) / 2
    below = free & (y > bottom) & (y < bottom + OVERHANG * float(np.median(marks.sizes)))
    grown = groups.copy()
    for index, cell in hanging:
        inside = (marks.boxes[:, 0] > cell.box[0]) & (marks.boxes[:, 2] < cell.box[2])
        grown[below & inside] = index
    return grown if (grown[below] >= 0).all() else groups


def _with_overflow(
    frame: Frame, marks: PageMarks, groups: Ints, free: Flags
) -> tuple[Ints, dict[int, str]]:
    """Words that run over a rule put whole into the cell that holds most of them.

    What runs out of the table belongs to it too. A word that ends where the rule is and one that
    begins there cannot be told from one that runs over it between two characters: both cells are
    unsure.
    """
    order, joined = _words(marks, free)
    apart = groups[order[1:]] != groups[order[:-1]]
    crossing = np.flatnonzero(joined & apart)
    if not len(crossing):
        return groups, {}
    word = np.concatenate(([0], np.cumsum(~joined)))
    settled = groups.copy()
    unsure: dict[int, str] = {}
    for number in np.unique(word[crossing]).tolist():
        members = order[word == number]
        cells = groups[members]
        if (cells < 0).any() or _runs_over(frame, marks.boxes[members]):
            values, counts = np.unique(cells[cells >= 0], return_counts=True)
            best = int(values[counts.argmax()])
            settled[members] = best
            cells = np.array([best])
        if any(marks.texts[index].isdigit() for index in members.tolist()):
            unsure |= {int(cell): OVER_RULE for cell in cells if cell >= 0}
    return settled, unsure


def _words(marks: PageMarks, free: Flags) -> tuple[Ints, Flags]:
    """Upright characters from left to right, line by line; and which touch the one before."""
    chosen = np.flatnonzero(free & (marks.turns == 0) & ~is_blank(marks.texts))
    size = marks.boxes[chosen, 3] - marks.boxes[chosen, 1]
    base = marks.boxes[chosen, 3] - DESCENT * size
    by_base = np.argsort(base, kind="stable")
    line = np.empty(len(chosen), np.int64)
    line[by_base] = np.concatenate(
        ([0], np.cumsum(np.diff(base[by_base]) > 0.2 * size[by_base][1:]))
    )[: len(chosen)]
    order = np.lexsort((marks.boxes[chosen, 0], line))
    gap = marks.boxes[chosen[order], 0][1:] - marks.boxes[chosen[order], 2][:-1]
    near = np.abs(gap) < TOUCHING * size[order][1:]
    return chosen[order], near & (np.diff(line[order]) == 0)


def _runs_over(frame: Frame, boxes: Floats) -> bool:
    """Whether one of a word's characters lies on both sides of a column's boundary."""
    margin = ACROSS * (boxes[:, 2] - boxes[:, 0])
    left, right = (boxes[:, 0] + margin)[:, None], (boxes[:, 2] - margin)[:, None]
    return bool(((frame.xs[None, :] > left) & (frame.xs[None, :] < right)).any())
