"""The published database against what was built, and against the catalog.

A build ends with a seal, `proof/nianbao.db.json`: the SHA-256 of the database, of each of its
tables, and of each report's rows, signed with the archive's key. Whoever edits a figure afterwards
is found out by the first, and named by the others.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from archive import files, keys, log
from archive.errors import ArchiveError, Damaged
from archive.findings import Finding
from archive.locks import one_at_a_time
from archive.manifest import SIGNATURE, beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.catalog import Catalog
    from archive.evidence import Evidence

FORM = "nianbao database 1"
DATABASE = "nianbao.db"
_SEAL = f"{DATABASE}.json"
_BY_REPORT = ("figures", "checks", "sections")
_JOURNALS = ("-wal", "-journal")
"""Beside a database they are part of it for whoever opens it by SQLite; a build leaves none."""
_MOST_NAMED = 20
"""Rows of one kind that are named singly; the rest are counted."""


def opened(path: Path) -> sqlite3.Connection:
    """Opens the published database for reading: that file alone, no journal that lies beside it.

    Raises:
        sqlite3.Error: if it is none.
    """
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


class Tables:
    """The tables of a database, in the order in which their rows were written."""

    def __init__(self, path: Path) -> None:
        """Opens the database for reading.

        Raises:
            sqlite3.Error: if it is none.
        """
        self._db = opened(path)
        self.names = [
            row[0]
            for row in self._db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
            )
        ]

    def close(self) -> None:
        """Closes the database."""
        self._db.close()

    def rows(self, table: str, columns: str = "*") -> Iterator[tuple[Any, ...]]:
        """Yields the rows of a table."""
        yield from self._db.execute(f'SELECT {columns} FROM "{table}"')  # noqa: S608 - names out of the schema and our own

    def columns(self, table: str) -> list[str]:
        """Returns the names of a table's columns."""
        return [row[1] for row in self._db.execute(f'PRAGMA table_info("{table}")')]

    def facts(self) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Returns each table's number of rows and digest, and each report's digest."""
        tables: dict[str, dict[str, Any]] = {}
        reports: dict[str, Any] = {}
        for table in self.names:
            hashed, count = hashlib.sha256(), 0
            named = self.columns(table)
            of_report = table == "reports" or table in _BY_REPORT
            column = named.index("id" if table == "reports" else "report") if of_report else None
            for row in self.rows(table):
                line = _line(row)
                hashed.update(line)
                count += 1
                if column is not None:
                    reports.setdefault(str(row[column]), hashlib.sha256()).update(line)
            tables[table] = {"rows": count, "sha256": hashed.hexdigest()}
        return tables, {name: reports[name].hexdigest() for name in sorted(reports)}


_encode = json.JSONEncoder(default=lambda value: value.hex(), separators=(",", ":")).encode


def _line(row: tuple[Any, ...]) -> bytes:
    return _encode(row).encode() + b"\n"


def seal(data: Path) -> list[str]:
    """Signs the published database of a data folder as it was just built.

    Returns:
        Why it could not be signed, a line; nothing where it was.
    """
    path = data / DATABASE
    try:
        with closing(Tables(path)) as tables:
            rows, reports = tables.facts()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        with one_at_a_time(data / "warc"):
            key = keys.signing_key(data)
            facts = {
                "form": FORM, "made": log.now(), "key": key.public.id, "bytes": size,
                "sha256": digest, "tables": rows, "reports": reports,
            }  # fmt: skip
            text = (json.dumps(facts, indent=1) + "\n").encode()
            target = data / keys.FOLDER / _SEAL
            files.write_whole(target, text)
            files.write_whole(beside(target, SIGNATURE), key.sign(text))
            if key.public.id not in log.keys(log.read(data)[0]):
                log.append(data, "key", key=key.public.id)
            log.append(data, "database", sha256=digest)
    except (ArchiveError, OSError, sqlite3.Error) as error:
        return [f"the database was not sealed: {error}"]
    return []


def findings(data: Path, catalog: Catalog | None, evidence: Evidence) -> Iterator[Finding]:
    """Yields what is wrong with the published database; nothing where none was ever built."""
    path, sealed = data / DATABASE, data / keys.FOLDER / _SEAL
    if not path.is_file():
        if sealed.is_file():
            yield Finding("database missing", DATABASE, "it was built and is not there")
        return
    yield from _journals(path)
    try:
        facts = _sealed(sealed, evidence)
    except Damaged as error:
        yield Finding("database unsealed", DATABASE, str(error))
        facts = {}
    except ArchiveError as error:
        yield Finding("signature", _SEAL, str(error))
        facts = {}
    try:
        if facts:
            yield from _as_logged(data, facts["sha256"])
            yield from _as_built(path, facts)
        if catalog:
            yield from _as_catalogued(path, catalog)
    except (OSError, sqlite3.Error) as error:
        yield Finding("database changed", DATABASE, f"cannot be read: {error}")


def _journals(path: Path) -> Iterator[Finding]:
    """Names what SQLite would lay over the pages that were sealed."""
    for suffix in _JOURNALS:
        beside_it = path.with_name(path.name + suffix)
        if beside_it.exists() and not (beside_it.is_file() and beside_it.stat().st_size == 0):
            message = "lies over the database that was built; SQLite reads both as one"
            yield Finding("database changed", beside_it.name, message)


def _as_logged(data: Path, digest: object) -> Iterator[Finding]:
    """Holds the seal against the log: an earlier build has a good seal, too."""
    entries, _ = log.read(data)  # anew, as a build may have ended meanwhile
    built = [entry.said.get("sha256") for entry in entries if entry.said.get("what") == "database"]
    if digest in built[:-1] and digest != built[-1]:
        message = "is an earlier build; the log has a later one"
        yield Finding("database changed", DATABASE, message)
    elif digest not in built:
        yield Finding("log", log.NAME, f"does not know the build that {_SEAL} is of")


def _sealed(path: Path, evidence: Evidence) -> dict[str, Any]:
    """Returns what the seal states.

    Raises:
        Damaged: if there is none.
        ArchiveError: if its signature does not hold.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Damaged("it has no seal; `nianbao build` makes one") from error
    try:
        facts = json.loads(text)
        key = evidence.keys.get(facts["key"])
        known = facts["form"] == FORM and isinstance(facts["tables"], dict)
        signature = beside(path, SIGNATURE).read_bytes()
    except (KeyError, OSError, TypeError, ValueError, RecursionError) as error:
        raise ArchiveError(f"the seal of the database cannot be read: {error!r}") from error
    if not known or key is None or not key.verifies(signature, text):
        raise ArchiveError("the seal of the database is not signed by this archive's key")
    return dict(facts)


def _as_built(path: Path, facts: dict[str, Any]) -> Iterator[Finding]:
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() == facts["sha256"]:
            return
    yield Finding("database changed", DATABASE, "is not the file that was built and sealed")
    with closing(Tables(path)) as tables:
        rows, reports = tables.facts()
    for table in sorted(rows.keys() | facts["tables"].keys()):
        now, built = rows.get(table), facts["tables"].get(table)
        if now != built:
            had, has = (one["rows"] if one else "no" for one in (built, now))
            message = f"rows of table {table} were changed"
            if had != has:
                message = f"table {table} has {has} rows, {had} were built"
            yield Finding("database changed", DATABASE, message)
    changed = [
        name
        for name in sorted(reports.keys() | facts["reports"].keys())
        if reports.get(name) != facts["reports"].get(name)
    ]
    for name in changed[:_MOST_NAMED]:
        message = f"report {name} or its figures are not as they were built"
        yield Finding("database changed", DATABASE, message)
    if len(changed) > _MOST_NAMED:
        message = f"{len(changed) - _MOST_NAMED} more reports are not as they were built"
        yield Finding("database changed", DATABASE, message)


def _as_catalogued(path: Path, catalog: Catalog) -> Iterator[Finding]:
    """Holds the captures and the documents that the database names against the catalog."""
    with closing(Tables(path)) as tables:
        for table in sorted({"captures", "revisits"} & {*tables.names}):
            yield from _captures(tables, table, catalog)
        known = {capture.sha256 for capture in catalog.captures()}
        for table, column in (
            ("reports", "document"), ("figures", "document"), ("documents", "sha256"),
        ):  # fmt: skip
            for (digest,) in tables.rows(table, f'DISTINCT "{column}"'):
                if digest is not None and digest not in known:
                    message = f"table {table} names document {digest!s:.80}, which is not kept"
                    yield Finding("database differs", DATABASE, message)
        for (capture,) in tables.rows("reports", "DISTINCT capture"):
            if catalog.capture(str(capture)) is None:
                message = f"table reports names capture {capture!s:.80}, which is not kept"
                yield Finding("database differs", DATABASE, message)


def _captures(tables: Tables, table: str, catalog: Catalog) -> Iterator[Finding]:
    columns = tables.columns(table)
    shared = [name for name in columns if name != "capture"]
    for row in tables.rows(table):
        said = dict(zip(columns, row, strict=True))
        capture = catalog.capture(str(said["id"]))
        if capture is None:
            message = f"table {table} names capture {said['id']!s:.80}, which is not kept"
            yield Finding("database differs", DATABASE, message)
            continue
        wrong = [name for name in shared if getattr(capture, name) != said[name]]
        if wrong:
            message = f"capture {capture.id} differs in {', '.join(wrong)} from the catalog"
            yield Finding("database differs", DATABASE, message, capture=capture.id)
