"""Text that goes into WARC records: one line each, whatever the network sent.

A line break inside a value would forge a further header or field, so control characters never
reach a record. The catalog keeps the same cleaned text, so that it can be rebuilt from the records.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SPACES = re.compile(r"\s+")
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")
_FOLDS = re.compile(rb"[\r\n\x00]+[ \t]*")
_TOKEN = re.compile(rb"[^!#$%&'*+.^_`|~0-9A-Za-z-]")

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

TEXT_LIMIT = 2_000
"""The longest text kept of a link, in characters; what is longer is not a title."""


def one_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """Returns `text` on one line: control characters and runs of white space become one space."""
    return _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()[:limit].rstrip()


def optional_line(text: str | None, limit: int = TEXT_LIMIT) -> str | None:
    """Like `one_line`, with None and nothing-left both as None."""
    return (one_line(text, limit) or None) if text else None


def is_time(text: str) -> bool:
    """Tells whether `text` is a time as records have it: UTC, `2026-11-20T06:46:35Z`."""
    return _TIME.fullmatch(text) is not None


def address(url: str) -> str:
    """Returns `url` with white space and control characters percent-encoded, else untouched."""
    return _UNSAFE_IN_ADDRESS.sub(
        lambda found: quote(found.group().encode("utf-8", "surrogatepass")), url
    )


@lru_cache(maxsize=4_096)
def ip_address(text: str | None) -> str | None:
    """Returns `text` in canonical form if it is an IP address, else None."""
    try:
        return str(ipaddress.ip_address(text)) if text else None
    except ValueError:
        return None


def header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    r"""Returns the headers as they came, folded values joined, one `\r\n` line each."""
    return b"".join(
        [b"%b: %b\r\n" % (_token(name), _FOLDS.sub(b" ", value).strip()) for name, value in headers]
    )


@lru_cache(maxsize=1_024)
def _token(name: bytes) -> bytes:
    return _TOKEN.sub(b"_", name)


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """Returns the first value of the header `name` (any case), None where there is none."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def dump_fields(fields: Mapping[str, str | int | None]) -> bytes:
    """Returns `fields` as application/warc-fields in UTF-8; None is left out."""
    lines = (f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return "".join(lines).encode()


def parse_fields(block: bytes) -> dict[str, str]:
    """Returns the fields of an application/warc-fields block, the first of each name.

    Raises:
        ValueError: if a line is not `name: value` in UTF-8.
    """
    fields: dict[str, str] = {}
    for line in block.decode().split("\r\n"):
        if line:
            name, colon, value = line.partition(":")
            if not colon:
                raise ValueError(f"not a field: {line[:80]!r}")
            fields.setdefault(name, value.strip(" "))
    return fields
