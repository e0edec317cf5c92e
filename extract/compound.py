"""Read the streams of an OLE compound file (.doc, .xls, .wps): a file system of linked sectors."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER = 512
_ENTRY = 128
_MINI = 64
_STREAM, _ROOT = 2, 5
_DIRECTORY_LIMIT = 2**20
"""8,000 names; a real file has a dozen."""


class CompoundError(ValueError):
    """The compound file is damaged; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class Compound:
    """A compound file in memory; sector chains are followed within the file's own size.

    Raises:
        CompoundError: the bytes are no compound file.
    """

    def __init__(self, data: bytes) -> None:
        """Read the sector table and the directory."""
        if not data.startswith(MAGIC) or len(data) < _HEADER:
            raise CompoundError("the file is no OLE compound file")
        (shift,) = struct.unpack_from("<H", data, 30)
        self._data = data
        self._size = 1 << min(max(shift, 7), 12)
        fields = struct.unpack_from("<II", data, 44)
        self._cutoff, mini_start = struct.unpack_from("<II", data, 56)
        self._fat = self._sector_table(fields[0])
        directory = self._chain(fields[1], _DIRECTORY_LIMIT)
        self._entries = [_entry(directory, at) for at in range(0, len(directory) - 127, _ENTRY)]
        self._mini_start = mini_start
        self.names = frozenset(entry.name for entry in self._entries if entry.name)

    def read(self, name: str) -> bytes:
        """The content of a stream.

        Raises:
            CompoundError: there is no such stream, or its sectors end before it does.
        """
        entry = next((e for e in self._entries if e.name == name and e.kind == _STREAM), None)
        if entry is None:
            raise CompoundError(f"the file has no stream {name!r}")
        size = min(entry.size, len(self._data))
        content = (
            self._chain(entry.start, size)
            if entry.size >= self._cutoff
            else self._mini_chain(entry.start, size)
        )
        if len(content) < entry.size:
            raise CompoundError(f"the stream {name!r} is cut short")
        return content[:size]

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _sector_table(self, count: int) -> list[int]:
        """The table of sectors: 109 of its places are in the header, the others in a chain."""
        sectors = len(self._data) // self._size
        count = min(count, sectors * 4 // self._size + 1)
        places = list(struct.unpack_from("<109I", self._data, 76))
        (following,) = struct.unpack_from("<I", self._data, 68)
        while len(places) < count and following < sectors:
            *more, following = _numbers(self._sector(following)) or (0xFFFFFFFF,)
            places += more or [0xFFFFFFFF]
        return [n for place in places[:count] for n in _numbers(self._sector(place))]

    def _chain(self, sector: int, most: int) -> bytes:
        parts: list[bytes] = []
        while sector < len(self._fat) and len(parts) * self._size < most:
            parts.append(self._sector(sector))
            sector = self._fat[sector]
        return b"".join(parts)

    def _mini_chain(self, sector: int, most: int) -> bytes:
        root = next((entry for entry in self._entries if entry.kind == _ROOT), None)
        if root is None:
            return b""
        store = self._chain(root.start, min(root.size, len(self._data)))
        table = _numbers(self._chain(self._mini_start, len(self._data)))
        parts: list[bytes] = []
        while sector < len(table) and len(parts) * _MINI < most:
            parts.append(store[sector * _MINI : (sector + 1) * _MINI])
            sector = table[sector]
        return b"".join(parts)


def _numbers(block: bytes) -> tuple[int, ...]:
    return struct.unpack_from(f"<{len(block) // 4}I", block)


def _entry(directory: bytes, at: int) -> _Entry:
    length, kind = struct.unpack_from("<HB", directory, at + 64)
    name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    start, size = struct.unpack_from("<II", directory, at + 116)
    return _Entry(name, kind, start, size)
