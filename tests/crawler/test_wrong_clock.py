"""Clocks are wrong now and then, by years: nothing may be left alone for as long."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

import pytest
from small_portal import crawled, put_reports, serving

import crawler.middlewares.writer  # noqa: F401 - whose clock is set, too
from archive import Archive
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crawler.model import CrawlSummary

YEARS = range(2010, 2022)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Set the clock of crawler and archive so many days ahead."""
    ahead = dt.timedelta()

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime.now(tz) + ahead

    def set_it(days: int) -> None:
        nonlocal ahead
        ahead = dt.timedelta(days=days)
        for name, module in list(sys.modules.items()):
            if name.startswith(("archive", "crawler")) and getattr(module, "datetime", 0) in (
                dt.datetime,
                Clock,
            ):
                monkeypatch.setattr(module, "datetime", Clock)

    return set_it


def counts(summary: CrawlSummary) -> tuple[int, int, int]:
    assert summary.problems == []
    return summary.found, summary.new, summary.unchanged


def test_what_was_fetched_in_the_future_is_asked_again_once(
    tmp_path: Path, set_clock: Callable[[int], None]
) -> None:
    with serving() as site:
        put_reports(site, *YEARS)
        set_clock(3_650)
        assert counts(crawled(site, tmp_path)) == (12, 12, 0)
        set_clock(0)
        again = crawled(site, tmp_path)
        assert counts(again) == (12, 0, 12)
        assert again.held == 0
        set_clock(1)
        assert crawled(site, tmp_path).held >= 9  # and is of that day from then on
        set_clock(200)
        assert crawled(site, tmp_path).held == 0  # nothing for longer than 180 days
    assert list(verify(tmp_path)) == []


@pytest.mark.parametrize("days", [-3_650, -1, 1, 3_650])
def test_a_clock_that_jumps_between_two_runs_changes_nothing(
    tmp_path: Path, set_clock: Callable[[int], None], days: int
) -> None:
    with serving() as site:
        put_reports(site, *YEARS)
        assert counts(crawled(site, tmp_path)) == (12, 12, 0)
        set_clock(days)
        assert counts(crawled(site, tmp_path)) == (12, 0, 12)
        set_clock(0)
        assert counts(crawled(site, tmp_path)) == (12, 0, 12)
    assert list(verify(tmp_path)) == []
    with Archive(tmp_path, readonly=True) as archive:
        assert [bool(run.finished) for run in archive.runs()] == [True] * 3


def test_a_crawl_is_gone_on_with_though_the_clock_went_back(
    tmp_path: Path, set_clock: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as site:
        put_reports(site, *YEARS)
        set_clock(3_650)
        with monkeypatch.context() as patch:
            patch.setattr("archive.Archive.finish_run", lambda *_, **__: None)
            first = crawled(site, tmp_path)
        set_clock(0)
        site.asked.clear()
        second = crawled(site, tmp_path)
    assert second.run == first.run
    assert site.asked == []
    assert second.found == 12
