"""Read the cells of a ruled table on a scan, each number twice.

Every cell is cut out and recognised by itself: a detector overlooks lone digits. Whether a cell
is blank is told by its ink, never by the recogniser's silence. A number is read a second time
from another cut, and its marks are counted; what does not agree is marked with a doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from extract.readers.ocr import Reading, recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extract.readers.scan_page import Gray, Sheet
    from extract.readers.scan_rules import RuledCell

_SURE = 0.80
"""A number whose weakest character has less probability than this is doubtful."""
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_NUMBERLIKE = re.compile("[^\u4e00-\u9fff]{1,20}[\u4e00-\u9fff]{0,3}")
_SHORT = 2
_NOUGHTS = frozenset("oO〇○°口")
_ONES = frozenset("lI|丨｜!i1")
_PLAIN = re.compile(r"[-+\d,.，．]+")
_INK = 165
"""Darker than this grey level is ink, on paper of 255."""


@dataclass(frozen=True, slots=True)
class CellText:
    """What a cell says: its text, line by line, and why it may be wrong."""

    text: str
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle of ink in a cell's image: left, top, right, bottom in its pixels."""

    x0: int
    top: int
    x1: int
    bottom: int


@dataclass(slots=True)
class _Cut:
    """A cell's image without its rules, its marks by lines, and a reason to doubt it."""

    image: Gray
    lines: list[list[Mark]]
    doubt: str | None = None


def read_cells(sheet: Sheet, cells: Sequence[RuledCell]) -> list[CellText]:
    """The text of each cell, in the order given."""
    cuts = [_cut(sheet, cell) for cell in cells]
    first = _read(cuts, range(len(cuts)), 0.16)
    numbers = [
        index
        for index, readings in first.items()
        if _is_numberlike("".join(reading.text for reading in readings))
    ]
    second = _read(cuts, numbers, 0.5)
    return [_settle(first.get(index, []), second.get(index), cut) for index, cut in enumerate(cuts)]


def _read(cuts: Sequence[_Cut], indices: Iterable[int], margin: float) -> dict[int, list[Reading]]:
    """The readings of all lines of the cells named, each cut out with a margin."""
    places = [(index, line) for index in indices for line in cuts[index].lines]
    readings = recognise([_strip(cuts[index].image, line, margin) for index, line in places])
    found: dict[int, list[Reading]] = {}
    for (index, _), reading in zip(places, readings, strict=True):
        found.setdefault(index, []).append(reading)
    return found


def _is_numberlike(text: str) -> bool:
    return len(text) <= _SHORT or bool(_NUMBERLIKE.fullmatch(text))


def _settle(first: Sequence[Reading], second: Sequence[Reading] | None, cut: _Cut) -> CellText:
    """Weigh the two readings of a number; text is taken as it is read."""
    if second is None:
        return CellText("\n".join(reading.text for reading in first))
    shape = _shape(cut)
    if shape:
        return CellText(shape, cut.doubt)
    text, other = (
        "\n".join(_as_digits(reading.text, cut) for reading in readings)
        for readings in (first, second)
    )
    sure, surer = (min(reading.weakest for reading in each) for each in (first, second))
    if surer > sure:
        text, other, sure = other, text, surer
    if text != other:
        return CellText(text, f"recognised as {_named(text)} and as {_named(other)}")
    if sure < _SURE:
        return CellText(text, f"recognised with probability {sure:.2f} only")
    return CellText(text, cut.doubt or _miscount(text, cut))


def _named(text: str) -> str:
    return text.replace("\n", " ") or "nothing"


def _miscount(text: str, cut: _Cut) -> str | None:
    """A doubt where there are more or fewer digits than the ink has room for."""
    for line, marks in zip(text.split("\n"), cut.lines, strict=False):
        digits = len(re.findall(r"\d", line))
        if not _PLAIN.fullmatch(line) or not digits:
            continue
        height = max(mark.bottom - mark.top for mark in marks)
        blobs: list[Mark] = []
        for mark in marks:
            if mark.bottom - mark.top < 0.6 * height:  # noqa: PLR2004 - points, commas, signs
                continue
            if blobs and mark.x0 <= blobs[-1].x1:
                last = blobs.pop()
                mark = Mark(last.x0, 0, max(last.x1, mark.x1), height)  # noqa: PLW2901
            blobs.append(mark)
        room = sum(max(1, round((blob.x1 - blob.x0) / (0.42 * height))) for blob in blobs)
        if not len(blobs) <= digits <= room:
            return f"{digits} digits recognised where {len(blobs)} are printed"
    return None


def _shape(cut: _Cut) -> str | None:
    """What a mark or two of plain shape are, without recognition: dashes, a slash."""
    marks = [mark for line in cut.lines for mark in line]
    if all(mark.x1 - mark.x0 > 3 * (mark.bottom - mark.top) for mark in marks):
        return "—" * len(marks)
    if len(marks) == 1 and _is_slash(cut.image, marks[0]):
        return "/"
    return None


def _is_slash(image: Gray, mark: Mark) -> bool:
    """Whether a mark is one straight thin stroke that leans to the right."""
    rows, columns = np.nonzero(image[mark.top : mark.bottom, mark.x0 : mark.x1] < _INK)
    high = mark.bottom - mark.top
    if high < 8 or len(rows) < high:  # noqa: PLR2004 - pixels
        return False
    slope, start = np.polyfit(rows, columns, 1)
    off = np.abs(columns - (slope * rows + start)).max()
    return -1.2 < slope < -0.2 and off < 0.16 * high  # noqa: PLR2004 - measured


def _as_digits(text: str, cut: _Cut) -> str:
    """A lone mark that reads as a letter or stroke shaped like a digit, as that digit.

    A circle alone in a cell is a nought, and what is much higher than wide is a one: its shape
    decides, not the recogniser's guess at the script.
    """
    marks = [mark for line in cut.lines for mark in line]
    if len(text) != 1 or len(marks) != 1:
        return text
    if text in _NOUGHTS:
        return "0"
    high, wide = marks[0].bottom - marks[0].top, marks[0].x1 - marks[0].x0
    return "1" if text in _ONES and high > 1.5 * wide else text  # noqa: PLR2004


def _cut(sheet: Sheet, cell: RuledCell) -> _Cut:
    image = _inside(sheet.plain, cell.box, sheet.em)
    lines = lines_of(find_marks(image, sheet.em), sheet.em)
    doubt = None if cell.clear else "the rules around the cell are incomplete"
    height, width = image.shape
    if any(
        m.x0 <= 0 or m.x1 >= width or m.top <= 0 or m.bottom >= height
        for line in lines
        for m in line
    ):
        doubt = "the number touches a rule"
    return _Cut(image, lines, doubt)


def _inside(page: Gray, box: tuple[float, float, float, float], em: float) -> Gray:
    """The part of the page within a cell's rules."""
    slack = max(2, round(0.2 * em))
    x0, top, x1, bottom = (round(value) for value in box)
    height, width = page.shape
    image = page[
        max(top - slack, 0) : min(bottom + slack, height),
        max(x0 - slack, 0) : min(x1 + slack, width),
    ]
    reach = slack + max(3, round(0.3 * em))
    dark = image < 190  # noqa: PLR2004 - a rule, even a faint one beside a strong one
    upper, lower = _trim(dark.mean(axis=1), reach, slack)
    left, right = _trim(dark[upper:lower].mean(axis=0), reach, slack)
    return image[upper:lower, left:right]


def _trim(covered: np.ndarray, reach: int, slack: int) -> tuple[int, int]:
    """Where the paper begins behind the rules at both ends of a profile of darkness."""
    size = len(covered)
    reach = min(reach, size // 2)
    head = np.flatnonzero(covered[:reach] > 0.4)  # noqa: PLR2004 - no line of text is so dark
    tail = np.flatnonzero(covered[size - reach :] > 0.4)  # noqa: PLR2004
    start = int(head[-1]) + 2 if head.size else min(slack, reach)
    end = size - reach + int(tail[0]) - 1 if tail.size else size - min(slack, reach)
    return start, max(end, start)


def find_marks(image: Gray, em: float) -> list[Mark]:
    """The marks of ink in a cell, from left to right; specks and remains of rules left out."""
    if not image.size:
        return []
    ink = (image < _INK).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = image.shape
    marks = []
    for x, y, wide, high, _ in stats[1:].tolist():
        at_edge = x <= 0 or y <= 0 or x + wide >= width or y + high >= height
        if max(wide, high) < 0.1 * em or (at_edge and min(wide, high) < 0.15 * em):  # noqa: PLR2004
            continue
        marks.append(Mark(x, y, x + wide, y + high))
    return sorted(marks, key=lambda mark: mark.x0)


def lines_of(marks: Sequence[Mark], em: float) -> list[list[Mark]]:
    """Marks by the line of text they stand in, from the top; a line needs more than specks."""
    lines: list[tuple[int, int, list[Mark]]] = []
    for mark in sorted(marks, key=lambda mark: mark.top):
        if lines and mark.top < lines[-1][1]:
            top, bottom, members = lines[-1]
            lines[-1] = top, max(bottom, mark.bottom), [*members, mark]
        else:
            lines.append((mark.top, mark.bottom, [mark]))
    joined: list[tuple[int, int, list[Mark]]] = []
    usual = max((bottom - top for top, bottom, _ in lines), default=0)
    for top, bottom, members in lines:
        if joined and bottom - joined[-1][0] <= 1.15 * min(usual, 1.4 * em):  # noqa: PLR2004
            joined[-1] = joined[-1][0], bottom, joined[-1][2] + members
        else:
            joined.append((top, bottom, members))
    return [
        sorted(members, key=lambda mark: mark.x0)
        for _, _, members in joined
        if any(max(m.x1 - m.x0, m.bottom - m.top) >= 0.3 * em for m in members)  # noqa: PLR2004
    ]


def _strip(image: Gray, line: Sequence[Mark], margin: float) -> Gray:
    """A line cut out with white around it, `margin` of its height on each side."""
    x0, x1 = min(mark.x0 for mark in line), max(mark.x1 for mark in line)
    top, bottom = min(mark.top for mark in line), max(mark.bottom for mark in line)
    pad = max(2, round(margin * (bottom - top)))
    inner = image[
        max(top - pad, 0) : bottom + pad,
        max(x0 - pad, 0) : x1 + pad,
    ]
    return np.asarray(
        cv2.copyMakeBorder(
            inner,
            max(pad - top, 0),
            max(bottom + pad - image.shape[0], 0),
            max(pad - x0, 0),
            max(x1 + pad - image.shape[1], 0),
            cv2.BORDER_CONSTANT,
            value=255,
        ),
        dtype=np.uint8,
    )
