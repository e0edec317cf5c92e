"""Two readers that know nothing of ours read every record the writer makes, and read the same."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from archiving import HTML, exchange
from exporting import PDF, archived
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KINDS = {"warcinfo", "metadata", "request", "response", "revisit", "conversion"}


@dataclass(frozen=True)
class Read:
    """One record as a reader gives it: its headers, HTTP status, and body as received."""

    offset: int
    headers: tuple[tuple[str, str], ...]
    status: str | None
    body: bytes


def by_warcio(path: Path) -> Iterator[Read]:
    with path.open("rb") as file:
        iterator = ArchiveIterator(file, check_digests="raise")
        for record in iterator:
            body = record.raw_stream.read()
            offset = iterator.get_record_offset()
            http = record.http_headers if record.rec_type == "response" else None
            status = http.get_statuscode() if http else None
            yield Read(offset, tuple(record.rec_headers.headers), status, body)


def by_fastwarc(path: Path) -> Iterator[Read]:
    with path.open("rb") as file:
        for record in FastIterator(file, verify_digests=False):
            body = record.reader.read()
            http = record.http_headers if record.headers["WARC-Type"] == "response" else None
            status = str(http.status_code) if http and http.status_code else None
            yield Read(record.stream_pos, tuple(record.headers.items()), status, body)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archived(tmp_path_factory.mktemp("read"))


def both(data: Path) -> Iterator[tuple[Read, Read]]:
    for path in sorted((data / "warc").glob("*.warc.gz")):
        yield from zip(by_warcio(path), by_fastwarc(path), strict=True)


def test_they_read_the_same_records_headers_and_bytes(data: Path) -> None:
    kinds = set()
    for one, other in both(data):
        assert one == other
        kinds.add(dict(one.headers)["WARC-Type"])
    assert kinds == _KINDS


def test_every_digest_holds_by_a_count_of_ones_own(data: Path) -> None:
    for path in sorted((data / "warc").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in FastIterator(file, parse_http=False):
                block = record.reader.read()
                digest = hashlib.sha256(block).hexdigest()
                assert record.headers["WARC-Block-Digest"] == f"sha256:{digest}"
                assert int(record.headers["Content-Length"]) == len(block)


def test_what_is_coded_is_read_as_it_came_and_decodes_to_what_was_meant(data: Path) -> None:
    met = []
    for path in sorted((data / "warc").glob("first-*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type != "response":
                    continue
                coding = record.http_headers.get_header("Content-Encoding")
                if coding:
                    assert record.http_headers.get_header("X-Orig-Transfer-Encoding") == "chunked"
                    assert record.content_stream().read() == HTML
                    met.append(coding)
    assert met == ["gzip", "deflate"]


def test_they_find_what_was_cut_and_what_was_revisited(data: Path) -> None:
    records = [dict(one.headers) | {"body": one.body} for one, _ in both(data)]
    cut = [r for r in records if "WARC-Truncated" in r]
    assert [(r["WARC-Truncated"], r["body"]) for r in cut] == [("length", b"cut")]
    held = {r["WARC-Record-ID"]: r for r in records}
    revisits = [r for r in records if r["WARC-Type"] == "revisit"]
    assert len(revisits) == 2
    for revisit in revisits:
        response = held[revisit["WARC-Refers-To"]]
        assert response["WARC-Payload-Digest"] == revisit["WARC-Payload-Digest"]
        assert response["WARC-Date"] == revisit["WARC-Refers-To-Date"]
        assert response["body"] in {HTML, PDF}
        assert revisit["body"] == b""


_NAMES = st.binary(max_size=12)
_TEXT = st.text(max_size=20) | st.sampled_from(["\r\nWARC-Type: x", "a\u2028b", "\ud800", "年"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.binary(max_size=300),
    headers=st.lists(st.tuples(_NAMES, st.binary(max_size=30)), max_size=4),
    status=st.sampled_from([200, 204, 304, 404, 599, 999]),
    link=_TEXT,
    url=_TEXT,
)
def test_whatever_came_they_read_it_back(  # noqa: PLR0917 - what hypothesis gives
    tmp_path_factory: pytest.TempPathFactory,
    body: bytes,
    headers: list[tuple[bytes, bytes]],
    status: int,
    link: str,
    url: str,
) -> None:
    data = tmp_path_factory.mktemp("any")
    with Archive(data) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        archive.record(
            exchange(
                body,
                url=f"http://a.cn/{url}",
                headers=tuple((n, v) for n, v in headers if n),
                status=status,
                link_text=link,
                via=f"http://a.cn/{link}",
            )
        )
        archive.finish_run("run")
    pairs = list(both(data))
    kinds = [dict(one.headers)["WARC-Type"] for one, _ in pairs]
    assert kinds == ["warcinfo", "metadata", "request", "metadata", "response", "metadata"]
    for one, other in pairs:
        assert (one.offset, one.headers) == (other.offset, other.headers)
    with (data / "warc" / "run-00000.warc.gz").open("rb") as file:
        blocks = [
            record.reader.read()
            for record in FastIterator(io.BytesIO(file.read()), parse_http=False)
        ]
    assert blocks[4].endswith(b"\r\n\r\n" + body)
