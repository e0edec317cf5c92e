"""One WARC file: its bytes, its records against their own digests, the catalog and the manifest."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from archive import files
from archive.digests import Digests, request_of
from archive.encoding import measure
from archive.entries import Entry, RunEntry, interpret, parse_head
from archive.errors import Damaged
from archive.fields import header
from archive.findings import Finding, FindingKind
from archive.members import Flaw, Record, records
from archive.records import digest
from archive.rendered import RenderingEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from archive.catalog import Catalog
    from archive.files import FileEntry
    from archive.manifest import SignedFile
    from archive.model import Capture, Rendering

_Wrong = tuple[FindingKind, str]


@dataclass(slots=True)
class Known:
    """What is known of a file beforehand: its row in the catalog, what the manifest states.

    `catalog` is None where there is none to ask; `row` and `signed` where they do not name it.
    """

    catalog: Catalog | None
    row: FileEntry | None
    signed: SignedFile | None


class FileCheck:
    """One pass over a file; afterwards `runs` holds what its records say of runs."""

    def __init__(self, path: Path, known: Known, progress: Callable[[int], None]) -> None:
        """Prepares the pass.

        Args:
            path: the finished WARC file.
            known: what it is held against.
            progress: called with the bytes read so far.
        """
        self._path = path
        self._known = known
        self._catalog = known.catalog
        self._leaves = known.signed.leaves if known.signed else {}
        self._progress = progress
        self._records = 0
        self._requests: dict[str, str] = {}
        self._digests = Digests("", "", 0)
        self._own: list[Finding] = []
        self._captures: set[str] = set()
        self._renderings: set[str] = set()
        self._moved: list[Capture] = []
        self.runs: list[RunEntry] = []

    def findings(self) -> Iterator[Finding]:
        """Yields what is wrong with the file.

        Raises:
            OSError: if it cannot be read.
        """
        name = self._path.name
        now = files.fingerprint(self._path, 0)
        if not now.bytes:
            yield Finding("cut off", name, "the file is empty")
        for item, record in interpret(self._counted(), name):
            yield from self._noted()
            if isinstance(item, Flaw):
                yield Finding(item.kind, name, item.message, item.offset)
            elif isinstance(item, RunEntry):
                self.runs.append(item)
            elif record is None:
                continue
            elif isinstance(item, RenderingEntry):
                yield from self._rendering(item, record)
            else:
                yield from self._capture(item, record)
        yield from self._noted()
        now = replace(now, records=self._records)
        yield from self._as_a_whole(now)
        yield from self._left()
        yield from self._elsewhere(now)

    def _noted(self) -> Iterator[Finding]:
        yield from self._own
        self._own.clear()

    def _counted(self) -> Iterator[Record | Flaw]:
        """Passes the records on, checking each against its own digests."""
        for item in records(self._path):
            self._progress(item.offset + item.length)
            if isinstance(item, Record):
                self._records += 1
                self._digests = Digests.of(item)
                self._own += (
                    Finding(kind, self._path.name, f"a {item.kind} record does not match it",
                            item.offset)
                    for kind in self._digests.wrong(item)
                )  # fmt: skip
                if item.kind == "request":
                    self._requests[item.headers.get("warc-concurrent-to", "")] = request_of(item)
            yield item

    def _as_a_whole(self, now: FileEntry) -> Iterator[Finding]:
        signed = self._known.signed.entry if self._known.signed else None
        for kind, stated, where in (
            ("file changed", self._known.row, "the catalog"),
            ("not as signed", signed, "the manifest"),
        ):
            if stated is not None and stated != now:
                message = f"{_told(now)} where {where} has {_told(stated)}"
                yield Finding(kind, now.name, message)  # type: ignore[arg-type] # two literals

    def _left(self) -> Iterator[Finding]:
        """What should be in the file and is not, and what is elsewhere in it than it should."""
        name = self._path.name
        rows = self._catalog.ids(name) if self._catalog else set()
        for capture in sorted((rows | self._leaves.keys()) - self._captures):
            by = " and ".join(
                told for told, there in (("the catalog", rows), ("the manifest", self._leaves))
                if capture in there
            )  # fmt: skip
            message = f"capture {capture} is in {by} and not in the file"
            yield Finding("record missing", name, message, capture=capture)
        known = self._catalog.renderings(warc=name) if self._catalog else []
        for rendering in sorted({item.id for item in known} - self._renderings):
            message = f"rendering {rendering} is in the catalog and not in the file"
            yield Finding("record missing", name, message)

    def _elsewhere(self, now: FileEntry) -> Iterator[Finding]:
        """Whole captures that stand elsewhere than the catalog says.

        One finding where bytes went out of the file or came into it; else the rows are wrong.
        """
        if self._moved and now != self._known.row:
            message = (
                f"{len(self._moved)} whole captures stand elsewhere than the catalog says, from"
                f" {self._moved[0].id} on; `nianbao verify --rebuild` finds them"
            )
            yield Finding("record moved", now.name, message)
        elif self._moved:
            for capture in self._moved:
                message = f"capture {capture.id} differs in offset from its row in the catalog"
                yield Finding("row differs", now.name, message, capture.offset, capture.id)

    # Captures

    def _capture(self, entry: Entry, record: Record) -> Iterator[Finding]:
        capture = entry.capture
        self._captures.add(capture.id)
        wrong = [*self._wrong_in_file(entry, record)]
        if self._catalog:
            if record.kind == "revisit":
                wrong += _wrong_revisit(self._catalog, entry, record)
            wrong += self._wrong_row(self._catalog, entry)
        if self._known.signed:
            wrong += self._wrong_leaf(entry)
        for kind, message in wrong:
            text = f"capture {capture.id} {message}"
            yield Finding(kind, capture.warc, text, capture.offset, capture.id)

    def _wrong_in_file(self, entry: Entry, record: Record) -> Iterator[_Wrong]:
        """Holds what a capture's metadata record states against its request and its answer."""
        capture = entry.capture
        request = self._requests.pop(entry.record, None)
        if request is None:
            yield "record missing", "has no request"
        elif request != entry.request:
            yield "content digest", "does not hold the request it states"
        try:
            status, headers, body = parse_head(record.block)
        except Damaged as error:
            yield "not a record", f"cannot be read: {error}"
            return
        if status != capture.http_status:
            yield "content digest", f"is said to be {capture.http_status} and is {status}"
        if record.kind != "response":
            return
        coding = header(headers, b"content-encoding")
        held = (self._digests.payload, self._digests.bytes)
        if coding:
            content = measure(record.block[body:], coding)
            held = (content.sha256, content.bytes)
        if held != (capture.sha256, capture.bytes):
            yield "content digest", "does not hold the content it states"

    def _wrong_leaf(self, entry: Entry) -> Iterator[_Wrong]:
        stated = self._leaves.get(entry.capture.id)
        if stated is None:
            yield "record added", "is not in the run's manifest"
        elif stated != entry.leaf:
            yield "not as signed", "is not what the run's manifest states"

    def _wrong_row(self, catalog: Catalog, entry: Entry) -> Iterator[_Wrong]:
        row = catalog.entry(entry.capture.id)
        if row is None:
            yield "row missing", "has no row in the catalog"
        elif row != entry:
            names = [*_differing(row.capture, entry.capture), *_differing(row, entry)]
            names = [name for name in names if name != "capture"]
            if names == ["offset"] and self._leaves.get(entry.capture.id) == entry.leaf:
                self._moved.append(entry.capture)
                return
            yield "row differs", f"differs in {', '.join(names)} from its row in the catalog"

    # Rendered pages

    def _rendering(self, entry: RenderingEntry, record: Record) -> Iterator[Finding]:
        found = entry.rendering
        self._renderings.add(found.id)
        for kind, message in self._wrong_rendering(entry, record):
            text = f"rendering {found.id} {message}"
            yield Finding(kind, found.warc, text, found.offset, found.capture)

    def _wrong_rendering(self, entry: RenderingEntry, record: Record) -> Iterator[_Wrong]:
        found = entry.rendering
        if digest(record.block) != f"sha256:{found.sha256}":
            yield "content digest", "does not hold the markup it states"
        if not self._catalog:
            return
        made_of = self._catalog.entry(found.capture)
        if made_of is None or made_of.record != entry.made_of:
            yield "record missing", f"is made of capture {found.capture}, which is not kept"
        row = next(iter(self._catalog.renderings(id=found.id)), None)
        if row is None:
            yield "row missing", "has no row in the catalog"
        elif row != found:
            names = ", ".join(_differing(row, found))
            yield "row differs", f"differs in {names} from its row in the catalog"


def _wrong_revisit(catalog: Catalog, entry: Entry, record: Record) -> Iterator[_Wrong]:
    revisited = entry.capture.revisit_of
    holder = catalog.entry(revisited) if revisited else None
    if holder is None:
        yield "revisit", f"refers to {revisited}, which is not kept"
        return
    stated = (record.headers.get("warc-refers-to"), entry.payload, entry.capture.sha256)
    if stated != (holder.record, holder.payload, holder.capture.sha256):
        yield "revisit", f"refers to {revisited}, which holds something else"


def _told(file: FileEntry) -> str:
    return f"{file.bytes} bytes, {file.records} records, SHA-256 {file.sha256[:12]}…"


def _differing(
    one: Entry | Capture | Rendering, other: Entry | Capture | Rendering
) -> Iterator[str]:
    for field in fields(one):
        if getattr(one, field.name) != getattr(other, field.name):
            yield field.name
