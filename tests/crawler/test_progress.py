"""What a crawl shows: on a terminal as it goes, and at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console
from small_portal import crawled, put_reports, serving

from crawler.model import CrawlSummary, Portal, PortalSummary
from crawler.progress import ending, live, table

if TYPE_CHECKING:
    from pathlib import Path


def lines(shown: object, width: int = 80) -> list[str]:
    console = Console(width=width, height=24, force_terminal=False)
    with console.capture() as capture:
        console.print(shown)
    return capture.get().splitlines()


def portal(number: int, name: str = "呼兰区", **counts: object) -> PortalSummary:
    place = Portal(f"{number:06}", f"{number:06}", name, "http://a.gov.cn/", level="county",
                   city="哈尔滨市", province=("黑龙江省", "吉林省")[number % 2])  # fmt: skip
    made = PortalSummary(place)
    for field, value in counts.items():
        setattr(made, field, value)
    return made


def summary(count: int, under_way: int = 0) -> CrawlSummary:
    made = CrawlSummary("20261120T104119Z")
    for number in range(count):
        one = portal(number, requests=10, found=3, new=1, unchanged=2, held=1, ways={"links": 3})
        one.progress = "under way" if number < under_way else "done"
        one.now = f"report /zwgk/zfxxgknb/202201/t20220120_{number}.html"
        made.portals.append(one)
    return made


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_live_display_fits_the_terminal(width: int) -> None:
    shown = lines(live(summary(500, under_way=300), 75, (width, 24)), width)
    assert len(shown) <= 24
    assert max(map(cell_len, shown)) <= width
    assert "1:15 · Ctrl-C stops" in shown[-1]


def test_the_live_display_shows_who_is_under_way_and_what_is_asked() -> None:
    shown = lines(live(summary(500, under_way=3), 0, (100, 24)), 100)
    asked = [line for line in shown if "report /zwgk/zfxxgknb/202201/t20220120_" in line]
    assert len(asked) == 3
    assert any("total" in line and "497 done, 3 under way" in line for line in shown)


def test_the_table_names_portals_with_their_city_and_sums_them_up() -> None:
    shown = lines(table(summary(3)))
    assert sum("哈尔滨市呼兰区" in line for line in shown) == 3
    [total] = [line for line in shown if "total" in line]
    assert total.split() == ["total", "30", "9", "3", "6", "3", "0", "0", "links", "9"]


def test_many_portals_are_summed_up_by_province() -> None:
    shown = lines(table(summary(501)))
    assert [line.split()[:4] for line in shown if "省" in line] == [
        ["黑龙江省", "251", "2510", "753"],
        ["吉林省", "250", "2500", "750"],
    ]
    assert any("total" in line for line in shown)


def test_the_last_sentence_says_what_was_found() -> None:
    assert ending(summary(3), 3725) == "9 reports on 3 of 3 portals with 30 requests, 1:02:05"
    one = CrawlSummary("r", [portal(1, requests=1, found=1, resumed=7)])
    assert ending(one, 2) == "1 report with 1 request and 7 answered by the archive, 0:02"


def test_json_has_the_sums_of_every_count() -> None:
    answer = summary(2).to_json()
    sums = {name: answer[name] for name in ("requests", "found", "new", "unchanged", "held")}
    assert sums == {"requests": 20, "found": 6, "new": 2, "unchanged": 4, "held": 2}
    assert answer["ways"] == {"links": 6}
    assert [one["progress"] for one in answer["portals"]] == ["done", "done"]
    assert "now" not in answer["portals"][0]


def test_without_a_terminal_there_is_one_table_and_nothing_that_moves(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving() as site:
        put_reports(site, 2021)
        told = crawled(site, tmp_path)
    out, err = capfd.readouterr()
    assert out == ""
    assert "\x1b" not in err
    assert "\r" not in err
    assert err.count("试验区") == 1
    assert "1 report with" in err.splitlines()[-1]
    assert told.portals[0].progress == "done"


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"level": "county", "city": "鹤岗市", "province": "黑龙江省"}, "鹤岗市南山区"),
        ({"level": "county", "city": None, "province": "北京市"}, "北京市南山区"),
        ({"level": "city", "city": None, "province": "黑龙江省"}, "南山区"),
        ({}, "南山区"),
    ],
)
def test_a_label_tells_portals_of_one_name_apart(fields: dict[str, str], label: str) -> None:
    assert Portal("1", None, "南山区", "http://a.gov.cn/", **fields).label == label


@pytest.mark.parametrize(
    "name", ["[red]区", "[/x]", "[fe80::1]:80", "a\x1b[31mb", "[link=http://x]y"]
)
def test_a_name_or_an_address_is_no_command_to_the_terminal(name: str) -> None:
    made = CrawlSummary("r")
    for progress in ("under way", "done"):
        one = PortalSummary(Portal("a", None, name, "http://a/"), ways={"links": 1})
        one.progress, one.now = progress, f"report /a[/b]{name}"
        made.portals.append(one)
    shown = "\n".join(lines(live(made, 1, (120, 24)), 120) + lines(table(made), 120))
    assert shown.count(name.replace("\x1b", "�")) >= 3
    assert "/a[/b]" in shown
    assert "\x1b" not in shown
