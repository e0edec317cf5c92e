"""Table four of the form: one row of figures under headers that name what each belongs to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from extract.columns import MISPLACED, same, too_many
from extract.headers import column_labels
from extract.labels import Labels
from extract.rows import Placed, Row, has_number, is_blank, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.forms import FormTable
    from extract.model import Cell

Key = tuple[str, str]
Leaf = tuple[str, "Cell"]
"""A header cell and the id that its label names."""

_FEWEST_HEADERS = 3


@cache
def _top_labels(table: FormTable) -> Labels:
    groups = {group: [group] for row in table.rows for group in row.label[:-1]}
    return Labels(groups | {row.id: [row.label[-1]] for row in table.rows})


class Wide:
    """A table whose row labels stand above its columns, read from the rows of a document.

    `placed` holds what stands in each (row, column); `used` the positions of the rows taken.
    """

    def __init__(self, table: FormTable, rows: Sequence[Row]) -> None:
        """Find the table's headers and give the figures below them to its rows and columns."""
        self._table = table
        self._rows = rows
        self._columns = column_labels(table)
        self._groups = _top_labels(table)
        self._rows_named = {row.id for row in table.rows}
        self.used: set[int] = set()
        self.placed: dict[Key, Placed] = {}
        at = 0
        while at < len(rows):
            at = self._read(at) if self._is_header(rows[at]) else at + 1

    @property
    def _keys(self) -> list[Key]:
        return [(row.id, column) for row in self._table.rows for column in row.columns]

    def _is_header(self, row: Row) -> bool:
        """Whether a row holds labels of the table and no numbers."""
        return not has_number(row.cells) and bool(
            self._leaves([row]) or self._named([row], self._groups)
        )

    def _leaves(self, rows: Sequence[Row]) -> list[Leaf]:
        return self._named(rows, self._columns)

    def _tops(self, rows: Sequence[Row]) -> list[Leaf]:
        return [pair for pair in self._named(rows, self._groups) if pair[0] in self._rows_named]

    @staticmethod
    def _named(rows: Sequence[Row], labels: Labels) -> list[Leaf]:
        cells = {id(c): c for row in rows for c in row.cells}
        named = [(m.id, c) for c in cells.values() if (m := labels.match(c.text))]
        return sorted(named, key=lambda pair: (pair[1].column, pair[1].row))

    def _read(self, start: int) -> int:
        """Read the headers that begin here and the figures below; the position behind them."""
        end = start
        while end < len(self._rows) and self._is_header(self._rows[end]):
            end += 1
        leaves = self._leaves(self._rows[start:end])
        if len(leaves) < _FEWEST_HEADERS:
            return end
        data = [p for p in range(end, len(self._rows)) if p < end + 2]
        data = [p for p in data if self._is_data(self._rows[p])]
        data = [p for p in data if p == end or not self._is_labelled_elsewhere(end, p)]
        if not data or data[0] != end:
            return end
        numbered = [p for p in data if has_number(self._rows[p].cells)]
        row = self._rows[(numbered or data)[0]]
        placed = self._place(leaves, self._tops(self._rows[start:end]), row)
        if len(numbered) > 1:
            doubt = "two rows of figures stand below the headers"
            placed = {k: Placed(p.cells, p.doubt or doubt, lost=p.lost) for k, p in placed.items()}
        self.used.update(data)
        self._keep(placed)
        return data[-1] + 1

    def _is_labelled_elsewhere(self, first: int, position: int) -> bool:
        """Whether a row stands in another grid and has a label: another table's."""
        row = self._rows[position]
        labelled = any(reading(c).status == "unreadable" for c in row.cells)
        return labelled and row.grid != self._rows[first].grid

    @staticmethod
    def _is_data(row: Row) -> bool:
        texts = [c for c in row.cells if reading(c).status == "unreadable"]
        return len(row.cells) - len(texts) >= _FEWEST_HEADERS

    def _keep(self, placed: dict[Key, Placed]) -> None:
        for key, new in placed.items():
            old = self.placed.get(key)
            if old is None or old.lost:
                self.placed[key] = new
            elif not new.lost and new.text.strip() != old.text.strip():
                doubt = "the file has this table twice, with different figures"
                self.placed[key] = Placed(old.cells, old.doubt or doubt)

    def _place(self, leaves: list[Leaf], tops: list[Leaf], row: Row) -> dict[Key, Placed]:
        """Give the row's cells to the keys that the headers above them name."""
        keys = self._keys
        cells = _without_labels(row, [cell for _, cell in leaves])
        named = [i for i, _ in leaves]
        orderly = named == [c for _, c in keys] and _in_order([i for i, _ in tops], self._table)
        if orderly:
            headers = {key: cell for key, (_, cell) in zip(keys, leaves, strict=True)}
        else:
            headers = _by_path(leaves, tops, len(self._table.columns))
        below = {k: c for k, h in headers.items() if (c := _below(h, cells)) is not None}
        if orderly and len(cells) == len(keys):
            agree = all(k in below and same(below[k], c) for k, c in zip(keys, cells, strict=True))
            doubt = None if agree else MISPLACED
            return {k: Placed((c,), open_doubt=doubt) for k, c in zip(keys, cells, strict=True)}
        lost = Placed(tuple(cells[:1]), doubt=_miscount(len(cells), len(keys)), lost=True)
        # A part of the form's headers is believed only where it uses up all cells.
        whole = len(keys) == len(below) if orderly else len(leaves) == len(below) == len(cells)
        if not whole and all(is_blank(c) for c in cells):
            return dict.fromkeys(keys, Placed(tuple(cells[:1])))
        if not whole:
            return dict.fromkeys(keys, lost)
        doubt = _doubt(list(below.values()), cells)
        sure = {k: Placed((c,), open_doubt=doubt) for k, c in below.items()}
        return {k: sure.get(k, replace(lost, cells=())) for k in keys}


def _doubt(used: list[Cell], cells: Sequence[Cell]) -> str | None:
    if len({id(c) for c in used}) < len(used):
        return "one cell stands for several figures"
    return too_many(used, [c for c in cells if not any(c is u for u in used)])


def _miscount(found: int, wanted: int) -> str:
    return f"{found} cells where {wanted} belong: which is which cannot be told"


def _without_labels(row: Row, headers: Sequence[Cell]) -> Sequence[Cell]:
    """The row's cells without a label before the figures and headers that reach down to it."""
    cells = [c for c in row.cells if not any(c is h for h in headers)]
    while (
        cells and reading(cells[0]).status == "unreadable" and cells[0].column < headers[0].column
    ):
        cells.pop(0)
    return cells


def _below(header: Cell, cells: Sequence[Cell]) -> Cell | None:
    end = header.column + header.colspan
    below = [c for c in cells if c.column < end and c.column + c.colspan > header.column]
    return below[0] if len(below) == 1 else None


def _in_order(ids: list[str], table: FormTable) -> bool:
    order = [row.id for row in table.rows]
    places = [order.index(i) for i in ids]
    return places == sorted(places)


def _by_path(leaves: list[Leaf], tops: list[Leaf], columns: int) -> dict[Key, Cell]:
    """The header of each key whose group stands above it, for groups with all their columns."""
    found: dict[Key, list[Cell]] = {}
    for column, cell in leaves:
        above = {i for i, top in tops if top.row < cell.row and _covers(top, cell)}
        if len(above) == 1:
            found.setdefault((above.pop(), column), []).append(cell)
    sure = {key: same[0] for key, same in found.items() if len(same) == 1}
    whole = {row for row, _ in sure if len({c for r, c in sure if r == row}) == columns}
    return {key: cell for key, cell in sure.items() if key[0] in whole}


def _covers(top: Cell, cell: Cell) -> bool:
    return top.column <= cell.column and cell.column + cell.colspan <= top.column + top.colspan
