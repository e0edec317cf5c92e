"""Family B, TRS WCM: 南山区. Relative links, a zero-based pager made by JavaScript.

The report's page is GBK and declares UTF-8; it shows the scanned PDF in a viewer.
"""

from __future__ import annotations

from demo.portals import content, template
from demo.portals.content import Item
from demo.portals.site import PublishedReport, Site, article
from demo.reports import file_bytes

PER_PAGE = 12
COLUMN = "/zwgk/zfxxgkml/zfxxgknb/"
REPORT = Item("南山区2021年政府信息公开工作年度报告", "2022-01-28")
FILE = f"{COLUMN}202201/P020220128315372317586.pdf"
SCRIPT = """
function createPageHTML(pages,now,prefix,suffix){var h='<p class="pager">';
for(var i=0;i<pages;i++){var u=prefix+(i?'_'+i:'')+'.'+suffix;
h+=i===now?'<b>'+(i+1)+'</b> ':'<a href="'+u+'">'+(i+1)+'</a> '}
document.write(h+'</p>')}
"""
VIEWER = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>PDF viewer</title></head>'
    '<body style="margin:0"><script>document.write(\'<embed type="application/pdf" '
    'style="width:100%;height:99vh" src="\'+new URLSearchParams(location.search).get("file")'
    "+'\">')</script></body></html>\n"
)


def nanshan() -> Site:
    """The portal of 南山区: a scan in a viewer, on the second page of the list."""
    site = Site("230404", "南山区", "127.23.4.4", "鹤岗市", "黑龙江省", validators="date")
    site.menu = [
        ("首页", "/"),
        ("新闻动态", "/xwdt/"),
        ("政务公开", "/zwgk/"),
        ("政府信息公开", "/zwgk/zfxxgkml/"),
    ]
    site.put_common("User-agent: *\nDisallow: /admin/\nAllow: /\n")
    site.put("/js/page.js", SCRIPT, "text/javascript; charset=utf-8")
    site.put("/pdfjs/web/viewer.html", VIEWER)
    annual = content.newest_first([REPORT, *content.look_alikes("南山区", 2018, 2023)])
    _put_column(site, "/xwdt/", "新闻动态", content.news())
    _put_column(site, COLUMN, "政府信息公开年报", annual)
    _put_menu_page(site, "/zwgk/", "政务公开", [("政府信息公开", "./zfxxgkml/")])
    columns = [("政府信息公开年报", "./zfxxgknb/"), ("政府信息公开制度", "./zfxxgkzd/")]
    _put_menu_page(site, "/zwgk/zfxxgkml/", "政府信息公开", columns)
    rules = f"<p>{content.PLACEHOLDER}</p>"
    site.put_page("/zwgk/zfxxgkml/zfxxgkzd/", "政府信息公开制度", rules)
    latest = content.news()[:8]
    lines = template.rows(latest, [f"./xwdt/{_file(item)}" for item in latest])
    main = f"<h2>新闻动态</h2>{template.listing(lines)}{template.ADMIN}"
    site.put_page("/", "首页", main)
    _put_report(site)
    return site


def _file(item: Item) -> str:
    return f"{item.month}/t{item.day.replace('-', '')}_{item.number}.html"


def _put_column(site: Site, column: str, title: str, items: list[Item]) -> None:
    pages = -(-len(items) // PER_PAGE)
    for number in range(pages):
        shown = items[number * PER_PAGE : (number + 1) * PER_PAGE]
        lines = template.rows(shown, [f"./{_file(item)}" for item in shown])
        pager = f'<script>createPageHTML({pages}, {number}, "index", "html");</script>'
        main = f"<h1>{title}</h1>{template.listing(lines)}{pager}"
        head = '<script src="/js/page.js"></script>\n'
        for path in [f"index_{number}.html"] if number else ["", "index.html"]:
            site.put_page(column + path, title, main, head=head)
    for item in items:
        text = content.placeholder(item)
        main = article(item.title, item.day, text, 'class="TRS_Editor"', site.name)
        site.put_page(column + _file(item), item.title, main)


def _put_menu_page(site: Site, path: str, title: str, links: list[tuple[str, str]]) -> None:
    lines = [f'<li><a href="{href}">{label}</a></li>' for label, href in links]
    site.put_page(path, title, f"<h1>{title}</h1>{template.listing(lines)}")


def _put_report(site: Site) -> None:
    viewer = f'<iframe src="/pdfjs/web/viewer.html?file={FILE}"></iframe>'
    main = article(REPORT.title, REPORT.day, viewer, 'class="TRS_Editor"', site.name)
    path = COLUMN + _file(REPORT)
    # The bytes are GBK though the page says UTF-8, as on many a migrated site.
    site.put(path, site.framed(REPORT.title, main).encode("gb18030"), "text/html")
    site.put(FILE, file_bytes("nanshan-2021.pdf"), "application/pdf")
    site.reports.append(
        PublishedReport(
            site.place, 2021, REPORT.title, path, FILE, "application/pdf", "nanshan-2021"
        )
    )
