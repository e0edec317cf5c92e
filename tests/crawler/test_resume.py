from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from small_portal import SmallPortal, crawled, put_reports, serving

from archive import Archive

ROOT = Path(__file__).parents[2]
YEARS = range(2010, 2022)


def killed_after(site: SmallPortal, data: Path, path: str) -> str:
    """Crawl in a process of its own, and kill it hard as soon as `path` is asked."""
    reached, go_on = threading.Event(), threading.Event()
    whole = site.answers[path]

    def stop_here(_: object) -> object:
        reached.set()
        go_on.wait(10)
        return whole

    site.answers[path] = stop_here  # type: ignore[assignment]
    arguments = ["crawl", "reports", "-a", f"portal={site.url}", "-a", "allow_private=1"]
    command = [sys.executable, "-m", "scrapy", *arguments, "-a", "delay=0.1", "-a", "browser=0"]
    environment = {**os.environ, "NIANBAO_DATA": str(data)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        assert reached.wait(60)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()
        go_on.set()
    site.answers[path] = whole
    with Archive(data, readonly=True) as archive:
        run = archive.runs()[-1]
    assert run.finished is None
    return run.id


def test_a_killed_crawl_goes_on_where_it_was_and_asks_nothing_twice(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, *YEARS)
        killed_at = "/zwgk/zfxxgknb/201601/t20160120_2015.html"
        run = killed_after(site, tmp_path, killed_at)
        before = list(site.lines)
        site.asked.clear()
        portal = site.portal()
        site.portal = lambda: type(portal)(  # type: ignore[method-assign]
            site.url.split("/")[2], None, site.url.split("/")[2], site.url
        )
        summary = crawled(site, tmp_path)
    assert summary.run == run
    assert summary.found == len(YEARS)
    assert set(site.lines) & set(before) <= {f"GET {killed_at}"}
    assert {f"GET {path}" for path in site.answers if "/t20" in path and "zfxxgknb" in path} <= {
        *site.lines, *before,
    }  # fmt: skip
    with Archive(tmp_path, readonly=True) as archive:
        assert archive.runs()[-1].finished
        assert archive.runs()[-1].requests == sum(1 for _ in archive.captures(run))
        urls = [capture.url for capture in archive.captures(roles=["report"])]
    assert len(urls) == len(set(urls)) == len(YEARS)


def test_a_finished_run_is_not_gone_on_with(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        first = crawled(site, tmp_path)
        second = crawled(site, tmp_path)
    assert first.run != second.run
    assert second.portals[0].resumed == 0


def test_a_run_named_by_hand_that_is_finished_is_one_clear_line(tmp_path: Path) -> None:
    with serving() as site:
        first = crawled(site, tmp_path)
        second = crawled(site, tmp_path, run_id=first.run)
    assert len(second.problems) == 1
    assert "is finished" in second.problems[0]


def test_scrapys_own_command_needs_a_portal_it_can_find(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "reports", "-a", "portal=nowhere"]
    environment = {**os.environ, "NIANBAO_DATA": str(tmp_path)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert "no place named nowhere" in done.stderr
    assert not (tmp_path / "catalog.db").exists()
