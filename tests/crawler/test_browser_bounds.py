"""What a rendered page may have asked for on its behalf, and how it may not keep a crawl."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, Asked, SmallPortal, crawled, put_reports, serving

from crawler.browser.provider import find_browser
from crawler.model import CrawlOptions
from crawler.run import crawl

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="no browser on this machine"),
]
LIST = "/zwgk/zfxxgknb/"


def scripted(site: SmallPortal, script: str) -> None:
    site.put(LIST, "政府信息公开年报", f"<div id=l></div><script>{script}</script>")


def attempt(url: str, method: str, mode: str = "cors", size: int = 1) -> str:
    body = "" if method == "GET" else f", body: 'x'.repeat({size})"
    return f"fetch('{url}', {{method: '{method}', mode: '{mode}'{body}}}).catch(() => 0);"


def test_a_page_has_nothing_sent_to_other_sites_and_changes_nothing(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as other:
        methods = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
        tries = "".join(
            attempt(f"{url}{method}", method, mode)
            for url, mode in ((f"{site.url}own-", "cors"), (f"{other.url}other-", "no-cors"))
            for method in methods
            if mode == "cors" or method in {"GET", "POST"}
        )
        scripted(site, tries)
        crawled(site, tmp_path, browser=True)
    sent = {line for line in site.lines if "own-" in line and not line.startswith("GET")}
    assert sent == {"POST /own-POST"}
    assert [line for line in other.lines if "other-" in line] == ["GET /other-GET"]


def test_a_page_sends_no_more_than_a_form(tmp_path: Path) -> None:
    with serving() as site:
        sizes = (1_000, 300_000, 5_000_000)
        scripted(site, "".join(attempt(f"/s{size}", "POST", size=size) for size in sizes))
        crawled(site, tmp_path, browser=True)
    assert [(one.line, len(one.body)) for one in site.asked if "/s" in one.line] == [
        ("POST /s1000", 1_000)
    ]


def test_a_page_that_opens_windows_without_end_is_read_all_the_same(tmp_path: Path) -> None:
    flood = "setInterval(() => { for (let i = 0; i < 20; i++) window.open('about:blank') }, 1);"
    with serving() as site:
        put_reports(site, 2021)
        reports = site.answers[LIST]
        assert isinstance(reports, Answer)
        site.answers["/list.json"] = reports
        fill = "fetch('/list.json').then(r => r.text()).then(t => l.innerHTML = t);"
        scripted(site, fill + flood)
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == 1


def test_a_host_that_wants_days_of_a_rendered_page_stops_no_other_rendering(
    tmp_path: Path,
) -> None:
    """The browser has one place for all portals; what waits there is not that host's."""

    def busy_later(asked: Asked) -> Answer:
        first = sum(one.line == asked.line for one in site.asked) == 1
        empty = f"<html><title>年报</title><div id=l></div><script>{'1;' * 20}</script></html>"
        return Answer(empty) if first else Answer("busy", 503, {"Retry-After": "86400"})

    with serving() as site, serving("127.0.0.2") as other:
        site.answers[LIST] = busy_later
        put_reports(other, 2021)
        reports = other.answers[LIST]
        assert isinstance(reports, Answer)
        other.answers["/list.json"] = reports
        fill = "fetch('/list.json').then(r => r.text()).then(t => l.innerHTML = t);"
        scripted(other, fill)
        portals = [site.portal(), replace(other.portal(), id="p2", name="另一主机")]
        summary = crawl(portals, tmp_path, CrawlOptions(delay=0, allow_private=True))
    assert [portal.found for portal in summary.portals] == [0, 1]
    assert [line.partition(":")[0] for line in summary.problems] == ["试验区"]


@pytest.mark.parametrize(
    "script",
    ["while (true) {}", "setTimeout(() => { while (true) {} }, 300)",
     "next = () => { while (true) {} }"],
)  # fmt: skip
def test_a_script_that_never_ends_is_left_soon_and_other_pages_are_rendered(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.browser.handler.STUCK_SECONDS", 2.0)
    with serving() as site, serving("127.0.0.2") as other:
        site.put(LIST, "政府信息公开年报",
                 f"<a href='javascript:next()'>下一页</a><script>{script}</script>")  # fmt: skip
        put_reports(other, 2021)
        reports = other.answers[LIST]
        assert isinstance(reports, Answer)
        other.answers["/list.json"] = reports
        scripted(other, "fetch('/list.json').then(r => r.text()).then(t => l.innerHTML = t);")
        portals = [site.portal(), replace(other.portal(), id="p2", name="另一主机")]
        began = time.monotonic()
        summary = crawl(portals, tmp_path, CrawlOptions(delay=0, allow_private=True))
    assert time.monotonic() - began < 40
    assert [portal.found for portal in summary.portals] == [0, 1]
    assert not summary.interrupted
