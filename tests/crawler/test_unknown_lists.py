"""Lists of no known family: units beside the column, pagers that are encoded or call functions."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, crawled, items, serving, title

from crawler import families
from crawler.discovery.page import Page
from crawler.discovery.scoring import promise

if TYPE_CHECKING:
    from pathlib import Path

UNITS = ("试验区教育局", "青山街道办事处", "试验区人民政府办公室", "和平镇人民政府")


def test_lists_of_units_that_lie_elsewhere_are_read(tmp_path: Path) -> None:
    with serving() as site:
        links = [(unit, f"/c10{number}/xlist.shtml") for number, unit in enumerate(UNITS)]
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", items(*links))
        for number, (unit, path) in enumerate(links):
            report = f"/c10{number}/202201/{number:032x}.shtml"
            site.put(path, unit, items((title(2021, ""), report)))
            site.put(report, title(2021, unit), "<p>正文</p>")
        summary = crawled(site, tmp_path)
    assert summary.found == 4


def test_units_in_the_frame_of_the_whole_site_are_left_out(tmp_path: Path) -> None:
    with serving() as site:
        friends = items(("试验区教育局", "/jyj/"), ("政务公开", "/zwgk/"))
        site.put("/", "试验区人民政府", friends)
        known = site.answers["/zwgk/zfxxgknb/"]
        assert isinstance(known, Answer)
        site.answers["/zwgk/zfxxgknb/"] = Answer(f"{known.body!s}{friends}")
        crawled(site, tmp_path)
    assert "GET /jyj/" not in site.lines


@pytest.mark.parametrize("text", ["试验区教育局", "青山街道办事处", "区政府部门"])
def test_a_unit_promises_a_column_only_beside_one(text: str) -> None:
    url = "http://a.gov.cn/c101/xlist.shtml"
    found = promise(text, url, "column", "http://a.gov.cn/nb/list.shtml", own=True)
    assert found is not None
    assert found.kind == "column"
    assert promise(text, url, "column", "http://a.gov.cn/nb/list.shtml") is None


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "inner",
    [
        json.dumps({"total": 3, "now": 1, "url": "/nb.php?seite={n}"}),
        json.dumps({"pageCount": "3", "total": 30, "link": "/nb.php?seite={page}"}),
        "".join(f'<a href="/nb.php?seite={n}">{n}</a>' for n in (2, 3)),
    ],
)
def test_a_pager_hidden_as_base64_is_read(inner: str) -> None:
    page = Page(
        "http://a.gov.cn/nb.php", f'<body><input type="hidden" value="{encoded(inner)}"></body>'
    )
    found = families.read(page, {})
    assert found is not None
    assert found[0] == "encoded"
    asked = {further.url for further in found[1].further}
    assert {f"http://a.gov.cn/nb.php?seite={n}" for n in (2, 3)} <= asked


@pytest.mark.parametrize(
    "code", ["A" * 500, encoded("\0" * 60), encoded("{" * 3000), encoded("[" * 90000), "=" * 40]
)
def test_what_is_no_pager_is_none(code: str) -> None:
    assert families.read(Page("http://a.gov.cn/", f'<body><i id="{code}"></i></body>'), {}) is None


def test_a_pager_that_claims_thousands_of_pages_is_bounded() -> None:
    inner = json.dumps({"pages": 9999, "url": "/nb_{n}.html"})
    page = Page("http://a.gov.cn/nb.html", f"<body><script>p='{encoded(inner)}'</script></body>")
    found = families.read(page, {})
    assert found is not None
    assert len(found[1].further) <= 200


def test_every_unit_with_a_page_of_its_own_is_visited(tmp_path: Path) -> None:
    with serving() as site:
        site.put("/zwgk/", "政务公开", items(("政府部门", "/bm/")))
        site.put("/bm/", "政府部门", items(*((unit, f"/u{n}/") for n, unit in enumerate(UNITS))))
        for number, unit in enumerate(UNITS):
            report = f"/u{number}/202201/t20220120_1.html"
            site.put(f"/u{number}/", unit, items(("政府信息公开年报", f"/u{number}/nb/")))
            site.put(f"/u{number}/nb/", "政府信息公开年报", items((title(2021), report)))
            site.put(report, title(2021, unit), "<p>正文</p>")
        summary = crawled(site, tmp_path)
    assert summary.found == 4


FORM = (
    '<form id="f" method="{method}" action="/lb.jsp"><input name="id" value="31">'
    '<input type="hidden" name="cur" id="c" value="1"></form>'
)
PAGER = '<p>共3页</p><a href="javascript:go(2)">下一页</a><a onclick="go(3)">尾页</a>'


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        ("function go(n){location.href='/lb.jsp?id=31&cur='+n;}", "GET /lb.jsp?id=31&cur={n}"),
        ("function go(n) { window.location = \"/lb_\" + n + '.html' }", "GET /lb_{n}.html"),
        ("var go = function(n){location.replace('/lb/'+n)}", "GET /lb/{n}"),
        ("function go(n){var f=document.forms[0];f.cur.value=n;f.submit()}", "FORM"),
        ("function go(n){document.getElementById('c').value = n;$('#f').submit()}", "FORM"),
        ("function go(n){$('#c').val(n);$('#f').submit()}", "FORM"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_a_pagers_function_does_is_read(script: str, asked: str, method: str) -> None:
    form = FORM.format(method=method)
    page = Page(
        "http://a.gov.cn/lb.jsp?id=31", f"<body>{form}{PAGER}<script>{script}</script></body>"
    )
    found = families.read(page, {})
    assert found is not None
    assert found[0] == "calls"
    sent = {"get": "GET /lb.jsp?id=31&cur={n}", "post": "POST /lb.jsp id=31&cur={n}"}[method]
    wanted = sent if asked == "FORM" else asked
    got = [
        f"{one.method} {one.url.removeprefix('http://a.gov.cn')} {one.body.decode()}".strip()
        for one in found[1].further
    ]
    assert got == [wanted.format(n=number) for number in (2, 3)]


@pytest.mark.parametrize(
    "script",
    [
        "function go(n){location.href=base+n}",
        "function go(n){if(n>0)alert(n)}",
        "function other(n){location.href='/x'+n}",
        "function go(n){location.href='javascript:'+n}",
        "function go(n){location.href=" + "'a'+" * 2_000 + "n}",
    ],
)
def test_a_function_that_cannot_be_read_gives_no_pages(script: str) -> None:
    page = Page("http://a.gov.cn/lb.jsp", f"<body>{PAGER}<script>{script}</script></body>")
    found = families.read(page, {})
    assert found is None or found[1].further == ()
