"""What the site adds to Datasette: routes, templates, headers, limits, links from table cells."""

from __future__ import annotations

import hashlib
import sqlite3
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from jinja2 import FileSystemLoader
from markupsafe import Markup, escape

from publish.site import captures, figure, originals, report, security, views
from publish.site.format import FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

_FOLDER = Path(str(resources.files("publish")))
_LENGTH_LIMIT = 5_000_000
"""Bytes of one value: `hex(zeroblob(2e8))` took 455 MB without a limit."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The site's addresses; whatever else is asked goes to Datasette."""
    key = r"(?P<table>[a-z0-9_]{1,40})/(?P<row>[a-z0-9_]{1,60})/(?P<column>[a-z0-9_]{1,60})"
    return [
        (r"^/$", views.home),
        (r"^/place/(?P<code>[0-9]{6})$", views.place),
        (r"^/report/(?P<report>[0-9]{6}-[0-9]{4}-[0-9a-f]{8,64})$", report.show),
        (rf"^/figure/(?P<report>[0-9]{{6}}-[0-9]{{4}}-[0-9a-f]{{8,64}})/{key}$", figure.show),
        (r"^/original/(?P<sha256>[0-9a-f]{64})$", originals.show),
        (r"^/original/(?P<sha256>[0-9a-f]{64})/page/(?P<page>[0-9]{1,5})\.png$", originals.page),
        (r"^/capture/(?P<capture>[0-9]{14}-[0-9a-f]{12}(-[0-9]{1,6})?)$", captures.show),
        (r"^/assets/(?P<name>[a-z-]{1,40}\.(css|svg))$", views.asset),
    ]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Put the site's templates before Datasette's own."""
    loader: Any = env.loader
    loader.loaders.insert(0, FileSystemLoader(_FOLDER / "templates"))
    env.filters.update(FILTERS)


@hookimpl
def extra_template_vars() -> dict[str, Any]:
    """The address of the style sheet, which changes with its contents."""
    return {"style_version": _style_version()}


@cache
def _style_version() -> str:
    return hashlib.sha256((_FOLDER / "static" / "site.css").read_bytes()).hexdigest()[:8]


@hookimpl
def asgi_wrapper() -> Callable[[security.App], security.App]:
    """Guard every answer."""
    return security.guard


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Bound what one query may hold in memory."""
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LENGTH_LIMIT)
    conn.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000)


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """Nothing: the site's own header has the links."""
    del datasette
    return []


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, datasette: Any) -> Any:
    """Link the cells of Datasette's tables to the pages that explain them."""
    path = _page_of(row, value, column, table)
    if path is None:
        return None
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(path), escape(value))


def _page_of(row: Any, value: Any, column: str, table: str | None) -> str | None:
    if not isinstance(value, str) or table is None:
        return None
    if table == "figures" and column in {"printed", "status"}:
        keys = [row[name] for name in ("report", "form_table", "row", "column")]
        return "/figure/" + "/".join(str(key) for key in keys)
    if (table, column) == ("reports", "id") or column in {"report", "superseded_by"}:
        return f"/report/{value}"
    if (table, column) == ("places", "code") or column in {"place", "parent"}:
        return f"/place/{value}"
    if (table, column) == ("captures", "id") or column in {"capture", "revisit_of"}:
        return f"/capture/{value}"
    if column in {"document", "sha256"}:
        return f"/original/{value}"
    return None
