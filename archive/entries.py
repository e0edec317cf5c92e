"""From WARC records to catalog rows and back: the same facts in both, each proves the other."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, get_args

from archive.errors import Damaged
from archive.fields import address, parse_fields
from archive.members import Flaw, Record
from archive.merkle import leaf_hash
from archive.model import Capture, PortalRecord, Role, Run
from archive.records import FIELDS_TYPE, JSON_TYPE
from archive.rendered import RenderingEntry, read_rendering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

RUN_COUNTS = ("requests", "found", "new", "unchanged", "failed")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the catalog: the capture and what only the archive itself needs to know of it.

    `request` is `request_key` of the exchange, `record` the WARC-Record-ID of the response or
    revisit, `payload` the WARC-Payload-Digest that record states, `leaf` what stands for the
    capture in the Merkle tree of its run (see `archive.records.Group`).
    """

    capture: Capture
    request: str
    record: str
    payload: str
    etag: str | None = None
    last_modified: str | None = None
    leaf: str = ""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """What one record says of a run: its start (with portals), or its end with counts."""

    run: Run
    portals: tuple[PortalRecord, ...] = ()


def request_key(method: str, url: str, body: bytes = b"") -> str:
    """Returns the SHA-256 (64 hex digits) that says which requests are the same."""
    hashed = hashlib.sha256()
    for part in (method.upper().encode(), address(url).encode(), body):
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


_PLAIN = {
    # warc-fields name: attribute of Capture, as text
    "capture": "id",
    "run": "run",
    "portal": "portal",
    "role": "role",
    "via": "via",
    "link-text": "link_text",
    "robots": "robots",
    "media-type": "media_type",
    "content-sha256": "sha256",
    "file-name": "file_name",
    "revisit-of": "revisit_of",
    "truncated": "truncated",
    "reason": "reason",
    "method": "method",
}


def to_fields(entry: Entry, software: str) -> dict[str, str | int | None]:
    """Returns the metadata record's fields for an entry."""
    capture = entry.capture
    return {
        "software": software,
        **{name: getattr(capture, attribute) for name, attribute in _PLAIN.items()},
        "http-status": capture.http_status,
        "content-bytes": capture.bytes,
        "request-sha256": entry.request,
        "etag": entry.etag,
        "last-modified": entry.last_modified,
    }


def _from_fields(stated: dict[str, str], record: Record, warc: str) -> Entry:
    plain: dict[str, Any] = {attribute: stated.get(name) for name, attribute in _PLAIN.items()}
    plain["media_type"] = plain["media_type"] or ""
    missing = [
        name for name in ("id", "run", "portal", "role", "sha256", "method") if not plain[name]
    ]
    if missing or plain["role"] not in get_args(Role):
        raise ValueError(
            f"the metadata record does not state {', '.join(missing) or 'a known role'}"
        )
    capture = Capture(
        url=record.headers["warc-target-uri"],
        fetched_at=record.headers["warc-date"],
        http_status=int(stated["http-status"]),
        bytes=int(stated["content-bytes"]),
        warc=warc,
        offset=record.offset,
        length=record.length,
        **plain,
    )
    return Entry(
        capture=capture,
        request=stated["request-sha256"],
        record=record.headers["warc-record-id"],
        payload=record.headers["warc-payload-digest"],
        etag=stated.get("etag"),
        last_modified=stated.get("last-modified"),
    )


def to_facts(run: Run, portals: tuple[PortalRecord, ...] = ()) -> dict[str, Any]:
    """Returns the JSON facts of a run record; counts only where the run is finished."""
    facts: dict[str, Any] = {"run": run.id, "started": run.started}
    if run.finished:
        facts |= {"finished": run.finished} | {name: getattr(run, name) for name in RUN_COUNTS}
    else:
        facts["portals"] = [
            {field.name: getattr(portal, field.name) for field in fields(portal)}
            for portal in portals
        ]
    return facts


def _from_facts(block: bytes) -> RunEntry:
    facts = json.loads(block)
    run = Run(
        id=facts["run"],
        started=facts["started"],
        finished=facts.get("finished"),
        **{name: int(facts.get(name, 0)) for name in RUN_COUNTS},
    )
    return RunEntry(run, tuple(PortalRecord(**portal) for portal in facts.get("portals", ())))


Item = Entry | RunEntry | RenderingEntry | Flaw
"""What records say, or what is wrong with them."""


def interpret(items: Iterable[Record | Flaw], warc: str) -> Iterator[tuple[Item, Record | None]]:
    """Tells captures, rendered pages and runs from the records of the file `warc`.

    Each comes with its record (the response or revisit, for a capture); None for a flaw.
    """
    stated: dict[str, tuple[dict[str, str], int]] = {}
    heads: dict[str, list[bytes]] = defaultdict(list)
    for record in items:
        if isinstance(record, Flaw):
            yield record, None
            continue
        if answer := record.headers.get("warc-concurrent-to"):
            heads[answer].append(record.head)
        try:
            if record.kind == "metadata" and record.headers.get("content-type") == JSON_TYPE:
                yield _from_facts(record.block), record
            elif record.kind == "metadata" and record.headers.get("content-type") == FIELDS_TYPE:
                stated[record.headers["warc-concurrent-to"]] = (
                    parse_fields(record.block),
                    record.offset,
                )
            elif record.kind in _PLACED:
                name = record.headers["warc-record-id"]
                leaf = leaf_hash(*heads.pop(name, ()), record.head).hex()
                known, _ = stated.pop(name, (None, 0))
                if known is None:
                    yield _odd(record, "an answer without the metadata record that places it"), None
                else:
                    found = _PLACED[record.kind](known, record, warc)
                    yield replace(found, leaf=leaf) if isinstance(found, Entry) else found, record
        except (KeyError, TypeError, ValueError) as error:
            yield _odd(record, f"a {record.kind} record cannot be understood: {error}"), None
    for _, offset in stated.values():
        yield Flaw(offset, "not a record", "a metadata record whose answer is missing"), None


_PLACED: dict[str, Callable[[dict[str, str], Record, str], Entry | RenderingEntry]] = {
    "response": _from_fields,
    "revisit": _from_fields,
    "conversion": read_rendering,
}
"""What a metadata record places, by the type of the record."""


def _odd(record: Record, message: str) -> Flaw:
    return Flaw(record.offset, "not a record", message, record.length)


_STATUS_LINE = re.compile(rb"HTTP/[\d.]+ (\d{3})\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP message inside a response or revisit record."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def parse_head(block: bytes) -> tuple[int, tuple[tuple[bytes, bytes], ...], int]:
    """Returns status and headers of the HTTP message in a block, and where its body begins.

    Raises:
        Damaged: if the block holds none.
    """
    end = block.find(b"\r\n\r\n")
    first, *lines = block[: max(end, 0)].split(b"\r\n")
    status = _STATUS_LINE.match(first)
    if not status or end < 0:
        raise Damaged("it holds no HTTP answer")
    pairs = (line.partition(b":") for line in lines)
    return int(status[1]), tuple((name, value.strip()) for name, _, value in pairs), end + 4


def parse_answer(record: Record) -> Answer:
    """Returns the HTTP message in a record's block.

    Raises:
        Damaged: if the block holds none.
    """
    try:
        status, headers, body = parse_head(record.block)
    except Damaged as error:
        raise Damaged(f"the record at {record.offset}: {error}") from error
    return Answer(status, headers, record.block[body:])
