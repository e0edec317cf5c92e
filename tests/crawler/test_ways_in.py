# ruff: noqa: E501 - recorded markup, one a line
"""Every way a portal leads to its reports, or hides them: from the home page to the title."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, crawled, items, page, put_reports, serving, title

from archive import Archive

if TYPE_CHECKING:
    from pathlib import Path

COLUMN = "/zwgk/zfxxgknb/"
REPORT = f"{COLUMN}202201/t20220120_2021.html"

HOMES = {
    "a link": '<a href="/zwgk/zfxxgknb/">政府信息公开年报</a>',
    "a picture": '<a href="/zwgk/zfxxgknb/"><img src="/n.png" alt="信息公开年报"></a>',
    "the address alone": '<a href="/zwgk/zfxxgknb/"><img src="/n.png"></a>',
    "a heading and 更多": '<div><h3>政府信息公开年报</h3><a href="/c/12.jsp">更多&gt;&gt;</a></div>',
    "a handler": "<li onclick=\"window.location.href='/zwgk/zfxxgknb/'\">信息公开年报</li>",
    "a script address": "<a href=\"javascript:window.open('/zwgk/zfxxgknb/')\">信息公开年报</a>",
    "an inline script": "<script>document.write('<a href=\"/zwgk/zfxxgknb/\">年报</a>')</script>",
    "a data attribute": '<div class="menu" data-url="/zwgk/zfxxgknb/">信息公开年报</div>',
    "a menu file": '<script src="/js/x.js"></script>',
    "a menu file beside a dead end": '<a href="/dead/">政务公开</a><script src="/js/x.js"></script>',
    "a frame": "<iframe src='/main.html'></iframe>",
    "a splash page": "<script>window.location.href='/main.html'</script>",
    "a refresh": "<meta http-equiv='refresh' content='0; url=/main.html'>",
    "a site map": '<a href="/map.html">网站地图</a>',
    "a select": "<select><option value='/zwgk/zfxxgknb/'>信息公开年报</option></select>",
    "another year's column": '<a href="/zwgk/zfxxgknb/">2021年政府信息公开年报</a>',
    "a hub of units": '<a href="/zwgk/">政务公开</a><a href="/bm/">部门信息公开</a>',
}


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES.keys())
def test_from_the_home_page(tmp_path: Path, home: str) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.put("/zwgk/", "政务公开", "<p>没有内容</p>")
        site.answers["/c/12.jsp"] = site.answers[COLUMN]
        script = 'var menu = {items: [{"title": "政府信息公开年报", "link": "/zwgk/zfxxgknb/"}]};'
        site.answers["/js/x.js"] = Answer(script, headers={"Content-Type": "text/javascript"})
        site.put("/main.html", "首页", '<a href="/zwgk/zfxxgknb/">政府信息公开年报</a>')
        site.put("/map.html", "网站地图", '<a href="/zwgk/zfxxgknb/">政府信息公开年报</a>')
        site.put("/bm/", "部门信息公开", '<a href="/zwgk/zfxxgknb/">年度报告</a>')
        site.answers["/"] = Answer(f"<html><body>{home}</body></html>")
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    with Archive(tmp_path, readonly=True) as archive:
        (report,) = archive.captures(roles=["report"])
    assert report.link_text == title(2021)


LISTS = {
    "a plain list": items((title(2021), REPORT)),
    "a row and 查看": f"<table><tr><td>{title(2021)}</td><td><a href='{REPORT}'>查看</a></td></tr></table>",
    "a row and 下载": f"<ul><li><span>{title(2021)}</span> <a href='{REPORT}'>[下载]</a></li></ul>",
    "a title attribute": f"<a href='{REPORT}' title='{title(2021)}'>试验区2021年…</a>",
    "a handler": f"<a href='javascript:;' onclick=\"openUrl('{REPORT}')\">{title(2021)}</a>",
    "a frame": "<iframe src='/list/12.jsp'></iframe>",
    "a script that writes": f"<script>document.write(\"<a href='{REPORT}'>{title(2021)}</a>\")</script>",
    "data in a script": f"<script>var d=[{{title:'{title(2021)}',url:'{REPORT}'}}]</script>",
    "an island": "<script type='text/xml'><datastore><recordset><record><![CDATA[<a href='"
    f"{REPORT}'>{title(2021)}</a>]]></record></recordset></datastore></script>",
    "a child by unit": items(("区政府", "./qzf/")),
    "a child by year": items(("2021年", "/other/2021/")),
    "a later page": f"{items(('关于植树', '/a/t20220101_3.html'))}<a href='list_2.html'>下一页</a>",
}


@pytest.mark.parametrize("main", LISTS.values(), ids=LISTS.keys())
def test_from_the_column(tmp_path: Path, main: str) -> None:
    with serving() as site:
        put_reports(site, 2021)
        known = site.answers[COLUMN]
        for path in ("/list/12.jsp", f"{COLUMN}qzf/", "/other/2021/", f"{COLUMN}list_2.html"):
            site.answers[path] = known
        site.put(COLUMN, "政府信息公开年报", main)
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    with Archive(tmp_path, readonly=True) as archive:
        (report,) = archive.captures(roles=["report"])
    assert report.link_text == title(2021)


REPORTS = {
    "a link": '<a href="/f/1.pdf">附件：年报.pdf</a>',
    "a viewer": '<iframe src="/pdfjs/viewer.html?file=/f/1.pdf"></iframe>',
    "a viewer of its own": '<iframe src="/show/77"></iframe>',
    "an object": '<object data="/f/1.pdf"></object>',
    "a script": "<div id='p'></div><script>PDFObject.embed('/f/1.pdf', '#p')</script>",
    "a window": "<a href='javascript:;' onclick=\"window.open('/f/1.pdf')\">查看全文</a>",
    "a picture": "<div id='zoom'><img src='/f/1.jpg'></div>",
}


@pytest.mark.parametrize("main", REPORTS.values(), ids=REPORTS.keys())
def test_from_the_report_to_its_file(tmp_path: Path, main: str) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.put(REPORT, title(2021), main)
        site.put("/show/77", "", '<embed src="/f/1.pdf">')
        site.answers["/f/1.pdf"] = Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
        site.answers["/f/1.jpg"] = Answer(b"\xff\xd8\xff\xe0", headers={})
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (1, [])
    with Archive(tmp_path, readonly=True) as archive:
        kept = [
            capture.url.rpartition("/")[2] for capture in archive.captures(roles=["attachment"])
        ]
    assert "1.pdf" in kept or "1.jpg" in kept


def test_a_report_in_several_pages_is_kept_whole(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        pager = '<script>createPageHTML(3, 0, "t20220120_2021", "html")</script>'
        site.put(REPORT, title(2021), f"<p>第一页</p>{pager}")
        for number in (1, 2):
            path = REPORT.replace(".html", f"_{number}.html")
            site.put(path, title(2021), f"<p>{number}</p>")
        crawled(site, tmp_path)
    with Archive(tmp_path, readonly=True) as archive:
        kept = [(c.url.rpartition("/")[2], c.via) for c in archive.captures(roles=["attachment"])]
    at = f"{site.url[:-1]}{REPORT}"
    assert sorted(kept) == [(f"t20220120_2021_{n}.html", at) for n in (1, 2)]


def test_a_title_without_year_and_unit_is_a_report_where_its_page_says_so(tmp_path: Path) -> None:
    with serving() as site:
        paths = [f"{COLUMN}202{n}01/t202{n}0120_{n}.html" for n in (1, 2, 3)]
        site.put(
            COLUMN, "政府信息公开年报", items(*(("政府信息公开工作年度报告", p) for p in paths))
        )
        site.put(paths[0], "2020年政府信息公开工作年度报告", "<p>正文</p>")
        site.put(paths[1], "年度报告", '<a href="/f/1.pdf">附件：报告.pdf</a>')
        site.put(paths[2], "栏目说明", "<p>本栏目公开历年的报告。</p>")
        site.answers["/f/1.pdf"] = Answer(b"%PDF-1.4", headers={})
        summary = crawled(site, tmp_path)
    assert summary.found == 2


def test_the_column_itself_can_be_the_portal(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        portal = site.portal()
        site.portal = lambda: type(portal)("p1", None, "x", f"{site.url}zwgk/zfxxgknb/")  # type: ignore[method-assign]
        summary = crawled(site, tmp_path)
    assert summary.found == 2


def test_a_json_list_is_paged_to_its_end(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, *range(2010, 2020))
        links = [(title(y), f"{COLUMN}{y + 1}01/t{y + 1}0120_{y}.html") for y in range(2010, 2020)]
        site.put("/", "首页", items(("政府信息公开年报", "/gkmlpt/index#721")))
        config = "<div id='app'></div><script>window._CONFIG = {SID: '755001'}</script>"
        site.answers["/gkmlpt/index"] = Answer(page("公开", config))
        for number in (1, 2):
            part = links[(number - 1) * 5 : number * 5]
            answer = {"total": 110, "articles": [{"title": t, "url": u} for t, u in part]}
            site.answers[f"/gkmlpt/api/all/721?page={number}&sid=755001"] = Answer(
                json.dumps(answer), headers={"Content-Type": "application/json"}
            )
        summary = crawled(site, tmp_path)
    assert summary.found == 10
    assert summary.portals[0].ways == {"gkmlpt": 10}


def test_a_portal_that_turns_us_away_again_and_again_is_left_alone(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, *range(2008, 2024))
        for path in [path for path in site.answers if "/t20" in path]:
            site.answers[path] = Answer("<html><body>访问过于频繁</body></html>")
        summary = crawled(site, tmp_path)
    assert sum("/t20" in line for line in site.lines) <= 6
    assert "left alone" in summary.problems[-1]


def test_a_home_page_that_moved_within_the_government_is_followed(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as other:
        site.answers["/"] = Answer("", 302, {"Location": other.url})
        summary = crawled(site, tmp_path)
    assert other.lines == []
    assert "redirects to another site" in summary.problems[0]
