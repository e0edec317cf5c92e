"""Whether a second, independent parser sees the same tables on a PDF's pages.

Where two parsers that share no code put the same characters and the same rules at the same places,
a second reading of the grid could only repeat the first, so it is saved. Where they differ, or our
parser does not know how the file is written, nothing is said, and pdfplumber is asked.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from extract.normalise import fold
from extract.readers.pdf.lettering import is_blank
from extract.readers.pdf.plain_file import DeclinedError
from extract.readers.pdf.plain_page import read_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.readers.pdf.marks import Box, Floats, Ints, PageMarks
    from extract.readers.pdf.tables import PageContent

SAME = 0.1
"""Points by which a rule or a page's side may lie elsewhere."""

EXACT = 0.05
"""Points by which nearly all characters agree; the few others are looked at one by one."""

MOST_INEXACT = 60
"""So many characters of a page may lie a little elsewhere."""

NEAR = 0.16
"""Ems by which the middle of a character may lie elsewhere, and its ends by twice that.

PDFium's boxes follow the glyph in some fonts. A rule that near to a character's middle runs over
it, which casts a doubt by itself.
"""

AROUND = 24.0
BELOW = 64.0
"""Points around and below a table within which a character may belong to it."""

MISSED = 0.02
"""The part of the characters outside tables that may be missing: ligatures count as one or two."""


def confirmed(data: bytes, marks: Sequence[PageMarks], pages: Sequence[PageContent]) -> bool:
    """Whether our own parser sees the same in all tables of a file, and no further page.

    Args:
        data: the file.
        marks: what PDFium saw on each of its pages.
        pages: the tables in that.
    """
    try:
        others = read_pages(data)
    except DeclinedError:
        return False
    return len(others) == len(marks) and all(map(_same_page, marks, pages, others))


def _same_page(marks: PageMarks, page: PageContent, other: PageMarks) -> bool:
    if abs(marks.width - other.width) > SAME or abs(marks.height - other.height) > SAME:
        return False
    if not _same_rules(marks.rules, other.rules):
        return False
    areas = [page.marks.where(table.box) for table in page.tables]
    boxes = [(area.x0, area.top, area.x1, area.bottom) for area in areas]
    ours, outside = _in_tables(marks, boxes)
    theirs, others_outside = _in_tables(other, boxes)
    few = abs(outside - others_outside) <= 1 + MISSED * outside
    return few and _same_characters(marks, ours, other, theirs)


def _same_rules(ours: Floats, theirs: Floats) -> bool:
    return ours.shape == theirs.shape and bool((np.abs(ours - theirs) <= SAME).all())


def _in_tables(marks: PageMarks, areas: Sequence[Box]) -> tuple[Ints, int]:
    """The indices of the characters in and around tables, and how many stand elsewhere."""
    inside = np.zeros(len(marks.texts), np.bool_)
    x = (marks.boxes[:, 0] + marks.boxes[:, 2]) / 2
    y = (marks.boxes[:, 1] + marks.boxes[:, 3]) / 2
    for x0, top, x1, bottom in areas:
        level = (x > x0 - AROUND) & (x < x1 + AROUND)
        inside |= level & (y > top - AROUND) & (y < bottom + BELOW)
    solid = ~is_blank(marks.texts)
    return np.flatnonzero(solid & inside), int((solid & ~inside).sum())


def _same_characters(one: PageMarks, ours: Ints, other: PageMarks, theirs: Ints) -> bool:
    """Whether the same characters stand at the same places, turned the same way."""
    count = len(ours)
    if count != len(theirs):
        return False
    boxes = np.concatenate((one.boxes[ours], other.boxes[theirs]))
    texts = [fold(one.texts[i]) for i in ours.tolist()]
    texts += [fold(other.texts[i]) for i in theirs.tolist()]
    number = {text: n for n, text in enumerate(dict.fromkeys(texts))}
    turns = np.concatenate((one.turns[ours], other.turns[theirs]))
    signs = np.array([number[text] for text in texts], np.int64) * 4 + turns
    keys = signs
    for side in (0, 3):
        keys = keys * (2 * count + 1) + _clusters(boxes[:, side])
    order, others = np.argsort(keys[:count]), np.argsort(keys[count:]) + count
    exact = keys[order] == keys[others]
    if exact.all():
        return _all_near(boxes[order], boxes[others])
    return _nearly(signs, boxes, keys, count)


def _clusters(values: Floats) -> Ints:
    """Numbers for values, the same for those that are nearly the same."""
    order = np.argsort(values, kind="stable")
    found = np.empty(len(values), np.int64)
    ordered = values[order]
    found[order] = np.cumsum(np.diff(ordered, prepend=ordered[:1]) > EXACT)
    return found


def _all_near(ours: Floats, theirs: Floats) -> bool:
    size = np.maximum(ours[:, 3] - ours[:, 1], 1.0)
    off = np.abs(ours - theirs) / size[:, None]
    middle = np.abs(ours[:, 0] + ours[:, 2] - theirs[:, 0] - theirs[:, 2]) / 2 / size
    return bool(
        (off[:, ::2] <= 2 * NEAR).all() and (off[:, 1::2] <= NEAR).all() and (middle <= NEAR).all()
    )


def _nearly(signs: Ints, boxes: Floats, keys: Ints, count: int) -> bool:
    """Whether those characters that do not agree exactly have each another near it."""
    extra = Counter(keys[:count].tolist())
    extra.subtract(keys[count:].tolist())
    ours = _surplus(keys[:count], extra, 1, 0)
    theirs = _surplus(keys[count:], extra, -1, count)
    if len(ours) != len(theirs) or len(ours) > MOST_INEXACT:
        return False
    for index in ours:
        mate = next(
            (
                at
                for at in theirs
                if signs[at] == signs[index] and _all_near(boxes[[index]], boxes[[at]])
            ),
            None,
        )
        if mate is None:
            return False
        theirs.remove(mate)
    return True


def _surplus(keys: Ints, extra: Counter[int], sign: int, start: int) -> list[int]:
    """The indices of characters that stand on one side only, or more often there."""
    left = Counter({key: sign * n for key, n in extra.items() if sign * n > 0})
    found = []
    for index, key in enumerate(keys.tolist()):
        if left[key] > 0:
            left[key] -= 1
            found.append(start + index)
    return found
