"""A crawl that is gone on with at once is as patient as one that nobody interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, SmallPortal, crawled, put_reports, serving

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.model import CrawlSummary

TEXT = {"Content-Type": "text/plain"}


def interrupted(site: SmallPortal, data: Path, requests: int, delay: float) -> None:
    """A crawl that is over after some requests, and whose run is not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.Archive.finish_run", lambda *_, **__: None)
        crawled(site, data, max_requests=requests, delay=delay)


def gone_on(site: SmallPortal, data: Path, delay: float) -> tuple[CrawlSummary, float]:
    """Go on with it; the seconds between the last request before and the first one after."""
    before, count = site.asked[-1].at, len(site.asked)
    summary = crawled(site, data, delay=delay)
    return summary, site.asked[count].at - before


def test_the_delay_is_kept_over_an_interruption(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        interrupted(site, tmp_path, 5, 1.0)
        summary, pause = gone_on(site, tmp_path, 1.0)
    assert (summary.found, summary.problems) == (1, [])
    assert 0.95 < pause < 3


def test_a_crawl_delay_is_kept_over_an_interruption(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.answers["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 1.5\n", headers=TEXT)
        interrupted(site, tmp_path, 2, 0.0)
        summary, pause = gone_on(site, tmp_path, 0.0)
    assert (summary.found, summary.problems) == (1, [])
    assert pause > 1.45


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_over_an_interruption(tmp_path: Path, status: int) -> None:
    with serving() as site:
        put_reports(site, 2021)
        whole = site.answers["/zwgk/"]
        busy = Answer("busy", status, {"Retry-After": "2"})
        site.answers["/zwgk/"] = lambda _: busy
        interrupted(site, tmp_path, 4, 0.0)
        assert site.lines[-1] == "GET /zwgk/"
        site.answers["/zwgk/"] = whole
        summary, pause = gone_on(site, tmp_path, 0.0)
    assert (summary.found, summary.problems) == (1, [])
    assert pause > 1.95


def test_a_host_that_wanted_days_is_left_alone_over_an_interruption(tmp_path: Path) -> None:
    with serving() as site:
        site.answers["/zwgk/"] = Answer("busy", 503, {"Retry-After": "86400"})
        interrupted(site, tmp_path, 4, 0.0)
        asked = len(site.asked)
        summary = crawled(site, tmp_path)
        assert len(site.asked) == asked
    assert len(summary.problems) == 1
    assert "asks to come back in 86" in summary.problems[0]


def test_without_a_delay_nothing_is_waited_for(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        interrupted(site, tmp_path, 5, 0.0)
        summary, pause = gone_on(site, tmp_path, 0.0)
    assert summary.found == 1
    assert pause < 0.9
