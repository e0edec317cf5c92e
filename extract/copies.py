"""Rows that a file has more than once: another table's, or the form's table printed twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from extract.rows import Placed, has_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from extract.headers import Header
    from extract.hits import Hit
    from extract.rows import Row

Readings = dict[str, list[dict[str, Placed]]]
"""For each row id what its rows say, by column, in reading order."""

_FEWEST_ROWS = 3
_MANY_COLUMNS = 5
_FEW_COLUMNS = 2
_LOST = "\0"
_TWICE = "the file has this table twice, with different figures"


def without_others(
    hits: Sequence[Hit], rows: Sequence[Row], header_of: Callable[[Hit], Header | None]
) -> list[Hit]:
    """The hits without those in tables of another kind, whose rows the form's table has too.

    Another kind is a table where hardly any row of figures is the form's (a list of offices with
    its own 总计), or one whose columns have other names (the form's rows by office).
    """
    by_grid: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_grid[hit.row.grid].append(hit)
    ids = {grid: {hit.id for hit in group} for grid, group in by_grid.items()}
    figures: dict[int, int] = defaultdict(int)
    for row in rows:
        figures[row.grid] += has_number(row.cells)
    named = {grid: _columns_named(group, header_of) for grid, group in by_grid.items()}

    def is_other(grid: int) -> bool:
        better = {
            i
            for g, own in ids.items()
            for i in own
            if g != grid
            and (
                (len(ids[grid]) < _FEWEST_ROWS <= len(own) and figures[grid] > 2 * len(ids[grid]))
                or (named[grid] <= _FEW_COLUMNS and named[g] >= _MANY_COLUMNS)
            )
        }
        return ids[grid] <= better

    others = {grid for grid in by_grid if len(by_grid) > 1 and is_other(grid)}
    return [hit for hit in hits if hit.row.grid not in others]


def _columns_named(hits: Sequence[Hit], header_of: Callable[[Hit], Header | None]) -> int:
    """How many of the form's columns the header of a grid names; many where it has none."""
    headers = [header for hit in hits if (header := header_of(hit))]
    own = [len(header.cells) for header in headers if header.own]
    return max(own, default=_MANY_COLUMNS)


def agreed(readings: Readings) -> dict[str, dict[str, Placed]]:
    """The first reading of each row, doubted where another says something else.

    Where the table is there twice with different figures, a row that only one copy has is
    doubted too: it may belong to the other one.
    """
    twice = [i for i, each in readings.items() if len(each) > 1]
    differs = any(said(r) != said(readings[i][0]) for i in twice for r in readings[i][1:])
    copies = max(map(len, readings.values()), default=0)
    copies = copies if len(twice) >= _FEWEST_ROWS and differs else 0
    return {row_id: _agreed(each, copies) for row_id, each in readings.items()}


def _agreed(readings: Sequence[dict[str, Placed]], copies: int) -> dict[str, Placed]:
    first, *others = readings
    other = f"{len(readings)} rows carry this label, with different figures"
    doubts: dict[str, str] = {}
    for column, text in said(first).items():
        if any(text != said(reading).get(column, "") for reading in others):
            doubts[column] = _TWICE if copies else other
        elif len(readings) < copies:
            doubts[column] = _TWICE
    return {c: replace(p, doubt=p.doubt or doubts.get(c)) for c, p in first.items()}


def doubted_where_other(
    first: dict[tuple[str, str], Placed], second: dict[tuple[str, str], Placed]
) -> dict[tuple[str, str], Placed]:
    """One copy of a table, doubted where another copy in another layout says something else."""
    return {
        key: replace(p, doubt=p.doubt or _TWICE)
        if key in second and second[key].text.strip() != p.text.strip()
        else p
        for key, p in first.items()
    }


def said(placed: dict[str, Placed]) -> dict[str, str]:
    """The texts of a row by column, and where it could not be told, something no text is."""
    return {column: _LOST if p.lost else p.text.strip() for column, p in placed.items()}
