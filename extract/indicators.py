"""Tables of indicators, one a row with its unit and its number: the statistics of 2008 to 2018.

Provinces added rows and columns of their own: they are kept under their printed labels.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from extract.indicator_heads import UNIT, Head, heads_of, inferred, names_columns
from extract.labels import Labels, label_key
from extract.normalise import squeeze
from extract.rows import Placed, Row, has_number, is_blank, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.forms import FormTable
    from extract.model import Cell

_TWICE = "more rows carry this label, with other figures"
_AMONG = re.compile(r"^其中:?")
_FOOT = re.compile(r"负责人|审核|填报|填表|联系|电话|日期|\d月\d{1,2}日")
_LONGEST_LABEL = 60


@cache
def _row_labels(table: FormTable) -> tuple[Labels, dict[str, list[str]]]:
    """Labels by key, and for each key the rows that carry it, in the form's order."""
    owners: dict[str, list[str]] = {}
    for row in table.rows:
        owners.setdefault(_key(row.label[-1]), []).append(row.id)
    return Labels({key: [key] for key in owners}), owners


def _key(label: str) -> str:
    """A label's key without the word 其中, which some rows begin with."""
    return label_key(_AMONG.sub("", squeeze(label)))


class Indicators:
    """A table of indicators read from the rows of a document.

    `placed` holds what stands in each (row, column); an indicator that the form does not have is
    a row named by its printed label, a column it does not have by its printed header.
    """

    def __init__(self, table: FormTable, rows: Sequence[Row]) -> None:
        """Find the table's header and read the rows below it, over all grids that go on with it."""
        self._table = table
        self._labels, self._owners = _row_labels(table)
        self._order = {row.id: n for n, row in enumerate(table.rows)}
        (self._main,) = table.columns
        self._names: Counter[str] = Counter()
        self._last = -1
        self.placed: dict[tuple[str, str], Placed] = {}
        self.known = 0
        heads: tuple[Head, ...] = ()
        below: list[Row] = []
        for row in rows:
            found = heads_of(row, self._main)
            if found or (below and row.grid != below[-1].grid):
                self._read_all(below, heads)
                below = []
            heads = found or heads
            if not found:
                below.append(row)
        self._read_all(below, heads)
        if not heads:
            unheaded = [row for row in rows if not names_columns(row)]
            self._read_all(unheaded, inferred(unheaded, self._is_exact, self._main))

    def _read_all(self, rows: Sequence[Row], heads: Sequence[Head]) -> None:
        """Read the rows below headers: of tables side by side one after the other."""
        for head in heads:
            for row in rows:
                self._read(head.part(row), head)

    def _read(self, row: Row, head: Head) -> None:
        label = _labelled(row, head)
        if label is None:
            return
        cells = [c for c in row.right_of(label) if not _is_unit(c, head)]
        if not cells:
            return
        row_id = self._row_id(label)
        if row_id not in self._order and not _counts(label, cells):
            return
        if row_id not in self._order:
            self._doubt_twins(label, cells)
        self.known += row_id in self._order
        unit = next((squeeze(c.text) for c in row.cells if _is_unit(c, head)), "")
        own = None if row_id in self._order else label.text
        kept = unit if UNIT.fullmatch(unit) and unit[0] not in "-/" else None
        for column, placed in _give(cells, head, self._main).items():
            self.placed[row_id, column] = replace(placed, unit=kept, label=own)

    def _is_exact(self, cell: Cell) -> bool:
        match = self._labels.match(_AMONG.sub("", squeeze(cell.text)))
        return match is not None and match.exact

    def _doubt_twins(self, label: Cell, cells: Sequence[Cell]) -> None:
        """Doubt the rows of the form that carry the very label of a further row, if it differs."""
        match = self._labels.match(_AMONG.sub("", squeeze(label.text)))
        if match is None or not match.exact:
            return
        said = {c.text.strip() for c in cells}
        for row_id in self._owners[match.id]:
            placed = self.placed.get((row_id, self._main))
            if placed is not None and placed.text.strip() not in said:
                self.placed[row_id, self._main] = replace(placed, doubt=placed.doubt or _TWICE)

    def _row_id(self, label: Cell) -> str:
        """The form's row of this label that comes next, else the label itself, made unique."""
        match = self._labels.match(_AMONG.sub("", squeeze(label.text)))
        owners = self._owners[match.id] if match else []
        free = [i for i in owners if not any(row == i for row, _ in self.placed)]
        later = [i for i in free if self._order[i] > self._last]
        if later and (match is None or match.exact or len(owners) == 1):
            self._last = self._order[later[0]]
            return later[0]
        if len(free) == len(owners) == 1:
            return free[0]
        name = squeeze(label.text)
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name} ({self._names[name]})"


def _counts(label: Cell, cells: Sequence[Cell]) -> bool:
    """Whether a row of no known label holds a count, be it one that cannot be read: 约30.

    The lines below a table, on who filled it in and when, hold none.
    """
    if has_number(cells):
        return True
    texts = [squeeze(c.text) for c in (label, *cells)]
    return any(re.search(r"\d", t) for t in texts[1:]) and not any(map(_FOOT.search, texts))


def _labelled(row: Row, head: Head) -> Cell | None:
    """The cell that holds the row's label: the last text before the unit and the numbers."""
    limit = min([*head.numbers, *([] if head.unit is None else [head.unit])])
    texts = [
        c
        for c in row.cells
        if c.column < limit and reading(c).status == "unreadable" and not UNIT.fullmatch(c.text)
    ]
    if not texts or len(squeeze(texts[-1].text)) > _LONGEST_LABEL:
        return None
    return texts[-1]


def _is_unit(cell: Cell, head: Head) -> bool:
    if head.unit is None:
        return False
    return cell.column == head.unit or (
        cell.column < min(head.numbers) and bool(UNIT.fullmatch(squeeze(cell.text)))
    )


def _give(cells: Sequence[Cell], head: Head, main: str) -> dict[str, Placed]:
    """The row's cells given to the columns that the header names; unsure where they differ."""
    starts = sorted(head.numbers)
    placed: dict[str, Placed] = {}
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else None
        below = [
            c for c in cells if c.column < (end or c.column + 1) and c.column + c.colspan > start
        ]
        name = head.numbers[start]
        if len(below) == 1:
            placed[name] = Placed((below[0],))
        elif below:
            numbers = [c for c in below if not is_blank(c)]
            one = numbers[0] if len(numbers) == 1 else below[0]
            doubt = None if len(numbers) <= 1 else "more than one cell stands below this header"
            placed[name] = Placed((one,), doubt=doubt, lost=doubt is not None)
    used = {id(c) for p in placed.values() for c in p.cells}
    if has_number([c for c in cells if id(c) not in used]):
        doubt = "the row has figures that stand below no header"
        placed = {k: replace(p, doubt=p.doubt or doubt) for k, p in placed.items()}
    if not placed and len(cells) == 1:
        placed[main] = Placed((cells[0],), doubt="the figure does not stand below its header")
    return placed
