from __future__ import annotations

import gzip
import hashlib
import sys
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest

from archive.encoding import ContentStream, decode, measure

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "政府信息公开工作年度报告 ".encode() * 5_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("coding", CODERS)
def test_each_coding_is_undone(coding: str) -> None:
    body = CODERS[coding](TEXT)
    assert decode(body, coding.encode()) == TEXT
    found = measure(body, coding.encode())
    assert (found.bytes, found.whole) == (len(TEXT), True)
    assert found.sha256 == hashlib.sha256(TEXT).hexdigest()


@pytest.mark.parametrize("coding", [None, b"", b"identity", b"utf-8", b"none", b"gzip, exotic"])
def test_what_is_not_coded_or_unknown_is_taken_as_it_is(coding: bytes | None) -> None:
    assert decode(TEXT, coding) == TEXT
    assert decode(b"", coding) == b""


def test_codings_are_undone_from_the_last() -> None:
    assert decode(brotli.compress(gzip.compress(TEXT)), b"gzip, br") == TEXT
    coded = TEXT
    for _ in range(5):
        coded = gzip.compress(coded)
    assert decode(coded, b"gzip, gzip, gzip, gzip, gzip") == coded


@pytest.mark.parametrize("coding", CODERS)
def test_a_mislabelled_body_is_taken_as_it_is(coding: str) -> None:
    page = b"<html>not compressed at all</html>"
    assert decode(page, coding.encode()) == page
    assert measure(page, coding.encode()).whole
    assert decode(b"", coding.encode()) == b""


@pytest.mark.parametrize("coding", CODERS)
def test_a_cut_body_is_kept_as_far_as_it_goes_and_said_to_be_cut(coding: str) -> None:
    noise = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(4_000))
    body = CODERS[coding](noise)
    stream = ContentStream(body[: len(body) // 2], coding.encode())
    got = b"".join(stream)
    assert noise.startswith(got)
    assert len(got) > len(noise) // 4
    assert not stream.whole


def test_members_follow_each_other_and_rubbish_behind_them_is_ignored() -> None:
    body = gzip.compress(b"a") + gzip.compress(b"b")
    for tail in (b"", b"\0" * 9, b"rubbish"):
        stream = ContentStream(body + tail, b"gzip")
        assert b"".join(stream) == b"ab"
        assert stream.whole


@pytest.mark.parametrize("behind", [b"", b"\n", b"rubbish" * 2_000])
@pytest.mark.parametrize("first", [10, 30_000, len(TEXT)])
def test_zstd_may_come_in_several_frames(first: int, behind: bytes) -> None:
    skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc"
    frames = [zstd.compress(TEXT[:first]), skipped, zstd.compress(TEXT[first:])]
    stream = ContentStream(b"".join(frames) + behind, b"zstd")
    assert b"".join(stream) == TEXT
    assert stream.whole
    cut = ContentStream(b"".join(frames)[:-5], b"zstd")
    assert TEXT.startswith(b"".join(cut))
    assert not cut.whole


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_cut_at_the_limit_in_little_memory(coding: str) -> None:
    stream = ContentStream(CODERS[coding](bytes(41_000_000)), coding.encode(), limit=40_000_000)
    tracemalloc.start()
    assert sum(map(len, stream)) == 40_000_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not stream.whole
    assert peak < 20_000_000


def test_a_bomb_in_a_bomb_is_cut_too() -> None:
    body = gzip.compress(gzip.compress(bytes(50_000_000)))
    stream = ContentStream(body, b"gzip, gzip", limit=1_000_000)
    assert sum(map(len, stream)) == 1_000_000
    assert not stream.whole
