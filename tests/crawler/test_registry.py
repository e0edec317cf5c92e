from __future__ import annotations

import csv
import io
import subprocess
import sys
import tarfile
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.model import CrawlOptions, PortalSummary
from crawler.registry import (
    Ambiguous,
    NoPortal,
    RegistryError,
    UnknownPlace,
    all_portals,
    check,
    find,
    province,
)
from crawler.registry.names import named, near, once_named
from crawler.registry.places import all_places, by_code, former
from crawler.sites import site_of
from crawler.state import PortalState

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"


@pytest.mark.parametrize(
    ("text", "code", "url"),
    [
        ("230111", "230111", "http://www.hulan.gov.cn/"),
        ("呼兰区", "230111", "http://www.hulan.gov.cn/"),
        ("呼兰", "230111", "http://www.hulan.gov.cn/"),
        (" 呼兰区 ", "230111", "http://www.hulan.gov.cn/"),
        ("230404", "230404", "http://www.hgns.gov.cn/"),
        ("鹤岗市南山区", "230404", "http://www.hgns.gov.cn/"),
        ("鹤岗南山", "230404", "http://www.hgns.gov.cn/"),
        ("黑龙江省南山区", "230404", "http://www.hgns.gov.cn/"),
        ("黑龙江省鹤岗市南山区", "230404", "http://www.hgns.gov.cn/"),
        ("230405", "230405", "https://www.hgxa.gov.cn/"),
        ("230805", "230805", "https://www.jmsdf.gov.cn/"),
        ("440305", "440305", "http://www.szns.gov.cn/"),
        ("广东省南山区", "440305", "http://www.szns.gov.cn/"),
        ("广东深圳市南山区", "440305", "http://www.szns.gov.cn/"),
        ("370826", "370826", "http://www.weishan.gov.cn/"),  # seen to publish there
    ],
)
def test_a_place_by_code_and_by_name(text: str, code: str, url: str) -> None:
    (portal,) = find(text)
    assert (portal.place, portal.id, portal.url) == (code, code, url)


@pytest.mark.parametrize(
    ("text", "code"),
    [("延边", "222400"), ("内蒙古", "150000"), ("北京", "110000"), ("前郭尔罗斯", "220721"),
     ("朝阳市", "211300"), ("吉林省", "220000"), ("长白", "220623")],
)  # fmt: skip
def test_a_place_by_what_people_call_it(text: str, code: str) -> None:
    assert [place.code for place in named(text)] == [code]


def test_an_ambiguous_name_lists_its_places_and_finds_none() -> None:
    with pytest.raises(Ambiguous) as caught:
        find("南山区")
    assert [place.code for place in caught.value.candidates] == ["230404", "440305"]
    message = str(caught.value)
    assert "230404 黑龙江省鹤岗市南山区" in message
    assert "440305 广东省深圳市南山区" in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["哪里区", "999999", "", "example.gov.cn", "www.hulan.gov.cn/",
                                  "ftp://a.gov.cn/", "http://", "23011", "'; DROP TABLE",
                                  "市辖区", "http://u:p@a.gov.cn/", "http://a.gov.cn@127.0.0.1/",
                                  "http://a.gov.cn:0/", "http://a b.gov.cn/", "香港",
                                  "１１０１０１", "台湾省", "820000", "区县市" * 600])  # fmt: skip
def test_what_names_no_place_is_one_clear_line(text: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("呼栏区", "230111"),
        ("呼兰县", "230111"),
        ("浙江省呼兰区", "230111"),
        ("哈尔宾市", "230100"),
    ],
)
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(text: str, meant: str) -> None:
    assert near(text)[0].code == meant
    with pytest.raises(UnknownPlace, match=f"did you mean {meant} "):
        find(text)


def test_a_name_that_is_like_none_is_answered_with_none() -> None:
    assert near("xyz") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("宣武区", "北京市宣武区 (110104, until 2010) is now 110102 北京市西城区"),
        ("北京市宣武区", "110102 北京市西城区"),
        ("宣武", "110102 北京市西城区"),
        ("110104", "110102 北京市西城区"),
        ("崇文区", "110101 北京市东城区"),
        ("闸北区", "(310108, until 2015) is now 310106 上海市静安区"),
        ("卢湾区", "(310103, until 2011) is now 310101 上海市黄浦区"),
        ("南汇区", "2009) is now 310115 上海市浦东新区"),
        ("莱芜市", "370100 山东省济南市"),
        ("襄樊市", "420600 湖北省襄阳市"),
        ("米林县", "540481"),
    ],
)
def test_an_abolished_place_is_answered_with_its_years_and_its_successor(
    text: str, said: str
) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find(text)
    assert said in str(caught.value)


def test_a_place_without_a_portal_is_answered_with_the_row_to_add(tmp_path: Path) -> None:
    with pytest.raises(NoPortal) as caught:
        find("金门县")
    row = "350527,金门县,https://"
    assert row in str(caught.value)
    mine = tmp_path / "portals.csv"
    mine.write_text(f"place_code,name,home_page\n{row}example.gov.cn/\n")
    assert [portal.id for portal in find("金门县", mine)] == ["350527"]


def test_an_address_is_a_portal_of_no_place() -> None:
    (portal,) = find("https://www.example.gov.cn:8443/")
    assert (portal.place, portal.id, portal.name) == (None, *["www.example.gov.cn:8443"] * 2)


def test_two_portals_on_one_host_are_two() -> None:
    ids = {find(f"https://www.example.gov.cn/{path}")[0].id for path in ("a/", "b/", "")}
    assert len(ids) == 3


def test_a_province_is_all_its_places() -> None:
    portals = province("23")
    assert portals == province("黑龙江") == province("黑龙江省") == province("230000")
    assert {portal.province for portal in portals} == {"黑龙江省", None}  # None: the province's
    assert len(portals) > 130
    with pytest.raises(UnknownPlace, match="23 黑龙江"):
        province("99")


# --- a table of one's own ------------------------------------------------------------------


def test_an_extra_file_goes_before_the_packaged_table(tmp_path: Path) -> None:
    extra = tmp_path / "mine.csv"
    extra.write_text(
        "place_code,name,home_page\n"
        "230111,呼兰区,http://new.example.gov.cn/\n"
        "230111,呼兰区统计局,http://tj.example.gov.cn/\n"
        ",演示,http://127.0.0.1/\n"
    )
    assert [portal.url for portal in find("呼兰区", extra)] == ["http://new.example.gov.cn/"]
    assert [portal.url for portal in find("230111", extra)] == ["http://new.example.gov.cn/"]
    assert [portal.id for portal in find("呼兰区统计局", extra)] == ["tj.example.gov.cn"]
    assert find("演示", extra)[0].id == "127.0.0.1"
    assert find("东风区", extra)[0].place == "230805"
    urls = [portal.url for portal in province("23", extra)]
    assert "http://new.example.gov.cn/" in urls
    assert "http://www.hulan.gov.cn/" not in urls


def test_one_name_for_two_portals_is_answered_with_their_addresses(tmp_path: Path) -> None:
    extra = tmp_path / "mine.csv"
    extra.write_text("name,home_page\n局,http://a.gov.cn/\n局,http://b.gov.cn/\n")
    with pytest.raises(RegistryError, match=r"http://a.gov.cn/, http://b.gov.cn/"):
        find("局", extra)


@pytest.mark.parametrize(
    "text",
    [
        b"name,home_page\nx,javascript:1\n",
        b"name,home_page\nx,\n",
        b"name\nx\n",
        b"",
        b"\0",
        b"home_page\nhttp://[\n",
        b"home_page\nhttp://u:p@a.gov.cn/\n",
        b"home_page\nhttp://a.gov.cn/,more\n",
        b'home_page\n"http://a.gov.cn/\n',
        b"home_page,home_page\nhttp://a.gov.cn/,http://b.gov.cn/\n",
        b"place_code,home_page\n11,http://a.gov.cn/\n",
        "name,home_page\n呼兰区,http://a.gov.cn/\n".encode("gb18030"),
    ],
)
def test_a_broken_extra_file_is_one_clear_line(tmp_path: Path, text: bytes) -> None:
    extra = tmp_path / "mine.csv"
    extra.write_bytes(text)
    with pytest.raises(RegistryError) as caught:
        find("没有的区", extra)
    assert "\n" not in str(caught.value)
    assert "line" in str(caught.value)


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(RegistryError, match=str(tmp_path)):
        find("呼兰区", tmp_path / name)


ROWS = """place_code,name,home_page,family_guess
230111,呼兰区,http://www.hulan.gov.cn/,
230111,呼兰区统计局,http://tj.hulan.gov.cn/,
23011,x,http://a.gov.cn/,
999999,x,http://b.gov.cn/,
110104,宣武区,http://c.gov.cn/,
110100,市辖区,http://d.gov.cn/,
230111,东风区,http://e.gov.cn/,
,f,ftp://f.gov.cn/,
,g,,
,h,http://10.0.0.1/,
,i,http://0x7f.1/,
,j,http://portal.localhost/,
,k,http://www.hulan.gov.cn,
230111,呼兰区,http://l.gov.cn/,
,"m\a",http://m.gov.cn/,

,n,http://u:p@n.gov.cn/,
,o,http://o.gov.cn/,,,
,"p
p",http://p.gov.cn/,
"""


def test_a_check_says_what_is_wrong_by_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("\ufeff" + ROWS)
    faults = check(file)
    assert [(fault.line, fault.field) for fault in faults] == [
        (4, "place_code"),
        (5, "place_code"),
        (6, "place_code"),
        (7, "place_code"),
        (8, "name"),
        (9, "home_page"),
        (10, "home_page"),
        (11, "home_page"),
        (12, "home_page"),
        (13, "home_page"),
        (14, "home_page"),
        (15, "place_code"),
        (16, "name"),
        (18, "home_page"),
        (19, ""),
        (20, "name"),
    ]
    said = [str(fault) for fault in faults]
    assert "110102 北京市西城区" in said[2]
    assert "东风区 is 230805, but 230111 is 黑龙江省哈尔滨市呼兰区" in said[4]
    assert said[10] == "line 14: home_page: the same as line 2's"
    assert not any("\n" in line for line in said)


# --- what the project carries --------------------------------------------------------------


def test_the_places_are_those_of_the_package_they_come_from() -> None:
    levels = [place.level for place in by_code().values()]
    assert levels.count("province") == 31
    assert levels.count("city") + levels.count("heading") == 342
    without_districts = 3  # 东莞, 中山, 儋州 stand among the counties once more
    assert levels.count("county") + levels.count("zone") == 2978 - without_districts
    assert by_code()["441900"].level == "city"
    assert all(place.province for place in all_places() if place.level != "province")


def test_the_command_that_makes_the_table_of_places_makes_it(tmp_path: Path) -> None:
    def packed(name: str, text: str) -> tuple[tarfile.TarInfo, io.BytesIO]:
        info = tarfile.TarInfo(f"package/dist/{name}.json")
        info.size = len(text.encode())
        return info, io.BytesIO(text.encode())

    with tarfile.open(tmp_path / "p.tgz", "w:gz") as package:
        for name, text in (
            ("provinces", '[{"code": "11", "name": "北京市"}]'),
            (
                "cities",
                '[{"code": "1101", "name": "市辖区"}, {"code": "1301", "name": "石家庄市"}]',
            ),
            (
                "areas",
                '[{"code": "110101", "name": "东城区"}, {"code": "130171", "name": "高新区"}]',
            ),
        ):
            package.addfile(*packed(name, text))
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "places", tmp_path / "p.tgz"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.splitlines() == [
        "code,name,level",
        "110000,北京市,province",
        "110100,市辖区,heading",
        "110101,东城区,county",
        "130100,石家庄市,city",
        "130171,高新区,zone",
    ]


def test_every_former_place_has_successors_of_today_and_is_itself_none() -> None:
    assert len(former()) > 350
    for one in former():
        assert all(code in by_code() for code in one.successors), one.code
        assert "2008" <= one.until <= "2023"
        today = by_code().get(one.code)
        assert today is None or today.name != one.name
        assert once_named(one.code)


def test_the_packaged_tables_have_no_fault_but_the_home_pages_given_twice() -> None:
    faults = {}
    for name in ("observed.csv", "portals.csv"):
        with resources.as_file(resources.files("crawler.registry").joinpath(name)) as file:
            faults[name] = check(file)
    assert faults["observed.csv"] == []
    assert [fault.field for fault in faults["portals.csv"]] == ["home_page"] * 4
    homes = [portal.url for portal in all_portals()]
    assert len(homes) == len(set(homes)), "nobody's reports are taken for another's"


def test_every_place_of_the_packaged_tables_is_known() -> None:
    portals = all_portals()
    assert len(portals) == 3206 + 9 - 1 - 5
    assert {portal.level for portal in portals} == {"province", "city", "county", None}
    assert all(portal.place in by_code() for portal in portals if portal.place)
    assert len({portal.id for portal in portals}) == len(portals)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the lists they were made from are not here")
def test_the_lists_they_were_made_from_are_in_the_packaged_tables() -> None:
    with (ROOT / "crawler" / "registry" / "portals.csv").open() as ours:
        kept = {(row["place_code"], row["home_page"]) for row in csv.DictReader(ours)}
    with (SHARED / "portals.csv").open() as source:
        given = {(row["place_code"], row["home_page"]) for row in csv.DictReader(source)}
    assert (kept, len(kept)) == (given, 3206)
    hosts = {(urlsplit(p.url).hostname or "").removeprefix("www.") for p in all_portals()}
    with (SHARED / "real-report-urls.csv").open() as source:
        seen = {row["host"].removeprefix("www.") for row in csv.DictReader(source)}
    assert seen <= hosts


# --- what belongs to a portal --------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "url", "belongs"),
    [
        ("220102", "http://nanguan.changchun.gov.cn/zwgk/", True),
        ("220102", "http://www.changchun.gov.cn/zwgk/", False),
        ("220102", "http://xxgk.nanguan.changchun.gov.cn/", True),
        ("220100", "http://zwgk.changchun.gov.cn/", True),
        ("220100", "http://nanguan.changchun.gov.cn/zwgk/", False),
        ("220104", "http://nanguan.changchun.gov.cn/zwgk/", False),
        ("350100", "http://tjj.fuzhou.gov.cn/", True),  # an office's, not a government's
    ],
)
def test_one_governments_host_is_not_anothers(code: str, url: str, *, belongs: bool) -> None:
    (portal,) = find(code)
    state = PortalState(portal, CrawlOptions(), PortalSummary(portal), {site_of(portal.url)})
    assert state.belongs(url) is belongs
    assert state.moves_to(url) is belongs


def test_a_home_page_may_move_within_the_government_but_not_to_another_ones() -> None:
    (portal,) = find("230111")
    state = PortalState(portal, CrawlOptions(), PortalSummary(portal), {site_of(portal.url)})
    assert not state.moves_to("https://www.harbin.gov.cn/")
    assert not state.moves_to("https://www.example.com/")
    assert state.moves_to("https://www.new-hulan.gov.cn/")
    assert state.belongs("https://zw.new-hulan.gov.cn/")
