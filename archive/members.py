"""Reading WARC files strictly: every gzip member's checksum, every record's stated length.

warcio reads a cut or flipped member as a short record without a word; here it is a `Flaw`, and
reading goes on at the next whole record.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Literal

from archive.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from archive.stores import StoredFile

FlawKind = Literal["checksum", "cut off", "not a record", "record length"]
"""checksum: a gzip member does not match its own CRC or is not deflate at all · cut off: the file
ends inside a member · not a record: the member holds no WARC record · record length: the record's
block is not as long as its Content-Length says."""

_MAGIC = b"\x1f\x8b\x08"
_STEP = 16 * 1024
_BUFFER = 256 * 1024
_LIMIT = 1 << 30
"""The most one record may unpack to, in bytes; a crawl's size limit is far below."""


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record: where its gzip member lies in the file, its headers (names lower), block.

    `head` is the header as it stands there, with the blank line that ends it.
    """

    offset: int
    length: int
    kind: str
    headers: dict[str, str]
    block: bytes
    head: bytes


@dataclass(frozen=True, slots=True)
class Flaw:
    """A stretch of a file that is not a whole record; `length` is 0 where it cannot be told."""

    offset: int
    kind: FlawKind
    message: str
    length: int = 0


def records(path: Path, start: int = 0) -> Iterator[Record | Flaw]:
    """Reads a WARC file record by record, flaws where they stand; one record in memory at a time.

    Args:
        path: the file.
        start: where the first record to be read begins.

    Raises:
        OSError: if the file cannot be read.
    """
    with path.open("rb", buffering=_BUFFER) as file:
        size = file.seek(0, os.SEEK_END)
        offset = start
        while offset < size:
            item = _member(file, offset)
            yield item
            offset = item.offset + item.length if item.length else _resume(file, offset + 1, size)


class Counted:
    """Passes records and flaws on and counts the records."""

    def __init__(self, items: Iterable[Record | Flaw]) -> None:
        """Counts nothing yet."""
        self._items = items
        self.records = 0

    def __iter__(self) -> Iterator[Record | Flaw]:
        """Yields what it was given."""
        for item in self._items:
            self.records += isinstance(item, Record)
            yield item


def read_record(path: Path | StoredFile, offset: int) -> Record:
    """Returns the record whose gzip member begins at `offset`.

    Raises:
        Damaged: if there is no whole record.
        OSError: if the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if not 0 <= offset < size:
            raise Damaged(f"{path.name}: no record at {offset}, the file ends at {size}")
        item = _member(file, offset)
    if isinstance(item, Flaw):
        raise Damaged(f"{path.name}: at {offset}: {item.message}")
    return item


def _member(file: BinaryIO, offset: int) -> Record | Flaw:
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    parts: list[bytes] = []
    consumed = unpacked = 0
    file.seek(offset)
    try:
        while not inflater.eof:
            step = file.read(_STEP)
            if not step:
                return Flaw(offset, "cut off", "the file ends inside a record")
            part = inflater.decompress(step)
            unpacked += len(part)
            if unpacked > _LIMIT:
                return Flaw(offset, "not a record", f"unpacks to more than {_LIMIT} bytes")
            parts.append(part)
            consumed += len(step)
    except zlib.error as error:
        return Flaw(offset, "checksum", f"the gzip member is damaged ({error})")
    return _parse(b"".join(parts), offset, consumed - len(inflater.unused_data))


def _parse(data: bytes, offset: int, length: int) -> Record | Flaw:
    end = data.find(b"\r\n\r\n")
    try:
        lines = data[: max(end, 0)].decode().split("\r\n")
    except UnicodeDecodeError:
        lines = [""]
    if lines[0] not in {"WARC/1.1", "WARC/1.0"}:
        return Flaw(offset, "not a record", "the gzip member holds no WARC record", length)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or name.split() != [name] or "\n" in value:
            message = f"not a WARC header: {line[:80]!r}"
            return Flaw(offset, "not a record", message, length)
        headers.setdefault(name.lower(), value.strip())
    stated = headers.get("content-length", "")
    start = end + 4
    block = data[start:-4]
    if stated != str(len(block)) or data[-4:] != b"\r\n\r\n" or len(data) < start + 4:
        message = f"the record says {stated or 'no'} bytes and holds {len(data) - start - 4}"
        return Flaw(offset, "record length", message, length)
    return Record(offset, length, headers.get("warc-type", ""), headers, block, data[:start])


def _resume(file: BinaryIO, position: int, size: int) -> int:
    """Returns where the next gzip member that begins a WARC record lies, or the file's end."""
    while position < size:
        file.seek(position)
        window = file.read(_BUFFER)
        found = window.find(_MAGIC)
        if found < 0:
            position += max(len(window) - len(_MAGIC) + 1, 1)
            continue
        position += found
        file.seek(position)
        if _begins_record(file.read(1024)):
            return position
        position += 1
    return size


def _begins_record(data: bytes) -> bool:
    try:
        start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, 8)
    except zlib.error:
        return False
    return start.startswith(b"WARC/1.")
