from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, SmallPortal, crawled, page, put_reports, serving, title

from archive import Archive
from archive.verify import verify
from crawler.browser.provider import OWN, find_browser

if TYPE_CHECKING:
    from pathlib import Path

needs_browser = pytest.mark.skipif(find_browser() is None, reason="no browser on this machine")
REPORT = "/zwgk/zfxxgknb/202201/t20220120_2021.html"


def put_scripted_column(site: SmallPortal, more: str = "") -> None:
    """A column whose list comes as JSON by a script and is paged by a script."""
    put_reports(site, 2019, 2020, 2021)
    paths = {
        year: f"/zwgk/zfxxgknb/{year + 1}01/t{year + 1}0120_{year}.html"
        for year in (2019, 2020, 2021)
    }
    rows = [[[title(2021), paths[2021]]], [[title(2020), paths[2020]], [title(2019), paths[2019]]]]
    for number, row in enumerate(rows, start=1):
        data = json.dumps({"rows": [[text, path[::-1]] for text, path in row]})
        site.answers[f"/api/list?page={number}"] = Answer(
            data, headers={"Content-Type": "application/json"}
        )
    site.answers["/js/list.js"] = Answer(
        """
        var at=1;function load(){fetch('/api/list?page='+at).then(r=>r.json()).then(d=>{
        document.getElementById('l').innerHTML=d.rows.map(r=>
        '<a href="'+r[1].split('').reverse().join('')+'">'+r[0]+'</a>').join('')})}
        function next(){if(at<2){at++;load()}} load();
        """,
        headers={"Content-Type": "text/javascript"},
    )
    list_ = '<div id="l"></div><a href="javascript:next()">下一页</a>'
    script = '<script src="/js/list.js"></script>'
    site.put("/zwgk/zfxxgknb/", "政府信息公开年报", f"{list_}{script}{more}")


@needs_browser
@pytest.mark.browser
def test_a_list_that_only_scripts_make_is_rendered_and_paged(tmp_path: Path) -> None:
    with serving() as site:
        put_scripted_column(site)
        summary = crawled(site, tmp_path, browser=True)
    assert summary.problems == []
    assert (summary.found, summary.portals[0].ways) == (3, {"browser": 3})
    with Archive(tmp_path, readonly=True) as archive:
        kept = {capture.url.split("/", 3)[3]: capture.role for capture in archive.captures()}
    assert kept["api/list?page=2"] == "list"
    assert kept["js/list.js"] == "list"
    # The page itself is kept as the portal sent it, once.
    assert site.lines.count("GET /zwgk/zfxxgknb/") == 1


def test_without_a_browser_the_rest_works_and_what_was_left_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANBAO_CHROMIUM", "/no/such/browser")
    with serving() as site:
        put_scripted_column(site)
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == 0
    needed = "1 page needs a browser and there is none (or it is switched off)"
    assert summary.problems == [f"试验区: {needed}: {site.url}zwgk/zfxxgknb/"]


def test_a_browser_that_does_not_start_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken-browser"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("NIANBAO_CHROMIUM", str(broken))
    with serving() as site:
        put_scripted_column(site)
        summary = crawled(site, tmp_path / "data", browser=True)
    assert len(summary.problems) == 1
    assert "browser" in summary.problems[0]
    assert "\n" not in summary.problems[0]


ATTACKS = """
<img src="{inner}img.png"><iframe src="{inner}frame"></iframe>
<link rel=stylesheet href="{inner}a.css"><link rel=prefetch href="{inner}prefetch">
<link rel=dns-prefetch href="//{host}"><link rel=preconnect href="{inner}">
<script src="{inner}x.js"></script><object data="{inner}o.pdf"></object>
<video src="{inner}v.mp4"></video>
<script>
try {{ new WebSocket("ws://{host}/ws") }} catch (e) {{}}
try {{ new EventSource("{inner}events") }} catch (e) {{}}
try {{ navigator.sendBeacon("{inner}beacon", "x") }} catch (e) {{}}
fetch("{inner}fetch", {{mode: "no-cors"}}).catch(() => 0);
var x = new XMLHttpRequest(); x.open("GET", "{inner}xhr"); try {{ x.send() }} catch (e) {{}}
try {{ navigator.serviceWorker.register("/sw.js") }} catch (e) {{}}
try {{ new Worker("/w.js") }} catch (e) {{}}
try {{ var p = new RTCPeerConnection({{iceServers: [
{{urls: "turn:{host}?transport=tcp", username: "a", credential: "b"}}]}});
p.createDataChannel("x"); p.createOffer().then(o => p.setLocalDescription(o)) }} catch (e) {{}}
try {{ window.open("{inner}window") }} catch (e) {{}}
fetch("/redirect").catch(() => 0);
var f = document.createElement("iframe"); f.src = "file:///etc/passwd";
document.body.appendChild(f);
setTimeout(function () {{ location = "{inner}navigate" }}, 300);
</script>
"""


@needs_browser
@pytest.mark.browser
def test_a_hostile_page_reaches_nothing_from_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.guard.is_public", lambda address: address == "127.0.0.1")
    with serving() as site, serving("127.0.0.2") as inner:
        host = f"127.0.0.2:{inner.port}"
        put_scripted_column(site, ATTACKS.format(inner=inner.url, host=host))
        worker = f"fetch('{inner.url}worker'); new WebSocket('ws://{host}/ws')"
        script = {"Content-Type": "text/javascript"}
        site.answers["/sw.js"] = site.answers["/w.js"] = Answer(worker, headers=script)
        site.answers["/redirect"] = Answer("", 302, {"Location": f"{inner.url}redirected"})
        summary = crawled(site, tmp_path, browser=True, allow_private=False)
    assert inner.connections == 0
    assert summary.found >= 1


@needs_browser
@pytest.mark.browser
def test_a_page_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.browser.handler.RENDER_SECONDS", 3.0)
    with serving() as site:
        put_reports(site, 2021)
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", "<script>while(true){}</script>")
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == 0
    assert len(summary.problems) == 1
    assert "no answer in time" in summary.problems[0]


@needs_browser
@pytest.mark.browser
def test_what_robots_txt_forbids_the_browser_does_not_get_either(tmp_path: Path) -> None:
    with serving() as site:
        put_scripted_column(site)
        site.answers["/robots.txt"] = Answer("User-agent: *\nDisallow: /api/\n", headers={})
        summary = crawled(site, tmp_path, browser=True)
    assert not any("/api/" in line for line in site.lines)
    assert summary.found == 0


def test_the_order_in_which_a_browser_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(name: str) -> str:
        path = tmp_path / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return str(path)

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "own"))
    monkeypatch.delenv("NIANBAO_CHROMIUM", raising=False)
    assert find_browser() is None
    (tmp_path / "own" / "chromium-1").mkdir(parents=True)
    assert find_browser() == OWN
    chrome = put("google-chrome")
    assert find_browser() == chrome
    chromium = put("chromium")
    assert find_browser() == chromium
    named = put("my-browser")
    monkeypatch.setenv("NIANBAO_CHROMIUM", named)
    assert find_browser() == named
    monkeypatch.setenv("NIANBAO_CHROMIUM", str(tmp_path / "none"))
    assert find_browser() is None


def test_pages_with_articles_are_not_rendered(tmp_path: Path) -> None:
    with serving() as site:
        list_of_others = '<a href="/a/t20220101_1.html">关于植树的通知</a><script>1</script>'
        site.answers["/zwgk/zfxxgknb/"] = Answer(page("政府信息公开年报", list_of_others))
        summary = crawled(site, tmp_path, browser=True)
    assert not any("need a browser" in line for line in summary.problems)
    assert REPORT not in " ".join(site.lines)


@needs_browser
@pytest.mark.browser
def test_a_list_that_grows_by_scrolling_is_read_to_its_end(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, *range(2008, 2023))
        known = site.answers["/zwgk/zfxxgknb/"]
        assert isinstance(known, Answer)
        rows = str(known.body).split("<ul>")[1].split("</ul>")[0].split("<li>")[1:]
        rows = [f'<li style="height:300px">{row}' for row in rows]
        script = (
            f"<ul id=l></ul><script>var rows={rows!r},at=0;function more(){{for(var i=0;i<5&&"
            "at<rows.length;i++)document.getElementById('l').innerHTML+=decodeURIComponent(rows[at++])}"
            "window.onscroll=function(){if(innerHeight+scrollY>=document.body.scrollHeight-50)more()};"
            "more()</script>"
        )
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", script.replace("<a ", "%3Ca "))
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == 15


@needs_browser
@pytest.mark.browser
def test_what_the_browser_showed_is_kept_beside_the_answer_and_never_as_it(tmp_path: Path) -> None:
    with serving() as site:
        put_scripted_column(site)
        crawled(site, tmp_path, browser=True)
    with Archive(tmp_path, readonly=True) as archive:
        column = next(c for c in archive.captures() if c.url.endswith("/zwgk/zfxxgknb/"))
        assert REPORT.encode() not in archive.content(column)
        first, second = archive.renderings(column.id)
        assert (first.id, first.screen, second.screen) == (f"{column.id}-r1", 1, 2)
        assert first.browser.startswith("chromium/")
        assert REPORT.encode() in archive.markup(first)
        assert [c.sha256 for c in archive.captures()].count(first.sha256) == 0
    assert list(verify(tmp_path)) == []


@needs_browser
@pytest.mark.browser
def test_a_page_that_grows_without_end_does_not_fill_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.browser.rendering._MOST_KEPT", 3_000)
    with serving() as site:
        put_scripted_column(site, f"<p>{'x' * 2_000}</p>")
        crawled(site, tmp_path, browser=True)
    with Archive(tmp_path, readonly=True) as archive:
        first, second = archive.renderings()
        assert (first.truncated, second.truncated) == (None, "length")
        assert first.bytes + second.bytes == 3_000


def put_application(site: SmallPortal) -> None:
    """An application: a list of data behind a route, articles of data behind others."""
    rows = [{"id": 50 + n, "title": title(year)} for n, year in enumerate((2019, 2020, 2021))]
    heads = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
    text = "".join(f"<p>{head}</p>" for head in heads)
    answers = {"/api/list": {"rows": rows}}
    for row in rows:
        answers[f"/api/show/{row['id']}"] = {"data": {**row, "content": text}}  # type: ignore[dict-item]
    for path, value in answers.items():
        site.answers[path] = Answer(json.dumps(value), headers={"Content-Type": "application/json"})
    script = """
        var v=document.getElementById('app'),get=u=>fetch(u).then(r=>r.json());
        function go(){var m=location.hash.match(/#\\/(list|show)\\/?(\\d*)/);
        if(!m)v.innerHTML='<a href="#/list">政府信息公开年报</a>';
        else if(m[1]=='list')get('/api/list').then(d=>{v.innerHTML=d.rows.map(x=>
        '<a href="#/show/'+x.id+'">'+x.title+'</a>').join('')});
        else get('/api/show/'+m[2]).then(d=>{v.innerHTML=d.data.content})}
        window.onhashchange=go;go();
        """
    shell = f"<html><body><div id=app></div><script>{script}</script></body></html>"
    site.answers["/"] = Answer(shell)


@needs_browser
@pytest.mark.browser
def test_articles_of_an_application_are_asked_as_data_once_one_was_rendered(
    tmp_path: Path,
) -> None:
    with serving() as site:
        put_application(site)
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == 3
    with Archive(tmp_path, readonly=True) as archive:
        kept = [c.url.rpartition("/")[2] for c in archive.captures(roles=["report"])]
    assert sorted(kept) == ["50", "51", "52"]
    assert len(site.lines) <= 8


def test_without_a_browser_an_application_is_said_to_need_one(tmp_path: Path) -> None:
    with serving() as site:
        put_application(site)
        summary = crawled(site, tmp_path)
    assert summary.found == 0
    assert any("need a browser" in line for line in summary.problems)


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("where", ["/real.html", "http://127.0.0.9:9/elsewhere"])
def test_a_page_that_a_script_leads_elsewhere_does_not_hold_the_crawl(
    tmp_path: Path, where: str
) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        site.answers["/real.html"] = site.answers["/zwgk/zfxxgknb/"]
        lead = f"<script>window.top.location.replace({where!r}.concat(''))</script>"
        site.answers["/zwgk/zfxxgknb/"] = Answer(f"<html><head>{lead}</head><body></body></html>")
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == (2 if where == "/real.html" else 0)


@needs_browser
@pytest.mark.browser
def test_years_that_only_a_press_shows_are_pressed(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        shown = {}
        for year in (2020, 2021):
            path = f"/zwgk/zfxxgknb/{year + 1}01/t{year + 1}0120_{year}.html"
            shown[year] = f'<a href="{path}">{title(year)}</a>'[::-1]  # only a script reads it
        script = (
            f"var all={json.dumps(shown)};document.querySelectorAll('span').forEach(e=>e.onclick="
            "()=>{document.getElementById('l').innerHTML="
            "all[parseInt(e.textContent)].split('').reverse().join('')})"
        )
        tabs = "<span>2021年</span><span>2020年</span><div id=l></div>"
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", f"{tabs}<script>{script}</script>")
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == 2


@needs_browser
@pytest.mark.browser
def test_titles_without_an_address_are_pressed_once_to_learn_where_they_lead(
    tmp_path: Path,
) -> None:
    with serving() as site:
        put_reports(site, 2019, 2020, 2021)
        rows = [{"no": f"t{y + 1}0120_{y}", "title": title(y)} for y in (2019, 2020, 2021)]
        data = {"Content-Type": "application/json"}
        site.answers["/api/list"] = Answer(json.dumps(rows), headers=data)
        for row in rows:  # the same pages under the addresses that the script makes
            year = int(row["no"][-4:])
            known = site.answers[f"/zwgk/zfxxgknb/{year + 1}01/{row['no']}.html"]
            site.answers[f"/zwgk/zfxxgknb/{row['no']}.html"] = known
        script = """fetch('/api/list').then(r=>r.json()).then(d=>d.forEach(x=>{
            var e=document.createElement('p');e.textContent=x.title;
            e.onclick=()=>{location.href=x.no+'.html'};document.body.appendChild(e)}))"""
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", f"<script>{script}</script>")
        summary = crawled(site, tmp_path, browser=True)
    assert summary.found == 3
