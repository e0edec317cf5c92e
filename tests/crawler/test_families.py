from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler import families
from crawler.discovery.page import Page

if TYPE_CHECKING:
    from crawler.families import Further, Listing


HOST = "http://www.example.gov.cn"
TITLE = "示范区2021年政府信息公开工作年度报告"


def read(path: str, text: str, **state: str) -> tuple[str, Listing]:
    found = families.read(Page(f"{HOST}{path}", text), state)
    assert found is not None
    return found


def paths(listing: Listing) -> list[str]:
    return [further.url.removeprefix(HOST) for further in listing.further]


def query(further: Further) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(further.url).query).items()}


# TRS counts from zero, the others from one, by the same function name.


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('createPageHTML(3, 0, "index", "html");', ["index_1.html", "index_2.html"]),
        ("createPageHTML(3,1,'index','htm')", ["index_1.htm", "index_2.htm"]),
        ('createPageHTML(1, 0, "index", "html");', []),
        ('var countPage = 3;createPageHTML(countPage, currentPage, "index", "shtml");\nvar currentPage=0',
         ["index_1.shtml", "index_2.shtml"]),
        ("createPageHTML('3', '0', 'index', 'html')", ["index_1.html", "index_2.html"]),
    ],
)  # fmt: skip
def test_trs(call: str, expected: list[str]) -> None:
    name, listing = read("/zwgk/zfxxgknb/", f"<ul></ul><script>{call}</script>")
    assert name == "trs"
    assert paths(listing) == [f"/zwgk/zfxxgknb/{page}" for page in expected]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("createPageHTML('page_div',3, 1,'xlist','shtml',40)", ["xlist_2.shtml", "xlist_3.shtml"]),
        ('createPageHTML("page_div", "2", "1", "list", "shtml", "20");', ["list_2.shtml"]),
        ("createPageHTML('page_div',1, 1,'list','shtml',4)", []),
        (
            "var n = 3, m = 1; createPageHTML('p', n, m, 'list', 'shtml', 9)",
            ["list_2.shtml", "list_3.shtml"],
        ),
    ],
)
def test_uuid_shtml(call: str, expected: list[str]) -> None:
    name, listing = read("/hegang/c105/xlist.shtml", f"<script>{call}</script>")
    assert name == "uuid-shtml"
    assert paths(listing) == [f"/hegang/c105/{page}" for page in expected]


def test_a_pager_that_claims_a_million_pages_is_bounded() -> None:
    _, listing = read("/a/", '<script>createPageHTML(1000000, 0, "index", "html")</script>')
    assert len(listing.further) == 199
    _, listing = read("/a/", "<script>createPageHTML('p',1000000,1,'list','shtml',9)</script>")
    assert len(listing.further) == 199


def test_vsb_counts_down() -> None:
    markup = (
        '<div id="vsb_content"></div><a href="../info/1042/1.htm">x</a>'
        '<a href="zfxxgknb/4.htm">2</a><a href="zfxxgknb/1.htm">尾页</a>'
    )
    name, listing = read("/xxgk/zfxxgknb.htm", markup)
    assert name == "vsb"
    assert paths(listing) == [f"/xxgk/zfxxgknb/{number}.htm" for number in (4, 3, 2, 1)]


# ruff: noqa: E501 - recorded markup
ISLAND = """<div id="212860"><script type="text/xml"><datastore>
<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=1&path=/&columnid=33718&unitid=212860&webname=%E7%A4%BA&permissiontype=0"></a>]]></nextgroup>
<recordset>
<record><![CDATA[<li><a href='/art/2022/1/29/art_33718_1.html' title='示范区2021年政府信息公开工作年度报告' target="_blank">示范区2021年政…</a><span>2022-01-29</span></li>]]></record>
<record><![CDATA[<li><a href='/art/2021/1/29/art_33718_2.html' title='示范区2020年政府信息公开工作年度报告'>示范区2020年政…</a></li>]]></record>
</recordset></datastore></script></div><script>perPage:15</script>"""


def records(*numbers: int) -> str:
    rows = "".join(
        f"<record><![CDATA[<a href='/art/2020/1/1/art_1_{n}.html'>{TITLE}</a>]]></record>"
        for n in numbers
    )
    return f"<datastore><recordset>{rows}</recordset></datastore>"


def test_jpage_reads_its_island_and_asks_for_what_follows() -> None:
    name, listing = read("/col/col33718/index.html", ISLAND)
    assert name == "jpage"
    assert [(link.url, link.text) for link in listing.links] == [
        (f"{HOST}/art/2022/1/29/art_33718_1.html", TITLE),
        (f"{HOST}/art/2021/1/29/art_33718_2.html", TITLE.replace("2021", "2020")),
    ]
    asked = query(listing.further[0])
    assert (asked["startrecord"], asked["endrecord"], asked["perpage"]) == ("3", "47", "15")
    assert asked["columnid"] == "33718"
    assert "page" not in asked


def follow(further: Further, answer: str) -> Listing:
    page = Page(further.url, answer)
    found = families.read(page, further.state)
    assert found is not None
    return found[1]


def test_jpage_goes_on_until_nothing_comes() -> None:
    _, first = read("/col/col33718/index.html", ISLAND)
    second = follow(first.further[0], records(*range(10, 55)))
    assert len(second.links) == 45
    assert query(second.further[0])["startrecord"] == "48"
    assert follow(second.further[0], records()).further == ()


def test_jpage_with_a_server_that_ignores_startrecord_pages_by_number() -> None:
    _, first = read("/col/col33718/index.html", ISLAND)
    again = ISLAND.split('<script type="text/xml">')[1].split("</script>", maxsplit=1)[0]
    second = follow(first.further[0], again)
    assert query(second.further[0])["page"] == "1"  # as the list itself names its next block
    third = follow(second.further[0], records(3, 4))
    assert len(third.links) == 2
    assert "startrecord" not in query(third.further[0])


@pytest.mark.parametrize("numbers", [(1, 2), (1, 2, 3, 4)], ids=["a screen", "more of them"])
def test_jpage_knows_a_repetition_that_is_written_otherwise(numbers: tuple[int, ...]) -> None:
    rows = "".join(
        f"<record><![CDATA[<a href='/art/202{3 - n}/1/29/art_33718_{n}.html'>{TITLE}</a>]]></record>"
        for n in numbers
    )
    _, first = read("/col/col33718/index.html", ISLAND)
    second = follow(first.further[0], f"<datastore><recordset>{rows}</recordset></datastore>")
    assert query(second.further[0])["page"] == "1"


def test_jpage_asks_for_an_island_that_only_counts_its_records() -> None:
    empty = ISLAND.split("<record>", maxsplit=1)[0] + "</recordset></datastore></script>"
    assert not read("/col/col1/index.html", empty)[1].further
    _, listing = read("/col/col1/index.html", empty + "<script>totalRecord:9</script>")
    assert query(listing.further[0])["startrecord"] == "1"


def test_jpage_with_a_server_that_answers_post_only() -> None:
    _, listing = read("/col/col33718/index.html", ISLAND)
    for _ in range(3):
        listing = follow(listing.further[0], "<html>405</html>")
    asked = listing.further[0]
    assert asked.method == "POST"
    assert b"columnid=33718" in asked.body
    third = follow(asked, records(3))
    assert third.further[0].method == "POST"
    assert follow(third.further[0], "<html>405</html>").further == ()


def test_jpage_stops_at_the_total_it_is_told() -> None:
    _, listing = read("/col/col1/index.html", ISLAND + "<script>totalRecord:2</script>")
    assert listing.further == ()


def test_jpaas_reads_the_list_inside_json() -> None:
    address = "/api-gateway/jpaas-publish-server/front/page/build/unit?webId=1&pageId=2&tplSetId=3&tagId=4"
    name, listing = read("/col/col1/index.html", f'<script>var u="{address}"</script>')
    assert name == "jpaas"
    assert json.loads(query(listing.further[0])["paramJson"])["pageNo"] == 1
    html = f'<li><a href="/zfxxgknb/art/2022/art_{"a" * 32}.html" title="{TITLE}">x</a></li>'
    answer = json.dumps({"data": {"html": html}})
    second = follow(listing.further[0], answer)
    assert [link.text for link in second.links] == [TITLE]
    assert json.loads(query(second.further[0])["paramJson"])["pageNo"] == 2
    assert follow(second.further[0], answer).further == ()


def test_gkmlpt_asks_its_directory() -> None:
    name, listing = read(
        "/gkmlpt/index", "<script>window._CONFIG = {SITE:1, SID: '755001'}</script>", fragment="721"
    )
    assert name == "gkmlpt"
    assert paths(listing) == ["/gkmlpt/api/all/721?page=1&sid=755001"]
    article = {"id": 1, "title": TITLE, "url": "/zfxxgknb/content/post_1.html", "publisher": "x"}
    rest = [{"title": None}] * 99
    answer = json.dumps({"total": 250, "articles": [article, *rest, 3]})
    second = follow(listing.further[0], answer)
    assert [(link.url, link.text) for link in second.links] == [
        (f"{HOST}/zfxxgknb/content/post_1.html", TITLE)
    ]
    assert [query(further)["page"] for further in second.further] == ["2", "3"]
    assert follow(second.further[0], answer).further == ()


def test_gkmlpt_reckons_with_fewer_a_page_than_a_hundred() -> None:
    _, listing = read("/gkmlpt/index", "<script>_CONFIG = {SID:'7'}</script>", fragment="721")
    articles = [{"title": TITLE, "url": f"/content/post_{number}.html"} for number in range(15)]
    second = follow(listing.further[0], json.dumps({"total": "44", "articles": articles}))
    assert [query(further)["page"] for further in second.further] == ["2", "3"]


def test_gkmlpt_asks_the_directory_of_a_unit_s_own_site() -> None:
    _, listing = read("/jyj/gkmlpt/index", "<script>_CONFIG = {SID:'7'}</script>", fragment="721")
    assert paths(listing) == ["/jyj/gkmlpt/api/all/721?page=1&sid=7"]


def test_gkmlpt_finds_the_reports_in_the_menu_of_its_application() -> None:
    tree = [
        {"id": 717, "name": "法定主动公开内容", "children": [{"id": 718, "name": "机构职能"}]},
        {"id": 721, "name": "政府信息公开年报", "children": []},
    ]
    for menu in (json.dumps(tree), "[{id:718,name:'机构职能'},{name:'政府信息公开年报',id:721}]"):
        script = f"<script>window._CONFIG = {{SID: '755001', TREE: {menu}}}</script>"
        _, listing = read("/gkmlpt/index", script)
        assert paths(listing) == ["/gkmlpt/api/all/721?page=1&sid=755001"]


def test_openness_counts_its_pages_in_the_address() -> None:
    name, listing = read("/OpennessContent/showList/1442/45712/page_1.html", "<div>共3页</div>")
    assert name == "openness"
    assert paths(listing) == [f"/OpennessContent/showList/1442/45712/page_{n}.html" for n in (2, 3)]


def test_openness_does_not_ask_for_its_first_page_twice() -> None:
    path = "/public/column/66?type=4&action=list"
    _, listing = read(path, "<div>共3页</div>")
    assert paths(listing) == [f"{path}&pageIndex={n}" for n in (2, 3)]
    second = follow(listing.further[0], "<div>共3页</div>")
    assert paths(second) == [f"{path}&pageIndex=3"]


def test_ewb_asks_by_post() -> None:
    markup = (
        "<script>var siteGuid='7eb5f7f1';var deptcode='001';var categorynum='002';"
        "$.ajax({url:'/proj/rest/lightfrontaction/getgovinfolist'})</script>"
    )
    name, listing = read("/xxgk/nb.html", markup)
    assert name == "ewb"
    asked = listing.further[0]
    assert asked.method == "POST"
    assert json.loads(asked.body)["siteGuid"] == "7eb5f7f1"
    answer = json.dumps({"custom": {"data": [{"title": TITLE, "infourl": "/a/b.html"}]}})
    second = follow(asked, answer)
    assert [link.text for link in second.links] == [TITLE]
    assert json.loads(second.further[0].body)["pageIndex"] == 1
    third = follow(second.further[0], answer)  # perhaps it counts from one
    assert follow(third.further[0], answer).further == ()


@pytest.mark.parametrize("counts", ["from 0", "from 1, 0 is 1", "from 1, 0 is empty"])
def test_ewb_counts_from_nought_or_from_one(counts: str) -> None:
    markup = (
        "<script>var siteGuid='7';var deptcode='1';var categorynum='2';"
        "$.ajax({url:'/proj/rest/lightfrontaction/getgovinfolist'})</script>"
    )
    _, listing = read("/xxgk/nb.html", markup)
    seen, asked = set(), 0
    while listing.further:
        number = json.loads(listing.further[0].body)["pageIndex"]
        number = number + 1 if counts == "from 0" else number
        shown = 1 if number == 0 and counts.endswith("1") else number
        records = [{"title": TITLE, "infourl": f"/a/{shown}.html"}] if 1 <= shown <= 3 else []
        listing = follow(listing.further[0], json.dumps({"custom": {"data": records}}))
        seen |= {link.url for link in listing.links}
        asked += 1
    assert seen == {f"{HOST}/a/{number}.html" for number in (1, 2, 3)}
    assert asked <= 5


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([{"articleName": TITLE, "staticPath": "/a.html", "pic": "/a.png"}]),
        json.dumps([{"title": TITLE, "url": "/a.html"}]),
        json.dumps({"data": {"list": [{"name": f"<b>{TITLE}</b>", "href": "/a.html"}]}}),
        f"jQuery123({json.dumps({'rows': [{'infoTitle': TITLE, 'linkUrl': '/a.html'}]})});",
        json.dumps({"html": f"<ul><li><a href='/a.html'>{TITLE}</a></li></ul>"}),
    ],
)
def test_any_json_with_titles_and_addresses(text: str) -> None:
    name, listing = read("/api", text)
    assert name == "json"
    assert [(link.url, link.text) for link in listing.links] == [(f"{HOST}/a.html", TITLE)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><a href=/a>x</a></html>",
        "not json",
        "{",
        "[" * 50_000,
        "window._CONFIG = {}",
        "null",
    ],
)
def test_pages_of_no_family(text: str) -> None:
    assert families.read(Page(f"{HOST}/a.html", text), {}) is None


def test_a_family_is_one_small_module() -> None:
    names = [family.NAME for family in families.FAMILIES]
    assert len(set(names)) == len(names)


def form(number: int, *, last: bool = False) -> str:
    following = "" if last else "<a href=\"javascript:__doPostBack('ctl00$Pager','')\">下一页</a>"
    return (
        f"<form action='list.aspx?id=3'><input type=hidden name=__VIEWSTATE value='state{number}'>"
        f"<a href='show.aspx?id={number}'>{TITLE}</a>"
        f"<a href=\"javascript:__doPostBack('ctl00$Pager','{number + 1}')\">{number + 1}</a>"
        f"{following}</form>"
    )


def test_aspnet_sends_its_form_back() -> None:
    name, listing = read("/pages/list.aspx?id=3", form(1))
    assert name == "aspnet"
    (asked,) = listing.further
    assert (asked.method, asked.url) == ("POST", f"{HOST}/pages/list.aspx?id=3")
    sent = parse_qs(asked.body.decode(), keep_blank_values=True)
    assert sent["__VIEWSTATE"] == ["state1"]
    assert sent["__EVENTTARGET"] == ["ctl00$Pager"]
    second = follow(asked, form(2, last=True))
    third = parse_qs(second.further[0].body.decode(), keep_blank_values=True)
    assert third["__EVENTARGUMENT"] == ["3"]
    assert follow(second.further[0], form(3).replace("4", "1").replace("下一页", "")).further == ()


def test_a_form_that_only_searches_is_no_list() -> None:
    markup = "<form><input type=hidden name=__VIEWSTATE value=x></form><a href=\"javascript:__doPostBack('Search','')\">搜索</a>"
    assert read("/a.aspx", markup)[1].further == ()
