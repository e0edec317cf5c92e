"""Figures of several editions side by side: what joins, what stands alone, years against years."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from small_archive import begin, page

from archive import Archive
from extract.forms import NARRATIVE, form_of, forms
from publish.build import build
from publish.series import all_series

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NARRATED = (
    "一、概述",
    "2012年，我区认真贯彻条例。",
    "二、主动公开政府信息的情况",
    "2012年，全区共主动公开政府信息1,234条。",
    "三、依申请公开政府信息的情况",
    "全年共收到政府信息公开申请35件，其中当面申请5件，网络申请30件。",
    "四、行政复议和行政诉讼的情况",
    "因政府信息公开引发行政复议2件，未发生行政诉讼。",
)
APPLICANTS = 6


def html(title: str, *lines: str, tables: str = "") -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f"<html><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body><h1>{title}</h1>{body}{tables}</body></html>"
    ).encode()


def matrix(edition: str, numbers: dict[str, int], skip: tuple[str, ...] = ()) -> str:
    """Table three: the total of each row stands in the first column of applicants."""
    table = forms()[edition].tables["requests"]
    heads = "".join(f"<td>{label[-1]}</td>" for label in table.columns.values())
    rows = f"<tr><td></td>{heads}</tr>"
    for row in table.rows:
        if row.id in skip:
            continue
        n = numbers.get(row.id, 0)
        cells = "".join(f"<td>{v}</td>" for v in (n, *[0] * (APPLICANTS - 1), n))
        rows += f"<tr><td>{row.label[-1]}</td>{cells}</tr>"
    return f"<table>{rows}</table>"


def titled(year: int, name: str = "示范区人民政府") -> str:
    return f"{name}{year}年政府信息公开工作年度报告"


def rows(data: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{data / 'nianbao.db'}?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four years of one government under three names: narrated, 2019, 2021 and 2021 again."""
    data = tmp_path_factory.mktemp("several")
    first = {"received": 9, "concluded": 6, "granted": 4, "other": 2, "carried_out": 3}
    second = {"received": 7, "carried_in": 3, "concluded": 8, "granted": 5, "carried_out": 2}
    second |= {"other_not_corrected": 1, "other_fee_unpaid": 1, "other_other": 1}
    third = {"received": 5, "carried_in": 1, "concluded": 6, "granted": 6}
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page("2012.html"), html(titled(2012), *NARRATED))
        crawl.keep(page("2020.html"), html(titled(2020, "示范区"), tables=matrix("2019", first)))
        crawl.keep(
            page("2021.html"),
            html(titled(2021, "示范市示范区人民政府办公室"), tables=matrix("2021", second)),
        )
        crawl.keep(page("2022.html"), html(titled(2022), tables=matrix("2021", third)))
        crawl.end()
    build(data, workers=0)
    return data


def test_every_figure_of_every_form_is_in_one_series() -> None:
    members = Counter((m.edition, m.key) for s in all_series() for m in s.members if m.way == 1)
    own = {(e, key) for e in (*forms(), NARRATIVE) for key in _keys(e)}
    assert set(members) >= own
    assert set(members.values()) == {1}


def _keys(edition: str) -> tuple[tuple[str, str, str], ...]:
    form = form_of(edition)
    assert form is not None
    return form.keys


def test_what_means_something_else_is_never_joined() -> None:
    joined = [s for s in all_series() if len({m.edition for m in s.members}) > 1]
    assert joined
    for series in joined:
        assert series.reason_zh, series.id
        assert {m.edition for m in series.members} == {"2019", "2021"}
        assert not any("fees" in m.key[1] for m in series.members)
        units = {
            form.tables[m.key[0]].unit(m.key[1], m.key[2])
            for m in series.members
            if (form := form_of(m.edition))
        }
        assert len(units) == 1
    apart = {s.id: s for s in all_series()}
    for name in (
        "2019:proactive/administrative_fees/items_last_year",
        "2021:proactive/administrative_fees/amount",
        "2019:proactive/regulations/made",
        "2021:proactive/regulations/in_force",
        "2008:statistics/received/number",
        "narrative:narrative/received/stated",
    ):
        assert apart[name].reason_zh, name


def test_every_headline_is_a_series() -> None:
    places = [s.headline for s in all_series() if s.headline]
    assert sorted(places) == list(range(1, len(places) + 1))


def test_the_same_body_under_three_names(several: Path) -> None:
    assert rows(several, "select distinct body from reports") == [("示范区人民政府",)]


def test_a_series_over_two_editions(several: Path) -> None:
    found = rows(
        several,
        "select year, edition, value from series_figures where series = 'requests/received/total'"
        " order by year",
    )
    assert found == [(2020, "2019", 9), (2021, "2021", 7), (2022, "2021", 5)]


def test_one_row_that_became_three_is_their_sum(several: Path) -> None:
    found = rows(
        several,
        "select year, value, printed, figures from series_figures"
        " where series = 'requests/other/total' order by year",
    )
    assert found == [(2020, 2, "2", 1), (2021, 3, "1 + 1 + 1", 3), (2022, 0, "0 + 0 + 0", 3)]


@pytest.mark.parametrize(
    "where", ["place = '990101'", "series = 'requests/received/total'", "report = 'x'"]
)
def test_a_series_is_found_without_reading_every_figure(several: Path, where: str) -> None:
    plan = rows(several, f"explain query plan select * from series_figures where {where}")
    steps = [step[3] for step in plan]
    assert not [step for step in steps if step.startswith(("SCAN f", "MATERIALIZE", "CO-ROUTINE"))]


def test_a_row_that_a_report_of_2021_merges_is_taken_as_it_is(
    tmp_path: Path,
) -> None:
    merged = matrix("2021", {"received": 4}, ("other_not_corrected", "other_fee_unpaid"))
    merged = merged.replace("<td>3.其他</td>", "<td>（六）其他处理</td>")
    with Archive(tmp_path) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page("r.html"), html(titled(2021), tables=merged))
        crawl.end()
    build(tmp_path, workers=0)
    found = rows(
        tmp_path,
        "select value, printed, figures from series_figures where series = 'requests/other/total'",
    )
    assert found == [(0, "0", 1)]


def test_what_sentences_state_is_marked_and_stands_alone(several: Path) -> None:
    found = rows(
        several,
        "select f.row, f.printed, f.status, f.address, f.sentence from figures f"
        " join reports r on r.id = f.report where r.edition = 'narrative' order by f.row",
    )
    assert {(row, printed, status) for row, printed, status, _, _ in found} == {
        ("published", "1,234", "printed"),
        ("received", "35", "printed"),
        ("received_in_person", "5", "printed"),
        ("received_online", "30", "printed"),
        ("reviews", "2", "printed"),
        ("lawsuits", "未发生行政诉讼", "mark"),
    }
    received = next(item for item in found if item[0] == "received")
    assert received[3:] == ("section 3 sentence 1", NARRATED[5])
    assert rows(
        several, "select distinct series from series_figures where edition = 'narrative'"
    ) == [(f"narrative:narrative/{row}/stated",) for row, *_ in sorted(found)]


def test_years_are_compared_with_the_years_before(several: Path) -> None:
    found = rows(
        several,
        "select r.year, c.status, c.left_side, c.right_side from checks c join reports r"
        " on r.id = c.report where c.rule = 'years.carried_over'"
        " and c.at = 'requests/carried_in/total' order by r.year",
    )
    assert found == [(2021, "holds", 3, 3), (2022, "fails", 2, 1)]


def test_a_report_of_one_office_is_told_from_a_consolidated_one(
    tmp_path: Path, ask: Callable[..., Any]
) -> None:
    gathered = "本报告由区政府办公室根据全区各部门、各镇街年度报告汇总编制。"
    with Archive(tmp_path) as archive:
        crawl = begin(archive, 1)
        tables = matrix("2021", {"received": 1})
        crawl.keep(page("1.html"), html(titled(2021), gathered, tables=tables))
        crawl.keep(page("2.html"), html(titled(2021, "示范区教育局"), tables=tables))
        crawl.keep(page("3.html"), html(titled(2022), tables=tables))
        crawl.end()
    build(tmp_path, workers=0)
    found = rows(tmp_path, "select id, scope, scope_words from reports order by year, body desc")
    assert [item[1:] for item in sorted(found, key=lambda f: str(f[1]))] == [
        (None, None),
        ("consolidated", gathered),
        ("single", "示范区教育局"),
    ]
    text = ask(tmp_path, "/place/990101").text
    assert "汇总 consolidated" in text
    assert "单个机关 one office" in text
    report = next(item[0] for item in found if item[1] == "consolidated")
    assert gathered in ask(tmp_path, f"/report/{report}").text


def test_a_title_with_radicals_is_kept_and_cited_without(
    tmp_path: Path, ask: Callable[..., Any]
) -> None:
    printed = "示范区2021年政府信息公开⼯作年度报告（⼀）"
    with Archive(tmp_path) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page("r.html"), html(printed, tables=matrix("2021", {"received": 1})))
        crawl.end()
    build(tmp_path, workers=0)
    plain = "示范区2021年政府信息公开工作年度报告（一）"
    ((report, title, cited),) = rows(tmp_path, "select id, title, title_plain from reports")
    assert (title, cited) == (printed, plain)
    text = ask(tmp_path, f"/report/{report}").text
    assert f"<h1>{printed}</h1>" in text
    assert f". {plain}[R/OL]" in text


@pytest.mark.parametrize("path", ["series", "series_figures", "series_figures?place=990101"])
def test_the_series_are_pages_of_the_site_too(
    several: Path, path: str, ask: Callable[..., Any]
) -> None:
    assert ask(several, f"/nianbao/{path}").status_code == 200


def test_the_place_s_page_shows_the_series(several: Path, ask: Callable[..., Any]) -> None:
    text = ask(several, "/place/990101").text
    assert "历年数字" in text
    assert "本年新收政府信息公开申请数量" in text
    assert "单列" in text
    assert "/narrative/received/stated" in text


def test_a_narrated_report_s_page_shows_each_count_with_its_sentence(
    several: Path, ask: Callable[..., Any]
) -> None:
    ((report,),) = rows(several, "select id from reports where edition = 'narrative'")
    text = ask(several, f"/report/{report}").text
    assert NARRATED[5] in text
    assert "没有统计表" in text
    figure = ask(several, f"/figure/{report}/narrative/received/stated")
    assert figure.status_code == 200
    assert NARRATED[5] in figure.text
    assert "section 3 sentence 1" in figure.text
    for near in re.findall(r'rel="(?:prev|next)" href="([^"]+)"', figure.text):
        assert ask(several, near).status_code == 200
