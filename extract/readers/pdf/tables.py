"""Tables of one page: frames filled with the text that stands in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extract.readers.pdf.frames import Frame, FrameCell, frame_of, widened
from extract.readers.pdf.lettering import Line, lines_of
from extract.readers.pdf.marks import UNREADABLE, Box, Floats, Ints, PageMarks
from extract.readers.pdf.ruling import rulings


@dataclass(frozen=True, slots=True)
class PageCell:
    """A cell on a page with its text."""

    frame: FrameCell
    text: str = ""
    doubt: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PageTable:
    """A table on a page: its boundaries and its cells in reading order."""

    page: int
    xs: Floats
    ys: Floats
    cells: list[PageCell]
    lines: list[Line]

    @property
    def box(self) -> Box:
        """The table's outline."""
        return float(self.xs[0]), float(self.ys[0]), float(self.xs[-1]), float(self.ys[-1])


@dataclass(frozen=True, slots=True, eq=False)
class PageContent:
    """A page told apart: its tables, and the lines of text outside them."""

    marks: PageMarks
    tables: list[PageTable]
    lines: list[Line]


def tables_of(marks: PageMarks, carried: Floats | None = None) -> PageContent:
    """The page's tables, from the smallest outwards, and the lines that stand in none.

    Args:
        marks: the page.
        carried: the column boundaries of the table that its topmost one continues, if known.
    """
    frames = [frame for ruling in rulings(marks) if (frame := frame_of(ruling))]
    frames.sort(key=lambda frame: _area(frame.box))
    frames = [frame for index, frame in enumerate(frames) if not _is_border(frame, frames[:index])]
    if frames and carried is not None:
        topmost = min(range(len(frames)), key=lambda index: frames[index].box[1])
        frames[topmost] = widened(frames[topmost], carried)
    free = np.ones(len(marks.texts), np.bool_)
    tables = []
    for frame in frames:
        groups = _cells_of_characters(frame, marks, free)
        free &= groups < 0
        tables.append(_filled(frame, marks, groups))
    tables.sort(key=lambda table: (table.box[1], table.box[0]))
    return PageContent(marks, tables, lines_of(marks, np.where(free, 0, -1)))


def _is_border(frame: Frame, smaller: list[Frame]) -> bool:
    """Whether a frame is only a line around other tables."""
    return len(frame.xs) == 2 and any(_holds(frame.box, other.box) for other in smaller)  # noqa: PLR2004


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _cells_of_characters(frame: Frame, marks: PageMarks, free: np.ndarray) -> Ints:
    """For each character the index of its cell, -1 for none."""
    groups = np.full(len(marks.texts), -1, np.int64)
    x = (marks.boxes[:, 0] + marks.boxes[:, 2]) / 2
    y = (marks.boxes[:, 1] + marks.boxes[:, 3]) / 2
    column, row = np.searchsorted(frame.xs, x) - 1, np.searchsorted(frame.ys, y) - 1
    rows, columns = frame.slots.shape
    inside = free & (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    groups[inside] = frame.slots[row[inside], column[inside]]
    return _with_overhang(frame, marks, groups, free & ~inside)


def _with_overhang(frame: Frame, marks: PageMarks, groups: Ints, free: np.ndarray) -> Ints:
    """The text of a label that a page cuts, where it goes on below the last row's rule."""
    rows = len(frame.ys) - 1
    last = [(i, c) for i, c in enumerate(frame.cells) if c.row + c.rowspan == rows]
    hanging = [(i, c) for i, c in last if c.open_bottom]
    if not hanging or len(hanging) == len(last):
        return groups
    bottom = frame.box[3]
    size = np.median(marks.boxes[:, 3] - marks.boxes[:, 1])
    y = (marks.boxes[:, 1] + marks.boxes[:, 3]) / 2
    below = free & (y > bottom) & (y < bottom + OVERHANG * size)
    grown = groups.copy()
    for index, cell in hanging:
        inside = (marks.boxes[:, 0] > cell.box[0]) & (marks.boxes[:, 2] < cell.box[2])
        grown[below & inside] = index
    return grown if (grown[below] >= 0).all() else groups


OVERHANG = 6.0
"""Ems below a table in which a cut label's text may go on, if nothing else stands there."""


def _filled(frame: Frame, marks: PageMarks, groups: Ints) -> PageTable:
    by_cell: dict[int, list[Line]] = {}
    lines = lines_of(marks, groups)
    for line in lines:
        by_cell.setdefault(line.group, []).append(line)
    cells = [
        PageCell(cell, *_text_and_doubt(cell, by_cell.get(index, [])))
        for index, cell in enumerate(frame.cells)
    ]
    return PageTable(marks.number, frame.xs, frame.ys, cells, lines)


def _text_and_doubt(cell: FrameCell, lines: list[Line]) -> tuple[str, str | None]:
    text = "\n".join(line.text for line in lines)
    if UNREADABLE in text:
        return text, "the file does not say what a character here means"
    if any(line.overlaps for line in lines):
        return text, "characters are printed over one another"
    if cell.broken and text:
        return text, "the rules around this cell have gaps"
    return text, None
