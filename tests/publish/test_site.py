from __future__ import annotations

import hashlib
import io
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import small_archive
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Get = Callable[..., Any]

PDF = small_archive.demo_file("unnamed-2021.pdf")
PDF_SHA256 = hashlib.sha256(PDF).hexdigest()
PDF_REPORT = f"990102-2021-{PDF_SHA256[:8]}"
PAGE = small_archive.demo_file("shifan-2023.html")
PAGE_SHA256 = hashlib.sha256(PAGE).hexdigest()
PAGE_REPORT = f"990101-2023-{PAGE_SHA256[:8]}"


def text_of(answer: Any) -> str:
    """A page's words, tags and repeated spaces left out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_home_page_names_places_reports_and_what_is_wrong(get: Get) -> None:
    answer = get("/")
    words = text_of(answer)
    assert answer.status_code == 200
    assert f'href="/report/{PAGE_REPORT}"' in answer.text
    assert f'href="/report/{PDF_REPORT}"' in answer.text
    assert 'href="/place/990101"' in answer.text
    assert "≠1" in words
    assert '<html lang="zh-CN">' in answer.text


def test_a_place_lists_its_reports_and_the_places_about_it(get: Get) -> None:
    answer = get("/place/990101")
    assert small_archive.TITLE in answer.text
    assert 'href="/place/990100"' in answer.text
    assert f"/figure/{PAGE_REPORT}/requests/received/total" in answer.text
    above = get("/place/990100")
    assert 'href="/place/990101"' in above.text


def test_a_report_shows_every_figure_as_printed_with_its_marks(get: Get, published: Path) -> None:
    answer = get(f"/report/{PAGE_REPORT}")
    connection = sqlite3.connect(published / "nianbao.db")
    printed = connection.execute(
        "select form_table || '/' || row || '/' || column, printed from figures"
        " where report = ? and status = 'printed'",
        (PAGE_REPORT,),
    ).fetchall()
    connection.close()
    assert len(printed) > 150
    for key, text in printed:
        link = f'<a href="/figure/{PAGE_REPORT}/{key}">{text}<'
        assert link in answer.text, key
    assert re.search(r'class="fig is-printed fails"[^>]*title="勾稽不符', answer.text)
    assert "<sup>≠</sup>" in answer.text


def test_a_report_says_whose_it_is_and_how_it_came_here(get: Get) -> None:
    answer = get(f"/report/{PDF_REPORT}")
    words = text_of(answer)
    assert PDF_SHA256 in words
    assert f"/original/{PDF_SHA256}" in answer.text
    assert "样本区2021年政府信息公开工作年度报告" in words  # what the link said
    assert "http://b.gov.cn/x.pdf" in words
    assert "http://b.gov.cn/2021.html" in words
    assert f"http://localhost/report/{PDF_REPORT}" in words
    assert "GB/T 7714—2025" in words
    assert "[R/OL]" in words


def test_a_figure_is_shown_on_its_page_with_its_citation(get: Get) -> None:
    answer = get(f"/figure/{PDF_REPORT}/requests/received/total")
    words = text_of(answer)
    assert f"/original/{PDF_SHA256}/page/" in answer.text
    assert answer.text.count('class="outline"') == 3  # close twice for two widths, whole once
    assert "一、本年新收政府信息公开申请数量 › 总计" in words
    for style in ("GB/T 7714—2025", "GB/T 7714—2015", "APA 7", "BibTeX", "RIS", "CSL-JSON"):
        assert f"<summary>{style}</summary>" in answer.text
    assert "第一项加第二项" in words
    assert PDF_SHA256 in words


def test_a_figure_of_a_web_page_is_shown_in_the_table_as_read(get: Get) -> None:
    answer = get(f"/figure/{PAGE_REPORT}/proactive/licensing/decisions")
    assert re.search(r'class="here" id="here">6,042</td>', answer.text)
    assert answer.text.count('class="here"') == 1
    assert "6042" in text_of(answer)  # what it was read as
    assert "table 1 row 7 column 2" in answer.text


def test_a_failing_check_is_told_at_its_figure_with_both_sides(get: Get) -> None:
    words = text_of(get(f"/figure/{PAGE_REPORT}/disputes/review/total"))
    assert "≠ 勾稽不符" in words
    assert re.search(r"\d+ ≠ \d+", words)
    term = text_of(get(f"/figure/{PAGE_REPORT}/disputes/review/upheld"))
    assert re.search(r"\d+ ≠ \d+", term)


def test_an_original_is_the_bytes_that_were_captured(get: Get) -> None:
    answer = get(f"/original/{PDF_SHA256}")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="{PDF_REPORT}.pdf"'
    page = get(f"/original/{PAGE_SHA256}")
    assert page.content == PAGE
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_the_outline_lies_where_the_cell_is(get: Get, published: Path) -> None:
    connection = sqlite3.connect(published / "nianbao.db")
    x0, top, x1, bottom, width, height = connection.execute(
        "select x0, top, x1, bottom, width, height from figures f join pages p"
        " on p.document = ? and p.page = f.page where report = ? and form_table = 'requests'"
        " and row = 'received' and column = 'total'",
        (PDF_SHA256, PDF_REPORT),
    ).fetchone()
    connection.close()
    text = get(f"/figure/{PDF_REPORT}/requests/received/total").text
    edges = (x0 / width, top / height, (x1 - x0) / width, (bottom - top) / height)
    style = "left:{:.3f}%;top:{:.3f}%;width:{:.3f}%;height:{:.3f}%".format(
        *(100 * edge for edge in edges)
    )
    assert text.count(f'class="outline" style="{style}"') == 3


def test_a_page_image_has_the_cell_outlined(get: Get, published: Path) -> None:
    connection = sqlite3.connect(published / "nianbao.db")
    page, x0, top, x1, bottom, width = connection.execute(
        "select f.page, x0, top, x1, bottom, width from figures f join pages p"
        " on p.document = ? and p.page = f.page where report = ? and form_table = 'requests'"
        " and row = 'received' and column = 'total'",
        (PDF_SHA256, PDF_REPORT),
    ).fetchone()
    connection.close()
    plain = get(f"/original/{PDF_SHA256}/page/{page}.png")
    outlined = get(f"/original/{PDF_SHA256}/page/{page}.png?box={x0},{top},{x1},{bottom}")
    assert plain.headers["content-type"] == "image/png"
    before = Image.open(io.BytesIO(plain.content)).convert("RGB")
    after = Image.open(io.BytesIO(outlined.content)).convert("RGB")
    scale = after.width / width
    edge = (round((x0 + x1) / 2 * scale), round(top * scale) - 1)
    assert after.getpixel(edge) == (196, 30, 58)
    assert before.getpixel(edge) != (196, 30, 58)


def test_a_capture_shows_its_headers_and_the_way_that_led_there(get: Get, published: Path) -> None:
    connection = sqlite3.connect(published / "nianbao.db")
    (capture,) = connection.execute("select id from captures where url like '%/x.pdf'").fetchone()
    connection.close()
    answer = get(f"/capture/{capture}")
    words = text_of(answer)
    assert "X-Powered-By: &lt;script&gt;" in answer.text
    assert "http://b.gov.cn/2021.html" in words
    assert "run1" in words
    assert f"/report/{PDF_REPORT}" in answer.text


def test_tables_link_to_the_pages_that_explain_them(get: Get) -> None:
    figures = get(f"/nianbao/figures?report={PAGE_REPORT}&row=licensing")
    assert (
        f'<a href="/figure/{PAGE_REPORT}/proactive/licensing/decisions">6,042</a>' in figures.text
    )
    reports = get("/nianbao/reports?year=2023")
    assert f'href="/nianbao/reports/{PAGE_REPORT}"' in reports.text
    assert f'<a href="/original/{PAGE_SHA256}">' in reports.text
    assert get("/nianbao/reports?_col=title").status_code == 200


@pytest.mark.parametrize(
    ("row", "page"),
    [
        (f"reports/{PAGE_REPORT}", f"/report/{PAGE_REPORT}"),
        ("places/990101", "/place/990101"),
        (
            f"figures/{PAGE_REPORT},requests,received,total",
            f"/figure/{PAGE_REPORT}/requests/received/total",
        ),
    ],
)
def test_a_row_leads_to_the_page_that_says_more(get: Get, row: str, page: str) -> None:
    answer = get(f"/nianbao/{row}")
    assert answer.status_code == 302
    assert answer.headers["location"] == page
    assert get(page).status_code == 200
    assert len(get(f"/nianbao/{row}.json").json()["rows"]) == 1


@pytest.mark.parametrize("query", ["failing_checks", "doubtful_figures", "carried_over"])
def test_every_prepared_query_answers(get: Get, query: str) -> None:
    answer = get(f"/nianbao/{query}.json")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True


def test_one_indicator_can_be_compared_by_its_names(get: Get) -> None:
    found = get(
        "/nianbao/indicator.json?table=proactive&row=licensing&column=decisions&_shape=objects"
    ).json()["rows"]
    assert [(row["place_name"], row["value"]) for row in found if row["year"] == 2023] == [
        ("示范区", 6042)
    ]


def test_a_failing_check_leads_to_its_figure(get: Get) -> None:
    answer = get("/nianbao/failing_checks")
    assert f'<a href="/figure/{PAGE_REPORT}/disputes/review/total">' in answer.text


def test_facets_stand_on_reports_only(get: Get) -> None:
    assert 'class="facet-results"' in get("/nianbao/reports").text
    assert 'class="facet-results"' not in get("/nianbao/figures").text
    assert 'class="suggested-facets"' not in get("/nianbao/figures").text


@pytest.mark.parametrize(
    "path",
    ["/", "/place/990101", f"/report/{PAGE_REPORT}", "/nianbao", "/nianbao/figures", "/nothing"],
)
def test_every_page_loads_nothing_from_elsewhere_and_runs_no_script(get: Get, path: str) -> None:
    answer = get(path)
    assert "<script" not in answer.text
    loaded = re.findall(r'<(?:img|link|iframe)[^>]+?(?:src|href)="([^"]+)"', answer.text)
    assert loaded
    assert all(url.startswith(("/", "http://localhost/")) for url in loaded), loaded


def test_the_style_sheet_is_the_site_s_own_and_kept_by_browsers(get: Get) -> None:
    (url,) = re.findall(r'href="(/assets/site\.css\?[0-9a-f]{8})"', get("/").text)
    answer = get(url)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "url(" not in answer.text
    assert "@import" not in answer.text


def test_the_site_works_below_another_path(published: Path) -> None:
    import asyncio  # noqa: PLC0415

    from publish.serve import site  # noqa: PLC0415

    application = site(published)
    application._settings["base_url"] = "/nb/"
    answer = asyncio.run(application.client.get(f"/report/{PDF_REPORT}"))
    links = re.findall(r'(?:href|src)="(/[^"]*)"', answer.text)
    assert links
    assert all(link.startswith("/nb/") for link in links), links


def test_what_is_not_there_is_not_cited_as_blank(get: Get, published: Path) -> None:
    connection = sqlite3.connect(published / "nianbao.db")
    found = connection.execute(
        "select report, form_table, row, column from figures where status = 'absent'"
    ).fetchone()
    connection.close()
    words = text_of(get("/figure/" + "/".join(found)))
    assert "报告中没有找到这一格" in words
    assert "以下为整份报告的引用" in words
    assert "原文空白" not in words
