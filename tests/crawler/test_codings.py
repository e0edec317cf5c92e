"""Answers coded otherwise than they say: read as the archive keeps them, within bounds."""

from __future__ import annotations

import gzip
import sys
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
from small_portal import Answer, crawled, page, put_reports, serving, title

from archive import Archive

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from pathlib import Path

REPORT = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
TEXT = page(title(2021), f"<p>一、总体情况</p><p>{'正文' * 300}</p>").encode()
BOMB = b"\0" * 90_000_000


def coded(body: bytes, coding: str) -> Answer:
    return Answer(body, headers={"Content-Type": "text/html", "Content-Encoding": coding})


READ = {
    "gzip": coded(gzip.compress(TEXT), "gzip"),
    "deflate": coded(zlib.compress(TEXT), "deflate"),
    "deflate without its head": coded(zlib.compress(TEXT, wbits=-15), "deflate"),
    "brotli": coded(brotli.compress(TEXT), "br"),
    "zstd": coded(zstd.compress(TEXT), "zstd"),
    "two": coded(gzip.compress(gzip.compress(TEXT)), "gzip, gzip"),
    "in capitals": coded(gzip.compress(TEXT), "GZIP"),
    "plain, said to be gzip": coded(TEXT, "gzip"),
    "plain, said to be deflate": coded(TEXT, "deflate"),
    "plain, said to be brotli": coded(TEXT, "br"),
    "plain, said to be zstd": coded(TEXT, "zstd"),
    "of no known coding": coded(TEXT, "x-foo"),
    "its charset for a coding": coded(TEXT, "utf-8"),
    "cut": coded(gzip.compress(TEXT)[:-8], "gzip"),
    "with rubbish behind": coded(gzip.compress(TEXT) + b"\r\n\0\0", "gzip"),
}


@pytest.mark.parametrize("name", READ)
def test_a_report_is_read_as_the_archive_keeps_it(tmp_path: Path, name: str) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        site.answers[REPORT] = READ[name]
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (2, [])
    with Archive(tmp_path, readonly=True) as archive:
        kept = next(one for one in archive.captures() if one.url.endswith(REPORT))
        assert archive.content(kept) == TEXT
        assert kept.role == "report"


def test_a_robots_txt_that_is_plain_and_said_to_be_coded_is_obeyed(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.answers["/robots.txt"] = coded(b"User-agent: *\nDisallow: /zwgk/zfxxgknb/20\n", "gzip")
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (0, 1)
    assert "robots.txt forbids" in summary.problems[0]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BOMB, 1)),
        ("gzip, gzip", gzip.compress(gzip.compress(BOMB, 1))),
        ("deflate", zlib.compress(BOMB, 1)),
        ("br", brotli.compress(BOMB, quality=1)),
        ("zstd", zstd.compress(BOMB)),
        ("gzip", gzip.compress(BOMB[:1_000_000]) * 90),
    ],
)
def test_a_bomb_of_any_kind_is_larger_than_the_limit(
    tmp_path: Path, coding: str, body: bytes
) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        site.answers[REPORT] = coded(body, coding)
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 1)
    assert "larger than the limit once unpacked" in summary.problems[0]
