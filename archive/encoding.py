"""Content decoding (RFC 9110, section 8.4) within bounds: from what was received to the file.

Servers mislabel: a body that does not decode at all is taken as it is, one that breaks off in the
middle is kept as far as it goes and said to be cut. A small body may unpack to gigabytes, so the
output is bounded and produced in chunks.
"""

from __future__ import annotations

import hashlib
import re
import sys
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import brotli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 128 * 1024 * 1024
"""The most a decoded body may hold, in bytes; what was received undecoded is never cut here."""

_STEP = 4 * 1024
"""Input per step. Deflate grows at most 1,032-fold, so a step yields little over 4 MiB."""
_MOST_CODINGS = 4
_ZSTD_MARK = 4
_ZSTD_FRAME = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
"""How a frame begins, one to be skipped too."""


class _CorruptError(Exception):
    """The coded bytes are not what the header calls them, or break off."""


def _steps(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        view = memoryview(chunk)
        for start in range(0, len(view), _STEP):
            yield bytes(view[start : start + _STEP])


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    members = 0
    for step in _steps(chunks):
        data = step
        while data:
            if member.eof:
                members += 1
                member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                yield member.decompress(data)
            except zlib.error as error:
                if members:  # zeros or rubbish behind the last member: every browser ignores them
                    return
                raise _CorruptError from error
            data = member.unused_data
    if not member.eof:
        raise _CorruptError


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    stream: Any = None
    for step in _steps(chunks):
        if stream is None:  # "deflate" means zlib by the standard, raw by some servers
            zlib_head = (
                len(step) > 1
                and step[0] & 15 == zlib.DEFLATED
                and step[0] * 256 % 31 == (-step[1] % 31)
            )
            stream = zlib.decompressobj(zlib.MAX_WBITS if zlib_head else -zlib.MAX_WBITS)
        try:
            yield stream.decompress(step)
        except zlib.error as error:
            raise _CorruptError from error
    if stream is None or not stream.eof:
        raise _CorruptError


def _unbrotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    bound = 1024 * _STEP
    for step in _steps(chunks):
        try:
            yield stream.process(step, output_buffer_limit=bound)
            while not stream.can_accept_more_data():
                yield stream.process(b"", output_buffer_limit=bound)
        except brotli.error as error:
            raise _CorruptError from error
    if not stream.is_finished():
        raise _CorruptError


def _unzstd(chunks: Iterable[bytes]) -> Iterator[bytes]:
    stream = zstd.ZstdDecompressor()
    left = b""
    for step in _steps(chunks):
        data, left = left + step, b""
        while data or not (stream.needs_input or stream.eof):
            if stream.eof:  # RFC 8878: one frame or more
                if len(data) < _ZSTD_MARK:
                    left = data
                    break
                if not _ZSTD_FRAME.match(data):  # rubbish behind the last one
                    return
                stream = zstd.ZstdDecompressor()
            try:
                yield stream.decompress(data, 1024 * _STEP)
            except zstd.ZstdError as error:
                raise _CorruptError from error
            data = stream.unused_data if stream.eof else b""
    if not stream.eof:
        raise _CorruptError


_DECODERS: dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}


class ContentStream:
    """Iterates over the content of a body; `whole` tells afterwards whether all of it was there."""

    def __init__(self, body: bytes, content_encoding: bytes | None, limit: int = LIMIT) -> None:
        """Prepares `body` with the value of its Content-Encoding header for decoding."""
        self.whole = True
        self._body = body
        self._limit = limit
        named = (content_encoding or b"").decode("latin-1").lower().split(",")
        codings = [name for name in map(str.strip, named) if name not in {"", "identity"}]
        known = len(codings) <= _MOST_CODINGS and all(name in _DECODERS for name in codings)
        self._decoders = [_DECODERS[name] for name in reversed(codings)] if known else []

    def __iter__(self) -> Iterator[bytes]:
        """Yields the content in chunks of some 4 MiB at most (one, where nothing is coded)."""
        if not self._decoders:
            yield self._body
            return
        chunks: Iterable[bytes] = (self._body,)
        for decoder in self._decoders:
            chunks = decoder(chunks)
        produced = 0
        try:
            for chunk in chunks:
                if produced + len(chunk) > self._limit:
                    yield chunk[: self._limit - produced]
                    self.whole = False
                    return
                produced += len(chunk)
                yield chunk
        except _CorruptError:
            if produced:
                self.whole = False
            else:
                yield self._body


@dataclass(frozen=True, slots=True)
class Measure:
    """SHA-256 (64 hex digits) and length in bytes of a content, and whether it is whole."""

    sha256: str
    bytes: int
    whole: bool


def measure(body: bytes, content_encoding: bytes | None) -> Measure:
    """Returns digest and length of the decoded body without holding it in memory."""
    stream = ContentStream(body, content_encoding)
    digest = hashlib.sha256()
    length = 0
    for chunk in stream:
        digest.update(chunk)
        length += len(chunk)
    return Measure(digest.hexdigest(), length, stream.whole)


def decode(body: bytes, content_encoding: bytes | None) -> bytes:
    """Returns the decoded body, at most `LIMIT` bytes of it where it is coded."""
    return b"".join(ContentStream(body, content_encoding))
