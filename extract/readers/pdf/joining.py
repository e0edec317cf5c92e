"""Tables over page breaks: pieces with the same columns become one grid, cut rows one row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from extract.model import Cell, Grid, PageBox

if TYPE_CHECKING:
    from extract.readers.pdf.marks import Floats
    from extract.readers.pdf.tables import PageCell, PageTable

SAME_COLUMN = 5.0
"""Points by which a column's side may be off on the next page."""

FARTHEST_SHIFT = 60.0
"""Points by which a table may stand elsewhere on the next page (margins for binding)."""

MANY_COLUMNS, MOST = 4, 0.6
"""So many boundaries, and this part of each page's, must agree where not all do."""

_LETTER = re.compile(r"[^\W\d_]")
_FIGURE = re.compile(r"[-+]?[\d,.，．]+")
_NUMBERED = re.compile(
    r"\s*(?:[（(]\s*[一二三四五六七八九十⼀⼆⼋⼗\d]{1,3}\s*[)）]"
    r"|[一二三四五六七八九十⼀⼆⼋⼗]{1,3}\s*[、.．]|\d{1,2}\s*[、.．])"
)


@dataclass(slots=True)
class JoinedCell:
    """A cell of a table that may go on over pages."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    where: list[PageBox]
    doubt: str | None = None
    open_bottom: bool = False

    @property
    def end(self) -> int:
        """The row after its last."""
        return self.row + self.rowspan


@dataclass(slots=True, eq=False)
class JoinedTable:
    """A table with its column boundaries (of the first page's measure) and all its cells."""

    xs: Floats
    rows: int
    cells: list[JoinedCell]
    pieces: list[PageTable] = field(default_factory=list)

    def grid(self) -> Grid:
        """The table as the readers' common record."""
        ordered = sorted(self.cells, key=lambda cell: (cell.row, cell.column))
        return Grid(
            self.rows,
            len(self.xs) - 1,
            tuple(
                Cell(c.text, c.row, c.column, c.rowspan, c.colspan, tuple(c.where), c.doubt)
                for c in ordered
            ),
        )


def table_of(piece: PageTable) -> JoinedTable:
    """A table that so far has one piece."""
    cells = [_joined_cell(cell, piece) for cell in piece.cells]
    return JoinedTable(piece.xs, len(piece.ys) - 1, cells, [piece])


def _joined_cell(cell: PageCell, piece: PageTable) -> JoinedCell:
    frame = cell.frame
    return JoinedCell(
        frame.row,
        frame.column,
        frame.rowspan,
        frame.colspan,
        cell.text,
        [piece.marks.where(frame.box)],
        cell.doubt,
        frame.open_bottom,
    )


def join(table: JoinedTable, piece: PageTable) -> bool:
    """Add the piece that begins the next page, if its columns are the table's; say whether so."""
    shift = agreement(table.xs, piece.xs)
    if shift is None:
        return False
    theirs = piece.xs + shift
    common = _union(table.xs, theirs)
    _respan(table.cells, table.xs, common)
    table.xs = common
    cells = [_joined_cell(cell, piece) for cell in piece.cells]
    _respan(cells, theirs, common)
    header = _repeated_rows(table, cells)
    opened = {id(c) for c, p in zip(cells, piece.cells, strict=True) if p.frame.open_top}
    _append(
        table, [cell for cell in cells if cell.row >= header], header, len(piece.ys) - 1, opened
    )
    table.pieces.append(piece)
    return True


def agreement(ours: Floats, theirs: Floats) -> float | None:
    """By how much to shift another page's column boundaries onto ours; None for another table.

    Either all boundaries of the one are among those of the other, or most are: a page may show
    only some of a table's columns, where a label goes on from the page before.
    """
    for shift in (0.0, float(ours[0] - theirs[0]), float(ours[-1] - theirs[-1])):
        distance = np.abs(theirs[:, None] + shift - ours[None, :])
        found, back = distance.min(axis=1) <= SAME_COLUMN, distance.min(axis=0) <= SAME_COLUMN
        if abs(shift) > FARTHEST_SHIFT or not (found[0] or found[-1]):
            continue
        if (found[0] and found[-1] and (found.all() or back.all())) or (
            int(found.sum()) >= MANY_COLUMNS and found.mean() >= MOST and back.mean() >= MOST
        ):
            return shift
    return None


def _union(ours: Floats, theirs: Floats) -> Floats:
    new = np.abs(theirs[:, None] - ours[None, :]).min(axis=1) > SAME_COLUMN
    return np.sort(np.concatenate((ours, theirs[new])))


def _respan(cells: list[JoinedCell], old: Floats, new: Floats) -> None:
    """Count the cells' columns by the new boundaries."""
    index = np.abs(old[:, None] - new[None, :]).argmin(axis=1).tolist()
    for cell in cells:
        first, last = index[cell.column], index[cell.column + cell.colspan]
        cell.column, cell.colspan = first, last - first


def _repeated_rows(table: JoinedTable, cells: list[JoinedCell]) -> int:
    """How many rows at the top of a piece repeat the table's head."""
    ours, theirs = _heads(table.cells), _heads(cells)
    repeated = 0
    for rows in sorted(ours.keys() & theirs.keys()):
        if ours[rows] != theirs[rows]:
            break
        repeated = rows
    return repeated


def _heads(cells: list[JoinedCell]) -> dict[int, list[tuple[int, int, int, int, str]]]:
    """By number of rows: the cells of that many top rows, where no cell crosses their end."""
    heads = {}
    ends = sorted({cell.end for cell in cells})[:_DEEPEST_HEAD]
    for rows in ends:
        head = [cell for cell in cells if cell.row < rows]
        if all(cell.end <= rows for cell in head) and _LETTER.search(head[-1].text):
            heads[rows] = [
                (c.row, c.column, c.rowspan, c.colspan, "".join(c.text.split())) for c in head
            ]
    return heads


_DEEPEST_HEAD = 5


def _append(
    table: JoinedTable, cells: list[JoinedCell], header: int, rows: int, opened: set[int]
) -> None:
    """Put the piece's rows below the table's, the cells that a page break cut made whole."""
    above = {(c.column, c.colspan): c for c in table.cells if c.end == table.rows}
    first = [cell for cell in cells if cell.row == header]
    pairs = [(above.get((c.column, c.colspan)), c) for c in first]
    whole_row = _is_rest_of_row(pairs, opened)
    shift = table.rows - header - (1 if whole_row else 0)
    label = max((c.column for c in first if _LETTER.search(c.text)), default=0)
    bare = not any(_LETTER.search(c.text) for c in first)
    for cell in cells:
        begins, cell.row = cell.row == header, cell.row + shift
        upper = above.get((cell.column, cell.colspan)) if begins else None
        if upper is not None and (whole_row or _goes_on(upper, cell, label, opened)):
            _merge(upper, cell, cut=bare and upper.open_bottom and id(cell) in opened)
        else:
            table.cells.append(cell)
    table.rows = rows + shift


def _merge(upper: JoinedCell, lower: JoinedCell, *, cut: bool) -> None:
    """Make two parts one cell; a number is `cut` where no rule and no label divides its parts."""
    upper.rowspan = max(upper.end, lower.end) - upper.row
    figures = bool(_FIGURE.fullmatch(upper.text) and _FIGURE.fullmatch(lower.text))
    if figures or "".join(lower.text.split()) != "".join(upper.text.split()):
        between = "" if figures and cut else "\n"
        upper.text = between.join(part for part in (upper.text, lower.text) if part)
    upper.where += lower.where
    upper.doubt = upper.doubt or lower.doubt
    upper.open_bottom = lower.open_bottom


def _goes_on(upper: JoinedCell, lower: JoinedCell, label: int, opened: set[int]) -> bool:
    """Whether a label that stands over several rows goes on below the page break."""
    if not lower.text:
        return lower.column < label and (not upper.text or bool(_LETTER.search(upper.text)))
    if not _LETTER.search(lower.text) or lower.column >= label:
        return False
    if _NUMBERED.match(lower.text):
        return False
    return bool(_NUMBERED.match(upper.text)) or (upper.open_bottom and id(lower) in opened)


def _is_rest_of_row(pairs: list[tuple[JoinedCell | None, JoinedCell]], opened: set[int]) -> bool:
    """Whether a piece's first row is the rest of the row that the page break cut.

    It is where no rule divides them, where it has no label of its own, and where its label only
    ends one begun above and its figures stand above, or the other way round.
    """
    if not pairs or any(upper is None for upper, _ in pairs):
        return False
    known = [(upper, lower) for upper, lower in pairs if upper is not None]
    if len(known) < _LABEL_AND_FIGURE or not any(upper.text for upper, _ in known):
        return False
    if any(_LETTER.search(upper.text) and _is_figure(lower.text) for upper, lower in known):
        return False  # heads and the figures below them
    if all(upper.open_bottom and id(lower) in opened for upper, lower in known):
        return not _begins_anew(known)
    return any(_LETTER.search(upper.text) for upper, _ in known) and _completes(known)


def _begins_anew(known: list[tuple[JoinedCell, JoinedCell]]) -> bool:
    """Whether a row has a label of its own, though no rule divides it from the one above.

    The rule of a page's last row may lie beyond the page's edge.
    """
    labels = [(upper, lower) for upper, lower in known if _LETTER.search(lower.text)]
    if not labels or _NUMBERED.match(labels[-1][1].text):
        return bool(labels)
    numbered = _NUMBERED.match(labels[-1][0].text)
    return not numbered and any(_is_figure(lower.text) for _, lower in known)


def _is_figure(text: str) -> bool:
    return bool(text) and not _LETTER.search(text)


_LABEL_AND_FIGURE = 2


def _completes(known: list[tuple[JoinedCell, JoinedCell]]) -> bool:
    """Whether a row adds no label to the one above, or only the end of a numbered one.

    In the second case its figures must be the ends of figures above, or stand where none do: a
    row that has all its figures may be one whose number was left out.
    """
    new = [(upper, lower) for upper, lower in known if _LETTER.search(lower.text)]
    if not new:
        return True
    upper, lower = new[-1]
    if not _NUMBERED.match(upper.text) or _NUMBERED.match(lower.text):
        return False
    figures = [(u.text, v.text) for u, v in known if u.column > upper.column]
    if not figures:
        return False
    ends = any(not v for _, v in figures) and all(u for u, v in figures if v)
    return ends or not any(u for u, _ in figures)
