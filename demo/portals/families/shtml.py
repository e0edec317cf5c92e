"""Family C, UUID `.shtml`: 呼兰区 and 兴安区. A pager that exists only in JavaScript.

呼兰区 lists everything in one column of four pages; the column of 兴安区 is an empty shell whose
lists sit in its children, its error page has status 200, and its calendar never ends.
"""

from __future__ import annotations

import re

from demo.portals import content, template
from demo.portals.content import Item
from demo.portals.site import Page, PublishedReport, Site, article
from demo.reports import file_bytes

PER_PAGE = 15
HULAN_REPORT = Item("呼兰区2021年政府信息公开工作年度报告", "2022-01-27")
HULAN_GONE = Item("呼兰区2019年政府信息公开工作年度报告", "2020-01-20")
XINGAN_REPORT = Item("兴安区人民政府2021年度政府信息公开工作报告", "2022-01-25")
XINGAN_GONE = Item("兴安区2020年政府信息公开工作年度报告", "2021-01-22")
SCRIPT = """
function createPageHTML(box,pages,now,prefix,suffix,rows){var h='共 '+rows+' 条 ';
for(var i=1;i<=pages;i++){var u=prefix+(i>1?'_'+i:'')+'.'+suffix;
h+=i===now?'<b>'+i+'</b> ':'<a href="'+u+'">'+i+'</a> '}
document.getElementById(box).innerHTML=h}
"""


def hulan() -> Site:
    """The portal of 呼兰区: a page with a .doc attached, on the third page of the list."""
    site = Site("230111", "呼兰区", "127.23.1.11", "哈尔滨市", "黑龙江省")
    site.menu = [
        ("首页", "/index.shtml"),
        ("呼兰要闻", "/hulan/c100101/xlist.shtml"),
        ("政务公开", "/hulan/c100120/list.shtml"),
    ]
    _common(site, "User-agent: *\nDisallow: /admin/\n")
    news = content.news()
    annual = [HULAN_REPORT, HULAN_GONE, *content.look_alikes("呼兰区", 2018, 2024)]
    _put_column(site, "/hulan/c100101", "xlist", "呼兰要闻", news)
    _put_column(site, "/hulan/c100123", "xlist", "政府信息公开年报", content.newest_first(annual))
    site.put_page(
        "/hulan/c100120/list.shtml",
        "政务公开",
        '<h1>政务公开</h1><ul class="list"><li><a href="/hulan/c100121/list.shtml">政府信息公开指南'
        '</a></li><li><a href="/hulan/c100123/xlist.shtml">政府信息公开年报</a></li></ul>',
    )
    guide = f"<p>{content.PLACEHOLDER}</p>"
    site.put_page("/hulan/c100121/list.shtml", "政府信息公开指南", guide)
    _home(site, "/hulan/c100101", news)
    page = _path("/hulan/c100123", HULAN_REPORT)
    file = f"{page.removesuffix('.shtml')}/files/{HULAN_REPORT.digest[::-1]}.doc"
    text = (
        f"<p>{HULAN_REPORT.title}见附件。</p>"
        f'<p>附件：<a href="{file}">{HULAN_REPORT.title}.doc</a></p>'
    )
    _put_article(site, page, HULAN_REPORT, text)
    _put_file(
        site, HULAN_REPORT, page, file, media_type="application/msword", name="hulan-2021.doc"
    )
    _take_away(site, "/hulan/c100123", HULAN_GONE)
    return site


def xingan() -> Site:
    """The portal of 兴安区: a list by unit that links the PDF itself."""
    site = Site("230405", "兴安区", "127.23.4.5", "鹤岗市", "黑龙江省", soft_404=True)
    site.menu = [
        ("首页", "/index.shtml"),
        ("兴安新闻", "/xingan/c3001/list.shtml"),
        ("政府信息公开", "/xingan/zwgk/list.shtml"),
        ("公开日历", "/calendar/2022-1.shtml"),
    ]
    _common(site, "User-agent: *\nDisallow: /admin/\nDisallow: /search/\n")
    news, column = content.news(18), "/xingan/zfxxgknb"
    _put_column(site, "/xingan/c3001", "list", "兴安新闻", news)
    units = {
        "qzf": ("区政府", [XINGAN_REPORT, XINGAN_GONE, *content.look_alikes("兴安区", 2021, 2022)]),
        "bm": ("区直部门", content.look_alikes("兴安区示范局", 2019, 2022)),
        "jd": ("街道", content.look_alikes("兴安区示范街道", 2020, 2022)),
    }
    side = "".join(
        f'<a href="{column}_{u}/list.shtml">{name}</a>' for u, (name, _) in units.items()
    )
    shell = f'<div class="side">{side}</div><h1>政府信息公开年报</h1><ul class="list"></ul>'
    site.put_page(f"{column}/list.shtml", "政府信息公开年报", shell)
    file = f"{column}_qzf/202201/{XINGAN_REPORT.digest}/files/{XINGAN_REPORT.digest[::-1]}.pdf"
    for unit, (name, items) in units.items():
        listed = content.newest_first(items)
        _put_column(site, f"{column}_{unit}", "list", name, listed, files={XINGAN_REPORT: file})
    site.put_page(
        "/xingan/zwgk/list.shtml",
        "政府信息公开",
        '<h1>政府信息公开</h1><ul class="list"><li><a href="/xingan/zcwj/list.shtml">政策文件</a>'
        f'</li><li><a href="{column}/list.shtml">政府信息公开年报</a></li></ul>',
    )
    site.put_page("/xingan/zcwj/list.shtml", "政策文件", f"<p>{content.PLACEHOLDER}</p>")
    _home(site, "/xingan/c3001", news)
    _put_file(site, XINGAN_REPORT, None, file, media_type="application/pdf", name="xingan-2021.pdf")
    _take_away(site, f"{column}_qzf", XINGAN_GONE)
    site.dynamic = lambda address, _: _calendar(site, address)
    return site


def _common(site: Site, robots: str) -> None:
    site.put_common(robots)
    site.put("/js/page.js", SCRIPT, "text/javascript; charset=utf-8")


def _path(column: str, item: Item) -> str:
    return f"{column}/{item.month}/{item.digest}.shtml"


def _put_column(
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
        hrefs = [(files or {}).get(item) or _path(column, item) for item in shown]
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
            _put_article(site, _path(column, item), item, content.placeholder(item))


def _put_article(site: Site, path: str, item: Item, text: str) -> None:
    main = article(item.title, item.day, text, 'class="content" id="fontzoom"', site.name)
    site.put_page(path, item.title, main)


def _put_file(
    site: Site, item: Item, page: str | None, path: str, *, media_type: str, name: str
) -> None:
    site.put(path, file_bytes(name), media_type)
    figures = name.split(".", maxsplit=1)[0]
    site.reports.append(
        PublishedReport(site.place, 2021, item.title, page, path, media_type, figures)
    )


def _take_away(site: Site, column: str, item: Item) -> None:
    path = _path(column, item)
    del site.pages[path]
    site.gone.append(path)


def _home(site: Site, column: str, news: list[Item]) -> None:
    lines = template.rows(news[:8], [_path(column, item) for item in news[:8]])
    main = f"<h2>最新消息</h2>{template.listing(lines)}{template.ADMIN}"
    for path in ("/", "/index.shtml"):
        site.put_page(path, "首页", main)


def _calendar(site: Site, address: str) -> Page | None:
    """A month of a calendar in which there is always another month: a trap for crawlers."""
    match = re.fullmatch(r"/calendar/(\d{1,6})-(\d{1,2})\.shtml", address)
    if match is None:
        return None
    months = int(match[1]) * 12 + int(match[2]) - 1
    before, after = (f"{m // 12}-{m % 12 + 1}.shtml" for m in (months - 1, months + 1))
    main = (
        f"<h1>公开日历 {match[1]}年{match[2]}月</h1><p>本月没有安排。</p><p class='pager'>"
        f'<a href="{before}">上个月</a><a href="{after}">下个月</a></p>'
    )
    return Page(site.framed("公开日历", main).encode())
