"""Articles that come as JSON are read as the page they would be shown as."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extract import read_report
from extract.readers.json_page import read_json

PAGE = Path(__file__).parents[2] / "demo" / "files" / "shifan-2022.html"


def article(text: str) -> bytes:
    """An application's answer around a text."""
    record = {
        "id": 7,
        "title": "示范区人民政府2021年政府信息公开工作年度报告",
        "publish_time": "2022-01-20 08:00:00",
        "keywords": "年报" * 60,
        "detail": {"htmlContent": text, "attachments": []},
    }
    return json.dumps({"code": 0, "data": {"article": record}}, ensure_ascii=False).encode()


def test_the_tables_inside_are_read_as_the_page_itself_is() -> None:
    page = read_report(PAGE.read_bytes())
    found = read_report(article(PAGE.read_text("utf-8")))
    assert found.media_type == "application/json"
    assert found.edition == page.edition
    assert [(f.key, f.printed, f.doubt) for f in found.figures] == [
        (f.key, f.printed, f.doubt) for f in page.figures
    ]
    assert any(figure.value for figure in found.figures)


def test_title_and_date_beside_the_text_are_the_articles() -> None:
    document = read_json(article("<p>" + "本年度公开工作情况。" * 20 + "</p>"))
    assert document.title == "示范区人民政府2021年政府信息公开工作年度报告"
    assert document.published_on == "2022-01-20"


def test_plain_text_keeps_its_lines_and_is_no_markup() -> None:
    document = read_json(article("一、总体情况\n" + "公开 3 < 5 条。" * 12))
    assert next(p.text for p in document.paragraphs) == "一、总体情况"
    assert "3 < 5" in document.paragraphs[1].text


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"a": 1}', "the JSON holds no text of an article"),
        (b"[]", "the JSON holds no text of an article"),
        (b'{"a":', "the JSON is damaged"),
        (b"[" * 100_000, "the JSON is damaged"),
        (b'"\xff"', "the JSON is damaged"),
    ],
)
def test_other_json_is_one_clear_problem(data: bytes, problem: str) -> None:
    assert read_json(data).problems == (problem,)
