from __future__ import annotations

import html
import json
from decimal import Decimal
from pathlib import Path

import pytest
from form_grids import Rows, Td, numbered, tables

from extract import from_json, read_report, read_reports, to_json
from extract.forms import forms
from extract.model import (
    Check,
    Figure,
    PageBox,
    Report,
    Section,
    SheetCell,
    TableCell,
)
from extract.office import find_soffice

SHARED = Path(__file__).parents[2].parent / "shared"
GOLD = sorted((SHARED / "gold").glob("*.json"))
FORM = forms()["2021"]


def page(parts: list[Rows], *lines: str) -> bytes:
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    for rows in parts:
        cells = (
            "".join(
                f'<td rowspan="{td.rowspan}" colspan="{td.colspan}">{html.escape(td.text)}</td>'
                for td in row
            )
            for row in rows
        )
        body += "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"
    return f"<html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()


def test_a_page_becomes_a_report() -> None:
    truth = numbered(FORM)
    data = page(
        tables(FORM, truth.__getitem__),
        "甲市乙区2021年政府信息公开工作年度报告",
        "一、总体情况",
        "好。",
    )
    report = read_report(data, "report.html")
    assert report.problems == ()
    assert (report.year, report.publisher, report.edition) == (2021, "甲市乙区", "2021")
    assert {f.key: str(f.value) for f in report.figures} == {
        "/".join(k): v for k, v in truth.items()
    }
    assert {s.number: s.text for s in report.sections}[1] == "好。"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", ""),
        (b"%PDF-1.7\nnothing", ""),
        (b"PK\x03\x04 broken", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""),
        (b"<html><body><p>404", "annual report"),
        (b'{"a": 1}', ""),
        (b"\xff\xd8\xff\xe0 no picture", ""),
    ],
)
def test_what_is_no_report_is_a_problem_in_one_line(data: bytes, word: str) -> None:
    report = read_report(data)
    assert report.problems
    assert word in " ".join(report.problems)
    assert all(len(p.splitlines()) == 1 for p in report.problems)
    assert report.figures == ()
    assert from_json(to_json(report, data)) == report


def test_many_files_keep_their_order() -> None:
    files = [("a", b""), ("b", page([], "甲县2020年政府信息公开工作年度报告")), ("c", b"")]
    assert [r.year for r in read_reports(files)] == [None, 2020, None]


REPORT = Report(
    media_type="application/pdf",
    pages=3,
    title="题",
    publisher="甲区",
    publisher_from="title",
    place="甲区",
    year=2021,
    published_on="2022-01-28",
    edition="2021",
    figures=(
        Figure("t", "r", "a", "printed", Decimal("2387.47225"), "2387.47225", "万元", None,
               (PageBox(1, 0.5, 1.25, 2, 3), PageBox(2, 0, 0, 1, 1, rendered=True))),
        Figure("t", "r", "b", "printed", Decimal(-13), "-13", "件", "doubt", (TableCell(1, 2, 3),)),
        Figure("t", "r", "c", "unreadable", None, "约5", None, None, (SheetCell("表", "B7"),)),
        Figure("t", "other", "d", "absent", label="（六）其他处理"),
    ),
    checks=(Check("x", "t/r/a", "fails", Decimal("0.1"), None),),
    sections=(Section(1, "一", "文"),),
    problems=("one",),
)  # fmt: skip


def test_json_round_trip_through_text() -> None:
    written = json.dumps(to_json(REPORT, b"abc", "f.pdf"))
    assert from_json(json.loads(written)) == REPORT


def test_the_public_shape() -> None:
    written = to_json(REPORT, b"abc", "f.pdf")
    assert written["file"] == "f.pdf"
    assert written["sha256"].startswith("ba7816bf")
    first, second, third, last = written["figures"]
    assert first["value"] == 2387.47225
    assert json.dumps(second["value"]) == "-13"
    assert first["where"] == {"page": 1, "box": [0.5, 1.25, 2, 3]}
    assert first["where_also"] == [{"page": 2, "box": [0, 0, 1, 1], "rendered": True}]
    assert second["where"] == {"table": 1, "row": 2, "column": 3}
    assert third["where"] == {"sheet": "表", "cell": "B7"}
    assert last == {
        "table": "t", "row": "other", "column": "d", "value": None, "printed": None,
        "unit": None, "status": "absent", "doubt": None, "where": None, "label": "（六）其他处理",
    }  # fmt: skip
    assert written["checks"] == [
        {"rule": "x", "at": "t/r/a", "status": "fails", "left": 0.1, "right": None}
    ]


@pytest.mark.skipif(not GOLD, reason="needs ../shared")
@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.stem)
def test_the_originals_figure_by_figure(gold: Path) -> None:
    original = next((SHARED / "originals").glob(f"{gold.stem}*"))
    if original.suffix == ".doc" and find_soffice() is None:
        pytest.skip("needs LibreOffice")
    if "scan" in original.name:
        pytest.skip("the reader of scans is tested by itself: it takes ten seconds")
    truth = json.loads(gold.read_text(encoding="utf-8"))
    report = read_report(original.read_bytes(), original.name)
    values = {f.key: f.value if f.status == "printed" else None for f in report.figures}
    wrong = {
        key: (want, values.get(key))
        for key, want in truth["figures"].items()
        if values.get(key) != (None if want is None else Decimal(str(want)))
    }
    assert wrong == {}
    assert [f.key for f in report.figures if f.doubt] == []
    assert report.year == truth["year"]
    assert report.problems == ()
    assert [s.number for s in report.sections if s.number] == [1, 2, 3, 4, 5, 6]
    if truth["publisher"] is None:
        assert report.publisher is None
    else:
        assert report.publisher
        assert report.publisher[:3] in truth["publisher"]
    assert {c.status for c in report.checks} <= {"holds", "unknown"}


def test_the_text_of_a_report_on_the_form_of_2008_against_its_table() -> None:
    (table,) = forms()["2008"].tables.values()
    rows = [["统计指标", "单位", "统计数"]]
    rows += [[r.label[-1], r.unit or "", str(n)] for n, r in enumerate(table.rows, 1)]
    number = {r.id: n for n, r in enumerate(table.rows, 1)}
    grid: Rows = [[Td(text) for text in row] for row in rows]
    data = page(
        [grid],
        "示范区人民政府2016年政府信息公开工作年度报告",
        "一、概述",
        f"全年共主动公开政府信息{number['published']}条。",
        "二、依申请公开情况",
        f"全年共收到政府信息公开申请{number['received'] + 1}件。",
        "三、复议诉讼情况",
        "未发生因政府信息公开引起的行政诉讼。",
        "四、问题和打算",
        "全年共举办政府信息公开培训班99期。",
    )
    report = read_report(data)
    found: dict[str, object] = {
        c.rule: (c.status, c.left, c.right) for c in report.checks if "narrative" in c.rule
    }
    assert found == {
        "narrative.published": ("holds", number["published"], number["published"]),
        "narrative.received": ("fails", number["received"], number["received"] + 1),
        "narrative.lawsuits": ("fails", number["lawsuits"], 0),
    }
    assert [s.number for s in report.sections] == [0, 1, 2, 3, 4]
