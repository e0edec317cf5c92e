"""The database and the archive behind the pages."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import fields
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Response

from archive import Archive, ArchiveError
from archive.model import Capture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DATABASE = "nianbao"
Row = dict[str, Any]


async def rows(datasette: Any, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows of a query on the published database."""
    database = datasette.get_database(DATABASE)
    found = await database.execute_fn(lambda c: _fetch(c, sql, params or {}))
    return list(found)


def _fetch(connection: Any, sql: str, params: Mapping[str, Any]) -> list[Row]:
    cursor = connection.execute(sql, params)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


async def row(datasette: Any, sql: str, params: Mapping[str, Any]) -> Row | None:
    """The first row of a query, None where there is none."""
    found = await rows(datasette, sql, params)
    return found[0] if found else None


async def page(datasette: Any, request: Any, template: str, context: Mapping[str, Any]) -> Response:
    """An HTML page of the site."""
    body = await datasette.render_template(template, dict(context), request=request)
    return Response.html(body)


def missing(zh: str, en: str) -> NotFound:
    """What to raise where an address names nothing."""
    return NotFound(f"{zh} · {en}")


def data_folder(datasette: Any) -> Path:
    """The data folder: where the published database lies, the archive lies too."""
    return Path(datasette.get_database(DATABASE).path).resolve().parent


def capture_of(found: Row) -> Capture:
    """A capture from its row."""
    return Capture(**{f.name: found[f.name] for f in fields(Capture) if f.name in found})


class _Kept:
    """The contents asked for last, up to a size: one page of a report is many figures' page."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._items: OrderedDict[Any, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any, make: Callable[[], bytes]) -> bytes:
        """What is kept under a key, made where it is not."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
        made = make()
        with self._lock:
            if key not in self._items and len(made) <= self._limit:
                self._items[key] = made
                self._size += len(made)
                while self._size > self._limit:
                    self._size -= len(self._items.popitem(last=False)[1])
        return made


CONTENTS = _Kept(64 * 2**20)
IMAGES = _Kept(64 * 2**20)


async def original(datasette: Any, sha256: str) -> tuple[Row, bytes]:
    """An archived document: the row of the capture that holds it, and its bytes.

    Raises:
        NotFound: The archive has no such document, or cannot give it whole.
    """
    found = await row(
        datasette,
        "select * from captures where sha256 = :sha256 and bytes > 0"
        " order by truncated is not null, fetched_at, id limit 1",
        {"sha256": sha256},
    )
    if found is None:
        raise missing("没有这份原件", "no such original")
    folder = data_folder(datasette)
    return found, await asyncio.to_thread(_content, folder, capture_of(found))


def _content(folder: Path, capture: Capture) -> bytes:
    def read() -> bytes:
        with Archive(folder, readonly=True) as archive:
            return archive.content(capture)

    try:
        return CONTENTS.get((str(folder), capture.sha256), read)
    except (ArchiveError, OSError) as error:
        raise missing(
            "原件无法从存档读出", f"the archive cannot give this original: {error}"
        ) from error
