"""Portals of the families G to I."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.portals import world as w
from benchmarks.portals.build import JSON, Builder, chunks, digest, rows
from demo.portals.site import Page

if TYPE_CHECKING:
    from benchmarks.portals.world import World


def shaanxi() -> World:
    """G: sub-columns by year of publication, pages `1.html`, `2.html`."""
    b = Builder("G", "陕西, sub-columns by year", 7)
    b.menu(("政务公开", "/zwgk/1.html"), ("要闻", "/yw/1.html"))
    made = w.reports("G")
    years = []
    for year in sorted(w.YEARS, reverse=True):
        mine = [report for report in made if report.year == year]
        folder = f"/xxgk/bmxxgknb/{year}"
        for at, page in enumerate(
            pages := chunks(
                b.mixed(mine, lambda item: f"/xxgk/bmxxgknb/{digest(item, 24)}.html"), 5
            )
        ):
            links = "".join(f'<a href="{n + 1}.html">{n + 1}</a>' for n in range(len(pages)))
            b.site.put_page(f"{folder}/{at + 1}.html", f"{year}年", f"{rows(page)}<p>{links}</p>")
        years.append((f"{year}年", f"{folder}/1.html"))
    b.hub("/xxgk/bmxxgknb/1.html", "政府信息公开年报", *years)
    b.hub("/zwgk/1.html", "政务公开", ("政府信息公开年报", "/xxgk/bmxxgknb/1.html"))
    b.hub("/yw/1.html", "要闻")
    b.home(lambda item: f"/yw/{digest(item, 24)}.html")
    return b.world


def shandong() -> World:
    """H: channels by number, 下一页 only, GBK without a declaration."""
    b = Builder("H", "山东, 下一页 only", 8)
    site = "/gongkai/site_sfq"
    b.menu(("政务公开", f"{site}/channel_5f01.html"), ("要闻", f"{site}/channel_5f09.html"))
    entries = b.mixed(
        w.reports("H", skip=20),
        lambda item: f"{site}/channel_5f02/doc_{digest(item, 24)}.html",
        w.others(),
    )
    pages = chunks(entries, 10)
    for at, page in enumerate(pages):
        name = f"{site}/channel_5f02{f'_{at + 1}' if at else ''}.html"
        after = (
            f'<a href="{site}/channel_5f02_{at + 2}.html">下一页</a>' if at + 1 < len(pages) else ""
        )
        b.site.put_page(name, "政府信息公开年度报告", f"{rows(page)}<p>{after}</p>")
    b.hub(
        f"{site}/channel_5f01.html",
        "政务公开",
        ("政府信息公开年度报告", f"{site}/channel_5f02.html"),
    )
    b.hub(f"{site}/channel_5f09.html", "要闻")
    b.home(lambda item: f"{site}/channel_5f09/doc_{digest(item, 24)}.html")
    return b.world


def ewb() -> World:
    """I, one: a column that frames its list, whose directory is asked by POST."""
    b = Builder("I-ewb", "EWB, JSON by POST in a frame", 9)
    b.menu(("政务公开", "/zwgk/zwgk.html"), ("要闻", "/yw/yw.html"))
    entries = b.mixed(
        w.reports("I1", skip=5), lambda item: f"/zwgk/{item.month}/{item.digest}.html"
    )
    records = [{"title": t, "infourl": u, "infodate": d} for t, u, d in entries]

    def answer(path: str, sent: str) -> Page | None:
        if not path.endswith("/rest/lightfrontaction/getgovinfolist") or not sent:
            return None
        given = json.loads(sent)
        size = min(int(given["pageSize"]), 20)
        start = int(given["pageIndex"]) * size
        data = {"custom": {"count": len(records), "data": records[start : start + size]}}
        return Page(json.dumps(data).encode(), JSON)

    b.also(answer)
    script = (
        "<script>var project='/EWB';var p={deptcode:'001',categorynum:'003004',"
        "siteGuid:'7eb5f7f1-9041-43ad-8e13-8fcb82ea831a',pageIndex:0};"
        "$.post('/EWB/rest/lightfrontaction/getgovinfolist',JSON.stringify(p),show);</script>"
    )
    b.site.put_page("/zwgk/frame.html", "列表", f"<div id='list'></div>{script}")
    b.site.put_page("/zwgk/nb.html", "政府信息公开年报", '<iframe src="/zwgk/frame.html"></iframe>')
    b.hub("/zwgk/zwgk.html", "政务公开", ("政府信息公开年报", "/zwgk/nb.html"))
    b.hub("/yw/yw.html", "要闻")
    b.home(lambda item: f"/yw/{item.month}/{item.digest}.html")
    return b.world


def aspx() -> World:
    """I, two: `PublicDetail.aspx?id=`, lists told apart by their query alone."""
    b = Builder("I-aspx", "PublicDetail.aspx, pages in the query", 10)
    b.menu(("政府信息公开", "/pages/xxgk/Public.aspx"), ("要闻", "/pages/news.aspx"))
    entries = b.mixed(
        w.reports("I2", skip=8),
        lambda item: f"/pages/xxgk/PublicDetail.aspx?id={item.number}",
        w.others(),
    )
    pages = chunks(entries)
    stem = "/pages/xxgk/PublicList.aspx?cid=31"
    for at, page in enumerate(pages):
        links = "".join(f'<a href="{stem}&page={n + 1}">{n + 1}</a>' for n in range(len(pages)))
        path = stem if at == 0 else f"{stem}&page={at + 1}"
        b.site.put_page(path, "信息公开年报", f"{rows(page)}<p>{links}</p>")
    b.site.pages[f"{stem}&page=1"] = b.site.pages[stem]
    b.hub("/pages/xxgk/Public.aspx", "政府信息公开", ("信息公开年报", stem))
    b.hub("/pages/news.aspx", "要闻")
    b.home(lambda item: f"/pages/newsDetail.aspx?id={item.number}")
    return b.world
