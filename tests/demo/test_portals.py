from __future__ import annotations

import re
import shutil
import subprocess
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from lxml import html

from demo.make_files import BROWSER_FLAGS
from demo.portals import DemoPortals, serve
from demo.portals.families import build_sites
from demo.reports import FILES, load
from extract.titles import classify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACES = [site.place for site in build_sites()]
HULAN, NANSHAN, XINGAN, DONGFENG, HONGZE, SHIFAN = PLACES


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def demo() -> Iterator[DemoPortals]:
    with serve(0) as portals:
        yield portals


def ask(
    demo: DemoPortals,
    place: str,
    path: str,
    sent: bytes | None = None,
    held: tuple[str, str] | None = None,
) -> Answer:
    connection = HTTPConnection(demo.sites[place].address, demo.port, timeout=10)
    headers = dict([held] if held else [])
    connection.request("POST" if sent is not None else "GET", path, sent, headers)
    response = connection.getresponse()
    answer = Answer(response.status, dict(response.getheaders()), response.read())
    connection.close()
    return answer


def links(page: bytes, path: str) -> list[str]:
    """The addresses on the same host that a page links, made whole."""
    found = [urljoin(path, a.get("href", "")) for a in html.fromstring(page).iter("a")]
    return [href for href in found if href.startswith("/")]


def test_each_portal_has_a_host_of_its_own_on_one_port(demo: DemoPortals) -> None:
    hosts = [urlsplit(portal.url).hostname for portal in demo.portals]
    assert len(set(hosts)) == 6
    assert all(str(host).startswith("127.") for host in hosts)
    assert {urlsplit(portal.url).port for portal in demo.portals} == {demo.port}


def test_every_page_says_that_it_is_simulated() -> None:
    for site in build_sites():
        for path, page in site.pages.items():
            if page.media_type.startswith("text/html") and page.body and "viewer" not in path:
                text = page.body.decode("utf-8" if "charset" in page.media_type else "gb18030")
                assert "模拟演示门户" in text, path


def test_every_link_leads_somewhere_except_those_to_reports_that_are_gone() -> None:
    for site in build_sites():
        known = {path for path, page in site.pages.items() if page.status == 200}
        dead: set[str] = set()
        for path, page in site.pages.items():
            if not page.media_type.startswith("text/html") or not page.body:
                continue
            for target in links(page.body, path):
                if target not in known and not (site.dynamic and site.dynamic(target, "")):
                    dead.add(target)
        assert dead == set(site.gone)


def test_what_a_crawl_should_find_is_served_and_is_the_demonstration_file(
    demo: DemoPortals,
) -> None:
    assert {report.figures for report in demo.reports} == {
        path.name.split(".")[0] for path in FILES.iterdir()
    }
    for report in demo.reports:
        answer = ask(demo, report.place, report.document)
        assert answer.status == 200
        if report.media_type == "text/html":
            title = "<br>".join(load(report.figures).title)
            assert f"<h1>{title}</h1>" in answer.body.decode()
        else:
            stored = [p for p in FILES.iterdir() if p.name.startswith(report.figures)]
            assert answer.body == stored[0].read_bytes()
        if report.page:
            assert ask(demo, report.place, report.page).status == 200


def test_only_the_reports_have_titles_of_reports() -> None:
    wanted = {report.link for site in build_sites() for report in site.reports}
    listed = set()
    for site in build_sites():
        for page in site.pages.values():
            if page.media_type.startswith("text/html; charset"):
                listed |= set(re.findall(r'title="([^"]+)"', page.body.decode()))
    reports = {title for title in listed if classify(title).kind == "report"}
    gone = {title for title in reports if classify(title).year in {2018, 2019, 2020}}
    assert len(gone) == 3
    assert reports - gone < wanted
    assert {classify(title).kind for title in wanted} == {"report"}
    assert sum(classify(title).kind == "look-alike" for title in listed) > 100


def test_an_error_page_has_status_404_except_on_the_portal_that_gets_it_wrong(
    demo: DemoPortals,
) -> None:
    statuses = {place: ask(demo, place, "/no/such/page.html").status for place in PLACES}
    assert statuses.pop(XINGAN) == 200
    assert set(statuses.values()) == {404}
    assert "页面不存在" in ask(demo, XINGAN, "/no/such/page.html").body.decode()


@pytest.mark.parametrize("place", PLACES)
def test_robots_txt_keeps_crawlers_out_of_the_admin_pages(demo: DemoPortals, place: str) -> None:
    robots = RobotFileParser()
    robots.parse(ask(demo, place, "/robots.txt").body.decode().splitlines())
    assert not robots.can_fetch("nianbao", demo.url(place, "/admin/login.html"))
    assert robots.can_fetch("nianbao", demo.url(place, "/"))


@pytest.mark.parametrize(
    ("place", "header", "condition"),
    [(HULAN, "ETag", "If-None-Match"), (NANSHAN, "Last-Modified", "If-Modified-Since")],
)
def test_an_unchanged_page_is_not_sent_twice(
    demo: DemoPortals, place: str, header: str, condition: str
) -> None:
    path = demo.sites[place].reports[0].document
    held = (condition, ask(demo, place, path).headers[header])
    again = ask(demo, place, path, held=held)
    assert (again.status, again.body) == (304, b"")
    demo.change(place, path, b"%PDF-1.4 another")
    assert ask(demo, place, path, held=held).body == b"%PDF-1.4 another"
    demo.change(place, path, None)
    assert ask(demo, place, path).status == 404


def test_one_portal_offers_no_way_to_ask_conditionally(demo: DemoPortals) -> None:
    headers = ask(demo, HONGZE, "/").headers
    assert not {"ETag", "Last-Modified"} & headers.keys()


def test_requests_are_counted_by_place(demo: DemoPortals) -> None:
    ask(demo, HULAN, "/")
    ask(demo, HULAN, "/robots.txt")
    assert demo.asked[HULAN] == ["GET /", "GET /robots.txt"]
    assert demo.asked[XINGAN] == []


def test_the_jpage_list_goes_on_at_its_endpoint_by_get_and_by_post(demo: DemoPortals) -> None:
    listing = ask(demo, HONGZE, "/col/col33718/index.html").body.decode()
    assert listing.count("<record>") == 12
    report = demo.sites[HONGZE].reports[0].document
    assert report not in listing
    more = re.findall(r'nextgroup><!\[CDATA\[<a href="([^"]+)"', listing)[0]
    second = ask(demo, HONGZE, more).body
    assert report in second.decode()
    proxy, _, query = more.partition("?")
    position = "startrecord=13&endrecord=24&perpage=4&"
    assert ask(demo, HONGZE, f"{proxy}?{position}{query}").body == second
    assert ask(demo, HONGZE, proxy, (position + query).encode()).body == second
    greedy = ask(demo, HONGZE, f"{proxy}?startrecord=1&perpage=999&{query}").body
    assert greedy.count(b"<record>") == 41
    assert ask(demo, HONGZE, f"{proxy}?columnid=9&perpage=0").body.count(b"<record>") == 0


def test_pagers_of_two_families_exist_only_as_calls_of_a_script(demo: DemoPortals) -> None:
    hulan = ask(demo, HULAN, "/hulan/c100123/xlist.shtml").body.decode()
    assert "createPageHTML('page_div', 4, 1,'xlist','shtml',58)" in hulan
    assert "xlist_2" not in hulan
    nanshan = ask(demo, NANSHAN, "/zwgk/zfxxgkml/zfxxgknb/").body.decode()
    assert 'createPageHTML(5, 0, "index", "html")' in nanshan
    assert "index_1" not in nanshan


def test_vsb_pages_count_downwards(demo: DemoPortals) -> None:
    path, seen = "/xxgk/zfxxgknb.htm", []
    while path:
        seen.append(path)
        following = re.findall(r'href="([^"]+)">下页', ask(demo, DONGFENG, path).body.decode())
        path = urljoin(path, following[0]) if following else ""
    assert seen == ["/xxgk/zfxxgknb.htm", *(f"/xxgk/zfxxgknb/{n}.htm" for n in (3, 2, 1))]


def test_a_download_has_its_name_in_a_header_as_gbk(demo: DemoPortals) -> None:
    answer = ask(demo, DONGFENG, demo.sites[DONGFENG].reports[0].document)
    disposition = answer.headers["Content-Disposition"].encode("latin-1").decode("gbk")
    assert disposition == "attachment;filename=佳木斯市东风区2021年政府信息公开工作年度报告.docx"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_one_page_is_gbk_and_declares_utf_8(demo: DemoPortals) -> None:
    answer = ask(demo, NANSHAN, str(demo.sites[NANSHAN].reports[0].page))
    assert b'charset="utf-8"' in answer.body
    assert "南山区2021年政府信息公开工作年度报告" in answer.body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


def test_the_calendar_never_ends(demo: DemoPortals) -> None:
    path = "/calendar/2022-12.shtml"
    for _ in range(30):
        path = links(ask(demo, XINGAN, path).body, path)[-2:][1]
    assert path == "/calendar/2025-6.shtml"


def test_without_a_browser_the_scripted_site_has_nothing_to_follow(demo: DemoPortals) -> None:
    for path in ("/", "/gkml/", "/gkml/nb/"):
        found = links(ask(demo, SHIFAN, path).body, path)
        assert set(found) <= {"/admin/login.html"}


def test_a_vanished_report_answers_404_301_to_the_home_page_or_a_soft_404(
    demo: DemoPortals,
) -> None:
    answers = {p: ask(demo, p, demo.sites[p].gone[0]) for p in (HULAN, DONGFENG, XINGAN)}
    assert [answer.status for answer in answers.values()] == [404, 301, 200]
    assert answers[DONGFENG].headers["Location"] == "/index.htm"


def test_a_taken_port_is_refused_in_one_line(demo: DemoPortals) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo.portals", str(demo.port)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(demo.port) in done.stderr


def test_wrong_use_is_explained() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo.portals", "a-port"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "usage: python -m demo.portals [PORT]\n")


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium here")
def test_a_browser_finds_every_report_of_the_scripted_site(
    demo: DemoPortals, tmp_path: Path
) -> None:
    flags = [flag for flag in BROWSER_FLAGS if not flag.startswith("--host-resolver-rules")]
    rules = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.*"
    found: set[str] = set()
    for path in ("/gkml/nb/", "/gkml/nb/index_2.html", "/gkml/nb/index_3.html"):
        done = subprocess.run(
            [
                *("chromium", "--headless", *flags, rules, f"--user-data-dir={tmp_path}"),
                *("--dump-dom", demo.url(SHIFAN, path)),
            ],
            capture_output=True,
            timeout=60,
            check=True,
        )
        found |= set(links(done.stdout, path))
    assert {"/", "/gkml/", "/gkml/nb/", "/gkml/nb/index_2.html"} <= found
    assert {report.page for report in demo.sites[SHIFAN].reports} <= found
