"""What a build remembers on disk while it runs, so that memory does not grow with the archive.

One SQLite file beside the database, deleted at the end: the captures that were asked as reports,
the joined reports, and what was left out.
"""

from __future__ import annotations

import pickle
import sqlite3
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from publish.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.model import Capture
    from extract.model import Report
    from publish.joining import Joined
    from publish.visits import LeftOut

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
CREATE TABLE asked (
  n INTEGER PRIMARY KEY, portal TEXT, url TEXT, via TEXT, role TEXT, sha256 TEXT,
  bytes INTEGER, content INTEGER, held INTEGER, capture BLOB
);
CREATE INDEX asked_at ON asked(portal, url, held) WHERE role <> 'attachment';
CREATE INDEX asked_beside ON asked(portal, via) WHERE role = 'attachment';
CREATE INDEX asked_content ON asked(sha256, n) WHERE content;
CREATE TABLE answers (request TEXT PRIMARY KEY, answer BLOB, capture TEXT) WITHOUT ROWID;
CREATE TABLE documents (
  sha256 TEXT PRIMARY KEY, media_type TEXT, pages INTEGER, title TEXT, problems TEXT
) WITHOUT ROWID;
CREATE TABLE joined (key INTEGER PRIMARY KEY, joined BLOB);
CREATE TABLE left_out (
  n INTEGER PRIMARY KEY, capture TEXT, url TEXT, title TEXT, reason TEXT,
  UNIQUE (capture, url, title, reason)
);
"""


class Scratch:
    """The file, open; made by `scratch`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Make the tables."""
        self._db = connection
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")
        self.ledger = Ledger(connection)

    # Captures asked as reports or attachments, in order of time

    def answer(self, request: str) -> tuple[bytes, str] | None:
        """A digest of the newest answer to a request, and the capture that holds it."""
        found: tuple[bytes, str] | None = self._db.execute(
            "SELECT answer, capture FROM answers WHERE request = ?", (request,)
        ).fetchone()
        return found

    def answered(self, request: str, answer: bytes, capture: str) -> None:
        """Note a newer answer to a request."""
        self._db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (request, answer, capture)
        )

    def ask(self, capture: Capture, *, content: bool) -> None:
        """Remember a capture; `content` says whether it holds what was asked for."""
        values = (capture.portal, capture.url, capture.via, capture.role, capture.sha256)
        self._db.execute(
            "INSERT INTO asked (portal, url, via, role, sha256, bytes, content, held, capture)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)",
            (*values, capture.bytes, int(content), _packed(capture)),
        )

    def documents(self) -> Iterator[Capture]:
        """The first capture of each distinct document, in order of time."""
        for (packed,) in self._db.execute(
            "SELECT capture FROM asked a WHERE content AND NOT EXISTS (SELECT 1 FROM asked b"
            " WHERE b.content AND b.sha256 = a.sha256 AND b.n < a.n) ORDER BY n"
        ):
            yield _unpacked(packed)

    def documents_in_all(self) -> int:
        """How many distinct documents there are."""
        return self._count("SELECT count(DISTINCT sha256) FROM asked WHERE content")

    def read(self, sha256: str, report: Report) -> None:
        """Note that a document could be read, and what it is."""
        problems = "\n".join(report.problems) or None
        values = (report.media_type, report.pages, report.title, problems)
        texts = (v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in values)
        self._db.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?)", (sha256, *texts))
        self._db.execute("UPDATE asked SET held = 1 WHERE sha256 = ? AND content", (sha256,))

    def documents_read(self) -> Iterator[dict[str, Any]]:
        """The documents that could be read, as rows of the published database, by digest."""
        cursor = self._db.execute(
            "SELECT d.sha256, media_type, (SELECT bytes FROM asked a WHERE content"
            " AND a.sha256 = d.sha256 LIMIT 1), pages, title, problems FROM documents d"
            " ORDER BY d.sha256"
        )
        names = ("sha256", "media_type", "bytes", "pages", "title", "problems")
        for row in cursor:
            yield dict(zip(names, row, strict=True))

    def asked(self) -> Iterator[tuple[Capture, bool]]:
        """Every capture, and whether its document could be read, in order of time."""
        cursor = self._db.execute("SELECT capture, held FROM asked ORDER BY n")
        for packed, held in cursor:
            yield _unpacked(packed), bool(held)

    def is_page(self, portal: str, url: str | None) -> bool:
        """Whether a page that could be read was ever captured at an address."""
        found = self._db.execute(
            "SELECT 1 FROM asked WHERE portal = ? AND url = ? AND held AND role <> 'attachment'",
            (portal, url),
        )
        return found.fetchone() is not None

    def beside(self, portal: str, url: str) -> list[tuple[Capture, bool]]:
        """The attachments that a page led to, and whether each could be read, in order of time."""
        cursor = self._db.execute(
            "SELECT capture, held FROM asked"
            " WHERE portal = ? AND via = ? AND role = 'attachment' ORDER BY n",
            (portal, url),
        )
        return [(_unpacked(packed), bool(held)) for packed, held in cursor]

    # Joined reports

    def keep(self, joined: Joined) -> int:
        """Put a joined report aside; the key finds it again."""
        packed = zlib.compress(_packed(joined), 1)
        cursor = self._db.execute("INSERT INTO joined (joined) VALUES (?)", (packed,))
        assert cursor.lastrowid is not None, "an insert has a row"
        return cursor.lastrowid

    def joined(self, key: int) -> Joined:
        """The joined report that was put aside."""
        row = self._db.execute("SELECT joined FROM joined WHERE key = ?", (key,)).fetchone()
        found: Joined = _unpacked(zlib.decompress(row[0]))
        return found

    # What was left out

    def leave_out(self, item: LeftOut, same: str) -> None:
        """Remember a capture that is no report, under the capture that holds its answer."""
        self._db.execute(
            "INSERT OR IGNORE INTO left_out (capture, url, title, reason) VALUES (?, ?, ?, ?)",
            (same, item.capture.url, item.title or "", item.reason),
        )

    def left_out(self) -> Iterator[dict[str, Any]]:
        """What was left out, as rows of the published database, in order of time."""
        cursor = self._db.execute("SELECT capture, url, title, reason FROM left_out ORDER BY n")
        for capture, url, title, reason in cursor:
            yield {"capture": capture, "url": url, "title": title or None, "reason": reason}

    def left_out_in_all(self) -> int:
        """How many captures were left out, each reason once."""
        return self._count("SELECT count(*) FROM left_out")

    def _count(self, query: str, *values: str) -> int:
        return int(self._db.execute(query, values).fetchone()[0])


@contextmanager
def scratch(path: Path) -> Iterator[Scratch]:
    """A new scratch file, deleted afterwards, whatever happens."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield Scratch(connection)
    finally:
        connection.close()
        path.unlink(missing_ok=True)


def _packed(thing: object) -> bytes:
    return pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)


def _unpacked(packed: bytes) -> Any:
    return pickle.loads(packed)  # noqa: S301 - this process wrote it a moment ago
