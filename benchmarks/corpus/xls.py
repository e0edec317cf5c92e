"""Grids as an old spreadsheet (.xls): BIFF8 records in a compound file, as small as they can be."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extract.model import Grid

_SECTOR = 512
_END = 0xFFFFFFFE
_CUTOFF = 4096
_BOF, _EOF, _SHEET, _LABEL, _NUMBER, _MERGED = 0x0809, 0x0A, 0x85, 0x0204, 0x0203, 0xE5
_WORKBOOK = struct.pack("<HH", 0x0600, 5) + bytes(12)


def book(grids: Iterable[Grid]) -> bytes:
    """One sheet with the grids below each other; whole numbers are numbers."""
    cells: list[bytes] = []
    merged: list[bytes] = []
    top = 0
    for grid in grids:
        for cell in grid.cells:
            row, column = top + cell.row, cell.column
            place = struct.pack("<HHH", row, column, 0)
            if cell.text.isascii() and cell.text.isdigit():
                cells.append(_record(_NUMBER, place + struct.pack("<d", int(cell.text))))
            elif cell.text:
                cells.append(_record(_LABEL, place + _wide(cell.text)))
            if cell.rowspan > 1 or cell.colspan > 1:
                sides = row, row + cell.rowspan - 1, column, column + cell.colspan - 1
                merged.append(struct.pack("<HHHH", *sides))
        top += grid.rows + 1
    joined = _record(_MERGED, struct.pack("<H", len(merged)) + b"".join(merged))
    sheet = _record(_BOF, _WORKBOOK) + b"".join(cells) + joined + _record(_EOF)
    head = len(_globals(0))
    return _compound(_globals(head) + sheet)


def _globals(start: int) -> bytes:
    listed = struct.pack("<IBB", start, 0, 0) + b"\x01\x01" + "表".encode("utf-16-le")
    return _record(_BOF, _WORKBOOK) + _record(_SHEET, listed) + _record(_EOF)


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _wide(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream: its allocation table, its directory, then the stream."""
    stream = stream.ljust(_CUTOFF, b"\0")
    padded = stream + bytes(-len(stream) % _SECTOR)
    sectors = len(padded) // _SECTOR
    chain = [0xFFFFFFFD, _END, *range(3, 2 + sectors), _END]
    if len(chain) > _SECTOR // 4:
        raise ValueError("too much for one sector of the allocation table")
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(_SECTOR, b"\xff")

    def entry(name: str, kind: int, start: int, length: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        head = raw.ljust(64, b"\0") + struct.pack("<HB", len(raw), kind)
        return head.ljust(116, b"\0") + struct.pack("<III", start, length, 0)

    directory = entry("Root Entry", 5, _END, 0) + entry("Workbook", 2, 2, len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHH", 62, 3, 65534, 9)
    header = header.ljust(44, b"\0")
    header += struct.pack("<IIIIIIII", 1, 1, 0, _CUTOFF, _END, 0, _END, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    return header + table + directory.ljust(_SECTOR, b"\0") + padded
