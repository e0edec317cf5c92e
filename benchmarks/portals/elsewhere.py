"""Known families as other authors build them: what had been missed when such portals were tried."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from benchmarks.portals import world as w
from benchmarks.portals.build import JSON, Builder, chunks, rows
from demo.portals.content import Item
from demo.portals.site import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.portals.world import World

_UNIVERSITIES = Item("2021年度高校信息公开年度报告公布", "2022-05-10")


def one_page_only() -> World:
    """A: a proxy that knows `page` alone and writes its records otherwise than the page."""
    b = Builder("A-page", "jpage, a proxy that obeys page= alone, other markup than the page's", 61)
    b.menu(("政务公开", "/col/col100/index.html"), ("要闻", "/col/col101/index.html"))
    proxy, columns = "/module/web/jpage/dataproxy.jsp", {}
    for number, (kind, units) in enumerate(w.KINDS.items()):
        made = [report for report in w.reports("A-page", skip=3) if report.unit in units]
        others = [*w.others()[number::3], _UNIVERSITIES][: None if number else -1]
        path = f"art_20{number}_"
        entries = b.mixed(made, partial(_dated, path), others)
        columns[f"20{number}"] = (kind, entries)

    def store(column: str, page: int, row: str) -> str:
        records = "".join(
            f"<record><![CDATA[{row.format(url=url, title=title)}]]></record>"
            for title, url, _ in columns[column][1][page * 15 - 15 : page * 15]
        )
        link = f'<a href="{proxy}?page={page}&webid=1&columnid={column}&unitid=2128"></a>'
        return (
            f"<datastore><nextgroup><![CDATA[{link}]]></nextgroup>"
            f"<recordset>{records}</recordset></datastore>"
        )

    def answer(address: str, sent: str) -> Page | None:
        if urlsplit(address).path != proxy:
            return None
        given = parse_qs(f"{urlsplit(address).query}&{sent}")
        row = '<td><a title="{title}" href="{url}">{title}</a></td>'
        text = store(given["columnid"][0], int(given.get("page", ["1"])[0]), row)
        return Page(text.encode(), "text/xml; charset=utf-8")

    b.also(answer)
    for column, (kind, _) in columns.items():
        island = store(column, 1, "<li><a href='{url}' target='_blank'>{title}</a></li>")
        main = f"<div class='jpage'><script type='text/xml'>{island}</script></div>"
        b.site.put_page(f"/col/col{column}/index.html", kind, main)
    lists = [
        (f"{kind}年报", f"/col/col{column}/index.html") for column, (kind, _) in columns.items()
    ]
    b.hub("/col/col150/index.html", "政府信息公开年报", *lists)
    b.hub("/col/col100/index.html", "政务公开", ("政府信息公开年报", "/col/col150/index.html"))
    b.hub("/col/col101/index.html", "要闻")
    b.home(partial(_dated, "art_101_"))
    return b.world


def _dated(name: str, item: Item) -> str:
    year, month, day = (int(part) for part in item.day.split("-"))
    return f"/art/{year}/{month}/{day}/{name}{item.number}.html"


def _numbered(shape: str, item: Item) -> str:
    return shape.format(8_040_000 + int(item.number))


def application_menu() -> World:
    """D: the column's number stands in an application's menu; each unit has a directory."""
    b = Builder("D-menu", "gkmlpt, a directory a unit, its category in its menu alone", 62)
    b.menu(("政务公开", "/zwgk/"), ("要闻", "/ywdt/"))
    directories: dict[str, Sequence[tuple[str, str, str]]] = {}
    made = w.reports("D-menu", skip=7, bare=True)
    sites = []
    for number, unit in enumerate(w.UNITS):
        site = f"/bm{number}"
        entries = b.mixed(
            [report for report in made if report.unit == unit],
            partial(_numbered, f"{site}/content/post_{{}}.html"),
            w.others(unit)[number :: len(w.UNITS)],
        )
        directories[f"{site}/gkmlpt/api/all/{720 + number}?page=1&sid=75500{number}"] = entries
        children = [{"id": 720 + number, "name": "政府信息公开年报"}]
        tree = [{"id": 1, "name": "指南"}, {"id": 2, "name": "内容", "children": children}]
        script = (
            f"<script>window._CONFIG = {{SID: '75500{number}', TREE: {json.dumps(tree)}}}</script>"
        )
        b.site.put_page(f"{site}/gkmlpt/index", unit, f"<div id='app'></div>{script}")
        sites.append((unit, f"{site}/gkmlpt/index"))

    def answer(address: str, _sent: str) -> Page | None:
        entries = directories.get(address)
        if entries is None:
            return None
        articles = [{"title": title, "url": url, "publisher": "x"} for title, url, _ in entries]
        return Page(json.dumps({"total": len(articles), "articles": articles}).encode(), JSON)

    b.also(answer)
    b.hub("/zwgk/", "政务公开", *sites)
    b.hub("/ywdt/", "要闻")
    b.home(partial(_numbered, "/ywdt/content/post_{}.html"))
    return b.world


def cut_titles() -> World:
    """F: units with sites of their own that the home page names; titles cut, nowhere in full."""
    b = Builder("F-sites", "VSB, units with sites of their own, titles cut short", 63)
    friends = [(unit, f"/bm{number}/index.htm") for number, unit in enumerate(w.UNITS)]
    b.menu(("信息公开", "/xxgk.htm"), ("要闻", "/yw.htm"))
    made = w.reports("F-sites", skip=9, bare=True)
    for number, unit in enumerate(w.UNITS):
        site = f"/bm{number}"
        entries = b.mixed(
            [report for report in made if report.unit == unit],
            partial(_numbered, f"{site}/info/11/{{}}.htm"),
            w.others(unit)[number :: len(w.UNITS)],
        )
        pages = chunks([(f"{title[:12]}…", url, day) for title, url, day in entries], 6)
        for at, page in enumerate(pages):
            name = f"{site}/nb.htm" if at == 0 else f"{site}/nb/{len(pages) - at}.htm"
            after = f"{site}/nb/{len(pages) - at - 1}.htm"
            more = f'<a href="{after}">下页</a>' if at + 1 < len(pages) else ""
            cut = rows(page).replace(" title=", " data-x=")
            b.site.put_page(name, "信息公开年报", f"{cut}<p class='_vsb_'>{more}</p>")
        b.hub(f"{site}/xxgk.htm", "信息公开", ("信息公开年报", f"{site}/nb.htm"))
        b.hub(f"{site}/index.htm", unit, ("信息公开", f"{site}/xxgk.htm"))
    b.hub("/xxgk.htm", "信息公开", ("信息公开年报", "/bm0/nb.htm"), *friends)
    b.hub("/yw.htm", "要闻")
    links = "".join(f'<li><a href="{url}">{unit}</a></li>' for unit, url in friends)
    b.home(partial(_numbered, "/info/10/{}.htm"), extra=f"<ul>{links}</ul>")
    return b.world
