"""Three portals of no family, and one that robots.txt closes."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from benchmarks.portals import world as w
from benchmarks.portals.build import JSON, Builder, chunks, rows
from demo.portals.site import Page

if TYPE_CHECKING:
    from benchmarks.portals.world import World

_APP = """
var box=document.getElementById('app');
function row(a){return '<li><a href="'+a.href+'">'+a.label+'</a></li>'}
function menu(){fetch('/api/menu').then(r=>r.json()).then(d=>{
box.innerHTML='<ul>'+d.data.map(m=>row({href:'#/list/'+m.id,label:m.label})).join('')+'</ul>'})}
function list(c,n){fetch('/api/list?channel='+c+'&pageNo='+n+'&pageSize=10')
.then(r=>r.json()).then(d=>{box.innerHTML='<ul>'+d.data.rows.map(a=>row({href:a.visit,label:a.headline})).join('')+'</ul>'
+'<p>共'+d.data.pages+'页</p>'+(n<d.data.pages?'<button id="next">下一页</button>':'');
var b=document.getElementById('next');if(b)b.onclick=()=>list(c,n+1)})}
function go(){var m=location.hash.match(/#\\/list\\/(\\d+)/);m?list(m[1],1):menu()}
window.onhashchange=go;go();
"""


def single_page() -> World:
    """U1: a shell; menu and lists come from JSON endpoints with names of their own."""
    b = Builder("U-spa", "single-page application over JSON", 11, known=False)
    entries = b.mixed(
        w.reports("U1", skip=10), lambda item: f"/detail/{item.digest}.html", w.others()
    )
    articles = [(item.title, f"/detail/{item.digest}.html", item.day) for item in w.news()]
    for item in w.news():
        b.put_article(f"/detail/{item.digest}.html", item)
    channels = {
        11: ("要闻", articles),
        12: ("政务公开", articles[:8]),
        13: ("政府信息公开年报", entries),
    }

    def answer(path: str, _sent: str) -> Page | None:
        parts = urlsplit(path)
        if parts.path == "/api/menu":
            data: object = [{"id": key, "label": name} for key, (name, _) in channels.items()]
        elif parts.path == "/api/list":
            given = {key: int(values[-1]) for key, values in parse_qs(parts.query).items()}
            listed = channels.get(given.get("channel", 0), ("", []))[1]
            pages = chunks(listed, given.get("pageSize", 10))
            at = given.get("pageNo", 1) - 1
            shown = pages[at] if 0 <= at < len(pages) else []
            data = {
                "pages": len(pages),
                "rows": [{"headline": t, "visit": u, "day": d} for t, u, d in shown],
            }
        else:
            return None
        return Page(json.dumps({"code": 200, "data": data}).encode(), JSON)

    b.also(answer)
    b.site.put("/assets/app-3f2a.js", _APP, "text/javascript; charset=utf-8")
    b.site.put(
        "/",
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>示范区人民政府</title></head><body>"
        "<div id=app></div><script src=/assets/app-3f2a.js></script></body></html>",
    )
    return b.world


def frame_shell() -> World:
    """U2: a frameset; the lists' pager stands in the page as base64."""
    b = Builder("U-frames", "frame shell, base64 pager", 12, known=False)
    b.menu(("政务公开", "/main/gk.php"), ("要闻", "/main/yw.php"))
    entries = b.mixed(
        w.reports("U2", skip=6), lambda item: f"/main/view.php?doc={item.digest[:10]}", w.others()
    )
    pages = chunks(entries, 12)
    script = (
        "<div id=p></div><script>var c=JSON.parse(atob(document.getElementById('pg').value));"
        "var h='';for(var i=1;i<=c.total;i++)"
        "{h+='<a href=\"'+c.url.replace('{n}',i)+'\">'+i+'</a>'}"
        "document.getElementById('p').innerHTML=h</script>"
    )
    for at, page in enumerate(pages):
        setting = {"total": len(pages), "now": at + 1, "url": "/main/nb.php?seite={n}"}
        code = base64.b64encode(json.dumps(setting).encode()).decode()
        main = f'{rows(page)}<input type="hidden" id="pg" value="{code}">{script}'
        b.site.put_page(f"/main/nb.php?seite={at + 1}", "政府信息公开年报", main)
    b.site.pages["/main/nb.php"] = b.site.pages["/main/nb.php?seite=1"]
    b.hub("/main/gk.php", "政务公开", ("政府信息公开年报", "/main/nb.php"))
    b.hub("/main/yw.php", "要闻")
    b.home(lambda item: f"/main/read.php?doc={item.digest[:10]}", "/main/index.php")
    b.site.put(
        "/",
        '<html><head><title>示范区</title></head><frameset rows="*"><frame src="/main/index.php">'
        "</frameset></html>",
    )
    return b.world


def postback() -> World:
    """U3: every page of the list is the same address with a form sent back."""
    b = Builder("U-postback", "postback pager", 13, known=False)
    b.menu(("政务公开", "/gk/default.aspx"), ("要闻", "/yw/default.aspx"))
    entries = b.mixed(
        w.reports("U3", skip=9), lambda item: f"/gk/show.aspx?key={item.digest[:12]}", w.others()
    )
    pages = chunks(entries, 12)

    def answer(path: str, sent: str) -> Page | None:
        if path != "/gk/nb.aspx":
            return None
        given = parse_qs(sent)
        at = 1
        if given.get("__EVENTTARGET") == ["pager"] and given.get("__VIEWSTATE"):
            at = int(given.get("__EVENTARGUMENT", ["1"])[0])
        links = "".join(
            f"<a href=\"javascript:__doPostBack('pager','{n}')\">{n}</a>"
            for n in range(1, len(pages) + 1)
            if n != at
        )
        main = (
            f'<form method="post" action="./nb.aspx"><input type="hidden" name="__VIEWSTATE" '
            f'value="dDw{at:04}"><input type="hidden" name="__EVENTTARGET">'
            f'<input type="hidden" name="__EVENTARGUMENT">{rows(pages[at - 1])}<p>{links}</p>'
            "</form>"
            "<script>function __doPostBack(t,a){}</script>"
        )
        return Page(b.site.framed("政府信息公开年报", main).encode())

    b.also(answer)
    b.hub("/gk/default.aspx", "政务公开", ("政府信息公开年报", "/gk/nb.aspx"))
    b.hub("/yw/default.aspx", "要闻")
    b.home(lambda item: f"/yw/show.aspx?key={item.digest[:12]}", "/default.aspx")
    return b.world


def closed() -> World:
    """A portal whose robots.txt forbids everything."""
    b = Builder("closed", "robots.txt forbids everything", 14)
    b.site.put("/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain")
    b.menu(("政务公开", "/zwgk/"))
    b.hub("/zwgk/", "政务公开")
    b.home(lambda item: f"/xw/{item.number}.html")
    b.world.closed = True
    return b.world
