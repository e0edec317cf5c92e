"""The page of a figure: the number, where it stands on the original, how to cite it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from datasette.utils.asgi import NotFound

from extract.forms import NARRATIVE, form_of
from publish import labels
from publish.site import asread, base, citing
from publish.site.captures import chain
from publish.site.layout import STATUS, path, value
from publish.site.report import described, find, moved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasette.utils.asgi import Response

_AROUND = 54.0
"""Points shown above and below a cell in the close view: the lines before and after it."""
_NARROW = 330.0
"""Points shown across in the close view of a narrow screen."""


async def show(request: Any, datasette: Any) -> Response:
    """The figure's page."""
    report, table, row, column = (
        unquote(request.url_vars[name]) for name in ("report", "table", "row", "column")
    )
    key = (table, row, column)
    try:
        found = await find(datasette, report)
    except NotFound:
        return await moved(datasette, report, f"/figure/{{}}/{path(key)}")
    figure = await base.row(
        datasette,
        "select * from figures where report = :report and form_table = :table"
        ' and "row" = :row and "column" = :column',
        {"report": report, "table": table, "row": row, "column": column},
    )
    if figure is None:
        raise base.missing("没有这个数字", "no such figure")
    checks = await base.rows(
        datasette, "select * from checks where report = :id order by rowid", {"id": report}
    )
    document = figure["document"] or found["document"]
    captured = await _capture_of(datasette, report, document, found["capture"])
    concerning = [
        described(found["edition"], check)
        for check in checks
        if "/".join(key) in _members(found["edition"], check)
    ]
    fails = any(c["status"] == "fails" and c["at"] == "/".join(key) for c in concerning)
    views = await _views(datasette, document, figure)
    context = {
        "report": found,
        "figure": figure,
        "key": key,
        "cell": value(key, figure, fails=fails),
        "labels": labels.figure_labels(found["edition"], key, figure["label"]),
        "status": STATUS[figure["status"]],
        "checks": concerning,
        "document": document,
        "capture": captured,
        "chain": await chain(datasette, captured),
        "views": views,
        "citable": citing.is_citable(figure),
        "grid": await asread.grid(datasette, document, figure["address"]),
        "neighbours": _neighbours(await _keys(datasette, found), key),
        "citations": citing.citations(citing.source(datasette, request, found, captured, figure)),
        "address": datasette.absolute_url(
            request, datasette.urls.path(f"/figure/{report}/{path(key)}")
        ),
    }
    return await base.page(datasette, request, "figure.html", context)


async def _capture_of(datasette: Any, report: str, document: str, otherwise: str) -> base.Row:
    """The capture in which the figure's document was first seen for this report."""
    found = await base.row(
        datasette,
        citing.CAPTURE,
        {"report": report, "document": document, "otherwise": otherwise},
    )
    assert found is not None, "reports.capture is a foreign key"
    return found


def _members(edition: str | None, check: base.Row) -> set[str]:
    """The figures a check is about: the one it stands at and, where the form says, its terms."""
    at = check["at"]
    members = {at}
    form = form_of(edition)
    parts = at.split("/")
    relation = next((r for r in form.relations if r.rule == check["rule"]), None) if form else None
    if form is None or relation is None or len(parts) != 3:  # noqa: PLR2004
        return members
    table = form.tables[relation.table]
    down = relation.in_every == "column"
    ids = tuple(row.id for row in table.rows) if down else tuple(table.columns)
    for term in relation.terms((*relation.left, *relation.right), ids):
        row, column = (term, parts[2]) if down else (parts[1], term)
        members.add(f"{table.id}/{row}/{column}")
    return members


async def _views(datasette: Any, document: str, figure: base.Row) -> list[dict[str, Any]]:
    """Each page the figure stands on: its size, the cell's boxes, what the close view shows."""
    boxes: dict[int, list[list[float]]] = {}
    for page, box in _boxes(figure):
        boxes.setdefault(page, []).append(box)
    views = []
    for page, found in sorted(boxes.items()):
        size = await base.row(
            datasette,
            "select * from pages where document = :document and page = :page",
            {"document": document, "page": page},
        )
        if size and size["width"] > 0 and size["height"] > 0:
            views.append(_view(size, found))
    return views


def _boxes(figure: base.Row) -> Iterator[tuple[int, list[float]]]:
    if figure["boxes"]:
        for where in json.loads(figure["boxes"]):
            if "box" in where:
                yield where["page"], where["box"]
    elif figure["page"] is not None and figure["x0"] is not None:
        yield figure["page"], [figure[name] for name in ("x0", "top", "x1", "bottom")]


def _view(size: base.Row, boxes: Sequence[Sequence[float]]) -> dict[str, Any]:
    width, height = size["width"], size["height"]
    top = max(0.0, min(box[1] for box in boxes) - _AROUND)
    bottom = min(height, max(box[3] for box in boxes) + _AROUND)
    middle = sum(box[0] + box[2] for box in boxes) / 2 / len(boxes)
    narrow = min(width, _NARROW)
    left = max(0.0, min(width - narrow, middle - narrow / 2))
    return {
        "page": size["page"],
        "rendered": size["rendered"],
        "width": width,
        "height": height,
        "boxes": [_percent(box, width, height) for box in boxes],
        "box": ["{:g},{:g},{:g},{:g}".format(*box) for box in boxes],
        "wide": {"x": 0.0, "y": top, "w": width, "h": max(bottom - top, 1.0)},
        "narrow": {"x": left, "y": top, "w": narrow, "h": max(bottom - top, 1.0)},
    }


def _percent(box: Sequence[float], width: float, height: float) -> dict[str, float]:
    x0, top, x1, bottom = box
    return {
        "left": 100 * x0 / width,
        "top": 100 * top / height,
        "width": 100 * (x1 - x0) / width,
        "height": 100 * (bottom - top) / height,
    }


async def _keys(datasette: Any, report: base.Row) -> Sequence[tuple[str, str, str]]:
    """The figures of a report in the order of its form; of what it tells, those that it does."""
    form = form_of(report["edition"])
    keys = form.keys if form else ()
    if report["edition"] != NARRATIVE:
        return keys
    sql = "select form_table, row, column from figures where report = :id"
    told = {tuple(row.values()) for row in await base.rows(datasette, sql, {"id": report["id"]})}
    return [key for key in keys if key in told]


def _neighbours(
    keys: Sequence[tuple[str, str, str]], key: tuple[str, str, str]
) -> tuple[str | None, str | None]:
    """The addresses' ends of the figures before and after this one on the form."""
    if key not in keys:
        return None, None
    index = keys.index(key)
    before = path(keys[index - 1]) if index else None
    after = path(keys[index + 1]) if index + 1 < len(keys) else None
    return before, after
