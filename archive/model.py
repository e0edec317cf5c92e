"""The archive's records: exchanges as they come from the network, captures as they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["robots", "home", "list", "report", "attachment", "probe"]
"""Why an address was asked: robots.txt, a portal's home page, a page of links (menus, columns,
list endpoints), a report's page, the file of a report, or a probe of how the host says "gone"."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the answer to it, as received: `body` is before content decoding.

    `headers` are pairs of bytes in the order received; `fetched_at` is UTC,
    `2026-11-20T06:46:35Z`; `via` is the address of the page that led here and `link_text` what
    its link said; `robots` is the decision that allowed the request (`allowed`, `no robots.txt`).
    `reason` says why the answer is not content (`soft 404`, `challenge`, …), None where it is.
    `truncated` says why the body is not whole, in the words of WARC-Truncated: `length`, `time`,
    `disconnect`, `unspecified`.
    """

    url: str
    method: str
    request_headers: tuple[tuple[bytes, bytes], ...]
    request_body: bytes
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    fetched_at: str
    portal: str
    role: Role
    ip: str | None = None
    via: str | None = None
    link_text: str | None = None
    robots: str | None = None
    truncated: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """An exchange kept in a WARC file: one row of the catalog.

    `id` is permanent: `<fetched_at as 14 digits>-<first 12 hex of SHA-256 of method, url, body>`.
    `sha256` and `bytes` are of the content after content decoding: the file as a reader would
    save it. `warc`, `offset` and `length` locate the compressed record; a `revisit_of` names the
    capture whose record holds the content, where this answer was unchanged: a later capture with
    `revisit_of` is what counts as unchanged. `truncated` is that of the exchange, or `content`
    where the body could be decoded only in part. `media_type` is as the server declares it,
    without parameters, empty where it declares none. A 304 has the content, media type and file
    name of the capture it confirms.
    """

    id: str
    run: str
    portal: str
    url: str
    method: str
    fetched_at: str
    http_status: int
    media_type: str
    sha256: str
    bytes: int
    warc: str
    offset: int
    length: int
    role: Role
    via: str | None = None
    link_text: str | None = None
    robots: str | None = None
    revisit_of: str | None = None
    truncated: str | None = None
    file_name: str | None = None
    """The name the server gives the file (Content-Disposition), decoded; never used as a path."""
    reason: str | None = None
    """Why the answer is not content, None where it is."""


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """What a browser made of a captured page after its scripts ran, to be kept beside the answer.

    `capture` is that of the document; `screen` counts from 1: the page once it was still, then
    after each press of its pager. `browser` is name and version. `truncated` as for an exchange.
    """

    capture: Capture
    markup: bytes
    rendered_at: str
    browser: str
    screen: int = 1
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class Rendering:
    """A rendered page that is kept: a row of the catalog, and never an original.

    `id` is that of the capture it was made of with `-r1`, `-r2`, …; `sha256` and `bytes` are of
    its markup in UTF-8; `warc`, `offset` and `length` locate the `conversion` record.
    """

    id: str
    capture: str
    run: str
    url: str
    rendered_at: str
    screen: int
    sha256: str
    bytes: int
    browser: str
    warc: str
    offset: int
    length: int
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional request sends back, as the server gave it; None where it gave none."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """An answer out of the archive, as received: `body` is before content decoding."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl: when it began and ended, and what it counted (both None while it runs)."""

    id: str
    started: str
    finished: str | None = None
    requests: int = 0
    found: int = 0
    new: int = 0
    unchanged: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class PortalRecord:
    """A portal as a run was told of it, kept with the run so that a rebuild needs no registry.

    `place` is a GB/T 2260 code of six digits, None for a home page given by address alone;
    `place_name`, `level` (province, city, county), `city` and `province` describe that place.
    """

    id: str
    url: str
    place: str | None = None
    place_name: str | None = None
    level: str | None = None
    city: str | None = None
    province: str | None = None
    family: str | None = None
