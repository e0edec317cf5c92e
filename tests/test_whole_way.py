"""From portals' home pages to a cited number in a browser, by the commands a user types."""

import asyncio
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from archive import Archive
from crawler.browser.provider import OWN, find_browser
from demo.reports import load
from publish.serve import site as site_of

NIANBAO = Path(sys.executable).with_name("nianbao")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-default-apps", "--disable-domain-reliability"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
REAL = {
    "230111": "hulan-2021",
    "230404": "nanshan-2021",
    "230405": "xingan-2021",
    "230805": "dongfeng-2021",
    "320813": "hongze-2024",
}


@dataclass(frozen=True)
class Demo:
    data: Path
    portal_port: str
    runs: tuple[subprocess.CompletedProcess[str], ...]
    figures: tuple[list[tuple[object, ...]], ...]
    captures: tuple[list[tuple[object, ...]], ...]

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return query(self.data, sql, *values)


def query(data: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{data / 'nianbao.db'}?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration, made twice into the same folder."""
    data = tmp_path_factory.mktemp("demo")
    port = str(free_port())
    command = [str(NIANBAO), "demo", "--once", "--data", str(data), "--portal-port", port]
    runs, figures, captures = [], [], []
    for _ in range(2):
        runs.append(
            subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        )
        figures.append(query(data, "select * from figures order by 1, 2, 3, 4"))
        captures.append(query(data, "select id, url, sha256 from captures order by id"))
    return Demo(data, port, tuple(runs), tuple(figures), tuple(captures))


def test_the_demonstration_ends_well_both_times(demo: Demo) -> None:
    assert [run.returncode for run in demo.runs] == [0, 0], demo.runs[0].stderr
    assert "Traceback" not in demo.runs[0].stderr + demo.runs[1].stderr


def test_a_second_demonstration_captures_nothing_unchanged_again(demo: Demo) -> None:
    assert demo.captures[1] == demo.captures[0]
    assert demo.figures[1] == demo.figures[0]


def test_the_end_of_a_crawl_tells_what_was_asked_and_found(demo: Demo) -> None:
    total = next(line for line in demo.runs[1].stderr.splitlines() if "total" in line).split()
    requests, reports, new, unchanged = map(int, total[1:5])
    assert (reports, new, unchanged) == (10, 0, 10)
    assert requests < 100


def test_it_takes_another_port_where_its_own_is_taken_and_keeps_the_portals_up(
    demo: Demo, tmp_path: Path
) -> None:
    shutil.copytree(demo.data, tmp_path / "data")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = ["--port", str(taken.getsockname()[1]), "--portal-port", demo.portal_port]
        process = subprocess.Popen(
            [NIANBAO, "demo", "--data", tmp_path / "data", *ports],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        found = re.search(r"http://\S+/", process.stdout.readline())
        assert found
        assert found[0].removesuffix("/").rpartition(":")[2] not in ports
        home = urllib.request.urlopen(f"http://127.99.1.1:{demo.portal_port}/").read().decode()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert "示范区" in home
    assert (process.returncode, "Traceback" in err) == (0, False), err


@pytest.mark.parametrize(("place", "name"), REAL.items())
def test_the_database_holds_the_published_figures(demo: Demo, place: str, name: str) -> None:
    got = {
        f"{table}/{row}/{column}": printed if status == "printed" else None
        for table, row, column, printed, status in demo.rows(
            'select form_table, "row", "column", printed, status from figures f '
            "join reports r on r.id = f.report where r.place = ?",
            place,
        )
    }
    wanted = {key: text or None for key, text in load(name).printed().items()}
    assert {key: got.get(key) for key in wanted} == wanted


def test_every_figure_of_a_page_file_is_located(demo: Demo) -> None:
    [(missing,)] = demo.rows(
        "select count(*) from figures f join reports r on r.id = f.report "
        "join documents d on d.sha256 = r.document where f.status = 'printed' "
        "and d.media_type like '%pdf' and (f.page is null or f.x0 is null)"
    )
    assert missing == 0


@pytest.fixture(scope="module")
def again(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All made anew from the WARC files alone: no catalog, no database, no cache."""
    data = tmp_path_factory.mktemp("again")
    (data / "warc").mkdir()
    for path in (demo.data / "warc").glob("*.warc.gz"):
        shutil.copy(path, data / "warc")
    ended = subprocess.run(
        [NIANBAO, "build", "--data", data], capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return data


def test_from_the_warc_files_alone_comes_the_same_catalog(demo: Demo, again: Path) -> None:
    with Archive(demo.data, readonly=True) as first, Archive(again, readonly=True) as second:
        assert list(second.dump()) == list(first.dump())
        assert second.renderings() == first.renderings()


def test_from_the_warc_files_alone_comes_the_same_database(demo: Demo, again: Path) -> None:
    assert (again / "nianbao.db").read_bytes() == (demo.data / "nianbao.db").read_bytes()


def test_every_permanent_address_is_there_after_a_rebuild(demo: Demo, again: Path) -> None:
    with Archive(demo.data, readonly=True) as archive:
        captures = list(archive.captures())
    addresses = {f"/capture/{capture.id}" for capture in captures}
    documents = demo.rows("select id, document from reports")
    addresses |= {f"/report/{report}" for report, _ in documents}
    addresses |= {f"/original/{document}" for _, document in documents}
    figures = demo.rows('select report, form_table, "row", "column" from figures')
    addresses |= {"/figure/" + "/".join(map(str, figure)) for figure in figures[::40]}
    application = site_of(again)

    async def ask() -> dict[str, int]:
        get = application.client.get
        return {path: (await get(path, follow_redirects=True)).status_code for path in addresses}

    assert {path: code for path, code in asyncio.run(ask()).items() if code != 200} == {}


@pytest.fixture(scope="module")
def site(demo: Demo) -> Iterator[str]:
    """The address of the served site."""
    process = subprocess.Popen(
        [NIANBAO, "serve", "--data", demo.data, "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+/", process.stdout.readline())
    assert found
    yield found[0]
    process.terminate()
    process.wait(10)


@pytest.fixture
def page(site: str) -> Iterator[Page]:
    executable = find_browser()
    if executable is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=None if executable == OWN else executable, args=FLAGS
        )
        opened = browser.new_page()
        opened.goto(site)
        yield opened
        browser.close()


@pytest.mark.browser
def test_a_reader_finds_a_number_its_cell_its_original_and_its_citation(page: Page) -> None:
    page.get_by_role("link", name="呼兰区").first.click()
    page.get_by_role("link", name="呼兰区2021年政府信息公开工作年度报告").first.click()
    expect(page.get_by_role("link", name="37438")).to_be_visible()

    received = page.locator('td a[href$="/requests/received/total"]')
    expect(received).to_have_text("13")
    page.get_by_role("link", name="37438").click()
    expect(page.locator("body")).to_contain_text("37438")
    expect(page.locator("body")).to_contain_text("呼兰区2021年政府信息公开工作年度报告[R/OL]")

    with page.expect_download() as download:
        page.get_by_role("link", name="打开原件").first.click()
    original = Path(download.value.path()).read_bytes()
    assert original[:8] == bytes.fromhex("D0CF11E0A1B11AE1"), "a legacy Word file"
    shutil.rmtree(Path(download.value.path()).parent, ignore_errors=True)
