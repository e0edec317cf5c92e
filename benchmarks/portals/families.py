"""Portals of the families A to F."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from benchmarks.portals import world as w
from benchmarks.portals.build import Builder, chunks, digest, rows
from demo.portals.content import Item
from demo.portals.site import Page

if TYPE_CHECKING:
    from benchmarks.portals.world import World


def jpage() -> World:
    """A: one column, its list in an XML island that goes on at the proxy."""
    b = Builder("A", "jpage, one column, XML island", 1)
    b.menu(("政务公开", "/col/col100/index.html"), ("新闻", "/col/col101/index.html"))

    def address(item: Item) -> str:
        year, month, day = (int(part) for part in item.day.split("-"))
        return f"/art/{year}/{month}/{day}/art_200_{item.number}.html"

    entries = b.mixed(w.reports("A", skip=4), address, w.others())
    proxy = "/module/web/jpage/dataproxy.jsp"

    def store(start: int) -> str:
        block = entries[start : start + 45]
        records = "".join(
            f"<record><![CDATA[<li><a href='{url}' title='{title}'>{title}</a><span>{day}</span>"
            "</li>]]></record>"
            for title, url, day in block
        )
        query = f"page={start // 45 + 1}&appid=1&webid=1&path=/&columnid=200&unitid=2128"
        more = f'<nextgroup><![CDATA[<a href="{proxy}?{query}"></a>]]></nextgroup>'
        return (
            f"<datastore>{more if start + 45 < len(entries) else ''}"
            f"<recordset>{records}</recordset></datastore>"
        )

    def answer(path: str, sent: str) -> Page | None:
        if urlsplit(path).path != proxy:
            return None
        given = parse_qs(f"{urlsplit(path).query}&{sent}")
        start = int(given.get("startrecord", ["1"])[0]) - 1
        return Page(store(start).encode(), "text/xml; charset=utf-8")

    b.also(answer)
    b.hub("/col/col100/index.html", "政务公开", ("政府信息公开", "/col/col150/index.html"))
    b.hub(
        "/col/col150/index.html",
        "政府信息公开",
        ("政府信息公开指南", "/col/col151/index.html"),
        ("政府信息公开年报", "/col/col200/index.html"),
    )
    b.hub("/col/col151/index.html", "政府信息公开指南")
    island = f'<div id="2128"><script type="text/xml">{store(0)}</script></div>'
    b.site.put_page("/col/col200/index.html", "政府信息公开年报", island)
    b.hub("/col/col101/index.html", "新闻")
    b.home(lambda item: address(item).replace("art_200", "art_101"))
    return b.world


def trs() -> World:
    """B: sub-columns by kind of unit, a pager that counts from zero, soft 404s, gone reports."""
    b = Builder("B", "TRS, sub-columns by kind of unit, soft 404s", 2)
    b.site.soft_404 = True
    b.menu(("政务公开", "/zwgk/"), ("新闻", "/xw/"))
    slugs = dict(zip(w.KINDS, ("zf", "bm", "jd"), strict=True))
    made = w.reports("B")
    for kind, slug in slugs.items():
        folder = f"/zwgk/zfxxgknb/{slug}"

        def address(item: Item, folder: str = folder) -> str:
            return f"{folder}/{item.month}/t{item.day.replace('-', '')}_{item.number}.html"

        mine = [report for report in made if report.unit in w.KINDS[kind]]
        entries = b.mixed(mine, address, w.others() if slug == "zf" else [])
        gone = f"示范区{2015}年政府信息公开工作年度报告"
        entries.append((gone, f"{folder}/201601/t20160120_9{len(slug)}1.html", "2016-01-20"))
        pages = chunks(entries)
        for number, page in enumerate(pages):
            name = "index.html" if number == 0 else f"index_{number}.html"
            pager = f'<script>createPageHTML({len(pages)}, {number}, "index", "html");</script>'
            b.site.put_page(f"{folder}/{name}", kind, rows(page) + pager)
        b.site.pages[f"{folder}/"] = b.site.pages[f"{folder}/index.html"]
    links = [(kind, f"./{slug}/") for kind, slug in slugs.items()]
    b.hub("/zwgk/zfxxgknb/", "政府信息公开年报", *links)
    b.hub("/zwgk/", "政务公开", ("政府信息公开制度", "./zd/"), ("政府信息公开年报", "./zfxxgknb/"))
    b.hub("/zwgk/zd/", "政府信息公开制度")
    b.hub("/xw/", "新闻")
    b.home(lambda item: f"/xw/{item.month}/t{item.day.replace('-', '')}_{item.number}.html")
    return b.world


def uuid_shtml() -> World:
    """C: an empty column whose lists sit in a sub-column for each unit."""
    b = Builder("C", "UUID .shtml, a sub-column a unit", 3)
    b.menu(("信息公开", "/sf/xxgk/xxgk.shtml"), ("要闻", "/sf/yw/list.shtml"))
    made = w.reports("C", skip=3, bare=True)
    links = []
    for number, unit in enumerate(w.UNITS):
        folder = f"/sf/c10{number}"
        mine = [report for report in made if report.unit == unit]

        def address(item: Item, folder: str = folder) -> str:
            return f"{folder}/{item.month}/{digest(Item(item.title + folder, item.day))}.shtml"

        pages = chunks(b.mixed(mine, address, w.others(unit)[:10]), 10)
        for at, page in enumerate(pages):
            name = "xlist.shtml" if at == 0 else f"xlist_{at + 1}.shtml"
            call = f"createPageHTML('page_div',{len(pages)}, {at + 1},'xlist','shtml',{17});"
            b.site.put_page(f"{folder}/{name}", unit, f"{rows(page)}<script>{call}</script>")
        links.append((unit, f"{folder}/xlist.shtml"))
    b.hub("/sf/zfxxgknb/list.shtml", "政府信息公开年报", *links)
    b.hub("/sf/xxgk/xxgk.shtml", "信息公开", ("政府信息公开年报", "/sf/zfxxgknb/list.shtml"))
    b.hub("/sf/yw/list.shtml", "要闻")
    b.home(lambda item: f"/sf/yw/{item.month}/{digest(item)}.shtml", "/index.shtml")
    return b.world


def gkmlpt() -> World:
    """D: the directory is an application over a JSON directory, a hundred entries a page."""
    b = Builder("D", "Guangdong directory, JSON, no validators", 4)
    b.site.validators = "none"
    b.menu(("政府信息公开", "/gkmlpt/index"), ("要闻", "/xw/index.html"))

    def address(item: Item) -> str:
        return f"/sfqzfxxgkml/zfxxgknb/content/post_{item.number}.html"

    entries = b.mixed(w.reports("D", skip=6), address, w.others())
    records = [
        {"id": n, "title": t, "url": u, "create_time": d} for n, (t, u, d) in enumerate(entries)
    ]
    filler = [
        {"id": n, "title": f"示范文件第{n}号", "url": f"/doc/content/post_{n}.html"}
        for n in range(120)
    ]

    def answer(path: str, _sent: str) -> Page | None:
        parts = urlsplit(path)
        if not parts.path.startswith("/gkmlpt/api/all/"):
            return None
        listed = records if parts.path.endswith("/721") else [*filler[:60], *records, *filler[60:]]
        at = int(parse_qs(parts.query).get("page", ["1"])[0]) - 1
        data = {"total": len(listed), "articles": listed[at * 100 : at * 100 + 100]}
        return Page(json.dumps(data).encode(), "application/json")

    b.also(answer)
    shell = (
        "<script>window._CONFIG = {SID: '755001', TREE: [{\"id\":721}]};</script><div id=app></div>"
    )
    b.site.put_page("/gkmlpt/index", "政府信息公开目录", shell)
    b.hub("/xw/index.html", "要闻")
    b.home(
        lambda item: f"/xw/content/post_{item.number}.html",
        extra=('<a href="/gkmlpt/index#721">政府信息公开年报</a>'),
    )
    return b.world


def openness() -> World:
    """E: the number of the page stands in the address; a list for each unit."""
    b = Builder("E", "openness, a list a unit", 5)
    b.menu(("政府信息公开", "/openness/index.html"), ("要闻", "/news/list.html"))
    made = w.reports("E", skip=2)
    links = []
    for number, unit in enumerate(w.UNITS):
        mine = [report for report in made if report.unit == unit]
        stem = f"/OpennessContent/showList/{1440 + number}/45712"
        pages = chunks(
            b.mixed(mine, lambda item: f"/openness/detail/content/{digest(item, 24)}.html"), 5
        )
        for at, page in enumerate(pages):
            main = f"{rows(page)}<p>共{len(mine)}条 第{at + 1}/{len(pages)}页</p>"
            b.site.put_page(f"{stem}/page_{at + 1}.html", unit, main)
        links.append((unit, f"{stem}/page_1.html"))
    b.hub("/openness/annual/zfxxgknb.html", "政府信息公开年度报告", *links)
    b.hub(
        "/openness/index.html",
        "政府信息公开",
        ("政府信息公开指南", "/openness/zn.html"),
        ("政府信息公开年度报告", "/openness/annual/zfxxgknb.html"),
    )
    b.hub("/openness/zn.html", "政府信息公开指南")
    b.hub("/news/list.html", "要闻")
    b.home(lambda item: f"/news/show/{item.number}.html")
    return b.world


def vsb() -> World:
    """F: a list that counts down, session ids in every link of it."""
    b = Builder("F", "VSB, counts down, session ids", 6)
    b.menu(("信息公开", "/xxgk.htm"), ("新闻", "/xw.htm"))
    entries = b.mixed(
        w.reports("F", skip=14), lambda item: f"/info/1308/{item.number}.htm", w.others()
    )
    pages = chunks(entries)
    visits = count()
    names = ["/xxgk/nb.htm", *(f"/xxgk/nb/{n}.htm" for n in range(len(pages) - 1, 0, -1))]

    def answer(path: str, _sent: str) -> Page | None:
        """A page of the list: every visitor without a cookie gets another session id."""
        name = path.partition(";")[0]
        if name not in names:
            return None
        at, session = names.index(name), f";jsessionid={next(visits):032X}"
        listed = [(title, url + session, day) for title, url, day in pages[at]]
        more = [("下页", names[at + 1]), ("尾页", names[-1])] if at + 1 < len(pages) else []
        pager = "".join(f'<a href="{url}{session}">{text}</a>' for text, url in more)
        main = f"{rows(listed)}<p>共{len(entries)}条</p>{pager}"
        return Page(b.site.framed("信息公开年报", main).encode())

    b.also(answer)
    b.hub(
        "/xxgk.htm", "信息公开", ("信息公开年报", "/xxgk/nb.htm"), ("信息公开指南", "/xxgk/zn.htm")
    )
    b.hub("/xxgk/zn.htm", "信息公开指南")
    b.hub("/xw.htm", "新闻")
    b.home(lambda item: f"/info/1031/{item.number}.htm", "/index.htm")
    return b.world
