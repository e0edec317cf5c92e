"""Fixity: every record against its own digests, the files against the catalog, and back.

`warcio check` finds nothing wrong with a gzip WARC that lost its end or had a byte flipped. Here
every gzip member's checksum, every stated length and digest, the decoded content, the whole file's
SHA-256 and the catalog must agree; what does not is a named finding.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from archive import files
from archive.catalog import Catalog
from archive.encoding import measure
from archive.entries import Entry, RenderingEntry, RunEntry, interpret, parse_answer, request_key
from archive.errors import ArchiveError, Damaged
from archive.fields import header
from archive.members import Flaw, FlawKind, Record, records
from archive.records import digest
from archive.sending import SETTING, stored
from archive.stores import StoreError, at_hand, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from archive.model import Capture, PortalRecord, Rendering, Run
    from archive.stores import StoredFile

FindingKind = (
    FlawKind
    | Literal[
        "catalog",
        "file missing",
        "file unknown",
        "file unfinished",
        "file unreadable",
        "file changed",
        "block digest",
        "payload digest",
        "content digest",
        "record missing",
        "row missing",
        "row differs",
        "revisit",
        "run differs",
    ]
)
"""Beside the flaws of `archive.members`: catalog: there is none, or it cannot be read · file …: a
WARC file against the catalog's list · block, payload, content digest: a record against the digests
that it states · record missing: the catalog names a capture that its file does not hold, or a
capture has no request · row missing: a capture without a row · row differs: a row does not say what
the records say · revisit: it refers to nothing that holds its content · run differs: the same for
runs and their portals."""

_Wrong = tuple[FindingKind, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; `str()` gives it on one line."""

    kind: FindingKind
    file: str
    message: str
    offset: int | None = None
    capture: str | None = None

    def __str__(self) -> str:
        """Returns file, place, kind and message on one line."""
        at = f" at {self.offset}" if self.offset is not None else ""
        return f"{self.file}{at}: {self.kind}: {self.message}"


def verify(data: Path, progress: Callable[[int, int], None] | None = None) -> Iterator[Finding]:
    """Yields what is wrong with the archive in `data`; nothing where all is well.

    Reads only, and never fails on damage. A file that a crawl is writing at the moment is left out.

    Args:
        data: the data folder.
        progress: called with bytes read and bytes to read.
    """
    try:
        catalog = Catalog(data / "catalog.db", readonly=True)
        catalog.check()
    except ArchiveError as error:
        yield Finding("catalog", "catalog.db", str(error))
        catalog = None
    try:
        yield from _Check(data / "warc", catalog, progress or _silent).run()
    finally:
        if catalog:
            catalog.close()


def _silent(_done: int, _total: int) -> None:
    """Shows no progress."""


class _Check:
    """One pass over all files."""

    def __init__(
        self, folder: Path, catalog: Catalog | None, progress: Callable[[int, int], None]
    ) -> None:
        self._folder = folder
        self._catalog = catalog
        self._progress = progress
        self._done = 0
        self._total = 0
        self._runs: dict[str, Run] = {}
        self._portals: dict[tuple[str, str], PortalRecord] = {}

    def run(self) -> Iterator[Finding]:
        left: list[Path] = []
        alive: list[Path] = []
        for path in files.unfinished(self._folder):
            (alive if files.alive(path) else left).append(path)
        for path in left:
            message = "its writer died; opening the archive finishes it"
            yield Finding("file unfinished", path.name, message)
        paths: list[Path | StoredFile] = [*files.finished(self._folder)]
        try:
            paths += stored(self._folder.parent)
        except StoreError as error:
            yield Finding("file unreadable", SETTING, str(error))
        self._total = sum(map(size_of, paths))
        known = {file.name for file in paths} | {
            path.name.removesuffix(files.OPEN) for path in [*left, *alive]
        }
        yield from self._missing_files(known)
        for file in paths:
            try:
                with at_hand(file) as path:
                    yield from self._file(path)
            except (OSError, StoreError) as error:
                yield Finding("file unreadable", file.name, str(error))
            self._done += size_of(file)
        yield from self._check_runs(complete=not left and not alive)

    # Files

    def _missing_files(self, there: set[str]) -> Iterator[Finding]:
        if self._catalog:
            for name in sorted({*self._catalog.files(), *self._catalog.warcs()} - there):
                yield Finding("file missing", name, "the catalog names it and it is not there")

    def _file(self, path: Path) -> Iterator[Finding]:
        if self._catalog:
            known = self._catalog.files().get(path.name)
            is_now = files.fingerprint(path, known.records if known else 0)
            if known is None:
                yield Finding("file unknown", path.name, "the catalog does not know it")
            elif known != is_now:
                message = f"{is_now.bytes} bytes, SHA-256 {is_now.sha256[:12]}… where the catalog"
                message += f" has {known.bytes} bytes, {known.sha256[:12]}…"
                yield Finding("file changed", path.name, message)
        seen: set[str] = set()
        rendered: set[str] = set()
        own: list[Finding] = []
        requests: dict[str, str] = {}
        checked = self._records(path, own, requests)
        for item, record in interpret(checked, path.name):
            yield from own
            own.clear()
            if isinstance(item, Flaw):
                yield Finding(item.kind, path.name, item.message, item.offset)
            elif isinstance(item, RunEntry):
                self._note_run(item)
            elif isinstance(item, RenderingEntry):
                rendered.add(item.rendering.id)
                yield from self._rendering(item, record)
            elif record:
                seen.add(item.capture.id)
                yield from self._capture(item, record, requests.pop(item.record, None))
        yield from own
        yield from self._rows_left(path.name, seen, rendered)

    def _records(
        self, path: Path, findings: list[Finding], requests: dict[str, str]
    ) -> Iterator[Record | Flaw]:
        """Passes the records on, checking each against its own digests."""
        for item in records(path):
            self._progress(self._done + item.offset + item.length, self._total)
            if isinstance(item, Record):
                findings += (
                    Finding(kind, path.name, f"a {item.kind} record does not match it", item.offset)
                    for kind in _wrong_digests(item)
                )
                if item.kind == "request":
                    requests[item.headers.get("warc-concurrent-to", "")] = _request(item)
            yield item

    def _rows_left(self, warc: str, seen: set[str], rendered: set[str]) -> Iterator[Finding]:
        if self._catalog:
            known = {rendering.id for rendering in self._catalog.renderings(warc=warc)}
            for name in sorted(known - rendered):
                message = f"rendering {name} is in the catalog and not in the file"
                yield Finding("record missing", warc, message)
            for capture in sorted(self._catalog.ids(warc) - seen):
                message = f"capture {capture} is in the catalog and not in the file"
                yield Finding("record missing", warc, message, capture=capture)

    # Captures

    def _capture(self, entry: Entry, record: Record, request: str | None) -> Iterator[Finding]:
        capture = entry.capture
        wrong = [*_wrong_in_file(entry, record, request)]
        if self._catalog:
            if record.kind == "revisit":
                wrong += self._wrong_revisit(self._catalog, entry, record)
            wrong += self._wrong_row(self._catalog, entry)
        for kind, message in wrong:
            text = f"capture {capture.id} {message}"
            yield Finding(kind, capture.warc, text, capture.offset, capture.id)

    def _rendering(self, entry: RenderingEntry, record: Record | None) -> Iterator[Finding]:
        found = entry.rendering
        for kind, message in self._wrong_rendering(entry, record):
            text = f"rendering {found.id} {message}"
            yield Finding(kind, found.warc, text, found.offset, found.capture)

    def _wrong_rendering(self, entry: RenderingEntry, record: Record | None) -> Iterator[_Wrong]:
        found = entry.rendering
        if record and digest(record.block) != f"sha256:{found.sha256}":
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

    @staticmethod
    def _wrong_row(catalog: Catalog, entry: Entry) -> Iterator[_Wrong]:
        row = catalog.entry(entry.capture.id)
        if row is None:
            yield "row missing", "has no row in the catalog"
        elif row != entry:
            names = [*_differing(row.capture, entry.capture), *_differing(row, entry)]
            names = [name for name in names if name != "capture"]
            yield "row differs", f"differs in {', '.join(names)} from its row in the catalog"

    @staticmethod
    def _wrong_revisit(catalog: Catalog, entry: Entry, record: Record) -> Iterator[_Wrong]:
        revisited = entry.capture.revisit_of
        holder = catalog.entry(revisited) if revisited else None
        if holder is None:
            yield "revisit", f"refers to {revisited}, which is not kept"
            return
        stated = (record.headers.get("warc-refers-to"), entry.payload, entry.capture.sha256)
        if stated != (holder.record, holder.payload, holder.capture.sha256):
            yield "revisit", f"refers to {revisited}, which holds something else"

    # Runs

    def _note_run(self, entry: RunEntry) -> None:
        if entry.run.finished or entry.run.id not in self._runs:
            self._runs[entry.run.id] = entry.run
        self._portals.update({(entry.run.id, portal.id): portal for portal in entry.portals})

    def _check_runs(self, *, complete: bool) -> Iterator[Finding]:
        if not self._catalog:
            return
        rows = {run.id: run for run in self._catalog.runs()}
        for name in sorted(rows.keys() | self._runs.keys()):
            if name not in self._runs and not complete:
                continue  # its record may stand in a file that is being written
            portals = {p.id: p for p in self._catalog.portals(name)} if name in rows else {}
            recorded = {key[1]: p for key, p in self._portals.items() if key[0] == name}
            if rows.get(name) != self._runs.get(name) or portals != recorded:
                message = f"run {name} is not in the catalog as the WARC files have it"
                yield Finding("run differs", "catalog.db", message)


def _differing(
    one: Entry | Capture | Rendering, other: Entry | Capture | Rendering
) -> Iterator[str]:
    for field in fields(one):
        if getattr(one, field.name) != getattr(other, field.name):
            yield field.name


def _wrong_in_file(entry: Entry, record: Record, request: str | None) -> Iterator[_Wrong]:
    """Holds what a capture's metadata record states against its request and its answer."""
    capture = entry.capture
    if request is None:
        yield "record missing", "has no request"
    elif request != entry.request:
        yield "content digest", "does not hold the request it states"
    try:
        answer = parse_answer(record)
    except Damaged as error:
        yield "not a record", f"cannot be read: {error}"
        return
    if answer.status != capture.http_status:
        yield "content digest", f"is said to be {capture.http_status} and is {answer.status}"
    if record.kind == "response":
        content = measure(answer.body, header(answer.headers, b"content-encoding"))
        if (content.sha256, content.bytes) != (capture.sha256, capture.bytes):
            yield "content digest", "does not hold the content it states"


def _request(record: Record) -> str:
    head, _, body = record.block.partition(b"\r\n\r\n")
    method = head.partition(b" ")[0].decode("latin-1")
    return request_key(method, record.headers.get("warc-target-uri", ""), body)


def _wrong_digests(record: Record) -> Iterator[Literal["block digest", "payload digest"]]:
    if record.headers.get("warc-block-digest") != digest(record.block):
        yield "block digest"
    if record.kind in {"warcinfo", "revisit"}:
        return
    block = memoryview(record.block)
    if record.kind in {"request", "response"}:
        block = block[record.block.find(b"\r\n\r\n") + 4 :]
    if record.headers.get("warc-payload-digest") != f"sha256:{hashlib.sha256(block).hexdigest()}":
        yield "payload digest"
