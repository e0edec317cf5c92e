from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from crawler.registry import (
    Ambiguous,
    RegistryError,
    UnknownPlace,
    all_portals,
    find,
    full_name,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "code", "url"),
    [
        ("230111", "230111", "http://www.hulan.gov.cn/"),
        ("呼兰区", "230111", "http://www.hulan.gov.cn/"),
        ("呼兰", "230111", "http://www.hulan.gov.cn/"),
        (" 呼兰区 ", "230111", "http://www.hulan.gov.cn/"),
        ("230404", "230404", "http://www.hgns.gov.cn/"),
        ("鹤岗市南山区", "230404", "http://www.hgns.gov.cn/"),
        ("黑龙江省鹤岗市南山区", "230404", "http://www.hgns.gov.cn/"),
        ("230405", "230405", "https://www.hgxa.gov.cn/"),
        ("230805", "230805", "https://www.jmsdf.gov.cn/"),
        ("440305", "440305", "http://www.szns.gov.cn/"),
    ],
)
def test_a_place_by_code_and_by_name(text: str, code: str, url: str) -> None:
    (portal,) = find(text)
    assert (portal.place, portal.id, portal.url) == (code, code, url)


def test_an_ambiguous_name_lists_its_places_and_finds_none() -> None:
    with pytest.raises(Ambiguous) as caught:
        find("南山区")
    assert [portal.place for portal in caught.value.candidates] == ["230404", "440305"]
    message = str(caught.value)
    assert "230404 黑龙江省鹤岗市南山区" in message
    assert "440305 广东省深圳市南山区" in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["哪里区", "999999", "", "example.gov.cn", "www.hulan.gov.cn/", "ftp://a.gov.cn/",
                                  "http://", "23011", "'; DROP TABLE"])  # fmt: skip
def test_what_names_no_place_is_one_clear_line(text: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find(text)
    assert "\n" not in str(caught.value)


def test_an_address_is_a_portal_of_no_place() -> None:
    (portal,) = find("https://www.example.gov.cn:8443/index.html")
    assert (portal.place, portal.id, portal.name) == (None, *["www.example.gov.cn:8443"] * 2)
    assert find("http://user:secret@a.gov.cn/")[0].id == "a.gov.cn"


def test_an_extra_file_goes_before_the_packaged_table(tmp_path: Path) -> None:
    extra = tmp_path / "mine.csv"
    extra.write_text(
        "place_code,name,home_page\n230111,呼兰区,http://new.example.gov.cn/\n,演示,http://127.0.0.1/\n"
    )
    assert [portal.url for portal in find("呼兰区", extra)] == ["http://new.example.gov.cn/"]
    assert find("演示", extra)[0].id == "127.0.0.1"
    assert find("东风区", extra)[0].place == "230805"


@pytest.mark.parametrize(
    "text", ["name,home_page\nx,javascript:1\n", "name\nx\n", "\0", "home_page\nhttp://[\n"]
)
def test_a_broken_extra_file_is_one_clear_line(tmp_path: Path, text: str) -> None:
    extra = tmp_path / "mine.csv"
    extra.write_text(text)
    with pytest.raises(RegistryError) as caught:
        find("没有的区", extra)
    assert "\n" not in str(caught.value)


def test_a_missing_extra_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RegistryError):
        find("呼兰区", tmp_path / "none.csv")


def test_the_packaged_table_is_whole() -> None:
    portals = all_portals()
    assert len(portals) == 3206
    assert max(Counter(portal.place for portal in portals).values()) == 1
    assert {portal.level for portal in portals} == {"province", "city", "county"}
    assert all(portal.url.startswith(("http://", "https://")) for portal in portals)
    assert full_name(find("110101")[0]) == "北京市东城区"
