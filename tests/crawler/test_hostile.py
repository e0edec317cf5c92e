from __future__ import annotations

import gzip
import itertools
import time
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, Asked, crawled, items, page, put_reports, serving, title

from archive import Archive
from crawler import explore
from crawler.ask import Ask
from crawler.discovery.page import Page
from crawler.model import CrawlOptions, Portal, PortalSummary
from crawler.state import PortalState
from crawler.verdict import not_content, settle

if TYPE_CHECKING:
    from pathlib import Path

REPORT = "/zwgk/zfxxgknb/202201/t20220120_2021.html"


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * 90_000_000, compresslevel=9)
    with serving() as site:
        put_reports(site, 2020, 2021)
        site.answers[REPORT] = Answer(
            bomb, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}
        )
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 1)
    assert summary.problems[0].endswith("larger than the limit once unpacked")


def test_an_answer_larger_than_the_limit_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.requests.PAGE_LIMIT", 100_000)
    with serving() as site:
        put_reports(site, 2021)
        site.answers["/zwgk/"] = Answer("<p>" + "大" * 200_000)
        summary = crawled(site, tmp_path)
    assert any(line.endswith("larger than the limit") for line in summary.problems)


@pytest.mark.parametrize("target", [REPORT, "?x"])
def test_redirects_without_end_are_given_up(tmp_path: Path, target: str) -> None:
    counter = itertools.count()
    with serving() as site:
        put_reports(site, 2020, 2021)
        site.answers[REPORT] = lambda _: Answer(
            "", 302, {"Location": target + (str(next(counter)) if target == "?x" else "")}
        )
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 1)
    assert summary.problems[0].endswith("redirects without end")
    assert sum(REPORT in line for line in site.lines) <= 8


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "data:text/html,x",
        "s3://bucket/x",
        "javascript:1",
    ],
)
def test_redirects_to_other_schemes_lead_nowhere(tmp_path: Path, target: str) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.answers[REPORT] = Answer("", 302, {"Location": target})
        summary = crawled(site, tmp_path)
    assert summary.found == 0
    assert len(summary.problems) <= 2


def test_links_of_other_schemes_are_no_links(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        links = [
            f"{scheme}etc/{title(2020)}" for scheme in ("file:///", "ftp://127.0.0.1/", "s3://b/")
        ]
        known = site.answers["/zwgk/zfxxgknb/"]
        assert isinstance(known, Answer)
        extra = items(*((title(2020), link) for link in links))
        site.answers["/zwgk/zfxxgknb/"] = Answer(f"{known.body!s}{extra}")
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (1, [])


def test_a_pager_that_never_ends_is_bounded(tmp_path: Path) -> None:
    numbers = itertools.count(2)

    def endless(_: Asked) -> Answer:
        number = next(numbers)
        more = items((title(1000 + number), f"./a/t20220101_{number}.html"))
        return Answer(page("政府信息公开年报", f"{more}<a href='index_{number}.html'>下一页</a>"))

    with serving() as site:
        site.answers["/zwgk/zfxxgknb/"] = endless
        for number in range(1, 2000):
            site.answers[f"/zwgk/zfxxgknb/index_{number}.html"] = endless
        summary = crawled(site, tmp_path, max_requests=60)
    assert len(site.lines) <= 62
    assert any("stopped at 60 requests" in line for line in summary.problems)


def test_a_calendar_that_never_ends_is_not_walked(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        home = site.answers["/"]
        assert isinstance(home, Answer)
        days = items(*((str(day), f"/calendar/2022-01-{day:02}.html") for day in range(1, 31)))
        site.answers["/"] = Answer(f"{home.body!s}{days}")
        crawled(site, tmp_path)
    assert not any("calendar" in line for line in site.lines)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0" * 1000,
        b"<" * 100_000,
        b"<a href='" + b"x" * 300_000,
        b"<div>" * 30_000 + "政府信息公开年报".encode(),
        b"\xff\xfe\xfd" * 1000,
        b'{"a":' * 20_000,
        "<a href='http://[::1'>政府信息公开年报</a><a href='http://x:99999999/'>政府信息公开年报</a>".encode(),
        "<?xml version='1.0' encoding='no-such'?><html><a href='/\0'>政府信息公开年报</a>".encode(),
    ],
)
def test_broken_pages_break_nothing(tmp_path: Path, body: bytes) -> None:
    with serving() as site:
        site.answers["/zwgk/"] = Answer(body)
        summary = crawled(site, tmp_path)
    assert summary.found == 0
    assert not any("see the log" in line for line in summary.problems)
    with Archive(tmp_path, readonly=True) as archive:
        assert any(capture.url.endswith("/zwgk/") for capture in archive.captures())


def test_hostile_link_texts_and_names_stay_data(tmp_path: Path) -> None:
    evil = title(2021) + "'); DROP TABLE captures;-- ../../etc/passwd\r\nX-Evil: 1"
    with serving() as site:
        put_reports(site, 2021)
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", f'<a href="{REPORT}" title="{evil}">x</a>')
        site.answers[REPORT] = Answer(
            b"%PDF-1.4",
            headers={
                "Content-Type": "application/pdf",
                "Content-Disposition": 'attachment; filename="../../../../tmp/evil.pdf"',
            },
        )
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    assert {path.name for path in tmp_path.iterdir()} <= {
        "warc", "proof", "catalog.db", "catalog.db-wal", "catalog.db-shm", "logs", "crawl.lock",
    }  # fmt: skip


def test_an_answer_that_breaks_off_is_no_report(tmp_path: Path) -> None:
    class Short(dict[str, str]):
        """Headers that promise more than is sent."""

    with serving() as site:
        put_reports(site, 2020, 2021)
        site.answers[REPORT] = Answer("<p>half", headers=Short({"Content-Length": "5000"}))
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 1)


MANY = 60_000


@pytest.mark.parametrize(
    "body",
    [
        "<script>" + "<a href='" * MANY,
        "<script>" + "<a href='x' title=\"" * MANY,
        "<script>" + "{a:'b'," * MANY,
        "<script>{" + "a:'" * MANY,
        '<p onclick="' + "'/a" * MANY + '">x</p>',
        "<base href='/'>" + "<a href='x'>政府信息公开</a>" * MANY,
        "<table>" + "<tr><td>x</td><td><a href='/x'>查看</a></td></tr>" * (MANY // 4),
        "<div>" + "<a href='/x'>查看</a>" * MANY,
        "<datastore>" + "<record><![CDATA[" * MANY,
        "<datastore>" + "<nextgroup>" * MANY,
        "createPageHTML( 9, 0" * MANY,
        "<span>" * MANY + "下一页",
        "<p>" + "找不到" * MANY,
        "<a href='?" + "a=1&" * MANY + "'>2</a>",
    ],
)  # fmt: skip
def test_no_page_makes_the_reading_slow(body: str) -> None:
    page = Page("http://www.example.gov.cn/zfxxgknb/", body)
    state = PortalState(
        portal := Portal("p", None, "p", "http://www.example.gov.cn/"),
        CrawlOptions(), PortalSummary(portal), {"example.gov.cn"},
    )  # fmt: skip
    ask = Ask("p", page.url, "column", text="政府信息公开年报")
    began = time.process_time()
    not_content(ask, state, 200, page)
    settle(ask, page)
    explore.from_list(ask, state, page)
    explore.from_report(ask, state, page)
    assert time.process_time() - began < 5
