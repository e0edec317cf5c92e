"""The editions of the form as data: tables, rows, columns, units and the relations between them.

A new edition is a file in `extract/forms/`; nothing here names one. `narrative.json` beside them
lists what reports without tables state in their sentences.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal

_FOLDER = Path(__file__).with_name("forms")
NARRATIVE = "narrative"
"""The edition of reports that have no table of a form, and of the one table of what they say."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a form's table: its id, its label from the outermost group in, its columns.

    `unit` is that of the row, None where the columns have units.
    """

    id: str
    label: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FormTable:
    """A table of a form; `columns` maps a column's id to its label, outermost group first.

    `layout`: `blocks` of rows with headers of their own, a `matrix` of rows and columns, `wide`
    with the rows' labels above the columns, `indicators` with a unit and a number each, or
    `sentences` for what running text states.
    Compared by identity: `forms` makes each once, and what is derived from one is kept by it.
    """

    id: str
    label: str
    layout: Literal["blocks", "matrix", "wide", "indicators", "sentences"]
    rows: tuple[FormRow, ...]
    columns: dict[str, tuple[str, ...]]
    units: dict[str, str]

    def row(self, row_id: str) -> FormRow:
        """The row with this id; KeyError where the form has none."""
        for row in self.rows:
            if row.id == row_id:
                return row
        raise KeyError(row_id)

    def unit(self, row_id: str, column: str) -> str | None:
        """The unit the form prescribes, None where it leaves the unit to the report."""
        for row in self.rows:
            if row.id == row_id and row.unit:
                return row.unit
        unit = self.units.get(column, self.units.get("*"))
        return None if unit is None or unit.startswith("as printed") else unit.split()[0]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation the form demands: in every column (or row), left terms sum to right terms.

    `left`, `right` and `at` are ids of rows where `in_every` is `column`, else of columns; an
    asterisk at the end stands for any ending.
    """

    rule: str
    table: str
    in_every: Literal["row", "column"]
    left: tuple[str, ...]
    right: tuple[str, ...]
    at: str

    def terms(self, patterns: tuple[str, ...], ids: tuple[str, ...]) -> tuple[str, ...]:
        """The ids that a side's patterns name, in the form's order."""
        return _named(patterns, ids)


@cache
def _named(patterns: tuple[str, ...], ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(i for i in ids if any(fnmatchcase(i, p) for p in patterns))


@dataclass(frozen=True, slots=True)
class Statement:
    """What a report's text may say of its tables: the sum of `terms` (`table/row/column`).

    `states` are patterns whose group is the number; `denies` are patterns that mean none at all.
    `stated` is the row of `narrative.json` that means the same. `otherwise` are other sums that
    the same words are used for, such as requests with those carried over.
    """

    rule: str
    terms: tuple[str, ...]
    stated: str
    states: tuple[re.Pattern[str], ...]
    denies: tuple[re.Pattern[str], ...]
    otherwise: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class AcrossYears:
    """A relation to the report on the year before, tried for `each` in the place of `{}`.

    Terms are `table/row/column`, with `last ` before those of the year before and `-` before what
    is taken away. `last_editions` are those whose figures mean the same.
    """

    rule: str
    last_editions: tuple[str, ...]
    each: tuple[str, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """An edition of the form."""

    edition: str
    tables: dict[str, FormTable]
    relations: tuple[Relation, ...]
    sections: tuple[str, ...]
    narrative: tuple[Statement, ...] = ()
    across_years: tuple[AcrossYears, ...] = ()
    narrative_sections: int | None = None
    """The last section whose text speaks of the tables' year; None where all of them do."""

    @property
    def keys(self) -> tuple[tuple[str, str, str], ...]:
        """Every figure of the form as (table, row, column), in the form's order."""
        return tuple(
            (table.id, row.id, column)
            for table in self.tables.values()
            for row in table.rows
            for column in row.columns
        )


def _table(table_id: str, data: dict[str, Any]) -> FormTable:
    every = tuple(data["columns"])
    rows = tuple(
        FormRow(
            row["id"],
            tuple(row["label"].split("/")),
            tuple(row.get("columns", every)),
            row.get("unit"),
        )
        for row in data["rows"]
    )
    # 本年增/减 is one label; only the columns of a matrix have a group before the slash.
    grouped = data["layout"] == "matrix"
    columns = {
        column: tuple(label.split("/")) if grouped else (label,)
        for column, label in data["columns"].items()
    }
    return FormTable(table_id, data["label"], data["layout"], rows, columns, data["units"])


def _statement(data: dict[str, Any]) -> Statement:
    states, denies = (tuple(map(re.compile, data[kind])) for kind in ("states", "denies"))
    otherwise = tuple(map(tuple, data.get("or", ())))
    return Statement(data["rule"], tuple(data["terms"]), data["stated"], states, denies, otherwise)


def _across(data: dict[str, Any]) -> AcrossYears:
    lists = ("last_editions", "each", "left", "right")
    return AcrossYears(**{**data, **{name: tuple(data[name]) for name in lists}})


@cache
def forms() -> dict[str, Form]:
    """Every edition on file, the newest first."""
    paths = sorted(_FOLDER.glob("[0-9]*.json"), reverse=True)
    return {form.edition: form for form in map(_form, paths)}


@cache
def form_of(edition: str | None) -> Form | None:
    """The form of a report's edition, `narrative` included; None where it has none."""
    if edition == NARRATIVE:
        return _form(_FOLDER / f"{NARRATIVE}.json")
    return forms().get(edition or "")


def _form(path: Path) -> Form:
    data = json.loads(path.read_text(encoding="utf-8"))
    return Form(
        edition=data["edition"],
        tables={i: _table(i, t) for i, t in data["tables"].items()},
        relations=tuple(
            Relation(**{**r, "left": tuple(r["left"]), "right": tuple(r["right"])})
            for r in data.get("relations", ())
        ),
        sections=tuple(data.get("sections", ())),
        narrative=tuple(_statement(s) for s in data.get("narrative", ())),
        across_years=tuple(_across(r) for r in data.get("across_years", ())),
        narrative_sections=data.get("narrative_sections"),
    )
