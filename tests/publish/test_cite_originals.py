"""Any page or file that is kept can be cited: by its capture, by its digest, on its own page."""

from __future__ import annotations

import html
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from small_archive import TITLE, begin, demo_file, page

from archive import Archive
from publish.build import build
from publish.cite import cite_published

if TYPE_CHECKING:
    from collections.abc import Callable

SITE = "https://nianbao.example/a"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list, a report, and the report again unchanged in a later run."""
    folder: Path = tmp_path_factory.mktemp("originals")
    with Archive(folder) as archive:
        for run in (1, 2):
            crawl = begin(archive, run)
            crawl.keep(page("list"), b"<a>list", "list", link_text="信息公开年报")
            crawl.keep(page("2023.html"), demo_file("shifan-2023.html"), link_text=TITLE)
            crawl.end()
    build(folder, workers=0)
    return folder


def captures(data: Path, role: str) -> list[Any]:
    with Archive(data, readonly=True) as archive:
        return list(archive.captures(roles=[role]))  # type: ignore[list-item]


def cited(data: Path, name: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert list(cite_published(data, name, "csl-json", SITE)) == []
    [item] = json.loads(capsys.readouterr().out)
    return dict(item)


def test_a_page_of_no_report_is_cited_by_its_capture(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture = captures(data, "list")[0]
    item = cited(data, capture.id, capsys)
    assert (item["type"], item["title"], item["URL"]) == ("webpage", "信息公开年报", capture.url)
    assert "author" not in item
    assert item["custom"] == {
        "archive-url": f"{SITE}/capture/{capture.id}",
        "captured-at": capture.fetched_at,
        "sha256": capture.sha256,
        "media-type": "text/html",
    }


def test_what_is_part_of_a_report_has_its_publisher_and_title(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = captures(data, "report")[0]
    by_digest = cited(data, first.sha256, capsys)
    assert by_digest == cited(data, first.id, capsys)
    assert by_digest["title"] == TITLE
    assert by_digest["author"] == [{"literal": "示范区人民政府"}]


def test_a_later_visit_is_cited_with_its_own_time(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, again = captures(data, "report")
    assert again.revisit_of == first.id
    item = cited(data, again.id, capsys)
    assert item["custom"]["captured-at"] == again.fetched_at != first.fetched_at
    assert item["custom"]["archive-url"] == f"{SITE}/capture/{again.id}"
    assert (item["custom"]["sha256"], item["title"]) == (first.sha256, TITLE)


def test_the_page_s_address_names_it_too(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capture = captures(data, "report")[0]
    for path in (f"capture/{capture.id}", f"original/{capture.sha256}"):
        assert list(cite_published(data, f"https://x.example/{path}", "ris")) == []
        assert f"L2  - https://x.example/capture/{capture.id}\r\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["20261101060001-000000000000", "0" * 64])
def test_what_is_not_kept_is_said(data: Path, name: str) -> None:
    [line] = cite_published(data, name, "apa")
    assert name in line


def test_the_page_of_a_capture_shows_how_to_cite_it(data: Path, ask: Callable[..., Any]) -> None:
    capture = captures(data, "list")[0]
    text = html.unescape(ask(data, f"/capture/{capture.id}").text)
    assert "信息公开年报[EB/OL]. [2026-11-01]. http://a.gov.cn/list." in text
    assert f"/capture/{capture.id}；SHA-256：{capture.sha256}" in text


def test_a_figure_s_citation_leads_to_the_figure_s_page(
    data: Path, ask: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(data / "nianbao.db")) as database:
        report, *key = database.execute(
            'select report, form_table, "row", "column" from figures where status = ?', ["printed"]
        ).fetchone()
    item = cited(data, "/".join([report, *key]), capsys)
    address = item["custom"]["figure-url"]
    assert address.startswith(f"{SITE}/figure/{report}/")
    assert ask(data, address.removeprefix(SITE)).status_code == 200
    assert address in item["note"]


def test_an_address_cited_before_place_or_year_were_read_better_leads_on(
    data: Path, ask: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(data / "nianbao.db")) as database:
        [(report, document)] = database.execute("select id, document from reports").fetchall()
    for old in (f"000000-0000-{document[:8]}", f"990199-2022-{document}"):
        for rest in ("", "/requests/received/total"):
            kind = "figure" if rest else "report"
            answer = ask(data, f"/{kind}/{old}{rest}")
            assert answer.status_code == 302
            assert answer.headers["location"] == f"/{kind}/{report}{rest}"
            assert cited(data, old + rest, capsys) == cited(data, report + rest, capsys)
    assert ask(data, "/report/990101-2023-00000000").status_code == 404
    for wrong in ("990101-2023-00000000", "990101-2023-", "x"):
        [line] = cite_published(data, wrong, "apa")
        assert "there is no report" in line


@pytest.mark.parametrize("site", ["javascript:alert(1)//", "example.org", "/"])
def test_a_site_that_is_none_is_told(data: Path, site: str) -> None:
    [line] = cite_published(data, "990101-2023-0cfc9217", "apa", site)
    assert line.startswith("not the address of a site: ")


def test_what_lies_over_the_database_is_not_cited(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(data / "nianbao.db")) as database:
        [(report,)] = database.execute("select id from reports").fetchall()
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    path = copy / "nianbao.db"
    built = path.read_bytes()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE reports SET title = 'forged'")
        db.commit()
        laid_over = path.with_name("nianbao.db-wal").read_bytes()
    path.write_bytes(built)
    path.with_name("nianbao.db-wal").write_bytes(laid_over)
    assert cited(copy, report, capsys) == cited(data, report, capsys)
