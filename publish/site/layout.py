"""The form's tables laid out as they are printed: headers with spans, figures in cells."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from publish import labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from extract.forms import Form, FormRow, FormTable
    from publish.labels import Label

Key = tuple[str, str, str]

_BLOCK_HEADS = ("信息内容", "Content")
_INDICATOR_HEADS = (labels.Label("统计指标", "Indicator"), labels.Label("单位", "Unit"))
_SENTENCE_HEAD = labels.Label("原文语句", "Sentence")
_TALL = 3
"""A group over this many rows or more is printed upright, as on the form."""


@dataclass(frozen=True, slots=True)
class Head:
    """A header cell."""

    label: Label
    rowspan: int = 1
    colspan: int = 1
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A figure's cell: what is shown, the classes that style it, the words of its tooltip."""

    key: Key
    text: str
    classes: str
    title: str
    marks: tuple[str, ...]
    colspan: int = 1

    @property
    def path(self) -> str:
        """Its key as it stands in addresses."""
        return path(self.key)


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to print, row by row."""

    id: str
    label: Label
    rows: tuple[tuple[Head | Value, ...], ...]


STATUS = {
    "printed": ("", "印有数字", "printed"),
    "blank": ("空", "空白单元格", "an empty cell"),
    "mark": ("", "印有“无数字”的符号", "a mark for “none”"),
    "absent": ("缺", "报告中没有这一格", "the report has no such cell"),
    "unreadable": ("难辨", "印有内容但无法读成数字", "something stands there that is not a number"),
}
"""What is shown where nothing is printed, and the status in words."""


def path(key: Sequence[str]) -> str:
    """A figure's key as a part of an address: a report's own labels hold any character."""
    return "/".join(quote(part, safe="") for part in key)


def tables(
    form: Form, figures: Mapping[Key, Mapping[str, Any]], failing: Collection[str]
) -> list[Table]:
    """The form's tables with a report's figures.

    Args:
        form: The edition of the report.
        figures: Rows of `figures` by table, row and column.
        failing: The `table/row/column` at which a check fails.
    """
    cells = _Cells(figures, failing)
    return [_table(table, cells) for table in form.tables.values()]


def _table(table: FormTable, cells: _Cells) -> Table:
    lines = labels.rows_with(table, cells.rows(table.id))
    if table.layout == "indicators":
        rows = _indicators(table, lines, cells)
    elif table.layout == "wide":
        rows = _wide(table, lines, cells)
    elif table.layout == "sentences":
        rows = _sentences(table, cells)
    elif table.layout == "blocks":
        rows = _blocks(table, labels.blocks(table, lines), cells)
    else:
        rows = [*_column_heads(table), *_body(table, lines, cells)]
    return Table(table.id, labels.table_label(table), tuple(tuple(row) for row in rows))


class _Cells:
    """Makes the cell of a figure, and says which rows and columns a report has."""

    def __init__(self, figures: Mapping[Key, Mapping[str, Any]], failing: Collection[str]) -> None:
        self._figures = figures
        self._failing = failing

    def rows(self, table: str) -> dict[str, str | None]:
        """The rows of a table that the report has, with labels the form does not know."""
        return {
            row: figure["label"]
            for (table_id, row, _), figure in self._figures.items()
            if table_id == table and figure["status"] != "absent"
        }

    def columns(self, table: FormTable) -> list[str]:
        """The form's columns of a table, and after them those the report adds."""
        present = [column for table_id, _, column in self._figures if table_id == table.id]
        return list(dict.fromkeys((*table.columns, *present)))

    def figure(self, table: str, row: str, column: str) -> Mapping[str, Any]:
        """A figure that the report has."""
        return self._figures[table, row, column]

    def __call__(self, table: str, row: str, column: str, colspan: int = 1) -> Value:
        key = (table, row, column)
        return value(
            key, self._figures.get(key), fails="/".join(key) in self._failing, colspan=colspan
        )


def value(key: Key, figure: Mapping[str, Any] | None, *, fails: bool, colspan: int = 1) -> Value:
    """The cell of one figure; without a row it is one the report does not have."""
    status = figure["status"] if figure else "absent"
    shown, zh, en = STATUS[status]
    printed = figure["printed"] if figure else None
    text = printed if printed and (not shown or status == "unreadable") else shown
    classes = ["fig", f"is-{status}"]
    words = [] if status == "printed" else [f"{zh} · {en}"]
    marks = []
    if figure and figure["doubt"]:
        classes.append("doubt")
        marks.append("?")
        words.append(f"存疑 · in doubt: {figure['doubt']}")
    if fails:
        classes.append("fails")
        marks.append("≠")
        words.append("勾稽不符 · a check fails here")
    return Value(key, text or "—", " ".join(classes), "\n".join(words), tuple(marks), colspan)


def _blocks(
    table: FormTable, blocks: Sequence[labels.Block], cells: _Cells
) -> list[list[Head | Value]]:
    width = lcm(*(len(row.columns) for block in blocks for row in block.rows))
    rows: list[list[Head | Value]] = []
    for block in blocks:
        if block.heading:
            heading = labels.Label(block.heading, "")
            rows.append([Head(heading, colspan=width + 1, kind="block")])
        columns: tuple[str, ...] = ()
        for row in block.rows:
            span = width // len(row.columns)
            if row.columns != columns:
                columns = row.columns
                heads = [labels.column_labels(table, column)[-1] for column in columns]
                first = Head(labels.Label(*_BLOCK_HEADS), kind="head")
                rows.append([first, *(Head(h, colspan=span, kind="head") for h in heads)])
            name = Head(labels.row_labels(table, row)[-1], kind="row")
            rows.append([name, *(cells(table.id, row.id, c, span) for c in columns)])
    return rows


def _column_heads(table: FormTable) -> list[list[Head | Value]]:
    """The header rows of a table with nested columns, its corner and what stands above all."""
    paths = [labels.column_labels(table, column) for column in table.columns]
    depth = max(map(len, paths))
    above = labels.head(table)
    corner = labels.note(table) or labels.Label("", "")
    width = max(len(row.label) for row in table.rows)  # the labels' own columns
    first: list[Head | Value] = [Head(corner, depth + bool(above), width, "corner")]
    if above:
        first.append(Head(above, colspan=len(paths), kind="head"))
        rows = [first, *_nested(paths, depth)]
    else:
        nested = _nested(paths, depth)
        rows = [[*first, *nested[0]], *nested[1:]]
    return rows


def _nested(paths: Sequence[tuple[Label, ...]], depth: int) -> list[list[Head | Value]]:
    """Header rows of nested labels, the outermost first."""
    rows: list[list[Head | Value]] = [[] for _ in range(depth)]
    for level in range(depth):
        for start, end in _runs([path[: level + 1] for path in paths]):
            path = paths[start]
            if level >= len(path):
                continue
            last = level == len(path) - 1
            span = depth - level if last else 1
            rows[level].append(Head(path[level], span, end - start, "head"))
    return rows


def _runs(keys: Sequence[Any]) -> Iterable[tuple[int, int]]:
    """Where equal neighbours begin and end."""
    start = 0
    for index in range(1, len(keys) + 1):
        if index == len(keys) or keys[index] != keys[start]:
            yield start, index
            start = index


def _body(table: FormTable, lines: Sequence[FormRow], cells: _Cells) -> list[list[Head | Value]]:
    """Rows with nested labels at their left."""
    paths = [labels.row_labels(table, row) for row in lines]
    depth = max(map(len, paths))
    rows: list[list[Head | Value]] = [[] for _ in paths]
    for level in range(depth):
        for start, end in _runs([(path[: level + 1], len(path) == level + 1) for path in paths]):
            path = paths[start]
            if level >= len(path):
                continue
            last = level == len(path) - 1
            tall = "group tall" if end - start >= _TALL else "group"
            rows[start].append(
                Head(
                    path[level], end - start, depth - level if last else 1, "row" if last else tall
                )
            )
    for line, row in zip(rows, lines, strict=True):
        line.extend(cells(table.id, row.id, column) for column in row.columns)
    return rows


def _wide(table: FormTable, lines: Sequence[FormRow], cells: _Cells) -> list[list[Head | Value]]:
    """The table's rows as groups of columns over one line of figures."""
    paths = [
        (*labels.row_labels(table, row), *labels.column_labels(table, column))
        for row in lines
        for column in row.columns
    ]
    heads = _hanging(paths)
    figures: list[Head | Value] = [
        cells(table.id, row.id, column) for row in lines for column in row.columns
    ]
    return [*heads, figures]


def _indicators(
    table: FormTable, lines: Sequence[FormRow], cells: _Cells
) -> list[list[Head | Value]]:
    """A line for each indicator, under its groups where they are no indicators themselves."""
    columns = cells.columns(table)
    heads = [labels.column_labels(table, column)[-1] for column in columns]
    rows: list[list[Head | Value]] = [
        [Head(label, kind="head") for label in (*_INDICATOR_HEADS, *heads)]
    ]
    told: set[tuple[str, ...]] = set()
    for line in lines:
        words = labels.row_labels(table, line)
        for depth in range(1, len(words)):
            if line.label[:depth] not in told:
                told.add(line.label[:depth])
                span = len(columns) + len(_INDICATOR_HEADS)
                rows.append([Head(words[depth - 1], colspan=span, kind=f"row part depth{depth}")])
        told.add(line.label)
        unit = labels.Label(table.unit(line.id, columns[0]) or "", "")
        row: list[Head | Value] = [Head(words[-1], kind=f"row depth{len(words)}"), Head(unit)]
        rows.append([*row, *(cells(table.id, line.id, column) for column in columns)])
    return rows


def _sentences(table: FormTable, cells: _Cells) -> list[list[Head | Value]]:
    """A line for each count that the text states, with its sentence."""
    heads = (*_INDICATOR_HEADS[:1], labels.column_labels(table, next(iter(table.columns)))[-1])
    rows: list[list[Head | Value]] = [
        [Head(label, kind="head") for label in (*heads, _INDICATOR_HEADS[1], _SENTENCE_HEAD)]
    ]
    present = cells.rows(table.id)
    for line in (row for row in table.rows if row.id in present):
        for column in line.columns:
            figure = cells.figure(table.id, line.id, column)
            unit = Head(labels.Label(figure["unit"] or "", ""))
            sentence = Head(labels.Label(figure["sentence"] or "", ""), kind="sentence")
            name = Head(labels.row_labels(table, line)[-1], kind="row")
            rows.append([name, cells(table.id, line.id, column), unit, sentence])
    return rows


def _hanging(paths: Sequence[tuple[Label, ...]]) -> list[list[Head | Value]]:
    """Header rows of paths whose last label always stands in the lowest row."""
    depth = max(map(len, paths))
    padded = [(*path[:-1], *[path[-2]] * (depth - len(path)), path[-1]) for path in paths]
    rows: list[list[Head | Value]] = [[] for _ in range(depth)]
    for level in range(depth):
        keys = [
            (*padded[i][: level + 1], i if level == depth - 1 else 0) for i in range(len(paths))
        ]
        for start, end in _runs(keys):
            path = padded[start]
            if level and level < depth - 1 and path[level] == path[level - 1]:
                continue
            below = 1
            while level + below < depth - 1 and path[level + below] == path[level]:
                below += 1
            rows[level].append(Head(path[level], below, end - start, "head"))
    return rows
