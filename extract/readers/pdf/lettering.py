"""From characters to lines: reading order, spaces that are seen, double printing, overlaps."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extract.readers.pdf.marks import DESCENT, Box, Floats, Ints, PageMarks, turned

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

Flags = NDArray[np.bool_]

_SPACES = frozenset(" \t\u00a0\u2002\u2003\u2009\u3000")


def is_blank(texts: list[str]) -> NDArray[np.bool_]:
    """Which characters are spaces."""
    return np.array([text in _SPACES for text in texts], np.bool_)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a group: its text, whether characters in it overlap, its box and size."""

    group: int
    text: str
    overlaps: bool
    box: Box
    size: float


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
    texts = [marks.texts[index] for index in chosen[order].tolist()]
    solid = np.flatnonzero(~is_blank(texts))
    if not len(solid):
        return []
    order = order[solid]
    joints = _joints([texts[index] for index in solid.tolist()], boxes[order], np.diff(solid) > 1)
    starts = np.flatnonzero(np.diff(line[order], prepend=-1))
    shown = marks.boxes[chosen[order]]
    around = np.column_stack(
        (
            np.minimum.reduceat(shown[:, :2], starts, axis=0),
            np.maximum.reduceat(shown[:, 2:], starts, axis=0),
        )
    )
    sizes, numbers = size[order[starts]].tolist(), group[order[starts]].tolist()
    ends = [*starts[1:].tolist(), len(order)]
    return [
        Line(number, *joints.line(first, end), (x0, top, x1, bottom), one_size)
        for number, first, end, (x0, top, x1, bottom), one_size in zip(
            numbers, starts.tolist(), ends, around.tolist(), sizes, strict=True
        )
    ]


class _Joints(NamedTuple):
    """What each character in reading order is to the one before it.

    `texts` have a space before the character where one is seen; `double` says that it is the same
    one printed twice, `over` that it lies over the one before.
    """

    texts: list[str]
    double: list[bool]
    over: list[bool]

    def line(self, first: int, end: int) -> tuple[str, bool]:
        """The text of a line, and whether characters in it overlap."""
        text = self.texts[first:end]
        if any(self.double[first + 1 : end]):
            rest = zip(text[1:], self.double[first + 1 : end], strict=True)
            text = [text[0], *(one for one, double in rest if not double)]
        return "".join(text).lstrip(" "), any(self.over[first + 1 : end])


def _joints(texts: list[str], boxes: Floats, blank_before: Flags) -> _Joints:
    starts, ends = boxes[:, 0], boxes[:, 2]
    em = np.maximum(boxes[:, 3] - boxes[:, 1], 1e-6)
    gap = np.concatenate(([0.0], starts[1:] - ends[:-1])) / em
    step = np.concatenate(([np.inf], np.diff(starts))) / em
    alike = np.array([False, *map(operator.eq, texts, texts[1:])])
    double = alike & (np.abs(step) < SAME_PLACE)
    wide = np.array([text > _LAST_NARROW for text in texts])
    either_wide = wide | np.concatenate(([False], wide[:-1]))
    enough = np.where(either_wide, SPACE_IDEOGRAPHS, SPACE_BETWEEN)
    blank = np.concatenate(([False], blank_before))
    spaced = (blank & (gap > SPACE_SEEN)) | ((gap > enough) & (step > STEP))
    widths = np.minimum(np.concatenate(([1.0], (ends - starts)[:-1] / em[1:])), 1.0)
    over = (step < OVERLAP * widths) & ~double
    parts = texts.copy()
    for index in np.flatnonzero(spaced).tolist():
        parts[index] = " " + parts[index]
    return _Joints(parts, double.tolist(), over.tolist())


_LAST_NARROW = "\u2e7f"
"""Characters after this are ideographs, their radicals, and full-width forms."""
