"""What a cell of a scan says, weighed from two readings, the shape and the number of its marks.

A number that is read wrong and not marked is the worst there is: whatever does not agree gets a
doubt. Text is given as read; only a lone mark's script is settled by its shape (O is a nought).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.readers.ocr import Reading
    from extract.readers.scan_cells import Cut, Mark

SURE = 0.8
"""Where the weakest character of both readings has less probability, a number is doubtful."""
_INK, _PALE = 165, 205
_LEGIBLE = 0.7
"""A line of words whose characters have less probability on average was hardly read at all."""
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_UNIT = 3
"""Ideographs in a unit behind a number, at most."""
_SHORT = 2
_PRINTED = re.compile(r"[-+–—\d,.，．]*[(（]?[\u4e00-\u9fff]{0,3}[)）]?")
_PLAIN = re.compile(r"[-+\d,.，．]+")
_NOUGHTS = frozenset("oO〇○°口óòôōöõ")
_ONES = frozenset("lI|丨｜!i1")
_ALIKE = str.maketrans("OoIl|", "00111")
_DIGIT_WIDTH = 0.42
"""Two digits that touch are at least this wide each, in their heights."""
_STEP = 1.1
"""A further digit would need this part of its height."""
_DIGIT_HEIGHT = 0.6
"""Points, commas and signs are lower than this part of a line."""
_GAP = 0.9
"""Digits further apart than this part of their height are two numbers."""
_DASH_HEIGHT, _DASH_FILLED = 0.32, 0.6
"""A dash is no higher than this part of an em, and fills this part of its rectangle."""
_FULL = 0.6
"""A number is broken into lines only where one of them fills this part of its cell."""


@dataclass(frozen=True, slots=True)
class CellText:
    """What a cell says: its text, line by line, why it may be wrong, and how sure its lines are."""

    text: str
    doubt: str | None = None
    sure: float = 1.0


def is_numberlike(text: str) -> bool:
    """Whether a cell's text may be meant as a number, with its unit, or as a mark."""
    words = len(_IDEOGRAPH.findall(text))
    return len(text) <= _SHORT or words == 0 or (words <= _UNIT and any(map(str.isdecimal, text)))


def settle(
    first: Sequence[Reading], second: Sequence[Reading] | None, cut: Cut, padding: int = 0
) -> CellText:
    """Weigh the readings of a cell.

    Args:
        first: the readings of its lines.
        second: readings of the same lines cut out otherwise; None for what is no number.
        cut: its image and marks.
        padding: the white in pixels that every cell of the table leaves at its left.
    """
    if second is None:
        mean = sum(reading.mean for reading in first) / max(len(first), 1)
        weakest = min((reading.mean for reading in first), default=1.0)
        doubt = None if weakest >= _LEGIBLE else f"recognised with probability {weakest:.2f} only"
        return CellText("\n".join(reading.text for reading in first), doubt, mean)
    shape = _shape(cut)
    if shape:
        return CellText(shape, cut.doubt)
    texts, others = (
        [_as_digits(reading.text, line) for reading, line in zip(readings, cut.lines, strict=True)]
        for readings in (first, second)
    )
    sure, surer = (min(reading.weakest for reading in each) for each in (first, second))
    if surer > sure:
        texts, others, sure = others, texts, surer
    if not _are_plain(texts) and _are_plain(others):
        texts, others = others, texts
    text = _joined(texts, cut, padding)
    if texts != others and not (_are_plain(texts) and texts == _folded(others)):
        return CellText(text, f"recognised as {_named(texts)} and as {_named(others)}")
    if sure < SURE:
        return CellText(text, f"recognised with probability {sure:.2f} only")
    return CellText(text, cut.doubt or _miscount(texts, cut) or _apart(texts, cut))


def _are_plain(texts: Sequence[str]) -> bool:
    return all(_PLAIN.fullmatch(text) for text in texts)


def _folded(texts: Sequence[str]) -> list[str]:
    """Letters that are printed like digits as those digits: what one reading took for 11 the
    other may take for ll, and both saw the same.
    """  # noqa: D205 - one sentence
    return [text.translate(_ALIKE) for text in texts]


def _joined(texts: Sequence[str], cut: Cut, padding: int) -> str:
    """The lines; a number that was broken only as no further digit fitted is whole again."""
    if len(texts) > 1 and _are_plain(texts):
        room = cut.image.shape[1] - 2 * padding
        if all(_is_full(line, room) for line in cut.lines[:-1]):
            return "".join(texts)
    return "\n".join(texts)


def _is_full(line: Sequence[Mark], room: int) -> bool:
    digit = max(mark.height for mark in line) * _STEP
    return line[-1].x1 - line[0].x0 + digit > room


def _named(texts: Sequence[str]) -> str:
    return " ".join(texts).strip() or "nothing"


def _shape(cut: Cut) -> str | None:
    """What marks of plain shape are without recognition: dashes, a slash."""
    marks = cut.marks
    if is_dashes(cut):
        return "—" * len(marks)
    return "/" if len(marks) == 1 and _is_slash(cut, marks[0]) else None


def is_dashes(cut: Cut) -> bool:
    """Whether nothing but dashes stands in a cell."""
    return all(_is_dash(cut, mark) for mark in cut.marks)


def _is_dash(cut: Cut, mark: Mark) -> bool:
    """Whether a mark is a low bar of ink; small digits that run together are as long and lower."""
    inside = cut.image[mark.top : mark.bottom, mark.x0 : mark.x1]
    long = mark.width > 3 * mark.height and mark.height <= _DASH_HEIGHT * cut.em
    hyphen = mark.width > 1.3 * mark.height and mark.height <= 0.7 * _DASH_HEIGHT * cut.em
    return (long or hyphen) and float((inside < _PALE).mean()) > _DASH_FILLED


def _is_slash(cut: Cut, mark: Mark) -> bool:
    """Whether a mark is one straight thin stroke that leans to the right."""
    rows, columns = np.nonzero(cut.image[mark.top : mark.bottom, mark.x0 : mark.x1] < _INK)
    if mark.height < 8 or len(rows) < mark.height:  # noqa: PLR2004 - pixels
        return False
    slope, start = np.polyfit(rows, columns, 1)
    off = float(np.abs(columns - (slope * rows + start)).max())
    return -1.2 < slope < -0.2 and off < 0.16 * mark.height  # noqa: PLR2004 - measured


def _as_digits(text: str, marks: Sequence[Mark]) -> str:
    """A lone mark that reads as a letter or stroke shaped like a digit, as that digit.

    A circle alone in a line is a nought, and what is much higher than wide is a one: its shape
    decides, not the recogniser's guess at the script.
    """
    if len(text) != 1 or len(marks) != 1:
        # Full-width digits stand apart; whether two numbers do, the marks tell.
        close = text.replace(" ", "")
        return close if _PLAIN.fullmatch(close) else text
    if text in _NOUGHTS:
        return "0"
    return "1" if text in _ONES and marks[0].height > 1.5 * marks[0].width else text


def _miscount(texts: Sequence[str], cut: Cut) -> str | None:
    """A doubt where a number's characters are not those that the ink has room for."""
    for text, marks in zip(texts, cut.lines, strict=True):
        digits = sum(character.isdecimal() for character in text)
        if not digits:
            continue
        if not _PRINTED.fullmatch(text):
            return "not plainly a number"
        if _PLAIN.fullmatch(text):
            blobs, small, room = _weighed(marks)
            if not blobs <= digits <= room:
                return f"{digits} digits recognised where {blobs} are printed"
            if small > len(text) - digits:
                return f"a mark beside {digits} digits was not recognised"
    return None


def _weighed(marks: Sequence[Mark]) -> tuple[int, int, int]:
    """How many separate digits a line shows, small marks beside them, and digits at most."""
    height = max(mark.height for mark in marks)
    high = [mark for mark in marks if mark.height >= _DIGIT_HEIGHT * height]
    blobs: list[tuple[int, int]] = []
    for mark in high:
        if blobs and mark.x0 <= blobs[-1][1]:
            blobs[-1] = blobs[-1][0], max(blobs[-1][1], mark.x1)
        else:
            blobs.append((mark.x0, mark.x1))
    small = [
        mark
        for mark in marks
        if mark.height < _DIGIT_HEIGHT * height
        and not any(x0 < mark.x1 and mark.x0 < x1 for x0, x1 in blobs)
    ]
    room = sum(max(1, round((x1 - x0) / (_DIGIT_WIDTH * height))) for x0, x1 in blobs)
    return len(blobs), len(small), room


def _apart(texts: Sequence[str], cut: Cut) -> str | None:
    """A doubt where a cell may hold two numbers, because a rule between them was not found."""
    if not any(map(str.isdecimal, "".join(texts))):
        return None
    widths = [max(m.x1 for m in line) - min(m.x0 for m in line) for line in cut.lines]
    if len(widths) > 1 and max(widths) < _FULL * cut.image.shape[1]:
        return "several lines of digits, of which none fills the cell"
    for line in cut.lines:
        height = max(mark.height for mark in line)
        reached = line[0].x1
        for mark in line[1:]:
            if mark.x0 - reached > _GAP * height:
                return "a wide gap between the digits"
            reached = max(reached, mark.x1)
    return None
