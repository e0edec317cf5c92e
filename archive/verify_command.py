"""Check an archive for people: every record, the chain of one capture, repair, time stamps."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive import chain, keys, log, proving, stamping
from archive.catalog import Catalog
from archive.errors import ArchiveError
from archive.evidence import Evidence
from archive.fields import one_line
from archive.repair import Repair
from archive.showing import progress, say
from archive.store import Archive
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.files import FileEntry
    from archive.findings import Finding


@dataclass(frozen=True, slots=True)
class Options:
    """What to check by, and what to do beforehand.

    `rebuild`: make the catalog again from the WARC files first. `repair`: the folder or store
    (`s3://…`) to restore damaged files from. `stamp`: ask for time stamps that are missing, `tsa`
    being the authority's address and `tsa_ca` the file of its root certificates. `key`: a public
    key known from elsewhere, the only one to be believed.
    """

    rebuild: bool = False
    repair: str | None = None
    stamp: bool = False
    tsa: str | None = None
    tsa_ca: Path | None = None
    key: Path | None = None

    def check(self) -> None:
        """Reads the files that are named.

        Raises:
            ArchiveError: if one of them does not hold what it should.
        """
        if self.key:
            keys.read_public(self.key)
        if self.tsa_ca:
            stamping.roots(self.tsa_ca)


def verify_archive(data: Path, options: Options) -> Iterator[str]:
    """Check every record of the archive and say in one line how much was checked.

    Yields:
        What is not as it should be, a line each, with the name of the damage.
    """
    if not (data / "warc").is_dir():
        yield f"{data} holds no archive"
        return
    try:
        options.check()
    except ArchiveError as error:
        yield str(error)
        return
    if options.rebuild:
        try:
            with Archive(data, rebuild=True) as archive:
                yield from archive.problems
        except (ArchiveError, OSError) as error:
            yield f"the catalog was not rebuilt: {error}"
            return
    if options.stamp:
        yield from _stamp(data, options)
    if options.repair:
        yield from _repair(data, options, options.repair)
    yield from map(str, _audit(data, options))


def _audit(data: Path, options: Options) -> Iterator[Finding]:
    """Verify once with a bar, and enter it in the log."""
    started, size, kinds = time.monotonic(), 0, Counter[str]()
    evidence = Evidence(data, options.key, options.tsa_ca)
    with progress() as bar:
        task = bar.add_task("verifying", total=None)

        def show(done: int, total: int) -> None:
            nonlocal size
            size = total
            bar.update(task, completed=done, total=total)

        for finding in verify(data, show, evidence):
            kinds[finding.kind] += 1
            yield finding
    seconds = max(time.monotonic() - started, 1e-3)
    say(f"{data}: {size / 1e6:.1f} MB verified, {size / 1e6 / seconds:.0f} MB/s")
    say(_vouched(evidence))
    try:
        log.append(data, "audit", bytes=size, findings=dict(sorted(kinds.items())))
    except OSError as error:
        say(f"this audit was not entered in the log: {error}")


def _vouched(evidence: Evidence) -> str:
    """What the signatures and time stamps amount to."""
    stamps = evidence.stamps.values()
    told = f"signed runs: {len(evidence.runs())}, time stamps: {len(stamps)}"
    if evidence.keys:
        told += f", key: {', '.join(evidence.keys)}"
    if any(not stamp.rooted for stamp in stamps):
        told += " (not led back to a root certificate: name it by --tsa-ca)"
    return told


def _stamp(data: Path, options: Options) -> Iterator[str]:
    try:
        url = stamping.address(options.tsa)
    except ArchiveError as error:
        yield str(error)
        return
    if url is None:
        yield f"no time-stamp authority is named: --tsa URL or {stamping.ADDRESS}"
        return
    yield from proving.stamp(data, url, options.tsa_ca)


def _repair(data: Path, options: Options, source: str) -> Iterator[str]:
    """Restore what is damaged; what was found on the way is told, not counted."""
    try:
        repair = Repair(data, source, say)
    except ArchiveError as error:
        yield str(error)
        return
    evidence = Evidence(data, options.key, options.tsa_ca)
    found = list(verify(data, evidence=evidence))
    for finding in found:
        say(f"found {finding}")
    yield from repair.proofs(found, evidence)
    evidence = Evidence(data, options.key, options.tsa_ca)
    for _ in evidence.findings():
        pass  # only what is good now is asked
    yield from repair.warcs(found, _wanted(data, evidence))


def _wanted(data: Path, evidence: Evidence) -> dict[str, FileEntry]:
    """What the WARC files should be: as the manifests state, else as the catalog has it."""
    wanted: dict[str, FileEntry] = {}
    try:
        catalog = Catalog(data / "catalog.db", readonly=True)
    except ArchiveError:
        pass
    else:
        wanted = catalog.files()
        catalog.close()
    for run in evidence.runs():
        wanted |= {name: file.entry for name, file in evidence.of_run(run).items()}
    return wanted


def _named(catalog: Catalog, capture: str) -> str:
    """Returns the capture's id: itself, or the first that holds the content of this SHA-256."""
    held = (one.id for one in catalog.captures(sha256=capture) if not one.revisit_of)
    return next(held, capture)


def prove_capture(data: Path, capture: str, options: Options) -> Iterator[str]:
    """Print the chain that proves a capture, and the commands that check it without us.

    Args:
        data: the data folder.
        capture: the capture, or the SHA-256 of its content as citations give it.
        options: the key and the roots to check by.

    Yields:
        Why there is none, a line.
    """
    try:
        options.check()
        catalog = Catalog(data / "catalog.db", readonly=True)
    except ArchiveError as error:
        yield str(error)
        return
    try:
        evidence = Evidence(data, options.key, options.tsa_ca)
        for _ in evidence.findings(catalog.runs()):
            pass  # what concerns this capture fails below
        found = chain.chain_of(data, _named(catalog, capture), catalog, evidence, options.tsa_ca)
    except (ArchiveError, OSError) as error:
        yield str(error)
        return
    finally:
        catalog.close()
    for line in chain.told(found):
        print(f"# {one_line(line)}")  # noqa: T201 - the answer; a line break would be a command
    print(f"#\n{chain.script(found, data)}", end="")  # noqa: T201 - the answer
