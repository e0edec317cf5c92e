# ruff: noqa: E501 - recorded markup and addresses, one a line
from __future__ import annotations

import pytest

from crawler.discovery.links import Link, page_links
from crawler.discovery.page import Page, decode, squeeze
from crawler.discovery.scripts import addresses_in

URL = "http://www.example.gov.cn/zwgk/zfxxgknb/index.html"


def links(markup: str, url: str = URL) -> list[tuple[str, str, str]]:
    return [(link.url, link.text, link.source) for link in page_links(Page(url, markup))]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<a href=x.html>2021年年报</a>", "2021年年报"),
        ("<a href=x.html title='呼兰区2021年年度报告'>呼兰区2021年…</a>", "呼兰区2021年年度报告"),
        ("<a href=x.html title='呼兰区2021年年度报告'>呼兰区2021年...</a>", "呼兰区2021年年度报告"),
        ("<a href=x.html title='呼兰区2021年年度报告'>呼兰区2021年</a>", "呼兰区2021年年度报告"),
        ("<a href=x.html title='点击查看'>2021年年报</a>", "2021年年报"),
        (
            "<a href=x.html title='呼兰区2021年政府信息公开工作年度报告'>[区政府] 2021年报告</a>",
            "呼兰区2021年政府信息公开工作年度报告",
        ),
        ("<a href=x.html><img alt='信息公开年报' src=a.png></a>", "信息公开年报"),
        ("<a href=x.html>\n 2021年\n <b>年报</b>\t</a>", "2021年 年报"),
        ("<a href=x.html></a>", ""),
        ("<a href=x.html><span>2022-01-20</span>2021年年报</a>", "2021年年报"),
        ("<a href=x.html><i>20</i><i>2022-01</i><p>2021年年报</p></a>", "2021年年报"),
        ("<a href=x.html><em>3</em>2021年年报</a>", "2021年年报"),
        ("<a href=x.html>[2022-01-20] 2021年年报</a>", "2021年年报"),
        ("<a href=x.html><b>2021</b>年年报<!-- 2020年 --></a>", "2021年年报"),
    ],
)
def test_what_a_link_says(markup: str, text: str) -> None:
    assert links(markup) == [("http://www.example.gov.cn/zwgk/zfxxgknb/x.html", text, "markup")]


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        (
            "<a href='./202201/t1.html'>x</a>",
            "http://www.example.gov.cn/zwgk/zfxxgknb/202201/t1.html",
        ),
        ("<a href='../'>x</a>", "http://www.example.gov.cn/zwgk/"),
        ("<a href='//zwgk.example.gov.cn/a'>x</a>", "http://zwgk.example.gov.cn/a"),
        ("<base href='/art/'><a href='a.html'>x</a>", "http://www.example.gov.cn/art/a.html"),
        ("<a href=' \n/a.html '>x</a>", "http://www.example.gov.cn/a.html"),
        ("<a href='\\a\\b.html'>x</a>", "http://www.example.gov.cn/a/b.html"),
        ("<a href='?page=2'>x</a>", "http://www.example.gov.cn/zwgk/zfxxgknb/index.html?page=2"),
    ],
)
def test_where_a_link_leads(markup: str, url: str) -> None:
    assert [link[0] for link in links(markup)] == [url]


@pytest.mark.parametrize(
    "href",
    ["#", "#top", "", "mailto:a@b.cn", "javascript:;", "javascript:void(0)", "tel:1", "file:///a",
     "data:text/html,x", "ftp://a/b", "http://[::1", "http://a:99999/", "about:blank"],
)  # fmt: skip
def test_what_is_no_link(href: str) -> None:
    assert links(f'<a href="{href}">政府信息公开年报</a>') == []


@pytest.mark.parametrize(
    ("markup", "url", "source"),
    [
        (
            "<a href='javascript:;' onclick=\"window.open('/a/b.html')\">年报</a>",
            "/a/b.html",
            "handler",
        ),
        ("<a href=\"javascript:openUrl('/a/1.shtml','_blank')\">年报</a>", "/a/1.shtml", "handler"),
        ("<li onclick=\"location.href='./c.html'\">年报</li>", "/zwgk/zfxxgknb/c.html", "handler"),
        ("<iframe src='/list.jsp?id=3' title='年报'></iframe>", "/list.jsp?id=3", "frame"),
        ("<embed src='/x.pdf' title='年报'>", "/x.pdf", "frame"),
        ("<object data='/x.pdf' title='年报'></object>", "/x.pdf", "frame"),
        ("<area href='/map.html' alt='x' title='年报'>", "/map.html", "markup"),
        ("<select><option value='/zfxxgknb/'>年报</option></select>", "/zfxxgknb/", "markup"),
    ],
)
def test_links_that_are_no_plain_anchors(markup: str, url: str, source: str) -> None:
    assert links(markup) == [(f"http://www.example.gov.cn{url}", "年报", source)]


@pytest.mark.parametrize(
    "script",
    [
        """document.write('<li><a href="/zwgk/zfxxgknb/" target="_blank">政府信息公开年报</a></li>');""",
        r"""var h = "<a class=\"m\" href=\"\/zwgk\/zfxxgknb\/\">政府信息公开年报<\/a>";""",
        """var menu=[{"name":"政府信息公开年报","url":"/zwgk/zfxxgknb/"}]""",
        """var menu=[{id:3, title:'政府信息公开年报', link:'/zwgk/zfxxgknb/'}]""",
        r"""m={"name":"\u653f\u5e9c\u4fe1\u606f\u516c\u5f00\u5e74\u62a5","href":"\/zwgk\/zfxxgknb\/"}""",
        """document.write("<a href='/zwgk/zfxxgknb/' title='政府信息公开年报'>年…</a>")""",
    ],
)
def test_menus_that_exist_only_in_scripts(script: str) -> None:
    markup = f"<html><body><div id=nav></div><script>{script}</script></body></html>"
    assert links(markup, "http://www.example.gov.cn/") == [
        ("http://www.example.gov.cn/zwgk/zfxxgknb/", "政府信息公开年报", "script")
    ]


def test_addresses_in_a_handler() -> None:
    assert addresses_in("show('标题', 3); window.open('/upload/a.pdf', 'new')") == ["/upload/a.pdf"]
    assert addresses_in("return false") == []


def test_a_page_full_of_links_is_bounded() -> None:
    page = Page(URL, "".join(f"<a href='/{n}.html'>x</a>" for n in range(20_000)))
    assert len(page_links(page)) == 5_000


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_pages_are_decoded_whatever_they_declare(encoding: str) -> None:
    text = "<meta charset='iso-8859-1'>政府信息公开年报 ㎡ 䶮"
    assert decode(text.encode(encoding)) == text


def test_one_broken_character_does_not_spoil_a_page() -> None:
    text = "政府信息公开年报" * 20
    assert decode(text.encode()[:-1]).startswith("政府信息公开年报" * 19)
    assert "政府信息公开年报" in decode(text.encode("gb18030") + b"\xff")


def test_what_a_reader_sees_leaves_scripts_out() -> None:
    page = Page(URL, "<body>一 <script>var a='二'</script><style>三</style><p>四</p>五</body>")
    assert page.visible == "一 四 五"
    assert squeeze(" a \n b ") == "a b"


def test_a_link_record_has_a_source() -> None:
    assert Link("http://a/", "x").source == "markup"


@pytest.mark.parametrize(
    "markup",
    [
        "<html><body><p>头</p></body></html><ul><li><a href='/nb/'>年报</a></li></ul>",
        "<HTML><BODY>头</BODY></HTML>\n<html><head></head><body><a href='/nb/'>年报</a></body></html>",
        "<div><html><body>头</body></html></div><a href='/nb/'>年报</a><html></html>",
    ],
)
def test_a_header_that_is_a_document_of_its_own_does_not_end_the_page(markup: str) -> None:
    assert [link.text for link in page_links(Page(URL, markup))] == ["年报"]


@pytest.mark.parametrize("start", ["/", "x?q=", "http://www.example.gov.cn/"])
def test_what_is_no_address_by_its_length_is_not_remembered(start: str) -> None:
    markup = f"<a href='{start}{'a' * 20_000}'>2021年年报</a><a href='{start}{'a' * 9_000}'>b</a>"
    assert [text for _, text, _ in links(markup)] == ["b"]  # refused aloud, when it is asked


@pytest.mark.parametrize("name", ["onclick", "onClick", "OnClick", "ONCLICK", "ONclick", "onCLICK"])
def test_a_handler_is_one_however_its_name_is_written(name: str) -> None:
    markup = f"<ul><li {name}=\"location.href='/t20220120_1.html'\">2021年年报</li></ul>"
    found = [("http://www.example.gov.cn/t20220120_1.html", "2021年年报", "handler")]
    assert links(markup) == found


@pytest.mark.parametrize("name", ["data-url", "DATA-URL", "Data-Url"])
def test_an_address_in_an_attribute_is_one_however_that_is_written(name: str) -> None:
    found = [("http://www.example.gov.cn/x.pdf", "2021年年报", "handler")]
    assert links(f"<div {name}='/x.pdf'>2021年年报</div>") == found
