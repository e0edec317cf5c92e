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
UNHEADED = "no column header was found"
REORDERED = "the columns stand in another order than the form's"
_FIGURES_BEYOND = "the row has figures that stand below no header"
_BLANKS_BEYOND = "the row has blank cells that stand below no header"
COLUMN_DOUBTS = frozenset((MISPLACED, UNHEADED, REORDERED, _FIGURES_BEYOND, _BLANKS_BEYOND))
"""Doubts as to which column a figure stands in: only a sum along the row can settle them."""
_FEWEST_COLUMNS = 4
_ALSO = {"总计": ("合计",)}


@dataclass(frozen=True, slots=True)
class Header:
    """Header cells by the id of their column.

    `here` is False where they stand in a grid before: then only their order means anything.
    """

    cells: dict[str, Cell]
    here: bool = True
    own: bool = True
    """Whether they stand in the row's own grid."""
    foreign: tuple[Cell, ...] = ()
    """Header cells in the same rows that name no column of the form."""

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

    def beyond(self, cells: Iterable[Cell]) -> list[Cell]:
        """The cells that do not stand below a header of a column that the form does not have.

        What stands left of all columns is above the labels and names no column.
        """
        own = [self.span(column) for column in self.cells]
        spans = [(c.column, c.column + c.colspan) for c in self.foreign]
        spans = [(s, e) for s, e in spans if s > min(own)[0]]
        spans = [(s, e) for s, e in spans if not any(s < y and e > x for x, y in own)]
        return [
            c
            for c in cells
            if not any(s <= c.column and c.column + c.colspan <= e for s, e in spans)
        ]

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
    entries = {
        column: [label[-1], "".join(label), *_ALSO.get(label[-1], ())]
        for column, label in table.columns.items()
    }
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


def find_header(
    rows: Sequence[Row], labels: Labels, columns: Sequence[str]
) -> tuple[dict[str, Cell], tuple[Cell, ...]]:
    """The header cells of these columns in the rows above the figures, and those of no column.

    A column named in two places is left out, unless one of them alone is its very name (总计 and
    上年总计); one with a label too far off is taken where it stands alone between two that are
    certain.
    """
    cells = {id(c): c for row in rows for c in row.cells if reading(c).status == "unreadable"}
    found: dict[str, list[tuple[Cell, bool]]] = {}
    strange: list[Cell] = []
    for cell in cells.values():
        match = labels.match(cell.text)
        if match is None:
            strange.append(cell)
        elif match.id in columns:
            found.setdefault(match.id, []).append((cell, match.exact))
    named = {c: [cell for cell, exact in same if exact] for c, same in found.items()}
    every = {c: named[c] or [cell for cell, _ in same] for c, same in found.items()}
    certain = {c: same[-1] for c, same in every.items() if _one_place(same)}
    filled = _fill_gaps(certain, strange, labels, columns)
    overruled = [cell for same in found.values() for cell, _ in same]
    taken = [*filled.values()]
    foreign = [c for c in (*strange, *overruled) if not any(c is t for t in taken)]
    return filled, tuple(foreign)


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
        return {c: replace(p, open_doubt=p.open_doubt or REORDERED) for c, p in placed.items()}
    if len(cells) == len(columns):
        counted = _by_count(cells, columns, header)
        if not any(p.open_doubt for p in counted.values()):
            return counted
        return (_by_fewer(cells, columns, header) if header else None) or counted
    by_header = header and (_by_header(cells, columns, header) or _by_fewer(cells, columns, header))
    return by_header or _by_filling(cells, columns)


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
        doubt = None if alike else UNHEADED
        return {column: Placed((cell,), open_doubt=doubt) for column, cell in pairs.items()}
    plain = {column: Placed((cell,)) for column, cell in pairs.items()}
    headed = {c: header.under(c, cells) for c in columns if c in header.cells and header.here}
    if all(below is pairs[c] for c, below in headed.items()):
        few = header.foreign and len(header.cells) < _FEWEST_COLUMNS < len(columns)
        if not few or len({c.text.strip() for c in cells}) == 1:
            return plain
        return {c: p if c in headed else replace(p, open_doubt=UNHEADED) for c, p in plain.items()}
    alike = all(same(below, pairs[c]) for c, below in headed.items())
    return _by_elimination(cells, columns, header) or {
        column: p if alike else replace(p, open_doubt=MISPLACED) for column, p in plain.items()
    }


def _by_elimination(
    cells: Sequence[Cell], columns: Sequence[str], header: Header
) -> dict[str, Placed] | None:
    """As many cells as columns, each below a header cell of its own, not all of them known.

    Then the known headers say which cell is whose, in whatever order they stand. One column that
    is left has the cell that is left if that is its place; else it cannot be told.
    """
    if len(header.cells) < _FEWEST_COLUMNS or not header.here:
        return None
    spans = [(c.column, c.column + c.colspan) for c in (*header.cells.values(), *header.foreign)]
    if any((c.column, c.column + c.colspan) not in spans for c in cells):
        return None
    doubt = None if header.in_order(columns) else REORDERED
    placed = {
        column: Placed((cell,), open_doubt=doubt)
        for column in header.cells
        if (cell := header.under(column, cells)) is not None
    }
    if len(placed) < len(header.cells):
        return None
    left = [c for c in cells if not any(c is p.cells[0] for p in placed.values())]
    unknown = [column for column in columns if column not in placed]
    at = columns.index(unknown[0]) if unknown else 0
    if len(left) == len(unknown) == 1 and cells[at] is left[0]:
        return placed | {unknown[0]: Placed((left[0],), open_doubt=REORDERED)}
    return placed | {c: Placed(tuple(left[:1]), doubt=REORDERED, lost=True) for c in unknown}


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
    unused = header.beyond(c for c in cells if not any(c is u for u in used))
    if has_number(unused) and any(is_blank(c) for c in used):
        return None
    doubt = too_many(used, unused) if _may_be_shifted(used, unused) else None
    return {
        column: Placed((cell,), open_doubt=doubt)
        for column, cell in below.items()
        if cell is not None
    }


def _by_fewer(
    cells: Sequence[Cell], columns: Sequence[str], header: Header
) -> dict[str, Placed] | None:
    """The cells of a table that lacks some of the form's columns, each below its own header.

    Believed only where it uses up every figure; the columns that are not there get no place.
    """
    there = [c for c in columns if c in header.cells]
    if not header.here or not _FEWEST_COLUMNS <= len(there) < len(columns):
        return None
    below = {c: header.under(c, cells) for c in there}
    used = [c for c in below.values() if c is not None]
    unused = [c for c in cells if not any(c is u for u in used)]
    if len(used) < len(there) or not all(is_blank(c) for c in unused):
        return None
    if any(_has_place(column, columns, below, unused) for column in columns if column not in below):
        return None
    return {c: Placed((cell,)) for c, cell in below.items() if cell is not None}


def _has_place(
    column: str, columns: Sequence[str], below: dict[str, Cell | None], unused: Sequence[Cell]
) -> bool:
    """Whether a cell stands where a column that has no header would be by the form's order."""
    at = columns.index(column)
    before = [c.column for other in columns[:at] if (c := below.get(other))]
    after = [c.column for other in columns[at + 1 :] if (c := below.get(other))]
    start, end = max(before, default=-1), min(after, default=None)
    return any(start < c.column and (end is None or c.column < end) for c in unused)


def _may_be_shifted(used: Sequence[Cell], unused: Sequence[Cell]) -> bool:
    """Whether a cell too many may be one of the row's: not if those next to it are filled."""
    first, last = used[0], used[-1]
    left = any(c.column < first.column for c in unused)
    right = any(c.column > last.column for c in unused)
    inside = any(first.column < c.column < last.column for c in unused)
    return inside or (left and is_blank(first)) or (right and is_blank(last)) or has_number(unused)


def too_many(used: Sequence[Cell], unused: Sequence[Cell]) -> str | None:
    """The doubt that a row's cells beyond those below headers cast on the others, if any.

    An empty cell too many does no harm where no figure is blank; else either may be the one.
    """
    if has_number(unused):
        return _FIGURES_BEYOND
    blank = [is_blank(c) for c in used]
    if unused and any(blank) and not all(blank):
        return _BLANKS_BEYOND
    return None


def _lost(cells: Sequence[Cell], columns: Sequence[str]) -> dict[str, Placed]:
    doubt = f"{len(cells)} cells where {len(columns)} belong: which is which cannot be told"
    return {c: Placed(tuple(cells[:1]), doubt=doubt, lost=True) for c in columns}
