"""Pagers as strangers write them: routes in queries, encoded numbers, post-backs, forms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from small_portal import Answer, crawled, items, page, serving, title

from crawler import families
from crawler.asking import request_key
from crawler.discovery.page import Page
from crawler.discovery.pager import is_sibling, pager_links
from crawler.families import Further

if TYPE_CHECKING:
    from pathlib import Path

    from small_portal import Asked

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


def _menus(*menus: str) -> Page:
    return Page(
        f"{HOST}/list.do",
        '<form method="post" action="/list.do" name="f"><input type="hidden" name="curPage" '
        f'value="3"><input type="hidden" name="token" value="t1">{"".join(menus)}</form>'
        "<script>function send(){document.f.submit()}</script>",
    )


YEARS = (
    '<select name="nd" onchange="send()"><option value="2023" selected>2023年</option>'
    '<option value="2022">2022年</option><option value="2021">2021年</option></select>'
)
PLACES = (
    '<select name="dw" onchange="this.form.submit()"><option value="7">教育局</option>'
    '<option value="8">财政局</option></select>'
)
EVERY = '<select name="dw" onchange="send()"><option value="">全部</option>{}</select>'
KINDS = (
    '<select name="lx" onchange="send()"><option value="1">通知</option>'
    '<option value="2">图片</option></select>'
)


def test_each_year_of_a_forms_menu_is_asked_for_from_its_first_page() -> None:
    found = families.read(_menus(YEARS), {})
    assert found is not None
    sent = [parse_qs(one.body.decode()) for one in found[1].further]
    assert [(one["nd"], one["curPage"]) for one in sent] == [
        (["2022"], ["1"]),
        (["2021"], ["1"]),
    ]


def test_every_unit_of_every_year_is_asked_for_once() -> None:
    waiting: list[tuple[Page, str]] = [(_menus(YEARS, PLACES), "")]
    asked = [("2023", "7")]
    while waiting:
        page, chosen = waiting.pop()
        found = families.read(page, {"chosen": chosen})
        for one in found[1].further if found else ():
            sent = parse_qs(one.body.decode())
            asked.append((sent["nd"][0], sent["dw"][0]))
            selected = [f'value="{sent[name][0]}"' for name in ("nd", "dw")]
            menus = YEARS.replace(" selected", "") + PLACES
            for value in selected:
                menus = menus.replace(value, f"{value} selected")
            waiting.append((_menus(menus), one.state["chosen"]))
    assert sorted(asked) == [(year, unit) for year in ("2021", "2022", "2023") for unit in "78"]


@pytest.mark.parametrize("menu", [EVERY.format('<option value="7">教育局</option>'), KINDS])
def test_a_menu_that_shows_everything_or_kinds_of_news_is_left_alone(menu: str) -> None:
    assert families.read(_menus(menu), {}) is None


def test_a_form_with_another_token_asks_for_the_same_page() -> None:
    one, other = (
        Further(f"{HOST}/list.do{session}", "POST", f"token={token}&curPage=2".encode())
        for session, token in ((";jsessionid=A1", "t1"), (";jsessionid=B2", "t2"))
    )
    assert request_key(one) == request_key(other)
    assert request_key(one) != request_key(Further(one.url, "POST", b"token=t1&curPage=3"))


def test_a_pager_that_repeats_its_last_page_ends(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Answer:
        number = int(asked.line.partition("page=")[2] or 1)
        year = max(2023 - number, 2020)
        onward = f'<p>{asked.at}</p><a href="?page={number + 1}">下一页</a>'
        report = items((title(year), f"/a/{year + 1}0101/t{year + 1}0101_{year}.html"))
        return Answer(page("政府信息公开年报", report + onward))

    with serving() as site:
        site.answers["/zwgk/zfxxgknb/"] = answer
        for year in range(2020, 2023):
            site.put(f"/a/{year + 1}0101/t{year + 1}0101_{year}.html", title(year), "<p>正文</p>")
        summary = crawled(site, tmp_path)
    assert summary.found == 3
    assert sum("page=" in line for line in site.lines) <= 3
