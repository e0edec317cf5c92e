"""The headers of tables of indicators: which columns hold labels, units and numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extract.labels import Labels
from extract.normalise import squeeze
from extract.rows import Row, has_number, is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from extract.model import Cell

_ROLES = Labels(
    {
        "label": ["统计指标", "指标名称", "指标", "统计项目", "统计内容", "项目"],
        "unit": ["单位", "计量单位"],
        "number": [
            "统计数",
            "统计数据",
            "统计数量",
            "数量",
            "本年统计数",
            "合计",
            "总计",
            "数值",
            "数据",
            "本年度",
            "本年",
            "本年数",
            "本年度数",
            "当年",
            "当年数",
            "本期数",
        ],
        "ordinal": ["序号", "代码", "编号"],
        "note": ["备注", "说明"],
    }
)
UNIT = re.compile(r"条|件|次|篇|个|人|人次|万元|元|份|部|期|场|项|场次|-+|/")


_OF_A_YEAR = re.compile(r"(20\d\d)年(?:度)?(?:统计)?(?:数量?|数据)?")


@dataclass(frozen=True, slots=True)
class Head:
    """A header: the columns of labels, units and numbers by their first slot, and what is ours.

    Tables side by side have a header each, which holds for the slots from `start` to before `end`.
    """

    label: int
    unit: int | None
    numbers: dict[int, str]
    start: int = 0
    end: int | None = None

    def part(self, row: Row) -> Row:
        """The cells of a row that stand under this header."""
        end = row.columns if self.end is None else self.end
        inside = tuple(c for c in row.cells if c.column < end and c.column + c.colspan > self.start)
        return replace(row, cells=inside)


def heads_of(row: Row, main: str) -> tuple[Head, ...]:
    """The headers that a row is: one, or as many as tables stand side by side; none if it is none.

    A header names a column of labels and one of numbers.
    """
    named: dict[str, list[Cell]] = {}
    for cell in row.cells:
        match = _ROLES.match(cell.text)
        if match and match.exact:
            named.setdefault(match.id, []).append(cell)
    labels = named.get("label", [])
    if not labels or has_number(row.cells):
        return ()
    starts = [_start(label, named.get("ordinal", [])) for label in labels]
    found = []
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        head = _head(row, named, main, start, end)
        if head is None:
            return ()
        found.append(head)
    return tuple(found)


def names_columns(row: Row) -> bool:
    """Whether a row names a column of labels and one beside it, even if it is no whole header."""
    found = {m.id for c in row.cells if (m := _ROLES.match(c.text)) and m.exact}
    return "label" in found and len(found) > 1


def _start(label: Cell, ordinals: Sequence[Cell]) -> int:
    """The first slot of the table that a label's header cell belongs to."""
    before = [c.column for c in ordinals if c.column + c.colspan == label.column]
    return before[0] if before else label.column


def _head(
    row: Row, named: Mapping[str, list[Cell]], main: str, start: int, end: int | None
) -> Head | None:
    def inside(kind: str) -> list[Cell]:
        return [c for c in named.get(kind, []) if start <= c.column < (end or row.columns)]

    (label,), units = inside("label"), inside("unit")
    if len(units) > 1:
        return None
    behind = [
        c
        for c in row.right_of(label)
        if c.column < (end or row.columns)
        and c not in (*units, *inside("note"))
        and not is_blank(c)
    ]
    if not behind:
        return None
    mains = [c for c in behind if c in named.get("number", [])]
    one = behind[0] if len(behind) == 1 else (mains[0] if len(mains) == 1 else _newest(behind))
    numbers = {c.column: main if c is one else squeeze(c.text) for c in behind}
    if one is None and not units:
        return None
    first = 0 if start == min(c.column for c in row.cells) else start
    return Head(label.column, units[0].column if units else None, numbers, first, end)


def _newest(cells: Sequence[Cell]) -> Cell | None:
    """Of columns of which some are of a year each, the one of the latest: a report's own year."""
    years = {m[1]: c for c in cells if (m := _OF_A_YEAR.fullmatch(squeeze(c.text)))}
    return years[max(years)] if len(years) > 1 else None


def inferred(rows: Sequence[Row], is_label: Callable[[Cell], bool], main: str) -> tuple[Head, ...]:
    """The header of a table that has none, where only one column holds numbers."""
    columns: set[int] = set()
    units: Counter[int] = Counter()
    named: Counter[int] = Counter()
    for row in rows:
        label = next((c for c in row.cells if is_label(c)), None)
        if label is None:
            continue
        named[label.column] += 1
        columns |= {c.column for c in row.right_of(label) if has_number([c])}
        units.update(c.column for c in row.cells if UNIT.fullmatch(squeeze(c.text)))
    if len(columns) != 1:
        return ()
    (number,) = columns
    unit = next((column for column, _ in units.most_common(1) if column != number), None)
    return (Head(named.most_common(1)[0][0], unit, {number: main}),)
