from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.compound import Compound, CompoundError
from extract.model import SheetCell
from extract.readers.biff import read_workbook
from extract.readers.sheet import read_sheet

if TYPE_CHECKING:
    from extract.readers.workbook import Sheet


BOF8 = struct.pack("<HH", 0x0600, 5) + bytes(12)


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def wide(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def cell(kind: int, row: int, column: int, body: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<HHH", row, column, style) + body)


def workbook(*cells: bytes, shared: tuple[bytes, ...] = (), extra: bytes = b"") -> bytes:
    """A stream of one visible sheet, a hidden one, and three styles: General, 0.0 and a date."""
    strings = b"".join(record(0x3C if n else 0xFC, part) for n, part in enumerate(shared))
    styles = record(0x41E, struct.pack("<H", 176) + wide("0.0_ "))
    styles += b"".join(record(0xE0, struct.pack("<HH", 0, code)) for code in (0, 176, 14))
    name = b"\x01\x01" + "表".encode("utf-16-le")
    sheet = record(0x0809, BOF8) + b"".join(cells) + record(0x0A)

    def shared_part(start: int) -> bytes:
        listed = record(0x85, struct.pack("<IBB", start, 1, 0) + name)
        listed += record(0x85, struct.pack("<IBB", start, 0, 0) + name)
        return record(0x0809, BOF8) + extra + listed + styles + strings + record(0x0A)

    return shared_part(len(shared_part(0))) + sheet


def only_sheet(stream: bytes) -> Sheet:
    (sheet,) = read_workbook(stream)
    return sheet


def compound(stream: bytes, cutoff: int = 4096) -> bytes:
    """A compound file whose table and directory come first, then the stream, large or mini."""
    size = len(stream)
    mini = size < cutoff
    padded = stream + bytes(-len(stream) % 512)
    sectors = len(padded) // 512
    end = 0xFFFFFFFE
    chain = [end, end, end, *range(4, 3 + sectors), end]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    count = -(-size // 64)
    minis = struct.pack(f"<{count}I", *range(1, count), end) if mini else b""

    def entry(name: str, kind: int, start: int, length: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        head = raw.ljust(64, b"\0") + struct.pack("<HB", len(raw), kind)
        return head.ljust(116, b"\0") + struct.pack("<III", start, length, 0)

    root = entry("Root Entry", 5, 3 if mini else end, len(padded) if mini else 0)
    book = entry("Workbook", 2, 0 if mini else 3, size)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHH", 62, 3, 65534, 9)
    header = header.ljust(44, b"\0") + struct.pack("<IIIIIIII", 1, 1, 0, cutoff, 2, 1, end, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    return header + table + (root + book).ljust(512, b"\0") + minis.ljust(512, b"\xff") + padded


def test_kinds_of_cells() -> None:
    text = struct.pack("<II", 1, 1) + wide("规章")
    error = b"\x02\0\x07\0\0\0\xff\xff"
    sheet = only_sheet(
        workbook(
            cell(0xFD, 0, 0, struct.pack("<I", 0)),
            cell(0xFD, 0, 1, struct.pack("<I", 9)),
            cell(0x203, 0, 2, struct.pack("<d", 17.586)),
            cell(0x27E, 0, 3, struct.pack("<I", 1382 << 2 | 2)),
            cell(0x27E, 0, 4, struct.pack("<i", -25300 << 2 | 3)),
            record(0xBD, struct.pack("<HHHIHIH", 1, 0, 0, 6, 0, 2, 1)),
            cell(0x204, 1, 2, wide("文字")),
            cell(0x06, 1, 3, struct.pack("<d", 2.5)),
            cell(0x06, 1, 4, b"\0\0\0\0\0\0\xff\xff") + record(0x207, wide("答")),
            cell(0x06, 1, 5, error),
            cell(0x205, 1, 6, b"\x01\0"),
            cell(0x205, 1, 7, b"\x2a\x01"),
            cell(0x203, 2, 0, struct.pack("<d", 1.25), style=1),
            cell(0x203, 2, 1, struct.pack("<d", 44592.0), style=2),
            shared=(text,),
        )
    )
    shows = {
        row: {at: text for at, (text, _) in cells.items()} for row, cells in sheet.rows.items()
    }
    assert shows == {
        1: {1: "规章", 2: "", 3: "17.586", 4: "1382", 5: "-253"},
        2: {1: "1", 2: "0", 3: "文字", 4: "2.5", 5: "答", 6: "#DIV/0!", 7: "TRUE", 8: "#N/A"},
        3: {1: "1.3", 2: "44592"},
    }
    assert [sheet.rows[row][at][1] is not None for row, at in [(1, 2), (1, 3), (3, 1), (3, 2)]] == [
        True, False, True, True,
    ]  # fmt: skip


def test_shared_texts_that_go_over_into_the_next_record() -> None:
    rich = struct.pack("<HBH", 2, 0x09, 1) + "规章".encode("utf-16-le") + bytes(4)
    first = struct.pack("<II", 3, 3) + rich + struct.pack("<HB", 4, 1) + "行政".encode("utf-16-le")
    second = b"\x00" + b"ab" + struct.pack("<HBI", 1, 0x04, 3) + b"z"
    sheet = only_sheet(
        workbook(
            *(cell(0xFD, 0, n, struct.pack("<I", n)) for n in range(3)),
            shared=(first, second, b"\1\2\3"),
        )
    )
    assert [text for text, _ in sheet.rows[1].values()] == ["规章", "行政ab", "z"]


def test_hidden_rows_and_columns_and_merged_ranges() -> None:
    sheet = only_sheet(
        workbook(
            record(0x7D, struct.pack("<HHHHHH", 1, 2, 0, 0, 1, 0)),
            record(0x208, struct.pack("<HHHHHHI", 4, 0, 3, 0, 0, 0, 0x20)),
            record(0xE5, struct.pack("<H8H", 2, 0, 1, 0, 3, 2, 2, 0, 1)),
        )
    )
    assert sheet.hidden_columns == {2, 3}
    assert sheet.hidden_rows == {5}
    assert sheet.merged == {(1, 1): (2, 4), (3, 1): (3, 2)}


@pytest.mark.parametrize("cutoff", [0, 4096])
def test_a_whole_file(cutoff: int) -> None:
    stream = workbook(*(cell(0x27E, n, 0, struct.pack("<I", n << 2 | 2)) for n in range(30)))
    (grid,) = read_sheet(compound(stream, cutoff)).grids
    assert [c.text for c in grid.cells] == [str(n) for n in range(30)]
    assert grid.cells[4].where == (SheetCell("表", "A5"),)


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (workbook(extra=record(0x2F, bytes(6))), "encrypted"),
        (workbook()[:-4], "cut short"),
        (record(0x0809, struct.pack("<HH", 0x0500, 5)) + record(0x0A), "older than Excel 97"),
        (b"", "cut short"),
    ],
)
def test_what_cannot_be_read_is_said(stream: bytes, reason: str) -> None:
    document = read_sheet(compound(stream, 0))
    assert document.blocks == ()
    assert reason in document.problems[0]


def test_two_cells_far_apart_cost_nothing() -> None:
    sheet = only_sheet(
        workbook(cell(0x27E, 0, 0, b"\2\0\0\0"), cell(0x27E, 65535, 65535, b"\2\0\0\0"))
    )
    assert len(sheet.rows) == 1
    assert sheet.problem


@given(st.data())
def test_damaged_files_are_read_or_refused(data: st.DataObject) -> None:
    text = struct.pack("<II", 1, 1) + wide("规章")
    whole = bytearray(compound(workbook(cell(0xFD, 0, 0, bytes(4)), shared=(text,)), 0))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    began = time.process_time()
    read_sheet(bytes(whole))
    assert time.process_time() - began < 2


def test_a_stream_that_ends_early_is_refused() -> None:
    whole = compound(workbook() * 20, 0)
    with pytest.raises(CompoundError):
        Compound(whole[:2048]).read("Workbook")
    with pytest.raises(CompoundError):
        Compound(whole).read("no such stream")
