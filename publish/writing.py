"""Write what was found as the tables of the published database."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlite_utils

from publish import rows
from publish.revisits import tell_apart
from publish.schema import INDEXES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from archive.model import Capture, Run
    from extract.model import Report
    from publish.model import PlaceRow, PortalRow
    from publish.renderings import Pages
    from publish.versions import Change, Version
    from publish.visits import LeftOut

PAGE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a build found, in the order in which it is written."""

    places: Mapping[str, PlaceRow]
    portals: Mapping[str, PortalRow]
    runs: Sequence[Run]
    captures: Sequence[Capture]
    readings: Mapping[str, Report]
    versions: Sequence[Version]
    changes: Sequence[Change]
    left_out: Sequence[LeftOut]
    pages: Pages


def write(path: Path, content: Content) -> None:
    """Write the database to a path where there is none yet.

    No clock, no order of a set and no left-over page has a part in it: the same content is the
    same bytes (with the same SQLite).
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(TABLES)
        db = sqlite_utils.Database(connection)
        connection.execute("BEGIN")
        for table, items in _tables(content):
            db.table(table).insert_all(items)
        connection.execute("COMMIT")
        connection.executescript(INDEXES)
        connection.execute("ANALYZE")
        connection.execute("VACUUM")
    finally:
        connection.close()


def _tables(content: Content) -> Iterator[tuple[str, Iterable[rows.Row]]]:
    """Every table with its rows, a table after those it refers to."""
    told = tell_apart(content.captures)
    versions = content.versions
    yield (
        "places",
        (rows.place_row(content.places[key], content.places) for key in sorted(content.places)),
    )
    yield "runs", (asdict(run) for run in content.runs)
    yield "portals", _portal_rows(content)
    yield "captures", map(rows.capture_row, told.kept)
    yield "revisits", (rows.revisit_row(capture, told.same) for capture in told.revisits)
    yield "documents", _document_rows(content)
    yield "pages", (asdict(page) for page in content.pages.rows)
    yield "form_rows", rows.form_rows()
    yield "reports", (rows.report_row(version, told.same) for version in versions)
    yield "report_captures", (row for v in versions for row in rows.capture_parts(v, told.same))
    yield "figures", (row for v in versions for row in rows.figure_rows(v, content.pages))
    yield "checks", (row for v in versions for row in rows.check_rows(v))
    yield "sections", (row for v in versions for row in rows.section_rows(v))
    yield "changes", (asdict(change) for change in content.changes)
    left_out = [rows.left_out_row(item, told.same) for item in content.left_out]
    yield "left_out", {tuple(row.values()): row for row in left_out}.values()


def _portal_rows(content: Content) -> Iterator[rows.Row]:
    """The portals, and those that only captures name, each with its latest run and its state."""
    last: dict[str, str] = {}
    for capture in content.captures:
        last[capture.portal] = max(last.get(capture.portal, ""), capture.run)
    with_reports = {version.joined.portal for version in content.versions}
    runs = {run.id for run in content.runs}
    for key in sorted(content.portals.keys() | last.keys()):
        portal = content.portals.get(key)
        run = last.get(key)
        state = "reports" if key in with_reports else "nothing found" if run else "not crawled"
        yield {
            "id": key,
            "place": portal.place if portal else None,
            "url": portal.url if portal else "",
            "family": portal.family if portal else None,
            "state": (portal.state if portal else None) or state,
            "last_run": run if run in runs else None,
        }


def _document_rows(content: Content) -> Iterator[rows.Row]:
    sizes = {capture.sha256: capture.bytes for capture in content.captures}
    for digest in sorted(content.readings):
        report = content.readings[digest]
        yield {
            "sha256": digest,
            "media_type": report.media_type,
            "bytes": sizes[digest],
            "pages": report.pages,
            "title": report.title,
            "problems": "\n".join(report.problems) or None,
        }
