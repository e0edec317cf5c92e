"""Tables of indicators, one a row with its unit and its number: the statistics of 2008 to 2018.

Provinces added rows and columns of their own: they are kept under their printed labels.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from extract.labels import Labels, label_key
from extract.normalise import squeeze
from extract.rows import Placed, Row, has_number, is_blank, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.forms import FormTable
    from extract.model import Cell

_ROLES = Labels(
    {
        "label": ["统计指标", "指标名称", "指标", "统计项目", "统计内容", "项目"],
        "unit": ["单位", "计量单位"],
        "number": ["统计数", "统计数据", "数量", "本年统计数", "合计", "数值", "本年度", "数据"],
        "ordinal": ["序号", "代码", "编号"],
        "note": ["备注", "说明"],
    }
)
_UNIT = re.compile(r"条|件|次|篇|个|人|人次|万元|元|份|部|期|场|项|场次|-+|/")
_AMONG = re.compile(r"^其中:?")
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class _Head:
    """A header: the columns of labels, units and numbers by their first slot, and what is ours."""

    label: int
    unit: int | None
    numbers: dict[int, str]
    grid: int


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
        head: _Head | None = None
        for row in rows:
            found = _head(row, self._main)
            if found is not None:
                head = found
            elif head is not None:
                self._read(row, head)

    def _read(self, row: Row, head: _Head) -> None:
        label = _labelled(row, head)
        if label is None:
            return
        cells = [c for c in row.right_of(label) if not _is_unit(c, head)]
        if not cells:
            return
        row_id = self._row_id(label)
        if row_id not in self._order and not has_number(cells):
            return
        self.known += row_id in self._order
        unit = next((squeeze(c.text) for c in row.cells if _is_unit(c, head)), "")
        own = None if row_id in self._order else label.text
        kept = unit if _UNIT.fullmatch(unit) and unit[0] not in "-/" else None
        for column, placed in _give(cells, head, self._main).items():
            self.placed[row_id, column] = replace(placed, unit=kept, label=own)

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


def _head(row: Row, main: str) -> _Head | None:
    """The header that a row is, if it names a column of labels and one of numbers."""
    named: dict[str, list[Cell]] = {}
    for cell in row.cells:
        match = _ROLES.match(cell.text)
        if match and match.exact:
            named.setdefault(match.id, []).append(cell)
    labels, units = named.get("label", []), named.get("unit", [])
    if len(labels) != 1 or len(units) > 1 or has_number(row.cells):
        return None
    last = units[0] if units else labels[0]
    behind = [c for c in row.right_of(last) if c not in named.get("note", []) and not is_blank(c)]
    if not behind:
        return None
    mains = [c for c in behind if c in named.get("number", [])]
    one = behind[0] if len(behind) == 1 else (mains[0] if len(mains) == 1 else None)
    numbers = {c.column: main if c is one else squeeze(c.text) for c in behind}
    if one is None and not units:
        return None
    return _Head(labels[0].column, units[0].column if units else None, numbers, row.grid)


def _labelled(row: Row, head: _Head) -> Cell | None:
    """The cell that holds the row's label: the last text before the unit and the numbers."""
    limit = min([*head.numbers, *([] if head.unit is None else [head.unit])])
    texts = [
        c
        for c in row.cells
        if c.column < limit and reading(c).status == "unreadable" and not _UNIT.fullmatch(c.text)
    ]
    if not texts or len(squeeze(texts[-1].text)) > _LONGEST_LABEL:
        return None
    return texts[-1]


def _is_unit(cell: Cell, head: _Head) -> bool:
    if head.unit is None:
        return False
    return cell.column == head.unit or (
        cell.column < min(head.numbers) and bool(_UNIT.fullmatch(squeeze(cell.text)))
    )


def _give(cells: Sequence[Cell], head: _Head, main: str) -> dict[str, Placed]:
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
