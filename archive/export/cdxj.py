"""CDXJ, the index by which players find a record: a key for sorting, the time, facts in JSON.

The key is the address with its host turned round (SURT), as wabac.js and pywb make it. A request
other than GET is found by its method and body too, written into the query as those players do.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_plus, urlencode, urlsplit

from archive import naming
from archive.entries import parse_answer
from archive.errors import Damaged
from archive.fields import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.members import Record

_WWW = re.compile(r"^(https?://)www\d*\.")
_LONGEST_QUERY = 4096


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One line of the index: `key` and `time` (14 digits) sort it, `facts` locate the record."""

    key: str
    time: str
    facts: str

    def __str__(self) -> str:
        """Returns the line without its end."""
        return f"{self.key} {self.time} {self.facts}"


def surt(url: str) -> str:
    """Returns the key of an address: host turned round, lower case, query sorted, no `www.`.

    Lines are split at spaces, so a key holds none; other letters are written as browsers do.
    """
    return "".join(c if "!" <= c <= "~" else quote(c.encode("utf-8", "replace")) for c in _key(url))


def _key(url: str) -> str:
    lowered = _WWW.sub(r"\1", url).lower()
    try:
        parts = urlsplit(lowered)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return lowered
    if parts.scheme not in {"http", "https"}:
        return lowered
    usual = {"http": 80, "https": 443}[parts.scheme]
    key = ",".join(reversed(host.split(".")))
    key += f":{port}" if port not in {None, usual} else ""
    query = "&".join(sorted(parts.query.split("&")))
    return f"{key}){parts.path or '/'}" + (f"?{query}" if query else "")


def index_line(record: Record, with_it: list[Record], name: str, offset: int) -> Line | None:
    """Returns the line of an answer, None for what is no answer (a rendered page, a run).

    Args:
        record: the response or revisit.
        with_it: the records beside it, its request among them.
        name: the WARC file in the export.
        offset: where in that file the record begins.
    """
    if record.kind not in {"response", "revisit"}:
        return None
    url = record.headers.get("warc-target-uri", "")
    try:
        answer = parse_answer(record)
    except Damaged:
        return None
    facts: dict[str, Any] = {"url": url, "mime": "warc/revisit"}
    if record.kind == "response":
        facts["mime"] = naming.media_type(header(answer.headers, b"content-type")) or "unk"
    facts |= {
        "status": str(answer.status),
        "digest": record.headers.get("warc-payload-digest", ""),
        "length": str(record.length),
        "offset": str(offset),
        "filename": name,
    }
    key = surt(url)
    request = next((one for one in with_it if one.kind == "request"), None)
    method, body = _asked(request) if request else ("GET", "")
    if method != "GET":
        query = f"__wb_method={method}" + (f"&{body}" if body else "")
        key = surt(f"{url}{'&' if '?' in url else '?'}{query}")
        facts |= {"method": method, "requestBody": body}
    time = re.sub(r"\D", "", record.headers.get("warc-date", ""))[:14]
    return Line(key, time, json.dumps(facts, ensure_ascii=True))


def _asked(request: Record) -> tuple[str, str]:
    """Returns method and body of a request, the body as a query in the way of the players."""
    head, _, body = request.block.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    method = first.partition(b" ")[0].decode("latin-1")
    kind = ""
    for line in lines:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-type":
            kind = naming.media_type(value.strip())
    return method, _as_query(kind, body)[:_LONGEST_QUERY] if method != "GET" else ""


def _as_query(kind: str, body: bytes) -> str:
    if not body:
        return ""
    try:
        if kind == "application/x-www-form-urlencoded":
            return unquote_plus(body.decode())
        if kind in {"application/json", "text/plain"}:
            return urlencode(dict(_flat(json.loads(body), {})))
    except (ValueError, RecursionError):
        pass
    return "__wb_post_data=" + base64.b64encode(body).decode()


def _flat(value: Any, met: dict[str, int], name: str = "") -> Iterator[tuple[str, str]]:
    """Yields the plain values of a JSON body with their names; a repeated name is numbered."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, met, str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _flat(item, met, name)
    elif name:
        met[name] = met.get(name, 0) + 1
        text = value if isinstance(value, str) else json.dumps(value)
        yield (name if met[name] == 1 else f"{name}.{met[name]}_"), text
