"""Portals that hide their reports in other ways: a page a unit, a POST, a scroll, bare files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from benchmarks.portals import world as w
from benchmarks.portals.build import JSON, PDF, Builder, chunks, rows
from demo.portals.site import Page

if TYPE_CHECKING:
    from benchmarks.portals.world import World
    from demo.portals.content import Item


def unit_sites() -> World:
    """V1: the government's column has its own reports; every other unit has pages of its own."""
    b = Builder("V-units", "a disclosure page and a column for each unit", 21)
    b.menu(("政府信息公开", "/zfxxgk/"), ("要闻", "/yw/"))
    made = w.reports("V1", bare=True)
    listed = []
    for number, unit in enumerate(w.UNITS):
        folder = f"/zfxxgk/u{number}"
        mine = [report for report in made if report.unit == unit]

        def address(item: Item, folder: str = folder) -> str:
            return f"{folder}/t{item.number}.html"

        entries = b.mixed(mine, address)
        b.site.put_page(f"{folder}/nb/", "政府信息公开年报", rows(entries))
        b.hub(f"{folder}/zn/", "政府信息公开指南")
        b.hub(
            f"{folder}/",
            unit,
            ("政府信息公开指南", f"{folder}/zn/"),
            ("政府信息公开年报", f"{folder}/nb/"),
        )
        listed.append((unit, f"{folder}/"))
    b.hub("/zfxxgk/bm/", "部门信息公开", *listed[2:6])
    b.hub("/zfxxgk/jd/", "街道信息公开", *listed[6:])
    b.hub(
        "/zfxxgk/",
        "政府信息公开",
        *listed[:2],
        ("政府部门", "/zfxxgk/bm/"),
        ("街道", "/zfxxgk/jd/"),
        ("政府信息公开年报", "/zfxxgk/u0/nb/"),
    )
    b.hub("/yw/", "要闻")
    b.home(lambda item: f"/yw/{item.month}/t{item.number}.html")
    return b.world


def files_only() -> World:
    """V2: the list links the files themselves; a select by year leads to the lists."""
    b = Builder("V-files", "lists of PDF files by year, in a select", 22)
    b.menu(("政务公开", "/zwgk/"), ("要闻", "/yw/"))
    made = w.reports("V2", skip=12)
    options = "".join(f'<option value="/zwgk/nb/{year}.html">{year}年</option>' for year in w.YEARS)
    for year in w.YEARS:
        entries = []
        for report in (one for one in made if one.year == year):
            path = f"/upload/{report.item.month}/{report.item.number}.pdf"
            b.site.put(path, w.pdf(path), PDF)
            b.world.truth.add(path)
            entries.append((report.item.title, path, report.item.day))
        main = f'<select onchange="location=this.value">{options}</select>{rows(entries)}'
        b.site.put_page(f"/zwgk/nb/{year}.html", "政府信息公开年报", main)
    b.site.pages["/zwgk/nb/"] = b.site.pages[f"/zwgk/nb/{w.YEARS[-1]}.html"]
    b.hub("/zwgk/", "政务公开", ("政府信息公开年报", "/zwgk/nb/"))
    b.hub("/yw/", "要闻")
    b.home(lambda item: f"/yw/{item.month}/t{item.number}.html")
    return b.world


def _scripted(number: int, key: str, what: str, script: str, seed: str) -> World:
    """A column whose list is asked by POST with JSON; `script` says when the next part comes."""
    b = Builder(key, what, number, known=False)
    b.menu(("政务公开", "/zwgk/"), ("要闻", "/yw/"))
    entries = b.mixed(
        w.reports(seed, skip=16), lambda item: f"/show/{item.month}/{item.number}.html", w.others()
    )
    pages = chunks(entries, 10)

    def answer(path: str, sent: str) -> Page | None:
        if urlsplit(path).path != "/data/query":
            return None
        at = int(json.loads(sent)["current"]) - 1
        shown = pages[at] if 0 <= at < len(pages) else []
        records = [{"bt": title, "dz": url, "rq": day} for title, url, day in shown]
        return Page(json.dumps({"d": {"total": len(pages), "list": records}}).encode(), JSON)

    b.also(answer)
    code = (
        "<ul id=l></ul><p id=m></p><script>var at=0,total=1,busy=false;function more(){"
        "if(busy||at>=total)return;busy=true;at++;fetch('/data/query',{method:'POST',"
        "headers:{'Content-Type':'application/json'},body:JSON.stringify({id:'nb',current:at})})"
        ".then(r=>r.json()).then(d=>{total=d.d.total;d.d.list.forEach(a=>{"
        "document.getElementById('l').innerHTML+='<li style=\"height:90px\"><a href=\"'+a.dz+'\">'"
        "+a.bt+'</a></li>'});busy=false;after()})}" + script + "more();</script>"
    )
    b.site.put_page("/zwgk/nb.html", "政府信息公开年报", code)
    b.hub("/zwgk/", "政务公开", ("政府信息公开年报", "/zwgk/nb.html"))
    b.hub("/yw/", "要闻")
    b.home(lambda item: f"/yw/{item.month}/t{item.number}.html")
    return b.world


def load_more() -> World:
    """V3: a button that adds ten more to what is there."""
    script = (
        "function after(){document.getElementById('m').innerHTML="
        "at<total?'<button onclick=\"more()\">加载更多</button>':'没有更多了'}"
    )
    return _scripted(23, "V-more", "加载更多, JSON by POST", script, "V3")


def scroll() -> World:
    """V4: a list without end that grows when its end is seen."""
    script = (
        "function after(){}window.onscroll=function(){if(window.innerHeight+window.scrollY"
        ">=document.body.scrollHeight-50)more()};"
    )
    return _scripted(24, "V-scroll", "a list that grows by scrolling", script, "V4")


def go_page() -> World:
    """V5: pages by a function of the site's own script that sends a form."""
    b = Builder("V-form", "goPage(n) sends a form, GBK", 25, known=False)
    b.menu(("政务公开", "/zwgk/"), ("要闻", "/yw/"))
    entries = b.mixed(
        w.reports("V5", skip=10), lambda item: f"/nr.jsp?urltype=n&id={item.number}", w.others()
    )
    pages = chunks(entries, 12)

    def answer(path: str, sent: str) -> Page | None:
        parts = urlsplit(path)
        if parts.path != "/zwgk/lb.jsp":
            return None
        at = int(parse_qs(f"{parts.query}&{sent}").get("cur_page", ["1"])[0])
        links = "".join(
            f'<a href="javascript:goPage({n})">{text}</a>'
            for n, text in ((1, "首页"), (min(at + 1, len(pages)), "下一页"), (len(pages), "尾页"))
        )
        main = (
            f'<form id="f" method="get" action="/zwgk/lb.jsp"><input type="hidden" name="id" '
            f'value="31"><input type="hidden" name="cur_page" value="{at}"></form>'
            f"{rows(pages[at - 1])}<p>第{at}页/共{len(pages)}页 {links}</p>"
            "<script>function goPage(n){var f=document.getElementById('f');"
            "f.cur_page.value=n;f.submit()}</script>"
        )
        return Page(b.site.framed("政府信息公开年报", main).encode("gb18030"), "text/html")

    b.also(answer)
    b.hub("/zwgk/", "政务公开", ("政府信息公开年报", "/zwgk/lb.jsp?id=31"))
    b.hub("/yw/", "要闻")
    b.home(lambda item: f"/yw/{item.month}/t{item.number}.html")
    return b.world
