"""Family F, VSB: 东风区. List pages are numbered downwards, and an attachment has no name.

Its name stands only in Content-Disposition, as raw GBK bytes.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape

from demo.portals import content, template
from demo.portals.content import Item
from demo.portals.site import Page, PublishedReport, Site, article
from demo.reports import file_bytes

PER_PAGE = 12
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
REPORT = Item("佳木斯市东风区2021年政府信息公开工作年度报告", "2022-01-26")
GONE = Item("佳木斯市东风区2018年政府信息公开工作年度报告", "2019-01-30")
FILE = (
    "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1495370032&wbfileid=4471936"
)


def dongfeng() -> Site:
    """The portal of 东风区: a .docx behind a download address, on the second page of the list."""
    site = Site("230805", "东风区", "127.23.8.5", "佳木斯市", "黑龙江省")
    site.menu = [
        ("首页", "/index.htm"),
        ("新闻", "/xw.htm"),
        ("信息公开", "/xxgk.htm"),
        ("信息公开年报", "/xxgk/zfxxgknb.htm"),
    ]
    site.put_common("User-agent: *\nCrawl-delay: 0.05\nDisallow: /admin/\n")
    news = content.news()
    annual = content.newest_first([REPORT, GONE, *content.look_alikes("东风区", 2018, 2022)])
    _put_column(site, "xw", "新闻", "1031", news)
    _put_column(site, "xxgk/zfxxgknb", "信息公开年报", "1042", annual)
    lines = ['<li><a href="xxgk/zfxxgknb.htm">信息公开年报</a></li>']
    site.put_page("/xxgk.htm", "信息公开", f"<h1>信息公开</h1>{template.listing(lines)}")
    rows = template.rows(news[:8], [_path("1031", item).lstrip("/") for item in news[:8]])
    main = f"<h2>新闻</h2>{template.listing(rows)}{template.ADMIN}"
    site.put_page("/index.htm", "首页", main)
    site.pages["/"] = Page(b"", status=302, headers=(("Location", b"/index.htm"),))
    _put_report(site)
    gone = _path("1042", GONE)
    site.pages[gone] = Page(b"", status=301, headers=(("Location", b"/index.htm"),))
    site.gone.append(gone)
    return site


def _path(column: str, item: Item) -> str:
    return f"/info/{column}/{item.number}.htm"


def _put_column(site: Site, stem: str, title: str, column: str, items: list[Item]) -> None:
    """Publish `<stem>.htm` with the newest items, then `<stem>/<n>.htm` down to 1."""
    pages = -(-len(items) // PER_PAGE)
    paths = [f"/{stem}.htm", *(f"/{stem}/{number}.htm" for number in range(pages - 1, 0, -1))]
    for place, path in enumerate(paths):
        shown = items[place * PER_PAGE : (place + 1) * PER_PAGE]
        up = "../" * (path.count("/") - 1)
        lines = template.rows(shown, [up + _path(column, item)[1:] for item in shown])
        after = paths[place + 1] if place + 1 < pages else None
        pager = "".join(
            f'<span class="p_fun"><a href="{up}{path[1:]}">{label}</a></span>'
            for label, path in (("下页", after), ("尾页", paths[-1]))
            if after and path
        )
        main = (
            f"<h1>{title}</h1>{template.listing(lines)}"
            f'<p class="pager"><span class="p_t">共{len(items)}条</span> '
            f'<span class="p_no_d">{place + 1}</span> {pager}</p>'
        )
        site.put_page(path, title, main)
    for item in items:
        _put_article(site, _path(column, item), item, content.placeholder(item))


def _put_article(site: Site, path: str, item: Item, text: str) -> None:
    inner = f'<div class="v_news_content">{text}</div>'
    site.put_page(
        path, item.title, article(item.title, item.day, inner, 'id="vsb_content"', site.name)
    )


def _put_report(site: Site) -> None:
    path = _path("1042", REPORT)
    text = (
        f'<p>{REPORT.title}见附件。</p></div><ul><li>附件【<a href="{escape(FILE)}" '
        'target="_blank">附件1</a>】已下载<span>3</span>次</li></ul><div>'
    )
    _put_article(site, path, REPORT, text)
    name = f"{REPORT.title}.docx".encode("gbk")
    site.put(FILE, file_bytes("dongfeng-2021.docx"), "application/octet-stream")
    disposition = ("Content-Disposition", b"attachment;filename=" + name)
    site.pages[FILE] = replace(site.pages[FILE], headers=(disposition,))
    site.reports.append(
        PublishedReport(site.place, 2021, REPORT.title, path, FILE, DOCX, "dongfeng-2021")
    )
