"""What the codes of a font mean and how wide they are, for fonts that say so in plain ways."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from extract.readers.pdf.marks import UNREADABLE
from extract.readers.pdf.plain_file import DeclinedError, Ref

if TYPE_CHECKING:
    from extract.readers.pdf.plain_file import PlainFile

_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_PAIR = re.compile(rb"<\s*([0-9A-Fa-f]+)\s*>\s*<\s*([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(
    rb"<\s*([0-9A-Fa-f]+)\s*>\s*<\s*([0-9A-Fa-f]+)\s*>\s*(?:<\s*([0-9A-Fa-f\s]+)>|\[([^\]]*)\])"
)
_HEX = re.compile(rb"<([^>]*)>")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\s\S]))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_THOUSANDTH = 0.001
_DOWN = 0.88
"""What the format assumes where a font for vertical writing says nothing."""
_MOST_CODES = 70_000
_PRINTABLE = range(0x20, 0x7F)

Glyphs = tuple[tuple[str, float, bool], ...]
"""Each character's text, its advance in text space at size 1, whether word spacing applies."""


@dataclass(slots=True)
class PlainFont:
    """A font: `bytes_a_code` is 1 or 2.

    `down` is 0, or for vertical writing how far below the pen's start a character's origin lies.
    """

    bytes_a_code: int
    texts: dict[int, str]
    widths: dict[int, float]
    default: float
    down: float = 0.0
    seen: dict[bytes, Glyphs] = field(default_factory=dict)

    def glyphs(self, token: bytes) -> Glyphs:
        """The characters that a string of the content means; strings repeat."""
        known = self.seen.get(token)
        if known is None:
            known = self.seen[token] = self._glyphs(string_of(token))
        return known

    def _glyphs(self, string: bytes) -> Glyphs:
        step = self.bytes_a_code
        codes = [
            int.from_bytes(string[at : at + step], "big") for at in range(0, len(string), step)
        ]
        return tuple(
            (
                self.texts.get(code, UNREADABLE),
                self.widths.get(code, self.default),
                step == 1 and code == ord(" "),
            )
            for code in codes
        )


def string_of(token: bytes) -> bytes:
    """The bytes that a string in a file stands for."""
    if token[:1] == b"<":
        digits = token[1:-1]
        try:
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
        except ValueError as error:
            raise DeclinedError("no string") from error
    inner = token[1:-1]
    return _ESCAPE.sub(_unescaped, inner) if b"\\" in inner else inner


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes([int(match[1], 8) & 0xFF])
    if match[2] in (b"\n", b"\r", b"\r\n"):
        return b""
    return _ESCAPED.get(match[2], match[2])


def font_of(file: PlainFile, ref: Any) -> PlainFont:
    """Read a font.

    Raises:
        DeclinedError: it says in no plain way what its codes mean.
    """
    source = file.source(ref)
    kind = _name(source, b"/Subtype")
    if kind == b"/Type0":
        return _composite(file, source)
    if kind not in (b"/Type1", b"/TrueType", b"/Type3"):
        raise DeclinedError("a font of an unusual kind")
    return _simple(file, source, kind)


def _composite(file: PlainFile, source: bytes) -> PlainFont:
    encoding = _name(source, b"/Encoding")
    if encoding not in {b"/Identity-H", b"/Identity-V"}:
        raise DeclinedError("a font with codes of an unusual kind")
    below = re.search(rb"/DescendantFonts\s*(?:\[\s*)?(\d+)\s+\d+\s+R", source)
    if below is None:
        raise DeclinedError("a font without glyphs")
    found = file.get(Ref(below[1]))
    descendant = file.dictionary(found[0] if isinstance(found, list) else found)
    default = float(file.get(descendant.get(b"/DW", 1000))) * _THOUSANDTH
    widths = _wide_widths(file, file.array(descendant.get(b"/W", [])))
    down = 0.0
    if encoding == b"/Identity-V":
        if b"/W2" in descendant or b"/DW2" in descendant:
            raise DeclinedError("a font with heights of its own")
        down = _DOWN
    return PlainFont(2, _meanings(file, source), widths, default, down)


def _wide_widths(file: PlainFile, array: list[Any]) -> dict[int, float]:
    widths: dict[int, float] = {}
    waiting: list[Any] = []
    for raw in array:
        item = file.get(raw)
        waiting.append(item)
        if isinstance(item, list) and len(waiting) == 2:  # noqa: PLR2004 - first, widths
            widths |= {
                waiting[0] + n: float(file.get(width)) * _THOUSANDTH for n, width in enumerate(item)
            }
            waiting.clear()
        elif len(waiting) == 3:  # noqa: PLR2004 - first, last, width of all
            first, last, width = waiting
            if not 0 <= last - first < _MOST_CODES:
                raise DeclinedError("a font with impossible widths")
            widths |= dict.fromkeys(range(first, last + 1), float(width) * _THOUSANDTH)
            waiting.clear()
    return widths


def _simple(file: PlainFile, source: bytes, kind: bytes) -> PlainFont:
    texts = _meanings(file, source)
    if kind != b"/Type3" and _name(source, b"/Encoding") in (
        b"/WinAnsiEncoding",
        b"/MacRomanEncoding",
    ):
        texts = {code: chr(code) for code in _PRINTABLE} | texts
    scale = _THOUSANDTH
    if kind == b"/Type3":
        matrix = re.search(rb"/FontMatrix\s*\[\s*([^\s\]]+)", source)
        if matrix is None:
            raise DeclinedError("a font without a measure")
        scale = float(matrix[1])
    first = re.search(rb"/FirstChar\s+(\d+)", source)
    if first is None:
        raise DeclinedError("a font without widths")
    widths = {
        int(first[1]) + n: float(width) * scale for n, width in enumerate(_widths(file, source))
    }
    return PlainFont(1, texts, widths, 0.0)


def _widths(file: PlainFile, source: bytes) -> list[bytes]:
    found = re.search(rb"/Widths\s*(?:\[([^\]]*)\]|(\d+)\s+\d+\s+R)", source)
    if found is None:
        raise DeclinedError("a font without widths")
    if found[1] is not None:
        return found[1].split()
    return file.source(Ref(found[2])).strip(b"[] \r\n\t").split()


def _meanings(file: PlainFile, source: bytes) -> dict[int, str]:
    """What the codes mean, from the font's own table; empty where it has none."""
    found = re.search(rb"/ToUnicode\s+(\d+)\s+\d+\s+R", source)
    if found is None:
        return {}
    _, table = file.stream(Ref(found[1]))
    texts: dict[int, str] = {}
    for block, body in _BLOCK.findall(table):
        if block == b"bfchar":
            texts |= {int(code, 16): _text(means) for code, means in _PAIR.findall(body)}
        else:
            for first, last, means, listed in _RANGE.findall(body):
                texts |= _range(int(first, 16), int(last, 16), means, listed)
    return texts


def _range(first: int, last: int, means: bytes, listed: bytes) -> dict[int, str]:
    if not 0 <= last - first < _MOST_CODES:
        raise DeclinedError("a font with an impossible table")
    if listed:
        return {first + n: _text(each) for n, each in enumerate(_HEX.findall(listed))}
    text = _text(means)
    if not text:
        return {}
    start = ord(text[-1])
    return {first + n: text[:-1] + chr(start + n) for n in range(last - first + 1)}


def _text(digits: bytes) -> str:
    raw = string_of(b"<" + b"".join(digits.split()) + b">")
    if len(raw) == 1:
        return chr(raw[0])
    return raw.decode("utf-16-be", "replace")


def _name(source: bytes, key: bytes) -> bytes:
    found = re.search(key + rb"\s*(/[^\x00-\x20()<>\[\]{}/%]+)", source)
    return found[1] if found else b""
