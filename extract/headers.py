"""Column headers found by their labels, and a row's cells given to the columns.

Two independent witnesses say which cell belongs to which column: the header cell above it and
the number of cells in the row. Where they disagree about a figure, it is marked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from extract.labels import Labels
from extract.normalise import squeeze
from extract.rows import Placed, Row, has_number, is_blank, reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extract.forms import FormTable
    from extract.model import Cell

_UNIT = re.compile(r"单位[:为]?(万元|亿元|元|件|条|项|个|次)|[(](万元|亿元|元)[)]")
_SIMILAR_BETWEEN = 0.35
MISPLACED = "the row's cells do not all stand below their columns' headers"


@dataclass(frozen=True, slots=True)
class Header:
    """Header cells by the id of their column.

    `here` is False where they stand in a grid before: then only their order means anything.
    """

    cells: dict[str, Cell]
    here: bool = True

    def span(self, column: str) -> tuple[int, int]:
        """The slots that the column's header covers, the end excluded."""
        cell = self.cells[column]
        return cell.column, cell.column + cell.colspan

    def in_order(self, columns: Sequence[str]) -> bool:
        """Whether the columns found stand in the form's order."""
        starts = [self.span(c)[0] for c in columns if c in self.cells]
        return starts == sorted(starts)

    def under(self, column: str, cells: Iterable[Cell]) -> Cell | None:
        """The one cell below the column's header, None where there is none, or it is shared."""
        start, end = self.span(column)
        below = [c for c in cells if c.column < end and c.column + c.colspan > start]
        if len(below) != 1:
            return None
        first, last = below[0].column, below[0].column + below[0].colspan
        for other, head in self.cells.items():
            if other != column and first < head.column + head.colspan and last > head.column:
                return None
        return below[0]

    def unit(self, column: str) -> str | None:
        """The unit that the column's header states."""
        return stated_unit(self.cells[column].text) if column in self.cells else None


def stated_unit(text: str) -> str | None:
    """The unit that a label states in brackets, such as 万元 in （单位：万元）."""
    found = _UNIT.search(squeeze(text))
    return (found[1] or found[2]) if found else None


@cache
def column_labels(table: FormTable) -> Labels:
    """Labels to find columns by; the groups above them are known too, so they are not mistaken."""
    entries = {column: [label[-1], "".join(label)] for column, label in table.columns.items()}
    for label in table.columns.values():
        for group in label[:-1]:
            entries.setdefault(f"group:{group}", [group])
    return Labels(entries)


def header_positions(rows: Sequence[Row], tables: Iterable[FormTable]) -> set[int]:
    """The positions of rows that name two or more columns of a table and hold no number."""
    every = [column_labels(table) for table in tables]
    found = set()
    for position, row in enumerate(rows):
        for labels in every:
            named = {m.id for c in row.cells if (m := labels.match(c.text)) and m.exact}
            if len(named) > 1 and not has_number(row.cells):
                found.add(position)
    return found


def find_header(rows: Sequence[Row], labels: Labels, columns: Sequence[str]) -> dict[str, Cell]:
    """The header cells of these columns in the rows above the figures.

    A column named in two places is left out; one with a label too far off is taken where it
    stands alone between two that are certain.
    """
    cells = {id(c): c for row in rows for c in row.cells if reading(c).status == "unreadable"}
    found: dict[str, list[Cell]] = {}
    strange: list[Cell] = []
    for cell in cells.values():
        match = labels.match(cell.text)
        if match is None:
            strange.append(cell)
        elif match.id in columns:
            found.setdefault(match.id, []).append(cell)
    certain = {c: same[-1] for c, same in found.items() if _one_place(same)}
    return _fill_gaps(certain, strange, labels, columns)


def _one_place(cells: Sequence[Cell]) -> bool:
    return len({(c.column, c.colspan) for c in cells}) == 1


def _fill_gaps(
    certain: dict[str, Cell], strange: Sequence[Cell], labels: Labels, columns: Sequence[str]
) -> dict[str, Cell]:
    filled = dict(certain)
    for before, column, after in zip(columns, columns[1:], columns[2:], strict=False):
        if column in certain or before not in certain or after not in certain:
            continue
        left, right = certain[before], certain[after]
        between = [c for c in strange if left.column + left.colspan <= c.column < right.column]
        if len(between) == 1 and labels.similarity(between[0].text, column) >= _SIMILAR_BETWEEN:
            filled[column] = between[0]
    return filled


def place(
    cells: Sequence[Cell], columns: Sequence[str], header: Header | None
) -> dict[str, Placed]:
    """Give the cells right of a row's label to the columns, or say why that cannot be done."""
    if not cells:
        return {c: Placed(doubt="the row has a label but no cells", lost=True) for c in columns}
    units = {c: header.unit(c) if header else None for c in columns}
    if header:
        cells = [c for c in cells if not any(c is h for h in header.cells.values())]
    placed = _place(cells, columns, header)
    if any(c.rowspan > 1 for c in cells):
        doubt = "a cell of another row reaches into this one"
        placed = {c: replace(p, open_doubt=p.open_doubt or doubt) for c, p in placed.items()}
    return {c: Placed(p.cells, p.doubt, p.open_doubt, units[c], p.lost) for c, p in placed.items()}


def _place(
    cells: Sequence[Cell], columns: Sequence[str], header: Header | None
) -> dict[str, Placed]:
    if header and not header.in_order(columns):
        placed = _by_header(cells, columns, header) or _lost(cells, columns)
        doubt = "the columns stand in another order than the form's"
        return {c: replace(p, open_doubt=p.open_doubt or doubt) for c, p in placed.items()}
    if len(cells) == len(columns):
        return _by_count(cells, columns, header)
    return (_by_header(cells, columns, header) if header else None) or _by_filling(cells, columns)


def _by_filling(cells: Sequence[Cell], columns: Sequence[str]) -> dict[str, Placed]:
    """The cells that are not blank, where they are as many as the columns and side by side."""
    filled = [c for c in cells if not is_blank(c)]
    if not filled:
        return {c: Placed((cells[0],)) for c in columns}
    if len(columns) == 1 and len(filled) == 1:
        doubt = None if filled[0] is cells[0] else "the figure does not stand below its header"
        return {columns[0]: Placed((filled[0],), open_doubt=doubt)}
    if len(filled) != len(columns) or not _adjacent(filled, cells):
        return _lost(cells, columns)
    alike = len({c.text.strip() for c in filled}) == 1
    pairs = zip(columns, filled, strict=True)
    return {column: Placed((c,), open_doubt=None if alike else MISPLACED) for column, c in pairs}


def _adjacent(filled: Sequence[Cell], cells: Sequence[Cell]) -> bool:
    first = next(i for i, c in enumerate(cells) if c is filled[0])
    return all(a is b for a, b in zip(filled, cells[first:], strict=False))


def _by_count(
    cells: Sequence[Cell], columns: Sequence[str], header: Header | None
) -> dict[str, Placed]:
    """One cell a column, in the form's order; the header is heard as a witness."""
    pairs = dict(zip(columns, cells, strict=True))
    if header is None or not header.cells:
        alike = len({c.text.strip() for c in cells}) == 1
        doubt = None if alike else "no column header was found"
        return {column: Placed((cell,), open_doubt=doubt) for column, cell in pairs.items()}
    headed = [c for c in columns if c in header.cells] if header.here else []
    agree = all(same(header.under(c, cells), pairs[c]) for c in headed)
    doubt = None if agree else MISPLACED
    return {column: Placed((cell,), open_doubt=doubt) for column, cell in pairs.items()}


def same(one: Cell | None, other: Cell) -> bool:
    """Whether two cells are one, or say the same, so that it does not matter which is meant."""
    return one is other or (one is not None and one.text.strip() == other.text.strip())


def _by_header(
    cells: Sequence[Cell], columns: Sequence[str], header: Header
) -> dict[str, Placed] | None:
    """Each column's cell is the one below its header; None where that fails for any column."""
    if not header.here or not all(c in header.cells for c in columns):
        return None
    below = {column: header.under(column, cells) for column in columns}
    used = [c for c in below.values() if c is not None]
    if len(used) != len(columns):
        return None
    unused = [c for c in cells if not any(c is u for u in used)]
    if has_number(unused) and any(is_blank(c) for c in used):
        return None
    doubt = too_many(used, unused)
    return {
        column: Placed((cell,), open_doubt=doubt)
        for column, cell in below.items()
        if cell is not None
    }


def too_many(used: Sequence[Cell], unused: Sequence[Cell]) -> str | None:
    """The doubt that a row's cells beyond those below headers cast on the others, if any.

    An empty cell too many does no harm where no figure is blank; else either may be the one.
    """
    if has_number(unused):
        return "the row has figures that stand below no header"
    blank = [is_blank(c) for c in used]
    if unused and any(blank) and not all(blank):
        return "the row has blank cells that stand below no header"
    return None


def _lost(cells: Sequence[Cell], columns: Sequence[str]) -> dict[str, Placed]:
    doubt = f"{len(cells)} cells where {len(columns)} belong: which is which cannot be told"
    return {c: Placed(tuple(cells[:1]), doubt=doubt, lost=True) for c in columns}
