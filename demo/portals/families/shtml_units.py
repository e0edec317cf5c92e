"""Family C once more: 兴安区, whose column is an empty shell with a list for each kind of unit.

The report is a PDF that the list links itself. The error page has status 200, and the calendar
never ends.
"""

from __future__ import annotations

import re

from demo.portals import content
from demo.portals.content import Item
from demo.portals.families import shtml
from demo.portals.site import Page, Site

REPORT = Item("兴安区人民政府2021年度政府信息公开工作报告", "2022-01-25")
GONE = Item("兴安区2020年政府信息公开工作年度报告", "2021-01-22")


def xingan() -> Site:
    """The portal of 兴安区: a list by unit that links the PDF itself."""
    site = Site("230405", "兴安区", "127.23.4.5", "鹤岗市", "黑龙江省", soft_404=True)
    site.menu = [
        ("首页", "/index.shtml"),
        ("兴安新闻", "/xingan/c3001/list.shtml"),
        ("政府信息公开", "/xingan/zwgk/list.shtml"),
        ("公开日历", "/calendar/2022-1.shtml"),
    ]
    shtml.common(site, "User-agent: *\nDisallow: /admin/\nDisallow: /search/\n")
    news, column = content.news(18), "/xingan/zfxxgknb"
    shtml.put_column(site, "/xingan/c3001", "list", "兴安新闻", news)
    units = {
        "qzf": ("区政府", [REPORT, GONE, *content.look_alikes("兴安区", 2021, 2022)]),
        "bm": ("区直部门", content.look_alikes("兴安区示范局", 2019, 2022)),
        "jd": ("街道", content.look_alikes("兴安区示范街道", 2020, 2022)),
    }
    side = "".join(
        f'<a href="{column}_{u}/list.shtml">{name}</a>' for u, (name, _) in units.items()
    )
    shell = f'<div class="side">{side}</div><h1>政府信息公开年报</h1><ul class="list"></ul>'
    site.put_page(f"{column}/list.shtml", "政府信息公开年报", shell)
    file = f"{column}_qzf/202201/{REPORT.digest}/files/{REPORT.digest[::-1]}.pdf"
    for unit, (name, items) in units.items():
        listed = content.newest_first(items)
        shtml.put_column(site, f"{column}_{unit}", "list", name, listed, files={REPORT: file})
    site.put_page(
        "/xingan/zwgk/list.shtml",
        "政府信息公开",
        '<h1>政府信息公开</h1><ul class="list"><li><a href="/xingan/zcwj/list.shtml">政策文件</a>'
        f'</li><li><a href="{column}/list.shtml">政府信息公开年报</a></li></ul>',
    )
    site.put_page("/xingan/zcwj/list.shtml", "政策文件", f"<p>{content.PLACEHOLDER}</p>")
    shtml.home(site, "/xingan/c3001", news)
    shtml.put_file(site, REPORT, None, file, media_type="application/pdf", name="xingan-2021.pdf")
    shtml.take_away(site, f"{column}_qzf", GONE)
    site.dynamic = lambda address, _: _calendar(site, address)
    return site


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
