"""The page of a report: whose it is, its tables as on the form, checks, text and source."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Response

from extract.forms import form_of
from publish import labels
from publish.site import base, citing
from publish.site.captures import chain
from publish.site.layout import path, tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from publish.site.layout import Table

_REPORT = (
    "select reports.*, places.name as place_name, places.province, documents.media_type,"
    " documents.bytes, documents.pages from reports"
    " left join places on places.code = reports.place"
    " join documents on documents.sha256 = reports.document where reports.id = :id"
)


async def find(datasette: Any, report: str) -> base.Row:
    """A report's row with its place's name and its document's type.

    Raises:
        NotFound: There is no such report.
    """
    found = await base.row(datasette, _REPORT, {"id": report})
    if found is None:
        raise base.missing("没有这份报告", "no such report")
    return found


async def moved(datasette: Any, report: str, page: str = "/report/{}") -> Response:
    """Leads to where a report is now that had this id before a place or a year was read better.

    What follows the last hyphen of an id is its document's digest, which never changes, so an
    address that was cited once leads on as long as one report is of that document.

    Raises:
        NotFound: There is none, or there are several.
    """
    digest = report.rpartition("-")[2]
    now = await base.rows(datasette, citing.OF_DOCUMENT, {"digest": digest})
    if len(now) != 1:
        raise base.missing("没有这份报告", "no such report")
    return Response.redirect(datasette.urls.path(page.format(now[0]["id"])))


_PARTS = {
    "figures": "select * from figures where report = :id",
    "checks": "select * from checks where report = :id order by rowid",
    "sections": "select * from sections where report = :id order by number, rowid",
    "changes": "select * from changes where report = :id order by found_at, rowid",
    "earlier": "select id from reports where superseded_by = :id order by id",
    "captures": "select c.*, rc.part from report_captures rc join captures c on c.id = rc.capture"
    " where rc.report = :id order by c.fetched_at, c.id limit 40",
    "siblings": "select r.id, r.year from reports r join reports own on own.id = :id"
    " where r.place is own.place and r.body is own.body and r.superseded_by is null"
    " order by r.year",
}
"""What a report's page shows of it, by the tables it stands in."""


async def show(request: Any, datasette: Any) -> Response:
    """The report's page."""
    report = request.url_vars["report"]
    try:
        found = await find(datasette, report)
    except NotFound:
        return await moved(datasette, report)
    parts = {name: await base.rows(datasette, sql, {"id": report}) for name, sql in _PARTS.items()}
    captured = await _capture(datasette, found["capture"])
    context = {
        **parts,
        "report": found,
        "capture": captured,
        "chain": await chain(datasette, captured),
        "tables": _tables(found["edition"], parts["figures"], parts["checks"]),
        "statuses": Counter(figure["status"] for figure in parts["figures"]),
        "sources": labels.source_words,
        "doubts": _doubts(found["edition"], parts["figures"]),
        "checks": _checks(found["edition"], parts["checks"]),
        "citations": citing.citations(citing.source(datasette, request, found, captured)),
        "address": datasette.absolute_url(request, datasette.urls.path(f"/report/{report}")),
    }
    return await base.page(datasette, request, "report.html", context)


def _tables(
    edition: str | None, figures: Iterable[base.Row], checks: Iterable[base.Row]
) -> list[Table]:
    """The form's tables with the report's figures; none where no figure was read."""
    form = form_of(edition)
    by_key = {(f["form_table"], f["row"], f["column"]): f for f in figures}
    failing = {check["at"] for check in checks if check["status"] == "fails"}
    return tables(form, by_key, failing) if form and by_key else []


async def _capture(datasette: Any, capture: str) -> base.Row:
    found = await base.row(datasette, "select * from captures where id = :id", {"id": capture})
    assert found is not None, "reports.capture is a foreign key"
    return found


def _doubts(edition: str | None, figures: Iterable[base.Row]) -> list[dict[str, Any]]:
    """The figures in doubt with their labels, in the order of the form."""
    form = form_of(edition)
    order = {key: index for index, key in enumerate(form.keys)} if form else {}
    found = []
    for figure in figures:
        if figure["doubt"]:
            key = (figure["form_table"], figure["row"], figure["column"])
            words = labels.figure_labels(edition, key, figure["label"])
            place = order.get(key, len(order))
            found.append({**figure, "path": path(key), "labels": words, "order": place})
    return sorted(found, key=lambda item: (item["order"], item["path"]))


def _checks(edition: str | None, checks: Iterable[base.Row]) -> dict[str, list[dict[str, Any]]]:
    """The checks by status, each with the words of its rule and of the figure it is about."""
    found: dict[str, list[dict[str, Any]]] = {"fails": [], "unknown": [], "holds": []}
    for check in checks:
        found.setdefault(check["status"], []).append(described(edition, check))
    return found


def described(edition: str | None, check: base.Row) -> dict[str, Any]:
    """A check with its rule in words and, where it is at a figure, that figure's labels."""
    parts = check["at"].split("/")
    words = {"words": labels.rule_label(check["rule"]), "labels": (), "path": ""}
    if len(parts) == 3:  # noqa: PLR2004 - a figure's key
        key = (parts[0], parts[1], parts[2])
        words |= {"labels": labels.figure_labels(edition, key), "path": path(key)}
    return {**check, **words}
