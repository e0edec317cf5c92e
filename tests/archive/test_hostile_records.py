"""What a hostile or broken server sends must end as data: no forged record, no path, no crash."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from archiving import URL, exchange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import Archive, ArchiveError, Capture, StoredResponse
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as opened:
        opened.begin_run("run")
        yield opened


def kept(archive: Archive, tmp_path: Path, **given: Any) -> tuple[Capture, StoredResponse]:
    """Records an exchange and proves that the archive is whole, rebuildable and readable."""
    capture = archive.record(exchange(**given))
    response = archive.response(capture)
    before = [row for row in archive.dump() if row[0] == "captures"]
    assert archive.rebuild() == []
    assert [row for row in archive.dump() if row[0] == "captures"] == before
    assert list(verify(tmp_path)) == []
    with (tmp_path / "warc" / capture.warc).open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    assert kinds == ["warcinfo", "metadata", "request", "metadata", "response"]
    return capture, response


FORGED = "x\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n"


def test_line_breaks_forge_no_header(archive: Archive, tmp_path: Path) -> None:
    injected = FORGED.encode()
    capture, response = kept(
        archive,
        tmp_path,
        url=URL + FORGED,
        via=FORGED,
        link_text=FORGED,
        robots=FORGED,
        reason=FORGED,
        truncated=FORGED,
        ip=FORGED,
        portal=FORGED,
        headers=((injected, injected), (b"ETag", injected), (b"Content-Type", injected)),
        request_headers=((injected, injected),),
    )
    assert all("\n" not in str(value) for value in (capture.url, capture.via, capture.link_text))
    assert capture.url == URL + FORGED.replace("\r\n", "%0D%0A").replace(" ", "%20")
    assert capture.truncated == "unspecified"
    assert len(response.headers) == 3
    assert archive.captured("run", URL + FORGED) == capture
    assert archive.validators(capture).etag is None


def test_folded_headers_become_one_line(archive: Archive, tmp_path: Path) -> None:
    headers = ((b"Content-Type", b"text/html;\r\n\tcharset=gbk"), (b"X-Nul", b"a\0b"))
    capture, response = kept(archive, tmp_path, headers=headers)
    assert response.headers == ((b"Content-Type", b"text/html; charset=gbk"), (b"X-Nul", b"a b"))
    assert capture.media_type == "text/html"


def test_a_header_of_a_megabyte(archive: Archive, tmp_path: Path) -> None:
    big = b"a=" * 500_000
    names = (b"Set-Cookie", b"Content-Disposition", b"Content-Type", b"ETag", b"Content-Encoding")
    capture, response = kept(archive, tmp_path, headers=tuple((name, big) for name in names))
    assert response.headers[0] == (b"Set-Cookie", big)
    assert (capture.file_name, capture.media_type) == (None, "")


def test_an_address_of_a_megabyte(archive: Archive, tmp_path: Path) -> None:
    url = URL + "?" + "年" * 300_000
    capture, _ = kept(archive, tmp_path, url=url)
    assert archive.captured("run", url) == capture


def test_bytes_that_are_no_text(archive: Archive, tmp_path: Path) -> None:
    every = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"")
    headers = ((b"X", every), (b"\xff\xfe", b"x"), (b"", b""), (b"a:b", b"c"))
    _, response = kept(archive, tmp_path, headers=headers, body=b"\r\n\r\nWARC/1.1\r\n\r\n\0")
    assert response.headers[0] == (b"X", every)
    assert response.headers[3] == (b"a_b", b"c")
    assert response.body == b"\r\n\r\nWARC/1.1\r\n\r\n\0"


def test_text_that_is_no_unicode(archive: Archive, tmp_path: Path) -> None:
    capture, _ = kept(archive, tmp_path, url=URL + "\udce5", link_text="\ud800年\u2028报\x1b[31m")
    assert capture.url == URL + "%ED%B3%A5"
    assert capture.link_text == "年 报 [31m"


def test_a_transfer_coding_that_was_undone_is_not_believed_again(
    archive: Archive, tmp_path: Path
) -> None:
    headers = ((b"Transfer-Encoding", b"chunked"), (b"Content-Length", b"3"))
    capture, response = kept(archive, tmp_path, headers=headers, body=b"5\r\nplain body")
    assert response.headers[0] == (b"X-Orig-Transfer-Encoding", b"chunked")
    with (tmp_path / "warc" / capture.warc).open("rb") as file:
        bodies = [
            r.content_stream().read() for r in ArchiveIterator(file) if r.rec_type == "response"
        ]
    assert bodies == [b"5\r\nplain body"]


def test_proxy_credentials_are_not_kept(archive: Archive, tmp_path: Path) -> None:
    secret = ((b"Proxy-Authorization", b"Basic c2VjcmV0"), (b"Cookie", b"a=b"))
    capture, _ = kept(archive, tmp_path, request_headers=secret)
    with (tmp_path / "warc" / capture.warc).open("rb") as file:
        requests = [
            r.http_headers.to_str() for r in ArchiveIterator(file) if r.rec_type == "request"
        ]
    assert "Proxy-" not in requests[0]
    assert "Cookie" in requests[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "GET /\r\n"},
        {"method": ""},
        {"fetched_at": "yesterday"},
        {"fetched_at": "2026-11-20T06:46:35Z\r\nX: y"},
        {"role": "admin"},
        {"status": 7},
        {"status": 1000},
        {"url": ""},
        {"portal": " \n"},
    ],
    ids=str,
)
def test_an_exchange_that_is_none_is_refused(archive: Archive, wrong: dict[str, Any]) -> None:
    with pytest.raises(ArchiveError):
        archive.record(exchange(**wrong))
    assert list(archive.captures()) == []
    assert archive.record(exchange())


def test_a_catalog_row_is_never_a_path(archive: Archive, tmp_path: Path) -> None:
    capture = archive.record(exchange())
    (tmp_path / "secret").write_bytes(b"secret")
    for warc in ("../secret", "/etc/passwd", "run-00000.warc.gz/../../secret", "", "run\0"):
        with pytest.raises(ArchiveError, match="not a WARC file"):
            archive.content(dataclasses.replace(capture, warc=warc))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(max_size=40),
    header=st.tuples(st.binary(max_size=20), st.binary(max_size=60)),
    body=st.binary(max_size=60),
    status=st.integers(100, 999),
)
def test_whatever_comes_is_kept_and_read_back(
    archive: Archive, text: str, header: tuple[bytes, bytes], body: bytes, status: int
) -> None:
    name, value = header
    fields = ((name, value), (b"Content-Disposition", value), (b"Content-Type", value))
    headers = (*fields, (b"Content-Encoding", b"gzip"), (b"Last-Modified", value))
    url = URL + text
    capture = archive.record(
        exchange(body, url=url, via=text, link_text=text, headers=headers, status=status)
    )
    assert archive.captured("run", url) == capture
    if capture.http_status != 304:
        assert archive.response(capture).body == body
    assert len(archive.content(capture)) == capture.bytes


def test_the_archive_of_all_that_verifies(archive: Archive, tmp_path: Path) -> None:
    for n, (text, raw) in enumerate((chr(n), bytes([n])) for n in range(256)):
        archive.record(
            exchange(raw, n, url=URL + text, link_text=text * 9, headers=((raw, raw), (b"A", raw)))
        )
    before = [row for row in archive.dump() if row[0] == "captures"]
    assert archive.rebuild() == []
    assert [row for row in archive.dump() if row[0] == "captures"] == before
    assert list(verify(tmp_path)) == []
