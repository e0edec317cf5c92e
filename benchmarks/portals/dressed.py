"""Known families in another dress, and lists of units in tables, trees and menus."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from benchmarks.portals import world as w
from benchmarks.portals.build import JSON, PDF, Builder, chunks, rows
from demo.portals.site import Page, article

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.portals.world import World
    from demo.portals.content import Item

    Entries = Sequence[tuple[str, str, str]]

_DOC = bytes.fromhex("d0cf11e0a1b11ae1")


def by_unit(b: Builder, made: list[w.Report], folder: str) -> dict[str, Entries]:
    """Publish the reports of each unit; its entries by its name."""
    return {
        unit: b.mixed([r for r in made if r.unit == unit], lambda i: f"{folder}{i.number}.html")
        for unit in w.UNITS
    }


def annual_reports() -> World:
    """A: xxgkAnnualReport.jsp by unit and year; the column names units, a report its others."""
    b = Builder("A-annual", "xxgkAnnualReport.jsp, a unit's name leads to its newest", 31)
    b.menu(("政务公开", "/col/col21/index.html"), ("要闻", "/col/col22/index.html"))
    made = w.reports("A-annual", skip=5)
    newest = []
    page = "/module/xxgk/xxgkAnnualReport.jsp"
    for number, unit in enumerate(w.UNITS):
        mine = [report for report in made if report.unit == unit]
        years = "".join(
            f'<a href="{page}?area=1132{number}&fbtime={one.year}">{one.year}</a>' for one in mine
        )
        for report in mine:
            main = article(
                report.item.title, report.item.day, w.report_body(report, None), "id=zoom", unit
            )
            path = f"{page}?area=1132{number}&fbtime={report.year}"
            b.site.put_page(path, report.item.title, years + main)
            b.world.truth.add(path)
        newest.append((unit, f"{page}?area=1132{number}&fbtime={max(r.year for r in mine)}"))
    b.hub("/col/col23/index.html", "信息公开指南")
    b.hub("/col/col24/index.html", "信息公开年报", *newest)
    b.hub(
        "/col/col21/index.html",
        "政务公开",
        ("信息公开指南", "/col/col23/index.html"),
        ("信息公开年报", "/col/col24/index.html"),
    )
    b.hub("/col/col22/index.html", "要闻")
    b.home(lambda item: f"/art/{item.number}.html")
    return b.world


def jpage_post() -> World:
    """A: the proxy obeys page= by POST alone, and its list names the page it shows."""
    b = Builder("A-post", "jpage, page= by POST alone, columns by kind of unit", 32)
    b.menu(("政府信息公开", "/col/col1/index.html"), ("要闻", "/col/col2/index.html"))
    proxy = "/module/web/jpage/dataproxy.jsp"
    made = w.reports("A-post", skip=6)
    lists: dict[str, Entries] = {}
    for number, (_, units) in enumerate(w.KINDS.items()):
        mine = [report for report in made if report.unit in units]
        lists[str(300 + number)] = b.mixed(mine, lambda i: f"/art/2022/1/9/art_3_{i.number}.html")

    def store(column: str, number: int) -> str:
        shown = lists[column][(number - 1) * 9 : number * 9]
        more = f"{proxy}?page={number}&webid=47&columnid={column}&unitid=7"
        records = "".join(
            f"<record><![CDATA[<li><a title='{t}' href='{u}'>{t[:9]}</a></li>]]></record>"
            for t, u, _ in shown
        )
        return (
            f'<datastore><nextgroup><![CDATA[<a href="{more}"></a>]]></nextgroup>'
            f"<recordset>{records}</recordset></datastore>"
        )

    def answer(path: str, sent: str) -> Page | None:
        if urlsplit(path).path != proxy:
            return None
        given = parse_qs(f"{sent or urlsplit(path).query}")
        number = int(given.get("page", ["1"])[0]) if sent else 1
        return Page(store(given["columnid"][0], number).encode(), "text/xml; charset=utf-8")

    b.also(answer)
    links = []
    for column, kind in zip(lists, w.KINDS, strict=True):
        path = f"/col/col{column}/index.html"
        total = len(lists[column])
        setting = f"<script>jpage({{totalRecord:{total},perPage:3}})</script>"
        island = f'<script type="text/xml">{store(column, 1)}</script>{setting}'
        b.site.put_page(path, kind, island)
        links.append((kind, path))
    b.hub("/col/col3/index.html", "政府信息公开年报", *links)
    b.hub("/col/col1/index.html", "政府信息公开", ("政府信息公开年报", "/col/col3/index.html"))
    b.hub("/col/col2/index.html", "要闻")
    b.home(lambda item: f"/art/{item.number}.html")
    return b.world


def json_tree() -> World:
    """C: the column is an empty shell; its units come from a tree of JSON."""
    b = Builder("C-tree", "an empty column, its units in a tree of JSON", 33)
    b.menu(("信息公开", "/xxgk/index.shtml"), ("要闻", "/xw/list.shtml"))
    listed = by_unit(b, w.reports("C-tree", skip=7), "/nb/2022/")
    nodes = [{"id": "1", "pId": "0", "name": "政府信息公开年报"}]
    for number, (unit, entries) in enumerate(listed.items()):
        pages = chunks(entries, 5)
        for at, page in enumerate(pages):
            call = f"createPageHTML('page_div',{len(pages)},{at + 1},'list','shtml',{len(entries)})"
            name = f"list_{at + 1}.shtml" if at else "list.shtml"
            b.site.put_page(f"/c{number}/{name}", unit, f"{rows(page)}<script>{call};</script>")
        nodes.append(
            {"id": f"c{number}", "pId": "1", "name": unit, "url": f"/c{number}/list.shtml"}
        )
    b.site.put("/tree/nb.json", json.dumps(nodes), JSON)
    tree = '<ul id=t></ul><script>$.getJSON("/tree/nb.json",function(d){show(d)})</script>'
    b.site.put_page("/xxgknb/list.shtml", "信息公开年报", tree)
    b.hub("/xxgk/index.shtml", "信息公开", ("信息公开年报", "/xxgknb/list.shtml"))
    b.hub("/xw/list.shtml", "要闻")
    b.home(lambda item: f"/xw/{item.digest}.shtml")
    return b.world


def download_names() -> World:
    """F: by year; files without an extension, named in raw GBK, by RFC 5987, or not at all."""
    b = Builder("F-files", "VSB by year, files named in GBK, RFC 5987 or not at all", 34)
    b.menu(("政务公开", "/zwgk.htm"), ("要闻", "/yw.htm"))
    listed: dict[int, list[tuple[str, str, str]]] = {}
    for number, report in enumerate(w.reports("F-files", skip=8)):
        path = f"/info/{1300 + report.year % 10}/{report.item.number}.htm"
        name = f"{report.item.title}.doc"
        file = f"/system/_content/download.jsp?urltype=a&wbfileid={report.item.digest[:20]}"
        named = (
            b"attachment; filename=" + name.encode("gb18030"),
            f"attachment; filename*=UTF-8''{quote(name)}".encode(),
        )
        headers = (("Content-Disposition", named[number % 3]),) if number % 3 < 2 else ()
        data = _DOC + w.pdf(path)
        b.site.pages[file] = Page(data, "application/octet-stream", headers=headers)
        body = f'<div class="v_news_content">见附件</div>附件【<a href="{file}">{name}</a>】'
        main = article(report.item.title, report.item.day, body, 'id="vsb_content"', report.unit)
        b.site.put_page(path, report.item.title, main)
        b.world.truth.add(path)
        entry = (report.item.title, path, report.item.day)
        listed.setdefault(report.year, []).append(entry)
    for year, entries in listed.items():
        b.site.put_page(f"/zwgk/nb/{year}n.htm", f"{year}年", rows(entries))
    years = [(f"{year}年", f"/zwgk/nb/{year}n.htm") for year in sorted(listed, reverse=True)]
    b.hub("/zwgk/nb.htm", "年度报告", *years)
    b.hub("/zwgk.htm", "政务公开", ("年度报告", "/zwgk/nb.htm"))
    b.hub("/yw.htm", "要闻")
    b.home(lambda item: f"/info/1010/{item.number}.htm")
    return b.world


def matrix() -> World:
    """A table of units and years, whose cells say 查看 or the year, and lead to pages or files."""
    b = Builder("V-table", "a table of units and years: 查看, 2021", 35, known=False)
    b.menu(("政务公开", "/gk/"), ("要闻", "/yw/"))
    cells: dict[tuple[str, int], str] = {}
    for report in w.reports("V-table", skip=9):
        path = f"/gk/nb/{report.year}/{w.UNITS.index(report.unit):02}"
        if report.attached:
            path += ".pdf"
            b.site.put(path, w.pdf(path), PDF)
            b.world.truth.add(path)
        else:
            path += ".html"
            b.put_report(path, report)
        cells[report.unit, report.year] = path
    table = "<tr><th>单位</th>" + "".join(f"<th>{year}年</th>" for year in w.YEARS) + "</tr>"
    for number, unit in enumerate(w.UNITS):
        table += f"<tr><td>{unit}</td>"
        for year in w.YEARS:
            path = cells.get((unit, year), "")
            said = "查看" if number % 2 else year
            table += f'<td><a href="{path}">{said}</a></td>' if path else "<td>—</td>"
        table += "</tr>"
    b.site.put_page("/gk/nb/", "政府信息公开年报", f"<table>{table}</table>")
    b.hub("/gk/", "政务公开", ("政府信息公开年报", "/gk/nb/"))
    b.hub("/yw/", "要闻")
    b.home(lambda item: f"/yw/{item.number}.html")
    return b.world


def deep() -> World:
    """English addresses, menus of other names, four pages down: a page a unit, a page a year."""
    b = Builder(
        "V-deep", "English addresses, 政务 › 法定主动公开内容 › unit › year", 36, known=False
    )
    b.menu(("政务", "/affairs/"), ("服务", "/services/"), ("动态", "/news/"))
    made = w.reports("V-deep", skip=8, bare=True)
    base = "/affairs/disclosure/statutory/"
    units = []
    for number, unit in enumerate(w.UNITS):
        folder = f"{base}unit-{number}/"
        years = []
        for report in (one for one in made if one.unit == unit):
            place = f"{folder}annual-report/{report.year}/"
            b.put_report(f"{place}{report.item.number}.html", report)
            b.hub(place, str(report.year), (report.item.title, f"{place}{report.item.number}.html"))
            years.append((str(report.year), place))
        b.hub(f"{folder}annual-report/", f"{unit}信息公开年报", *years)
        b.hub(f"{folder}duties/", "职责")
        inside = (("职责", f"{folder}duties/"), ("信息公开年报", f"{folder}annual-report/"))
        b.hub(folder, unit, *inside)
        units.append((unit, folder))
    b.hub(base, "法定主动公开内容", *units)
    b.hub("/affairs/disclosure/", "政府信息公开", ("法定主动公开内容", base))
    b.hub("/affairs/", "政务", ("政府信息公开", "/affairs/disclosure/"))
    b.hub("/services/", "服务")
    b.hub("/news/", "动态")
    b.home(lambda item: f"/news/{item.number}.html")
    return b.world


def posting_menu() -> World:
    """ASP.NET in GBK: the unit is chosen in a menu that sends the form back, then the page."""
    b = Builder("I-menu", "ASP.NET, a menu of units that posts back, GBK", 37)
    b.menu(("政务公开", "/gk.aspx"), ("要闻", "/yw.aspx"))
    listed = list(by_unit(b, w.reports("I-menu", skip=7), "/show/").items())

    def answer(path: str, sent: str) -> Page | None:
        if path != "/nb.aspx":
            return None
        given = {key: values[-1] for key, values in parse_qs(sent).items()}
        chosen = int(given.get("unit", "0"))
        pages = chunks(listed[chosen][1], 5)
        at = int(given["__EVENTARGUMENT"]) - 1 if given.get("__EVENTTARGET") == "pager" else 0
        options = "".join(
            f'<option value="{n}"{" selected" if n == chosen else ""}>{unit}</option>'
            for n, (unit, _) in enumerate(listed)
        )
        links = "".join(
            f"<a href=\"javascript:__doPostBack('pager','{n + 1}')\">{n + 1}</a>"
            for n in range(len(pages))
            if n != at
        )
        main = (
            '<form method="post" action="nb.aspx"><input type="hidden" name="__VIEWSTATE" '
            f'value="/w{chosen}"><select name="unit" onchange="__doPostBack(\'unit\',\'\')">'
            f"{options}</select>{rows(pages[at])}{links}</form>"
        )
        page = b.site.framed("政府信息公开年报", main).encode("gb18030")
        return Page(page, "text/html; charset=gb2312")

    b.also(answer)
    b.hub("/gk.aspx", "政务公开", ("政府信息公开年报", "/nb.aspx"))
    b.hub("/yw.aspx", "要闻")
    b.home(lambda item: f"/show.aspx?id={item.number}")
    return b.world


def chosen_unit() -> World:
    """Units in a menu of numbers, from which a script makes addresses; items are the files."""
    b = Builder("V-select", "a menu of unit numbers, files without an extension", 38, known=False)
    b.menu(("公开", "/open.php"), ("要闻", "/news.php"))
    options = '<option value="">请选择</option>'
    made = w.reports("V-select", skip=6)
    for number, unit in enumerate(w.UNITS):
        entries = []
        for report in (one for one in made if one.unit == unit):
            path = f"/dl.php?f={report.item.digest[:12]}"
            b.site.put(path, w.pdf(path), "application/octet-stream")
            b.world.truth.add(path)
            entries.append((report.item.title, path, report.item.day))
        b.site.put_page(f"/annual.php?unit={number}", "信息公开年报", rows(entries))
        options += f'<option value="{number}">{unit}</option>'
    script = '<script>function jump(v){if(v)location.href="annual.php?unit="+v}</script>'
    menu = f'<select onchange="jump(this.value)">{options}</select>{script}'
    b.site.put_page("/annual.php", "信息公开年报", menu)
    b.hub("/open.php", "公开", ("信息公开年报", "/annual.php"))
    b.hub("/news.php", "要闻")
    b.home(lambda item: f"/v.php?id={item.number}")
    return b.world


def look_alikes(b: Builder, address: str) -> list[tuple[str, str, str]]:
    """Publish what looks like a report and is none; its entries."""
    items: list[Item] = w.others()
    for item in items:
        b.put_article(address.format(item.number), item)
    return [(item.title, address.format(item.number), item.day) for item in items]
