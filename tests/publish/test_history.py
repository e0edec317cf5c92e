"""What becomes of reports between two runs, on real archives."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import small_archive
from small_archive import Crawl, begin, cover, demo_file, page

from archive import Archive
from publish.build import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REPORT = demo_file("shifan-2023.html")
NOISY = REPORT.replace(b"</body>", "<!-- 您是第 8 位访客 --></body>".encode())
CHANGED = REPORT.replace(b">6,042<", b">6,043<")


def rows(data: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"file:{data / 'nianbao.db'}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def crawled(data: Path, *runs: Callable[[Crawl], object]) -> Path:
    """A built database over as many runs as there are functions that keep something."""
    with Archive(data) as archive:
        for number, keep in enumerate(runs, 1):
            crawl = begin(archive, number)
            keep(crawl)
            crawl.end()
    build(data, workers=0)
    return data


def saw(body: bytes, url: str = "r.html", **given: Any) -> Callable[[Crawl], object]:
    return lambda crawl: crawl.keep(page(url), body, link_text=small_archive.TITLE, **given)


def test_a_visitors_counter_is_no_change(tmp_path: Path) -> None:
    data = crawled(tmp_path, saw(REPORT), saw(NOISY))
    ((report, document),) = rows(data, "select id, document from reports")
    assert rows(data, "select count(*) from changes") == [(0,)]
    assert str(report).endswith(str(document)[:8])
    assert rows(
        data, "select fetched_at from captures where id = (select capture from reports)"
    ) == [("2026-11-01T06:00:01Z",)]


def test_a_changed_figure_makes_a_version_and_both_addresses_stay(tmp_path: Path) -> None:
    data = crawled(tmp_path, saw(REPORT), saw(NOISY), saw(CHANGED))
    versions = rows(data, "select id, superseded_by from reports order by superseded_by is null")
    assert len(versions) == 2
    assert versions[0][1] == versions[1][0]
    assert versions[1][1] is None
    ((report, found_at, what),) = rows(data, "select report, found_at, what from changes")
    assert report == versions[1][0]
    assert found_at == "2026-11-03T06:00:01Z"
    assert "proactive/licensing/decisions 6,042 → 6,043" in str(what)


def test_a_version_that_returns_is_the_current_one_again(tmp_path: Path) -> None:
    data = crawled(tmp_path, saw(REPORT), saw(CHANGED), saw(REPORT))
    versions = rows(
        data,
        "select r.superseded_by is null, f.printed from reports r join figures f on f.report = r.id"
        " and f.row = 'licensing' order by 1",
    )
    assert versions == [(0, "6,043"), (1, "6,042")]
    assert len(rows(data, "select * from changes")) == 2


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"body": b"no", "status": 404, "reason": "HTTP 404"}, "HTTP 404"),
        ({"body": b"<h1>home</h1>", "reason": "soft 404"}, "soft 404"),
        ({"body": b"<h1>news</h1>"}, "the address no longer holds a report"),
    ],
)
def test_a_report_that_vanishes_stays_and_is_told(
    tmp_path: Path, answer: dict[str, object], what: str
) -> None:
    def gone(crawl: Crawl) -> object:
        return crawl.keep(page("r.html"), link_text="更多", **answer)  # type: ignore[arg-type]

    data = crawled(tmp_path, saw(REPORT), gone)
    assert rows(data, "select later, what from changes") == [(None, what)]
    assert len(rows(data, "select * from reports")) == 1


def test_an_address_that_never_held_a_report_does_not_vanish(tmp_path: Path) -> None:
    data = crawled(tmp_path, saw(b"no", status=404, reason="HTTP 404"))
    assert rows(data, "select count(*) from changes") == [(0,)]


def test_a_report_that_moved_is_the_same_report(tmp_path: Path) -> None:
    data = crawled(tmp_path, saw(REPORT), saw(NOISY, "new/place.html"))
    assert len(rows(data, "select * from reports")) == 1
    parts = rows(data, "select part from report_captures order by capture")
    assert parts == [("page",), ("copy page",)]


def test_a_page_dated_anew_keeps_its_id_and_the_new_date_is_told(tmp_path: Path) -> None:
    dated = '<meta name="PubDate" content="2024-{}"></head>'

    def on(day: str) -> bytes:
        return REPORT.replace(b"</head>", dated.format(day).encode())

    data = crawled(tmp_path, saw(on("01-20")), saw(on("05-02")))
    ((published,),) = rows(data, "select published_on from reports")
    changes = rows(data, "select what from changes")
    if published == "2024-01-20":
        assert changes == [("date of publication: 2024-01-20 → 2024-05-02",)]
    else:  # the text's own date is believed before the page's
        assert changes == []


def test_a_replaced_file_with_the_same_contents_is_told(tmp_path: Path) -> None:
    word = demo_file("dongfeng-2021.docx")

    def file(body: bytes) -> Callable[[Crawl], object]:
        def keep(crawl: Crawl) -> None:
            crawl.keep(page("r.html"), cover("东风区2021年政府信息公开工作年度报告", "x.docx"))
            crawl.keep(
                page("x.docx"),
                body,
                "attachment",
                via=page("r.html"),
                media_type="application/msword",
            )

        return keep

    data = crawled(tmp_path, file(word), file(word + b"\0"))
    assert len(rows(data, "select * from reports")) == 1
    assert rows(data, "select what from changes") == [("another file with the same contents",)]


def test_an_unchanged_answer_is_read_from_the_record_it_refers_to(tmp_path: Path) -> None:
    def same(crawl: Crawl) -> object:
        return crawl.keep(page("r.html"), b"", status=304, headers=())

    data = crawled(tmp_path, saw(REPORT), same)
    assert rows(data, "select count(*) from reports") == [(1,)]
    assert rows(data, "select count(*) from revisits") == [(1,)]
    assert rows(data, "select count(*) from captures where role = 'report'") == [(1,)]
    assert rows(data, "select count(*) from changes") == [(0,)]


def test_a_second_page_over_one_file_is_no_second_report(tmp_path: Path) -> None:
    title = "东风区2021年政府信息公开工作年度报告"

    def keep(crawl: Crawl) -> None:
        crawl.keep(page("r.html"), cover(title, "x.docx"))
        word = demo_file("dongfeng-2021.docx")
        crawl.keep(page("x.docx"), word, "attachment", via=page("r.html"))
        crawl.keep(page("mobile/r.html"), cover(title, "../x.docx"))

    data = crawled(tmp_path, keep)
    parts = rows(
        data,
        "select c.url, part from report_captures r join captures c on c.id = r.capture order by 1",
    )
    assert parts == [
        (page("mobile/r.html"), "copy page"),
        (page("r.html"), "page"),
        (page("x.docx"), "attachment"),
    ]
    assert len(rows(data, "select * from reports")) == 1


def test_a_cover_of_another_year_stays_a_report(tmp_path: Path) -> None:
    def keep(crawl: Crawl) -> None:
        crawl.keep(page("1.html"), REPORT)
        crawl.keep(page("2.html"), cover("示范区人民政府2022年政府信息公开工作年度报告"))

    data = crawled(tmp_path, keep)
    years = rows(data, "select year, figures_printed > 0 from reports order by 1")
    assert years == [(2022, 0), (2023, 1)]


def test_a_changed_text_makes_a_version_too(tmp_path: Path) -> None:
    rewritten = REPORT.replace("无其他需要报告的事项".encode(), "另有事项".encode())
    assert rewritten != REPORT
    data = crawled(tmp_path, saw(REPORT), saw(rewritten))
    assert len(rows(data, "select * from reports")) == 2
    ((what,),) = rows(data, "select what from changes")
    assert str(what).startswith("text of section")
