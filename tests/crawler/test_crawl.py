from __future__ import annotations

from typing import TYPE_CHECKING

from small_portal import Answer, crawled, items, page, put_reports, serving, title

from archive import Archive
from crawler.model import CrawlOptions, Portal
from crawler.run import crawl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from small_portal import Asked


def captures(data: Path, *roles: str) -> list[tuple[str, str | None, str | None]]:
    with Archive(data, readonly=True) as archive:
        return [
            (capture.url.split("/", 3)[3], capture.link_text, capture.reason)
            for capture in archive.captures()
            if capture.role in roles
        ]


def test_from_the_home_page_to_a_report_and_its_file(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        path = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
        site.put(path, title(2021), '<p>见附件</p><a href="./P0202201.pdf">附件：年度报告.pdf</a>')
        file = Answer(b"%PDF-1.4 demo", headers={"Content-Type": "application/pdf"})
        site.answers["/zwgk/zfxxgknb/202201/P0202201.pdf"] = file
        summary = crawled(site, tmp_path)
    assert summary.problems == []
    assert (summary.found, summary.new, summary.failed) == (1, 1, 0)
    assert captures(tmp_path, "report") == [(path[1:], title(2021), None)]
    assert captures(tmp_path, "attachment") == [
        ("zwgk/zfxxgknb/202201/P0202201.pdf", "附件：年度报告.pdf", None)
    ]
    with Archive(tmp_path, readonly=True) as archive:
        attachment = next(archive.captures(roles=["attachment"]))
        assert attachment.via == f"{site.url[:-1]}{path}"
        assert attachment.robots == "no robots.txt"
        assert archive.content(attachment) == b"%PDF-1.4 demo"


def test_the_list_keeps_its_full_titles_though_it_shows_them_cut(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        site.put(
            "/zwgk/zfxxgknb/",
            "政府信息公开年报",
            f'<a href="./202201/t20220120_2021.html" title="{title(2021)}">试验区2021年政…</a>',
        )
        crawled(site, tmp_path)
    assert [text for _, text, _ in captures(tmp_path, "report")] == [title(2021)]


def test_look_alikes_and_other_articles_are_not_asked_for(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        known = site.answers["/zwgk/zfxxgknb/"]
        assert isinstance(known, Answer)
        others = items(
            ("试验区2021年政府信息公开工作年度报告解读", "/zwgk/zfxxgknb/202202/t20220201_7.html"),
            ("试验区2021年法治政府建设年度报告", "/zwgk/zfxxgknb/202202/t20220201_8.html"),
        )
        site.answers["/zwgk/zfxxgknb/"] = Answer(f"{known.body!s}{others}")
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    assert not any("t20220201" in line for line in site.lines)


def test_sub_columns_by_year_and_by_unit_are_read(tmp_path: Path) -> None:
    with serving() as site:
        links = items(("2020年", "./2020/"), ("区直部门", "./bm/"), ("办事指南", "/bszn/"))
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", links)
        site.put("/zwgk/zfxxgknb/2020/", "2020年", items((title(2020), "./t20210120_1.html")))
        unit = items((title(2020, "试验区教育局"), "./t20210120_2.html"))
        site.put("/zwgk/zfxxgknb/bm/", "区直部门", unit)
        for path in ("/zwgk/zfxxgknb/2020/t20210120_1.html", "/zwgk/zfxxgknb/bm/t20210120_2.html"):
            site.put(path, "报告", "<p>正文</p>")
        summary = crawled(site, tmp_path)
    assert summary.found == 2
    assert not any("bszn" in line for line in site.lines)


def test_a_second_crawl_finds_everything_unchanged_and_asks_conditionally(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        path = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
        whole = Answer(page(title(2021), "<p>正文</p>"), headers={"ETag": '"v1"'})
        site.answers[path] = lambda asked: (
            Answer(status=304) if asked.headers.get("If-None-Match") == '"v1"' else whole
        )
        first = crawled(site, tmp_path)
        second = crawled(site, tmp_path)
        put_reports(site, 2020, 2021)
        third = crawled(site, tmp_path)
    assert (first.found, first.new, first.unchanged) == (2, 2, 0)
    assert (second.found, second.new, second.unchanged) == (2, 0, 2)
    assert (third.found, third.new, third.unchanged) == (2, 1, 1)
    with Archive(tmp_path, readonly=True) as archive:
        statuses = [c.http_status for c in archive.captures() if c.url.endswith(path)]
        assert statuses == [200, 304, 200]
        assert [run.found for run in archive.runs()] == [2, 2, 2]


def test_what_is_gone_is_said_and_not_counted(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2017, 2018, 2019, 2020)
        error = page("提示", "<p>您访问的页面不存在</p>")
        gone = "/zwgk/zfxxgknb/201801/t20180120_2017.html"
        soft = "/zwgk/zfxxgknb/201901/t20190120_2018.html"
        moved = "/zwgk/zfxxgknb/202001/t20200120_2019.html"
        site.answers[gone] = Answer("", 404)
        site.answers[soft] = Answer(error)
        site.answers[moved] = Answer("", 301, {"Location": "/"})
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 3)
    for reason in ("HTTP 404", "redirect to the home page", "soft 404"):
        assert sum(reason in line for line in summary.problems) == 1
    kept = {url: reason for url, _, reason in captures(tmp_path, "report")}
    assert kept[soft[1:]] == "soft 404"


def test_a_soft_404_without_any_words_is_known_from_a_probe(tmp_path: Path) -> None:
    with serving() as site:
        long = "<p>热点导航 政务公开 办事服务 互动交流 数据开放</p>" * 40
        site.otherwise = Answer(page("试验区人民政府门户网站", long))
        put_reports(site, 2020, 2021)
        del site.answers["/zwgk/zfxxgknb/202101/t20210120_2020.html"]
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 1)
    assert "soft 404" in summary.problems[0]
    assert len(captures(tmp_path, "probe")) == 1


def test_menu_links_that_only_scripts_hold_are_read(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        script = "<div id='nav'></div><script src='/js/menu.js'></script>"
        site.put("/", "试验区", script)
        site.answers["/js/menu.js"] = Answer(
            'var menu=[{"name":"\\u653f\\u52a1\\u516c\\u5f00","url":"\\/zwgk\\/"},'
            '{"name":"新闻","url":"/news/"}];'
        )
        summary = crawled(site, tmp_path)
    assert summary.found == 1


def test_a_title_that_may_be_the_column_or_a_report_is_settled_by_its_page(tmp_path: Path) -> None:
    with serving() as site:
        sections = "".join(
            f"<p>{name}</p>"
            for name in ("一、总体情况", "三、收到和处理政府信息公开申请情况", "五、存在的主要问题")
        )
        links = items(
            ("2019年度报告", "./201901/t20200120_1.html"), ("关于年报的说明", "./201901/t1.html")
        )
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", links)
        site.put("/zwgk/zfxxgknb/201901/t20200120_1.html", "2019年度报告", sections)
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    assert captures(tmp_path, "report")[0][1] == "2019年度报告"


def test_gbk_pages_without_a_declaration_are_read(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        for path in ("/", "/zwgk/", "/zwgk/zfxxgknb/"):
            known = site.answers[path]
            assert isinstance(known, Answer)
            site.answers[path] = Answer(str(known.body).encode("gb18030"), headers={})
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    assert captures(tmp_path, "report")[0][1] == title(2021)


def test_other_sites_are_not_followed_and_that_is_said(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as other:
        put_reports(other, 2021)
        site.put("/", "首页", items(("政府信息公开年报", f"{other.url}zwgk/zfxxgknb/")))
        summary = crawled(site, tmp_path)
    assert other.lines == []
    assert any("127.0.0.2" in line and "not followed" in line for line in summary.problems)


def test_several_portals_in_one_crawl_are_counted_apart(tmp_path: Path) -> None:
    with serving() as one, serving("127.0.0.3") as two:
        put_reports(one, 2020, 2021)
        portals = [one.portal(), Portal("p2", None, "又一区", two.url)]
        summary = crawl(
            portals, tmp_path, CrawlOptions(delay=0.0, allow_private=True, browser=False)
        )
    assert [portal.found for portal in summary.portals] == [2, 0]
    assert summary.problems == [
        f"又一区: the column of annual reports lists none: {two.url}zwgk/zfxxgknb/"
    ]


def test_a_portal_that_does_not_answer_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as site:
        pass
    summary = crawled(site, tmp_path)
    assert summary.problems == [f"试验区: the home page ({site.url}): connection refused"]
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err + shown.out
    assert shown.out == ""


def test_nothing_of_scrapy_reaches_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving() as site:
        put_reports(site, 2021)
        summary = crawled(site, tmp_path)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert "scrapy" not in shown.err.lower()
    assert "试验区" in shown.err
    log = (tmp_path / "logs" / f"{summary.run}.log").read_text("utf-8")
    assert "Spider closed (finished)" in log


def test_bounds_are_kept_and_said(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, *range(2008, 2024))
        summary = crawled(site, tmp_path, max_requests=8)
    assert len(site.lines) <= 9  # robots.txt counts too
    assert any("stopped at 8 requests" in line for line in summary.problems)


def test_who_has_no_cookie_is_sent_to_the_same_address_with_one(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)

        def guarded(answer: Answer) -> Callable[[Asked], Answer]:
            def greet(asked: Asked) -> Answer:
                where = asked.line.split(" ")[1]
                headers = {"Location": where, "Set-Cookie": "JSID=abc; Path=/"}
                known = "JSID=abc" in asked.headers.get("Cookie", "")
                return answer if known else Answer("", 302, headers)

            return greet

        for path, answer in list(site.answers.items()):
            assert isinstance(answer, Answer)
            site.answers[path] = guarded(answer)
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    assert summary.problems == []


def test_a_page_that_leads_to_itself_is_asked_once(tmp_path: Path) -> None:
    with serving() as site:
        site.answers["/"] = Answer("", 302, {"Location": "/"})
        summary = crawled(site, tmp_path)
    assert site.lines.count("GET /") == 1
    assert "redirects without end" in summary.problems[0]
