"""The rows of a document's grids in reading order, as recognition looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.numbers import Reading, read_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.model import Cell, Grid


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of a grid: every cell that covers it, by column, those begun above included."""

    grid: int
    index: int
    columns: int
    cells: tuple[Cell, ...]

    def right_of(self, cell: Cell) -> tuple[Cell, ...]:
        """The cells behind a cell of this row."""
        end = cell.column + cell.colspan
        return tuple(c for c in self.cells if c.column >= end)


@dataclass(frozen=True, slots=True)
class Placed:
    """What stands in a figure's place: its cells, or why none could be told.

    `doubt` stays whatever the arithmetic says; `open_doubt` falls where a relation of the form
    with numbers other than 0 vouches for the figure.
    """

    cells: tuple[Cell, ...] = ()
    doubt: str | None = None
    open_doubt: str | None = None
    unit: str | None = None
    lost: bool = False
    label: str | None = None

    @property
    def text(self) -> str:
        """The text as printed; the parts of a number cut by a page break are joined."""
        if len(self.cells) == 1:
            return self.cells[0].text
        return "".join(cell.text.strip() for cell in self.cells)


def rows_of(grids: Sequence[Grid]) -> list[Row]:
    """All rows of all grids; rows that no cell covers are left out."""
    found: list[Row] = []
    for number, grid in enumerate(grids):
        covering: list[list[Cell]] = [[] for _ in range(grid.rows)]
        for cell in grid.cells:
            for index in range(cell.row, min(cell.row + cell.rowspan, grid.rows)):
                covering[index].append(cell)
        found += [
            Row(number, index, grid.columns, tuple(sorted(cells, key=lambda c: c.column)))
            for index, cells in enumerate(covering)
            if cells
        ]
    return found


def reading(cell: Cell) -> Reading:
    """The cell's text read as a figure."""
    return read_number(cell.text)


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in the cell."""
    return reading(cell).status == "blank"


def has_number(cells: Sequence[Cell]) -> bool:
    """Whether a number stands in any of the cells."""
    return any(reading(cell).status == "printed" for cell in cells)
