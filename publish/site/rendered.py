"""Pages as a browser showed them: kept beside the answers they were made of, never as originals."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response

from archive import Archive, ArchiveError
from publish.site import base
from publish.site.originals import sealed

if TYPE_CHECKING:
    from pathlib import Path

    from archive import Rendering


def renderings(folder: Path, capture: str) -> list[Rendering]:
    """What browsers made of a capture's page, [] where the archive cannot tell."""
    try:
        with Archive(folder, readonly=True) as archive:
            return archive.renderings(capture)
    except (ArchiveError, OSError):
        return []


async def show(request: Any, datasette: Any) -> Response:
    """The markup of a rendered page, as sealed off as an original."""
    name = request.url_vars["rendering"]
    markup = await asyncio.to_thread(_markup, base.data_folder(datasette), name)
    if markup is None:
        raise base.missing("没有这个渲染页", "no such rendered page")
    headers = sealed(f'inline; filename="{name}-rendered.html"')
    return Response(markup, headers=headers, content_type="text/html; charset=utf-8")


def _markup(folder: Path, name: str) -> bytes | None:
    capture = name.rpartition("-r")[0]
    try:
        with Archive(folder, readonly=True) as archive:
            for rendering in archive.renderings(capture):
                if rendering.id == name:
                    return archive.markup(rendering)
    except (ArchiveError, OSError) as error:
        raise base.missing(
            "渲染页无法从存档读出", f"the archive cannot give this rendered page: {error}"
        ) from error
    return None
