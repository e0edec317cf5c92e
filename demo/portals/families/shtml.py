"""Family C, UUID `.shtml`, and 呼兰区 in it. The pager exists only in JavaScript."""

from __future__ import annotations

from demo.portals import content, template
from demo.portals.content import Item
from demo.portals.site import PublishedReport, Site, article
from demo.reports import file_bytes

PER_PAGE = 15
REPORT = Item("呼兰区2021年政府信息公开工作年度报告", "2022-01-27")
GONE = Item("呼兰区2019年政府信息公开工作年度报告", "2020-01-20")
SCRIPT = """
function createPageHTML(box,pages,now,prefix,suffix,rows){var h='共 '+rows+' 条 ';
for(var i=1;i<=pages;i++){var u=prefix+(i>1?'_'+i:'')+'.'+suffix;
h+=i===now?'<b>'+i+'</b> ':'<a href="'+u+'">'+i+'</a> '}
document.getElementById(box).innerHTML=h}
"""


def hulan() -> Site:
    """The portal of 呼兰区: a page with a .doc attached, on the second page of the list."""
    site = Site("230111", "呼兰区", "127.23.1.11", "哈尔滨市", "黑龙江省")
    site.menu = [
        ("首页", "/index.shtml"),
        ("呼兰要闻", "/hulan/c100101/xlist.shtml"),
        ("政务公开", "/hulan/c100120/list.shtml"),
    ]
    common(site, "User-agent: *\nDisallow: /admin/\n")
    news = content.news()
    annual = [REPORT, GONE, *content.look_alikes("呼兰区", 2018, 2024)]
    put_column(site, "/hulan/c100101", "xlist", "呼兰要闻", news)
    put_column(site, "/hulan/c100123", "xlist", "政府信息公开年报", content.newest_first(annual))
    site.put_page(
        "/hulan/c100120/list.shtml",
        "政务公开",
        '<h1>政务公开</h1><ul class="list"><li><a href="/hulan/c100121/list.shtml">政府信息公开指南'
        '</a></li><li><a href="/hulan/c100123/xlist.shtml">政府信息公开年报</a></li></ul>',
    )
    guide = f"<p>{content.PLACEHOLDER}</p>"
    site.put_page("/hulan/c100121/list.shtml", "政府信息公开指南", guide)
    home(site, "/hulan/c100101", news)
    page = address("/hulan/c100123", REPORT)
    file = f"{page.removesuffix('.shtml')}/files/{REPORT.digest[::-1]}.doc"
    text = f'<p>{REPORT.title}见附件。</p><p>附件：<a href="{file}">{REPORT.title}.doc</a></p>'
    put_article(site, page, REPORT, text)
    put_file(site, REPORT, page, file, media_type="application/msword", name="hulan-2021.doc")
    take_away(site, "/hulan/c100123", GONE)
    return site


def common(site: Site, robots: str) -> None:
    """Publish what portals of this family have in common."""
    site.put_common(robots)
    site.put("/js/page.js", SCRIPT, "text/javascript; charset=utf-8")


def address(column: str, item: Item) -> str:
    """Where an article of a column stands."""
    return f"{column}/{item.month}/{item.digest}.shtml"


def put_column(
    site: Site,
    column: str,
    prefix: str,
    title: str,
    items: list[Item],
    *,
    files: dict[Item, str] | None = None,
) -> None:
    """Publish a column's lists and articles; an item of `files` is linked as the file it is."""
    pages = -(-len(items) // PER_PAGE)
    for number in range(1, pages + 1):
        shown = items[(number - 1) * PER_PAGE : number * PER_PAGE]
        hrefs = [(files or {}).get(item) or address(column, item) for item in shown]
        pager = f"createPageHTML('page_div', {pages}, {number},'{prefix}','shtml',{len(items)})"
        path = f"{column}/{prefix}{f'_{number}' if number > 1 else ''}.shtml"
        site.put_page(
            path,
            title,
            f"<h1>{title}</h1>{template.listing(template.rows(shown, hrefs))}"
            f'<div id="page_div" class="pager"></div><script>{pager};</script>',
            head='<script src="/js/page.js"></script>\n',
        )
    for item in items:
        if item not in (files or {}):
            put_article(site, address(column, item), item, content.placeholder(item))


def put_article(site: Site, path: str, item: Item, text: str) -> None:
    """Publish an article's page; `text` is HTML."""
    main = article(item.title, item.day, text, 'class="content" id="fontzoom"', site.name)
    site.put_page(path, item.title, main)


def put_file(
    site: Site, item: Item, page: str | None, path: str, *, media_type: str, name: str
) -> None:
    """Publish the demonstration file `name` as the report that a crawl should find."""
    site.put(path, file_bytes(name), media_type)
    figures = name.partition(".")[0]
    site.reports.append(
        PublishedReport(site.place, 2021, item.title, page, path, media_type, figures)
    )


def take_away(site: Site, column: str, item: Item) -> None:
    """Let an article vanish to which the list still points."""
    path = address(column, item)
    del site.pages[path]
    site.gone.append(path)


def home(site: Site, column: str, news: list[Item]) -> None:
    """Publish the home page with the latest of `column`."""
    lines = template.rows(news[:8], [address(column, item) for item in news[:8]])
    main = f"<h2>最新消息</h2>{template.listing(lines)}{template.ADMIN}"
    for path in ("/", "/index.shtml"):
        site.put_page(path, "首页", main)
