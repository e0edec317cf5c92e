from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, Asked, crawled, put_reports, serving

from archive import Archive
from crawler.middlewares.backoff import retry_after
from crawler.middlewares.robots import read_rules
from crawler.model import CrawlOptions
from crawler.run import crawl

if TYPE_CHECKING:
    from pathlib import Path

WORDS = {
    "challenge": "answers with a challenge for browsers, which is not worked around",
    "block": "turns us away (a page that blocks robots or frequent visitors)",
    "login": "asks to log in",
}
TEXT = {"Content-Type": "text/plain"}


def test_a_portal_that_robots_txt_closes_is_asked_for_nothing_else(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.answers["/robots.txt"] = Answer("User-agent: *\nDisallow: /\n", headers=TEXT)
        summary = crawled(site, tmp_path)
    assert site.lines == ["GET /robots.txt"]
    assert summary.problems == [f"试验区: robots.txt forbids {site.url}"]
    with Archive(tmp_path, readonly=True) as archive:
        assert [capture.role for capture in archive.captures()] == ["robots"]


def test_a_folder_that_robots_txt_closes_is_left_alone_and_that_is_said(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        rules = "User-agent: nianbao\nDisallow: /zwgk/zfxxgknb/202201/\n"
        site.answers["/robots.txt"] = Answer(rules, headers=TEXT)
        summary = crawled(site, tmp_path)
    assert not any("202201" in line for line in site.lines)
    assert (summary.found, summary.failed) == (0, 1)
    assert "robots.txt forbids" in summary.problems[0]
    with Archive(tmp_path, readonly=True) as archive:
        decisions = {capture.role: capture.robots for capture in archive.captures()}
    assert decisions["list"] == "allowed"
    assert decisions["robots"] is None


def test_a_broken_robots_txt_closes_the_portal(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.answers["/robots.txt"] = Answer("", 500)
        summary = crawled(site, tmp_path)
    assert set(site.lines) == {"GET /robots.txt"}
    assert "robots.txt answers 500" in summary.problems[0]


@pytest.mark.parametrize(
    ("status", "body", "allowed", "delay"),
    [
        (404, b"<html>404</html>", True, None),
        (403, b"", True, None),
        (503, b"", False, None),
        (429, b"", False, None),
        (200, b"<html><body>Disallow: /</body></html>", True, None),
        (200, b"User-agent: *\nCrawl-delay: 7\n", True, 7.0),
        (200, b"User-agent: *\nRequest-rate: 1/10\n", True, 10.0),
        (200, b"User-agent: *\nDisallow:\n\nUser-agent: nianbao\nCrawl-delay: 3\n", True, 3.0),
        (200, "User-agent: *\n# 政务\nDisallow: /a\n".encode("gb18030"), True, None),
        (200, b"\xff\xfe\x00garbage", True, None),
    ],
)
def test_what_robots_txt_says(
    status: int, body: bytes, *, allowed: bool, delay: float | None
) -> None:
    rules = read_rules(status, body)
    assert rules.allowed is allowed
    assert rules.delay == delay


def gaps(asked: list[Asked]) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(asked)]


def test_requests_to_a_host_are_the_delay_apart(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        crawled(site, tmp_path, delay=0.2)
    assert len(site.asked) == 6
    # Measured at the server: a busy machine shifts single arrivals, not the whole.
    assert sum(gaps(site.asked)) > 5 * 0.19


def test_a_crawl_delay_is_kept(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        rules = "User-agent: *\nCrawl-delay: 0.2\n"
        site.answers["/robots.txt"] = Answer(rules, headers=TEXT)
        crawled(site, tmp_path)
    assert sum(gaps(site.asked)) > 4 * 0.19  # all but the one after robots.txt itself


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(tmp_path: Path, status: int) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        path = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
        whole = site.answers[path]
        assert isinstance(whole, Answer)
        busy = [Answer("busy", status, {"Retry-After": "1"}), whole]
        site.answers[path] = lambda _: busy.pop(0)
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (2, [])
    at = next(i for i, asked in enumerate(site.asked) if asked.line == f"GET {path}")
    assert gaps(site.asked)[at] > 0.95  # whatever is asked next of this host


def test_a_host_that_stays_busy_is_left_alone(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, *range(2015, 2023))
        site.answers["/zwgk/zfxxgknb/"] = Answer("busy", 429)
        summary = crawled(site, tmp_path)
    assert summary.problems == ["试验区: 127.0.0.1 answers 429 again and again: too many requests"]
    assert site.lines.count("GET /zwgk/zfxxgknb/") == 3


def test_a_pause_too_long_to_wait_for_ends_the_portal(tmp_path: Path) -> None:
    with serving() as site:
        site.answers["/zwgk/"] = Answer("busy", 503, {"Retry-After": "86400"})
        summary = crawled(site, tmp_path)
    assert "86400 seconds (Retry-After)" in summary.problems[0]
    assert site.lines[-1] == "GET /zwgk/"


def test_a_crawl_delay_too_long_to_wait_for_ends_the_portal(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        rules = "User-agent: *\nCrawl-delay: 86400\n"
        site.answers["/robots.txt"] = Answer(rules, headers=TEXT)
        summary = crawled(site, tmp_path)
    assert site.lines == ["GET /robots.txt"]
    assert summary.problems == [
        "试验区: robots.txt of 127.0.0.1 asks for 86400 seconds between two requests"
    ]


def test_what_waits_for_a_host_that_wants_too_long_a_pause_is_not_waited_for(
    tmp_path: Path,
) -> None:
    with serving() as site, serving("127.0.0.2") as other:
        site.answers["/robots.txt"] = Answer("busy", 429, {"Retry-After": "86400"})
        put_reports(other, 2021)
        other.answers["/zwgk/"] = Answer("busy", 503, {"Retry-After": "86400"})
        summary = crawl(
            [site.portal(), replace(other.portal(), id="p2")],
            tmp_path,
            CrawlOptions(delay=0, allow_private=True, browser=False),
        )
    assert [("Retry-After" in problem) for problem in summary.problems] == [True, True]
    assert site.lines == ["GET /robots.txt"]
    assert not summary.interrupted


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 3 ", 3.0),
        (b"Fri, 20 Nov 2026 06:46:45 GMT", 10.0),
        (b"Fri, 20 Nov 2020 06:46:45 GMT", 0.0),
        (b"soon", None),
        (b"-5", None),
        (b"Fri, 20 Nov 99999999999999999999 06:46:45 GMT", None),
        (b"Fri, 20 Nov 2026 06:46:45 +99999999999999", None),
        (b"9" * 400, math.inf),
        (None, None),
    ],
)
def test_what_retry_after_says(value: bytes | None, seconds: float | None) -> None:
    now = datetime(2026, 11, 20, 6, 46, 35, tzinfo=UTC)
    assert retry_after(value, now) == seconds


def test_the_agent_says_who_it_is(tmp_path: Path) -> None:
    with serving() as site:
        crawled(site, tmp_path, contact="mailto:archive@example.org")
    agents = {asked.headers["User-Agent"] for asked in site.asked}
    assert len(agents) == 1
    agent = agents.pop()
    assert agent.startswith("nianbao/")
    assert agent.endswith("(+mailto:archive@example.org)")


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (
            "<script>document.cookie='__jsl_clearance=1';location.reload()</script>",
            521,
            "challenge",
        ),
        ("<title>安全验证</title><p>请完成滑动验证后继续访问</p>", 200, "challenge"),
        ("<p>访问过于频繁，请稍后再试</p>", 200, "block"),
        ("<h1>403 Forbidden</h1>", 403, "block"),
        ("<form action=/login><input type=password></form><p>请登录</p>", 200, "login"),
    ],
)
def test_a_wall_is_recorded_and_reported_never_climbed(
    tmp_path: Path, body: str, status: int, reason: str
) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.answers["/zwgk/zfxxgknb/"] = Answer(f"<html><body>{body}</body></html>", status)
        summary = crawled(site, tmp_path)
    assert site.lines.count("GET /zwgk/zfxxgknb/") == 1
    where = f"试验区: the list 政府信息公开年报 ({site.url}zwgk/zfxxgknb/)"
    assert [line for line in summary.problems if line.startswith(where)] == [
        f"{where}: {WORDS[reason]}"
    ]
    with Archive(tmp_path, readonly=True) as archive:
        kept = [c.reason for c in archive.captures() if c.url.endswith("/zfxxgknb/")]
    assert kept == [reason]


def test_every_capture_tells_why_it_was_allowed(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as files:
        put_reports(site, 2021)
        path = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
        site.put(
            path, "报告", f"<a href='{files.url}f.pdf'>附件：f.pdf</a><a href='/g.pdf'>g.pdf</a>"
        )
        files.answers["/f.pdf"] = Answer(b"%PDF-1.4 x")
        site.answers["/g.pdf"] = Answer("", 302, {"Location": f"{files.url}f.pdf?g"})
        site.answers["/robots.txt"] = Answer("User-agent: *\nDisallow: /x\n", headers=TEXT)
        crawled(site, tmp_path)
    with Archive(tmp_path, readonly=True) as archive:
        captures = list(archive.captures())
    told = {one.url.split("/", 3)[3]: one.robots for one in captures if one.role != "robots"}
    assert len(told) == len(captures) - 2
    assert told.pop("f.pdf") == told.pop("f.pdf?g") == "no robots.txt"
    assert set(told.values()) == {"allowed"}
