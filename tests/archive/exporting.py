"""An archive with everything an export has to carry, and what reads the exports back."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from archiving import HTML, URL, exchange

from archive import Archive, PortalRecord, RenderedPage
from archive.export import choose, write_wacz

if TYPE_CHECKING:
    from pathlib import Path

HOST = "http://www.example.gov.cn/"
LIST = HOST + "zfxxgknb/"
PDF = bytes(range(256)) * 200
PORTALS = (
    PortalRecord("230111", HOST, "230111", "呼兰区", "county", "哈尔滨市", "黑龙江省"),
    PortalRecord("https://other.example/", "https://other.example/"),
)


def archived(data: Path) -> Path:
    """Two runs of two portals: answers of every kind that the writer makes."""
    with Archive(data) as archive:
        archive.begin_run("first", "2026-11-20T06:00:00Z", PORTALS)
        archive.record(exchange(b"<a href=/zfxxgknb/>", 0, url=HOST, role="home"))
        list_ = archive.record(exchange(b"<div id=l></div>", 1, url=LIST, role="list"))
        page = RenderedPage(list_, b"<a href=t.html>", "2026-11-20T06:00:02Z", "chromium/143.0")
        archive.submit_rendered(page).result()
        archive.record(exchange(second=3, via=LIST, link_text="2022年年报"))
        archive.record(
            exchange(PDF, 4, url=URL + ".pdf", role="attachment", headers=_type("application/pdf"))
        )
        archive.record(_coded("gzip", gzip.compress(HTML, mtime=0), 5))
        archive.record(_coded("deflate", zlib.compress(HTML), 6))
        archive.record(exchange(b"cut", 7, url=URL + "?cut", truncated="length"))
        archive.record(_posted(b"page=2&channel=%E5%B9%B4", "application/x-www-form-urlencoded", 8))
        archive.record(_posted(b'{"page": 2, "on": true, "in": [1, 2]}', "application/json", 9))
        archive.record(exchange(b"gone", 10, url=URL + "?gone", status=404, reason="soft 404"))
        archive.record(
            exchange(b"", 11, url=URL + "?old", status=301, headers=((b"Location", b"/"),))
        )
        archive.record(exchange(b"other", 12, url="https://other.example/", portal=PORTALS[1].id))
        archive.finish_run("first", requests=12)
        archive.begin_run("second", "2026-11-20T06:01:00Z", PORTALS)
        archive.record(exchange(second=61, via=LIST, link_text="2022年年报"))
        archive.record(exchange(b"", 62, url=URL + ".pdf", status=304, headers=()))
        archive.record(exchange(b"new", 63, url=URL + "?new"))
        archive.finish_run("second", requests=3)
    return data


def wacz(data: Path, **wanted: Any) -> tuple[bytes, list[str]]:
    """A WACZ of what is wanted, and the problems there were."""
    out = io.BytesIO()
    with Archive(data, readonly=True) as archive:
        selection = choose(archive, **wanted)
        write_wacz(out, data, selection, "nianbao/0")
    return out.getvalue(), selection.problems


def check_wacz(data: bytes) -> dict[str, bytes]:
    """The files of a WACZ after everything the specification demands of them was looked at."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        infos = {info.filename: info for info in opened.infolist()}
        files = {name: opened.read(name) for name in infos}
    package = json.loads(files["datapackage.json"])
    assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
    listed = {resource["path"]: resource for resource in package["resources"]}
    assert listed.keys() | {"datapackage.json", "datapackage-digest.json"} == files.keys()
    for path, resource in listed.items():
        assert resource["bytes"] == len(files[path])
        assert resource["hash"] == f"sha256:{hashlib.sha256(files[path]).hexdigest()}"
        if path.endswith(".gz"):
            assert infos[path].compress_type == zipfile.ZIP_STORED
    digest = json.loads(files["datapackage-digest.json"])
    said = hashlib.sha256(files["datapackage.json"]).hexdigest()
    assert digest == {"path": "datapackage.json", "hash": f"sha256:{said}"}
    head, *pages = map(json.loads, files["pages/pages.jsonl"].splitlines())
    assert head["format"] == "json-pages-1.0"
    assert all(page["url"] and page["ts"] for page in pages)
    return files


def index(files: dict[str, bytes]) -> list[tuple[str, str, dict[str, str]]]:
    """The lines of the index, read block by block as a player does."""
    meta, *blocks = files["indexes/index.idx"].decode().splitlines()
    assert meta.startswith("!meta 0 ")
    text = ""
    for block in blocks:
        where = json.loads(block[block.index("{") :])
        packed = files["indexes/index.cdx.gz"][where["offset"] :][: where["length"]]
        text += gzip.decompress(packed).decode()
    lines = [line.split(" ", 2) for line in text.splitlines()]
    assert lines == sorted(lines)
    return [(key, time, json.loads(facts)) for key, time, facts in lines]


def _type(name: str) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"Content-Type", name.encode()),)


def _coded(coding: str, body: bytes, second: int) -> Any:
    headers = ((b"Content-Encoding", coding.encode()), (b"Transfer-Encoding", b"chunked"))
    return exchange(
        body, second, url=f"{URL}?{coding}", headers=(*_type("text/html; charset=utf-8"), *headers)
    )


def _posted(body: bytes, kind: str, second: int) -> Any:
    return exchange(
        b'{"rows": []}',
        second,
        url=HOST + "api/list",
        method="POST",
        request_headers=((b"Host", b"www.example.gov.cn"), (b"Content-Type", kind.encode())),
        request_body=body,
        role="list",
        headers=_type("application/json"),
    )
