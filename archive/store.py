"""The archive of a data folder: keeps exchanges in WARC files, finds and reads what is kept."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Self

from archive import files
from archive.catalog import Catalog
from archive.entries import RUN_COUNTS, request_key
from archive.errors import ArchiveError, OutOfDate
from archive.exchange import clean
from archive.locks import Use, one_at_a_time
from archive.model import Run
from archive.proving import Prover, stamp
from archive.reading import Reader
from archive.rendered import clean_rendered
from archive.sending import stored
from archive.stamping import address
from archive.upkeep import make_good
from archive.writer import ROTATE_AT, Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path
    from types import TracebackType

    from archive.model import (
        Capture,
        Exchange,
        PortalRecord,
        RenderedPage,
        Rendering,
        Role,
        StoredResponse,
        Validators,
    )


class Archive:
    """The WARC files and the catalog under a data folder; a context manager, safe for threads.

    Opening it makes good what a killed process left: torn files are finished, and every WARC file
    the catalog does not know is read into it.
    """

    def __init__(
        self,
        data: Path,
        *,
        readonly: bool = False,
        rebuild: bool = False,
        rotate_at: int = ROTATE_AT,
    ) -> None:
        """Opens the archive in `data`, creating it where there is none.

        Args:
            data: the data folder.
            readonly: open for reading only: nothing is created, repaired or locked.
            rebuild: delete the catalog first, readable or not, and read it anew from the WARCs.
            rotate_at: the size in bytes at which a WARC file is finished.

        Raises:
            ArchiveError: if it cannot be opened.
            Damaged: if `catalog.db` is not readable.
            Busy: if it is to be rebuilt and another process has it open.
        """
        self._data = data
        self._folder = data / "warc"
        self._rotate_at = rotate_at
        self._lock = threading.RLock()
        self._reader = Reader(self._folder, self.capture)
        self._writer: Writer | None = None
        self._use: Use | None = None
        self._software = _software()
        self._written: set[str] = set()
        self.problems: list[str] = []
        """What could not be made good on opening, nor signed or stamped since, one line each."""
        if readonly:
            self._catalog = Catalog(data / "catalog.db", readonly=True)
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._use = Use(data)
        except OSError as error:
            raise ArchiveError(f"the archive in {data} cannot be opened: {error}") from error
        try:
            self._open(self._use, rebuild=rebuild)
        except BaseException:
            self._use.close()
            raise

    def _open(self, use: Use, *, rebuild: bool) -> None:
        with one_at_a_time(self._folder):
            if rebuild:
                with use.alone():
                    self._delete_catalog()
            try:
                self._catalog = Catalog(self._data / "catalog.db")
            except OutOfDate:
                with use.alone():
                    self._delete_catalog()
                self._catalog = Catalog(self._data / "catalog.db")
            try:
                self.problems = make_good(self._folder, self._catalog)
                self.problems += self._prover().prove("upkeep")
            except BaseException:
                self._catalog.close()
                raise

    def __enter__(self) -> Self:
        """Returns the archive itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the archive."""
        self.close()

    @property
    def software(self) -> str:
        """Who writes: the name and version that records and exports bear."""
        return self._software

    def close(self) -> None:
        """Writes what is waiting, finishes the open file, lets go; once is enough."""
        with self._lock:
            try:
                self._stop_writing()
            finally:
                self._catalog.close()
                if self._use:
                    self._use.close()
                    self._use = None

    # Runs

    def begin_run(
        self,
        run_id: str | None = None,
        started: str | None = None,
        portals: Iterable[PortalRecord] = (),
    ) -> Run:
        """Begins a run, or continues the unfinished run with this id; what follows belongs to it.

        Args:
            run_id: by default the time as `20261120T064635Z`, with a suffix where that is taken.
            started: UTC, `2026-11-20T06:46:35Z`; by default now.
            portals: what the run asks, kept with it.

        Raises:
            ArchiveError: if the run is finished, the id is unfit, or nothing can be written.
        """
        with self._lock:
            self._must_write()
            self._stop_writing()
            started = started or _now()
            run = self._free_run(started) if run_id is None else Run(run_id, started)
            known = self._catalog.run(files.check_run_id(run.id))
            if known and known.finished:
                raise ArchiveError(f"run {run.id} is finished; begin another")
            self._writer = self._new_writer(known or run, tuple(portals))
            self._writer.start_run()
            return self._writer.run

    def finish_run(self, run: str, finished: str | None = None, **counts: int) -> Run:
        """Ends a run with what it counted: requests, found, new, unchanged, failed.

        Raises:
            ArchiveError: if there is no such run or it cannot be written.
            TypeError: for a count of another name.
        """
        if unknown := counts.keys() - set(RUN_COUNTS):
            raise TypeError(f"a run does not count {', '.join(sorted(unknown))}")
        with self._lock:
            self._must_write()
            known = self._catalog.run(run)
            if not known:
                raise ArchiveError(f"there is no run {run}")
            if self._writer and self._writer.run.id != run:
                self._stop_writing()
            if not self._writer:
                self._writer = self._new_writer(known, tuple(self._catalog.portals(run)))
            self._writer.drain()
            done = _with_counts(known, finished or _now(), counts)
            self._writer.finish_run(done)
            self._stop_writing("finish")
            self._stamp(run)
            return done

    def runs(self) -> list[Run]:
        """Returns all runs, oldest first."""
        with self._lock:
            return self._catalog.runs()

    def unfinished_run(self) -> Run | None:
        """Returns the newest run that has not ended, None where all have."""
        return next((run for run in reversed(self.runs()) if not run.finished), None)

    def portals(self, run: str | None = None) -> list[PortalRecord]:
        """Returns the portals of a run; of all runs by default, each as last known."""
        with self._lock:
            return self._catalog.portals(run)

    # Keeping

    def submit(self, exchange: Exchange) -> Future[Capture]:
        """Queues an exchange; the future is done once it is durable. Waits while much is queued.

        Raises:
            ArchiveError: if no run has begun or the exchange is not what `Exchange` promises.
        """
        return self._writing().submit(clean(exchange))

    def submit_rendered(self, page: RenderedPage) -> Future[Rendering]:
        """Queues what a browser made of a captured page, to be kept beside it; as `submit`.

        The same screen of the same capture with the same markup is kept once.
        """
        return self._writing().submit(clean_rendered(page))

    def record(self, exchange: Exchange) -> Capture:
        """Keeps an exchange and returns its capture once it is durable.

        Raises:
            ArchiveError: as for `submit`, or if it cannot be written.
        """
        return self.submit(exchange).result()

    # Finding

    def capture(self, capture_id: str) -> Capture | None:
        """Returns the capture with this id."""
        with self._lock:
            return self._catalog.capture(capture_id)

    def captured(
        self, run: str, url: str, method: str = "GET", body: bytes = b""
    ) -> Capture | None:
        """Returns the run's newest capture of a request: the archive is the crawl's cache."""
        with self._lock:
            return self._catalog.captured(run, request_key(method, url, body))

    def latest(self, url: str, method: str = "GET", body: bytes = b"") -> Capture | None:
        """Returns the newest capture of a request that is whole content.

        That is status 200 (or 304 confirming one), not truncated, and with no `reason` against
        it: what a conditional request may ask about.
        """
        with self._lock:
            return self._catalog.latest(request_key(method, url, body))

    def validators(self, capture: Capture) -> Validators:
        """Returns ETag and Last-Modified of a capture, for a conditional request."""
        with self._lock:
            return self._catalog.validators(capture.id)

    def captures(
        self,
        run: str | None = None,
        portal: str | None = None,
        roles: Iterable[Role] | None = None,
    ) -> Iterator[Capture]:
        """Yields captures in the order of their ids, so of time; flat in memory."""
        wanted = tuple(roles) if roles is not None else None
        return self._locked(self._catalog.captures(run=run, portal=portal, role=wanted))

    def by_digest(self, sha256: str) -> list[Capture]:
        """Returns the captures whose content has this SHA-256 (hex), oldest first."""
        return list(self._locked(self._catalog.captures(sha256=sha256.lower())))

    def _locked(self, captures: Iterator[Capture]) -> Iterator[Capture]:
        while True:
            with self._lock:
                capture = next(captures, None)
            if capture is None:
                return
            yield capture

    def renderings(self, capture: str | None = None) -> list[Rendering]:
        """Returns what browsers made of a capture's page, or of all, in the order it was made."""
        with self._lock:
            return self._catalog.renderings(**({"capture": capture} if capture else {}))

    # Reading

    def markup(self, rendering: Rendering) -> bytes:
        """Returns the markup of a rendered page, proved against its SHA-256.

        Raises:
            Damaged: if what is kept is not what was rendered.
            ArchiveError: if its WARC file is missing.
        """
        return self._reader.markup(rendering)

    def content(self, capture: Capture) -> bytes:
        """Returns the content of a capture, decoded, proved against its SHA-256.

        Raises:
            Damaged: if what is kept is not what was captured.
            ArchiveError: if its WARC file is missing.
        """
        return self._reader.content(capture)

    def response(self, capture: Capture) -> StoredResponse:
        """Returns the answer of a capture as received, for replay; a 304 as what it confirms.

        Raises:
            Damaged: if the record cannot be read.
            ArchiveError: if its WARC file is missing.
        """
        return self._reader.response(capture)

    # Making good

    def rebuild(self) -> list[str]:
        """Deletes the catalog and reads it anew from the WARC files alone.

        Returns:
            One line for each stretch of a file that could not be read.

        Raises:
            Busy: if another process has the archive open.
            StoreError: if the store with what is not here does not answer.
        """
        with self._lock:
            self._must_write()
            self._stop_writing()
            assert self._use
            with self._use.alone():
                stored(self._data)  # before the catalog is closed
                self._catalog.close()
                self._delete_catalog()
                self._catalog = Catalog(self._data / "catalog.db")
                self.problems = make_good(self._folder, self._catalog)
                return self.problems

    def _delete_catalog(self) -> None:
        stored(self._data)  # a store that does not answer now would be missing from the rows
        for suffix in ("", "-wal", "-shm"):
            self._data.joinpath(f"catalog.db{suffix}").unlink(missing_ok=True)

    def dump(self) -> Iterator[tuple[object, ...]]:
        """Yields every row of the catalog in a canonical order, for comparison."""
        with self._lock:
            yield from self._catalog.dump()

    def _free_run(self, started: str) -> Run:
        first = wanted = re.sub(r"[-:]|\.\d+", "", started)
        repeat = 2
        while self._catalog.run(wanted):
            wanted = f"{first}-{repeat}"
            repeat += 1
        return Run(wanted, started)

    def _new_writer(self, run: Run, portals: tuple[PortalRecord, ...]) -> Writer:
        return Writer(self._data, run, portals, self._software, self._rotate_at)

    def _stop_writing(self, occasion: str = "close") -> None:
        """Finishes what is being written, and signs it."""
        writer, self._writer = self._writer, None
        if writer:
            writer.drain()
            try:
                writer.close()
            finally:
                self._written |= writer.finished
        self._prove(occasion)

    def _prover(self) -> Prover:
        return Prover(self._data, self._catalog, self._software)

    def _prove(self, occasion: str) -> None:
        """Signs what is due, where this archive wrote anything."""
        if self._use and self._written:
            with one_at_a_time(self._folder):
                wrong = [*self._prover().prove(occasion, frozenset(self._written))]
            self.problems += wrong
            if not wrong:  # else closing tries again
                self._written.clear()

    def _stamp(self, run: str) -> None:
        """Has it stamped where an authority is configured; failing at that is no failed run."""
        try:
            if url := address():
                self.problems += stamp(self._data, url, run=run)
        except ArchiveError as error:
            self.problems.append(f"no time stamp: {error}")

    def _writing(self) -> Writer:
        with self._lock:
            if not self._writer:
                raise ArchiveError("no run has begun")
            return self._writer

    def _must_write(self) -> None:
        if not self._use:
            raise ArchiveError(f"the archive in {self._data} is not open for writing")


def _with_counts(run: Run, finished: str, counts: Mapping[str, int]) -> Run:
    return Run(run.id, run.started, finished, *(counts.get(name, 0) for name in RUN_COUNTS))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _software() -> str:
    try:
        return f"nianbao/{version('nianbao')}"
    except PackageNotFoundError:
        return "nianbao"
