"""The forms' labels for people: Chinese as the form prints it, English beside it, and the layout.

The forms are data of `extract`; here stand the English and what the print adds: headings of
blocks, which table has its rows side by side. What has no English here is shown by its id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from extract.forms import FormRow, form_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from extract.forms import FormTable


@dataclass(frozen=True, slots=True)
class Label:
    """A label in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that the form prints under one heading with column labels of their own."""

    heading: str | None
    rows: tuple[FormRow, ...]


@cache
def _english() -> dict[str, Any]:
    text = resources.files("publish").joinpath("labels.json").read_text("utf-8")
    words: dict[str, Any] = json.loads(text)
    return words


def table_label(table: FormTable) -> Label:
    """What a table is called."""
    return Label(table.label, _english()["tables"].get(table.id, table.id))


def row_labels(table: FormTable, row: FormRow) -> tuple[Label, ...]:
    """A row's label, its groups first."""
    return _labels(row.label, _english()["rows"].get(f"{table.id}/{row.id}"), row.id)


def column_labels(table: FormTable, column: str) -> tuple[Label, ...]:
    """A column's label, its group first; a column that the form does not have is its own label."""
    return _labels(table.columns.get(column, (column,)), _english()["columns"].get(column), column)


def head(table: FormTable) -> Label | None:
    """What stands above all columns of a table; None for most tables."""
    words = _english()["heads"].get(table.id)
    return Label(*words) if words else None


def note(table: FormTable) -> Label | None:
    """What the form prints in the corner of a table; None for most tables."""
    words = _english()["notes"].get(table.id)
    return Label(*words) if words else None


def rule_label(rule: str) -> Label:
    """What a check's rule says, in words."""
    words = _english()["rules"].get(rule)
    return Label(*words) if words else Label(rule, rule.replace("_", " "))


def source_words(source: str) -> str:
    """Where a publisher's name or a year was read, in Chinese: `page title` is 网页标题."""
    words = _english()["sources"]
    return "".join(words.get(part, part) for part in source.split())


def blocks(table: FormTable, rows: Sequence[FormRow]) -> tuple[Block, ...]:
    """The rows in the blocks of the print; rows of no named block stand at the end."""
    found: list[Block] = []
    rest = list(rows)
    for heading, ids in _english()["blocks"].get(table.id, []):
        inside = tuple(row for row in rest if row.id in ids)
        if inside:
            found.append(Block(heading, inside))
            rest = [row for row in rest if row not in inside]
    if rest:
        found.append(Block(None, tuple(rest)))
    return tuple(found)


def rows_with(table: FormTable, printed: Mapping[str, str | None]) -> tuple[FormRow, ...]:
    """The form's rows as a report has them.

    A group that the report prints as one merged row (（六）其他处理, under the beginning its
    members' ids share) stands in place of its members. What the form does not know stands last.

    Args:
        table: The form's table.
        printed: The rows that the report has figures of, with their printed labels where the form
            has none.
    """
    rows = list(table.rows)
    known = {row.id for row in rows}
    for row_id, label in printed.items():
        if row_id in known:
            continue
        members = [row for row in rows if row.id.startswith(f"{row_id}_")]
        at = rows.index(members[0]) if members else len(rows)
        if members and not any(member.id in printed for member in members):
            rows = [row for row in rows if row not in members]
        rows.insert(at, _unknown(table, row_id, label, members))
    return tuple(rows)


def _unknown(
    table: FormTable, row_id: str, label: str | None, members: Sequence[FormRow]
) -> FormRow:
    """A row that the form does not have, under its members' groups where it merges some."""
    group = members[0].label[:-1] if members else ()
    words = " ".join(label.split()) if label else (group[-1] if group else row_id)
    return FormRow(row_id, (*group[:-1], words), tuple(table.columns))


def figure_labels(
    edition: str | None, key: tuple[str, str, str], label: str | None = None
) -> tuple[Label, ...]:
    """A figure's labels from its table to its column; its ids where the edition is not known.

    Args:
        edition: The report's edition.
        key: The figure's table, row and column.
        label: The row's printed label where the form has none.
    """
    table_id, row_id, column = key
    form = form_of(edition)
    table = form.tables.get(table_id) if form else None
    if table is None:
        return tuple(Label(part, part.replace("_", " ")) for part in key)
    row = next(row for row in rows_with(table, {row_id: label}) if row.id == row_id)
    return (table_label(table), *row_labels(table, row), *column_labels(table, column))


def _labels(texts: tuple[str, ...], english: str | None, fallback: str) -> tuple[Label, ...]:
    groups = _english()["groups"]
    *outer, last = texts
    spoken = english or groups.get(last) or fallback.replace("_", " ")
    return (*(Label(text, groups.get(text, text)) for text in outer), Label(last, spoken))
