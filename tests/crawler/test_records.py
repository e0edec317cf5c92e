"""What a rendering teaches of an application's data, and where a list of JSON goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crawler.discovery.page import Page
from crawler.discovery.records import entries, learn_entries, learn_route
from crawler.families import read

if TYPE_CHECKING:
    from crawler.families import Further

HOST = "http://www.example.gov.cn"
TITLE = "某县2021年政府信息公开工作年度报告"
OTHER = "某县2022年政府信息公开工作年度报告"


def test_entries_of_data_become_the_addresses_that_the_application_shows() -> None:
    shown = Page(f"{HOST}/#/list", f'<a href="#/detail/57">{TITLE}</a>')
    known = learn_entries(shown, [{"rows": [{"id": 57, "title": TITLE, "hits": 5}]}])
    found = entries({"rows": [{"id": 58, "title": OTHER, "hits": 57}]}, known)
    assert [(link.url, link.text) for link in found] == [(f"{HOST}/#/detail/58", OTHER)]


def test_records_of_another_kind_are_left_alone() -> None:
    shown = Page(f"{HOST}/#/list", f'<a href="#/detail/57">{TITLE}</a>')
    known = learn_entries(shown, [[{"id": 57, "title": TITLE}]])
    assert entries([{"id": 3, "title": "政务公开", "children": []}], known) == []


def test_records_that_hold_their_address_need_none_made() -> None:
    shown = Page(f"{HOST}/#/list", f'<a href="/jyj/57.html">{TITLE}</a>')
    assert not learn_entries(shown, [[{"id": 57, "title": TITLE, "url": "/jyj/57.html"}]])


def test_addresses_of_several_shapes_are_not_guessed() -> None:
    shown = Page(HOST, f'<a href="/jyj/57.html">{TITLE}</a><a href="/czj/58.html">{OTHER}</a>')
    records = [{"id": 57, "title": TITLE}, {"id": 58, "title": OTHER}]
    assert entries(records, learn_entries(shown, [records])) == []


@pytest.mark.parametrize("word", ["../../etc", "5?x=http://other.example/", "a b", ""])
def test_a_hostile_word_makes_no_address(word: str) -> None:
    shown = Page(f"{HOST}/#/list", f'<a href="#/detail/57">{TITLE}</a>')
    known = learn_entries(shown, [[{"id": 57, "title": TITLE}]])
    assert entries([{"id": word, "title": OTHER}], known) == []


def test_the_data_of_a_page_stands_where_one_word_differs() -> None:
    route = learn_route(f"{HOST}/#/detail/57", f"{HOST}/api/content/57")
    assert route is not None
    assert route.of(f"{HOST}/#/detail/58") == (f"{HOST}/api/content/58", None)
    assert route.of(f"{HOST}/#/list/58") is None
    assert learn_route(f"{HOST}/#/detail/57", f"{HOST}/api/config") is None


def test_the_data_of_a_page_may_be_asked_for_by_post() -> None:
    route = learn_route(f"{HOST}/art/2024/1057.html", f"{HOST}/api/detail", '{"id":1057,"v":2}')
    assert route is not None
    assert route.of(f"{HOST}/art/2024/1058.html") == (f"{HOST}/api/detail", b'{"id":1058,"v":2}')
    assert route.of(f"{HOST}/art/2024/1058/") is None
    assert learn_route(f"{HOST}/art/2024/1057.html", f"{HOST}/api/1057", '{"id":7}') is None


def test_an_article_of_json_reads_as_a_page() -> None:
    text = '<p>一、总体情况</p><p>见<a href="/f/1.pdf">附件</a></p>'
    page = Page(f"{HOST}/api/57", json.dumps({"data": {"title": TITLE, "content": text}}))
    assert page.title == TITLE
    assert "总体情况" in page.visible
    assert not page.is_markup


def further(url: str, value: Any, state: dict[str, str]) -> Further | None:
    known = read(Page(HOST + url, json.dumps(value)), {"method": "GET", "body": "", **state})
    assert known is not None
    return next(iter(known[1].further), None)


ROWS = [{"title": TITLE, "url": "/a/1.html"}, {"title": OTHER, "url": "/a/2.html"}]


def test_a_list_goes_on_by_the_number_in_its_address() -> None:
    found = further("/l?page=1&c=7", {"total": 5, "rows": ROWS}, {})
    assert found is not None
    assert (found.url, found.method) == (f"{HOST}/l?page=2&c=7", "GET")


def test_a_list_goes_on_by_records() -> None:
    found = further("/l?startrecord=1&endrecord=2", {"total": 5, "rows": ROWS}, {})
    assert found is not None
    assert found.url == f"{HOST}/l?startrecord=3&endrecord=4"


def test_a_list_goes_on_by_its_json_body() -> None:
    state = {"method": "POST", "body": '{"channelId": "c", "pageNum": 1}'}
    found = further("/l", {"data": {"pages": 3, "rows": ROWS}}, state)
    assert found is not None
    assert json.loads(found.body) == {"channelId": "c", "pageNum": 2}


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ({"total": 2, "rows": ROWS}, {}),
        ({"total": 4, "rows": ROWS}, {"seen": "2", "pages": "1"}),
        ({"rows": ROWS}, {}),
        ({"total": 5, "rows": []}, {}),
    ],
)
def test_a_list_ends(value: Any, state: dict[str, str]) -> None:
    assert further("/l?page=1", value, state) is None


def test_a_list_that_repeats_itself_ends() -> None:
    value = {"total": 500, "rows": ROWS}
    first = further("/l?page=1", value, {})
    assert first is not None
    assert further("/l?page=2", value, dict(first.state)) is None
