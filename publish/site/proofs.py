"""The page of a run with what proves it, and the files that prove it, for download."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette.utils.asgi import Response

from archive import vouching
from publish.site import base


async def run(request: Any, datasette: Any) -> Response:
    """A run: its counts, its portals, its signed manifests with roots and time stamps."""
    name = request.url_vars["run"]
    found = await base.row(datasette, "select * from runs where id = :id", {"id": name})
    if found is None:
        raise base.missing("没有这次采集运行", "no such run")
    portals = await base.rows(
        datasette,
        "select portal, count(*) as captures from captures where run = :id group by portal"
        " order by portal",
        {"id": name},
    )
    folder = base.data_folder(datasette)
    context = {
        "run": found,
        "portals": portals,
        "signed": await asyncio.to_thread(vouching.signed, folder, name),
        "key": await asyncio.to_thread(vouching.public_key, folder),
        "audit": await asyncio.to_thread(vouching.last_audit, folder),
    }
    return await base.page(datasette, request, "run.html", context)


async def file(request: Any, datasette: Any) -> Response:
    """A proof as it lies in the archive: the public key, a manifest, a signature, a time stamp."""
    name = request.url_vars["name"]
    folder = base.data_folder(datasette)
    data = await asyncio.to_thread(vouching.proof_file, folder, name)
    if data is None:
        raise base.missing("没有这份证明", "no such proof")
    kind = "application/json" if name.endswith((".json", ".jsonl")) else "application/octet-stream"
    kind = "text/plain; charset=utf-8" if name.endswith(".pem") else kind
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, headers=headers, content_type=kind)
