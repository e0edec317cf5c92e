"""Lines cut at wide white into segments, and what segments tell about a table without rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from extract.readers.pdf.lettering import is_blank
from extract.readers.pdf.marks import DESCENT

if TYPE_CHECKING:
    from extract.readers.pdf.marks import PageMarks
    from extract.readers.pdf.placing import Flags

WHITE, WHITE_BETWEEN_FIGURES = 0.3, 0.2
"""Ems of white between two segments of a line."""

LABEL_WHITE = 1.2
"""Ems of white between a label and a single figure behind it."""

SAME_LINE = 0.35
"""Ems by which baselines on one line may differ: figures are often set in another font."""

_FIGURE = re.compile(
    r"(?:[-+－＋]{0,2}\d(?:[\d,，.．]*\d)?(?:万?元|[件条个项次批宗起人]{1,2})?"
    r"|[-—–－/／一⼀]{1,3}|[无⽆])"
)
_PAGE_NUMBER = re.compile(r"[-–—―－]\d{1,4}[-–—―－]")
_ITEM = re.compile(r"\d{1,2}\s*[.．、](?!\d)")
_GROUP = re.compile(r"[（(][一二三四五六七八九十⼀⼆⼋⼗]{1,3}[)）]")
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十⼀⼆⼋⼗\d]{1,3}[)）、.．](?!\d)")
_HEADING = re.compile(r"[一二三四五六七八九十⼀⼆⼋⼗]{1,3}\s*[、.．]|第[一二三四五六七]部分")
_SENTENCE_END = "。；：:！？!?"


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Characters of one line without wide white between them; lengths in points."""

    members: list[int]
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float

    @property
    def is_figure(self) -> bool:
        """Whether it is a number or a mark that stands for one."""
        return bool(_FIGURE.fullmatch(self.text))

    @property
    def is_item(self) -> bool:
        """Whether it begins with a number and a dot, as the labels of the lowest level do."""
        return bool(_ITEM.match(self.text))

    @property
    def is_group(self) -> bool:
        """Whether it begins with a number in brackets, as the labels of the level above do."""
        return bool(_GROUP.match(self.text))

    @property
    def is_numbered(self) -> bool:
        """Whether it begins as a numbered label does, of any level."""
        return bool(_NUMBERED.match(self.text))

    @property
    def middle(self) -> float:
        """Its middle from left to right."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True, eq=False)
class SegmentLine:
    """The segments of a line from left to right."""

    segments: list[Segment]

    @property
    def text(self) -> str:
        """Its text without the white."""
        return "".join(segment.text for segment in self.segments)

    @property
    def base(self) -> float:
        """Where the line stands: the bottom of its first segment."""
        return self.segments[0].bottom

    @property
    def middle(self) -> float:
        """Half the height of its letters."""
        return self.base - self.segments[0].size / 2

    @property
    def size(self) -> float:
        """The size of its letters."""
        return max(segment.size for segment in self.segments)

    @property
    def figures(self) -> list[Segment]:
        """The figures at its end, if it is a row of a table: a label and one, or two and more."""
        count = 0
        for segment in reversed(self.segments):
            if not segment.is_figure:
                break
            count += 1
        figures = self.segments[len(self.segments) - count :]
        if count > 1:
            return [] if _PAGE_NUMBER.fullmatch(self.text) else figures
        labels = self.segments[: len(self.segments) - count]
        if count and labels and figures[0].x0 - labels[-1].x1 > LABEL_WHITE * self.size:
            return figures
        return []

    @property
    def part(self) -> list[Segment]:
        """Its figures, where it may be part of a row: also a single one without a label."""
        if all(segment.is_figure for segment in self.segments):
            return self.segments
        return self.figures

    @property
    def labels(self) -> list[Segment]:
        """What stands before the figures."""
        return self.segments[: len(self.segments) - len(self.part)]

    @property
    def is_prose(self) -> bool:
        """Whether it is a heading or part of a paragraph rather than of a table's head."""
        text = self.text
        if len(self.segments) > _FEWEST_HEADS or text.startswith(_NOTE):
            return False
        return bool(_HEADING.match(text)) or text[-1] in _SENTENCE_END or len(text) > _LONGEST_HEAD

    @property
    def is_head(self) -> bool:
        """Whether it may be part of a table's head: no digits, and no sentence but in brackets."""
        return not any(_SENTENCE.search(s.text) for s in self.segments if s.text[0] not in _NOTE)


_SENTENCE = re.compile(r"[\d，。；：！？]")
_LONGEST_HEAD, _FEWEST_HEADS = 24, 2
"""Characters of the longest line of a head that has no more than so many cells."""

_NOTE = ("（", "(")
"""How the note in the head's corner begins, which may be long."""


def segment_lines(marks: PageMarks, free: Flags) -> list[SegmentLine]:
    """The lines of upright characters that are in no ruled table, from top to bottom."""
    chosen = np.flatnonzero(free & (marks.turns == 0) & ~is_blank(marks.texts))
    if not len(chosen):
        return []
    boxes = marks.boxes[chosen]
    size = boxes[:, 3] - boxes[:, 1]
    base = boxes[:, 3] - DESCENT * size
    order = np.argsort(base, kind="stable")
    line = np.empty(len(chosen), np.int64)
    next_line = np.diff(base[order]) > SAME_LINE * np.minimum(size[order][1:], size[order][:-1])
    line[order] = np.concatenate(([0], np.cumsum(next_line)))
    order = np.lexsort((boxes[:, 0], line))
    gap = boxes[order, 0][1:] - boxes[order, 2][:-1]
    narrow = np.array([marks.texts[index].isascii() for index in chosen[order].tolist()])
    white = np.where(narrow[1:] & narrow[:-1], WHITE_BETWEEN_FIGURES, WHITE) * size[order][1:]
    cuts = np.flatnonzero((np.diff(line[order]) != 0) | (gap > white)) + 1
    lines: dict[int, list[Segment]] = {}
    for part in np.split(order, cuts):
        lines.setdefault(int(line[part[0]]), []).append(_segment(marks, chosen[part].tolist()))
    return [SegmentLine(segments) for _, segments in sorted(lines.items())]


def _segment(marks: PageMarks, members: list[int]) -> Segment:
    boxes = marks.boxes[members]
    x0, top, _, bottom = boxes.min(axis=0).tolist()
    low = float(boxes[:, 3].max())
    return Segment(
        members,
        "".join(marks.texts[index] for index in members),
        x0,
        top,
        float(boxes[:, 2].max()),
        low,
        low - top if bottom == low else float((boxes[:, 3] - boxes[:, 1]).max()),
    )
