"""Fixity: every record against its own digests, files against catalog and manifests, and back.

`warcio check` finds nothing wrong with a gzip WARC that lost its end or had a byte flipped. Here
every gzip member's checksum, every stated length and digest, the decoded content, the whole file's
SHA-256, the catalog, the signed manifests and the published database must agree; what does not is a
named finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive import files, published
from archive.catalog import Catalog
from archive.errors import ArchiveError
from archive.evidence import Evidence
from archive.fields import one_line
from archive.findings import Finding, FindingKind
from archive.fixity import FileCheck, Known
from archive.sending import SETTING, stored
from archive.stores import StoreError, at_hand, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from archive.entries import RunEntry
    from archive.files import FileEntry
    from archive.model import PortalRecord, Run
    from archive.stores import StoredFile

__all__ = ["Finding", "FindingKind", "verify"]


def verify(
    data: Path,
    progress: Callable[[int, int], None] | None = None,
    evidence: Evidence | None = None,
) -> Iterator[Finding]:
    """Yields what is wrong with the archive in `data`; nothing where all is well.

    Reads only, and never fails on damage. A file that a crawl is writing at the moment is left out.

    Args:
        data: the data folder.
        progress: called with bytes read and bytes to read.
        evidence: what vouches for it, where a key or roots from elsewhere are to be believed.
    """
    evidence = evidence or Evidence(data)
    catalog: Catalog | None = None
    try:
        catalog = Catalog(data / "catalog.db", readonly=True)
        catalog.check()
    except ArchiveError as error:
        yield Finding("catalog", "catalog.db", str(error))
        if catalog:
            catalog.close()
        catalog = None
    try:
        # In this order, so that a crawl at work meanwhile gives no false alarm: the catalog is read
        # first, then the files are listed, then what vouches for them is looked at.
        runs = catalog.runs() if catalog else []
        check = _Check(data / "warc", catalog, evidence, progress or _silent)
        yield from evidence.findings(runs)
        yield from check.run()
        yield from published.findings(data, catalog, evidence)
    except ArchiveError as error:  # damage that SQLite's own check did not see
        yield Finding("catalog", "catalog.db", str(error))
    except OSError as error:  # a folder that may not be read
        yield Finding("file unreadable", data.name, str(error))
    finally:
        if catalog:
            catalog.close()


def _silent(_done: int, _total: int) -> None:
    """Shows no progress."""


class _Check:
    """One pass over all files."""

    def __init__(
        self,
        folder: Path,
        catalog: Catalog | None,
        evidence: Evidence,
        progress: Callable[[int, int], None],
    ) -> None:
        self._folder = folder
        self._catalog = catalog
        self._evidence = evidence
        self._progress = progress
        self._catalog_runs = {run.id: run for run in catalog.runs()} if catalog else {}
        self._rows = catalog.files() if catalog else {}
        self._named = {*self._rows, *catalog.warcs()} if catalog else set()
        self._done = 0
        self._total = 0
        self._runs: dict[str, Run] = {}
        self._portals: dict[tuple[str, str], PortalRecord] = {}
        self._open = files.unfinished(folder)
        self._finished = files.finished(folder)

    def run(self) -> Iterator[Finding]:
        for path in self._open:
            if not self._evidence.in_use and not files.alive(path) and path.exists():
                message = "its writer died; opening the archive finishes it"
                yield Finding("file unfinished", path.name, message)
        for name, message in files.strange(self._folder):
            yield Finding("file unknown", one_line(name), message)
        paths: list[Path | StoredFile] = [*self._finished]
        try:
            paths += stored(self._folder.parent)
        except StoreError as error:
            yield Finding("file unreadable", SETTING, str(error))
        self._total = sum(map(size_of, paths))
        written = {path.name.removesuffix(files.OPEN) for path in self._open}
        missing = self._missing({path.name for path in paths} | written)
        for name, by in missing.items():
            yield Finding("file missing", name, f"{by} names it and it is not there")
        for file in paths:
            try:
                with at_hand(file) as path:
                    yield from self._file(path, missing, written)
            except (OSError, StoreError) as error:
                yield Finding("file unreadable", file.name, str(error))
            self._done += size_of(file)
        yield from self._check_runs(complete=not self._open)

    # Files

    def _missing(self, there: set[str]) -> dict[str, str]:
        """Returns the files that are not there, by name, and what names them."""
        gone: dict[str, str] = {}
        for run in self._evidence.runs():
            gone |= dict.fromkeys(self._evidence.of_run(run).keys() - there, "the manifest")
        gone = {name: by for name, by in gone.items() if not (self._folder / name).exists()}
        rows = self._named - there
        both = dict.fromkeys(rows & gone.keys(), "the catalog and the manifest")
        gone |= dict.fromkeys(rows, "the catalog") | both
        return dict(sorted(gone.items()))

    def _file(self, path: Path, missing: dict[str, str], written: set[str]) -> Iterator[Finding]:
        name, row = path.name, self._row(path.name)
        signed = self._evidence.signed(name)
        strange = not self._at_work(files.run_of(name), written)
        if strange and ((self._catalog and not row) or not signed):
            yield from self._stranger(path, missing)
        if strange and self._catalog and not row:
            yield Finding("file unknown", name, "the catalog does not know it")
        if strange and not signed:
            yield Finding("file unsigned", name, "no good manifest lists it")

        def show(read: int) -> None:
            self._progress(self._done + read, self._total)

        check = FileCheck(path, Known(self._catalog, row, signed), show)
        yield from check.findings()
        for run in check.runs:
            self._note_run(run)

    def _row(self, name: str) -> FileEntry | None:
        """Returns what the catalog has of a file; asked anew where it was finished just now."""
        if self._catalog and name not in self._rows:
            self._rows = self._catalog.files()
        return self._rows.get(name)

    def _at_work(self, run: str, written: set[str]) -> bool:
        """Whether a writer is still at work on the run, or may be about to sign it."""
        if run in {files.run_of(name) for name in written}:
            return True
        return self._evidence.in_use and run not in self._evidence.ended

    def _stranger(self, path: Path, missing: dict[str, str]) -> Iterator[Finding]:
        now = files.fingerprint(path, 0)
        for name in missing:
            signed = self._evidence.signed(name)
            known = self._rows.get(name) or (signed.entry if signed else None)
            if known and known.sha256 == now.sha256:
                yield Finding("file renamed", path.name, f"is {name} under another name")

    # Runs

    def _note_run(self, entry: RunEntry) -> None:
        if entry.run.finished or entry.run.id not in self._runs:
            self._runs[entry.run.id] = entry.run
        self._portals.update({(entry.run.id, portal.id): portal for portal in entry.portals})

    def _check_runs(self, *, complete: bool) -> Iterator[Finding]:
        if not self._catalog:
            return
        now = {run.id: run for run in self._catalog.runs()}
        for name in sorted(self._catalog_runs.keys() | self._runs.keys()):
            known = self._runs.get(name)
            if not (known and known.finished) and not complete:
                continue  # its record may stand in a file that is being written
            portals = {p.id: p for p in self._catalog.portals(name)} if name in now else {}
            recorded = {key[1]: p for key, p in self._portals.items() if key[0] == name}
            rows = (self._catalog_runs.get(name), now.get(name))  # it may have ended meanwhile
            if known not in rows or portals != recorded:
                message = f"run {name} is not in the catalog as the WARC files have it"
                yield Finding("run differs", "catalog.db", message)
