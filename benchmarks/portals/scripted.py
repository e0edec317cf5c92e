"""Portals of no family whose lists, tabs and articles exist only through scripts."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from benchmarks.portals import world as w
from benchmarks.portals.build import JSON, Builder, chunks, rows
from benchmarks.portals.dressed import by_unit, look_alikes
from demo.portals.site import Page

if TYPE_CHECKING:
    from benchmarks.portals.world import World

_ROUTES = """
var box=document.getElementById('app'),get=u=>fetch(u).then(r=>r.json());
function post(u,b){return fetch(u,{method:'POST',headers:{'Content-Type':'application/json'},
body:JSON.stringify(b)}).then(r=>r.json())}
function menu(t){return t.map(c=>'<li><a href="#/list/'+c.id+'">'+c.name+'</a><ul>'
+menu(c.children||[])+'</ul></li>').join('')}
function list(c,n){post('/api/content/list',{channelId:c,pageNum:n,pageSize:10}).then(d=>{
box.innerHTML=d.rows.map(x=>'<li><a href="#/detail/'+x.id+'">'+x.title+'</a></li>').join('')
+(n*10<d.total?'<a class=next>下一页</a>':'');var b=box.querySelector('.next');
if(b)b.onclick=()=>list(c,n+1)})}
function show(i){get('/api/content/'+i).then(d=>{box.innerHTML='<h1>'+d.data.title+'</h1>'
+d.data.content})}
function go(){var m=location.hash.match(/#\\/(list|detail)\\/(\\w+)/);
if(!m)get('/api/channels').then(d=>{box.innerHTML=menu(d.data)});
else if(m[1]=='list')list(m[2],1);else show(m[2])}
window.onhashchange=go;go();
"""


def hash_routes() -> World:
    """Lists by POST with a JSON body; the articles are JSON behind `#/detail/123`."""
    b = Builder("U-hash", "an application, articles are JSON behind #/detail/123", 41, known=False)
    titles: dict[str, tuple[str, str]] = {}
    for report in w.reports("U-hash", skip=8):
        number = str(50_000 + len(titles))
        titles[number] = (report.item.title, w.report_body(report, None))
        b.world.truth.add(f"/api/content/{number}")
    for item in [*w.others(), *w.news()]:
        titles[str(50_000 + len(titles))] = (item.title, w.article_body(item))
    every = list(titles)
    lists = {"c1": every[-60:], "c22": every[: -len(w.news())]}
    inner = [{"id": "c21", "name": "公开指南"}, {"id": "c22", "name": "政府信息公开年报"}]
    channels = [{"id": "c1", "name": "要闻"}, {"id": "c2", "name": "政务公开", "children": inner}]

    def answer(path: str, sent: str) -> Page | None:
        number = path.rpartition("/")[2]
        if path == "/api/channels":
            data: object = {"data": channels}
        elif path == "/api/content/list" and sent:
            asked = json.loads(sent)
            mine = lists.get(asked["channelId"], [])
            shown = mine[(asked["pageNum"] - 1) * 10 :][:10]
            found = [{"id": int(n), "title": titles[n][0]} for n in shown]
            data = {"total": len(mine), "rows": found}
        elif path.startswith("/api/content/") and number in titles:
            title, content = titles[number]
            data = {"data": {"id": int(number), "title": title, "content": content}}
        else:
            return None
        return Page(json.dumps(data).encode(), JSON)

    b.also(answer)
    b.site.put("/js/app.js", _ROUTES, "text/javascript; charset=utf-8")
    b.site.put("/", "<html><body><div id=app></div><script src=/js/app.js></script></body></html>")
    return b.world


def handlers() -> World:
    """Menus, rows and the pager are event handlers of the page's own functions."""
    b = Builder("U-onclick", "menus, rows and pager by onclick alone", 42, known=False)
    functions = (
        '<script>function go(u){window.location.href="/site"+u}'
        'function show(id){window.open("/site/d/"+id+".html")}'
        'function toPage(n){location.href="/site/gk/nb/list_"+n+".html"}</script>'
    )
    b.menu()
    b.site.menu_html = (
        functions
        + "<div onclick=\"go('/gk/')\">政务公开</div><div onclick=\"go('/n/')\">要闻</div>"
    )
    entries = b.mixed(w.reports("U-onclick", skip=7), lambda i: f"/site/d/{i.number}.html")
    entries += look_alikes(b, "/site/d/{}.html")
    pages = chunks(entries, 11)
    for at, page in enumerate(pages):
        body = "".join(
            f'<li onclick="show({url[8:-5]})"><span>{title}</span> <span>{day}</span></li>'
            for title, url, day in page
        )
        more = f'<button onclick="toPage({at + 2})">下一页</button>' if at + 1 < len(pages) else ""
        b.site.put_page(f"/site/gk/nb/list_{at + 1}.html", "政府信息公开年报", body + more)
    link = "<div onclick=\"go('/gk/nb/list_1.html')\">政府信息公开年报</div>"
    b.site.put_page("/site/gk/", "政务公开", link)
    b.hub("/site/n/", "要闻")
    b.home(lambda item: f"/site/x/{item.number}.html")
    return b.world


def year_tabs() -> World:
    """Tabs of years: a function of the page asks for a year's rows as a piece of HTML."""
    b = Builder("U-tabs", "tabs of years by script, rows as pieces of HTML", 43, known=False)
    b.menu(("信息公开", "/xxgk"), ("要闻", "/news"))
    made = w.reports("U-tabs", skip=6)
    for year in w.YEARS:
        mine = [report for report in made if report.year == year]
        entries = b.mixed(mine, lambda i: f"/detail/{i.digest[:16]}")
        b.site.put(f"/xxgk/nb/ajax?year={year}", rows(entries))
    tabs = "".join(f'<span onclick="loadYear({year})">{year}年</span>' for year in w.YEARS)
    script = (
        'function loadYear(y){fetch("/xxgk/nb/ajax?year="+y).then(r=>r.text())'
        f".then(t=>{{document.getElementById('c').innerHTML=t}})}}loadYear({w.YEARS[-1]})"
    )
    main = f"{tabs}<div id=c></div><script>{script}</script>"
    b.site.put_page("/xxgk/nb", "信息公开年报", main)
    b.hub("/xxgk", "信息公开", ("信息公开年报", "/xxgk/nb"))
    b.hub("/news", "要闻")
    b.home(lambda item: f"/detail/{item.digest[:16]}")
    return b.world


def unit_tree() -> World:
    """A tree of unit numbers and lists of numbers and titles: no address stands in any answer."""
    b = Builder("U-tree", "a tree and lists of JSON that hold no addresses", 44, known=False)
    b.menu(("政务公开", "/gk/index.jsp"), ("要闻", "/xw/index.jsp"))
    listed = list(by_unit(b, w.reports("U-tree", skip=7), "/gk/show/").items())

    def answer(path: str, _sent: str) -> Page | None:
        parts = urlsplit(path)
        if parts.path == "/gk/tree.do":
            data: object = [{"id": f"D{n:03}", "name": unit} for n, (unit, _) in enumerate(listed)]
        elif parts.path == "/gk/list.do":
            given = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            mine, at = listed[int(given["dept"][1:])][1], int(given["page"]) - 1
            shown = [{"id": u[9:-5], "bt": t} for t, u, _ in mine[at * 5 : at * 5 + 5]]
            data = {"total": len(mine), "list": shown}
        else:
            return None
        return Page(json.dumps(data).encode(), JSON)

    b.also(answer)
    script = """var cur,pn;function list(d,n){cur=d;pn=n;fetch('/gk/list.do?dept='+d+'&page='+n)
.then(r=>r.json()).then(j=>{var h=j.list.map(a=>'<li><a href="/gk/show/'+a.id+'.html">'+a.bt
+'</a></li>').join('');if(n*5<j.total)h+='<a onclick="list(cur,pn+1)">下一页</a>';
document.getElementById('l').innerHTML=h})}fetch('/gk/tree.do').then(r=>r.json()).then(t=>{
document.getElementById('t').innerHTML=t.map(x=>'<li onclick="list(\\''+x.id+'\\',1)">'+x.name
+'</li>').join('');list(t[0].id,1)})"""
    main = f"<ul id=t></ul><ul id=l></ul><script>{script}</script>"
    b.site.put_page("/gk/nb.jsp", "政府信息公开年报", main)
    b.hub("/gk/index.jsp", "政务公开", ("政府信息公开年报", "/gk/nb.jsp"))
    b.hub("/xw/index.jsp", "要闻")
    b.home(lambda item: f"/xw/show/{item.number}.html")
    return b.world


def encoded_turns() -> World:
    """Frames within frames; the page to turn to is put together, encoded and gone to by script."""
    b = Builder("U-turn", "frames, addresses encoded by script at each turn", 45, known=False)
    b.menu()
    entries = b.mixed(w.reports("U-turn", skip=9), lambda i: f"/zfxx/view?k={i.digest[:12]}")
    pages = chunks(entries, 12)

    def answer(path: str, _sent: str) -> Page | None:
        parts = urlsplit(path)
        if parts.path != "/zfxx/list":
            return None
        code = parse_qs(parts.query).get("q", [""])[0]
        number = json.loads(base64.b64decode(code))["p"] if code else 1
        turn = f'<a href="#" onclick="turn({number + 1})">下一页</a>' if number < len(pages) else ""
        script = (
            "function turn(n){location.href='/zfxx/list?q='"
            "+encodeURIComponent(btoa(JSON.stringify({c:'nb',p:n})))}"
        )
        main = f"{rows(pages[number - 1])}共{len(pages)}页 {turn}<script>{script}</script>"
        return Page(b.site.framed("年报", main).encode())

    b.also(answer)
    left = '<a href="/zfxx/guide">指南</a><a href="/zfxx/list">年报</a>'
    b.site.put("/zfxx/left", f"<html><body>{left}</body></html>")
    b.site.put("/zfxx/", '<frameset cols="20%,*"><frame src="/zfxx/left"><frame></frameset>')
    b.hub("/zfxx/guide", "指南")
    b.site.put("/top", '<html><body><a href="/zfxx/">政府信息公开</a></body></html>')
    b.home(lambda item: f"/news/{item.number}.html", "/main")
    b.site.put("/", '<frameset rows="9%,*"><frame src="/top"><frame src="/main"></frameset>')
    return b.world


def bodies_apart() -> World:
    """Pages of numbers pressed by script, lists as HTML within JSON, texts loaded afterwards."""
    b = Builder("U-apart", "a form answers JSON, texts are loaded after the page", 46, known=False)
    b.menu(("政务公开", "/gk.html"), ("要闻", "/xw.html"))
    entries = []
    for report in w.reports("U-apart", skip=8):
        number = report.item.number
        b.site.put(f"/ajax/body/{number}.html", w.report_body(report, None))
        b.world.truth.add(f"/ajax/body/{number}.html")
        script = (
            f'var id={number};fetch("/ajax/body/"+id+".html").then(r=>r.text())'
            '.then(t=>document.getElementById("c").innerHTML=t)'
        )
        main = f"<h1>{report.item.title}</h1><div id=c></div><script>{script}</script>"
        b.site.put_page(f"/show/{number}.html", report.item.title, main)
        entries.append((report.item.title, f"/show/{number}.html", report.item.day))
    entries += look_alikes(b, "/show/{}.html")

    def answer(path: str, sent: str) -> Page | None:
        if path != "/front/list":
            return None
        at = int(parse_qs(sent).get("pageNum", ["1"])[0]) - 1
        pages = chunks(entries, 12)
        return Page(json.dumps({"rows": rows(pages[at]), "pages": len(pages)}).encode(), JSON)

    b.also(answer)
    script = """function q(n){fetch('/front/list',{method:'POST',headers:{'Content-Type':
'application/x-www-form-urlencoded'},body:'channel=nb&pageNum='+n}).then(r=>r.json()).then(d=>{
var h='';for(var i=1;i<=d.pages;i++)h+='<button data-page='+i+'>'+i+'</button>';
document.getElementById('l').innerHTML=d.rows+h;document.querySelectorAll('button')
.forEach(b=>b.onclick=()=>q(b.dataset.page))})}q(1)"""
    main = f"<div id=l></div><script>{script}</script>"
    b.site.put_page("/gk/nb.html", "政府信息公开年报", main)
    b.hub("/gk.html", "政务公开", ("政府信息公开年报", "/gk/nb.html"))
    b.hub("/xw.html", "要闻")
    b.home(lambda item: f"/xw/{item.number}.html")
    return b.world
