"""A site that needs a browser: 示范区, an invented place. Menu and lists are made by a script.

The data stand in the page as JSON, base64, back to front; without running the script there is no
link to follow.
"""

from __future__ import annotations

import base64
import json

from demo.portals import content, template
from demo.portals.content import Item
from demo.portals.site import PublishedReport, Site, article
from demo.reports import body_of, file_bytes, load

PER_PAGE = 12
COLUMN = "/gkml/nb/"
UNNAMED = Item("政府办公室2021年政府信息公开工作年度报告", "2022-01-24")
UNNAMED_FILE = "/upload/2022/01/24/8f2b6c.pdf"
NAMED = {
    "shifan-2020": Item("示范区2020年政府信息公开工作年度报告", "2021-01-25"),
    "shifan-2022": Item("示范区人民政府2022年政府信息公开工作年度报告", "2023-01-19"),
    "shifan-2023": Item("示范区人民政府2023年政府信息公开工作年度报告", "2024-01-23"),
    "shifan-jiaoyuju-2022": Item("示范区教育局2022年政府信息公开工作年度报告", "2023-01-12"),
}
SCRIPT = """
function _d(s){return JSON.parse(decodeURIComponent(escape(atob(s.split('').reverse().join('')))))}
function _l(id,s,tag){var box=document.getElementById(id);_d(s).forEach(function(r){
var a=document.createElement('a');a.href=r.u;a.title=a.textContent=r.t;
if(!tag)return box.appendChild(a);
var li=document.createElement(tag),d=document.createElement('span');d.textContent=r.d||'';
li.appendChild(a);li.appendChild(d);box.appendChild(li)})}
"""
EXPLANATION = (
    '<p class="notice">说明：示范区是虚构地区；本报告的数据来自一份真实报告，'
    "该报告的正文从未写明所属地区。The figures of this report are those of a real report whose "
    "district is not named in it.</p>"
)


def shifan() -> Site:
    """The portal of 示范区: four invented reports as pages, and the one that names no district."""
    site = Site("990101", "示范区", "127.99.1.1")
    menu = [("首页", "/"), ("示范新闻", "/news/"), ("政务公开", "/gkml/"), ("信息公开年报", COLUMN)]
    script = '<script src="/js/app.js"></script>'
    site.menu_html = f'<span id="menu"></span>{script}{_scripted("menu", _links(menu))}'
    site.put_common("User-agent: *\nDisallow: /admin/\n")
    site.put("/js/app.js", SCRIPT, "text/javascript; charset=utf-8")
    news = content.news(18)
    annual = [UNNAMED, *NAMED.values(), *content.look_alikes("示范区", 2020, 2022)]
    _put_column(site, "/news/", "示范新闻", news)
    _put_column(site, COLUMN, "政府信息公开年报", content.newest_first(annual))
    links = _scripted("list", _links([("政府信息公开年报", COLUMN)]), "li")
    site.put_page("/gkml/", "政务公开", f'<h1>政务公开</h1><ul class="list" id="list"></ul>{links}')
    rows = _scripted("list", _rows("/news/", news[:8]), "li")
    main = f'<h2>示范新闻</h2><ul class="list" id="list"></ul>{rows}{template.ADMIN}'
    site.put_page("/", "首页", main)
    _put_reports(site)
    return site


def _path(column: str, item: Item) -> str:
    return f"{column}content/{item.digest[:8]}.html"


def _put_column(site: Site, column: str, title: str, items: list[Item]) -> None:
    pages = -(-len(items) // PER_PAGE)
    for number in range(1, pages + 1):
        shown = items[(number - 1) * PER_PAGE : number * PER_PAGE]
        pager = [("下一页", f"{column}index_{number + 1}.html")] if number < pages else []
        main = (
            f'<h1>{title}</h1><ul class="list" id="list"></ul><p class="pager" id="pager"></p>'
            f"{_scripted('list', _rows(column, shown), 'li')}{_scripted('pager', _links(pager))}"
        )
        site.put_page(f"{column}index_{number}.html" if number > 1 else column, title, main)
    for item in items:
        _put_article(site, column, item, content.placeholder(item))


def _put_article(site: Site, column: str, item: Item, text: str) -> str:
    path = _path(column, item)
    main = article(item.title, item.day, text, 'class="article"', site.name)
    site.put_page(path, item.title, main)
    return path


def _put_reports(site: Site) -> None:
    embed = f'<embed type="application/pdf" src="{UNNAMED_FILE}">'
    page = _put_article(site, COLUMN, UNNAMED, EXPLANATION + embed)
    site.put(UNNAMED_FILE, file_bytes("unnamed-2021.pdf"), "application/pdf")
    found = [(UNNAMED, page, UNNAMED_FILE, "application/pdf", "unnamed-2021")]
    for name, item in NAMED.items():
        page = _put_article(site, COLUMN, item, body_of(f"{name}.html"))
        found.append((item, page, page, "text/html", name))
    site.reports += [
        PublishedReport(site.place, load(name).year, item.title, page, file, kind, name)
        for item, page, file, kind, name in found
    ]


def _links(links: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"t": label, "u": url} for label, url in links]


def _rows(column: str, items: list[Item]) -> list[dict[str, str]]:
    return [{"t": item.title, "u": _path(column, item), "d": item.day} for item in items]


def _scripted(box: str, rows: list[dict[str, str]], tag: str = "") -> str:
    """A script that fills the element `box` with links."""
    data = base64.b64encode(json.dumps(rows, ensure_ascii=False).encode()).decode()[::-1]
    return f'<script>_l("{box}","{data}","{tag}")</script>'
