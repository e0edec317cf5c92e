"""From nested blocks, as Word and HTML files hold them, to paragraphs and grids in order.

A reader builds `Table`s whose cells hold lines and further tables. `flatten` tells tables of data
from tables that only lay a page out, and puts the cells of the former on a grid whose columns are
those that a cell's edge truly needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from extract.model import Cell, Grid, Paragraph, TableCell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SLIVER = 0.3
"""A column that no cell fills alone is a sliver below this share of the usual column's width."""
_SLIVER_COLUMNS = 256
_LONG_TEXT = 200
_FEW_CELLS = 4
_MANY_CELLS = 12


@dataclass(slots=True)
class RawCell:
    """A cell as its file has it: it fills columns `start` to `end` (exclusive) of its row.

    `continues` says that the cell above goes on here (Word's vMerge).
    """

    row: int
    start: int
    end: int
    blocks: list[Block] = field(default_factory=list)
    rowspan: int = 1
    continues: bool = False
    doubt: str | None = None


@dataclass(slots=True)
class Table:
    """A table as its file has it: cells in reading order; widths of its columns, where known."""

    rows: int
    cells: list[RawCell]
    widths: Sequence[float] = ()


Block = str | Table


def clean(text: str) -> str:
    """A line as it is printed: no invisible characters, no space at its ends."""
    return _INVISIBLE.sub("", text).replace("\xa0", " ").strip()


def flatten(blocks: Iterable[Block]) -> tuple[Paragraph | Grid, ...]:
    """Paragraphs and grids in reading order; the cells' `table` numbers count the grids from 1."""
    out: list[Paragraph | Grid] = []
    count = 0
    for block in _unfold(blocks):
        if isinstance(block, str):
            out.extend(Paragraph(line) for part in block.split("\n") if (line := clean(part)))
        else:
            count += 1
            out.append(_grid(block, count))
    return tuple(out)


def _unfold(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with the tables that only lay out replaced by what they hold."""
    for block in blocks:
        if isinstance(block, Table) and _is_layout(block):
            for cell in block.cells:
                yield from _unfold(cell.blocks)
        else:
            yield block


def _text(blocks: Iterable[Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines.extend(block.split("\n"))
        else:
            lines.extend(_text(cell.blocks) for cell in block.cells)
    return "\n".join(text for line in lines if (text := clean(line)))


def _own_text(cell: RawCell) -> str:
    return _text(block for block in cell.blocks if isinstance(block, str))


def _filled(table: Table) -> int:
    """How many cells with a text of their own the table and those inside it have."""
    return sum(
        bool(_own_text(cell))
        + sum(_filled(block) for block in cell.blocks if isinstance(block, Table))
        for cell in table.cells
    )


def _is_layout(table: Table) -> bool:
    """Whether a table holds parts of a page rather than data."""
    texts = [_own_text(cell) for cell in table.cells]
    filled = sum(map(bool, texts))
    inner = [block for cell in table.cells for block in cell.blocks if isinstance(block, Table)]
    nested = sum(size for block in inner if (size := _filled(block)) > 1)
    if nested:
        return filled < max(_MANY_CELLS, nested)
    if len(texts) == 1 or not filled:
        return True
    if filled == 1 and len(texts) < _FEW_CELLS:
        return True
    return filled <= _FEW_CELLS and max(map(len, texts)) > _LONG_TEXT


def _grid(table: Table, number: int) -> Grid:
    places = _columns(table)
    owners: dict[tuple[int, int, int], Cell] = {}
    for raw in table.cells:
        start, end = places[raw.start], places[raw.end]
        above = owners.pop((raw.row, start, end), None) if raw.continues else None
        if above is None:
            cell = Cell(
                text=_text(raw.blocks),
                row=raw.row,
                column=start,
                rowspan=raw.rowspan,
                colspan=end - start,
                where=(TableCell(number, raw.row + 1, start + 1),),
                doubt=raw.doubt,
            )
        else:
            cell = replace(above, rowspan=above.rowspan + 1)
        owners[cell.row + cell.rowspan, start, end] = cell
    return Grid(table.rows, max(places.values(), default=0), _in_order(owners.values()))


def _in_order(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    return tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))


def _columns(table: Table) -> dict[int, int]:
    """Where each edge of a cell stands, counted in columns that the cells' edges truly need.

    Word's grid has a column for every edge that ever differed by a hair; LibreOffice writes table
    four of the form with 16. A column narrower than the others that no cell fills alone is such a
    hair: its two edges are one.
    """
    edges = sorted({edge for cell in table.cells for edge in (cell.start, cell.end)})
    order = {edge: index for index, edge in enumerate(edges)}
    if not 1 < len(edges) <= _SLIVER_COLUMNS or edges[-1] > len(table.widths):
        return order
    widths = [sum(table.widths[a:b]) for a, b in pairwise(edges)]
    spans = {(order[cell.start], order[cell.end]) for cell in table.cells}
    alone = [widths[start] for start, end in spans if end - start == 1]
    limit = _SLIVER * median(alone) if alone else 0.0
    gone: set[int] = set()
    for column in sorted(range(len(widths)), key=widths.__getitem__):
        if widths[column] > limit:
            break
        # Each cell must keep a column of its own besides those already gone.
        if all(set(range(*span)) - gone - {column} for span in spans):
            gone.add(column)
    return {edge: index - sum(c < index for c in gone) for edge, index in order.items()}
