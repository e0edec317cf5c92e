"""robots.txt as people and machines write it: whatever stands in it, the crawl goes on."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, SmallPortal, crawled, put_reports, serving, title

from crawler.middlewares.robots import read_rules
from crawler.model import CrawlOptions
from crawler.run import crawl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = {"Content-Type": "text/plain"}
HUGE = b"User-agent: *\nRequest-rate: 1/" + b"9" * 500
REPORT = "/zwgk/zfxxgknb/202201/t20220120_2021.html"


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """Press Ctrl-C in a crawl that hangs; its summary says that it was interrupted."""
    alarm = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


ODD = {
    "a host that is none": Answer("", 302, {"Location": "http://[::1"}),
    "a port that is none": Answer("", 302, {"Location": "http://127.0.0.1:99999999/"}),
    "a host too long": Answer("", 302, {"Location": f"http://{'a' * 70}.test/"}),
    "a fragment": Answer("", 301, {"Location": "#top"}),
    "another scheme": Answer("", 301, {"Location": "ftp://127.0.0.1/robots.txt"}),
    "an address too long": Answer("", 301, {"Location": "/" + "x" * 9_000}),
    "a rate beyond numbers": Answer(HUGE, 200, TEXT),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_robots_txt_closes_its_portals_and_stops_no_other(name: str, tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as other:
        site.answers["/robots.txt"] = ODD[name]
        put_reports(site, 2021)
        put_reports(other, 2021)
        portals = [
            site.portal(),
            replace(site.portal(), id="p2", name="同一主机", url=f"{site.url}zwgk/"),
            replace(other.portal(), id="p3", name="另一主机"),
        ]
        options = CrawlOptions(delay=0, allow_private=True, browser=False)
        with no_longer_than(20):
            summary = crawl(portals, tmp_path, options)
    assert not summary.interrupted
    assert [portal.found for portal in summary.portals] == [0, 0, 1]
    assert set(site.lines) <= {"GET /robots.txt"}
    assert [line.partition(": ")[0] for line in summary.problems] == ["试验区", "同一主机"]
    assert not any("Error" in line for line in summary.problems)


def gaps(site: SmallPortal) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(site.asked)]


@pytest.mark.parametrize("rules", ["Crawl-delay: 86400", "Request-rate: 1/86400"])
def test_a_files_host_that_wants_too_long_a_pause_loses_the_file_only(
    rules: str, tmp_path: Path
) -> None:
    with serving() as site, serving("127.0.0.2") as files:
        put_reports(site, 2020, 2021)
        files.answers["/robots.txt"] = Answer(f"User-agent: *\n{rules}\n", 200, TEXT)
        site.put(
            REPORT, title(2021), f"<p>一、总体情况</p><a href='{files.url}f.pdf'>附件：f.pdf</a>"
        )
        with no_longer_than(20):
            summary = crawled(site, tmp_path)
    assert (summary.found, summary.interrupted) == (2, False)
    assert files.lines == ["GET /robots.txt"]
    assert len(summary.problems) == 1
    assert "asks for 86400 seconds between two requests" in summary.problems[0]


def test_a_pause_that_one_port_wants_in_vain_does_not_stop_another(tmp_path: Path) -> None:
    with serving() as site, serving() as same_host:
        put_reports(site, 2021)
        same_host.answers["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 86400\n", 200, TEXT)
        portals = [replace(same_host.portal(), id="p2"), site.portal()]
        options = CrawlOptions(delay=0, allow_private=True, browser=False)
        with no_longer_than(20):
            summary = crawl(portals, tmp_path, options)
    assert not summary.interrupted
    assert [portal.found for portal in summary.portals] == [0, 1]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: nianbao\nDisallow: /\n", False),
        ("User-agent: nianbao/0.1\nDisallow: /\n", False),
        ("user-AGENT : NianBao/9.9 # from the log\nDisallow: /\n", False),
        ("User-agent: nianbao/0.1 (+mailto:a@example.org)\nDisallow: /\n", False),
        ("User-agent: nianbaobot\nDisallow: /\n", True),
        ("User-agent: nianbao/0.1\nDisallow:\n\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent：*\nDisallow：/\n", False),
        ("User-agent：*\nDisallow： /\nAllow：/zwgk/\n", True),
        ("User-agent: *\nDisallow: /\nAllow: /zwgk/\n", True),
        ("User-agent: *\nAllow: /zwgk/\nDisallow: /zwgk/zfxxgknb/\n", False),
        ("User-agent: *\nDisallow: /*/zfxxgknb/\n", False),
        ("User-agent: *\nDisallow: /*.html$\n", True),
        ("User-agent: *\nDisallow: /政务/\n", True),
        ("", True),
        ("\ufeffUser-agent: *\nDisallow: /\n", False),
        ("User-agent: *\rDisallow: /\r", False),
        ("# " + "x" * 300_000 + "\nUser-agent: *\nDisallow: /\n", False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_a_robots_txt_allows(text: str, encoding: str, *, allowed: bool) -> None:
    rules = read_rules(200, text.encode(encoding))
    assert rules.parser is not None
    assert rules.parser.can_fetch("http://a.gov.cn/zwgk/zfxxgknb/", "nianbao") is allowed


def test_a_rule_that_is_cut_in_half_says_nothing() -> None:
    first = b"User-agent: *\nDisallow: /secret/\n"
    padding = b"#" * (512 * 1024 - len(first) - len(b"Disallow: /") - 1) + b"\n"
    rules = read_rules(200, first + padding + b"Disallow: /zwgk/\n" * 3)
    assert rules.parser is not None
    assert rules.parser.can_fetch("http://a.gov.cn/", "nianbao")
    assert not rules.parser.can_fetch("http://a.gov.cn/secret/", "nianbao")
