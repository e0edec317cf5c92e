"""Columns as other people build them: a report in place of a list, cut titles, failing data."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from small_portal import Answer, Asked, crawled, items, put_reports, serving, title

from archive import Archive
from crawler.browser.provider import find_browser

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SECTIONS = "<p>一、总体情况</p><p>二、主动公开政府信息情况</p><p>六、其他需要报告的事项</p>"


def reports(data: Path) -> set[str]:
    """The paths of the reports that were obtained."""
    with Archive(data, readonly=True) as archive:
        kept = [one for one in archive.captures(roles=["report"]) if one.reason is None]
    return {"/" + one.url.split("/", 3)[3] for one in kept}


def test_a_column_that_is_the_newest_report_beside_the_units(tmp_path: Path) -> None:
    def address(unit: str, year: int) -> str:
        return f"/report.jsp?area={unit}&year={year}"

    units = items(("试验区人民政府", address("1AX", 2021)), ("试验区财政局", address("2BX", 2021)))
    units += items(("信息公开指南", "/report.jsp?guide=1"))
    with serving() as site:
        for unit in ("1AX", "2BX"):
            for year in (2020, 2021):
                years = items(("2020", address(unit, 2020)), ("2021", address(unit, 2021)))
                site.put(address(unit, year), "信息公开年报", units + years + _SECTIONS)
        site.put("/zwgk/", "政务公开", items(("信息公开年报", address("1AX", 2021))))
        summary = crawled(site, tmp_path)
        expected = {address(unit, year) for unit in ("1AX", "2BX") for year in (2020, 2021)}
        assert not [line for line in site.lines if "guide" in line]
    assert reports(tmp_path) == expected
    assert summary.found == len(expected)


def test_titles_that_the_list_cuts_short_are_completed_by_their_pages(tmp_path: Path) -> None:
    column = "/zwgk/zfxxgknb/"
    whole = {
        f"{column}t20220110_1.html": "试验区发展和改革局2021年政府信息公开工作年度报告",
        f"{column}t20220110_2.html": "试验区发展和改革局2021年法治政府建设年度报告",
        f"{column}t20220110_3.html": "试验区财政局2021年政府信息公开工作年度报告解读",
        f"{column}t20220110_4.html": "试验区财政局2021年政府信息公开工作年度报告",
        f"{column}t20220110_5.html": "试验区发展和改革局2021年国有企业信息公开情况通报",
    }
    with serving() as site:
        for path, name in whole.items():
            around = items((f"{name}一", f"{column}t20220110_1.html"), ("2020年年报", column))
            around = "" if path.endswith("5.html") else around
            site.answers[path] = Answer(
                f"<html><head><title>试验区政府网</title></head><body><h2>{name}</h2><p>见附件</p>"
                f'<a href="/{path[-6]}.pdf">{name}.pdf</a>{around}</body></html>'
            )
        for number in "12345":
            site.answers[f"/{number}.pdf"] = Answer(b"%PDF-1.4 " + number.encode())
        cut = {path: f"{name[: 9 if '改革' in name else 21]}…" for path, name in whole.items()}
        site.put(column, "政府信息公开年报", items(*((text, path) for path, text in cut.items())))
        crawled(site, tmp_path)
    assert reports(tmp_path) == {f"{column}t20220110_1.html", f"{column}t20220110_4.html"}


@pytest.mark.skipif(find_browser() is None, reason="no browser on this machine")
def test_a_known_system_that_answers_otherwise_is_rendered(tmp_path: Path) -> None:
    script = (
        "window._CONFIG={SID:'7'};fetch('/gkmlpt/other/721').then(r=>r.json()).then(d=>{"
        "document.body.innerHTML=d.map(a=>`<a href='${a.url}'>${a.title}</a>`).join('')})"
    )
    path = "/content/post_1.html"
    with serving() as site:
        site.put("/zwgk/", "政务公开", items(("政府信息公开年报", "/gkmlpt/index#721")))
        site.answers["/gkmlpt/index"] = Answer(f"<html><body><script>{script}</script></body>")
        listed = json.dumps([{"title": title(2021), "url": path}])
        site.answers["/gkmlpt/other/721"] = Answer(listed, headers={"Content-Type": "text/json"})
        site.put(path, title(2021), _SECTIONS)
        crawled(site, tmp_path, browser=True)
    assert reports(tmp_path) == {path}


@pytest.mark.parametrize("refusal", [405, 404, 500])
def test_a_proxy_that_answers_the_wrong_method_with_an_error(tmp_path: Path, refusal: int) -> None:
    proxy, paths = "/module/web/jpage/dataproxy.jsp", {2021: "/a/1.html", 2020: "/a/2.html"}

    def island(year: int) -> str:
        row = f"<record><![CDATA[<a href='{paths[year]}'>{title(year)}</a>]]></record>"
        link = f'<a href="{proxy}?page=2&columnid=7"></a>'
        return (
            f"<datastore><nextgroup><![CDATA[{link}]]></nextgroup><recordset>{row}</recordset>"
            "</datastore>totalRecord:2"
        )

    def answer(asked: Asked) -> Answer:
        return Answer(island(2020)) if asked.line.startswith("POST") else Answer("", refusal)

    with serving() as site:
        site.put("/zwgk/zfxxgknb/", "年报", f"<script type='text/xml'>{island(2021)}</script>")
        site.answers[proxy] = answer
        for year, path in paths.items():
            site.put(path, title(year), _SECTIONS)
        summary = crawled(site, tmp_path)
    assert reports(tmp_path) == set(paths.values())
    assert not summary.problems


def test_a_proxy_that_obeys_only_the_third_way_is_asked_all_three(tmp_path: Path) -> None:
    proxy = "/module/web/jpage/dataproxy.jsp"

    def path(year: int) -> str:
        return f"/art/{year + 1}/1/29/art_1_{year}.html"

    def island(*years: int) -> str:
        rows = "".join(
            f"<record><![CDATA[<a href='{path(year)}'>{title(year)}</a>]]></record>"
            for year in years
        )
        return (
            f'<datastore><nextgroup><![CDATA[<a href="{proxy}?page=1&columnid=7"></a>]]>'
            f"</nextgroup><recordset>{rows}</recordset></datastore>"
        )

    def answer(asked: Asked) -> Answer:
        second = "page=2" in asked.line
        years = (2018, 2019) if second else () if "page=3" in asked.line else (2020, 2021)
        return Answer(island(*years))

    with serving() as site:
        script = f"<script type='text/xml'>{island(2020, 2021)}</script>"
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", script)
        site.answers[proxy] = answer
        for year in range(2018, 2022):
            site.put(path(year), title(year), _SECTIONS)
        crawled(site, tmp_path)
    assert reports(tmp_path) == {path(year) for year in range(2018, 2022)}


def test_a_home_page_that_calls_its_host_by_another_name(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        here = f"http://localhost:{site.port}"
        site.put("/index.html", "试验区人民政府", items(("政务公开", f"{here}/zwgk/")))
        site.answers["/"] = Answer(status=301, headers={"Location": f"{here}/index.html"})
        assert crawled(site, tmp_path).found == 1


def test_the_home_page_s_own_list_of_units_leads_to_their_columns(tmp_path: Path) -> None:
    units = {"jyj": "试验区教育局", "czj": "试验区财政局"}
    with serving() as site:
        put_reports(site, 2021)
        friends = items(*((name, f"/{key}/index.htm") for key, name in units.items()))
        site.put("/", "试验区人民政府", items(("政务公开", "/zwgk/")) + friends)
        site.put("/zwgk/", "政务公开", items(("信息公开年报", "/zwgk/zfxxgknb/")) + friends)
        for key in units:
            site.put(f"/{key}/index.htm", "首页", items(("信息公开", f"/{key}/xxgk.htm")))
            site.put(f"/{key}/xxgk.htm", "信息公开", items(("信息公开年报", f"/{key}/nb.htm")))
            report = f"/{key}/info/1/2.htm"
            site.put(f"/{key}/nb.htm", "年报", items(("2021年政府信息公开年报", report)))
            site.put(report, "2021年政府信息公开年报", _SECTIONS)
        assert crawled(site, tmp_path).found == 1 + len(units)


def test_a_report_that_two_columns_give_two_addresses_counts_once(tmp_path: Path) -> None:
    twice = ["/zwgk/zfxxgknb/t20220110_1.html", "/zwgk/bm/gknb/t20220110_7.html"]
    other = "/zwgk/bm/gknb/t20220110_8.html"
    name = title(2021, "试验区财政局")
    with serving() as site:
        site.put("/zwgk/", "政务公开", items(("信息公开年报", "/a/"), ("部门年报", "/b/")))
        site.put("/a/", "年报", items((name, twice[0])))
        site.put("/b/", "年报", items((name, twice[1]), (name, other)))
        for path in (*twice, other):
            site.put(path, name, _SECTIONS + ("<p>另</p>" if path == other else ""))
        first, second = crawled(site, tmp_path), crawled(site, tmp_path)
    assert (first.found, second.found, second.unchanged) == (2, 2, 2)
    assert reports(tmp_path) == {*twice, other}
    assert not second.problems


def test_a_session_in_every_address_is_told_by_its_changing(tmp_path: Path) -> None:
    visits = iter(range(10_000))

    def dressed(main: str) -> Callable[[Asked], Answer]:
        menu = items(
            ("首页", "/i.html?sid=V"), ("公开", "/gk.html?sid=V"), ("新闻", "/n.html?sid=V")
        )
        return lambda _: Answer(
            re.sub("sid=V", lambda _: f"sid={next(visits):08x}", f"<html><body>{menu}{main}")
        )

    with serving() as site:
        names = {year: f"/nb/{year}.html?c=7" for year in (2020, 2021)}
        listed = items(*((title(year), f"{path}&sid=V") for year, path in names.items()))
        site.answers["/"] = dressed("")
        site.answers["/gk.html"] = dressed(items(("信息公开年报", "/nb.html?sid=V")))
        site.answers["/nb.html"] = dressed(listed + items(("下一页", "/nb.html?page=2&sid=V")))
        site.answers["/nb.html?page=2"] = dressed(items((title(2019), "/nb/2019.html?c=7&sid=V")))
        for year in (2019, 2020, 2021):
            site.answers[f"/nb/{year}.html"] = dressed(_SECTIONS)
        summary = crawled(site, tmp_path)
        site.asked.clear()
        crawled(site, tmp_path)
        assert not [line for line in site.lines if "page=2" in line]
    assert summary.found == 3
    assert reports(tmp_path) == {f"/nb/{year}.html?c=7" for year in (2019, 2020, 2021)}


def test_the_number_of_a_section_is_no_session(tmp_path: Path) -> None:
    with serving() as site:
        for unit, sid in (("教育局", "4028a1"), ("财政局", "4028b2")):
            menu = items(("指南", f"/zn.jsp?sid={sid}"), ("信息公开年报", f"/nb.jsp?sid={sid}"))
            site.put(f"/{sid}/", f"{unit}信息公开", menu)
            path = f"/{sid}/t20220110_1.html"
            site.put(f"/nb.jsp?sid={sid}", "年报", items((title(2021, f"试验区{unit}"), path)))
            site.put(path, title(2021, f"试验区{unit}"), _SECTIONS)
        site.put("/", "试验区", items(("信息公开", "/4028a1/"), ("部门信息公开", "/4028b2/")))
        assert crawled(site, tmp_path).found == 2


def test_a_calendar_on_the_column_itself_is_no_list(tmp_path: Path) -> None:
    column = "/zwgk/zfxxgknb/1.html"
    days = items(*((str(day), f"{column}?d={day}") for day in range(1, 32)))
    days += items(("下一月", f"{column}?ym=2023-02"), ("<上月", f"{column}?p=2022-12"))
    path = "/zwgk/zfxxgknb/t20220110_1.html"
    older = "/zwgk/zfxxgknb/t20210110_1.html"
    with serving() as site:
        site.put("/zwgk/", "政务公开", items(("信息公开年报", column)))
        listed = items((f"2022-01-10 {title(2021, '')}", path), ("2", "/zwgk/zfxxgknb/2.html"))
        site.put(column, "年报", listed + days)
        site.put("/zwgk/zfxxgknb/2.html", "年报", items((f"[01-10]  {title(2020, '')}", older)))
        site.put(path, title(2021, ""), _SECTIONS)
        site.put(older, title(2020, ""), _SECTIONS)
        crawled(site, tmp_path)
        assert not [line for line in site.lines if "?" in line]
    assert reports(tmp_path) == {path, older}


@pytest.mark.parametrize("total", [{"total": 3}, {}], ids=["counted", "uncounted"])
def test_a_list_that_comes_as_a_script_needs_no_browser(
    tmp_path: Path, total: dict[str, int]
) -> None:
    paths = {year: f"/zwgk/{year}.html" for year in (2019, 2020, 2021)}
    records = [{"title": title(year), "url": path} for year, path in paths.items()]

    def answer(asked: Asked) -> Answer:
        first, last = map(int, re.findall(r"record=(\d+)", asked.line))
        data = json.dumps({"list": records[first - 1 : last], **total})
        return Answer(f"show({data});", headers={"Content-Type": "text/javascript"})

    source = "/getMessage.do?startrecord=1&endrecord=2&perpage=2&columnId=7&callback=show"
    with serving() as site:
        pager = "<a href='javascript:next()'>下一页</a>"
        site.put("/zwgk/zfxxgknb/", "年报", f"<script src='{source}'></script>{pager}")
        site.answers["/getMessage.do"] = answer
        for year, path in paths.items():
            site.put(path, title(year), _SECTIONS)
        summary = crawled(site, tmp_path)
    assert reports(tmp_path) == set(paths.values())
    assert summary.ways == {"json": 3}


def test_the_pages_behind_a_form_are_left_alone_while_the_first_is_unchanged(
    tmp_path: Path,
) -> None:
    column, last = "/zwgk/zfxxgknb/", 5

    def answer(asked: Asked) -> Answer:
        sent = parse_qs(asked.body.decode())
        number = int(sent["__EVENTARGUMENT"][0]) if sent else 1
        hidden = "".join(
            f"<input type='hidden' name='{name}' value='{number}'>"
            for name in ("__VIEWSTATE", "__EVENTTARGET", "__EVENTARGUMENT")
        )
        onward = f"<a href=\"javascript:__doPostBack('P','{number + 1}')\">下一页</a>"
        name = title(2020, f"第{number}镇人民政府")
        rows = items((name, f"{column}t20210110_{number}.html"))
        form = f"<form method='post' action='{column}'>{hidden}{rows}"
        return Answer(f"<html><body>{form}{onward if number < last else ''}</form></body></html>")

    with serving() as site:
        site.answers[column] = answer
        for number in range(1, last + 1):
            name = title(2020, f"第{number}镇人民政府")
            site.put(f"{column}t20210110_{number}.html", name, _SECTIONS)
        assert crawled(site, tmp_path).found == last
        assert sum(line.startswith("POST") for line in site.lines) == last - 1
        site.asked.clear()
        assert crawled(site, tmp_path).unchanged == last
        assert not [line for line in site.lines if line.startswith("POST")]


@pytest.mark.skipif(find_browser() is None, reason="no browser on this machine")
def test_pages_that_only_a_script_turns_are_turned_to_the_last(tmp_path: Path) -> None:
    paths = {year: f"/zwgk/t20220110_{year}.html" for year in (2019, 2020, 2021)}

    def answer(asked: Asked) -> Answer:
        number = "ABC".index(asked.line[-1]) if "?q=" in asked.line else 0
        rows = items((title(2021 - number), paths[2021 - number]))
        turn = f"<a href='#' onclick='turn({number + 1})'>下一页</a>" if number < 2 else ""
        script = "function turn(n){location.href='/zwgk/zfxxgknb/?q='+'ABC'.charAt(n)}"
        return Answer(f"<html><body>{rows}{turn}<script>{script}</script></body></html>")

    with serving() as site:
        site.answers["/zwgk/zfxxgknb/"] = answer
        for year, path in paths.items():
            site.put(path, title(year), _SECTIONS)
        crawled(site, tmp_path, browser=True)
    assert reports(tmp_path) == set(paths.values())


def test_a_report_behind_a_refresh_is_found_again(tmp_path: Path) -> None:
    column, files = "/zwgk/zfxxgknb/", {year: f"/files/{year}.pdf" for year in range(2015, 2022)}
    with serving() as site:
        for year, file in files.items():
            refresh = f"<meta http-equiv='refresh' content='0;url={file}'>"
            site.answers[f"{column}t{year}0110_1.html"] = Answer(f"<html><head>{refresh}</head>")
            site.answers[file] = Answer(b"%PDF-1.4 " + file.encode())
        rows = items(*((title(year), f"{column}t{year}0110_1.html") for year in files))
        site.put(column, "政府信息公开年报", rows)
        first, second = crawled(site, tmp_path), crawled(site, tmp_path)
    assert (first.found, second.found, second.unchanged) == (7, 7, 7)
    assert not second.problems


def test_bare_years_and_odd_names_are_settled_by_what_they_lead_to(tmp_path: Path) -> None:
    column = "/zwgk/zfxxgknb/"
    links = {
        "2021年": f"{column}202201/t20220110_1.html",
        "年度报告（2020）": "/xx/show.asp?id=3",
        "2019年统计年报": f"{column}202001/t20200110_4.html",
        "2018年年报": f"{column}201901/t20190110_5.html",
    }
    with serving() as site:
        for text, path in links.items():
            sections = "<p>全县工业总产值增长。</p>" if "统计" in text else _SECTIONS
            site.put(path, text, f'{sections}<a href="/f/{path[-6]}.pdf">附件.pdf</a>')
            site.answers[f"/f/{path[-6]}.pdf"] = Answer(b"%PDF-1.4 " + path.encode())
        site.put(column, "政府信息公开年报", items(*links.items()))
        crawled(site, tmp_path)
    assert reports(tmp_path) == {path for text, path in links.items() if "统计" not in text}


def test_a_width_that_cuts_titles_without_a_mark_is_told(tmp_path: Path) -> None:
    column = "/zwgk/zfxxgknb/"
    names = [title(year, "试验区市场监督管理局") for year in (2019, 2020, 2021)]
    names += ["试验区市场监督管理局2021年法治政府建设年度报告", "关于植树的通知"]
    paths = [f"{column}202201/t20220110_{number}.html" for number in range(len(names))]
    with serving() as site:
        for path, name in zip(paths, names, strict=True):
            site.put(path, name, "<p>见附件</p><a href='/f.pdf'>附件.pdf</a>")
        rows = [(name[:16], path) for path, name in zip(paths, names, strict=True)]
        site.put(column, "政府信息公开年报", items(*rows))
        site.answers["/f.pdf"] = Answer(b"%PDF-1.4 1")
        crawled(site, tmp_path)
        assert f"GET {paths[-1]}" not in site.lines
    assert reports(tmp_path) == set(paths[:3])
