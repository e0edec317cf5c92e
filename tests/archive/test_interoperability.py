from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import pytest
from archiving import URL, exchange, filled
from warcio.archiveiterator import ArchiveIterator

from archive import Archive

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> list[tuple[str, Any, bytes]]:
    with path.open("rb") as file:
        return [
            (record.rec_type, record.rec_headers, record.raw_stream.read())
            for record in ArchiveIterator(file, no_record_parse=True)
        ]


def test_warcio_reads_what_is_written_and_its_digests_hold(tmp_path: Path) -> None:
    filled(tmp_path)
    kinds = [kind for kind, _, _ in read(tmp_path / "warc" / "second-00000.warc.gz")]
    exchanges = ["request", "metadata", "revisit"] * 2 + ["request", "metadata", "response"]
    assert kinds == ["warcinfo", "metadata", *exchanges, "metadata"]
    with (tmp_path / "warc" / "first-00000.warc.gz").open("rb") as file:
        bodies = [
            record.content_stream().read()
            for record in ArchiveIterator(file, check_digests="raise")
            if record.rec_type == "response"
        ]
    assert bodies[1] == bytes(range(256)) * 200


def test_each_record_is_a_gzip_member_of_its_own(tmp_path: Path) -> None:
    filled(tmp_path)
    with Archive(tmp_path) as archive:
        for capture in archive.captures():
            raw = (tmp_path / "warc" / capture.warc).read_bytes()
            member = raw[capture.offset : capture.offset + capture.length]
            assert zlib.decompress(member, 31).startswith(b"WARC/1.1\r\n")


def test_a_response_says_where_it_came_from(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        archive.record(
            exchange(
                ip="2001:0db8::0001",
                truncated="length",
                via="http://www.example.gov.cn/",
                link_text="年报",
                robots="allowed",
            )
        )
    records = read(tmp_path / "warc" / "run-00000.warc.gz")
    request, metadata, response = records[2:]
    assert response[1]["WARC-IP-Address"] == "2001:db8::1"
    assert response[1]["WARC-Truncated"] == "length"
    assert response[1]["WARC-Payload-Digest"].startswith("sha256:")
    assert request[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert metadata[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert response[1]["WARC-Warcinfo-ID"] == records[0][1]["WARC-Record-ID"]
    lines = metadata[2].decode().split("\r\n")
    for line in ("via: http://www.example.gov.cn/", "link-text: 年报", "robots: allowed"):
        assert line in lines
    assert any(line.startswith("software: nianbao") for line in lines)


@pytest.mark.parametrize(
    ("status", "profile"),
    [(200, "identical-payload-digest"), (304, "server-not-modified")],
)
def test_a_revisit_resolves_to_the_earlier_record(
    tmp_path: Path, status: int, profile: str
) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run")
        archive.record(exchange(b"same"))
        archive.record(exchange(b"" if status == 304 else b"same", 1, status=status))
    records = read(tmp_path / "warc" / "run-00000.warc.gz")
    response, revisit = records[4], records[7]
    assert revisit[0] == "revisit"
    assert revisit[1]["WARC-Profile"].endswith(f"/1.1/revisit/{profile}")
    assert revisit[1]["WARC-Refers-To"] == response[1]["WARC-Record-ID"]
    assert revisit[1]["WARC-Refers-To-Target-URI"] == URL
    assert revisit[1]["WARC-Refers-To-Date"] == "2026-11-20T06:00:00Z"
    assert revisit[1]["WARC-Payload-Digest"] == response[1]["WARC-Payload-Digest"]
    assert revisit[2].startswith(f"HTTP/1.1 {status} ".encode())
    assert revisit[2].endswith(b"\r\n\r\n")


def test_what_is_compressed_already_is_stored(tmp_path: Path) -> None:
    packed = zlib.compress(b"".join(b"%d" % (n * n) for n in range(90_000)))
    with Archive(tmp_path) as archive:
        archive.begin_run("run")
        stored = archive.record(exchange(packed, url=URL + "1"))
        deflated = archive.record(exchange(b"<td>0</td>" * (len(packed) // 10), url=URL + "2"))
        raw = (tmp_path / "warc" / (stored.warc + ".open")).read_bytes()
    assert packed[:9_000] in raw
    assert deflated.length < len(packed) // 20
