"""Two crawls at once: a host is asked by one of them only, and no run is gone on with by two."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from small_portal import crawled, put_reports, serving

from archive import Archive
from crawler.model import CrawlOptions, Portal
from crawler.run import crawl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from small_portal import Answer, Asked, SmallPortal

LIST = "/zwgk/zfxxgknb/"
PROGRAM = """
import sys
from pathlib import Path
from crawler.model import CrawlOptions
from crawler.registry.tables import of_address
from crawler.run import crawl
options = CrawlOptions(delay=0, allow_private=True, browser=False)
crawl([of_address(sys.argv[1])], Path(sys.argv[2]), options)
"""


@contextmanager
def another_crawl(site: SmallPortal, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that crawls a portal and waits for its column, while the context lasts."""
    reached, go_on = threading.Event(), threading.Event()
    whole = site.answers[LIST]

    def wait(_: Asked) -> Answer:
        reached.set()
        go_on.wait(20)
        return whole  # type: ignore[return-value]

    site.answers[LIST] = wait
    command = [sys.executable, "-c", PROGRAM, site.url, str(data)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            assert reached.wait(30)
            yield process
        finally:
            go_on.set()
            process.wait(30)
            site.answers[LIST] = whole


def same(site: SmallPortal) -> Portal:
    name = site.url.split("/")[2]
    return Portal(name, None, name, site.url)


OPTIONS = CrawlOptions(delay=0, allow_private=True, browser=False)


def test_the_same_crawl_again_waits_its_turn(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        with another_crawl(site, tmp_path):
            asked = len(site.asked)
            summary = crawl([same(site)], tmp_path, OPTIONS)
            assert len(site.asked) == asked
        after = crawl([same(site)], tmp_path, OPTIONS)
    assert summary.problems == [
        f"another crawl into {tmp_path} is asking {same(site).label}; wait until it has ended"
    ]
    assert (after.found, after.problems) == (1, [])
    with Archive(tmp_path, readonly=True) as archive:
        assert [bool(run.finished) for run in archive.runs()] == [True, True]


def test_another_portal_of_the_same_host_waits_too(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as other, another_crawl(site, tmp_path):
        asked = len(site.asked)
        decimal = site.url.replace("127.0.0.1", "2130706433")
        portals = [Portal("p2", None, "另一区", f"{decimal}zwgk/"), other.portal()]
        summary = crawl(portals, tmp_path, OPTIONS)
        assert len(site.asked) == asked
    assert other.asked == []
    assert summary.problems == [
        f"another crawl into {tmp_path} is asking 另一区; wait until it has ended"
    ]


def test_other_hosts_and_other_folders_are_free(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as other:
        put_reports(site, 2021)
        put_reports(other, 2021)
        with another_crawl(site, tmp_path / "a"):
            assert crawled(other, tmp_path / "a").found == 1
            whole = dict(site.answers)
            put_reports(site, 2021)
            assert crawled(site, tmp_path / "b").found == 1
            site.answers = whole


def test_what_a_killed_crawl_owned_is_free(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        with another_crawl(site, tmp_path) as process:
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            put_reports(site, 2021)
            summary = crawl([same(site)], tmp_path, OPTIONS)
    assert (summary.found, summary.problems) == (1, [])


def test_many_hosts_are_named_in_part(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        portals = [replace(site.portal(), id=f"p{n}", name=f"第{n}区") for n in range(5)]
        with another_crawl(site, tmp_path):
            summary = crawl(portals, tmp_path, OPTIONS)
    assert "is asking 第0区, 第1区, 第2区 and 2 more;" in summary.problems[0]


@pytest.mark.parametrize("name", ["crawl.lock"])
def test_a_folder_in_its_place_is_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with serving() as site:
        summary = crawled(site, tmp_path)
    assert summary.problems == [f"{tmp_path / name} cannot be written: Is a directory"]
    assert site.asked == []
