"""What the site adds to Datasette: routes, templates, headers, limits, links from table cells."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import datasette as _datasette
from jinja2 import FileSystemLoader
from markupsafe import Markup

from publish.site import (
    captures,
    errors,
    figure,
    originals,
    proofs,
    rendered,
    report,
    security,
    views,
)
from publish.site.format import FILTERS
from publish.site.layout import path

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

Hook = TypeVar("Hook", bound="Callable[..., Any]")


def hookimpl(function: Hook) -> Hook:
    """Datasette's decorator, which has no types of its own."""
    return cast("Hook", _datasette.hookimpl(function))


_FOLDER = Path(str(resources.files("publish")))
_REPORT = r"[0-9]{6}-[0-9]{4}-[0-9a-f]{8,64}"
_CAPTURE = r"[0-9]{14}-[0-9a-f]{12}(?:-[0-9]{1,6})?"
_SHA256 = r"[0-9a-f]{64}"
_RUN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_LINKS = (
    ("report", {"report", "superseded_by", "next_report"}, "reports", _REPORT),
    ("place", {"place", "parent"}, "places", r"[0-9]{6}"),
    ("capture", {"capture"}, "captures", _CAPTURE),
    ("run", {"run", "last_run"}, "runs", _RUN),
    ("original", {"document", "sha256", "earlier", "later"}, "documents", _SHA256),
)
"""Page, columns that name it, the table whose own `id` or `code` does, and what its names are."""
_KEY = ("form_table", "row", "column")
_FIGURE = {"report", *_KEY}
_LENGTH_LIMIT = 5_000_000
"""Bytes of one value: `hex(zeroblob(2e8))` took 455 MB without a limit."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The site's addresses; whatever else is asked goes to Datasette."""
    key = r"(?P<table>[a-z0-9_]{1,40})/(?P<row>[^/]{1,900})/(?P<column>[^/]{1,900})"
    return [
        (r"^/$", views.home),
        (r"^/place/(?P<code>[0-9]{6})$", views.place),
        (rf"^/report/(?P<report>{_REPORT})$", report.show),
        (rf"^/figure/(?P<report>{_REPORT})/{key}$", figure.show),
        (rf"^/original/(?P<sha256>{_SHA256})$", originals.show),
        (rf"^/original/(?P<sha256>{_SHA256})/page/(?P<page>[0-9]{{1,5}})\.png$", originals.page),
        (rf"^/capture/(?P<capture>{_CAPTURE})$", captures.show),
        (rf"^/rendering/(?P<rendering>{_CAPTURE}-r[0-9]{{1,6}})$", rendered.show),
        (rf"^/run/(?P<run>{_RUN})$", proofs.run),
        (r"^/proof/(?P<name>[A-Za-z0-9._-]{1,100})$", proofs.file),
        (rf"^/nianbao/runs/(?P<run>{_RUN})$", views.row_page),
        (rf"^/nianbao/reports/(?P<report>{_REPORT})$", views.row_page),
        (rf"^/nianbao/captures/(?P<capture>{_CAPTURE})$", views.row_page),
        (r"^/nianbao/places/(?P<place>[0-9]{6})$", views.row_page),
        (rf"^/nianbao/figures/(?P<figure>{_REPORT}(,[a-z0-9_]{{1,60}}){{3}})$", views.row_page),
        (r"^/assets/(?P<name>[a-z-]{1,40}\.(css|svg))$", views.asset),
    ]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Put the site's templates before Datasette's own."""
    loader: Any = env.loader
    loader.loaders.insert(0, FileSystemLoader(_FOLDER / "templates"))
    env.filters.update(FILTERS)


@hookimpl
def startup() -> None:
    """Answer failed requests in the site's own way."""
    errors.replace_default()


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Answer a request that failed."""
    return errors.answer(datasette, request, exception)


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
    label = value
    if isinstance(value, dict):  # Datasette put the label of a foreign key beside it
        value, label = value["value"], value["label"]
    page = _page_of(row, value, column, table) if isinstance(value, str) else None
    if page is None:
        return None
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(page), label)


def _page_of(row: Any, value: str, column: str, table: str | None) -> str | None:
    names = set(row.keys())
    if column in {"printed", "status", "value"} and names >= _FIGURE:
        return f"/figure/{_plain(row['report'])}/{path([_plain(row[name]) for name in _KEY])}"
    if column == "at" and "report" in names and value.count("/") == len(_KEY) - 1:
        return f"/figure/{_plain(row['report'])}/{path(value.split('/'))}"
    for page, columns, own, shape in _LINKS:
        named = column in columns or (table == own and column in {"id", "code"})
        if named and re.fullmatch(shape, value):
            return f"/{page}/{value}"
    return None


def _plain(value: Any) -> str:
    """A cell's own value, where Datasette put a label beside it too."""
    return str(value["value"] if isinstance(value, dict) else value)
