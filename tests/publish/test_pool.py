from __future__ import annotations

import io
import json
import sys
import time
from typing import TYPE_CHECKING

import pytest
import small_archive

from publish.pool import read_apart
from publish.reading import Wanted, read_all
from publish.worker import pack, read_batch, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


WORKER = """
import os, signal, sys, time
from publish.worker import unpack
for _, data in unpack(sys.stdin.buffer):
    if data == b"kill": os.kill(os.getpid(), signal.SIGSEGV)
    if data == b"hang": time.sleep(60)
    if data == b"noise": sys.stderr.write("noise" * 100_000)
    if data == b"mute": continue
    print(data.decode())
"""
COMMAND = (sys.executable, "-c", WORKER)
"""A reader that a file can kill, stop for ever, silence, or satisfy."""


def test_batches_come_back_in_their_order() -> None:
    batches = [[(str(n), str(n).encode())] for n in range(7)]
    assert list(read_apart(batches, 2, COMMAND)) == [[str(n)] for n in range(7)]


@pytest.mark.parametrize("end", [b"kill", b"mute"])
def test_a_file_that_ends_its_reader_ends_no_other(end: bytes) -> None:
    batches = [[("a", b"1"), ("b", end), ("c", b"noise")], [("d", b"4")], [("e", b"5")]]
    found = list(read_apart(batches, 1, COMMAND))
    assert found == [["1", None, "noise"], ["4"], ["5"]]


def test_a_file_that_never_lets_its_reader_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publish.pool._SECONDS", 1.0)
    found = list(read_apart([[("b", b"hang")]], 1, COMMAND, seconds=0.1))
    assert found == [[None]]


def test_only_a_few_batches_are_in_memory_at_a_time() -> None:
    taken = 0

    def batches() -> Iterator[list[tuple[str, bytes]]]:
        nonlocal taken
        for n in range(20):
            taken = n
            yield [("x", b"1")]

    reading = read_apart(batches(), 2, COMMAND)
    assert next(reading) == ["1"]
    reading.close()  # type: ignore[attr-defined]
    assert taken <= 3


def test_a_reader_left_in_the_middle_is_ended_at_once() -> None:
    reading = read_apart([[("a", b"1")], [("b", b"hang")], [("c", b"hang")]], 2, COMMAND)
    assert next(reading) == ["1"]
    begun = time.monotonic()
    reading.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 10


def test_files_reach_a_worker_as_they_are() -> None:
    files = [("甲\n", b"\x00\n[]"), ("", b""), ("b", bytes(range(256)))]
    assert unpack(io.BytesIO(pack(files))) == files


def test_a_crash_is_a_problem_of_the_document_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashed(batches: object) -> object:
        return ([None for _ in batch] for batch in batches)  # type: ignore[attr-defined]

    pdf = small_archive.demo_file("xingan-2021.pdf")
    wanted = [Wanted("a" * 64, len(pdf), "http://a/x.pdf", "application/pdf", lambda: pdf)]
    monkeypatch.setattr("publish.reading.read_apart", crashed)
    first = read_all(wanted, tmp_path)
    assert first.reports["a" * 64].problems == ("its reader ended abruptly or never ended",)
    assert first.problems == ["http://a/x.pdf: its reader ended abruptly or never ended"]
    monkeypatch.undo()
    again = read_all(wanted, tmp_path)
    assert (again.read, again.cached) == (1, 0)
    assert again.reports["a" * 64].year == 2021
    assert json.loads((tmp_path / f"{'a' * 64}.json").read_text("utf-8"))["year"] == 2021


def test_progress_counts_to_the_end(tmp_path: Path) -> None:
    html = small_archive.demo_file("shifan-2023.html")
    pdf = small_archive.demo_file("xingan-2021.pdf")
    wanted = [
        Wanted("a" * 64, len(html), "http://a/1", "text/html", lambda: html),
        Wanted("b" * 64, len(pdf), "http://a/2", "application/pdf", lambda: pdf),
    ]
    seen: list[tuple[int, int]] = []
    read_all(wanted, tmp_path, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2, 2)
    assert read_batch([]) == []
