from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import small_archive

from archive import Archive, ArchiveError, Busy, sending
from archive.store_command import keep_in
from archive.verify import verify
from extract.forms import NARRATIVE, forms
from publish.build import build
from publish.reading import cache_folder
from publish.serve import metadata

if TYPE_CHECKING:
    from pathlib import Path

PROMISED = {
    "places": "code name level parent province",
    "portals": "id place url family state last_run",
    "runs": "id started finished",
    "captures": "id run portal url fetched_at http_status media_type sha256 bytes warc offset via"
    " link_text",
    "documents": "sha256 media_type bytes pages",
    "reports": "id place publisher year edition title published_on document capture"
    " figures_printed checks_failed doubts",
    "figures": "report form_table row column value printed unit status doubt page x0 top x1"
    " bottom address",
    "checks": "report rule at status left_side right_side",
    "sections": "report number heading text",
    "changes": "report found_at earlier later what",
}


def rows(data: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{data / 'nianbao.db'}?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def columns(data: Path) -> dict[str, list[str]]:
    tables = rows(data, "select name from sqlite_master where type in ('table', 'view')")
    return {
        str(name): [str(c[1]) for c in rows(data, f"pragma table_info('{name}')")]
        for (name,) in tables
        if not str(name).startswith("sqlite_")
    }


def digest(data: Path) -> str:
    return hashlib.sha256((data / "nianbao.db").read_bytes()).hexdigest()


@pytest.mark.parametrize("table", PROMISED)
def test_every_promised_column_is_there(published: Path, table: str) -> None:
    assert set(PROMISED[table].split()) <= set(columns(published)[table])


def test_every_table_and_column_is_described(published: Path) -> None:
    described = metadata()["databases"]["nianbao"]["tables"]
    built = columns(published)
    assert described.keys() == built.keys()
    for table, names in built.items():
        assert described[table]["title"], table
        assert described[table]["description"], table
        assert described[table]["columns"].keys() == set(names), table


def test_every_reference_points_somewhere(published: Path) -> None:
    assert rows(published, "pragma foreign_key_check") == []
    assert rows(published, "pragma integrity_check") == [("ok",)]


def test_the_same_archive_gives_the_same_bytes(tmp_path: Path) -> None:
    data = small_archive.filled(tmp_path)
    build(data, workers=0)
    first = digest(data)
    served = (data / "nianbao.db").stat().st_ino
    build(data, workers=0)
    assert (data / "nianbao.db").stat().st_ino != served  # swapped in, never written over
    (data / "nianbao.db").unlink()
    for gone in (data / "catalog.db", data / "catalog.db-wal", data / "catalog.db-shm"):
        gone.unlink(missing_ok=True)
    shutil.rmtree(data / "cache")
    build(data, workers=0)
    assert digest(data) == first
    assert build(data, workers=0).read == 0
    assert digest(data) == first


def test_a_build_begins_anew_over_what_a_killed_one_left(tmp_path: Path) -> None:
    data = small_archive.filled(tmp_path)
    laid_over = ("nianbao.db-wal", "nianbao.db-shm", "nianbao.db-journal")
    for left in ("nianbao.db.building", "nianbao.db.scratch", *laid_over):
        (data / left).write_bytes(b"half of a database")
    build(data, workers=0)
    found = sorted(path.name for path in data.glob("nianbao.db*"))
    assert found == ["nianbao.db"]
    assert rows(data, "select count(*) > 0 from reports") == [(1,)]


def test_nothing_is_built_while_the_store_is_away(tmp_path: Path) -> None:
    data, store = small_archive.filled(tmp_path / "data"), tmp_path / "second"
    assert list(keep_in(data, str(store), stay=False)) == []
    build(data, workers=0)
    before = digest(data)
    store.rename(tmp_path / "unplugged")
    sending._store.cache_clear()  # as another process would find it
    with pytest.raises(ArchiveError, match="second cannot be used as a store"):
        build(data, workers=0)
    assert digest(data) == before


def test_of_two_builds_at_once_one_gives_way(tmp_path: Path) -> None:
    data = small_archive.filled(tmp_path)
    told: list[str] = []

    def meanwhile(_done: int, _total: int) -> None:
        if not told:
            with pytest.raises(Busy) as refused:
                build(data, workers=0)
            told.append(str(refused.value))

    build(data, workers=0, progress=meanwhile)
    assert told == [f"another build of {data} is under way"]
    assert not list(verify(data))
    build(data, workers=0)


def test_a_report_is_found_with_its_figures_and_where_they_stand(published: Path) -> None:
    found = rows(
        published,
        "select r.place, r.publisher, r.year, r.edition, f.value, f.printed, f.address"
        " from reports r join figures f on f.report = r.id where r.year = 2023"
        " and form_table = 'proactive' and row = 'licensing'",
    )
    assert found == [
        ("990101", "示范区人民政府", 2023, "2021", 6042, "6,042", "table 1 row 7 column 2")
    ]


def test_a_number_with_decimals_is_kept_to_the_last_digit(published: Path) -> None:
    found = rows(
        published,
        "select f.value, f.printed, f.unit from figures f join reports r on r.id = f.report"
        " where r.year = 2023 and row = 'administrative_fees'",
    )
    assert found == [(91.2, "91.2", "万元")]


def test_printed_figures_that_do_not_add_up_are_kept_and_flagged(published: Path) -> None:
    (failed,) = rows(published, "select checks_failed from reports where year = 2023")
    assert failed == (1,)
    (check,) = rows(published, "select at, left_side, right_side from checks where status='fails'")
    printed = rows(
        published,
        "select f.value from figures f join reports r on r.id = f.report where r.year = 2023"
        " and form_table || '/' || row || '/' || column = ?",
        check[0],
    )
    assert check[0] == "disputes/review/total"
    assert printed == [(check[1],)]
    assert check[1] != check[2]


def test_an_attachment_gives_the_figures_and_its_page_and_portal_the_identity(
    published: Path,
) -> None:
    (report,) = rows(
        published,
        "select r.id, r.place, r.publisher, r.publisher_from, c.url, r.figures_printed, r.document"
        " from reports r join captures c on c.id = r.capture where r.year = 2021",
    )
    assert report[1:6] == ("990102", "样本区", "link", "http://b.gov.cn/x.pdf", 200)
    digest_of_file = hashlib.sha256(small_archive.demo_file("unnamed-2021.pdf")).hexdigest()
    assert report[6] == digest_of_file
    assert report[0] == f"990102-2021-{digest_of_file[:8]}"
    parts = rows(
        published,
        "select c.url, part from report_captures r join captures c on c.id = r.capture"
        " where report = ? order by 1",
        report[0],
    )
    assert parts == [
        ("http://b.gov.cn/2021.html", "page"),
        ("http://b.gov.cn/x.pdf", "attachment"),
    ]


def test_pages_that_are_no_reports_are_left_out_with_the_reason(published: Path) -> None:
    reasons = dict(rows(published, "select url, reason from left_out"))
    assert reasons == {
        "http://a.gov.cn/2010.html": "HTTP 404",
        "http://a.gov.cn/2024.html": "its title names another kind of document",
    }


def test_places_stand_under_those_above_them(published: Path) -> None:
    line = rows(published, "select code, name, level, parent from places order by code")
    assert line == [
        ("990000", "示范省", "province", None),
        ("990100", "示范市", "city", "990000"),
        ("990101", "示范区", "county", "990100"),
        ("990102", "样本区", "county", "990000"),
    ]


def test_form_rows_name_every_figure_in_two_languages(published: Path) -> None:
    unnamed = rows(
        published,
        "select distinct f.form_table, f.row, f.column from figures f join reports r"
        " on r.id = f.report left join form_rows l on l.edition = r.edition"
        " and l.form_table = f.form_table and l.row = f.row and l.column = f.column"
        " where l.label_zh is null and f.label is null",
    )
    assert unnamed == []
    counts = dict(rows(published, "select edition, count(*) from form_rows group by 1"))
    assert counts["2021"] == 200
    assert counts["2019"] == 198
    assert set(counts) == {*forms(), NARRATIVE}
    (row,) = rows(
        published,
        "select label_zh, label_en, unit from form_rows where edition = '2021'"
        " and form_table = 'requests' and row = 'denied_state_secret' and column = 'company'",
    )
    assert row[0].split(" › ") == [
        "三、收到和处理政府信息公开申请情况",
        "三、本年度办理结果",
        "（三）不予公开",
        "1.属于国家秘密",
        "法人或其他组织",
        "商业企业",
    ]
    assert row[1].split(" › ") == [
        "Requests for information received and handled",
        "3. Results this year",
        "(3) Refused",
        "1. State secret",
        "Legal persons and other organisations",
        "Companies",
    ]
    assert row[2] == "件"


def test_every_row_and_column_of_every_form_has_english(published: Path) -> None:
    chinese = rows(published, "select label_en from form_rows where label_en glob '*[一-龥]*'")
    assert chinese == []


def test_a_damaged_reading_in_the_cache_is_read_again(tmp_path: Path) -> None:
    data = small_archive.filled(tmp_path)
    build(data, workers=0)
    first = digest(data)
    kept = sorted(cache_folder(data).iterdir())
    kept[0].write_text("{", "utf-8")
    kept[1].write_text(json.dumps({"title": None}), "utf-8")
    assert build(data, workers=0).read == 2
    assert digest(data) == first


def test_a_document_damaged_in_the_archive_is_a_problem_and_not_the_end(tmp_path: Path) -> None:
    data = small_archive.filled(tmp_path)
    with Archive(data) as archive:
        (pdf,) = [c for c in archive.captures() if c.url.endswith("x.pdf")]
    path = data / "warc" / pdf.warc
    content = bytearray(path.read_bytes())
    middle = pdf.offset + pdf.length // 2
    content[middle : middle + 8] = b"\0" * 8
    path.write_bytes(bytes(content))
    summary = build(data, workers=0)
    assert any("x.pdf" in problem for problem in summary.problems)
    assert rows(data, "select count(*) from reports where year = 2023") == [(1,)]


def test_a_build_that_fails_leaves_the_published_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = small_archive.filled(tmp_path)
    build(data, workers=0)
    first = digest(data)
    monkeypatch.setattr("publish.schema.INDEXES", "CREATE INDEX broken")
    monkeypatch.setattr("publish.writing.INDEXES", "CREATE INDEX broken")
    with pytest.raises(sqlite3.Error):
        build(data, workers=0)
    assert digest(data) == first


def test_an_empty_archive_gives_an_empty_database(tmp_path: Path) -> None:
    with Archive(tmp_path):
        pass
    summary = build(tmp_path)
    assert (summary.reports, summary.problems) == (0, ())
    assert rows(tmp_path, "select count(*) from reports") == [(0,)]
