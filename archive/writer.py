"""The one thread that writes: exchanges come in by a bounded queue and leave as durable captures.

What waits is written together: one fsync and one transaction for all of it, and only then is any
of it reported as kept. Deflating and hashing release the interpreter's lock, so a crawl goes on
meanwhile.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, overload

from archive.catalog import Catalog
from archive.entries import Entry, request_key, to_facts, to_fields
from archive.errors import ArchiveError
from archive.exchange import Earlier, entry_of
from archive.files import WarcFile
from archive.model import Exchange
from archive.records import RecordWriter, new_record_id
from archive.rendered import rendering_fields, rendering_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.model import Capture, PortalRecord, RenderedPage, Rendering, Run

    _Waiting = tuple[Exchange | RenderedPage, Future[Any]]

ROTATE_AT = 1_000_000_000
"""A WARC file that has reached this many bytes is finished and the next one begun."""
_QUEUE_BYTES = 64 * 1024 * 1024
"""Bodies waiting to be written; whoever brings more waits."""
_BATCH_BYTES = 16 * 1024 * 1024
_BATCH = 256
_MANY = 4
_ENOUGH = 64
"""Waiting exchanges that are worth an fsync of their own."""
_GATHER_SECONDS = 0.05
"""After so many at once more are coming: a moment's rest makes one fsync and one transaction of
several, and leaves the interpreter to the crawl. Each host waits a second in any case."""


class Writer:
    """Writes the exchanges of one run."""

    def __init__(
        self,
        data: Path,
        run: Run,
        portals: tuple[PortalRecord, ...],
        software: str,
        rotate_at: int = ROTATE_AT,
    ) -> None:
        """Starts the thread; files are created when there is something to write."""
        self.run = run
        self._portals = portals
        self._folder = data / "warc"
        self._software = software
        self._rotate_at = rotate_at
        self._catalog = Catalog(data / "catalog.db")
        self._file: WarcFile | None = None
        self._warcinfo = ""
        self._queue: deque[_Waiting] = deque()
        self._queued = 0
        self.finished: set[str] = set()
        """The names of the files it has written and finished."""
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="archive-writer", daemon=True)
        self._thread.start()

    # Called from any thread

    @overload
    def submit(self, item: Exchange) -> Future[Capture]: ...
    @overload
    def submit(self, item: RenderedPage) -> Future[Rendering]: ...
    def submit(self, item: Exchange | RenderedPage) -> Future[Any]:
        """Queues a clean exchange or rendered page; waits while too much is queued."""
        future: Future[Any] = Future()
        size = _size(item)
        with self._changed:
            self._changed.wait_for(lambda: self._queued < _QUEUE_BYTES or self._closing)
            if self._closing:
                raise ArchiveError("the archive is closed")
            self._queue.append((item, future))
            self._queued += size
            self._changed.notify_all()
        return future

    def drain(self) -> None:
        """Writes what is queued and ends the thread; further exchanges are refused."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    # Called before the thread has work, or after `drain`

    def start_run(self) -> None:
        """Writes that the run began, or goes on, and with which portals."""
        with _plainly():
            file = self._open_file()
            try:
                with self._catalog.writing():
                    self._catalog.put_run(self.run)
                    self._catalog.put_portals(self.run.id, self._portals)
            except BaseException:
                # A run that did not begin leaves no file that says it did.
                self._file = None
                file.discard()
                raise

    def finish_run(self, run: Run) -> None:
        """Writes that the run ended and what it counted."""
        with _plainly():
            file = self._open_file()
            out = RecordWriter()
            out.write_run(self._warcinfo, run.finished or run.started, to_facts(run))
            with file.all_or_nothing(), self._catalog.writing():
                file.append(out.take(), out.records)
                file.sync()
                self._catalog.put_run(run)

    def close(self) -> None:
        """Finishes the file; call after `drain`."""
        try:
            with _plainly():
                if self._file:
                    self._finish_file(self._file)
        finally:
            self._catalog.close()

    # The thread

    def _work(self) -> None:
        while batch := self._next_batch():
            self._settle(batch)
            little = len(self._queue) < _ENOUGH and self._queued < _BATCH_BYTES // 2
            if len(batch) >= _MANY and little and not self._closing:
                time.sleep(_GATHER_SECONDS)

    def _settle(self, batch: list[_Waiting]) -> None:
        try:
            with _plainly():
                kept = self._write([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - the thread's boundary: the callers raise it
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for one in batch:  # what fails takes none of its neighbours with it
                self._settle([one])
        else:
            for (_, future), written in zip(batch, kept, strict=True):
                future.set_result(written)

    def _next_batch(self) -> list[_Waiting]:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            batch: list[_Waiting] = []
            size = 0
            while self._queue and len(batch) < _BATCH and size < _BATCH_BYTES:
                batch.append(self._queue.popleft())
                size += _size(batch[-1][0])
            self._queued -= size
            self._changed.notify_all()
        return batch

    def _write(self, items: list[Exchange | RenderedPage]) -> list[Capture | Rendering]:
        file = self._open_file()
        # The rows become visible when the transaction ends, so after the file is durable.
        with file.all_or_nothing(), self._catalog.writing():
            kept = [
                self._write_one(file, item)
                if isinstance(item, Exchange)
                else self._write_rendering(file, item)
                for item in items
            ]
            file.sync()
        return kept

    def _write_one(self, file: WarcFile, exchange: Exchange) -> Capture:
        record = new_record_id()
        key = request_key(exchange.method, exchange.url, exchange.request_body)
        entry, revisit = entry_of(
            exchange, self.run.id, record, key, earlier=self._earlier(key), taken=self._taken
        )
        out = RecordWriter()
        fields = to_fields(entry, self._software)
        group = out.write_exchange(
            exchange, record, self._warcinfo, fields, payload=entry.payload, revisit=revisit
        )
        length = out.size - group.start
        offset = file.append(out.take(), out.records) + group.start
        capture = dataclasses.replace(entry.capture, warc=file.name, offset=offset, length=length)
        self._catalog.add(dataclasses.replace(entry, capture=capture, leaf=group.leaf))
        return capture

    def _write_rendering(self, file: WarcFile, page: RenderedPage) -> Rendering:
        made_of = self._catalog.entry(page.capture.id)
        if not made_of:
            raise ArchiveError(
                f"capture {page.capture.id}, of which a page was rendered, is not kept"
            )
        known = self._catalog.renderings(capture=page.capture.id)
        rendering = rendering_of(page, self.run.id, len(known) + 1)
        for earlier in known:  # a crawl that goes on renders again what the archive answers
            if (earlier.screen, earlier.sha256) == (rendering.screen, rendering.sha256):
                return earlier
        out = RecordWriter()
        fields = rendering_fields(rendering, self._software)
        start = out.write_rendering(rendering, made_of.record, self._warcinfo, fields, page.markup)
        length = out.size - start
        offset = file.append(out.take(), out.records) + start
        rendering = dataclasses.replace(rendering, warc=file.name, offset=offset, length=length)
        self._catalog.add_rendering(rendering)
        return rendering

    def _taken(self, capture_id: str) -> bool:
        return self._catalog.capture(capture_id) is not None

    def _earlier(self, key: str) -> Earlier | None:
        capture = self._catalog.latest(key)
        latest = self._catalog.entry(capture.id) if capture else None
        if not latest:
            return None
        origin = self._origin(latest)
        # Same content under another coding is kept in full: then the newest holds its own.
        return Earlier(latest, origin if origin.payload == latest.payload else latest)

    def _origin(self, entry: Entry) -> Entry:
        revisited = entry.capture.revisit_of
        return (self._catalog.entry(revisited) if revisited else None) or entry

    # Files

    def _open_file(self) -> WarcFile:
        if self._file and self._file.size >= self._rotate_at:
            self._finish_file(self._file)
        if not self._file:
            file = WarcFile(self._folder, self.run.id)
            self._warcinfo = new_record_id()
            out = RecordWriter()
            out.write_warcinfo(
                self._warcinfo,
                file.name,
                self.run.started,
                {
                    "software": self._software,
                    "format": "WARC File Format 1.1",
                    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
                    "isPartOf": self.run.id,
                },
            )
            out.write_run(self._warcinfo, self.run.started, to_facts(self.run, self._portals))
            file.append(out.take(), out.records)
            file.sync()
            self._file = file
        return self._file

    def _finish_file(self, file: WarcFile) -> None:
        self._file = None
        entry = file.close()
        with self._catalog.writing():
            self._catalog.put_file(entry)
        self.finished.add(entry.name)


def _size(item: Exchange | RenderedPage) -> int:
    if isinstance(item, Exchange):
        return len(item.body) + len(item.request_body)
    return len(item.markup)


@contextmanager
def _plainly() -> Iterator[None]:
    """Says in one line of our own what the system refused."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"the archive cannot be written: {error}") from error
