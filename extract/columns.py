"""A row's cells given to the columns.

Two independent witnesses say which cell belongs to which column: the header cell above it and
the number of cells in the row. Where they disagree about a figure, it is marked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extract.rows import Placed, has_number, is_blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.headers import Header
    from extract.model import Cell

MISPLACED = "the row's cells do not all stand below their columns' headers"
UNHEADED = "no column header was found"
REORDERED = "the columns stand in another order than the form's"
_FIGURES_BEYOND = "the row has figures that stand below no header"
_BLANKS_BEYOND = "the row has blank cells that stand below no header"
COLUMN_DOUBTS = frozenset((MISPLACED, UNHEADED, REORDERED, _FIGURES_BEYOND, _BLANKS_BEYOND))
"""Doubts as to which column a figure stands in: only a sum along the row can settle them."""
_FEWEST_COLUMNS = 4


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
