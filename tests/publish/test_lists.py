"""Dates that lists print beside their links, in every shape lists come in."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from small_archive import begin, page

from archive import Archive
from publish.build import build
from publish.lists import dates_beside

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://a.gov.cn/zwgk/nb/202201/t20220130_12.html"
ROW = '<li><a href="{}">甲局2021年报告</a><span>{}</span></li>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ROW.format("./202201/t20220130_12.html", "2022-01-29"), {"2022-01-29"}),
        (ROW.format(URL, "[2022/1/29]"), {"2022-01-29"}),
        (ROW.format(URL, "2022年1月29日"), {"2022-01-29"}),
        (f'<li><span>2022-01-29</span><a href="{URL}">报告</a></li>', {"2022-01-29"}),
        (
            ROW.format("t20220130_11.html", "2022-01-01")
            + ROW.format("t20220130_12.html", "2022-01-29")
            + ROW.format("t20220130_13.html", "2022-03-03"),
            {"2022-01-29"},
        ),
        (
            ('<div><a href="t20220130_11.html">甲</a><i>2022-01-01</i></div>'
            '<div><a href="t20220130_12.html">乙</a><i>2022-01-29</i></div>'),
            {"2022-01-29"},
        ),
        (f'<tr><td><a href="{URL}">乙</a></td><td>2022.01.29</td></tr>', {"2022-01-29"}),
        (
            ('{"articles":[{"title":"a","url":"http:\\/\\/a.gov.cn\\/zwgk\\/nb\\/202201\\/'
            't20220130_12.html","create_time":"2022-01-29 10:00:00"},{"title":"b",'
            '"url":"http:\\/\\/a.gov.cn\\/x.html","create_time":"2021-05-05"}]}'),
            {"2022-01-29"},
        ),
        (
            ("<record><![CDATA[<li><a href='/zwgk/nb/202201/t20220130_12.html'>乙</a>"
            "<b>2022-01-29</b></li>]]></record>"),
            {"2022-01-29"},
        ),
        (ROW.format(URL, "2022-13-29"), set()),
        (ROW.format(URL, ""), set()),
        (ROW.format("t20220130_123.html", "2022-01-29"), set()),
        (f'<li><a href="{URL}">乙</a> 2022-01-29 更新 2022-02-02</li>',
         {"2022-01-29", "2022-02-02"}),
    ],
)  # fmt: skip
def test_the_dates_of_a_row(text: str, expected: set[str]) -> None:
    assert set(dates_beside(text, URL)) == expected


def test_an_address_that_is_repeated_without_end_ends() -> None:
    assert list(dates_beside('"/t20220130_12.html"' * 200_000, URL)) == []


REPORT = (
    "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>一、总体情况</p>"
    "<p>2021年，我区认真贯彻条例。</p>{1}</body></html>"
)
TITLE = "示范区2021年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("row_date", "signature", "expected"),
    [
        ("2022-01-29", "", ("2022-01-29", "list")),
        ("2022-01-29", "<p>2022年1月20日</p>", ("2022-01-20", "signature")),
        ("2024-05-05", "", (None, None)),
        ("2022-01-29 更新于 2022-02-02", "", (None, None)),
    ],
    ids=["from the list", "the report's own first", "a migrated list", "two dates"],
)
def test_the_list_s_date_where_the_report_gives_none(
    tmp_path: Path, row_date: str, signature: str, expected: tuple[str | None, str | None]
) -> None:
    with Archive(tmp_path) as archive:
        crawl = begin(archive, 1)
        listing = f'<ul><li><a href="/r.html">{TITLE}</a><span>{row_date}</span></li></ul>'
        crawl.keep(page("list"), listing.encode(), "list")
        crawl.keep(
            page("r.html"),
            REPORT.format(TITLE, signature).encode(),
            via=page("list"),
            link_text=TITLE,
        )
        crawl.end()
    build(tmp_path, workers=0)
    connection = sqlite3.connect(tmp_path / "nianbao.db")
    found = connection.execute("select published_on, published_from from reports").fetchall()
    connection.close()
    assert found == [expected]
