"""Tables of one page: frames filled with the text that stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from extract.readers.pdf.frames import Frame, FrameCell, frame_of, widened
from extract.readers.pdf.lettering import Line, lines_of
from extract.readers.pdf.level_ruled import level_frames
from extract.readers.pdf.marks import UNREADABLE, Box, Floats, Ints, PageMarks
from extract.readers.pdf.placing import Flags, cells_of_characters
from extract.readers.pdf.ruling import level_edges, rulings
from extract.readers.pdf.segments import segment_lines
from extract.readers.pdf.unruled import blocks_of, may_hold_blocks
from extract.readers.pdf.unruled_cells import frame_of_block


@dataclass(frozen=True, slots=True)
class PageCell:
    """A cell on a page with its text."""

    frame: FrameCell
    text: str = ""
    doubt: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PageTable:
    """A table on a page: its boundaries and its cells in reading order."""

    marks: PageMarks
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
    marks = marks.upright()
    free = np.ones(len(marks.texts), np.bool_)
    found = sorted(filter(None, map(frame_of, rulings(marks))), key=lambda frame: _area(frame.box))
    frames = [frame for frame in found if len(frame.xs) > ONE_COLUMN]
    if carried is not None and frames:
        topmost = min(range(len(frames)), key=lambda index: frames[index].box[1])
        frames[topmost] = widened(frames[topmost], carried)
    tables = [_taken(frame, marks, free) for frame in frames]
    if may_hold_blocks(segment_lines(marks, free)):
        tables += [
            lone_blanks_doubted(_taken(frame, marks, free)) for frame in level_frames(marks, free)
        ]
        tables += _unruled(marks, free)
    inner = [table.box for table in tables]
    for frame in found:
        if len(frame.xs) == ONE_COLUMN and not any(_holds(frame.box, box) for box in inner):
            tables.append(_taken(frame, marks, free))
        inner.append(frame.box)
    tables.sort(key=lambda table: (table.box[1], table.box[0]))
    return PageContent(marks, tables, lines_of(marks, np.where(free, 0, -1)))


def _unruled(marks: PageMarks, free: Flags) -> list[PageTable]:
    """Tables that no rules show the columns of; their text is no longer free."""
    tables = []
    for block in blocks_of(segment_lines(marks, free), level_edges(marks)):
        frame, groups, unsure = frame_of_block(marks, block)
        free &= groups < 0
        tables.append(lone_blanks_doubted(_filled(frame, marks, groups, unsure, ruled=False)))
    return tables


def lone_blanks_doubted(table: PageTable) -> PageTable:
    """A table without upright rules: a few blanks among many figures may be figures misplaced."""
    numeric = [cell for cell in table.cells if _DIGITS.fullmatch(cell.text)]
    columns = {cell.frame.column for cell in numeric}
    blank = {id(c) for c in table.cells if not c.text and not c.doubt and c.frame.column in columns}
    if not 0 < len(blank) <= FEW_BLANKS * len(numeric):
        return table
    doubt = "hardly any cell is blank here, and no rules show what stands in this one"
    cells = [replace(c, doubt=doubt) if id(c) in blank else c for c in table.cells]
    return replace(table, cells=cells)


FEW_BLANKS = 0.15
"""Blanks for each figure up to which blanks are not the way the table's zeros are printed."""

ONE_COLUMN = 2
"""Boundaries of a table of one column, which is only a box around text."""


def _taken(frame: Frame, marks: PageMarks, free: Flags) -> PageTable:
    """The frame with its text, which is no longer free."""
    groups, unsure = cells_of_characters(frame, marks, free)
    free &= groups < 0
    return _filled(frame, marks, groups, unsure)


def _holds(outer: Box, inner: Box) -> bool:
    """Whether a box is only a line around a table or another box."""
    across = outer[0] - EDGE <= inner[0] and inner[2] <= outer[2] + EDGE
    return across and outer[1] < inner[3] and inner[1] < outer[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _filled(
    frame: Frame, marks: PageMarks, groups: Ints, unsure: dict[int, str], *, ruled: bool = True
) -> PageTable:
    by_cell: dict[int, list[Line]] = {}
    lines = lines_of(marks, groups)
    for line in lines:
        by_cell.setdefault(line.group, []).append(line)
    padding = _padding(frame, lines) if ruled else float("-inf")
    drawn = _drawn_cells(frame, marks) - set(by_cell)
    unseen = set(groups[marks.unseen].tolist())
    cells = []
    for index, cell in enumerate(frame.cells):
        own = by_cell.get(index, [])
        doubt = "nobody sees some characters here" if index in unseen else None
        doubt = doubt or _doubt(cell, own, drawn=index in drawn) or unsure.get(index)
        cells.append(PageCell(cell, _text(cell, own, padding), doubt))
    return PageTable(marks, frame.xs, frame.ys, cells, lines)


def _padding(frame: Frame, lines: list[Line]) -> float:
    """The white that every cell of the table leaves at its left."""
    gaps = [line.box[0] - frame.cells[line.group].box[0] for line in lines]
    return min((gap for gap in gaps if gap >= 0), default=0.0)


def _text(cell: FrameCell, lines: list[Line], padding: float) -> str:
    """The lines; a number that was broken only as no further digit fitted is whole again."""
    if len(lines) > 1 and all(_DIGITS.fullmatch(line.text) for line in lines):
        room = cell.box[2] - cell.box[0] - 2 * padding
        if all(_is_full(line, room) for line in lines[:-1]):
            return "".join(line.text for line in lines)
    return "\n".join(line.text for line in lines)


def _is_full(line: Line, room: float) -> bool:
    width = line.box[2] - line.box[0]
    return width + max(width / len(line.text), line.size / 2) > room


_DIGITS = re.compile(r"[-+]?[\d,.，．]+")


def _drawn_cells(frame: Frame, marks: PageMarks) -> set[int]:
    """Cells in which a picture, an outlined letter or a stroke stands that is no rule of theirs."""
    things = np.concatenate((marks.pictures, marks.drawings, marks.rules))
    column = np.searchsorted(frame.xs, (things[:, 0] + things[:, 2]) / 2) - 1
    row = np.searchsorted(frame.ys, (things[:, 1] + things[:, 3]) / 2) - 1
    rows, columns = frame.slots.shape
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    cells = np.where(inside, frame.slots[row.clip(0, rows - 1), column.clip(0, columns - 1)], -1)
    boxes = np.array([cell.box for cell in frame.cells])[cells]
    margins = np.concatenate((things[:, :2] - boxes[:, :2], boxes[:, 2:] - things[:, 2:]), axis=1)
    size = things[:, 2:] - things[:, :2]
    short = (size < SHORT * (boxes[:, 2:] - boxes[:, :2])).all(axis=1)
    strokes = len(things) - len(marks.rules)
    is_rule = np.arange(len(things)) >= strokes
    found = np.where(is_rule, (margins > AWAY).all(axis=1) & short, (margins > -EDGE).all(axis=1))
    return set(cells[found & (cells >= 0)].tolist())


SHORT, AWAY = 0.6, 3.0
"""A stroke shorter than this part of its cell, and so many points from its sides, is no rule."""

EDGE = 1.5
"""Points by which a picture in a cell may reach over its rules."""


def _doubt(cell: FrameCell, lines: list[Line], *, drawn: bool) -> str | None:
    if any(UNREADABLE in line.text for line in lines):
        return "the file does not say what a character here means"
    if any(line.overlaps for line in lines):
        return "characters are printed over one another"
    if cell.broken and lines:
        return "the rules around this cell have gaps"
    if drawn:
        return "something is drawn here that is not text"
    return None
