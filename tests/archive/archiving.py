"""Exchanges for the archive's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive import Archive, Exchange

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://www.example.gov.cn/zfxxgknb/t20230130_1.html"
HTML = "<title>2022年政府信息公开工作年度报告</title>".encode() * 20


def exchange(body: bytes = HTML, second: int = 0, **given: Any) -> Exchange:
    """An answer to GET at a given second, as it would come from the network."""
    headers = given.pop("headers", ((b"Content-Type", b"text/html; charset=utf-8"),))
    fields: dict[str, Any] = {
        "url": URL,
        "method": "GET",
        "request_headers": ((b"Host", b"www.example.gov.cn"), (b"User-Agent", b"nianbao")),
        "request_body": b"",
        "status": 200,
        "headers": headers,
        "body": body,
        "fetched_at": f"2026-11-20T06:{second // 60:02}:{second % 60:02}Z",
        "portal": "230111",
        "role": "report",
        "ip": "127.0.0.1",
    }
    return Exchange(**(fields | given))


def unsign(data: Path) -> None:
    """Takes the manifests and the log away, as if nothing had been signed yet."""
    for path in (*data.glob("warc/*.manifest*"), *data.glob("proof/audit.jsonl")):
        path.unlink()


def filled(data: Path) -> Path:
    """An archive of two runs: pages, a file, a redirect, an unchanged answer, a 304."""
    with Archive(data) as archive:
        archive.begin_run("first", "2026-11-20T06:00:00Z")
        pdf = ((b"Content-Type", b"application/pdf"), (b"ETag", b'"7"'))
        archive.record(exchange(second=1, via="http://www.example.gov.cn/", link_text="年报"))
        archive.record(exchange(bytes(range(256)) * 200, 2, url=URL + ".pdf", headers=pdf))
        archive.record(exchange(b"", 3, url=URL + "?old", status=301, role="probe"))
        archive.finish_run("first", requests=3, new=2)
        archive.begin_run("second", "2026-11-20T06:01:00Z")
        archive.record(exchange(second=61))
        archive.record(exchange(b"", 62, url=URL + ".pdf", status=304, headers=()))
        archive.record(exchange(b"changed", 63))
        archive.finish_run("second", requests=3, new=1, unchanged=2)
    return data
