"""The catalog: one SQLite row per capture, run, portal and finished file; rebuilt from WARCs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from archive.entries import RUN_COUNTS, Entry
from archive.errors import ArchiveError, Damaged, OutOfDate
from archive.files import FileEntry, run_of
from archive.model import Capture, PortalRecord, Rendering, Run, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

SCHEMA_VERSION = 3
_SCHEMA = """
CREATE TABLE captures (
    id TEXT PRIMARY KEY, run TEXT NOT NULL, portal TEXT NOT NULL, url TEXT NOT NULL,
    method TEXT NOT NULL, fetched_at TEXT NOT NULL, http_status INTEGER NOT NULL,
    media_type TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, warc TEXT NOT NULL,
    offset INTEGER NOT NULL, length INTEGER NOT NULL, role TEXT NOT NULL, via TEXT,
    link_text TEXT, robots TEXT, revisit_of TEXT, truncated TEXT, file_name TEXT, reason TEXT,
    request TEXT NOT NULL, record TEXT NOT NULL, payload TEXT NOT NULL,
    etag TEXT, last_modified TEXT, leaf TEXT NOT NULL
);
CREATE INDEX captures_request ON captures (request, fetched_at);
CREATE INDEX captures_run ON captures (run, id);
CREATE INDEX captures_sha256 ON captures (sha256);
CREATE INDEX captures_warc ON captures (warc);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, started TEXT NOT NULL, finished TEXT, requests INTEGER NOT NULL,
    found INTEGER NOT NULL, new INTEGER NOT NULL, unchanged INTEGER NOT NULL,
    failed INTEGER NOT NULL
);
CREATE TABLE portals (
    run TEXT NOT NULL, id TEXT NOT NULL, url TEXT NOT NULL, place TEXT, place_name TEXT,
    level TEXT, city TEXT, province TEXT, family TEXT, PRIMARY KEY (run, id)
);
CREATE TABLE renderings (
    id TEXT PRIMARY KEY, capture TEXT NOT NULL, run TEXT NOT NULL, url TEXT NOT NULL,
    rendered_at TEXT NOT NULL, screen INTEGER NOT NULL, sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL, browser TEXT NOT NULL, warc TEXT NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL, truncated TEXT
);
CREATE INDEX renderings_capture ON renderings (capture);
CREATE INDEX renderings_warc ON renderings (warc);
CREATE TABLE files (
    name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, records INTEGER NOT NULL
);
"""
_CAPTURE = ", ".join(field.name for field in fields(Capture))
_ENTRY = f"{_CAPTURE}, request, record, payload, etag, last_modified, leaf"
_PORTAL = ", ".join(field.name for field in fields(PortalRecord))
_PAGE = 1_000
_BUSY_SECONDS = 60.0

# Whole content, not a challenge or an error page; a 304 stands for the content it confirms.
_CONTENT = """truncated IS NULL AND reason IS NULL
    AND (http_status = 200 OR (http_status = 304 AND revisit_of IS NOT NULL))"""


# Ids of one request within one second differ by suffix: …, …-2, …-10.
_NEWEST = "ORDER BY fetched_at DESC, length(id) DESC, id DESC"


def _values(
    record: Capture | Entry | FileEntry | PortalRecord | Rendering | Run,
) -> tuple[Any, ...]:
    """Returns a record's values as they are; dataclasses.astuple would copy each one deeply."""
    return _getter(record.__slots__)(record)


@cache
def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*names)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


class Catalog:
    """One connection to `catalog.db`. Not thread-safe: each thread takes its own."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        """Opens the catalog, creating an empty one where there is none.

        Raises:
            Damaged: if the file is not a catalog.
            OutOfDate: if it is of an earlier version.
            ArchiveError: if it cannot be opened, or is of a later version.
        """
        self._path = path
        mode = "rwc"
        if readonly:  # on a medium that cannot be written, SQLite needs to be told so
            mode = "ro" if os.access(path.parent, os.W_OK) else "ro&immutable=1"
        try:
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            if not readonly:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._create()
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise ArchiveError(f"{path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            raise Damaged(
                f"{path} is not a readable catalog ({error}); "
                "delete it, it is rebuilt from the WARCs"
            ) from error
        if version != SCHEMA_VERSION:
            self._db.close()
            kind = OutOfDate if version < SCHEMA_VERSION else ArchiveError
            raise kind(
                f"{path} is a catalog of version {version}, this is {SCHEMA_VERSION}; "
                "`nianbao verify --rebuild` makes it again from the WARCs"
            )

    def _create(self) -> None:
        with self.writing():
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if not tables:
                for statement in _SCHEMA.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def close(self) -> None:
        """Closes the connection."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One write, all or nothing; waits while another process writes."""
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
            self._execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _execute(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(query, values)
        except sqlite3.DatabaseError as error:
            raise self._plain(error) from error

    def _plain(self, error: sqlite3.DatabaseError) -> ArchiveError:
        if isinstance(error, sqlite3.OperationalError):
            return ArchiveError(f"{self._path}: {error}")
        return Damaged(f"{self._path} is damaged: {error}")

    # Writing

    def add(self, entry: Entry) -> None:
        """Adds a capture's row."""
        row = (*_values(entry.capture), *_values(entry)[1:])
        self._execute(f"INSERT INTO captures ({_ENTRY}) VALUES ({_marks(row)})", row)  # noqa: S608 - column names of our own

    def add_rendering(self, rendering: Rendering) -> None:
        """Adds a rendered page's row."""
        row = _values(rendering)
        self._execute(f"INSERT INTO renderings VALUES ({_marks(row)})", row)  # noqa: S608 - only marks

    def put_run(self, run: Run) -> None:
        """Adds a run, or its end where its start is there; a start never undoes an end."""
        row = _values(run)
        update = ", ".join(f"{name} = excluded.{name}" for name in ("finished", *RUN_COUNTS))
        self._execute(
            f"INSERT INTO runs VALUES ({_marks(row)}) ON CONFLICT (id) DO UPDATE SET {update} "  # noqa: S608 - column names of our own
            "WHERE excluded.finished IS NOT NULL",
            row,
        )

    def put_portals(self, run: str, portals: Iterable[PortalRecord]) -> None:
        """Adds the portals of a run; the last word on each stands."""
        for portal in portals:
            row = (run, *_values(portal))
            self._execute(f"INSERT OR REPLACE INTO portals VALUES ({_marks(row)})", row)  # noqa: S608 - only marks

    def put_file(self, file: FileEntry) -> None:
        """Adds a finished file."""
        self._execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", _values(file))

    def forget_file(self, warc: str) -> None:
        """Removes the rows of all captures and rendered pages in a file."""
        self._execute("DELETE FROM captures WHERE warc = ?", (warc,))
        self._execute("DELETE FROM renderings WHERE warc = ?", (warc,))

    # Reading

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._plain(error) from error

    def check(self) -> None:
        """Has SQLite check its own structure.

        Raises:
            Damaged: if that is damaged.
        """
        found = self._rows("PRAGMA quick_check(1)")
        if found != [("ok",)]:
            raise Damaged(f"{self._path} is damaged: {found[0][0]}")

    def capture(self, capture_id: str) -> Capture | None:
        """Returns the capture with this id."""
        return self._one("WHERE id = ?", capture_id)

    def captured(self, run: str, request: str) -> Capture | None:
        """Returns a run's newest capture of a request."""
        return self._one(f"WHERE request = ? AND run = ? {_NEWEST}", request, run)

    def latest(self, request: str) -> Capture | None:
        """Returns the newest capture of a request that is whole content."""
        return self._one(f"WHERE request = ? AND {_CONTENT} {_NEWEST}", request)

    def _one(self, where: str, *values: object) -> Capture | None:
        query = f"SELECT {_CAPTURE} FROM captures {where} LIMIT 1"  # noqa: S608 - text of our own
        return next((Capture(*row) for row in self._rows(query, values)), None)

    def entry(self, capture_id: str) -> Entry | None:
        """Returns a capture's whole row."""
        query = f"SELECT {_ENTRY} FROM captures WHERE id = ?"  # noqa: S608 - column names of our own
        width = len(fields(Capture))
        rows = self._rows(query, (capture_id,))
        return next((Entry(Capture(*row[:width]), *row[width:]) for row in rows), None)

    def validators(self, capture_id: str) -> Validators:
        """Returns what the server gave for asking again."""
        query = "SELECT etag, last_modified FROM captures WHERE id = ?"
        return next((Validators(*row) for row in self._rows(query, (capture_id,))), Validators())

    def captures(self, **equal: object) -> Iterator[Capture]:
        """Yields captures by id (so by time); `equal` names columns and the value, or values."""
        terms, values = ["id > ?"], list[Any]()
        for column, wanted in equal.items():
            if isinstance(wanted, (tuple, list)):
                terms.append(f"{column} IN ({_marks(wanted)})")
                values += wanted
            elif wanted is not None:
                terms.append(f"{column} = ?")
                values.append(wanted)
        query = (
            f"SELECT {_CAPTURE} FROM captures WHERE {' AND '.join(terms)} ORDER BY id LIMIT {_PAGE}"  # noqa: S608 - column names of our own
        )
        last = ""
        # By pages, so that no read transaction stays open while the caller works on a capture.
        while rows := self._rows(query, (last, *values)):
            yield from (Capture(*row) for row in rows)
            last = rows[-1][0]

    def renderings(self, **equal: str) -> list[Rendering]:
        """Returns rendered pages in the order they were made; `equal` names columns and values."""
        where = " AND ".join(f"{column} = ?" for column in equal) or "1"
        query = (
            f"SELECT * FROM renderings WHERE {where} ORDER BY rendered_at, capture, length(id), id"  # noqa: S608 - column names of our own
        )
        return [Rendering(*row) for row in self._rows(query, tuple(equal.values()))]

    def runs(self) -> list[Run]:
        """Returns all runs, oldest first."""
        return [Run(*row) for row in self._rows("SELECT * FROM runs ORDER BY started, id")]

    def run(self, run: str) -> Run | None:
        """Returns the run with this id."""
        rows = self._rows("SELECT * FROM runs WHERE id = ?", (run,))
        return next((Run(*row) for row in rows), None)

    def portals(self, run: str | None = None) -> list[PortalRecord]:
        """Returns the portals of a run, or of all runs as the latest run that knew each knew it."""
        rows = self._rows(
            f"SELECT {', '.join('p.' + name for name in _PORTAL.split(', '))}"  # noqa: S608 - column names of our own
            " FROM portals p JOIN runs r ON r.id = p.run WHERE ?1 IS NULL OR p.run = ?1"
            " ORDER BY r.started, r.id",
            (run,),
        )
        newest = {portal.id: portal for portal in (PortalRecord(*row) for row in rows)}
        return [newest[key] for key in sorted(newest)]

    def files(self) -> dict[str, FileEntry]:
        """Returns the finished files by name."""
        return {row[0]: FileEntry(*row) for row in self._rows("SELECT * FROM files")}

    def files_of(self, run: str) -> list[FileEntry]:
        """Returns the finished files of a run by their names, in the order of the names."""
        rows = self._rows(
            "SELECT * FROM files WHERE name BETWEEN ?1 || '-00000' AND ?1 || '-99999~'"
            " ORDER BY name",
            (run,),
        )
        return [FileEntry(*row) for row in rows if run_of(row[0]) == run]

    def ids(self, warc: str) -> set[str]:
        """Returns the ids of the captures in a file."""
        return {row[0] for row in self._rows("SELECT id FROM captures WHERE warc = ?", (warc,))}

    def leaves(self, warc: str) -> dict[str, str]:
        """Returns the leaves of the captures in a file by their ids, in the file's order."""
        return dict(
            self._rows("SELECT id, leaf FROM captures WHERE warc = ? ORDER BY offset", (warc,))
        )

    def end_before(self, warc: str, offset: int) -> int:
        """Returns where the last capture ends that stands before `offset` in a file, else 0."""
        query = (
            "SELECT coalesce(max(offset + length), 0) FROM captures WHERE warc = ? AND offset < ?"
        )
        return int(self._rows(query, (warc, offset))[0][0])

    def warcs(self) -> list[str]:
        """Returns the names of all files that hold captures."""
        return [row[0] for row in self._rows("SELECT DISTINCT warc FROM captures")]

    def known_end(self, warc: str) -> int:
        """Returns where the last record in a file ends that has a row."""
        query = (
            "SELECT coalesce(max(offset + length), 0) FROM"
            " (SELECT warc, offset, length FROM captures"
            " UNION ALL SELECT warc, offset, length FROM renderings) WHERE warc = ?"
        )
        return int(self._rows(query, (warc,))[0][0])

    def dump(self) -> Iterator[tuple[Any, ...]]:
        """Yields every row of every table in a canonical order, the table's name first."""
        for table, key in (
            ("captures", "id"),
            ("renderings", "id"),
            ("runs", "id"),
            ("portals", "run, id"),
            ("files", "name"),
        ):
            for row in self._db.execute(f"SELECT * FROM {table} ORDER BY {key}"):  # noqa: S608 - names of our own
                yield (table, *row)
