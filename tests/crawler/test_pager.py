from __future__ import annotations

import pytest

from crawler.discovery.page import Page
from crawler.discovery.pager import is_sibling, pager_links

HOST = "http://www.example.gov.cn"


@pytest.mark.parametrize(
    ("url", "listing"),
    [
        ("/a/list_2.html", "/a/list.html"),
        ("/a/index_3.html", "/a/index.html"),
        ("/a/index_1.html", "/a/"),
        ("/a/index2.html", "/a/index.html"),
        ("/a/2.html", "/a/1.html"),
        ("/a/2.html", "/a/"),
        ("/xxgk/js/6.htm", "/xxgk/js.htm"),
        ("/xxgk/js/5.htm", "/xxgk/js/6.htm"),
        ("/list.jsp?id=7&page=2", "/list.jsp?id=7"),
        ("/list.jsp?id=7&page=3", "/list.jsp?id=7&page=2"),
        ("/public/column/1?type=4&pageIndex=2", "/public/column/1?type=4"),
        (
            "/OpennessContent/showList/1442/45712/page_2.html",
            "/OpennessContent/showList/1442/45712/page_1.html",
        ),
    ],
)
def test_pages_of_one_list(url: str, listing: str) -> None:
    assert is_sibling(HOST + url, HOST + listing)


@pytest.mark.parametrize(
    ("url", "listing"),
    [
        ("/a/t20220101_1.html", "/a/list.html"),
        ("/b/list_2.html", "/a/list.html"),
        ("/calendar/2022-2.shtml", "/a/list.shtml"),
        ("/list.jsp?id=8", "/list.jsp?id=7&name=x"),
        ("/list.jsp?id=7&kind=b", "/list.jsp?id=7&kind=a"),
        ("/info/1308/25196.htm", "/xxgk/js.htm"),
    ],
)
def test_pages_of_other_lists(url: str, listing: str) -> None:
    assert not is_sibling(HOST + url, HOST + listing)


@pytest.mark.parametrize(
    "text", ["2", "第2页", "下一页", "下页", "下一页 >", "尾页", "&gt;&gt;", "Next", "[2]"]
)
def test_the_words_of_a_pager(text: str) -> None:
    page = Page(f"{HOST}/a/list.html", f'<div class="pager"><a href="list_2.html">{text}</a></div>')
    assert pager_links(page) == [f"{HOST}/a/list_2.html"]


@pytest.mark.parametrize("text", ["上一页年报", "2021年", "更多", "12345", ""])
def test_words_that_are_no_pager(text: str) -> None:
    page = Page(f"{HOST}/a/list.html", f'<a href="list_2.html">{text}</a>')
    assert pager_links(page) == []


def test_a_select_of_pages() -> None:
    options = "".join(f"<option value='list_{n}.html'>{n}</option>" for n in (1, 2, 3))
    page = Page(f"{HOST}/a/list_1.html", f"<select>{options}</select>")
    assert pager_links(page) == [f"{HOST}/a/list_2.html", f"{HOST}/a/list_3.html"]
