"""Write what was found as the tables of the published database, a row at a time."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from publish import rows
from publish.revisits import tell_apart
from publish.schema import CAPTURE_INDEXES, INDEXES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from archive.model import Capture
    from publish.revisits import Answers

PAGE_SIZE = 4096


class Writer:
    """The database being built; made by `writing`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Write over an open connection."""
        self._db = connection

    def insert(self, table: str, items: Iterable[rows.Row]) -> None:
        """Add rows; the keys of the first are the columns of all."""
        found = iter(items)
        first = next(found, None)
        if first is None:
            return
        names = ", ".join(f'"{name}"' for name in first)
        marks = ", ".join(f":{name}" for name in first)
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own
        self._db.execute(statement, _storable(first))
        self._db.executemany(statement, map(_storable, found))

    def captures(self, captures: Iterable[Capture], newest: Answers) -> Iterator[Capture]:
        """Add captures in order of time, those that brought nothing new as revisits.

        Args:
            captures: In order of time.
            newest: Remembers the newest answer to each request.

        Yields:
            Each capture once it is added.
        """
        for capture, same in tell_apart(captures, self.find, newest):
            if same == capture.id:
                self.insert("captures", (rows.capture_row(capture),))
            else:
                self.insert("revisits", (rows.revisit_row(capture, same),))
            yield capture
        self._db.execute(CAPTURE_INDEXES)

    def newest(self, portal: str, url: str, at: str) -> str | None:
        """The newest capture of an address at a time that was an answer, None where there is none.

        Args:
            portal: The portal's id.
            url: The address.
            at: The time, UTC.
        """
        found = self._db.execute(
            "SELECT id FROM captures WHERE portal = ? AND url = ? AND fetched_at <= ?"
            " AND reason IS NULL ORDER BY fetched_at DESC, id DESC LIMIT 1",
            (portal, url, at),
        ).fetchone()
        return None if found is None else str(found[0])

    def find(self, capture: str) -> str | None:
        """The capture that holds the answer of this one; None where neither was added."""
        found = self._db.execute(
            "SELECT capture FROM revisits WHERE id = ?1 UNION ALL"
            " SELECT id FROM captures WHERE id = ?1",
            (capture,),
        ).fetchone()
        return None if found is None else str(found[0])

    def same(self, capture: str) -> str:
        """The capture that holds the answer of one that was added."""
        found = self.find(capture)
        assert found is not None, "every capture was added"
        return found

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own name

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a query over what was added so far."""
        yield from self._db.execute(query, values)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
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
        connection.execute("BEGIN")
        yield Writer(connection)
        connection.execute("COMMIT")
        connection.executescript(INDEXES)
        connection.execute("ANALYZE")
        connection.execute("VACUUM")
    finally:
        connection.close()


def _storable(row: rows.Row) -> rows.Row:
    """A row whose texts SQLite can keep: halves of surrogate pairs are no text."""
    try:
        "".join([value for value in row.values() if isinstance(value, str)]).encode()
    except UnicodeEncodeError:
        return {
            key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
            for key, value in row.items()
        }
    return row
