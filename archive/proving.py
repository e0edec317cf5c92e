"""Signing what a run has kept: which manifests are due, and making them.

A manifest is due when a run has ended or its writer has left it. What a process did not write
itself is signed only where its run has no manifest of its end yet: a file that turns up later
under the name of a run that was signed stays unsigned, and is found by `verify`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from archive import files, keys, log, manifest, stamping
from archive.entries import RUN_COUNTS
from archive.errors import ArchiveError, Damaged
from archive.locks import one_at_a_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography.x509 import Certificate

    from archive.catalog import Catalog
    from archive.manifest import SignedFile
    from archive.model import Run

WAITING = ".due"
"""A manifest that is written but not in the log yet; the log comes first."""
ROOTS = "tsa-roots.pem"
"""The root certificates the time stamps were checked against, beside the keys."""


@dataclass(slots=True)
class _Known:
    """What the log says: where it stands, each manifest's SHA-256 by its name, and the keys."""

    head: log.Head
    names: dict[str, str]
    keys: set[str]

    @classmethod
    def read(cls, data: Path) -> _Known:
        entries, _ = log.read(data)
        names = {
            str(entry.said.get("name")): str(entry.said.get("sha256"))
            for entry in entries
            if entry.said.get("what") == "manifest"
        }
        return cls(log.head(entries), names, log.keys(entries))


@dataclass(frozen=True, slots=True)
class Prover:
    """Makes the manifests of a data folder that are due; call under the lock on `warc/`."""

    data: Path
    catalog: Catalog
    software: str

    @property
    def _folder(self) -> Path:
        return self.data / "warc"

    def prove(self, occasion: str, own: frozenset[str] = frozenset()) -> Iterator[str]:
        """Makes what is due; `own` are the files that this process wrote and finished.

        Yields:
            What could not be signed, a line each.
        """
        known = _Known.read(self.data)
        try:
            self._complete(known)
        except OSError as error:
            yield f"a manifest was left aside: {error}"
        for run in self.catalog.runs():
            try:
                if (due := self._due(run, own, known)) is not None:
                    self._sign(run, due, occasion, known)
            except (ArchiveError, OSError) as error:
                yield f"run {run.id} was not signed: {error}"

    def _complete(self, known: _Known) -> None:
        """Puts manifests in place that the log knows and a killed process left aside."""
        for path in self._folder.glob(f"*{WAITING}"):
            final = path.with_name(path.name.removesuffix(WAITING))
            if known.names.get(final.name) == manifest.sha256(path.read_bytes()):
                path.rename(final)
            else:
                path.unlink()

    def _due(self, run: Run, own: frozenset[str], known: _Known) -> tuple[SignedFile, ...] | None:
        """Returns the files to be listed, None where no manifest is due."""
        ended = (self._folder / manifest.name_of(run.id, None)).exists()
        mine = {name for name in own if files.run_of(name) == run.id}
        if ended and not mine:
            return None
        if any(files.run_of(p.name.removesuffix(files.OPEN)) == run.id for p in self._unfinished()):
            return None  # whoever finishes that file signs
        listed = self._listed(run, known)
        there = {file.entry.name for file in listed}
        new = [
            manifest.SignedFile(entry, self.catalog.leaves(entry.name))
            for entry in self.catalog.files_of(run.id)
            if entry.name not in there and (not ended or entry.name in mine)
        ]
        if not new and (ended or not run.finished or not listed):
            return None
        return (*listed, *new)

    def _listed(self, run: Run, known: _Known) -> tuple[SignedFile, ...]:
        """Returns the files that the run's manifests list so far, those of the longest list.

        Raises:
            ArchiveError: if one of them is not as it was signed: what it lists is not signed anew.
        """
        listed: tuple[SignedFile, ...] = ()
        for path in manifest.paths(self._folder, run.id):
            data = manifest.read_bytes(path)
            if known.names.get(path.name) != manifest.sha256(data):
                raise ArchiveError(f"{path.name} is not the one that the log says was signed")
            listed = max(listed, manifest.load(data).files, key=len)
        return listed

    def _unfinished(self) -> list[Path]:
        return files.unfinished(self._folder)

    def _sign(self, run: Run, listed: tuple[SignedFile, ...], occasion: str, known: _Known) -> None:
        name = self._free_name(run)
        if name in known.names:
            raise ArchiveError(f"{name} was signed before and is gone; bring it back")
        key = keys.signing_key(self.data)
        if key.public.id not in known.keys:
            known.head = log.append(self.data, "key", key=key.public.id)
            known.keys.add(key.public.id)
        made = manifest.Manifest(
            name=name,
            run=run.id,
            started=run.started,
            finished=run.finished,
            counts={count: getattr(run, count) for count in RUN_COUNTS},
            occasion=occasion,
            made=log.now(),
            software=self.software,
            key=key.public.id,
            log=known.head,
            root=manifest.root_of(listed),
            files=listed,
        )
        data = manifest.dump(made)
        path = self._folder / name
        waiting = path.with_name(name + WAITING)
        files.write_whole(manifest.beside(path, manifest.SIGNATURE), key.sign(data), sync=False)
        files.write_whole(waiting, data)
        known.names[name] = sha256 = manifest.sha256(data)
        known.head = log.append(self.data, "manifest", name=name, sha256=sha256, root=made.root)
        waiting.rename(path)
        files.sync_folder(self._folder)

    def _free_name(self, run: Run) -> str:
        final = manifest.name_of(run.id, None)
        if run.finished and not (self._folder / final).exists():
            return final
        part = 0
        while (self._folder / manifest.name_of(run.id, part)).exists():
            part += 1
        return manifest.name_of(run.id, part)


# Time stamps


def roots(data: Path, given: Path | None = None) -> list[Path]:
    """Returns the files of root certificates: the one given; else those kept and configured."""
    kept = data / keys.FOLDER / ROOTS
    found = [kept if kept.is_file() else None, stamping.roots_named()]
    return [given] if given else [path for path in found if path]


def trusted(data: Path, given: Path | None = None) -> list[Certificate]:
    """Returns the root certificates in those files.

    Raises:
        ArchiveError: if one of them cannot be read.
    """
    return [one for path in roots(data, given) for one in stamping.roots(path)]


def stamp(data: Path, url: str, given: Path | None = None, run: str | None = None) -> Iterator[str]:
    """Has signed manifests stamped that are not; one failure ends it, as all would fail.

    Args:
        data: the data folder.
        url: the address of the authority.
        given: a PEM file with its root certificates.
        run: only the manifests of this run; by default all.

    Yields:
        What went wrong, a line each.
    """
    folder = data / "warc"
    due = [path for path in manifest.paths(folder, run)
           if not manifest.beside(path, manifest.STAMP).exists()]  # fmt: skip
    try:
        named = given or stamping.roots_named()
        believed = stamping.roots(named) if named else trusted(data)
        for path in due:
            signature = manifest.beside(path, manifest.SIGNATURE).read_bytes()
            imprinted = path.read_bytes() + signature
            answer = stamping.request(url, imprinted, believed)
            held = stamping.check(answer, imprinted, believed)
            target = manifest.beside(path, manifest.STAMP)
            with one_at_a_time(folder):
                if target.exists():
                    continue  # another process was faster
                files.write_whole(target, answer)
                log.append(data, "stamp", name=target.name, sha256=manifest.sha256(answer),
                           at=held.at, by=held.by)  # fmt: skip
        if due and named:
            _keep_roots(data, believed)
    except (ArchiveError, Damaged, OSError) as error:
        yield f"no time stamp: {error}; `nianbao verify --stamp` asks again"


def _keep_roots(data: Path, believed: list[Certificate]) -> None:
    """Keeps the roots that time stamps were checked against, beside those of authorities before."""
    kept = data / keys.FOLDER / ROOTS
    before = stamping.roots(kept) if kept.is_file() else []
    new = [one for one in believed if one not in before]
    if new:
        pem = b"".join(one.public_bytes(Encoding.PEM) for one in [*before, *new])
        files.write_whole(kept, pem)
