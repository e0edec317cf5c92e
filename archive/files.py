"""The WARC files in the data folder: written as `.open`, locked by their writer, renamed when full.

The lock tells a living writer from one that was killed: the kernel drops it with the process.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from archive.members import Flaw, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OPEN = ".open"
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})-\d{5}\.warc\.gz")
_LIKE = re.compile(r"\.warc(?!.*\.manifest)", re.IGNORECASE | re.DOTALL)
_ASIDE = (".copy", ".part")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


_MOST_PENDING = 64 * 1024
"""Bytes that wait for more before they are written: each write is a change of threads."""
_MOST_PARTS = 512
"""Pieces that are written in one go; Linux takes 1,024."""

Part = bytes | memoryview


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A finished WARC file as the catalog knows it.

    Its name, size in bytes, SHA-256 of the whole, and how many whole records it holds.
    """

    name: str
    bytes: int
    sha256: str
    records: int


def check_run_id(run: str) -> str:
    """Returns a run's id if it may stand in a file name.

    Raises:
        ArchiveError: if it may not.
    """
    if not _RUN.fullmatch(run) or run.endswith("."):
        raise ArchiveError(f"not a run id: {run[:80]!r} (letters, digits, - _ . up to 64)")
    return run


def locate(folder: Path, name: str) -> Path:
    """Returns where the WARC file `name` lies, finished or still open.

    Raises:
        ArchiveError: if there is none, or `name` is not the name of one.
    """
    if not _NAME.fullmatch(name):
        raise ArchiveError(f"not a WARC file of this archive: {name[:80]!r}")
    for path in (folder / name, folder / (name + OPEN)):
        if path.is_file():
            return path
    raise ArchiveError(f"{name} is missing from the archive")


def finished(folder: Path) -> list[Path]:
    """Returns the finished WARC files, by name; what cannot be read as a file holds nothing up."""
    found = folder.glob("*.warc.gz")
    return sorted(path for path in found if _NAME.fullmatch(path.name) and path.is_file())


def unfinished(folder: Path) -> list[Path]:
    """Returns the files still marked `.open`, by name."""
    found = folder.glob(f"*.warc.gz{OPEN}")
    return sorted(
        path for path in found if _NAME.fullmatch(path.name.removesuffix(OPEN)) and path.is_file()
    )


def strange(folder: Path) -> Iterator[tuple[str, str]]:
    """Yields what lies among the WARC files and is none of ours: its name, and what it is.

    Nothing here reads it, but others who are given the folder might.
    """
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if _LIKE.search(path.name) and not path.name.endswith(_ASIDE):
            if not _NAME.fullmatch(path.name.removesuffix(OPEN)):
                yield path.name, "is not named as a file of this archive"
            elif not path.is_file() and os.path.lexists(path):
                yield path.name, "is no file"


def fingerprint(path: Path, records: int) -> FileEntry:
    """Returns size and SHA-256 of a finished file in which `records` were counted."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(path.name, file.tell(), digest, records)


def run_of(warc: str) -> str:
    """Returns the run a WARC file belongs to by its name, "" where that is not a WARC file's."""
    found = _NAME.fullmatch(warc)
    return found[1] if found else ""


def write_whole(path: Path, data: bytes, mode: int = 0o644, *, sync: bool = True) -> None:
    """Writes a small file so that it is there whole or not at all, also after a power cut.

    With `sync` False that holds once something else makes a change in the same folder durable.

    Raises:
        OSError: if it cannot be written.
    """
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a creation or renaming in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class WarcFile:
    """A WARC file being written: bytes are appended, made durable, or taken back."""

    def __init__(self, folder: Path, run: str) -> None:
        """Creates the run's next file; several processes may write files of one run.

        Raises:
            OSError: if the folder cannot be written.
        """
        self._folder = folder
        serial = 0
        while True:
            self.name = f"{run}-{serial:05}.warc.gz"
            if not (folder / self.name).exists() and self._create():
                break
            serial += 1
        self._digest = hashlib.sha256()
        self._records = 0
        self._pending: list[Part] = []
        self._pending_size = 0
        self.size = 0

    def _create(self) -> bool:
        self._path = self._folder / (self.name + OPEN)
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            return False
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        # Another process may have finished this very serial between the two looks, or taken the
        # still empty file for one left behind.
        if (self._folder / self.name).exists() or not _same(self._path, self._descriptor):
            if _same(self._path, self._descriptor):
                self._path.unlink()
            os.close(self._descriptor)
            return False
        sync_folder(self._folder)
        return True

    def append(self, parts: Sequence[Part], records: int = 0) -> int:
        """Appends so many records, returns where they begin; not durable before `sync`."""
        offset = self.size
        length = sum(map(len, parts))
        self._pending += parts
        self._pending_size += length
        self.size += length
        self._records += records
        if self._pending_size >= _MOST_PENDING:
            self._write_pending()
        return offset

    def _write_pending(self) -> None:
        waiting, self._pending, self._pending_size = self._pending, [], 0
        for part in waiting:
            self._digest.update(part)
        for start in range(0, len(waiting), _MOST_PARTS):
            self._write(waiting[start : start + _MOST_PARTS])

    def _write(self, parts: list[Part]) -> None:
        while parts:
            written = os.writev(self._descriptor, parts)
            while parts and written >= len(parts[0]):
                written -= len(parts.pop(0))
            if written:
                parts[0] = memoryview(parts[0])[written:]

    def sync(self) -> None:
        """Writes all that was appended and makes it durable."""
        self._write_pending()
        os.fsync(self._descriptor)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Drops what was appended inside if that ends with an exception, durable or not."""
        size, digest, records = self.size, self._digest.copy(), self._records
        try:
            yield
        except BaseException:
            self._take_back(size)
            self._digest, self._records = digest, records
            raise

    def _take_back(self, size: int) -> None:
        self.size = size
        self._pending, self._pending_size = [], 0
        os.ftruncate(self._descriptor, self.size)
        os.lseek(self._descriptor, self.size, os.SEEK_SET)

    def discard(self) -> None:
        """Removes the file, which must hold nothing that was reported as kept."""
        self._path.unlink()
        sync_folder(self._folder)
        os.close(self._descriptor)

    def close(self) -> FileEntry:
        """Finishes the file under its own name and returns its catalog row."""
        self.sync()
        self._path.rename(self._folder / self.name)
        sync_folder(self._folder)
        os.close(self._descriptor)
        return FileEntry(self.name, self.size, self._digest.hexdigest(), self._records)


def _same(path: Path, descriptor: int) -> bool:
    try:
        there, here = path.stat(), os.fstat(descriptor)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def alive(path: Path) -> bool:
    """Tells whether a living process is writing the `.open` file."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return path.with_name(path.name.removesuffix(OPEN)).exists()
    return False


def recover(path: Path, known_end: int) -> Path | None:
    """Finishes a file whose writer died: cuts the torn tail off and renames it.

    `known_end` is where the last record ends that the catalog knows; nothing before it is ever
    cut, so damage to what was kept stays there to be found by `verify`.

    Returns:
        The finished file; None if a living process writes it or nothing whole was in it.
    """
    descriptor = os.open(path, os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        if not _same(path, descriptor):
            return None
        end = _whole_until(path)
        if end < os.fstat(descriptor).st_size and end >= known_end:
            os.ftruncate(descriptor, end)
            os.fsync(descriptor)
        if not os.fstat(descriptor).st_size:
            path.unlink()
            return None
        final = path.with_name(path.name.removesuffix(OPEN))
        path.rename(final)
        sync_folder(path.parent)
        return final
    finally:
        os.close(descriptor)


def _whole_until(path: Path) -> int:
    """Returns where the last whole group of records ends (see `archive.records`)."""
    end = 0
    for item in records(path):
        if isinstance(item, Flaw):
            break
        opens_group = item.kind in {"request", "metadata"} and "warc-concurrent-to" in item.headers
        if not opens_group:
            end = item.offset + item.length
    return end
