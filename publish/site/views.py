"""The home page, the page of a place, and the style sheet."""

from __future__ import annotations

from collections import defaultdict
from importlib import resources
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response

from publish.site import base

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_PLACES = 300
"""Places shown on one page with all their reports; beyond that, those above them."""
_CURRENT = (
    "select id, place, portal, publisher, year, edition, title, figures_printed, checks_failed,"
    " doubts, superseded_by, published_on from reports"
)


async def home(request: Any, datasette: Any) -> Response:
    """What this is, the places with their reports, and what is wrong with them."""
    counts = await base.row(
        datasette,
        "select count(*) as reports, coalesce(sum(figures_printed), 0) as figures,"
        " coalesce(sum(checks_failed), 0) as failed, coalesce(sum(doubts), 0) as doubts,"
        " count(distinct place) as places, (select count(*) from captures) as captures,"
        " (select count(*) from left_out) as left_out from reports where superseded_by is null",
        {},
    )
    reports = await base.rows(
        datasette, f"{_CURRENT} where superseded_by is null order by year, id"
    )
    places = await base.rows(datasette, "select * from places order by code")
    changes = await base.rows(
        datasette,
        "select changes.*, reports.publisher, reports.year from changes"
        " join reports on reports.id = changes.report order by found_at desc limit 6",
    )
    unknown = [item for item in reports if item["place"] is None]
    context = {
        "counts": counts,
        "years": _years(reports),
        "provinces": _provinces(places, reports),
        "unknown": unknown,
        "changes": changes,
    }
    return await base.page(datasette, request, "home.html", context)


def _years(reports: Iterable[base.Row]) -> list[int]:
    return sorted({item["year"] for item in reports if item["year"]}, reverse=True)


def _provinces(places: Sequence[base.Row], reports: Sequence[base.Row]) -> list[dict[str, Any]]:
    """The places with reports, under their provinces; where there are many, the latest only."""
    by_place: dict[str, list[base.Row]] = defaultdict(list)
    for item in reports:
        by_place[item["place"]].append(item)
    names = {place["code"]: place["name"] for place in places}
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    shown = [place for place in places if by_place.get(place["code"])]
    for place in shown:
        own = by_place[place["code"]]
        if len(shown) > _MOST_PLACES:
            own = own[-1:]
        by_year: dict[int | None, list[base.Row]] = defaultdict(list)
        for item in own:
            by_year[item["year"]].append(item)
        above = names.get(place["parent"]) if place["parent"] else None
        line = {**place, "above": above, "by_year": by_year, "count": len(own)}
        groups[place["province"] or names.get(place["code"][:2] + "0000") or ""].append(line)
    return [{"name": name, "places": lines} for name, lines in groups.items()]


async def place(request: Any, datasette: Any) -> Response:
    """A place: its reports by year, the places below it, its portals."""
    code = request.url_vars["code"]
    found = await base.row(datasette, "select * from places where code = :code", {"code": code})
    if found is None:
        raise base.missing("没有这个地方", "no such place")
    line = await base.rows(
        datasette,
        "with recursive above(code, name, parent, depth) as (select code, name, parent, 0 from"
        " places where code = :code union all select p.code, p.name, p.parent, depth + 1 from"
        " places p join above on p.code = above.parent where depth < 6)"
        " select code, name from above where code <> :code order by depth desc",
        {"code": code},
    )
    own = await base.rows(
        datasette, f"{_CURRENT} where place = :code order by year desc, id", {"code": code}
    )
    below = await base.rows(
        datasette,
        "select p.code, p.name, count(r.id) as reports, max(r.year) as latest from places p"
        " left join reports r on r.place = p.code and r.superseded_by is null"
        " where p.parent = :code group by p.code order by p.code",
        {"code": code},
    )
    portals = await base.rows(
        datasette, "select * from portals where place = :code order by id", {"code": code}
    )
    context = {
        "place": found,
        "line": line,
        "reports": [item for item in own if item["superseded_by"] is None],
        "earlier": [item for item in own if item["superseded_by"] is not None],
        "below": below,
        "portals": portals,
        "series": await _series(datasette, code),
    }
    return await base.page(datasette, request, "place.html", context)


_SERIES = (
    ("requests", "received", "total", "新收申请", "Requests received"),
    ("requests", "granted", "total", "予以公开", "Granted"),
    ("requests", "concluded", "total", "办结总计", "Concluded"),
    ("disputes", "review", "total", "行政复议", "Reviews"),
)
"""What the editions of 2019 and 2021 count alike, so that years stand side by side."""


async def _series(datasette: Any, code: str) -> dict[str, dict[str, base.Row]]:
    """A few figures of each current report of a place, by report and indicator."""
    found = await base.rows(
        datasette,
        "select f.report, f.form_table, f.row, f.column, f.printed, f.status, f.doubt,"
        " exists(select 1 from checks c where c.report = f.report and c.status = 'fails' and"
        " c.at = f.form_table || '/' || f.row || '/' || f.column) as fails"
        " from reports r join figures f on f.report = r.id where r.place = :code"
        " and f.column = 'total' and (f.form_table, f.row) in (values ('requests', 'received'),"
        " ('requests', 'granted'), ('requests', 'concluded'), ('disputes', 'review'))",
        {"code": code},
    )
    series: dict[str, dict[str, base.Row]] = defaultdict(dict)
    for item in found:
        series[item["report"]][f"{item['form_table']}/{item['row']}"] = item
    return series


async def row_page(request: Any, datasette: Any) -> Response:
    """A row whose page on the site says more than Datasette's page of it: go there."""
    ((page, name),) = request.url_vars.items()
    return Response.redirect(datasette.urls.path(f"/{page}/{name.replace(',', '/')}"))


async def asset(request: Any) -> Response:
    """A static file of the site."""
    name = request.url_vars["name"]
    file = resources.files("publish").joinpath("static", name)
    if not file.is_file():
        raise base.missing("没有这个文件", "no such file")
    media_type = "text/css; charset=utf-8" if name.endswith(".css") else "image/svg+xml"
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(file.read_text("utf-8"), headers=headers, content_type=media_type)
