"""Ways that are tried where a portal's pages show none: scripts, units' sites, the way afresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, crawled, items, page, put_reports, serving, title

from archive import Capture
from crawler.ask import Ask
from crawler.model import CrawlOptions, Portal, PortalSummary
from crawler.state import PortalState

if TYPE_CHECKING:
    from pathlib import Path

COLUMN = "/zwgk/zfxxgknb/"
JS = {"Content-Type": "application/javascript"}


def test_a_menu_in_a_script_file_of_a_page_of_disclosure_is_read(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021, 2022)
        news = items(*((f"区里召开第{n}次会议", f"/a/202201/t2022010{n}_7.html") for n in range(9)))
        site.put("/zwgk/", "政务公开", f'<script src="/left.js"></script>{news}')
        site.answers["/left.js"] = Answer(
            f"var a=[['/zwgk/zn','公开指南'],['{COLUMN}','公开年报']];"
            "for(var i=0;i<a.length;i++)document.write('<a href='+a[i][0]+'>'+a[i][1]+'</a>');",
            headers=JS,
        )
        summary = crawled(site, tmp_path)
    assert summary.found == 2


def test_the_columns_of_units_with_sites_of_their_own_are_found(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.put("/", "试验区", items(("政务公开", "/zwgk/"), ("部门网站", "/bmwz/")))
        units = {"jyj": "教育局", "czj": "财政局", "mzj": "民政局"}
        names = [(name, f"/{key}/") for key, name in units.items()]
        site.put("/bmwz/", "部门网站", items(*names))
        for key, name in units.items():
            report = f"/{key}/202201/t20220110_1.html"
            site.put(f"/{key}/", name, items(("信息公开", f"/{key}/xxgk/")))
            site.put(f"/{key}/xxgk/", name, items(("年度报告", f"/{key}/xxgk/nb/")))
            site.put(f"/{key}/xxgk/nb/", name, items((title(2021, f"试验区{name}"), report)))
            site.put(report, title(2021, f"试验区{name}"), "<p>正文</p>")
        summary = crawled(site, tmp_path)
    assert summary.found == 4


def test_units_are_not_looked_for_where_their_reports_are_known(tmp_path: Path) -> None:
    with serving() as site:
        links = [
            (title(2021, f"试验区{name}"), f"/a/202201/t20220110_{number}.html")
            for number, name in enumerate(["教育局", "财政局", "民政局"])
        ]
        site.put(COLUMN, "政府信息公开年报", items(*links))
        for name, path in links:
            site.put(path, name, "<p>正文</p>")
        site.put("/", "试验区", items(("政务公开", "/zwgk/"), ("部门网站", "/bmwz/")))
        crawled(site, tmp_path)
    assert "GET /bmwz/" not in site.lines


def test_a_column_that_moved_is_looked_for_though_other_reports_are_found(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021, 2022)
        links = [("政府信息公开年报", COLUMN), ("部门年报", "/zwgk/bm/gknb/")]
        site.put("/zwgk/", "政务公开", items(*links))
        report = "/jyj/202201/t20220110_1.html"
        site.put("/zwgk/bm/gknb/", "年报", items((title(2021, "试验区教育局"), report)))
        site.put(report, title(2021, "试验区教育局"), "<p>正文</p>")
        site.put("/a/", "公开", "<p>无</p>")  # whose turn comes first
        site.put("/", "试验区", items(("信息公开", "/a/"), ("政务公开", "/zwgk/")))
        assert crawled(site, tmp_path).found == 3
        site.answers["/zwgk/new/list.html"] = site.answers.pop(COLUMN)
        links[0] = ("政府信息公开年报", "/zwgk/new/list.html")
        site.put("/zwgk/", "政务公开", items(*links))
        summary = crawled(site, tmp_path)
    assert summary.found == 3
    assert "GET /zwgk/new/list.html" in site.lines


def test_a_small_home_page_whose_links_are_dead_is_not_called_gone(tmp_path: Path) -> None:
    with serving() as site:
        site.answers["/"] = Answer(page("试验区", items(("进入", "/old/"), ("旅游", "/ly/"))))
        summary = crawled(site, tmp_path)
    assert summary.problems == [
        f"试验区: no column of annual reports (政府信息公开年报) found from {site.url}"
    ]


@pytest.mark.parametrize(("unrendered", "said"), [(["x"], "3 pages need"), ([], "2 reports need")])
def test_reports_that_wait_for_a_browser_are_said(unrendered: list[str], said: str) -> None:
    portal = Portal("p1", None, "试验区", "http://a.gov.cn/")
    state = PortalState(portal, CrawlOptions(), PortalSummary(portal), {"a.gov.cn"})
    state.parked = [Ask("p1", f"http://a.gov.cn/{number}.html", "report") for number in range(2)]
    state.unrendered = unrendered
    state.ended()
    assert said in state.summary.problems[0]


def test_what_only_a_list_that_is_gone_named_is_counted_no_more() -> None:
    portal = Portal("p1", None, "试验区", "http://a.gov.cn/")
    state = PortalState(portal, CrawlOptions(), PortalSummary(portal), {"a.gov.cn"})
    asked, held = (
        Capture(
            id=f"id{path}",
            run="run",
            portal="p1",
            url=f"http://a.gov.cn/{path}",
            method="GET",
            fetched_at="2026-11-20T06:46:35Z",
            http_status=200,
            media_type="text/html",
            sha256=f"sha{path}",
            bytes=7,
            warc="w.warc.gz",
            offset=0,
            length=7,
            role="report",
        )
        for path in ("1.html", "2.html")
    )
    state.left_alone.add(held.url)
    for capture in (asked, held):
        state.found(Ask("p1", capture.url, "report"), capture)
    assert (state.summary.found, state.summary.held, state.summary.ways) == (2, 1, {"links": 2})
    state.forget_held()
    assert (state.summary.found, state.summary.held, state.summary.ways) == (1, 0, {"links": 1})
    state.found(Ask("p1", held.url, "report"), held)  # another list names it after all
    assert (state.summary.found, state.summary.unchanged) == (2, 1)
