"""What a rendered page asks for as data: told from run to run, learnt, and asked without it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, crawled, items, serving, title

from archive import Archive
from crawler.browser.data import same_substance, without_moment
from crawler.browser.provider import find_browser
from crawler.discovery.page import Page

if TYPE_CHECKING:
    from pathlib import Path

    from small_portal import Asked

needs_browser = pytest.mark.skipif(find_browser() is None, reason="no browser on this machine")
HOST = "http://www.example.gov.cn"
COLUMN = "/zwgk/zfxxgknb/"


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("/d.jsp?callback=cb&nd=2024&_=1795180847973", "/d.jsp?callback=cb&nd=2024&_=0"),
        ("/d.jsp?t=1795180847&nd=2024", "/d.jsp?t=0&nd=2024"),
        ("/d.jsp?rnd=0.7391845", "/d.jsp?rnd=0"),
        ("/d.jsp?t=2&id=1795180847973", "/d.jsp?t=2&id=1795180847973"),
        ("/d.jsp?t=1795180847973&sign=ab12", "/d.jsp?t=1795180847973&sign=ab12"),
    ],
)
def test_the_time_in_an_address_is_left_out_unless_it_is_signed(url: str, same: str) -> None:
    assert without_moment(HOST + url) == HOST + same


def test_data_is_the_same_whatever_its_counters_say() -> None:
    def data(name: str, hits: int, at: str) -> Page:
        rows = [{"id": 7, "bt": name, "hits": hits, "pd": at}]
        return Page(HOST, json.dumps({"ts": hits, "data": {"rows": rows}}))

    assert same_substance(data(title(2021), 3, "10:01"), data(title(2021), 4, "10:02"))
    assert not same_substance(data(title(2021), 3, "10:01"), data(title(2022), 3, "10:01"))


def articles(asked: Asked) -> Answer:
    """The article whose number was posted."""
    number = json.loads(asked.body)["id"]
    text = (
        f"<p>一、总体情况</p><p>{number} 年主动公开政府信息。</p><p>二、主动公开政府信息情况</p>"
        "<p>三、收到和处理政府信息公开申请情况</p><p>四、存在的主要问题</p>"
    )
    data = {"data": {"title": title(number), "content": text}}
    return Answer(json.dumps(data), headers={"Content-Type": "application/json"})


@needs_browser
@pytest.mark.browser
def test_reports_that_a_script_posts_for_are_asked_so_once_one_was_rendered(
    tmp_path: Path,
) -> None:
    years = range(2019, 2023)
    with serving() as site:
        links = [(title(year), f"/art/{year}.html") for year in years]
        site.put(COLUMN, "政府信息公开年报", items(*links))
        for year in years:
            script = (
                "<div id='c'></div><script>fetch('/api/detail',{method:'POST',headers:"
                f"{{'Content-Type':'application/json'}},body:JSON.stringify({{id:{year}}})}})"
                ".then(r=>r.json()).then(d=>{document.getElementById('c').innerHTML="
                "d.data.content})</script>"
            )
            site.put(f"/art/{year}.html", "详情", script)
        site.answers["/api/detail"] = articles
        first = crawled(site, tmp_path, browser=True)
        asked = len(site.lines)
        again = crawled(site, tmp_path, browser=True)
    with Archive(tmp_path, readonly=True) as archive:
        kept = [one for one in archive.captures(roles=["report"]) if one.reason is None]
    assert (first.found, first.new, first.problems) == (4, 4, [])
    assert {(one.method, one.url) for one in kept} == {("POST", f"{site.url}api/detail")}
    assert len({one.sha256 for one in kept if one.run == first.run}) == 4
    assert (again.found, again.unchanged) == (4, 4)
    assert len(site.lines) - asked <= 6


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize(
    "script",
    [
        "location.href='http://127.0.0.9:9/x'.concat('')",
        "setInterval(function(){location.href='http://127.0.0.9:9/x'},50)",
        "setInterval(function(){location.reload()},50)",
    ],
)
def test_a_page_that_insists_on_leaving_is_left(tmp_path: Path, script: str) -> None:
    with serving() as site:
        site.answers[COLUMN] = Answer(f"<html><head><script>{script}</script></head></html>")
        summary = crawled(site, tmp_path, browser=True)
    column = f"{site.url[:-1]}{COLUMN}"
    assert len(summary.problems) == 1
    assert summary.problems[0] in {  # a slow machine may not see it still for a moment
        f"试验区: the column of annual reports lists none: {column}",
        f"试验区: the list 政府信息公开年报 ({column}): Error: the page does not come to rest",
    }


@needs_browser
@pytest.mark.browser
def test_rows_whose_mark_a_script_leads_by_are_followed_after_one_press(tmp_path: Path) -> None:
    years = range(2012, 2022)
    with serving() as site:
        rows = "".join(
            f'<tr class="row" data-id="a{year}b"><td>{year - 2011}</td><td>{title(year)}</td></tr>'
            for year in years
        )
        script = (
            "<script>document.querySelectorAll('tr.row').forEach(function(e){e.addEventListener("
            "'click',function(){location.href='/info/'+this.dataset.id})})</script>"
        )
        pager = f'<a href="{COLUMN}index_2.html">下一页</a>'
        site.put(COLUMN, "政府信息公开年报", f"<table>{rows}</table>{pager}{script}")
        for year in years:
            site.put(f"/info/a{year}b", title(year), "<p>正文</p>")
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == 10
