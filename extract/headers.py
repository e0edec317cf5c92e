"""Column headers found by their labels, in the rows above a table's figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from extract.labels import Labels
from extract.normalise import squeeze
from extract.rows import Row, has_number, is_blank, reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extract.forms import FormTable
    from extract.model import Cell

_UNIT = re.compile(r"单位[:为]?(万元|亿元|元|件|条|项|个|次)|[(](万元|亿元|元)[)]")
_SIMILAR_BETWEEN = 0.35
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
        """The one cell below the column's header, None where there is none, or it is shared.

        Of several, the one that is not blank: a wide header may stand over parts of a column.
        """
        start, end = self.span(column)
        below = [c for c in cells if c.column < end and c.column + c.colspan > start]
        if len(below) > 1:
            below = [c for c in below if not is_blank(c)]
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
