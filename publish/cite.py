"""Cite a report, a figure or an original from the published database, without a server."""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from archive import published
from archive.citation import cite
from publish.build import DATABASE
from publish.site import citing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.citation import Source

SITE = "http://127.0.0.1:8001/"
"""Where `nianbao serve` shows the database."""

_PAGE = re.compile(r"(?P<site>https?://.+?/)(?:report|figure|capture|original)/(?P<key>[^?#]+)")
_CAPTURE = re.compile(r"[0-9]{14}-[0-9a-f]{12}(-[0-9]{1,6})?")
_REPORT = re.compile(r"[0-9]{6}-[0-9]{4}-([0-9a-f]{8,64})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIRST = "select * from captures where sha256 = ? and bytes > 0 order by fetched_at, id limit 1"
_HELD = (
    "select * from captures where id = coalesce((select capture from revisits where id = ?1), ?1)"
)
_AGAIN = "select id, fetched_at from revisits where id = ?"
_FIGURE = 'select * from figures where report = ? and form_table = ? and "row" = ? and "column" = ?'


def cite_published(data: Path, cited: str, style: str, site: str | None = None) -> Iterator[str]:
    """Print the citation of a report, of one figure, or of an original.

    Args:
        data: The data folder with the published database.
        cited: `REPORT`, `REPORT/TABLE/ROW/COLUMN`, a capture's id or the SHA-256 of a document; or
            the address of its page.
        style: One of `archive.citation.STYLES`.
        site: Where the site is published, for the address of the archived copy; by default that
            of the page given, else where `nianbao serve` shows it.

    Yields:
        Why there is no citation, a line.
    """
    page = _PAGE.match(cited)
    key = tuple(unquote(part) for part in (page["key"] if page else cited).strip("/").split("/"))
    site = site or (page["site"] if page else SITE)
    if not site.startswith(("http://", "https://")):
        yield f"not the address of a site: {site!r} (http://… or https://…)"
        return
    database = data / DATABASE
    if not database.is_file():
        yield f"{database} does not exist: run `nianbao build` first"
        return
    try:
        with closing(published.opened(database)) as opened:
            opened.row_factory = _named
            source = _source(opened, key, site)
    except (sqlite3.Error, KeyError) as error:
        yield f"{database} is not a database that this version of nianbao built ({error})"
        return
    if isinstance(source, str):
        yield source
    else:
        sys.stdout.write(cite(source, style).removesuffix("\n") + "\n")


def _source(opened: sqlite3.Connection, key: tuple[str, ...], site: str) -> Source | str:
    """What the citation is made of; or, in words, what the database does not have."""
    if len(key) == 1 and (_CAPTURE.fullmatch(key[0]) or _SHA256.fullmatch(key[0])):
        return _original(opened, key[0], site)
    report = opened.execute("select * from reports where id = ?", key[:1]).fetchone()
    if report is None:  # its id was another before its place or year was read better
        named = _REPORT.fullmatch(key[0])
        now = opened.execute(citing.OF_DOCUMENT, {"digest": named[1] if named else "x"}).fetchall()
        if len(now) == 1:
            return _source(opened, (now[0]["id"], *key[1:]), site)
        return f"there is no report {key[0]}; the ids of all stand in the table reports"
    figure, document = None, report["document"]
    if len(key) > 1:
        figure = opened.execute(_FIGURE, key).fetchone() if len(key) == _PARTS else None
        if figure is None:
            return f"{key[0]} has no figure {'/'.join(key[1:])}: give REPORT/TABLE/ROW/COLUMN"
        document = figure["document"] or document
    place = {"report": report["id"], "document": document, "otherwise": report["capture"]}
    sql = citing.CAPTURE if figure else "select * from captures where id = :otherwise"
    capture = opened.execute(sql, place).fetchone()
    return citing.described(site, report, capture, figure)


def _original(opened: sqlite3.Connection, name: str, site: str) -> Source | str:
    """What the citation of a capture, or of a document's first capture, is made of."""
    by_digest = _SHA256.fullmatch(name)
    capture = opened.execute(_FIRST if by_digest else _HELD, (name,)).fetchone()
    if capture is None:
        return f"there is no {'document' if by_digest else 'capture'} {name}"
    capture |= opened.execute(_AGAIN, (name,)).fetchone() or {}  # a later visit, the same content
    held = opened.execute(_HELD, (capture["id"],)).fetchone()
    owners = opened.execute(citing.OWNERS, {"capture": held["id"]}).fetchall()
    named = opened.execute(citing.NAMED, {"sha256": capture["sha256"]}).fetchone()
    return citing.original(site, capture, owners, named)


_PARTS = 4


def _named(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip((column[0] for column in cursor.description), row, strict=True))
