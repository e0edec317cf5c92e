"""Building WARC 1.1 records (ISO 28500): what is written, in which order, with which digests.

An exchange becomes a group of three records, written in one piece: the request, a metadata record
with all that the catalog knows of the capture, and last the response (or the revisit). A group is
there when its last record is, so a torn file never holds an answer that nobody can place.
"""

from __future__ import annotations

import hashlib
import http
import json
import struct
import uuid
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from isal import isal_zlib

from archive.fields import dump_fields, header_lines, ip_address
from archive.merkle import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from archive.model import Exchange, Rendering

VERSION = "WARC/1.1"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
TRUNCATIONS = frozenset({"length", "time", "disconnect", "unspecified"})
FIELDS_TYPE = "application/warc-fields"
JSON_TYPE = "application/json"
RENDERED_TYPE = "text/html; charset=utf-8"

_SAMPLE = 256
_LEVEL_TEXT = 2
"""Of ISA-L, the deflater for Intel and ARM: measured on pages of 17 KB, it takes a fifth of the
time of zlib at its usual level 6, for files that are a tenth larger."""
_SMALL = 16 * 1024
_WITHOUT_ORDER = 140
"""Different bytes in a sample (of 256; chance alone gives 162) above which nothing is to gain."""
_GZIP = 16 + zlib.MAX_WBITS
"""The window's size in bits, and that gzip is asked for."""
_MOST_STORED = 0xFFFF
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
"""RFC 1952: deflate, no name, no time, no system named."""


def new_record_id() -> str:
    """Returns a fresh WARC-Record-ID."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def digest(*parts: bytes) -> str:
    """Returns the SHA-256 of the parts joined, as WARC writes it: `sha256:<64 hex digits>`."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(part)
    return f"sha256:{hashed.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Referred:
    """The record a revisit points at: its id, address and date."""

    record: str
    url: str
    fetched_at: str


@dataclass(frozen=True, slots=True)
class Group:
    """The records of an exchange as written: where the last one begins, and the capture's leaf.

    The leaf (64 hex digits) is over the headers of the three records in their order; each header
    states the SHA-256 of its block, so the leaf stands for every byte of them.
    """

    start: int
    leaf: str


class RecordWriter:
    """Serialises records into memory, each its own gzip member; `take` hands the bytes over."""

    def __init__(self) -> None:
        """Starts with nothing written."""
        self._parts: list[bytes | memoryview] = []
        self._size = 0
        self.records = 0
        """How many were written in all."""

    def take(self) -> list[bytes | memoryview]:
        """Returns what was written since the last call, in pieces."""
        parts, self._parts, self._size = self._parts, [], 0
        return parts

    @property
    def size(self) -> int:
        """Bytes written since the last `take`."""
        return self._size

    def write(
        self,
        kind: str,
        headers: Mapping[str, str | None],
        content_type: str,
        body: bytes,
        http_head: bytes | None = None,
    ) -> bytes:
        """Writes one record; `http_head` is the status or request line with its headers.

        Digests that `headers` give already are not computed again.

        Returns:
            The record's own header, with the blank line that ends it.
        """
        block = [part for part in (http_head, body) if part]
        whole = digest(*block)
        named = {"WARC-Type": kind, **headers, "WARC-Block-Digest": whole}
        if kind not in {"revisit", "warcinfo"} and "WARC-Payload-Digest" not in named:
            named["WARC-Payload-Digest"] = digest(body) if http_head else whole
        named["Content-Type"] = content_type
        named["Content-Length"] = str(sum(map(len, block)))
        lines = [f"{name}: {value}\r\n" for name, value in named.items() if value]
        head = f"{VERSION}\r\n{''.join(lines)}\r\n".encode()
        for part in _gzip([head, *block, b"\r\n\r\n"], _level(body)):
            self._parts.append(part)
            self._size += len(part)
        self.records += 1
        return head

    def write_warcinfo(self, record: str, name: str, date: str, fields: Mapping[str, str]) -> None:
        """Writes the record that opens a file and says who wrote it, for which run."""
        headers = {"WARC-Record-ID": record, "WARC-Date": date, "WARC-Filename": name}
        self.write("warcinfo", headers, FIELDS_TYPE, dump_fields(fields))

    def write_run(self, warcinfo: str, date: str, facts: Mapping[str, Any]) -> None:
        """Writes what is known of a run (its start with its portals, or its end with counts)."""
        headers = {
            "WARC-Record-ID": new_record_id(),
            "WARC-Date": date,
            "WARC-Target-URI": f"urn:nianbao:run:{facts['run']}",
            "WARC-Warcinfo-ID": warcinfo,
        }
        body = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
        self.write("metadata", headers, JSON_TYPE, body)

    def write_exchange(
        self,
        exchange: Exchange,
        record: str,
        warcinfo: str,
        fields: Mapping[str, str | int | None],
        *,
        payload: str,
        revisit: Referred | None,
    ) -> Group:
        """Writes the group of an exchange.

        `payload` is the digest of the body that the response holds or the revisit stands for.
        """
        common: dict[str, str | None] = {
            "WARC-Target-URI": exchange.url,
            "WARC-Date": exchange.fetched_at,
            "WARC-Warcinfo-ID": warcinfo,
        }
        with_it = {"WARC-Record-ID": new_record_id(), **common, "WARC-Concurrent-To": record}
        request_type = "application/http; msgtype=request"
        head = request_head(exchange)
        heads = [self.write("request", with_it, request_type, exchange.request_body, head)]
        with_it["WARC-Record-ID"] = new_record_id()
        heads.append(self.write("metadata", with_it, FIELDS_TYPE, dump_fields(fields)))
        start = self.size
        headers = {
            "WARC-Record-ID": record,
            **common,
            "WARC-IP-Address": ip_address(exchange.ip),
            "WARC-Truncated": exchange.truncated,
            "WARC-Payload-Digest": payload,
        }
        if revisit:
            headers |= {
                "WARC-Profile": NOT_MODIFIED
                if exchange.status == http.HTTPStatus.NOT_MODIFIED
                else IDENTICAL,
                "WARC-Refers-To": revisit.record,
                "WARC-Refers-To-Target-URI": revisit.url,
                "WARC-Refers-To-Date": revisit.fetched_at,
            }
        kind = "revisit" if revisit else "response"
        response_type = "application/http; msgtype=response"
        body = b"" if revisit else exchange.body
        heads.append(self.write(kind, headers, response_type, body, response_head(exchange)))
        return Group(start, leaf_hash(*heads).hex())

    def write_rendering(
        self,
        rendering: Rendering,
        made_of: str,
        warcinfo: str,
        fields: Mapping[str, str | int | None],
        markup: bytes,
    ) -> int:
        """Writes a rendered page as a conversion of the answer `made_of` (a WARC-Record-ID).

        Its metadata record stands before it; returns where in the buffer the page's begins.
        """
        record = new_record_id()
        common: dict[str, str | None] = {
            "WARC-Target-URI": rendering.url,
            "WARC-Date": rendering.rendered_at,
            "WARC-Warcinfo-ID": warcinfo,
        }
        about = {"WARC-Record-ID": new_record_id(), **common, "WARC-Concurrent-To": record}
        self.write("metadata", about, FIELDS_TYPE, dump_fields(fields))
        start = self.size
        headers = {
            "WARC-Record-ID": record,
            **common,
            "WARC-Refers-To": made_of,
            "WARC-Truncated": rendering.truncated,
        }
        self.write("conversion", headers, RENDERED_TYPE, markup)
        return start


def request_head(exchange: Exchange) -> bytes:
    """Returns request line and headers; credentials meant for a proxy are not kept."""
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    line = f"{exchange.method} {target} HTTP/1.1\r\n".encode()
    kept = (item for item in exchange.request_headers if item[0].lower() != b"proxy-authorization")
    return line + header_lines(kept) + b"\r\n"


def response_head(exchange: Exchange) -> bytes:
    """Returns status line and headers; the reason phrase is the registered one.

    The transfer coding was undone by the client, so that header is kept under the name that web
    archives use for it: a reader that believed it would try to undo the coding again.
    """
    try:
        phrase = http.HTTPStatus(exchange.status).phrase
    except ValueError:
        phrase = "Unknown"
    headers = (
        (b"X-Orig-Transfer-Encoding" if name.lower() == b"transfer-encoding" else name, value)
        for name, value in exchange.headers
    )
    return f"HTTP/1.1 {exchange.status} {phrase}\r\n".encode() + header_lines(headers) + b"\r\n"


def _gzip(parts: list[bytes], level: int) -> Iterable[bytes | memoryview]:
    """A gzip member, made in one go: each call of zlib costs a crawl a change of threads."""
    if level == zlib.Z_NO_COMPRESSION:
        return _stored(parts)
    return (isal_zlib.compress(b"".join(parts), level, _GZIP),)


def _stored(parts: list[bytes]) -> Iterator[bytes | memoryview]:
    """A gzip member that holds its data as it is (RFC 1951, 3.2.4); zlib takes longer for that."""
    yield _GZIP_HEAD
    checksum = length = 0
    for part in parts:
        view = memoryview(part)
        for start in range(0, len(part), _MOST_STORED):
            block = view[start : start + _MOST_STORED]
            yield struct.pack("<BHH", 0, len(block), len(block) ^ _MOST_STORED)
            yield block
        checksum, length = isal_zlib.crc32(part, checksum), length + len(part)
    yield struct.pack("<BHHII", 1, 0, _MOST_STORED, checksum, length & 0xFFFFFFFF)


def _level(body: bytes) -> int:
    """Stores what samples show to be compressed already (PDF, zip, images); deflates the rest."""
    if len(body) <= _SMALL:
        return _LEVEL_TEXT
    for start in (len(body) // 3, len(body) * 2 // 3):
        if len(set(body[start : start + _SAMPLE])) < _WITHOUT_ORDER:
            return _LEVEL_TEXT
    return zlib.Z_NO_COMPRESSION
