"""The objects of a PDF that is written in plain ways, found fast; anything else is declined.

This is the ground of the witness (see `witness`), which only ever confirms another reading: what is
declined or misread here costs time, not truth.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 16 * 2**20
"""The most that a file's streams may unpack to."""

_SPACE = rb"[\x00\t\n\f\r ]"
_TOKEN = re.compile(
    rb"<<|>>|\[|\]|/[^\x00-\x20()<>\[\]{}/%]*|\d+\s+\d+\s+R\b"
    rb"|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[0-9A-Fa-f\s]*>|%[^\r\n]*"
    rb"|[^\x00-\x20()<>\[\]{}/%]+",
    re.DOTALL,
)
_OBJECT = re.compile(rb"\s*(\d+)\s+\d+\s+obj\b")
_STREAM = re.compile(rb"\s*stream\r?\n")
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
_SECTION = re.compile(rb"\s*(\d+)\s+(\d+)\s+((?:\d{10}\s\d{5}\s[nf]\s*)+)")
_TRAILER = re.compile(rb"\s*trailer\b")
_ENTRY_BYTES = 20
_TAIL = 2048
_MOST_SECTIONS = 64
_MOST_PAGES = 2000
_DEEPEST = 32
_INHERITED = (b"/MediaBox", b"/CropBox", b"/Rotate", b"/Resources")
_UP = 2


class DeclinedError(Exception):
    """The file is written in a way that this parser does not know."""


class Ref(int):
    """The number of an object that stands elsewhere."""


Dictionary = dict[bytes, Any]
"""Names keep their slash, strings their delimiters; references are `Ref`."""


class PlainFile:
    """The objects of a file.

    Raises:
        DeclinedError: here and in every method, where the file is not plain.
    """

    def __init__(self, data: bytes) -> None:
        """Read where the objects stand."""
        self._data = data
        self._offsets: dict[int, int] = {}
        self._packed: dict[int, tuple[int, int]] = {}
        self._holders: dict[int, list[bytes]] = {}
        self._known: dict[int, Any] = {}
        self._left = MOST_BYTES
        self.trailer: Dictionary = {}
        found = _START.findall(data, max(0, len(data) - _TAIL))
        if not found:
            raise DeclinedError("no start of the cross-reference table")
        self._read_tables(int(found[-1]))
        if b"/Encrypt" in self.trailer:
            raise DeclinedError("encrypted")

    def _read_tables(self, start: int) -> None:
        """The newest table first; what it says of an object stands."""
        waiting = [start]
        for _ in range(_MOST_SECTIONS):
            if not waiting:
                return
            at = waiting.pop(0)
            is_table = self._data[at : at + 4] == b"xref"
            trailer = self._read_table(at + 4) if is_table else self._read_stream_table(at)
            self.trailer = trailer | self.trailer
            waiting += [int(trailer[key]) for key in (b"/XRefStm", b"/Prev") if key in trailer]
        raise DeclinedError("too many cross-reference tables")

    def _read_table(self, at: int) -> Dictionary:
        while section := _SECTION.match(self._data, at):
            first, at = int(section[1]), section.end()
            entries = section[3].split()
            for index in range(len(entries) // 3):
                if entries[3 * index + 2] == b"n":
                    number = first + index
                    if number not in self._packed:
                        self._offsets.setdefault(number, int(entries[3 * index]))
        trailer = _TRAILER.match(self._data, at)
        if trailer is None:
            raise DeclinedError("no trailer")
        return _dictionary(self._value(trailer.end())[0])

    def _read_stream_table(self, at: int) -> Dictionary:
        head, content = self._object(at)
        if content is None or head.get(b"/Type") != b"/XRef":
            raise DeclinedError("no cross-reference table")
        widths = [int(width) for width in head[b"/W"]]
        index = head.get(b"/Index", [0, head[b"/Size"]])
        table = np.frombuffer(content, np.uint8)
        rows = table[: len(table) // sum(widths) * sum(widths)].reshape(-1, sum(widths))
        kind, place, which = (_numbers(part) for part in np.split(rows, np.cumsum(widths)[:2], 1))
        if not widths[0]:
            kind = [1] * len(place)
        numbers = [n for a, b in zip(index[::2], index[1::2], strict=True) for n in range(a, a + b)]
        for number, how, at_byte, member in zip(numbers, kind, place, which, strict=False):
            if number in self._offsets or number in self._packed:
                continue
            if how == 1:
                self._offsets[number] = at_byte
            elif how == 2:  # noqa: PLR2004 - in an object stream, says the format
                self._packed[number] = at_byte, member
        return head

    def get(self, value: Any) -> Any:
        """A value, or what it refers to."""
        if not isinstance(value, Ref):
            return value
        number = int(value)
        if number not in self._known:
            self._known[number] = self._value_of(number)
        return self._known[number]

    def dictionary(self, value: Any) -> Dictionary:
        """A value as a dictionary."""
        return _dictionary(self.get(value))

    def array(self, value: Any) -> list[Any]:
        """A value as an array."""
        found = self.get(value)
        if not isinstance(found, list):
            raise DeclinedError("an array is missing")
        return found

    def source(self, ref: Any) -> bytes:
        """An object as it is written, without what a stream holds."""
        if not isinstance(ref, Ref):
            raise DeclinedError("no reference where one is usual")
        number = int(ref)
        if number in self._packed:
            return self._member(number)
        start = self._start(number)
        return self._data[start : self._data.find(b"endobj", start)].partition(b"stream")[0]

    def stream(self, ref: Any) -> tuple[Dictionary, bytes]:
        """A stream's dictionary and what it holds, unpacked."""
        if not isinstance(ref, Ref) or int(ref) not in self._offsets:
            raise DeclinedError("a stream is missing")
        head, content = self._object(self._offsets[int(ref)])
        if content is None:
            raise DeclinedError("a stream is missing")
        return head, content

    def pages(self) -> list[Dictionary]:
        """The pages in order, each with what it inherits."""
        found: list[Dictionary] = []
        self._collect(self.dictionary(self.trailer.get(b"/Root")).get(b"/Pages"), {}, found, 0)
        return found

    def _collect(self, node: Any, above: Dictionary, found: list[Dictionary], depth: int) -> None:
        if depth > _DEEPEST or len(found) > _MOST_PAGES:
            raise DeclinedError("too many pages")
        entries = above | self.dictionary(node)
        if b"/Kids" not in self.dictionary(node):
            found.append(entries)
            return
        passed = {key: entries[key] for key in _INHERITED if key in entries}
        for kid in self.array(entries[b"/Kids"]):
            self._collect(kid, passed, found, depth + 1)

    def _start(self, number: int) -> int:
        match = _OBJECT.match(self._data, self._offsets.get(number, len(self._data)))
        if match is None or int(match[1]) != number:
            raise DeclinedError("an object is missing")
        return match.end()

    def _value_of(self, number: int) -> Any:
        if number in self._packed:
            return _build(_TOKEN.finditer(self._member(number)))[0]
        return self._value(self._start(number))[0]

    def _value(self, at: int) -> tuple[Any, int]:
        return _build(_TOKEN.finditer(self._data, at))

    def _object(self, at: int) -> tuple[Dictionary, bytes | None]:
        """A stream's dictionary and content, from where `12 0 obj` stands."""
        match = _OBJECT.match(self._data, at)
        if match is None:
            raise DeclinedError("an object is missing")
        value, end = self._value(match.end())
        head = _dictionary(value)
        begin = _STREAM.match(self._data, end)
        if begin is None:
            return head, None
        last = begin.end() + int(self.get(head.get(b"/Length", 0)))
        if self._data[last : last + 12].lstrip(b"\r\n")[:9] != b"endstream":
            raise DeclinedError("a stream's length is wrong")
        return head, self._unpacked(self._data[begin.end() : last], head)

    def _unpacked(self, content: bytes, head: Dictionary) -> bytes:
        how = self.get(head.get(b"/Filter", []))
        filters = how if isinstance(how, list) else [how]
        if not filters:
            self._left -= len(content)
            if self._left <= 0:
                raise DeclinedError("too large")
            return content
        if filters != [b"/FlateDecode"]:
            raise DeclinedError("packed in an unusual way")
        try:
            packer = zlib.decompressobj()
            content = packer.decompress(content, self._left)
        except zlib.error as error:
            raise DeclinedError("a stream is damaged") from error
        self._left -= len(content)
        if not packer.eof or self._left <= 0:
            raise DeclinedError("a stream is cut or too large")
        given = self.get(head.get(b"/DecodeParms", {}))
        (parameters,) = given if isinstance(given, list) and len(given) == 1 else (given,)
        return _predicted(content, _dictionary(self.get(parameters)))

    def _member(self, number: int) -> bytes:
        holder, index = self._packed[number]
        if holder not in self._holders:
            head, content = self.stream(Ref(holder))
            first, count = int(head[b"/First"]), int(head[b"/N"])
            places = [int(place) for place in content[:first].split()[1 : 2 * count : 2]]
            ends = [*places[1:], len(content) - first]
            self._holders[holder] = [
                content[first + start : first + end]
                for start, end in zip(places, ends, strict=True)
            ]
        members = self._holders[holder]
        if index >= len(members):
            raise DeclinedError("an object is missing")
        return members[index]


def _dictionary(value: Any) -> Dictionary:
    if not isinstance(value, dict):
        raise DeclinedError("a dictionary is missing")
    return value


def _numbers(columns: Any) -> list[int]:
    """Big-endian numbers, one a row."""
    wide = columns.astype(np.int64)
    weights = 256 ** np.arange(wide.shape[1] - 1, -1, -1)
    numbers: list[int] = (wide * weights).sum(axis=1).tolist()
    return numbers


def _predicted(content: bytes, parameters: Dictionary) -> bytes:
    """Undo the filter for pictures that some programs pack their tables with: rows as sums."""
    if int(parameters.get(b"/Predictor", 1)) == 1:
        return content
    columns = int(parameters.get(b"/Columns", 1))
    table = np.frombuffer(content, np.uint8)
    if int(parameters[b"/Predictor"]) < 10 or len(table) % (columns + 1):  # noqa: PLR2004
        raise DeclinedError("packed in an unusual way")
    rows = table.reshape(-1, columns + 1)
    if (rows[:, 0] != _UP).any():
        raise DeclinedError("packed in an unusual way")
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).tobytes()


def _build(tokens: Iterator[re.Match[bytes]]) -> tuple[Any, int]:
    """The first object that the tokens spell, and where it ends."""
    stack: list[list[Any]] = [[]]
    for match in tokens:
        token = match[0]
        first = token[:1]
        if token in (b"<<", b"["):
            stack.append([])
            if len(stack) > _DEEPEST:
                raise DeclinedError("nested too deep")
        elif token in (b">>", b"]"):
            items = stack.pop()
            if not stack:
                raise DeclinedError("brackets do not match")
            paired = zip(items[::2], items[1::2], strict=False)
            stack[-1].append(items if token == b"]" else dict(paired))
        elif first != b"%":
            stack[-1].append(_atom(token, first))
        if len(stack) == 1 and stack[0]:
            return stack[0][0], match.end()
    raise DeclinedError("an object is cut")


def _atom(token: bytes, first: bytes) -> Any:
    if first in b"/(<":
        return token
    if token.endswith(b"R"):
        return Ref(token.split()[0])
    try:
        return int(token)
    except ValueError:
        pass
    try:
        return float(token)
    except ValueError:
        return token
