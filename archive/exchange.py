"""From an exchange to a catalog entry: cleaned values, digests, the decision for a revisit."""

from __future__ import annotations

import dataclasses
import hashlib
import http
import re
from typing import TYPE_CHECKING, get_args

from archive import naming
from archive.encoding import Measure, measure
from archive.entries import Entry
from archive.errors import ArchiveError
from archive.fields import address, header, is_time, one_line, optional_line
from archive.model import Capture, Exchange, Role
from archive.records import TRUNCATIONS, Referred, digest

if TYPE_CHECKING:
    from collections.abc import Callable

_METHOD = re.compile(r"[A-Z]{1,20}")
_VALIDATOR_LIMIT = 1_000
_OK = http.HTTPStatus.OK
_NOT_MODIFIED = http.HTTPStatus.NOT_MODIFIED


def clean(exchange: Exchange) -> Exchange:
    """Returns the exchange with every text fit for one line of a record.

    Raises:
        ArchiveError: if a field is not what `Exchange` promises.
    """
    method = exchange.method.upper()
    if not _METHOD.fullmatch(method):
        raise ArchiveError(f"not a request method: {exchange.method[:40]!r}")
    if not is_time(exchange.fetched_at):
        raise ArchiveError(f"not a UTC time such as 2026-11-20T06:46:35Z: {exchange.fetched_at!r}")
    if exchange.role not in get_args(Role):
        raise ArchiveError(f"not a role: {exchange.role!r}")
    if not 100 <= exchange.status <= 999:  # noqa: PLR2004 - three digits, RFC 9110
        raise ArchiveError(f"not an HTTP status: {exchange.status}")
    if not exchange.url or not one_line(exchange.portal):
        raise ArchiveError("an exchange needs its address and its portal")
    truncated = exchange.truncated
    return dataclasses.replace(
        exchange,
        method=method,
        url=address(exchange.url),
        portal=one_line(exchange.portal),
        via=address(exchange.via) if exchange.via else None,
        link_text=optional_line(exchange.link_text),
        robots=optional_line(exchange.robots),
        reason=optional_line(exchange.reason),
        truncated=truncated if not truncated or truncated in TRUNCATIONS else "unspecified",
    )


def capture_id(exchange: Exchange, taken: Callable[[str], bool]) -> str:
    """Returns the permanent id; a repeat within the same second gets `-2`, `-3`, …."""
    moment = re.sub(r"\D", "", exchange.fetched_at)[:14]
    hashed = hashlib.sha256(
        exchange.method.encode() + b" " + exchange.url.encode() + b" " + exchange.request_body
    )
    first = wanted = f"{moment}-{hashed.hexdigest()[:12]}"
    repeat = 2
    while taken(wanted):
        wanted = f"{first}-{repeat}"
        repeat += 1
    return wanted


def _validator(exchange: Exchange, name: bytes) -> str | None:
    value = (header(exchange.headers, name) or b"").strip()
    usable = 0 < len(value) <= _VALIDATOR_LIMIT and re.fullmatch(rb"[\x20-\x7e]+", value)
    return value.decode("ascii") if usable else None


@dataclasses.dataclass(frozen=True, slots=True)
class Earlier:
    """What is kept of a request: its newest whole content, and the response that holds it.

    They differ where the newest is itself a revisit.
    """

    latest: Entry
    holder: Entry


def entry_of(
    exchange: Exchange,
    run: str,
    record: str,
    request: str,
    *,
    earlier: Earlier | None,
    taken: Callable[[str], bool],
) -> tuple[Entry, Referred | None]:
    """Returns the row of a clean exchange, not yet located, and what its revisit refers to.

    `request` is its `request_key`.

    An answer with the content that is kept already is unchanged. Its body is left out only where
    it is the same before decoding too, because a revisit stands for the payload as received.
    """
    content, payload = _content(exchange, earlier)
    truncated = exchange.truncated or (None if content.whole else "content")
    confirmed = earlier if exchange.status == _NOT_MODIFIED else None
    whole = exchange.status == _OK and exchange.body and not truncated and not exchange.reason
    same = whole and earlier and earlier.holder.capture.sha256 == content.sha256
    unchanged = earlier if confirmed or same else None
    holder = unchanged.holder if unchanged else None
    kept = confirmed.latest if confirmed else None
    capture = Capture(
        id=capture_id(exchange, taken),
        run=run,
        portal=exchange.portal,
        url=exchange.url,
        method=exchange.method,
        fetched_at=exchange.fetched_at,
        http_status=exchange.status,
        media_type=kept.capture.media_type if kept else _media_type(exchange),
        sha256=content.sha256,
        bytes=content.bytes,
        warc="",
        offset=0,
        length=0,
        role=exchange.role,
        via=exchange.via,
        link_text=exchange.link_text,
        robots=exchange.robots,
        revisit_of=holder.capture.id if holder else None,
        truncated=truncated,
        file_name=kept.capture.file_name if kept else _file_name(exchange),
        reason=exchange.reason,
    )
    entry = Entry(
        capture=capture,
        request=request,
        record=record,
        payload=payload,
        etag=_validator(exchange, b"etag") or (kept.etag if kept else None),
        last_modified=_validator(exchange, b"last-modified")
        or (kept.last_modified if kept else None),
    )
    refers = holder if holder and holder.payload == payload else None
    return entry, _referred(refers) if refers else None


def _content(exchange: Exchange, earlier: Earlier | None) -> tuple[Measure, str]:
    """Returns the measure of the content and the digest of the payload an exchange stands for."""
    if exchange.status == _NOT_MODIFIED and earlier:
        kept = earlier.holder
        return Measure(kept.capture.sha256, kept.capture.bytes, whole=True), kept.payload
    coding = header(exchange.headers, b"content-encoding")
    content = measure(exchange.body, coding)
    return content, digest(exchange.body) if coding else f"sha256:{content.sha256}"


def _referred(holder: Entry) -> Referred:
    capture = holder.capture
    return Referred(holder.record, capture.url, capture.fetched_at)


def _media_type(exchange: Exchange) -> str:
    return naming.media_type(header(exchange.headers, b"content-type"))


def _file_name(exchange: Exchange) -> str | None:
    return naming.file_name(header(exchange.headers, b"content-disposition"))
