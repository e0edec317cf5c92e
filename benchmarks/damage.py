"""Damage to an archive of generated originals: all of it found, nothing else, all restored.

    python -m benchmarks.damage [--originals 10000] [--damaged 200] [--bytes 150000]

Writes originals (compressed already, as PDF files are), copies them to a second store, damages some
in four ways, verifies before and after, and restores from the second store. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from archive import Archive, Exchange
from archive.members import read_record
from archive.records import digest
from archive.verify import verify
from archive.verify_command import Options, verify_archive

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.model import Capture

ROTATE_AT = 25_000_000
"""Some sixty files, so that damaged and undamaged ones lie side by side."""
_LEAST = 300


def exchange(number: int, dice: random.Random, size: int) -> Exchange:
    """An original unlike every other one."""
    minute, second = divmod(number, 60)
    return Exchange(
        url=f"http://www.example.gov.cn/nb/{number}.pdf",
        method="GET",
        request_headers=((b"Host", b"www.example.gov.cn"),),
        request_body=b"",
        status=200,
        headers=((b"Content-Type", b"application/pdf"),),
        body=b"%PDF-1.4 " + dice.randbytes(dice.randrange(size // 2, size * 3 // 2)),
        fetched_at=f"2026-11-20T{minute // 60:02}:{minute % 60:02}:{second:02}Z",
        portal="230111",
        role="attachment",
    )


def write(data: Path, originals: int, size: int) -> list[Capture]:
    """Writes one run of so many originals."""
    dice = random.Random(20)  # noqa: S311 - reproducible noise
    with Archive(data, rotate_at=ROTATE_AT) as archive:
        archive.begin_run("run", "2026-11-20T00:00:00Z")
        futures = [archive.submit(exchange(n, dice, size)) for n in range(originals)]
        captures = [future.result() for future in futures]
        archive.finish_run("run", new=originals)
    return captures


# Four ways; each keeps the length of the file, so that only the capture itself is damaged


def flip(raw: bytearray, at: Capture, dice: random.Random) -> None:
    """One bit, anywhere in the record."""
    offset = at.offset + dice.randrange(at.length)
    raw[offset] ^= 1 << dice.randrange(8)


def zeros(raw: bytearray, at: Capture, dice: random.Random) -> None:
    """A sector of zeros, as a failing disk leaves it."""
    start = at.offset + dice.randrange(at.length - 512)
    raw[start : start + 512] = bytes(512)


def forged(raw: bytearray, at: Capture, dice: random.Random) -> None:
    """Other content, with every checksum and digest in the record mended."""
    member = _member(raw, at)
    before = _text(member)
    place = dice.randrange(at.length // 4, at.length - 64)
    member[place] ^= 0x01
    if sum(a != b for a, b in zip(before, _text(member), strict=True)) != 1:
        raise SystemExit("that was no content")
    for old, new in zip(_digests(before), _digests(_text(member)), strict=True):
        member[:] = member.replace(old, new)
    _mended(raw, at, member)


def relabelled(raw: bytearray, at: Capture, _dice: random.Random) -> None:
    """Another date in the record's header, which no digest in the record covers."""
    member = _member(raw, at).replace(b"WARC-Date: 2026-", b"WARC-Date: 2025-", 1)
    _mended(raw, at, member)


def _member(raw: bytearray, at: Capture) -> bytearray:
    return raw[at.offset : at.offset + at.length]


def _text(member: bytearray) -> bytes:
    """What a member holds; it is stored, not deflated, so that it can be edited in place."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(member[10:])


def _digests(text: bytes) -> tuple[bytes, bytes]:
    block = text[text.index(b"\r\n\r\n") + 4 : -4]
    body = block[block.index(b"\r\n\r\n") + 4 :]
    return digest(block).encode(), digest(body).encode()


def _mended(raw: bytearray, at: Capture, member: bytearray) -> None:
    member[-8:-4] = zlib.crc32(_text(member)).to_bytes(4, "little")
    if len(zlib.decompress(member, zlib.MAX_WBITS | 16)) != len(_text(member)):
        raise SystemExit("the forged record is not whole")
    raw[at.offset : at.offset + at.length] = member


WAYS: dict[str, Callable[[bytearray, Capture, random.Random], None]] = {
    "flipped bit": flip,
    "sector of zeros": zeros,
    "forged content": forged,
    "edited header": relabelled,
}


def damage(data: Path, captures: list[Capture], count: int) -> dict[str, str]:
    """Damages so many originals; returns how, by their ids."""
    dice = random.Random(21)  # noqa: S311 - reproducible
    chosen = dice.sample(captures, count)
    done = {}
    ways = list(WAYS)
    for number, capture in enumerate(chosen):
        way = ways[number % len(ways)]
        path = data / "warc" / capture.warc
        raw = bytearray(path.read_bytes())
        WAYS[way](raw, capture, dice)
        path.write_bytes(raw)
        done[capture.id] = way
    return done


def timed(data: Path) -> tuple[set[str], int, float, float]:
    """Verifies; returns the captures found, the findings, processor and wall seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    findings = list(verify(data))
    seconds = time.process_time() - processor, time.perf_counter() - wall
    return {one.capture for one in findings if one.capture}, len(findings), *seconds


def measure(folder: Path, originals: int, damaged: int, size: int) -> dict[str, object]:
    """Writes, damages, verifies, restores, verifies."""
    data, second = folder / "data", folder / "second"
    captures = write(data, originals, size)
    shutil.copytree(data / "warc", second)
    bulk = sum(path.stat().st_size for path in data.glob("warc/*.gz"))
    _, before, clean, clean_wall = timed(data)
    done = damage(data, captures, damaged)
    found, findings, spent, _ = timed(data)
    left = list(verify_archive(data, Options(repair=str(second))))
    whole = sum(
        read_record(data / "warc" / one.warc, one.offset).length == one.length for one in captures
    )
    ways = {way: sum(done[one] == way for one in found & done.keys()) for way in WAYS}
    return {
        "originals": originals,
        "megabytes": round(bulk / 1e6),
        "damaged": damaged,
        "found": len(found & done.keys()),
        "found_by_way": ways,
        "false_alarms": len(found - done.keys()) + before,
        "findings": findings,
        "mb_per_second_a_core": round(bulk / 1e6 / clean),
        "mb_per_second_wall": round(bulk / 1e6 / clean_wall),
        "mb_per_second_a_core_damaged": round(bulk / 1e6 / spent),
        "left_after_repair": len(left),
        "whole_after_repair": whole,
    }


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Damage an archive and find it")
    parser.add_argument("--originals", type=int, default=10_000)
    parser.add_argument("--damaged", type=int, default=200)
    parser.add_argument("--bytes", type=int, default=150_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), options.originals, options.damaged, options.bytes)
    right = (
        result["found"] == options.damaged
        and not result["false_alarms"]
        and not result["left_after_repair"]
        and result["whole_after_repair"] == options.originals
        and int(str(result["mb_per_second_a_core"])) >= _LEAST
    )
    print(json.dumps({**result, "as_promised": right}))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
