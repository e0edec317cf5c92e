"""The home page, the page of a place, and the style sheet."""

from __future__ import annotations

from collections import defaultdict
from importlib import resources
from typing import Any

from datasette.utils.asgi import Response

from publish.site import base, series

_MOST_PLACES = 150
"""Places shown on one page with all their reports; beyond that, provinces with their totals."""
_CURRENT = (
    "select id, place, portal, publisher, year, edition, title, figures_printed, checks_failed,"
    " doubts, superseded_by, published_on, scope from reports"
)


async def home(request: Any, datasette: Any) -> Response:
    """What this is, the places with their reports, and what is wrong with them."""
    counts = await base.row(
        datasette,
        "select count(*) as reports, coalesce(sum(figures_printed), 0) as figures,"
        " coalesce(sum(checks_failed), 0) as failed, coalesce(sum(doubts), 0) as doubts,"
        " count(distinct place) as places, (select count(*) from captures) as captures,"
        " (select count(distinct url) from left_out) as left_out"
        " from reports where superseded_by is null",
        {},
    )
    assert counts is not None, "an aggregate has a row"
    many = counts["places"] > _MOST_PLACES
    changes = await base.rows(
        datasette,
        "select changes.*, reports.publisher, reports.year from changes"
        " join reports on reports.id = changes.report order by found_at desc limit 6",
    )
    context: dict[str, Any] = {"counts": counts, "changes": changes}
    context |= await (_provinces(datasette) if many else _matrix(datasette))
    return await base.page(datasette, request, "home.html", context)


async def _provinces(datasette: Any) -> dict[str, Any]:
    """The provinces with what is held of all places in them."""
    totals = await base.rows(
        datasette,
        "select substr(r.place, 1, 2) || '0000' as code, coalesce(p.name, max(places.province),"
        " '') as name, count(distinct r.place) as places, count(*) as reports,"
        " min(r.year) as first, max(r.year) as latest, sum(r.checks_failed) as failed,"
        " sum(r.doubts) as doubts, p.code is not null as known from reports r"
        " left join places on places.code = r.place"
        " left join places p on p.code = substr(r.place, 1, 2) || '0000'"
        " where r.superseded_by is null group by 1 order by 1",
    )
    return {"totals": totals}


async def _matrix(datasette: Any) -> dict[str, Any]:
    """Every place with its reports by year, under its province."""
    reports = await base.rows(
        datasette, f"{_CURRENT} where superseded_by is null order by year, id"
    )
    places = {row["code"]: row for row in await base.rows(datasette, "select * from places")}
    groups: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for item in sorted(reports, key=lambda report: (report["place"] or "", report["id"])):
        found = places.get(item["place"])
        if found is None:
            continue
        above = places.get(found["parent"])
        line = groups[found["province"] or ""].setdefault(
            found["code"],
            {**found, "above": above["name"] if above else None, "by_year": defaultdict(list)},
        )
        line["by_year"][item["year"]].append(item)
    return {
        "years": sorted({item["year"] for item in reports if item["year"]}, reverse=True),
        "provinces": [
            {"name": name, "places": list(lines.values())} for name, lines in groups.items()
        ],
        "unknown": [item for item in reports if item["place"] not in places],
    }


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
        "select p.code, p.name, count(r.id) as reports, max(r.year) as latest,"
        " coalesce(sum(r.checks_failed), 0) as failed, coalesce(sum(r.doubts), 0) as doubts"
        " from places p left join reports r on r.superseded_by is null and r.place between p.code"
        " and printf('%06d', p.code + case when p.code like '%0000' then 9999"
        " when p.code like '%00' then 99 else 0 end)"
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
        "bodies": await series.of_place(datasette, code),
    }
    return await base.page(datasette, request, "place.html", context)


async def _series(datasette: Any, code: str) -> dict[str, dict[str, base.Row]]:
    """A few figures of each report of a place that the editions of 2019 and 2021 count alike."""
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
    by_report: dict[str, dict[str, base.Row]] = defaultdict(dict)
    for item in found:
        by_report[item["report"]][f"{item['form_table']}/{item['row']}"] = item
    return by_report


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
