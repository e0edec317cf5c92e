"""Originals out of the archive: the file as it came, and its pages as images."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from datasette.utils.asgi import Response

from extract.sniff import sniff
from publish.pages import PageError, draw_page
from publish.renderings import rendering
from publish.site import base
from publish.site.security import ORIGINAL_POLICY

if TYPE_CHECKING:
    from publish.pages import Box

_INLINE = {
    "application/pdf": "pdf",
    "text/html": "html",
    "text/plain": "txt",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
}
_DOWNLOAD = {
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-works": "wps",
    "application/rtf": "rtf",
    "application/ofd": "ofd",
    "application/json": "json",
    "application/zip": "zip",
    "application/vnd.rar": "rar",
}
"""Media types with the ending of their files; what a browser shows by itself is not among them."""
_UNKNOWN = "application/octet-stream"
_FOREVER = "public, max-age=31536000, immutable"
_MOST_BOXES = 8


def sealed(disposition: str) -> dict[str, str]:
    """Headers under which nothing of what is archived runs in the site's origin."""
    return {
        "content-security-policy": ORIGINAL_POLICY,
        "content-disposition": disposition,
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": _FOREVER,
    }


def ending(media_type: str) -> str:
    """The ending of a file's name by what the file is, never one that a system would run."""
    return _INLINE.get(media_type) or _DOWNLOAD.get(media_type) or "bin"


async def show(request: Any, datasette: Any) -> Response:
    """The bytes of an original, so that no script in them runs in the site's origin."""
    sha256 = request.url_vars["sha256"]
    _, data = await base.original(datasette, sha256)
    media_type = sniff(data)
    inline = media_type in _INLINE
    name = await _name(datasette, sha256)
    disposition = "inline" if inline else "attachment"
    headers = sealed(f'{disposition}; filename="{quote(name)}.{ending(media_type)}"')
    headers["etag"] = f'"{sha256}"'
    return Response(data, headers=headers, content_type=_declared(media_type, data))


def _declared(media_type: str, data: bytes) -> str:
    """The media type with the character set that the bytes are in, not the one they claim."""
    if media_type not in _INLINE and media_type not in _DOWNLOAD:
        return _UNKNOWN  # a package says itself what it is, in any words
    if not media_type.startswith("text/"):
        return media_type
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return f"{media_type}; charset=gb18030"
    return f"{media_type}; charset=utf-8"


async def _name(datasette: Any, sha256: str) -> str:
    """A file name of our own: the report's id, else the digest's beginning."""
    report = await base.row(
        datasette,
        "select id from reports where document = :sha256 order by id limit 1",
        {"sha256": sha256},
    )
    return str(report["id"]) if report else sha256[:16]


async def page(request: Any, datasette: Any) -> Response:
    """A page of an original (or of its rendering) as PNG, with the boxes of `box` outlined.

    Only pages that the build could open: what pdfium cannot bear has ended a reader there.
    """
    sha256, number = request.url_vars["sha256"], int(request.url_vars["page"])
    boxes = _boxes(request.args.getlist("box"))
    if boxes is None:
        return Response.text("400 box=x0,top,x1,bottom\n", status=400)
    known = await base.row(
        datasette,
        "select rendered from pages where document = :sha256 and page = :page",
        {"sha256": sha256, "page": number},
    )
    if known is None:
        raise base.missing("没有这一页", "no such page")
    data = await _paged(datasette, sha256)

    def draw() -> bytes:
        return draw_page(data, number, boxes, sniff(data))

    try:
        key = (sha256, number, tuple(boxes))
        image = await asyncio.to_thread(base.IMAGES.get, key, draw)
    except PageError as error:
        raise base.missing("没有这一页", str(error)) from error
    headers = {"cache-control": _FOREVER, "content-security-policy": ORIGINAL_POLICY}
    return Response(image, headers=headers, content_type="image/png")


async def _paged(datasette: Any, sha256: str) -> bytes:
    """The document where it has pages of its own, else our rendering of it."""
    kept = rendering(base.data_folder(datasette), sha256)
    if kept.is_file():
        return await asyncio.to_thread(kept.read_bytes)
    return (await base.original(datasette, sha256))[1]


def _boxes(texts: list[str]) -> list[Box] | None:
    """Boxes as an address gives them, None where it does not give boxes."""
    boxes: list[Box] = []
    for text in texts[: _MOST_BOXES + 1]:
        parts = text.split(",")
        try:
            x0, top, x1, bottom = (float(part) for part in parts)
        except ValueError:
            return None
        if not all(-20_000 < value < 20_000 for value in (x0, top, x1, bottom)):  # noqa: PLR2004
            return None
        if x1 < x0 or bottom < top:
            return None
        boxes.append((x0, top, x1, bottom))
    return boxes if len(boxes) <= _MOST_BOXES else None
