"""Rows of a table of the form found by their labels, whichever grid they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from extract.labels import Labels, Match
from extract.rows import Row, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.forms import FormTable
    from extract.model import Cell

_GROUP = "group:"


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """A row whose label names a row of the form."""

    position: int
    row: Row
    label: Cell
    id: str
    exact: bool


@cache
def row_labels(table: FormTable) -> Labels:
    """Labels to find rows by: each alone, and written into one cell with its group's."""
    entries: dict[str, list[str]] = {}
    for row in table.rows:
        aliases = [row.label[-1], "".join(row.label[-2:]), "".join(row.label)]
        entries[row.id] = list(dict.fromkeys(aliases))
        for group in row.label[:-1]:
            entries.setdefault(_GROUP + group, [group])
    return Labels(entries)


def extra_rows(table: FormTable) -> dict[str, tuple[str, list[str]]]:
    """Groups that a report may print as one merged row: label, row id, ids it stands for.

    The id is what the members' ids have in common: `other` for other_fee_unpaid, other_other.
    """
    members: dict[str, list[str]] = {}
    for row in table.rows:
        if len(row.label) > 1:
            members.setdefault(row.label[-2], []).append(row.id)
    found = {}
    for group, ids in members.items():
        stem = ids[0].split("_")[0]
        if len(ids) > 1 and all(i.startswith(f"{stem}_") for i in ids):
            found[_GROUP + group] = (stem, ids)
    return found


class RowFinder:
    """Finds the rows of one table of a form by their labels."""

    def __init__(self, table: FormTable) -> None:
        """Prepare the labels of the table's rows and groups."""
        self._labels = row_labels(table)
        self._order = {row.id: n for n, row in enumerate(table.rows)}
        self._merged = {group: row_id for group, (row_id, _) in extra_rows(table).items()}

    def find(self, rows: Sequence[Row], headers: set[int]) -> list[Hit]:
        """The rows that carry a label of the table, in reading order.

        其他 and 总计 are labels of rows and of columns: `headers` are the positions of headers.
        """
        rest = ((n, row) for n, row in enumerate(rows) if n not in headers)
        return self._in_order([hit for n, row in rest if (hit := self._hit(n, row))])

    def _hit(self, position: int, row: Row) -> Hit | None:
        """The rightmost label names the row: the groups' labels stand left of it."""
        own = [c for c in row.cells if c.row == row.index]
        for cells in (own, row.cells):
            for cell in reversed(cells):
                match = self._labels.match(cell.text)
                if match is not None:
                    return self._named(position, row, cell, match)
        return None

    def _named(self, position: int, row: Row, cell: Cell, match: Match) -> Hit | None:
        behind = row.right_of(cell)
        if all(reading(c).status == "unreadable" for c in behind):
            return None
        if match.id in self._order:
            return Hit(position, row, cell, match.id, match.exact)
        if match.id in self._merged and cell.rowspan == 1 and _are_figures(behind):
            return Hit(position, row, cell, self._merged[match.id], match.exact)
        return None

    def _in_order(self, hits: list[Hit]) -> list[Hit]:
        """Drop near matches that break the form's order among the exact ones."""
        exact = [h for h in hits if h.exact and h.id in self._order]
        return [h for h in hits if h.exact or h.id not in self._order or self._fits(h, exact)]

    def _fits(self, hit: Hit, exact: list[Hit]) -> bool:
        before = [h for h in exact if h.position < hit.position][-1:]
        after = [h for h in exact if h.position > hit.position][:1]
        if any(h.id == hit.id for h in exact) and not any(h.id == hit.id for h in before):
            return False
        index = self._order[hit.id]
        # A new copy of the table may begin on either side, so only true neighbours count.
        low = self._order[before[0].id] if before else -1
        high = self._order[after[0].id] if after else len(self._order)
        return low <= index <= high or (low > high and (index >= low or index <= high))


def _are_figures(cells: Sequence[Cell]) -> bool:
    """Whether the cells begin with a figure rather than with another label."""
    return bool(cells) and reading(cells[0]).status != "unreadable"
