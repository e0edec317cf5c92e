"""The page of a capture: what was asked, what was answered, how the crawler came there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response

from archive import Archive, ArchiveError
from publish.site import base, citing, rendered

if TYPE_CHECKING:
    from pathlib import Path

    from archive.model import Capture

_LONGEST_CHAIN = 12


async def show(request: Any, datasette: Any) -> Response:
    """One capture and the chain of pages that led to it."""
    capture = request.url_vars["capture"]
    found = await base.row(
        datasette,
        "select * from captures where id = coalesce("
        "(select capture from revisits where id = :id), :id)",
        {"id": capture},
    )
    if found is None:
        raise base.missing("没有这次采集", "no such capture")
    if found["id"] != capture:
        return Response.redirect(datasette.urls.path(f"/capture/{found['id']}"))
    revisits = await base.rows(
        datasette,
        "select id, run, fetched_at, http_status from revisits where capture = :id"
        " order by fetched_at desc, id desc limit 20",
        {"id": capture},
    )
    reports = await base.rows(
        datasette,
        "select r.id, r.publisher, r.year, c.part from report_captures c join reports r"
        " on r.id = c.report where c.capture = :id order by r.id",
        {"id": capture},
    )
    others = await base.rows(
        datasette,
        "select id, fetched_at, http_status, sha256, reason from captures"
        " where url = :url and id <> :id order by fetched_at desc limit 20",
        {"url": found["url"], "id": capture},
    )
    run = await base.row(datasette, "select * from runs where id = :id", {"id": found["run"]})
    headers = await asyncio.to_thread(_headers, base.data_folder(datasette), base.capture_of(found))
    named = await base.row(datasette, citing.NAMED, {"sha256": found["sha256"]})
    owners = await base.rows(datasette, citing.OWNERS, {"capture": capture})
    site = datasette.absolute_url(request, datasette.urls.path("/"))
    cited = citing.original(site, found, owners, named)
    folder = base.data_folder(datasette)
    context = {
        "capture": found,
        "renderings": await asyncio.to_thread(rendered.renderings, folder, capture),
        "citations": citing.citations(cited) if found["bytes"] else [],
        "chain": await chain(datasette, found),
        "reports": reports,
        "others": others,
        "revisits": revisits,
        "run": run,
        "headers": headers,
    }
    return await base.page(datasette, request, "capture.html", context)


async def chain(datasette: Any, capture: base.Row) -> list[base.Row]:
    """The captures of the pages that led here, the first page first, each of the same run."""
    steps: list[base.Row] = []
    seen = {capture["url"]}
    via = capture["via"]
    while via and via not in seen and len(steps) < _LONGEST_CHAIN:
        seen.add(via)
        step = await base.row(
            datasette,
            "select * from captures where url = :url and fetched_at <= :at"
            " order by run = :run desc, fetched_at desc, id desc limit 1",
            {"url": via, "run": capture["run"], "at": capture["fetched_at"]},
        )
        steps.append(step or {"id": None, "url": via, "link_text": None, "via": None})
        via = step["via"] if step else None
    return steps[::-1]


def _headers(folder: Path, capture: Capture) -> list[tuple[str, str]] | None:
    """The answer's header lines, None where the archive cannot give them."""
    try:
        with Archive(folder, readonly=True) as archive:
            answer = archive.response(capture)
    except (ArchiveError, OSError):
        return None
    return [(name.decode("latin-1"), text.decode("latin-1")) for name, text in answer.headers]
