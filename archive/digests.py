"""What a record's own digests should be, computed once for all that compare them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from archive.entries import request_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.members import Record


def request_of(record: Record) -> str:
    """Returns the `request_key` of a request record."""
    head, _, body = record.block.partition(b"\r\n\r\n")
    method = head.partition(b" ")[0].decode("latin-1")
    return request_key(method, record.headers.get("warc-target-uri", ""), body)


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 (hex) of a record's block and of its payload, and the payload's bytes."""

    block: str
    payload: str
    bytes: int

    @classmethod
    def of(cls, record: Record) -> Digests:
        """Returns those of a record; the payload of what is no HTTP message is its block."""
        block = memoryview(record.block)
        whole = hashlib.sha256(block).hexdigest()
        if record.kind not in {"request", "response"}:
            return cls(whole, whole, len(block))
        payload = block[record.block.find(b"\r\n\r\n") + 4 :]
        return cls(whole, hashlib.sha256(payload).hexdigest(), len(payload))

    def wrong(self, record: Record) -> Iterator[Literal["block digest", "payload digest"]]:
        """Yields which of the digests in the record's header do not match."""
        if record.headers.get("warc-block-digest") != f"sha256:{self.block}":
            yield "block digest"
        if record.kind in {"warcinfo", "revisit"}:
            return
        if record.headers.get("warc-payload-digest") != f"sha256:{self.payload}":
            yield "payload digest"
