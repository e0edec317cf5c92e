"""The relations a form demands, tried on a report's figures (勾稽关系).

A relation that fails is a finding: published figures that do not add up are kept as printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from extract.forms import forms
from extract.model import Check, CheckStatus, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extract.forms import Form, Relation

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Tried:
    """A relation tried at one place, and the figures that are its terms."""

    check: Check
    terms: tuple[Key, ...]
    within_row: bool
    """Whether it adds up a row, so that it tells a column's figure from its neighbour's."""

    @property
    def vouches(self) -> bool:
        """Whether the relation holds between numbers other than 0."""
        return self.check.status == "holds" and bool(self.check.left)


def try_relations(edition: str | None, figures: Sequence[Figure]) -> tuple[Tried, ...]:
    """Try every relation of the edition's form that concerns one report."""
    if edition not in forms():
        return ()
    form = forms()[edition]
    held = {(f.table, f.row, f.column): f for f in figures}
    return tuple(t for relation in form.relations for t in _try(form, relation, held))


def judged(tried: Sequence[Tried], figures: Sequence[Figure]) -> tuple[Check, ...]:
    """The checks as they are published: unknown where a term is doubtful.

    Args:
        tried: The relations tried.
        figures: The figures with the doubts that no relation that fails has cast.
    """
    doubtful = {(f.table, f.row, f.column) for f in figures if f.doubt}
    return tuple(
        replace(t.check, status="unknown") if doubtful.intersection(t.terms) else t.check
        for t in tried
    )


def _try(form: Form, relation: Relation, held: dict[Key, Figure]) -> Iterator[Tried]:
    table = form.tables[relation.table]
    rows = tuple(row.id for row in table.rows)
    columns = tuple(table.columns)
    by_column = relation.in_every == "column"
    extra = {row for t, row, _ in held if t == table.id} - set(rows)
    for line in columns if by_column else rows:
        sides = []
        for patterns in (relation.left, relation.right):
            ids = relation.terms(patterns, rows if by_column else columns)
            keys = [(table.id, i, line) if by_column else (table.id, line, i) for i in ids]
            sides.append(_merged(keys, extra, held) if by_column else keys)
        at = (table.id, relation.at, line) if by_column else (table.id, line, relation.at)
        check = _tried(relation.rule, at, sides[0], sides[1], held)
        yield Tried(check, (*sides[0], *sides[1]), within_row=not by_column)


def _merged(keys: list[Key], extra: set[str], held: dict[Key, Figure]) -> list[Key]:
    """The terms, with a group's merged row in place of members that the report does not have."""
    for stem in extra:
        members = [k for k in keys if k[1].startswith(f"{stem}_")]
        if members and all(held[k].status == "absent" for k in members if k in held):
            rest = [k for k in keys if k not in members]
            keys = [*rest, (members[0][0], stem, members[0][2])]
    return keys


def _tried(rule: str, at: Key, left: list[Key], right: list[Key], held: dict[Key, Figure]) -> Check:
    sums = (_sum(left, held), _sum(right, held))
    status: CheckStatus = "unknown"
    if sums[0] is not None and sums[1] is not None:
        status = "holds" if sums[0] == sums[1] else "fails"
    return Check(rule, "/".join(at), status, *sums)


def _sum(keys: list[Key], held: dict[Key, Figure]) -> Decimal | None:
    """The sum of one side; None where a term cannot be read or no number is printed at all.

    What the report leaves blank or out beside printed terms counts as nothing, as its authors
    count it.
    """
    figures = [held[k] for k in keys if k in held]
    if any(f.status == "unreadable" for f in figures):
        return None
    values = [f.value for f in figures if f.status == "printed" and f.value is not None]
    return sum(values, Decimal(0)) if values else None
