from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import small_archive

import extract.guarded
from extract.model import Report
from publish.reading import _PASSING, Wanted, read_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

HTML = small_archive.demo_file("shifan-2023.html")
PDF = small_archive.demo_file("xingan-2021.pdf")
WANTED = [
    Wanted("a" * 64, "http://a/1", lambda: HTML),
    Wanted("b" * 64, "http://a/2", lambda: PDF),
]


def test_every_document_is_read_in_a_process_of_its_own_and_kept(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    first = read_all(WANTED, tmp_path, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 2), (1, 2), (2, 2)]
    assert [first.reports[key * 64].year for key in "ab"] == [2023, 2021]
    again = read_all(WANTED, tmp_path)
    assert (again.read, again.cached) == (0, 2)
    assert again.reports == first.reports
    assert read_all(WANTED, tmp_path / "other", workers=0).reports == first.reports


def test_reports_are_not_held_but_taken_from_the_cache(tmp_path: Path) -> None:
    noted: list[tuple[str, int | None]] = []
    readings = read_all(
        WANTED, tmp_path, workers=0, note=lambda digest, report: noted.append((digest, report.year))
    )
    assert noted == [("a" * 64, 2023), ("b" * 64, 2021)]
    first, second = readings.reports["a" * 64], readings.reports["a" * 64]
    assert first == second
    assert first is not second
    assert "c" * 64 not in readings.reports


def test_a_file_that_ends_its_reader_is_a_problem_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashing(files: Iterator[tuple[str, bytes]], workers: int | None) -> Iterator[Report]:
        del workers
        for _, data in files:
            yield Report("x", problems=("ended",)) if data == PDF else Report("y", year=2023)

    monkeypatch.setattr("publish.reading.read_reports_guarded", crashing)
    readings = read_all(WANTED, tmp_path)
    assert readings.reports["a" * 64].year == 2023
    assert readings.reports["b" * 64].problems == ("ended",)


def test_what_took_too_long_is_tried_again_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = extract.guarded._problem(None, -signal.SIGALRM, 30.0)
    assert slow.startswith(_PASSING)
    monkeypatch.setattr(
        "publish.reading.read_reports_guarded",
        lambda files, _: (Report("x", problems=(slow,)) for _ in files),
    )
    assert read_all(WANTED, tmp_path).reports["b" * 64].problems == (slow,)
    monkeypatch.undo()
    assert read_all(WANTED, tmp_path).read == 2


def test_half_a_surrogate_pair_in_a_text_is_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = Report("x", title="\ud800 of a title")
    monkeypatch.setattr(
        "publish.reading.read_reports_guarded", lambda files, _: (odd for _ in files)
    )
    first = read_all(WANTED, tmp_path)
    assert first.reports["a" * 64].title == odd.title
    assert read_all(WANTED, tmp_path).reports == first.reports
    assert json.loads((tmp_path / f"{'a' * 64}.json").read_text("utf-8", "surrogatepass"))
