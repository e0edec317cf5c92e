"""Tables two, three and four of the form found in a document's grids, edition and all.

Every figure of the edition comes out exactly once: a number is put in its place because a label
names the place, or it is marked, or it is left out of the figures altogether.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from extract.columns import COLUMN_DOUBTS, REORDERED
from extract.copies import doubted_where_other
from extract.disputes import Wide
from extract.evidence import UNPLACED, Evidence
from extract.forms import forms
from extract.headers import header_positions
from extract.indicators import Indicators
from extract.labels import label_key
from extract.listed import listed_grids
from extract.matrix import Matrix
from extract.model import BY_POSITION, Figure
from extract.normalise import squeeze
from extract.numbers import read_number
from extract.rows import Placed, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.forms import Form, FormTable
    from extract.model import Document
    from extract.rows import Row

Key = tuple[str, str, str]
_FEWEST_ROWS = 4
_FEWEST_BLOCK_ROWS = 2
_ROWS_ENOUGH = 12
"""So many labels in a row name a table even where nothing names its columns."""
_MOST_ROWS = 4000
"""Some 50 rows hold a whole form; the time recognition takes grows with the square of its rows."""
_BY_COUNT = COLUMN_DOUBTS - {REORDERED}


@dataclass(frozen=True, slots=True)
class Recognition:
    """The figures of a document; `open_doubts` are those that the arithmetic may settle."""

    edition: str | None
    figures: tuple[Figure, ...] = ()
    open_doubts: dict[Key, str] | None = None
    problems: tuple[str, ...] = ()


def recognise(document: Document) -> Recognition:
    """Find the form's tables in a document and read every figure of its edition."""
    every = rows_of(document.grids)
    rows = every[:_MOST_ROWS]
    edition = _edition(rows)
    if edition is None and (listed := listed_grids(document)):
        every = rows_of(listed)
        rows = every[:_MOST_ROWS]
        edition = _edition(rows)
    if edition is None:
        return Recognition(None)
    form = forms()[edition]
    placed: dict[Key, Placed] = {}
    problems = []
    if len(every) > _MOST_ROWS:
        problems.append(f"only the first {_MOST_ROWS} of {len(every)} rows of tables were read")
    headers = header_positions(rows, form.tables.values())
    for table in form.tables.values():
        found = _read_table(table, rows, headers)
        if not found:
            problems.append(f"{table.label}: no such table was found")
        placed |= {(table.id, row, column): p for (row, column), p in found.items()}
    placed = _in_doubtful_order(_shared(placed), rows, form)
    evidence = Evidence(document, rows, form, placed)
    own = form.keys
    beyond = placed.keys() - set(own)
    keys = [*own, *(key for key in placed if key in beyond)]
    figures = _with_neighbours([_figure(form, key, placed.get(key), evidence) for key in keys])
    doubts = {k: doubt for k, p in placed.items() if (doubt := _open_doubt(p))}
    return Recognition(edition, figures, doubts, tuple(problems))


def _edition(rows: Sequence[Row]) -> str | None:
    """The edition most of whose own labels occur; None where hardly any form's do."""
    texts = {label_key(c.text) for row in rows for c in row.cells}
    keys = {edition: _label_keys(form) for edition, form in forms().items()}
    shared = Counter(key for own in keys.values() for key in own)
    scores = {
        edition: (sum(shared[key] == 1 for key in own & texts), len(own & texts))
        for edition, own in keys.items()
    }
    edition = max(scores, key=lambda e: scores[e])
    return edition if scores[edition][1] >= _FEWEST_ROWS else None


@cache
def _label_keys(form: Form) -> set[str]:
    rows = {label_key(row.label[-1]) for table in form.tables.values() for row in table.rows}
    return rows | {label_key(c[-1]) for t in form.tables.values() for c in t.columns.values()}


def _read_table(
    table: FormTable, rows: Sequence[Row], headers: set[int]
) -> dict[tuple[str, str], Placed]:
    if table.layout == "indicators":
        indicators = Indicators(table, rows)
        return indicators.placed if indicators.known >= _FEWEST_ROWS else {}
    if table.layout == "wide":
        wide = Wide(table, rows).placed
        upright = Matrix(table, rows, headers)
        found = {hit.id for hit in upright.hits if not _all_lost(upright, hit.id)}
        if len(found) <= 1:
            return wide
        if not wide or all(p.lost for p in wide.values()):
            return upright.placed
        return doubted_where_other(wide, upright.placed)
    matrix = Matrix(table, rows, headers)
    fewest = _FEWEST_ROWS if table.layout == "matrix" else _FEWEST_BLOCK_ROWS
    found = {hit.id for hit in matrix.hits}
    headed = matrix.headed or len(found) >= _ROWS_ENOUGH
    return matrix.placed if len(found) >= fewest and headed else {}


def _all_lost(matrix: Matrix, row_id: str) -> bool:
    """Whether no figure of a row could be told."""
    return all(p.lost for (row, _), p in matrix.placed.items() if row == row_id)


def _shared(placed: dict[Key, Placed]) -> dict[Key, Placed]:
    """A cell that stands for several figures is none of them, unless it is blank."""
    uses = Counter(id(cell) for p in placed.values() if not p.lost for cell in p.cells)
    return {
        key: replace(p, doubt="one cell stands for several figures", lost=True)
        if not p.lost and p.text.strip() and any(uses[id(c)] > 1 for c in p.cells)
        else p
        for key, p in placed.items()
    }


def _open_doubt(placed: Placed) -> str | None:
    by_position = any(c.doubt == BY_POSITION for c in placed.cells)
    return placed.open_doubt or (BY_POSITION if by_position else None)


def _with_neighbours(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """A row of a short label that is absent between rows doubted to be so is as doubtful."""
    rows = list(dict.fromkeys((f.table, f.row) for f in figures))
    unplaced = {(f.table, f.row) for f in figures if f.doubt == UNPLACED}
    beside = set()
    for before, row, after in zip([None, *rows], rows, [*rows[1:], None], strict=False):
        if {before, after} & unplaced:
            beside.add(row)
    return tuple(
        replace(f, doubt=UNPLACED)
        if f.status == "absent" and not f.doubt and (f.table, f.row) in beside
        else f
        for f in figures
    )


def _in_doubtful_order(
    placed: dict[Key, Placed], rows: Sequence[Row], form: Form
) -> dict[Key, Placed]:
    """Figures taken by count are sure of nothing where columns are named in another order."""
    if not any(p.open_doubt in _BY_COUNT for p in placed.values()):
        return placed
    text = "".join(squeeze(c.text) for row in rows for c in row.cells if c.row == row.index)
    doubtful = {t.id for t in form.tables.values() if not _in_order(text, t)}
    return {
        key: replace(p, doubt=p.doubt or REORDERED)
        if p.open_doubt in _BY_COUNT and key[0] in doubtful
        else p
        for key, p in placed.items()
    }


def _in_order(text: str, table: FormTable) -> bool:
    """Whether the beginnings of the columns' names stand in the form's order, as far as seen.

    A column of a group stands in a row below the others, so only those of one group are compared,
    and the last with the first: the sum comes last.
    """
    names = list(table.columns.values())
    begun = [text.find(squeeze(name[-1])[:2]) for name in names]
    grouped = [at for at, name in zip(begun, names, strict=True) if len(name) > 1 and at >= 0]
    ends = [at for at in (begun[0], begun[-1]) if at >= 0]
    return grouped[:-1] == sorted(grouped[:-1]) and ends == sorted(ends)


def _figure(form: Form, key: Key, placed: Placed | None, evidence: Evidence) -> Figure:
    table = form.tables[key[0]]
    if placed is None:
        doubt = evidence.doubt(key, table.row(key[1]).label[-1])
        return Figure(*key, status="absent", unit=table.unit(key[1], key[2]), doubt=doubt)
    unit = placed.unit or table.unit(key[1], key[2])
    where = tuple(w for cell in placed.cells for w in cell.where)
    own = (c.doubt for c in placed.cells if c.doubt and c.doubt != BY_POSITION)
    doubt = placed.doubt or next(own, None)
    if placed.lost:
        return Figure(
            *key, status="unreadable", unit=unit, doubt=doubt, where=where, label=placed.label
        )
    read = read_number(placed.text)
    if read.wrapped and len(placed.cells) == 1:
        doubt = doubt or "a line break stands inside the number"
    return Figure(
        *key,
        status=read.status,
        value=read.value,
        printed=placed.text,
        unit=read.unit or unit,
        doubt=doubt or read.doubt,
        where=where,
        label=placed.label,
    )
