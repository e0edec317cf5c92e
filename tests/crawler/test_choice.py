"""Which portals the words on a command line mean, and the commands beside `crawl`."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from archive import Archive, PortalRecord
from cli.shape import finish
from crawler import arguments
from crawler.choice import chosen
from crawler.registry import RegistryError, all_portals
from crawler.schedule import FORMS, WHEN, schedule, words
from nianbao import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

MINE = """place_code,name,home_page
350527,金门县,https://jm.example.gov.cn/
,演示,http://127.0.0.1:9/
"""


def ran(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a table of one's own."""
    (tmp_path / "portals.csv").write_text(MINE)
    return tmp_path


def test_all_is_every_portal_of_the_registry(data: Path) -> None:
    assert chosen((), everything=True) == list(all_portals())
    own = chosen((), everything=True, table=data / "portals.csv")
    assert len(own) == len(all_portals()) + 2


def test_provinces_and_places_add_up_and_nothing_is_twice() -> None:
    portals = chosen(["呼兰区", "230111", "440305"], ["23", "黑龙江"])
    assert len(portals) == len(chosen((), ["23"])) + 1


def test_the_address_of_a_place_that_is_named_too_is_crawled_once() -> None:
    portals = chosen(["http://www.hulan.gov.cn", "呼兰区", "http://www.hulan.gov.cn/"])
    assert [portal.place for portal in portals] == ["230111"]


@pytest.mark.parametrize("word", ["a\nb", "\x1b[31m呼兰区", "区" * 5000])
def test_a_word_that_is_none_is_wrong_use_in_one_line(word: str) -> None:
    with pytest.raises(RegistryError) as caught:
        chosen([word])
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_every_wrong_word_is_said_and_nothing_is_chosen() -> None:
    with pytest.raises(RegistryError) as caught:
        chosen(["呼兰区", "南山区", "宣武区", "南山区"], ["99"])
    lines = str(caught.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["no", "南山区", "北京市宣武区"]


@pytest.mark.parametrize("places", [(), ("呼兰区", "--all"), ("--province", "23", "--all")])
def test_all_and_something_or_nothing_at_all_is_wrong_use(
    tmp_path: Path, places: tuple[str, ...]
) -> None:
    for command in ("crawl", "run", "schedule"):
        ended = ran(command, *places, "--data", tmp_path)
        assert ended.exit_code == 2
        assert "--all" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["crawl", "run"])
def test_a_portal_of_the_public_internet_is_not_hurried(tmp_path: Path, command: str) -> None:
    ended = ran(command, "http://127.0.0.1:9/", "--delay", "0.5", "--data", tmp_path)
    assert ended.exit_code == 2
    assert "--delay 0.5: portals are asked once a second at most" in ended.stderr
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="once a second"):
        arguments.options({"delay": "0"}, 1.0)
    assert arguments.options({"delay": "0", "allow_private": "1"}, 1.0).delay == 0
    assert arguments.options({"jobs": "7", "max_seconds": "60"}, 1.0).jobs == 7


def test_an_ambiguous_name_crawls_none_and_lists_its_places(tmp_path: Path) -> None:
    ended = ran("crawl", "呼兰区", "南山区", "--data", tmp_path)
    assert ended.exit_code == 2
    assert "230404 黑龙江省鹤岗市南山区, 440305 广东省深圳市南山区" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_table_in_the_data_folder_is_read_and_another_may_be_given(
    data: Path, tmp_path: Path
) -> None:
    assert ran("schedule", "金门县", "--data", data).exit_code == 0
    ended = ran("schedule", "金门县", "--data", tmp_path / "other")
    assert ended.exit_code == 2
    assert "350527,金门县,https://" in ended.stderr
    own = str(data / "portals.csv")
    assert ran("schedule", "演示", "--data", "x", "--portals", own).exit_code == 0


def test_a_broken_table_is_wrong_use_in_one_line(data: Path) -> None:
    (data / "portals.csv").write_text("home_page\nnowhere\n")
    ended = ran("crawl", "呼兰区", "--data", data)
    assert ended.exit_code == 2
    assert "portals.csv, line 2: home_page: must begin with http" in ended.stderr


# --- portals -------------------------------------------------------------------------------


def test_the_registry_is_listed_for_people_and_for_programs(data: Path) -> None:
    lines = ran("portals", "--data", data).stdout.splitlines()
    assert len(lines) == len(all_portals()) + 2
    assert lines == sorted(lines, key=lambda line: line.split()[0].replace("-", "~"))
    [own] = [line for line in lines if line.startswith("350527 ")]
    assert own.split() == ["350527", "福建省泉州市金门县", "https://jm.example.gov.cn/"]
    [hulan] = [line for line in lines if line.startswith("230111 ")]
    assert hulan.split() == ["230111", "黑龙江省哈尔滨市呼兰区", "http://www.hulan.gov.cn/"]
    answers = [
        json.loads(line)
        for line in ran("portals", "--province", "23", "--json").stdout.splitlines()
    ]
    assert {answer["place"][:2] for answer in answers} == {"23"}
    assert ran("portals", "--province", "99").exit_code == 2


def test_a_check_is_status_0_or_1_with_a_line_for_each_fault(data: Path) -> None:
    good = ran("portals", "check", "--data", data)
    assert (good.exit_code, good.stdout) == (1, "")  # a private address is worth a word
    assert "line 3: home_page: 127.0.0.1 is not a public address" in good.stderr
    (data / "portals.csv").write_text(MINE.replace("http://127.0.0.1:9/", "https://a.gov.cn/"))
    good = ran("portals", "check", "--data", data)
    assert (good.exit_code, good.stderr) == (0, "")
    other = data / "other.csv"
    other.write_text("place_code,home_page\n110104,x\n")
    bad = ran("portals", "check", other, "--json")
    assert bad.exit_code == 1
    assert [(one["line"], one["field"]) for one in json.loads(bad.stdout)] == [
        (2, "home_page"),
        (2, "place_code"),
    ]
    assert len(bad.stderr.splitlines()) == 2


def test_a_check_without_a_table_is_one_line(tmp_path: Path) -> None:
    ended = ran("portals", "check", "--data", tmp_path)
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (1, 1)
    assert str(tmp_path / "portals.csv") in ended.stderr


# --- schedule ------------------------------------------------------------------------------


def test_what_a_schedule_names_is_found_again(data: Path) -> None:
    table = data / "portals.csv"
    portals = chosen(
        ["呼兰区", "福州市统计局", "演示", "https://www.example.gov.cn/a?b"], table=table
    )
    assert words(portals)[0] == "230111"
    assert chosen(words(portals), table=table) == portals


@pytest.mark.parametrize("when", sorted(WHEN))
@pytest.mark.parametrize("form", FORMS)
def test_a_schedule_quotes_what_its_program_would_read_otherwise(when: str, form: str) -> None:
    address = "https://a.gov.cn/x%20y?a=$b&c='d\""
    text = schedule(["/opt/n b", "run", address], when, (2, 5), form, "mailto:a@b.org")
    if form == "cron":
        lines = [line for line in text.splitlines() if address[:16] in line]
        assert len(lines) == len(WHEN[when])
        for line in lines:
            minute, hour, _, _, _, command = line.split(" ", 5)
            assert (minute, hour) == ("5", "2")
            assert "%" not in command.replace(r"\%", "")
            assert shlex.split(command.replace(r"\%", "%")) == ["/opt/n b", "run", address]
    else:
        assert text.count("OnCalendar=") == len(WHEN[when])
        assert 'ExecStart="/opt/n b" run "https://a.gov.cn/x%%20y?a=$$b&c=\'d\\""\n' in text
        assert "Environment=NIANBAO_CONTACT=mailto:a@b.org\n" in text
        assert " 02:05:00\n" in text


def test_a_schedule_is_printed_and_nothing_is_installed(tmp_path: Path) -> None:
    ended = ran("schedule", "--province", "23", "--every", "weekly", "--data", tmp_path)
    assert ended.exit_code == 0
    assert "nianbao run --province 23 --data" in ended.stdout
    assert "nothing was installed" in ended.stderr
    assert list(tmp_path.iterdir()) == []


# --- status --------------------------------------------------------------------------------


def test_status_names_the_portals_and_says_how_a_run_goes_on(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        records = [
            PortalRecord("230111", "http://a.gov.cn/", "230111", "呼兰区"),
            PortalRecord("b.gov.cn/x", "http://b.gov.cn/x?a b", None),
        ]
        archive.begin_run("20260101T000000Z", portals=records)
        archive.finish_run("20260101T000000Z", requests=9, found=3, new=1, unchanged=2, failed=0)
        archive.begin_run("20260201T000000Z", portals=records)
    lines = ran("status", "--data", tmp_path).stdout.splitlines()
    assert lines[0] == "20260101T000000Z  呼兰区、b.gov.cn/x"
    assert "9 requests, 3 reports (1 new, 2 unchanged), 0 failed" in lines[1]
    assert lines[3].strip() == (
        "not finished: nianbao crawl 230111 'http://b.gov.cn/x?a b' goes on with it"
    )


def test_status_does_not_name_three_thousand_portals(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        records = [PortalRecord(f"{n}", f"http://a{n}.gov.cn/") for n in range(3000)]
        archive.begin_run("20260101T000000Z", portals=records)
    told = ran("status", "--data", tmp_path).stdout
    assert len(told) < 300
    assert "and 2992 more portals" in told
    assert "the same crawl goes on with it" in told


# --- problems ------------------------------------------------------------------------------


def test_a_problem_in_a_pages_words_is_no_command_to_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wide = "\N{IDEOGRAPHIC SPACE}"
    with pytest.raises(SystemExit):
        finish(["x: the report \x1b[2J\x9b31m\u202e年报\t(http://a/): HTTP 404", f"{wide}二"])
    first, second = capsys.readouterr().err.splitlines()
    assert first == "nianbao: x: the report �[2J�31m�年报�(http://a/): HTTP 404"
    assert second == f"nianbao: {wide}二"
