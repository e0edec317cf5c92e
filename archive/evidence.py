"""What vouches for the WARC files: keys, manifests, signatures, time stamps, the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive import files, keys, log, manifest, proving, stamping
from archive.errors import ArchiveError, Damaged
from archive.fields import one_line
from archive.findings import Finding
from archive.locks import in_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cryptography import x509

    from archive.keys import PublicKey
    from archive.manifest import Manifest, SignedFile
    from archive.model import Run


class Evidence:
    """The proofs in a data folder, checked; then what the good ones say of a file."""

    def __init__(self, data: Path, key: Path | None = None, roots: Path | None = None) -> None:
        """Reads nothing yet.

        Args:
            data: the data folder.
            key: a public key known from elsewhere, the only one to be believed; else those there.
            roots: root certificates of the time-stamp authority; else those kept or configured.
        """
        self._data = data
        self._folder = data / "warc"
        self._given = (key, roots)
        self._wrong: list[Finding] = []
        self._current = ""
        self._trusted: list[x509.Certificate] = []
        self._log: list[log.Entry] = []
        self._last: dict[tuple[str, str], str] = {}
        self._good: dict[str, list[tuple[int, Path]]] = {}
        self._of_run: tuple[str, dict[str, SignedFile]] = ("", {})
        self.in_use = False
        """Whether another process had the archive open, and may have been about to sign."""
        self.ended: set[str] = set()
        """The runs with a manifest of their end, good or not."""
        self.keys: dict[str, PublicKey] = {}
        """The public keys that are believed, by id, the one in use first."""
        self.stamps: dict[str, stamping.Stamp] = {}
        """The time stamps that hold, by the name of their manifest."""

    def _look(self) -> list[Path]:
        """Reads what is there, in the order that a writer at work gives no false alarm."""
        key, roots = self._given
        self.in_use = in_use(self._data)
        listed = manifest.paths(self._folder)
        self._log, said = log.read(self._data)
        self._wrong += (Finding("log", log.NAME, message) for message in said)
        self._last = {
            (str(e.said.get("what")), str(e.said.get("name"))): str(e.said.get("sha256"))
            for e in self._log
        }
        self._read_keys(key)
        try:
            self._trusted = proving.trusted(self._data, roots)
        except ArchiveError as error:
            self._wrong.append(Finding("time stamp", proving.ROOTS, str(error)))
        self.ended = {path.name.removesuffix(manifest.name_of("", None)) for path in listed}
        return listed

    def _read_keys(self, given: Path | None) -> None:
        try:
            if given:
                only = keys.read_public(given)
                self.keys = {only.id: only}
            else:
                self.keys = keys.known(self._data)
        except ArchiveError as error:
            self._wrong.append(Finding("key", keys.PUBLIC, str(error)))
        self._current = next(iter(self.keys), "")
        self._wrong += (Finding("key", keys.PUBLIC, said) for said in keys.problems(self._data))
        first = self._log[0].said if self._log else {}
        if first.get("what") == "key" and self.keys and first.get("key") not in self.keys:
            message = f"is {self._current[:12]}…, and the log began with {first.get('key')!s:.12}…"
            self._wrong.append(Finding("key", keys.PUBLIC, message))
        if not given:
            self._drop_strangers(log.keys(self._log))

    def _drop_strangers(self, logged: set[str]) -> None:
        """Believes no key that was laid beside the archive's own and never signed for it."""
        strangers = sorted(self.keys.keys() - logged) if logged & self.keys.keys() else []
        for name in strangers:
            file = keys.public_file(self._data, name).name
            message = f"holds key {name[:12]}…, of which the log knows nothing"
            self._wrong.append(Finding("key", one_line(file), message))
            del self.keys[name]
        self._current = next(iter(self.keys), "")

    # Checking

    def findings(self, runs: Iterable[Run] = ()) -> Iterator[Finding]:
        """Yields what is wrong with them; afterwards `signed` answers from what is right.

        Args:
            runs: the runs as the catalog had them before; those that had ended must be signed.
        """
        listed = self._look()
        yield from self._wrong
        earlier: Manifest | None = None
        there = set[str]()
        for path in listed:
            there.add(path.name)
            try:
                data = manifest.read_bytes(path)
                read = manifest.load(data)
            except Damaged as error:
                yield Finding("manifest", path.name, str(error))
                continue
            wrong = [*self._wrong_manifest(path, data, read)]
            yield from wrong
            if not {finding.kind for finding in wrong} & {"manifest", "signature", "key"}:
                self._good.setdefault(read.run, []).append((len(read.files), path))
            if earlier and earlier.run == read.run and not _goes_on(earlier, read):
                yield Finding("manifest", path.name, "does not list what the one before it lists")
            earlier = read
        yield from self._missing(there, runs)

    def _wrong_manifest(self, path: Path, data: bytes, read: Manifest) -> Iterator[Finding]:
        name = path.name
        if read.name != name:
            yield Finding("manifest", name, f"is {read.name[:80]}, of run {read.run[:64]}")
        if manifest.root_of(read.files) != read.root:
            yield Finding("root", name, "its Merkle root is not that of the captures it lists")
        known = self._logged("manifest", name)
        same = manifest.sha256(data) == known
        if known and not same:
            yield Finding("manifest", name, "is not the one that the log says was signed")
        elif not known and read.key in {self._current, ""}:
            yield Finding("log", log.NAME, f"does not know {name}")
        signature = _read(manifest.beside(path, manifest.SIGNATURE))
        yield from self._wrong_signature(path, data, read, signature)
        yield from self._wrong_stamp(path, data + signature)
        yield from self._wrong_log(read)

    def _wrong_signature(
        self, path: Path, data: bytes, read: Manifest, signature: bytes
    ) -> Iterator[Finding]:
        own = self.keys.get(read.key)
        if not signature:
            yield Finding("signature", path.name, "has no signature beside it")
        elif own is None:
            message = f"is signed with key {read.key[:12]}…, which is not {self._current[:12]}…"
            yield Finding("key", path.name, message)
        elif not own.verifies(signature, data):
            yield Finding("signature", path.name, "the signature is not one over this manifest")

    def _wrong_stamp(self, path: Path, imprinted: bytes) -> Iterator[Finding]:
        stamp = manifest.beside(path, manifest.STAMP)
        data, known = _read(stamp), self._logged("stamp", stamp.name)
        if not data:
            if known:
                yield Finding("time stamp", stamp.name, "is gone; the log says it was received")
            return
        if known not in {None, manifest.sha256(data)}:
            yield Finding("time stamp", stamp.name, "is not the one that the log says was received")
        try:
            self.stamps[path.name] = stamping.check(data, imprinted, self._trusted)
        except Damaged as error:
            yield Finding("time stamp", stamp.name, f"does not hold: {error}")

    def _wrong_log(self, read: Manifest) -> Iterator[Finding]:
        """Holds the log against where it stood when a manifest was signed."""
        if read.key != self._current:
            return
        at = read.log.entries
        if at and (len(self._log) < at or self._log[at - 1].sha256 != read.log.sha256):
            yield Finding("log", log.NAME, f"is not as it stood when {read.name} was signed")

    def _missing(self, there: set[str], runs: Iterable[Run]) -> Iterator[Finding]:
        named = {name for what, name in self._last if what == "manifest"}
        for name in sorted(named - there):
            due = (self._folder / (name + proving.WAITING)).exists()
            if not due and not (self._folder / name).exists():  # else it is signed just now
                yield Finding("manifest missing", name, "the log says it was signed")
        open_runs = {files.run_of(p.name.removesuffix(files.OPEN))
                     for p in files.unfinished(self._folder)}  # fmt: skip
        for run in runs if not self.in_use else ():
            name = manifest.name_of(run.id, None)
            if run.finished and run.id not in open_runs and name not in there | named:
                message = f"run {run.id} has ended; opening the archive signs it as it is"
                yield Finding("manifest missing", name, message)

    def _logged(self, what: str, name: str) -> str | None:
        """Returns the SHA-256 under which the log last had a file."""
        return self._last.get((what, name))

    # Answering

    def signed(self, warc: str) -> SignedFile | None:
        """Returns what a good manifest states of a WARC file, None where none lists it."""
        return self.of_run(files.run_of(warc)).get(warc)

    def of_run(self, run: str) -> dict[str, SignedFile]:
        """Returns what good manifests state of a run's files, by name; the last run is kept."""
        if self._of_run[0] != run:
            listed: dict[str, SignedFile] = {}
            for _, path in sorted(self._good.get(run, ()))[-1:]:
                read = manifest.load(manifest.read_bytes(path))
                listed = {file.entry.name: file for file in read.files}
            self._of_run = (run, listed)
        return self._of_run[1]

    def best(self, run: str) -> Path | None:
        """Returns the good manifest of a run that lists most files."""
        good = sorted(self._good.get(run, ()))
        return good[-1][1] if good else None

    def runs(self) -> list[str]:
        """Returns the runs with a good manifest."""
        return sorted(self._good)


def _goes_on(earlier: Manifest, later: Manifest) -> bool:
    shorter, longer = sorted((earlier.files, later.files), key=len)
    return longer[: len(shorter)] == shorter


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:
        return b""
