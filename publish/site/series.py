"""The figures of a place over the years, as far as they mean the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publish.site import base

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_BODIES = 6
_FIGURES = (
    "select s.id as series, s.way, s.position, s.headline, s.unit as series_unit, s.label_zh,"
    " s.label_en, s.reason_zh, s.reason_en, r.id as report, r.year, r.body, r.edition, f.unit,"
    " f.value, f.printed, f.status, f.doubt, f.form_table, f.row, f.column, f.sentence"
    " from reports r join figures f on f.report = r.id"
    " join series s on s.edition = r.edition and s.form_table = f.form_table and s.row = f.row"
    " and s.column = f.column where r.place = :code and r.superseded_by is null"
    " and r.year is not null and s.headline is not null and f.status <> 'absent'"
    " order by s.headline, r.year, r.id, s.way, f.row"
)


@dataclass(frozen=True, slots=True)
class Point:
    """What one report says in a series: as printed, where it stands, and what speaks against it."""

    report: str
    at: str
    text: str
    edition: str
    doubt: str | None
    said: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A series of one body: its points by year, and why its figures are joined or stand alone."""

    id: str
    labels: tuple[tuple[str, ...], tuple[str, ...]]
    unit: str | None
    reason: tuple[str, str]
    points: dict[int, list[Point]]


@dataclass(frozen=True, slots=True)
class Body:
    """A body with its years and its series."""

    name: str
    years: tuple[int, ...]
    lines: tuple[Line, ...]


async def of_place(datasette: Any, code: str) -> list[Body]:
    """The bodies of a place that report, those with most years first, with their main series."""
    figures = await base.rows(datasette, _FIGURES, {"code": code})
    by_body: dict[str, list[base.Row]] = defaultdict(list)
    for figure in figures:
        by_body[figure["body"] or ""].append(figure)
    bodies = [_body(name, found) for name, found in by_body.items()]
    bodies.sort(key=lambda body: (-len(body.years), body.name))
    return bodies[:_MOST_BODIES]


def _body(name: str, figures: Sequence[base.Row]) -> Body:
    by_series: dict[str, list[base.Row]] = defaultdict(list)
    for figure in figures:
        by_series[figure["series"]].append(figure)
    years = tuple(sorted({figure["year"] for figure in figures}, reverse=True))
    return Body(name, years, tuple(_line(found) for found in by_series.values()))


def _line(figures: Sequence[base.Row]) -> Line:
    first = figures[0]
    points: dict[int, list[Point]] = defaultdict(list)
    of_report: dict[tuple[int, str, int], list[base.Row]] = defaultdict(list)
    for figure in figures:
        of_report[figure["year"], figure["report"], figure["way"]].append(figure)
    for (year, _, _), parts in of_report.items():
        points[year].append(_point(parts))
    labels = tuple(tuple(first[name].split(" › ")[1:]) for name in ("label_zh", "label_en"))
    units = {figure["unit"] for figure in figures}
    unit = units.pop() if len(units) == 1 else first["series_unit"]
    reason = first["reason_zh"] or "", first["reason_en"] or ""
    return Line(first["series"], (labels[0], labels[1]), unit, reason, points)


def _point(parts: Sequence[base.Row]) -> Point:
    first = parts[0]
    return Point(
        report=first["report"],
        at=f"{first['form_table']}/{first['row']}/{first['column']}",
        text=_text(parts),
        edition=first["edition"],
        doubt=next((part["doubt"] for part in parts if part["doubt"]), None),
        said=bool(first["sentence"]),
    )


def _text(parts: Iterable[base.Row]) -> str:
    """One figure as printed; several as their sum, where all of them are printed."""
    found = list(parts)
    if len(found) == 1:
        return found[0]["printed"] or "空"
    if all(part["status"] == "printed" for part in found):
        return f"{sum(part['value'] for part in found):g}"
    return "—"
