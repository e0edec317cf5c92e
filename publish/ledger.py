"""The reports settled so far: what tells one from another, and where each was seen.

Kept in the build's scratch file, so that memory does not grow with them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

_TABLES = """
CREATE TABLE versions (
  id TEXT PRIMARY KEY, place TEXT, portal TEXT, publisher TEXT, year INTEGER, joined INTEGER,
  document TEXT, url TEXT, substance BLOB, bare INTEGER, figures INTEGER, titles TEXT,
  last_document TEXT, last_published_on TEXT, superseded_by TEXT, body TEXT
) WITHOUT ROWID;
CREATE INDEX versions_alike ON versions(coalesce(place, portal), year, publisher, substance);
CREATE INDEX versions_of_body ON versions(coalesce(place, portal), body, year);
CREATE TABLE version_captures (
  version TEXT, capture TEXT, part TEXT, PRIMARY KEY (version, capture)
) WITHOUT ROWID;
CREATE TABLE version_at (
  portal TEXT, url TEXT, n INTEGER, version TEXT, PRIMARY KEY (portal, url, n)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Version:
    """A report as it will be published.

    `joined` is the key under which the joined report was put aside, `url` the address of its page,
    or of its file where no page led to it. `bare` says that it has neither tables nor text to
    speak of, `titles` are what it and its pages are called (JSON), `substance` is a digest of its
    figures and its text. `last_document` and `last_published_on` are its file and its date of
    publication as they were seen last: they may be others. `body` is whose report it is, under
    one name.
    """

    id: str
    place: str | None
    portal: str
    publisher: str | None
    year: int | None
    joined: int
    document: str
    url: str
    substance: bytes
    bare: bool
    figures: bool
    titles: str
    last_document: str
    last_published_on: str | None
    superseded_by: str | None = None
    body: str | None = None

    @property
    def home(self) -> str:
        """Its place, or its portal where no place is known."""
        return self.place or self.portal


_COLUMNS = ", ".join(field.name for field in fields(Version))
_MARKS = ", ".join("?" * len(fields(Version)))


class Ledger:
    """The versions, by id, by what they say, and by the address that holds them now."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Make the tables in a scratch file."""
        self._db = connection
        for statement in filter(str.strip, _TABLES.split(";")):
            self._db.execute(statement)

    def add(self, version: Version) -> None:
        """Add a version."""
        values = tuple(getattr(version, field.name) for field in fields(version))
        self._db.execute(f"INSERT INTO versions ({_COLUMNS}) VALUES ({_MARKS})", values)  # noqa: S608 - names of our own

    def get(self, version: str) -> Version | None:
        """The version of this id."""
        return next(self._versions("WHERE id = ?", version), None)

    def alike(
        self, home: str, publisher: str | None, year: int | None, substance: bytes
    ) -> Version | None:
        """The version of this place or portal, publisher and year that says the same."""
        where = (
            "WHERE coalesce(place, portal) = ? AND year IS ? AND publisher IS ? AND substance = ?"
            " ORDER BY joined LIMIT 1"
        )
        return next(self._versions(where, home, year, publisher, substance), None)

    def supersede(self, version: str, by: str | None) -> None:
        """Say which version took another's place; None where it is the current one again."""
        self._db.execute("UPDATE versions SET superseded_by = ? WHERE id = ?", (by, version))

    def seen_again(self, version: str, document: str, published_on: str | None) -> None:
        """Note the file and the date that a version was seen with last."""
        self._db.execute(
            "UPDATE versions SET last_document = ?, last_published_on = ? WHERE id = ?",
            (document, published_on, version),
        )

    def at(self, portal: str, url: str) -> list[Version]:
        """The versions that an address held when it was seen last."""
        where = (
            "JOIN version_at a ON a.version = versions.id WHERE a.portal = ? AND a.url = ?"
            " ORDER BY a.n"
        )
        return list(self._versions(where, portal, url))

    def hold(self, portal: str, url: str, versions: Iterable[str]) -> None:
        """Note which versions an address holds now."""
        key = (portal, url)
        self._db.execute("DELETE FROM version_at WHERE portal = ? AND url = ?", key)
        self._db.executemany(
            "INSERT INTO version_at VALUES (?, ?, ?, ?)",
            ((*key, n, version) for n, version in enumerate(versions)),
        )

    def seen_in(self, version: str, captures: Iterable[tuple[str, str]]) -> None:
        """Note captures that a version was seen in, each with its part; the first part stands."""
        self._db.executemany(
            "INSERT OR IGNORE INTO version_captures VALUES (?, ?, ?)",
            ((version, capture, part) for capture, part in captures),
        )

    def captures(self, version: str) -> list[tuple[str, str]]:
        """The captures that a version was seen in and the part of each, by capture."""
        return self._db.execute(
            "SELECT capture, part FROM version_captures WHERE version = ? ORDER BY capture",
            (version,),
        ).fetchall()

    def bare(self) -> Iterator[Version]:
        """The versions that have nothing of their own to say, in the order they were found."""
        ids = [
            row[0] for row in self._db.execute("SELECT id FROM versions WHERE bare ORDER BY joined")
        ]
        return (version for i in ids if (version := self.get(i)) is not None)

    def covered_by(self, cover: Version) -> Version | None:
        """The report that a bare page names, found elsewhere in its place and its year."""
        names = set(json.loads(cover.titles))
        where = (
            "WHERE coalesce(place, portal) = ? AND place IS ? AND year IS ? AND figures"
            " ORDER BY joined"
        )
        for version in self._versions(where, cover.home, cover.place, cover.year):
            if version.publisher == cover.publisher or names & set(json.loads(version.titles)):
                return version
        return None

    def remove(self, version: str) -> None:
        """Forget a version and where it was seen."""
        self._db.execute("DELETE FROM versions WHERE id = ?", (version,))
        self._db.execute("DELETE FROM version_captures WHERE version = ?", (version,))

    def __iter__(self) -> Iterator[Version]:
        """The versions in the order of their ids."""
        return self._versions("ORDER BY id")

    def name_bodies(self, body: Callable[[Version], str | None]) -> None:
        """Name the body of every version."""
        ids = self._db.execute("SELECT id FROM versions ORDER BY id").fetchall()
        for (version,) in ids:
            found = self.get(version)
            if found is not None:
                self._db.execute(
                    "UPDATE versions SET body = ? WHERE id = ?", (body(found), version)
                )

    def before(self, version: Version) -> Version | None:
        """The report of the same body on the year before.

        None where either year has several current reports with figures, or none.
        """
        if version.body is None or version.year is None:
            return None
        own = self._current(version, version.year)
        last = self._current(version, version.year - 1)
        return last[0] if [v.id for v in own] == [version.id] and len(last) == 1 else None

    def _current(self, version: Version, year: int) -> list[Version]:
        where = (
            "WHERE coalesce(place, portal) = ? AND body = ? AND year = ?"
            " AND superseded_by IS NULL AND figures ORDER BY id LIMIT 2"
        )
        return list(self._versions(where, version.home, version.body, year))

    def _versions(self, where: str, *values: object) -> Iterator[Version]:
        columns = ", ".join(f"versions.{field.name}" for field in fields(Version))
        for row in self._db.execute(f"SELECT {columns} FROM versions {where}", values):  # noqa: S608 - text of our own
            yield Version(*row)
