"""From characters to lines: reading order, spaces that are seen, double printing, overlaps."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from extract.readers.pdf.marks import DESCENT, Box, Floats, Ints, PageMarks, turned

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEXT_LINE = 0.4
"""Ems between baselines that make another line."""

SPACE_SEEN, SPACE_BETWEEN, SPACE_IDEOGRAPHS = 0.12, 0.2, 1.3
"""Ems of white that make a space: where the file has one, between letters or digits, else."""

STEP = 0.72
"""Ems from one digit's left end to the next's that leave room for a space; widths can be wrong."""

SAME_PLACE = 0.2
"""Ems within which the same character printed twice is bold print, not two characters."""

OVERLAP = 0.4
"""Where the next character begins before this part of one's width, they cover one another."""

_SPACES = frozenset(" \t\u00a0\u2002\u2003\u2009\u3000")


def is_blank(texts: list[str]) -> NDArray[np.bool_]:
    """Which characters are spaces."""
    return np.array([text in _SPACES for text in texts], np.bool_)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a group: its text, box as displayed, and whether characters overlap."""

    group: int
    text: str
    box: Box
    size: float
    overlaps: bool


def lines_of(marks: PageMarks, groups: Ints) -> list[Line]:
    """The lines of each group of characters, group by group, from top to bottom.

    Args:
        marks: the page.
        groups: for each character the number of its group (a cell), -1 to leave it out.
    """
    found: list[Line] = []
    for turn in np.unique(marks.turns[groups >= 0]).tolist():
        chosen = np.flatnonzero((groups >= 0) & (marks.turns == turn))
        found.extend(_lines_one_way(marks, groups, chosen, turn))
    return sorted(found, key=lambda line: line.group)


def _lines_one_way(marks: PageMarks, groups: Ints, chosen: Ints, turn: int) -> list[Line]:
    """The lines of characters that are all turned alike."""
    boxes = turned(marks.boxes[chosen], turn, marks.width, marks.height)
    group = groups[chosen]
    size = boxes[:, 3] - boxes[:, 1]
    base = boxes[:, 3] - DESCENT * size
    order = np.lexsort((base, group))
    apart = np.diff(base[order]) > NEXT_LINE * np.minimum(size[order][1:], size[order][:-1])
    line = np.empty(len(order), np.int64)
    line[order] = np.concatenate(([0], np.cumsum(apart | (np.diff(group[order]) != 0))))
    order = np.lexsort((boxes[:, 0], line))
    texts = marks.texts
    ordered_texts = [texts[index] for index in chosen[order].tolist()]
    row = _Row(ordered_texts, boxes[order], size[order], line[order])
    shown = marks.boxes[chosen][order]
    return [
        Line(
            int(group[order[start]]),
            text,
            _around(shown[start:end]),
            float(size[order[start]]),
            overlaps,
        )
        for start, end, text, overlaps in row.pieces()
    ]


def _around(boxes: Floats) -> Box:
    low, high = boxes.min(axis=0), boxes.max(axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


class _Row:
    """Characters in reading order; `line` numbers their lines."""

    def __init__(self, texts: list[str], boxes: Floats, size: Floats, line: Ints) -> None:
        self._texts, self._line = texts, line
        self._starts, self._ends, self._size = boxes[:, 0], boxes[:, 2], size
        self._blank = is_blank(texts)

    def pieces(self) -> list[tuple[int, int, str, bool]]:
        """Each line as (first, after last, text, whether characters overlap); no blank ones."""
        solid = np.flatnonzero(~self._blank)
        if not len(solid):
            return []
        before, spaced, over = self._joints(solid)
        cuts = np.flatnonzero(np.diff(self._line[solid])) + 1
        found = []
        for part in np.split(np.arange(len(solid)), cuts):
            text = "".join(
                (" " if spaced[k] and k != part[0] else "") + self._texts[solid[k]]
                for k in part.tolist()
                if not before[k] or k == part[0]
            )
            inside = over[part[1:]]
            first, last = int(solid[part[0]]), int(solid[part[-1]]) + 1
            found.append((first, last, text, bool(inside.any())))
        return found

    def _joints(self, solid: Ints) -> tuple[list[bool], list[bool], np.ndarray]:
        """For each character but blanks: printed twice, a space before it, over the one before."""
        starts, ends, size = self._starts[solid], self._ends[solid], self._size[solid]
        texts = [self._texts[index] for index in solid.tolist()]
        em = np.maximum(size, 1e-6)
        gap = np.concatenate(([0.0], starts[1:] - ends[:-1])) / em
        step = np.concatenate(([np.inf], np.diff(starts))) / em
        texts = [self._texts[index] for index in solid.tolist()]
        alike = np.array([False, *(a == b for a, b in itertools.pairwise(texts))])
        double = alike & (np.abs(step) < SAME_PLACE)
        wide = np.array([max(map(ord, text), default=0) > _LAST_NARROW for text in texts])
        either_wide = wide | np.concatenate(([False], wide[:-1]))
        enough = np.where(either_wide, SPACE_IDEOGRAPHS, SPACE_BETWEEN)
        blank_before = np.concatenate(([False], np.diff(solid) > 1))
        spaced = (blank_before & (gap > SPACE_SEEN)) | ((gap > enough) & (step > STEP))
        widths = np.minimum(np.concatenate(([1.0], (ends - starts)[:-1] / em[1:])), 1.0)
        over = (step < OVERLAP * widths) & ~double
        return double.tolist(), spaced.tolist(), over


_LAST_NARROW = 0x2E7F
"""Code points above this are ideographs, their radicals, and full-width forms."""
