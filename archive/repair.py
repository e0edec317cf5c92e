"""Restoring damaged files from a second store: proved before anything is replaced.

A copy is taken only if it is, to the byte, what the signed manifest (for a manifest: the log) says
it should be. What it replaces is kept aside in `damaged/`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from archive import files, log, manifest
from archive.errors import ArchiveError
from archive.stores import Store, at_hand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archive.evidence import Evidence
    from archive.files import FileEntry
    from archive.findings import Finding

ASIDE = "damaged"
_ELSEWHERE = "://"


class Repair:
    """Puts good copies from `source` into the archive in `data`."""

    def __init__(self, data: Path, source: str, say: Callable[[str], None]) -> None:
        """Does nothing yet.

        Args:
            data: the data folder.
            source: another data folder, a folder of WARC files and manifests, or a store
                (`s3://BUCKET/PREFIX`).
            say: told of each file that was restored.

        Raises:
            ArchiveError: if `source` is none of these.
        """
        self._data = data
        self._folder = data / "warc"
        self._say = say
        self._store = Store(source if _ELSEWHERE in source else str(self._below(Path(source))))

    def _below(self, source: Path) -> Path:
        """Returns the folder with the WARC files."""
        if not source.is_dir():
            raise ArchiveError(f"{source} is not a folder")
        folder = source / "warc" if (source / "warc").is_dir() else source
        if folder.resolve() == self._folder.resolve():
            raise ArchiveError(f"{source} is this archive itself; a second store is elsewhere")
        return folder.resolve()

    def proofs(self, findings: Iterable[Finding], evidence: Evidence) -> Iterator[str]:
        """Restores manifests, signatures and time stamps; before the files they vouch for.

        Yields:
            What could not be restored, a line each.
        """
        wanted = {"manifest", "manifest missing", "signature", "root", "time stamp", "key"}
        named = {finding.file for finding in findings if finding.kind in wanted}
        for name in sorted(named):
            first = name.removesuffix(manifest.STAMP)
            if manifest.run_and_part(first) is None:
                continue
            try:
                self._proof(first, evidence, stamp=name != first)
            except (ArchiveError, OSError) as error:
                yield f"{name} was not restored: {error}"

    def _proof(self, name: str, evidence: Evidence, *, stamp: bool) -> None:
        if stamp:
            self._logged("stamp", name + manifest.STAMP)
            return
        there = self._folder / name
        data = there.read_bytes() if there.is_file() else b""
        if not data or manifest.sha256(data) != self._stated("manifest", name):
            self._logged("manifest", name)
            data = there.read_bytes()
        signed = manifest.beside(there, manifest.SIGNATURE)
        key = evidence.keys.get(manifest.load(data).key)
        if key is None:
            raise ArchiveError("the key it is signed with is not there")
        if not (signed.is_file() and key.verifies(signed.read_bytes(), data)):
            copy = self._copy(signed.name)
            if not key.verifies(copy, data):
                raise ArchiveError(f"the copy of {signed.name} is not a signature over it either")
            self._put(signed, copy)

    def _logged(self, what: str, name: str) -> None:
        """Restores a file that the log knows by its SHA-256."""
        stated = self._stated(what, name)
        if stated is None:
            raise ArchiveError("the log does not know it")
        copy = self._copy(name)
        if manifest.sha256(copy) != stated:
            raise ArchiveError("the copy is not what the log states either")
        self._put(self._folder / name, copy)

    def _stated(self, what: str, name: str) -> str | None:
        entries, _ = log.read(self._data)
        for entry in reversed(entries):
            if entry.said.get("what") == what and entry.said.get("name") == name:
                return str(entry.said.get("sha256"))
        return None

    def _copy(self, name: str) -> bytes:
        with at_hand(self._store.file(name)) as path:
            return path.read_bytes()

    def _put(self, path: Path, data: bytes) -> None:
        kept = self._keep_aside(path)
        files.write_whole(path, data)
        self._done(path.name, manifest.sha256(data), kept=kept)

    # WARC files

    def warcs(self, findings: Iterable[Finding], wanted: dict[str, FileEntry]) -> Iterator[str]:
        """Restores the WARC files that are not what they should be.

        Args:
            findings: what was found; files named in none are not looked at.
            wanted: what the files should be, by name.

        Yields:
            What could not be restored, a line each.
        """
        for name in sorted({finding.file for finding in findings}):
            if not files.run_of(name):
                continue
            try:
                self._warc(name, wanted.get(name))
            except (ArchiveError, OSError) as error:
                yield f"{name} was not restored: {error}"

    def _warc(self, name: str, wanted: FileEntry | None) -> None:
        if wanted is None:
            raise ArchiveError("neither a good manifest nor the catalog says what it should be")
        path = self._folder / name
        if path.is_file() and _same(files.fingerprint(path, wanted.records), wanted):
            return  # what is wrong is not in the file
        aside = path.with_name(name + ".copy")
        try:
            self._store.fetch(name, aside)
            if not _same(files.fingerprint(aside, wanted.records), wanted):
                raise ArchiveError("the copy is not what it should be either")
            kept = self._keep_aside(path)
            aside.rename(path)
        finally:
            aside.unlink(missing_ok=True)
        files.sync_folder(self._folder)
        self._done(name, wanted.sha256, kept=kept)

    def _keep_aside(self, path: Path) -> bool:
        """Moves away what stands there, be it a file or not; returns whether anything did."""
        if not os.path.lexists(path):
            return False
        folder = self._data / ASIDE
        folder.mkdir(exist_ok=True)
        target, number = folder / path.name, 1
        while os.path.lexists(target):
            number += 1
            target = folder / f"{path.name}.{number}"
        path.rename(target)
        return True

    def _done(self, name: str, sha256: str, *, kept: bool) -> None:
        log.append(self._data, "repair", name=name, sha256=sha256)
        told = f"; what was there is in {self._data / ASIDE}" if kept else ""
        self._say(f"restored {name}{told}")


def _same(one: FileEntry, other: FileEntry) -> bool:
    return (one.bytes, one.sha256) == (other.bytes, other.sha256)
