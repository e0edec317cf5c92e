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
    from collections.abc import Sequence

    from extract.readers.scan_page import Gray, Sheet
    from extract.readers.scan_rules import RuledCell

_SURE = 0.80
"""A number whose weakest character has less probability than this is doubtful."""
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_NUMBERLIKE = re.compile("[^\u4e00-\u9fff]{1,20}[\u4e00-\u9fff]{0,3}")
_SHORT = 2
_NOUGHTS = frozenset("oO〇○°口")
_ONES = frozenset("一lI|丨｜!/i1")


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
    """A cell's image without its rules, its marks, and its lines as (top, bottom)."""

    image: Gray
    marks: list[Mark]
    lines: list[list[Mark]]


def read_cells(sheet: Sheet, cells: Sequence[RuledCell]) -> list[CellText]:
    """The text of each cell, in the order given."""
    cuts = [_cut(sheet, cell) for cell in cells]
    places = [(index, line) for index, cut in enumerate(cuts) for line in cut.lines]
    first = recognise([_strip(cuts[index].image, line, 0.16) for index, line in places])
    found: dict[int, list[Reading]] = {}
    for (index, _), reading in zip(places, first, strict=True):
        found.setdefault(index, []).append(reading)
    numbers = [index for index, readings in found.items() if _is_numberlike(readings)]
    again = recognise([_strip(cuts[i].image, cuts[i].lines[0], 0.5) for i in numbers])
    second = dict(zip(numbers, again, strict=True))
    return [_settle(found.get(index, []), second.get(index), cut) for index, cut in enumerate(cuts)]


def _is_numberlike(readings: Sequence[Reading]) -> bool:
    text = readings[0].text
    return len(readings) == 1 and (len(text) <= _SHORT or bool(_NUMBERLIKE.fullmatch(text)))


def _settle(readings: Sequence[Reading], second: Reading | None, cut: _Cut) -> CellText:
    """Weigh the two readings of a number; text is taken as it is read."""
    if second is None:
        return CellText("\n".join(reading.text for reading in readings))
    first = readings[0]
    text, other = _as_digits(first.text, cut), _as_digits(second.text, cut)
    surer, better = (text, first) if first.weakest >= second.weakest else (other, second)
    if text != other:
        return CellText(surer, f"recognised as {text or 'nothing'} and as {other or 'nothing'}")
    if better.weakest < _SURE:
        return CellText(surer, f"recognised with probability {better.weakest:.2f} only")
    return CellText(surer)


def _as_digits(text: str, cut: _Cut) -> str:
    """A lone mark that reads as a letter or stroke shaped like a digit, as that digit.

    A circle alone in a cell is a nought, and what is much higher than wide is a one: its shape
    decides, not the recogniser's guess at the script.
    """
    if len(text) != 1 or len(cut.marks) != 1:
        return text
    mark = cut.marks[0]
    if text in _NOUGHTS:
        return "0"
    if text in _ONES and mark.bottom - mark.top > 1.5 * (mark.x1 - mark.x0):  # noqa: PLR2004
        return "1"
    return text


def _cut(sheet: Sheet, cell: RuledCell) -> _Cut:
    em = sheet.em
    image = _inside(sheet.plain, cell.box, em)
    marks = find_marks(image, em)
    return _Cut(image, marks, lines_of(marks, em))


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
    ink = (image < 165).astype(np.uint8)  # noqa: PLR2004
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = image.shape
    marks = []
    for x, y, wide, high, _ in stats[1:].tolist():
        at_edge = x <= 1 or y <= 1 or x + wide >= width - 1 or y + high >= height - 1
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
        members
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
