"""Where finished WARC files are kept besides the data folder: a folder, or an S3-compatible store.

The same code for both, by obstore. A record is read by its range; a file counts as sent only
after it was read back and its SHA-256 compared. Keys for S3 come from the environment, as for
every other program: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
`AWS_ENDPOINT_URL`.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

_AHEAD = 256 * 1024
"""What one request reads at least; most records are smaller."""
_LOOPBACK = re.compile(r"http://(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?/?")


class StoreError(ArchiveError):
    """A store cannot be reached, or does not hold what it should."""


class Store:
    """A place for finished files, told by `s3://BUCKET/PREFIX` or the path of a folder."""

    def __init__(self, url: str) -> None:
        """Reaches for nothing yet.

        Raises:
            StoreError: if the address is of no known kind or keys for it are missing.
        """
        self.url = url
        self._objects = _s3(url) if url.startswith("s3://") else _folder(url)

    def sizes(self) -> dict[str, int]:
        """Returns the names of all files in the store with their sizes in bytes.

        Raises:
            StoreError: if the store does not answer.
        """
        with _plainly(self.url):
            parts = obstore.list(self._objects)
            return {each["path"]: each["size"] for part in parts for each in part}

    def file(self, name: str) -> StoredFile:
        """Returns a file to read from.

        Raises:
            StoreError: if it is not there or the store does not answer.
        """
        with _plainly(f"{self.url}: {name}"):
            return StoredFile(name, obstore.head(self._objects, name)["size"], self)

    def span(self, name: str, start: int, end: int) -> bytes:
        """Returns the bytes of a file from `start` to `end`, the end excluded.

        Raises:
            StoreError: if they are not there or the store does not answer.
        """
        with _plainly(f"{self.url}: {name}"):
            return bytes(obstore.get_range(self._objects, name, start=start, end=end))

    def send(self, path: Path) -> None:
        """Copies a file into the store and reads it back.

        Raises:
            StoreError: if the store does not take it, or gives back something else.
        """
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        with _plainly(f"{self.url}: {path.name}"):
            obstore.put(self._objects, path.name, path)
        if self.digest(path.name) != digest:
            raise StoreError(f"{self.url}: {path.name} is not what was sent")

    def digest(self, name: str) -> bytes:
        """Returns the SHA-256 of a file as the store gives it.

        Raises:
            StoreError: if it is not there or the store does not answer.
        """
        digest = hashlib.sha256()
        with _plainly(f"{self.url}: {name}"):
            for part in obstore.get(self._objects, name).stream():
                digest.update(part)
        return digest.digest()

    def fetch(self, name: str, to: Path) -> None:
        """Copies a file out of the store; `to` is there whole or not at all.

        Raises:
            StoreError: if it is not there or the store does not answer.
            OSError: if `to` cannot be written.
        """
        aside = to.with_name(f"{to.name}.{os.getpid()}.part")
        try:
            with _plainly(f"{self.url}: {name}"), aside.open("wb") as file:
                for part in obstore.get(self._objects, name).stream():
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(to)
        finally:
            aside.unlink(missing_ok=True)


class StoredFile:
    """A file in a store, to be read as a `Path` is: `name`, `open`."""

    def __init__(self, name: str, size: int, store: Store) -> None:
        """Knows name and size; reads nothing yet."""
        self.name = name
        self.size = size
        self.store = store

    def open(self, mode: str = "rb", buffering: int = _AHEAD) -> BinaryIO:
        """Returns the file for reading; each fill of the buffer is one request for a range."""
        assert mode == "rb"
        return io.BufferedReader(_Ranges(self, self.store), max(buffering, _AHEAD))

    def fetch(self, to: Path) -> None:
        """Copies the file to `to`, whole or not at all; see `Store.fetch`."""
        self.store.fetch(self.name, to)


@contextmanager
def at_hand(file: Path | StoredFile) -> Iterator[Path]:
    """Gives a file as a local path: itself, or a copy for as long as it is needed.

    Raises:
        StoreError: if the store does not give it.
    """
    if isinstance(file, Path):
        yield file
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        file.fetch(path)
        yield path


def size_of(file: Path | StoredFile) -> int:
    """Returns a file's size in bytes."""
    return file.stat().st_size if isinstance(file, Path) else file.size


class _Ranges(io.RawIOBase):
    """A file read by ranges."""

    def __init__(self, file: StoredFile, store: Store) -> None:
        self._file = file
        self.store = store
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._file.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        end = min(self._at + len(view), self._file.size)
        if end <= self._at:
            return 0
        data = self.store.span(self._file.name, self._at, end)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def _s3(url: str) -> S3Store:
    unsigned = os.environ.get("AWS_SKIP_SIGNATURE", "").lower() in {"1", "true"}
    if not unsigned and not os.environ.get("AWS_ACCESS_KEY_ID"):
        # Without keys obstore would ask the metadata service of a cloud that may not be there.
        raise StoreError(f"{url}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", bucket):
        raise StoreError(f"{url}: not the name of a bucket: {bucket[:80]!r}")
    plain = bool(_LOOPBACK.fullmatch(os.environ.get("AWS_ENDPOINT_URL", "")))
    return S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        client_options={"allow_http": plain},
        retry_config={"max_retries": 3},
    )


def _folder(url: str) -> LocalStore:
    if "://" in url:
        raise StoreError(f"{url}: a store is s3://BUCKET/PREFIX or the path of a folder")
    try:
        return LocalStore(Path(url).absolute())
    except BaseError as error:
        raise StoreError(f"{url} cannot be used as a store: {_first_line(error)}") from error


@contextmanager
def _plainly(what: str) -> Iterator[None]:
    """Says in one line of our own what a store answered."""
    try:
        yield
    except FileNotFoundError as error:
        raise StoreError(f"{what}: there is no such file in the store") from error
    except BaseError as error:
        raise StoreError(f"{what}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    text = str(error).partition("\n")[0].strip()
    return text[:300] or type(error).__name__
