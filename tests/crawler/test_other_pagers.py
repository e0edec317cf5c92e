"""Pagers as strangers write them: routes in queries, encoded numbers, post-backs, forms."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from crawler import families
from crawler.discovery.page import Page
from crawler.discovery.pager import is_sibling, pager_links

HOST = "http://www.example.gov.cn"


@pytest.mark.parametrize(
    ("url", "listing"),
    [
        ("/index.php?s=/lists/category/nb/p/2.html", "/index.php?s=/lists/category/nb.html"),
        ("/index.php?s=/lists/category/nb/p/3.html", "/index.php?s=/lists/category/nb/p/2.html"),
        ("/category/nb/page/2/", "/category/nb/"),
        ("/nb/p2.html", "/nb.html"),
        ("/nb/p/3", "/nb/p/2"),
        ("/list-7-2.html", "/list-7.html"),
    ],
)
def test_pages_named_by_routes(url: str, listing: str) -> None:
    assert is_sibling(HOST + url, HOST + listing)


@pytest.mark.parametrize(
    ("url", "listing"),
    [
        ("/index.php?s=/lists/category/cz/p/2.html", "/index.php?s=/lists/category/nb.html"),
        ("/category/cz/page/2/", "/category/nb/"),
        ("/list_18_1.html", "/list_17_1.html"),
        ("/2/", "/"),
    ],
)
def test_pages_of_other_lists_by_routes(url: str, listing: str) -> None:
    assert not is_sibling(HOST + url, HOST + listing)


def test_the_next_page_may_have_its_number_encoded() -> None:
    page = Page(
        f"{HOST}/lst.asp?lm=7",
        '<a href="lst.asp?lm=7&k=cGFnZT0y%3D">下一页</a><a href="rili.asp?k=eA">下一页</a>'
        '<a href="lst.asp?lm=8&k=x&o=1">下一页</a><a href="lst.asp?lm=7&k=eQ">教育局</a>',
    )
    assert pager_links(page) == [f"{HOST}/lst.asp?lm=7&k=cGFnZT0y%3D"]


def _form(pager: str) -> Page:
    return Page(
        f"{HOST}/List.aspx?c=7",
        '<form method="post" action="./List.aspx?c=7"><input type="hidden" name="__VIEWSTATE" '
        f'value="abc">{pager}</form>',
    )


@pytest.mark.parametrize(
    ("pager", "state", "field", "value"),
    [
        ("<a href=\"javascript:__doPostBack('g$p2','')\">第2页</a>", {}, "__EVENTTARGET", "g$p2"),
        (
            (
                "<a href=\"javascript:__doPostBack('g','Page$1')\">...</a>"
                "<a href=\"javascript:__doPostBack('g','Page$11')\">...</a>"
            ),
            {"page": "10"},
            "__EVENTARGUMENT",
            "Page$11",
        ),
        ('<input type="submit" name="btnNext" value="下一页">', {}, "btnNext", "下一页"),
    ],
)
def test_post_backs_of_other_shapes(
    pager: str, state: dict[str, str], field: str, value: str
) -> None:
    found = families.read(_form(pager), state)
    assert found is not None
    sent = parse_qs(found[1].further[0].body.decode())
    assert sent[field] == [value]


def test_a_button_that_is_switched_off_is_not_pressed() -> None:
    form = _form('<input type="submit" name="btnNext" value="下一页" disabled>')
    found = families.read(form, {})
    assert found is None or not found[1].further
