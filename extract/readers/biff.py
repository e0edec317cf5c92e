"""Read the workbook stream of an .xls file (Excel 97 to 2003): a row of typed records."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from extract.compound import CompoundError
from extract.readers.number_formats import BUILT_IN_FORMATS, Text, shown
from extract.readers.workbook import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EOF, _BOF, _CONTINUE, _FILEPASS = 0x0A, 0x0809, 0x3C, 0x2F
_BOUNDSHEET, _SST, _FORMAT, _XF = 0x85, 0xFC, 0x41E, 0xE0
_ROW, _COLINFO, _MERGED = 0x208, 0x7D, 0xE5
_LABELSST, _LABEL, _RSTRING, _STRING = 0xFD, 0x204, 0xD6, 0x207
_NUMBER, _RK, _MULRK, _FORMULA, _BOOLERR = 0x203, 0x27E, 0xBD, 0x06, 0x205
_BIFF8 = 0x0600
_SHEET_LIMIT = 50
_ROW_IS_HIDDEN = 0x20
_WIDE, _PHONETIC, _RICH = 0x01, 0x04, 0x08
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip

Record = tuple[int, list[bytes]]
"""A record's type, and its content with that of the records that continue it."""


def read_workbook(stream: bytes) -> Iterator[Sheet]:
    """The visible sheets of a workbook stream, in order.

    Raises:
        CompoundError: the stream is damaged, encrypted or of a version before Excel 97.
    """
    try:
        book = _Workbook(stream)
        for start, name in book.sheets[:_SHEET_LIMIT]:
            yield book.read(start, name)
    except (struct.error, IndexError) as error:
        raise CompoundError("the workbook is damaged") from error


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """The records of the substream that begins here, without those of charts within it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        parts = [stream[at + 4 : at + 4 + size]]
        at += 4 + size
        while stream[at : at + 2] == b"\x3c\x00" and at + 4 <= len(stream):
            (size,) = struct.unpack_from("<H", stream, at + 2)
            parts.append(stream[at + 4 : at + 4 + size])
            at += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            return
        if depth == 1:
            yield kind, parts
    raise CompoundError("the workbook is cut short")


class _Workbook:
    """The texts and formats that the sheets share, and where the visible sheets begin."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._texts: list[Text] = []
        self._codes = dict(BUILT_IN_FORMATS)
        self._styles: list[int] = []
        self.sheets: list[tuple[int, str]] = []
        for kind, parts in _records(stream, 0):
            body = parts[0]
            if kind == _BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
                raise CompoundError("the workbook is older than Excel 97")
            if kind == _FILEPASS:
                raise CompoundError("the workbook is encrypted")
            if kind == _BOUNDSHEET:
                start, state, sort = struct.unpack_from("<IBB", body)
                if state & 3 == 0 and sort == 0:
                    self.sheets.append((start, _Characters([body[6:]]).text(short=True)))
            elif kind == _SST:
                (count,) = struct.unpack_from("<I", body, 4)
                parts[0] = body[8:]
                self._texts = list(_Characters(parts).texts(count))
            elif kind == _FORMAT:
                (code,) = struct.unpack_from("<H", body)
                self._codes[code] = _Characters([body[2:]]).text()
            elif kind == _XF:
                self._styles.append(struct.unpack_from("<H", body, 2)[0])

    def read(self, start: int, name: str) -> Sheet:
        """Read the sheet that begins at this byte."""
        sheet = Sheet(name)
        asking: tuple[int, int] | None = None
        for kind, parts in _records(self._stream, start):
            body = parts[0]
            if kind == _ROW and struct.unpack_from("<H", body, 12)[0] & _ROW_IS_HIDDEN:
                sheet.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
            elif kind == _COLINFO and struct.unpack_from("<H", body, 8)[0] & 1:
                first, last = struct.unpack_from("<HH", body)
                sheet.hidden_columns.update(range(first + 1, last + 2))
            elif kind == _MERGED:
                (count,) = struct.unpack_from("<H", body)
                for row, last_row, column, last in struct.iter_unpack(
                    "<4H", body[2 : 2 + 8 * count]
                ):
                    sheet.merge(row + 1, column + 1, last_row + 1, last + 1)
            elif kind == _STRING and asking:
                sheet.put(*asking, (_Characters(parts).text(), None))
            elif kind in _CELLS:
                row, column = struct.unpack_from("<HH", body)
                asking = (row + 1, column + 1) if _is_text_formula(kind, body) else None
                for offset, shows in enumerate(_CELLS[kind](self, parts)):
                    sheet.put(row + 1, column + 1 + offset, shows)
        return sheet

    def _shown(self, number: float, style: int) -> Text:
        code = self._styles[style] if style < len(self._styles) else 0
        return shown(repr(number), self._codes.get(code, ""))

    def _shared(self, parts: list[bytes]) -> Iterator[Text]:
        (index,) = struct.unpack_from("<I", parts[0], 6)
        known = index < len(self._texts)
        yield self._texts[index] if known else ("", "a text that the file lacks stands here")

    def _label(self, parts: list[bytes]) -> Iterator[Text]:
        yield _Characters([parts[0][6:], *parts[1:]]).text(), None

    def _float(self, parts: list[bytes]) -> Iterator[Text]:
        style, number = struct.unpack_from("<Hd", parts[0], 4)
        yield self._shown(number, style)

    def _packed(self, parts: list[bytes]) -> Iterator[Text]:
        """One number or several beside each other, each of a style and four bytes."""
        for at in range(4, len(parts[0]) - 5, 6):
            style, packed = struct.unpack_from("<HI", parts[0], at)
            yield self._shown(_unpacked(packed), style)

    def _formula(self, parts: list[bytes]) -> Iterator[Text]:
        style, sort, answer, mark = struct.unpack_from("<HBxB3xH", parts[0], 4)
        if mark != 0xFFFF:  # noqa: PLR2004 - what no number ends with
            yield self._shown(struct.unpack_from("<d", parts[0], 6)[0], style)
        elif sort in (1, 2):
            yield _answer(answer, is_error=sort == 2)  # noqa: PLR2004 - the format's code
        else:
            yield "", None

    def _truth(self, parts: list[bytes]) -> Iterator[Text]:
        answer, is_error = struct.unpack_from("<BB", parts[0], 6)
        yield _answer(answer, is_error=bool(is_error))


_CELLS: dict[int, Callable[[_Workbook, list[bytes]], Iterator[Text]]] = {
    _LABELSST: _Workbook._shared,  # noqa: SLF001 - the class's own table
    _LABEL: _Workbook._label,  # noqa: SLF001
    _RSTRING: _Workbook._label,  # noqa: SLF001
    _NUMBER: _Workbook._float,  # noqa: SLF001
    _RK: _Workbook._packed,  # noqa: SLF001
    _MULRK: _Workbook._packed,  # noqa: SLF001
    _FORMULA: _Workbook._formula,  # noqa: SLF001
    _BOOLERR: _Workbook._truth,  # noqa: SLF001
}


def _is_text_formula(kind: int, body: bytes) -> bool:
    """Whether the formula's answer is a text, which follows in a record of its own."""
    return kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 0


def _answer(code: int, *, is_error: bool) -> Text:
    if is_error:
        return _ERRORS.get(code, "#ERROR"), None
    return ("TRUE" if code else "FALSE"), None


def _unpacked(packed: int) -> float:
    """A number in 30 bits: the upper ones of a float or an integer, perhaps in hundredths."""
    whole = packed & 0xFFFFFFFC
    number: float = (
        struct.unpack("<i", struct.pack("<I", whole))[0] >> 2
        if packed & 2
        else struct.unpack("<d", struct.pack("<Q", whole << 32))[0]
    )
    return number / 100 if packed & 1 else number


class _Characters:
    """Reads texts out of a record and those that continue it.

    Where a text's characters go over into the next record, it says anew how wide they are.
    """

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts
        self._part = self._at = 0

    def texts(self, count: int) -> Iterator[Text]:
        """So many texts, as many as there are."""
        for _ in range(count):
            if self._part >= len(self._parts) - 1 and self._at >= len(self._parts[-1]):
                return
            yield self.text(), None

    def text(self, *, short: bool = False) -> str:
        """The next text; a short one gives its length in one byte."""
        (length,) = struct.unpack("<B" if short else "<H", self._take(1 if short else 2))
        (flags,) = self._take(1)
        runs = struct.unpack("<H", self._take(2))[0] if flags & _RICH else 0
        more = struct.unpack("<I", self._take(4))[0] if flags & _PHONETIC else 0
        text = ""
        while True:
            width = 2 if flags & _WIDE else 1
            left = (len(self._parts[self._part]) - self._at) // width
            chunk = self._take(min(length, left) * width)
            text += chunk.decode("utf-16-le" if width > 1 else "latin-1", "replace")
            length -= min(length, left)
            if not length:
                break
            self._part, self._at = self._part + 1, 0
            (flags,) = self._take(1)
        self._skip(4 * runs + more)
        return text

    def _take(self, size: int) -> bytes:
        """Bytes that stand in one record."""
        if self._at >= len(self._parts[self._part]) and size:
            self._part, self._at = self._part + 1, 0
        chunk = self._parts[self._part][self._at : self._at + size]
        if len(chunk) < size:
            raise CompoundError("a text of the workbook is cut short")
        self._at += size
        return chunk

    def _skip(self, size: int) -> None:
        while size:
            step = min(size, len(self._parts[self._part]) - self._at)
            self._at += step
            size -= step
            if size:
                self._part, self._at = self._part + 1, 0
