"""Files changed at random, so that most of a reader still runs: bytes, tokens, parts, streams."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_STREAM = re.compile(rb"/Filter ?/FlateDecode(.{0,120}?)stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_DIGITS = re.compile(rb"\d+")
_TOKENS = (
    b"-1", b"0", b"65536", b"4294967295", b"99999999999999999999", b"1e308", b"nan", b"\x00",
    b"\xff\xff\xff\xff", b"%s", b"<", b">", b"&#x0;", b"]]>", b"<!--", b"<table>", b"</td>",
    b"<td colspan=99999 rowspan=99999>", "９".encode(), "⼀".encode(), "\u202e".encode(),
    b"<< /Type", b">>", b"[", b"]", b"(", b")", b"endobj", b"endstream", b"1 0 R", b"BT", b"ET",
    b" re f", b"<w:tbl>", b"<w:gridSpan w:val='-5'/>", b"<w:vMerge/>", b"<c r='XFD1048576'>",
)  # fmt: skip


def mutated(data: bytes, rng: Random) -> bytes:
    """A file changed a few times; packages and packed streams are mostly changed inside."""
    if data.startswith(b"PK") and rng.random() < 0.8:
        return _in_package(data, rng)
    if data.startswith(b"%PDF") and rng.random() < 0.6:
        data = _unpacked(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        data = _changed(data, rng)
    return data


def _in_package(data: bytes, rng: Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    biggest = max(parts, key=lambda name: len(parts[name]))
    chosen = biggest if rng.random() < 0.6 else rng.choice(sorted(parts))
    parts[chosen] = mutated(parts[chosen], rng)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if rng.random() > 0.01:
                package.writestr(name, content)
    packed = out.getvalue()
    return _changed(packed, rng) if rng.random() < 0.1 else packed


def _unpacked(data: bytes) -> bytes:
    """A PDF whose packed streams lie open; its table of objects is wrong then, as so often."""

    def opened(match: re.Match[bytes]) -> bytes:
        try:
            return match[1] + b"stream\n" + zlib.decompress(match[2]) + b"\nendstream"
        except zlib.error:
            return match[0]

    return _STREAM.sub(opened, data)


def _changed(data: bytes, rng: Random) -> bytes:
    """One change somewhere."""
    if not data:
        return rng.randbytes(8)
    at = rng.randrange(len(data))
    end = min(len(data), at + rng.choice((1, 2, 4, 16, 256, 4096)))
    middle = _put(data[at:end], rng)
    if rng.random() < 0.02:
        return data[:at]
    if rng.random() < 0.2:
        number = _DIGITS.search(data, at)
        if number:
            at, end = number.span()
            middle = rng.choice(_TOKENS[:7])
    return data[:at] + middle + data[end:]


def _put(piece: bytes, rng: Random) -> bytes:
    """What stands in the place of a piece: a bit turned, noise, nothing, more of it, a token."""
    turned = bytes([piece[0] ^ (1 << rng.randrange(8))]) + piece[1:]
    token = rng.choice(_TOKENS)
    changes = turned, rng.randbytes(len(piece)), b"", piece * rng.choice((2, 3, 50))
    return rng.choice((*changes, token, token + piece, piece[:1] + token))
