"""Cells of a ruled table on a scan: cut out of the page, their marks of ink, their lines.

Whether a cell is blank is told by its ink, never by the recogniser's silence; a detector of text
would overlook lone digits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from extract.readers.ocr import recognise
from extract.readers.scan_numbers import SURE, CellText, is_dashes, is_numberlike, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from extract.readers.ocr import Reading
    from extract.readers.pdf.marks import Box
    from extract.readers.scan_page import Gray, Sheet

INK = 165
"""Darker than this grey level is ink, on paper of 255."""
_PALE = 205
_RULE = 190
_RULED = 0.4
"""The part of a cell's side that is dark where a rule runs; no line of text is so dark."""
_WHOLLY = 0.85
"""The part that is dark where the rule has no gaps."""
_SPECK = 0.1
_CHARACTER = 0.3
"""Ems: what is smaller is a speck; a line of text has a mark as large as the second."""
_FEW_NUMBERS, _BADLY = 12, 0.15
_SAMPLES, _FEWEST_SAMPLES = 7, 4
_SAMPLE_EMS, _USUAL_EMS, _TRIED = 4, 10, 40
"""Lines longer than this tell which way up a page is."""
_ROOMY = 2
"""Ems of line to a character, at most."""
_HYPHEN = 0.2
_TIGHT, _LOOSE = 0.16, 0.5
"""Margins of the two cuts that a number is read from, in heights of its line."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle of ink in a cell's image: left, top, right, bottom in its pixels."""

    x0: int
    top: int
    x1: int
    bottom: int

    @property
    def width(self) -> int:
        """Its extent across."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Its extent down."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A cell's image within its rules, its marks line by line, and a reason to doubt it."""

    image: Gray
    lines: list[list[Mark]]
    doubt: str | None = None
    em: float = 32.0
    """The height of the table's characters in its pixels."""

    @property
    def marks(self) -> list[Mark]:
        """The marks of all lines."""
        return [mark for line in self.lines for mark in line]


def read_cells(sheet: Sheet, cells: Sequence[tuple[Box, bool]]) -> list[CellText]:
    """The text of each cell, in the order given.

    Args:
        sheet: the page.
        cells: each cell's box on the sheet in pixels, and whether its rules are incomplete.
    """
    cuts = [_cut(sheet, box, broken=broken) for box, broken in cells]
    padding = min((mark.x0 for cut in cuts for mark in cut.marks), default=0)
    first = _read(cuts, range(len(cuts)), _TIGHT)
    numbers = [
        index
        for index, readings in first.items()
        if is_numberlike("".join(reading.text for reading in readings))
    ]
    second = _read(cuts, numbers, _LOOSE)
    texts = [
        settle(first.get(index, []), second.get(index), cut, padding)
        for index, cut in enumerate(cuts)
    ]
    return _mistrusted(texts, cuts, numbers)


def _mistrusted(
    texts: list[CellText], cuts: Sequence[Cut], numbers: Sequence[int]
) -> list[CellText]:
    """All figures and blanks of a table doubted, where many of its numbers are read badly.

    Where strokes are lost, as in a fax, a 4 may be left as a 1 that is read twice as one.
    """
    numbers = [  # those broken into lines are doubtful for their breaks
        index
        for index in numbers
        if len(cuts[index].lines) == 1 and any(map(str.isdecimal, texts[index].text))
    ]
    badly = sum(texts[index].doubt not in (None, cuts[index].doubt) for index in numbers)
    if len(numbers) < _FEW_NUMBERS or badly <= _BADLY * len(numbers):
        return texts
    unsure = {*numbers, *(index for index, text in enumerate(texts) if not text.text)}
    doubt = f"{badly} of {len(numbers)} numbers of this table are read badly"
    return [
        replace(text, doubt=doubt) if index in unsure and not text.doubt else text
        for index, text in enumerate(texts)
    ]


def sampled(sheet: Sheet, boxes: Sequence[Box]) -> float | None:
    """How much of a few long lines in a table's cells is read well, None where it has too few.

    Tables of a page on its side, or upside down, have cells too; what is in them cannot be read.
    """
    em = sheet.em
    wide = [box for box in boxes if box[2] - box[0] > _SAMPLE_EMS * em]
    strips = []
    for box in sorted(wide, key=lambda box: abs(box[2] - box[0] - _USUAL_EMS * em))[:_TRIED]:
        cut = _cut(sheet, box, broken=False)
        strips += [
            _strip(cut.image, line, _TIGHT)
            for line in cut.lines
            if line[-1].x1 - line[0].x0 > _SAMPLE_EMS * em
        ][:2]
        if len(strips) >= _SAMPLES:
            break
    if len(strips) < _FEWEST_SAMPLES:
        return None
    readings = recognise(strips)
    expected = sum(strip.shape[1] for strip in strips) / (_ROOMY * em)
    well = sum(len(each.text) for each in readings if each.mean >= SURE)
    seen = max(expected, sum(len(each.text) for each in readings))
    return float(min(well / seen, 1.0))


def _read(cuts: Sequence[Cut], indices: Iterable[int], margin: float) -> dict[int, list[Reading]]:
    """The readings of all lines of the cells named, each cut out with a margin."""
    places = [(index, line) for index in indices for line in cuts[index].lines]
    readings = recognise([_strip(cuts[index].image, line, margin) for index, line in places])
    found: dict[int, list[Reading]] = {}
    for (index, _), reading in zip(places, readings, strict=True):
        found.setdefault(index, []).append(reading)
    return found


def _cut(sheet: Sheet, box: Box, *, broken: bool) -> Cut:
    doubt = "the rules around this cell have gaps" if broken else None
    if sheet.streaks is not None and _is_crossed(sheet.streaks, box):
        doubt = doubt or "a streak of the scanner runs through this cell"
    image = _inside(sheet.plain, box, sheet.em)
    lines = lines_of(find_marks(image, sheet.em), sheet.em)
    if not lines:  # what looks blank may be printed in colour
        coloured = _inside(sheet.gray, box, sheet.em)
        lines = lines_of(find_marks(coloured, sheet.em, pale=True), sheet.em)
        if lines:
            image, doubt = coloured, "only coloured ink stands in this cell"
        elif pale := lines_of(find_marks(image, sheet.em, pale=True), sheet.em):
            cut = Cut(image, pale, em=sheet.em)
            lines, doubt = pale, doubt if is_dashes(cut) else "only pale ink stands in this cell"
    height, width = image.shape
    for mark in (mark for line in lines for mark in line):
        if mark.x0 <= 0 or mark.top <= 0 or mark.x1 >= width or mark.bottom >= height:
            doubt = doubt or "the text touches a rule"
    return Cut(image, lines, doubt, sheet.em)


def _is_crossed(streaks: Gray, box: Box) -> bool:
    x0, top, x1, bottom = (max(round(value), 0) for value in box)
    return bool((streaks[top:bottom, x0:x1] < INK).any())


def _inside(page: Gray, box: Box, em: float) -> Gray:
    """The part of the page within a cell's rules."""
    slack = max(2, round(0.2 * em))
    x0, top, x1, bottom = (round(value) for value in box)
    height, width = page.shape
    image = page[
        max(top - slack, 0) : max(min(bottom + slack, height), 0),
        max(x0 - slack, 0) : max(min(x1 + slack, width), 0),
    ]
    if not image.size:
        return np.full((1, 1), 255, np.uint8)
    reach = slack + max(3, round(0.3 * em))
    dark = image < _RULE
    upper, lower = _trim(dark.mean(axis=1), reach, slack)
    left, right = _trim(dark[upper:lower].mean(axis=0), reach, slack)
    return image[upper:lower, left:right]


def _trim(covered: NDArray[np.float64], reach: int, slack: int) -> tuple[int, int]:
    """Where the paper begins behind the rules at both ends of a profile of darkness."""
    size = len(covered)
    reach = min(reach, size // 2)
    head, tail = (_ruled(part) for part in (covered[:reach], covered[size - reach :]))
    start = int(head[-1]) + 2 if head.size else min(slack, reach)
    end = size - reach + int(tail[0]) - 1 if tail.size else size - min(slack, reach)
    return start, max(end, start)


def _ruled(part: NDArray[np.float64]) -> NDArray[np.intp]:
    """Where a rule is at one end of a profile; the stroke of a 1 beside it is dark less far."""
    whole = np.flatnonzero(part > _WHOLLY)
    return whole if whole.size else np.flatnonzero(part > _RULED)


def find_marks(image: Gray, em: float, *, pale: bool = False) -> list[Mark]:
    """The marks of ink in a cell, without specks and remains of rules.

    Args:
        image: the cell within its rules.
        em: the height of characters.
        pale: whether marks count that are nowhere dark, as thin strokes on a blurred page.
    """
    if not image.size:
        return []
    # A thin stroke is paler than its ends: pale ink counts where it hangs on to dark ink.
    inked = (image < _PALE).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    dark = np.unique(labels[image < (_PALE if pale else INK)])
    height, width = image.shape
    marks = []
    for x, y, wide, high, _ in stats[dark[dark > 0]].tolist():
        at_edge = x <= 0 or y <= 0 or x + wide >= width or y + high >= height
        remains = at_edge and min(wide, high) < (_CHARACTER if pale else 0.15) * em
        if max(wide, high) >= _SPECK * em and not remains:
            marks.append(Mark(x, y, x + wide, y + high))
    return marks


def lines_of(marks: Sequence[Mark], em: float) -> list[list[Mark]]:
    """Marks by the line of text they stand in, from the top, each from left to right."""
    lines: list[tuple[int, int, list[Mark]]] = []
    for mark in sorted(marks, key=lambda mark: mark.top):
        if lines and mark.top < lines[-1][1]:
            top, bottom, members = lines[-1]
            lines[-1] = top, max(bottom, mark.bottom), [*members, mark]
        else:
            lines.append((mark.top, mark.bottom, [mark]))
    usual = min(max((bottom - top for top, bottom, _ in lines), default=0), 1.4 * em)
    joined: list[tuple[int, int, list[Mark]]] = []
    for top, bottom, members in lines:
        # 三 or : come in pieces that together are no higher than a line.
        if joined and bottom - joined[-1][0] <= 1.15 * usual:
            joined[-1] = joined[-1][0], bottom, joined[-1][2] + members
        else:
            joined.append((top, bottom, members))
    return [
        sorted(members, key=lambda mark: mark.x0)
        for _, _, members in joined
        if any(_is_character(mark, em) for mark in members)
    ]


def _is_character(mark: Mark, em: float) -> bool:
    """Whether a mark is no speck: as large as a character, or a hyphen."""
    hyphen = mark.width >= _HYPHEN * em and mark.width >= 1.3 * mark.height
    return hyphen or max(mark.width, mark.height) >= _CHARACTER * em


def _strip(image: Gray, line: Sequence[Mark], margin: float) -> Gray:
    """A line cut out with white around it, `margin` of its height on each side."""
    x0, x1 = min(mark.x0 for mark in line), max(mark.x1 for mark in line)
    top, bottom = min(mark.top for mark in line), max(mark.bottom for mark in line)
    pad = max(2, round(margin * (bottom - top)))
    inner = image[max(top - pad, 0) : bottom + pad, max(x0 - pad, 0) : x1 + pad]
    missing = (
        max(pad - top, 0),
        max(bottom + pad - image.shape[0], 0),
        max(pad - x0, 0),
        max(x1 + pad - image.shape[1], 0),
    )
    framed = cv2.copyMakeBorder(inner, *missing, cv2.BORDER_CONSTANT, value=255)
    return np.asarray(framed, dtype=np.uint8)
