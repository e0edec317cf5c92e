"""Family A, Hanweb "jpage": 洪泽区. Links stand in an XML island, further ones at an endpoint.

The endpoint obeys `startrecord`, or `page` (counted from 0) where no `startrecord` is given, and
answers three screens at a time.
"""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs, urlsplit

from demo.portals import content, template
from demo.portals.content import Item
from demo.portals.site import Page, PublishedReport, Site, article
from demo.reports import body_of

PROXY = "/module/web/jpage/dataproxy.jsp"
UNIT = "212860"
PER_PAGE = 4
MOST_PER_PAGE = 15
SCREENS = 3
NEWS, ANNUAL = "1001", "33718"
TITLE = "淮安市洪泽区人民政府2024年政府信息公开工作年度报告"
REPORT = Item(TITLE, "2025-01-24")

SCRIPT = """
function jpage(o){var box=document.getElementById(o.unitid),rows=[],at=0;
function read(t){(t.match(/<record><!\\[CDATA\\[[^]*?\\]\\]>/g)||[]).forEach(function(r){rows.push(r.slice(17,-3))})}
read(box.querySelector('script').textContent);
var ul=document.createElement('ul');ul.className='list';box.appendChild(ul);
var p=document.createElement('p');p.className='pager';box.appendChild(p);
function show(){ul.innerHTML=rows.slice(at,at+o.perPage).join('');
p.innerHTML='<a href="javascript:;">上一页</a> '+(at/o.perPage+1)+' <a href="javascript:;">下一页</a>';
p.children[0].onclick=function(){at=Math.max(0,at-o.perPage);show()};
p.children[1].onclick=function(){if(at+o.perPage>=o.totalRecord)return;at+=o.perPage;if(at<rows.length)return show();
fetch(o.proxyUrl+'?startrecord='+(rows.length+1)+'&endrecord='+(rows.length+3*o.perPage)+'&perpage='+o.perPage
+'&columnid='+o.columnid+'&unitid='+o.unitid).then(function(r){return r.text()}).then(function(t){read(t);show()})}}
show()}
"""  # noqa: E501 - a script


def hongze() -> Site:
    """The portal of 洪泽区: the report is a page of tables, in the second block of the list."""
    site = Site("320813", "洪泽区", "127.32.8.13", "淮安市", "江苏省", validators="none")
    site.menu = [
        ("首页", "/"),
        ("新闻中心", f"/col/col{NEWS}/index.html"),
        ("政务公开", "/col/col33700/index.html"),
        ("政府信息公开年报", f"/col/col{ANNUAL}/index.html"),
    ]
    site.put_common("User-agent: *\nDisallow: /admin/\nDisallow: /search\n")
    site.put("/script/jpage.js", SCRIPT, "text/javascript; charset=utf-8")
    annual = content.newest_first([REPORT, *content.look_alikes("洪泽区", 2021, 2025)])
    columns = {NEWS: content.news(30), ANNUAL: annual}
    for column, title in ((NEWS, "新闻中心"), (ANNUAL, "政府信息公开年报")):
        _put_column(site, column, title, columns[column])
    site.put_page(
        "/col/col33700/index.html",
        "政务公开",
        f'<h1>政务公开</h1><ul class="list"><li><a href="/col/col{ANNUAL}/index.html">'
        '政府信息公开年报</a></li><li><a href="/col/col33701/index.html">政府信息公开指南</a></li>'
        "</ul>",
    )
    site.put_page("/col/col33701/index.html", "政府信息公开指南", f"<p>{content.PLACEHOLDER}</p>")
    site.put("/index.html", home := _home(site, columns))
    site.put("/", home)
    path = _path(ANNUAL, REPORT)
    site.reports.append(
        PublishedReport(site.place, 2024, TITLE, path, path, "text/html", "hongze-2024")
    )
    site.dynamic = lambda address, sent: _proxy(columns, address, sent)
    return site


def _path(column: str, item: Item) -> str:
    year, month, day = (int(part) for part in item.day.split("-"))
    return f"/art/{year}/{month}/{day}/art_{column}_{item.number}.html"


def _put_column(site: Site, column: str, title: str, items: list[Item]) -> None:
    settings = (
        f"perPage:{PER_PAGE},totalRecord:{len(items)},proxyUrl:'{PROXY}',"
        f"columnid:{column},unitid:'{UNIT}'"
    )
    site.put_page(
        f"/col/col{column}/index.html",
        title,
        f'<h1>{title}</h1><div id="{UNIT}"><script type="text/xml">'
        f"{_datastore(column, items, 0, PER_PAGE)}</script></div>\n"
        f"<script>jpage({{{settings}}});</script>",
        head='<script src="/script/jpage.js"></script>\n',
    )
    for item in items:
        text = body_of("hongze-2024.html") if item is REPORT else content.placeholder(item)
        source = "洪泽区人民政府办公室" if item is REPORT else "洪泽区人民政府"
        meta = (
            f'<meta name="ArticleTitle" content="{escape(item.title)}">\n'
            f'<meta name="PubDate" content="{item.day} 09:30">\n'
            f'<meta name="ContentSource" content="{source}">\n'
        )
        main = article(item.title, item.day, text, 'id="zoom"', source)
        site.put_page(_path(column, item), item.title, main, head=meta)


def _datastore(column: str, items: list[Item], start: int, per_page: int) -> str:
    """Three screens of records from `start`, and the link to the next three."""
    end = start + SCREENS * per_page
    block = items[start:end]
    lines = template.rows(block, [_path(column, item) for item in block])
    records = "\n".join(f"<record><![CDATA[{line}]]></record>" for line in lines)
    query = (
        f"page={end // (SCREENS * per_page)}&appid=1&webid=1&path=/&columnid={column}"
        f"&unitid={UNIT}&webname=%E6%B4%AA%E6%B3%BD%E5%8C%BA&permissiontype=0"
    )
    more = f'<nextgroup><![CDATA[<a href="{PROXY}?{query}"></a>]]></nextgroup>\n'
    return (
        f"<datastore>\n{more if end < len(items) else ''}"
        f"<recordset>\n{records}\n</recordset></datastore>"
    )


def _proxy(columns: dict[str, list[Item]], address: str, sent: str) -> Page | None:
    parts = urlsplit(address)
    if parts.path != PROXY:
        return None
    given = {name: values[-1] for name, values in parse_qs(f"{parts.query}&{sent}").items()}
    column = given.get("columnid", "")
    per_page = min(_number(given.get("perpage"), PER_PAGE), MOST_PER_PAGE) or PER_PAGE
    block = SCREENS * per_page
    start = _number(given.get("page"), 0) * block
    if "startrecord" in given:
        start = max(_number(given["startrecord"], 1) - 1, 0)
    items = columns.get(column, []) if given.get("unitid") == UNIT else []
    xml = _datastore(column, items, start, per_page)
    return Page(xml.encode(), "text/xml; charset=utf-8")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


def _home(site: Site, columns: dict[str, list[Item]]) -> str:
    latest = columns[NEWS][:8]
    lines = template.rows(latest, [_path(NEWS, item) for item in latest])
    return site.framed("首页", f"<h2>新闻中心</h2>{template.listing(lines)}{template.ADMIN}")
