"""One request at a time a host and a pause between two, as the host itself sees it.

Times are the server's. A busy machine shifts single arrivals, so a single pause may be shorter than
the delay, but not by all of it, and together they may not.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, Asked, SmallPortal, crawled, items, put_reports, serving

from crawler.browser.provider import find_browser
from crawler.guard import lookup
from crawler.model import CrawlOptions, Portal
from crawler.run import crawl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from crawler.model import CrawlSummary

DELAY = 0.2
REPORT = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
LIST = "/zwgk/zfxxgknb/"


def pauses(asked: Sequence[Asked]) -> list[float]:
    times = sorted(one.at for one in asked)
    return [later - earlier for earlier, later in pairwise(times)]


def assert_apart(asked: Sequence[Asked], delay: float = DELAY) -> None:
    between = pauses(asked)
    assert min(between) > delay / 4
    assert sum(between) > len(between) * delay * 0.95


def crawl_all(portals: Sequence[Portal], data: Path, **options: object) -> CrawlSummary:
    chosen = {"delay": DELAY, "allow_private": True, "browser": False, **options}
    return crawl(portals, data, CrawlOptions(**chosen))  # type: ignore[arg-type]


def portals_on(site: SmallPortal, count: int) -> list[Portal]:
    """Several portals on one host, each with a home page of its own."""
    for number in range(count):
        links = items(("政务公开", "/zwgk/"), (f"新闻{number}", "/news/"))
        site.put(f"/p{number}/", f"第{number}区", links)
    return [
        replace(site.portal(), id=f"p{number}", url=f"{site.url}p{number}/")
        for number in range(count)
    ]


class Watch:
    """Counts how many requests a server has in hand at once; each takes its time."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.now, self.most = seconds, 0, 0
        self._lock = threading.Lock()

    def over(self, answer: Answer | Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        def slow(asked: Asked) -> Answer:
            with self._lock:
                self.now += 1
                self.most = max(self.most, self.now)
            threading.Event().wait(self.seconds)
            with self._lock:
                self.now -= 1
            return answer(asked) if callable(answer) else answer

        return slow


def test_portals_of_one_host_take_turns(tmp_path: Path) -> None:
    """Robots, probes, lists, reports and files of three portals are one queue."""
    watch = Watch(0.03)
    with serving() as site:
        put_reports(site, 2020, 2021)
        site.put(REPORT, "试验区2021年政府信息公开工作年度报告", "<a href='/f.pdf'>附件：f.pdf</a>")
        site.answers["/f.pdf"] = Answer(b"%PDF-1.4 x")
        portals = portals_on(site, 3)
        site.answers = {path: watch.over(answer) for path, answer in site.answers.items()}
        summary = crawl_all(portals, tmp_path)
    assert [portal.found for portal in summary.portals] == [2, 2, 2]
    assert "GET /robots.txt" in site.lines
    assert any(len(line) > 24 and line.endswith(".html") for line in site.lines)  # the probe
    assert watch.most == 1
    assert_apart(site.asked)


def test_an_address_with_a_dot_behind_its_host_is_the_same_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr("crawler.guard.lookup", here)
    with serving() as site:
        put_reports(site, 2019, 2020, 2021)
        plain = site.url.replace("127.0.0.1", "portal.test")
        dotted = site.url.replace("127.0.0.1", "portal.test.")
        portals = [
            replace(site.portal(), url=plain),
            replace(site.portal(), id="p2", url=dotted),
        ]
        summary = crawl_all(portals, tmp_path)
    assert [portal.found for portal in summary.portals] == [3, 3]
    assert len({asked.headers["Host"] for asked in site.asked}) == 2
    assert_apart(site.asked)


def test_the_slowest_robots_txt_of_a_host_counts_for_all_its_ports(tmp_path: Path) -> None:
    with serving() as slow, serving() as other:
        put_reports(slow, 2021)
        put_reports(other, 2021)
        rules = f"User-agent: *\nCrawl-delay: {DELAY}\n"
        slow.answers["/robots.txt"] = Answer(rules, headers={"Content-Type": "text/plain"})
        portals = [slow.portal(), replace(other.portal(), id="p2")]
        summary = crawl_all(portals, tmp_path, delay=0.0)
    assert summary.found == 2
    asked = sorted([*slow.asked, *other.asked], key=lambda one: one.at)
    after = next(i for i, one in enumerate(asked) if one in slow.asked)
    assert_apart(asked[after + 2 :])  # what was under way when the rules came may be sooner


def test_looking_a_name_up_is_no_part_of_the_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the second request would come at the heels of the first one, which had to wait."""

    async def slowly(host: str, port: int) -> list[str]:
        await asyncio.sleep(DELAY * 2)
        return await lookup(host, port)

    monkeypatch.setattr("crawler.guard.lookup", slowly)
    with serving() as site:
        put_reports(site, 2021)
        crawled(site, tmp_path, delay=DELAY)
    assert_apart(site.asked)


@pytest.mark.browser
@pytest.mark.skipif(find_browser() is None, reason="no browser on this machine")
def test_what_a_rendered_page_asks_for_waits_its_turn_too(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        loads = "".join(f"<script src='/js/{number}.js'></script>" for number in range(3))
        show = f"t=>{{l.innerHTML='<a href={REPORT}>'+t+'</a>'}}"
        script = f"fetch('/api/list').then(r=>r.text()).then({show})"
        site.put(LIST, "政府信息公开年报", f"<div id=l></div>{loads}<script>{script}</script>")
        for number in range(3):
            site.answers[f"/js/{number}.js"] = Answer(
                "1", headers={"Content-Type": "text/javascript"}
            )
        site.answers["/api/list"] = Answer("试验区2021年政府信息公开工作年度报告")
        summary = crawled(site, tmp_path, delay=DELAY, browser=True)
    assert summary.found == 1
    assert "GET /js/2.js" in site.lines
    assert_apart(site.asked)


# --- when a host wants more ----------------------------------------------------------------


def test_a_date_in_retry_after_is_waited_for(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        whole = site.answers[REPORT]
        assert isinstance(whole, Answer)
        moment = datetime.now(UTC) + timedelta(seconds=3)
        date = format_datetime(moment, usegmt=True)
        busy = [Answer("busy", 503, {"Retry-After": date}), whole]
        answered: list[datetime] = []

        def answer(_: Asked) -> Answer:
            answered.append(datetime.now(UTC))
            return busy.pop(0)

        site.answers[REPORT] = answer
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (1, [])
    assert answered[1] >= moment.replace(microsecond=0)


def test_pauses_grow_where_a_busy_host_does_not_say_how_long(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        whole = site.answers[REPORT]
        assert isinstance(whole, Answer)
        busy = [Answer("busy", 503, {}), Answer("busy", 429, {}), whole]
        site.answers[REPORT] = lambda _: busy.pop(0)
        summary = crawled(site, tmp_path, delay=0.1)
    assert (summary.found, summary.problems) == (1, [])
    first, second, third = (one.at for one in site.asked if one.line == f"GET {REPORT}")
    assert second - first > 0.19
    assert third - second > 0.39


def test_pauses_grow_from_the_hosts_own_crawl_delay(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        rules = f"User-agent: *\nCrawl-delay: {DELAY}\n"
        site.answers["/robots.txt"] = Answer(rules, headers={"Content-Type": "text/plain"})
        whole = site.answers[REPORT]
        assert isinstance(whole, Answer)
        busy = [Answer("busy", 503, {}), whole]
        site.answers[REPORT] = lambda _: busy.pop(0)
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (1, [])
    first, second = (one.at for one in site.asked if one.line == f"GET {REPORT}")
    assert second - first > DELAY * 1.9


def test_a_probe_that_comes_at_a_busy_moment_does_not_end_the_portal(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        gone = site.otherwise
        busy = [Answer("busy", 429, {"Retry-After": "0"}), gone, gone]
        site.answer = lambda asked: (  # type: ignore[method-assign]
            busy.pop(0)
            if asked.line.endswith(".html") and "/zwgk/" not in asked.line
            else SmallPortal.answer(site, asked)
        )
        summary = crawled(site, tmp_path)
    assert len(busy) < 3
    assert (summary.found, summary.problems) == (1, [])


@pytest.mark.parametrize("headers", [{"Retry-After": "86400"}, {}])
def test_a_host_that_one_portal_finds_too_busy_is_left_alone_by_all(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    with serving() as site:
        put_reports(site, 2021)
        portals = portals_on(site, 3)
        site.answers["/p1/"] = Answer("busy", 429, headers)
        summary = crawl_all(portals, tmp_path, delay=0.01)
    last = max(i for i, line in enumerate(site.lines) if line == "GET /p1/")
    assert len(site.lines) <= last + 2, "one may be under way, no more are sent"
    closed = [line for line in summary.problems if "127.0.0.1 a" in line]
    assert len(closed) == 3, "each portal says why it ended"


def test_a_busy_host_of_files_is_left_alone_and_the_portal_goes_on(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as files:
        files.answers["/f.pdf"] = Answer("busy", 429, {"Retry-After": "86400"})
        put_reports(site, 2019, 2020, 2021)
        for path in [path for path in site.answers if "/t20" in path and "zfxxgknb" in path]:
            year = int(path[-9:-5])
            file = f"<a href='{files.url}f.pdf?{year}'>附件：f.pdf</a>"
            site.put(path, f"试验区{year}年政府信息公开工作年度报告", file)
        summary = crawled(site, tmp_path)
    assert summary.found == 3
    assert files.lines.count("GET /robots.txt") == 1
    assert len(files.lines) == 2


# --- bounds --------------------------------------------------------------------------------


def test_a_portal_ends_when_its_time_is_over(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, *range(2003, 2024))
        summary = crawled(site, tmp_path, delay=0.1, max_seconds=1)
    assert summary.found < 12
    assert any("stopped after" in line for line in summary.problems)


def test_so_many_portals_at_once_and_no_more(tmp_path: Path) -> None:
    with (
        serving() as one,
        serving("127.0.0.2") as two,
        serving("127.0.0.3") as three,
        serving("127.0.0.4") as four,
    ):
        sites = (one, two, three, four)
        for site in sites:
            put_reports(site, 2020, 2021)
        portals = [replace(site.portal(), id=f"p{n}") for n, site in enumerate(sites)]
        summary = crawl_all(portals, tmp_path, delay=0.05, jobs=2)
    assert [portal.found for portal in summary.portals] == [2, 2, 2, 2]
    begun = sorted((min(asked.at for asked in site.asked), 1) for site in sites)
    ended = sorted((max(asked.at for asked in site.asked), -1) for site in sites)
    at_once = most = 0
    for _, step in sorted([*begun, *ended]):
        at_once += step
        most = max(most, at_once)
    assert most == 2


# --- cookies -------------------------------------------------------------------------------


def test_a_cookie_goes_back_to_the_host_that_set_it_and_to_no_other(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as other:
        put_reports(site, 2021)
        put_reports(other, 2021)
        home = site.answers["/"]
        assert isinstance(home, Answer)
        cookie = {"Set-Cookie": "node=7; Path=/", "Content-Type": "text/html"}
        site.answers["/"] = replace(home, headers=cookie)
        crawl_all([site.portal(), replace(other.portal(), id="p2")], tmp_path, delay=0.01)
    after = site.lines.index("GET /") + 1
    assert {asked.headers.get("Cookie") for asked in site.asked[after:]} == {"node=7"}
    assert {asked.headers.get("Cookie") for asked in other.asked} == {None}
