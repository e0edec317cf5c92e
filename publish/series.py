"""Figures of different editions joined into series where they mean the same, as `series.json` says.

Every figure of every edition belongs to exactly one series: joined, or of its own edition alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from extract.forms import NARRATIVE, form_of, forms
from publish.labels import figure_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extract.forms import Form

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """A figure that a series takes from reports of one edition.

    `way` tells apart the ways in which a report of this edition may have it: a series has a number
    for a report where all figures of one way are printed, and it is their sum.
    """

    series: str
    edition: str
    way: int
    key: Key


@dataclass(frozen=True, slots=True)
class Series:
    """A series: its labels, its unit, why its figures are joined or stand alone, and its order.

    `headline` is its place among those that a place's page shows, None for the others.
    """

    id: str
    label_zh: str
    label_en: str
    unit: str | None
    reason_zh: str | None
    reason_en: str | None
    headline: int | None
    members: tuple[Member, ...]


@cache
def _data() -> dict[str, Any]:
    text = resources.files("publish").joinpath("series.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def all_series() -> tuple[Series, ...]:
    """Every series, in the order of the newest form's figures and then of the older ones."""
    found: dict[str, Series] = {}
    taken: set[tuple[str, Key]] = set()
    for series in (*_sums(), *_same()):
        found[series.id] = series
        taken |= {(m.edition, m.key) for m in series.members}
    for edition in (*forms(), NARRATIVE):
        for key in _form(edition).keys:
            if (edition, key) not in taken:
                name = f"{edition}:{'/'.join(key)}"
                members = (Member(name, edition, 1, key),)
                found[name] = _series(name, members, _apart(name))
    return tuple(found[name] for name in sorted(found, key=_order(found)))


def _form(edition: str) -> Form:
    form = form_of(edition)
    assert form is not None, "an edition has a form"
    return form


def _order(found: dict[str, Series]) -> Any:
    """Orders series by edition, the newest first, and their place on its form."""
    editions = [*forms(), NARRATIVE]
    places = {(e, key): n for e in editions for n, key in enumerate(_form(e).keys)}

    def place(name: str) -> tuple[int, int]:
        known = [
            (editions.index(m.edition), places.get((m.edition, m.key), 0))
            for m in found[name].members
        ]
        return min(known)

    return place


def _same() -> Iterator[Series]:
    for group in _data()["same"]:
        first, *others = group["editions"]
        for key in _form(first).keys:
            name = "/".join(key)
            if not _any(name, group["figures"]) or _any(name, group.get("except", ())):
                continue
            if all(key in _form(other).keys for other in others):
                members = tuple(Member(name, edition, 1, key) for edition in group["editions"])
                yield _series(name, members, group["reason"])


def _sums() -> Iterator[Series]:
    for group in _data()["sums"]:
        table = group["table"]
        for column in _form(next(iter(group["rows"]))).tables[table].columns:
            name = group["id"].replace("*", column)
            members = tuple(
                Member(name, edition, way, (table, row, column))
                for edition, ways in group["rows"].items()
                for way, rows in enumerate(ways, 1)
                for row in rows
            )
            yield _series(name, members, group["reason"])


def _series(name: str, members: tuple[Member, ...], reason: dict[str, str] | None) -> Series:
    first = members[0]
    form = _form(first.edition)
    labels = figure_labels(first.edition, first.key)
    headlines = _data()["headlines"]
    return Series(
        id=name,
        label_zh=" › ".join(label.zh for label in labels),
        label_en=" › ".join(label.en for label in labels),
        unit=form.tables[first.key[0]].unit(first.key[1], first.key[2]),
        reason_zh=reason["zh"] if reason else None,
        reason_en=reason["en"] if reason else None,
        headline=headlines.index(name) + 1 if name in headlines else None,
        members=members,
    )


def _apart(name: str) -> dict[str, str] | None:
    """Why a figure stands alone, where another edition has one that looks like it."""
    for group in _data()["apart"]:
        if _any(name, group["figures"]):
            reason: dict[str, str] = group["reason"]
            return reason
    return None


def _any(name: str, patterns: list[str] | tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
