"""The same table as a browser prints it in many styles, and real reports, by both readers."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extract.readers.pdf import read_pdf
from extract.recognise import recognise

if TYPE_CHECKING:
    from extract.model import Cell, Document
    from extract.readers.pdf.reading import Reader

SHARED = Path(__file__).parents[2].parent / "shared"
READERS: tuple[Reader, ...] = ("pdfium", "pdfplumber")
LABELS = [
    "一、新收数量",
    "二、结转数量",
    "（一）予以公开",
    "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    *(f"{k}.属于第{k}种不予公开的情形" for k in range(1, 9)),
    "（七）总计",
]
"""Rows 4 to 11 stand beside the label of their group."""

GRID = "td{border:1px solid #000;padding:2px;text-align:center}"
STYLES = {
    "ruled": GRID,
    "separate": GRID + "table{border-collapse:separate;border-spacing:2px}",
    "double": GRID.replace("1px solid", "3px double"),
    "dotted": GRID.replace("solid", "dotted"),
    "shaded": GRID + "tr:nth-child(odd){background:#dde}p{background:#eee}",
    "white rules": GRID.replace("#000", "#fff") + "td{background:#def}",
    "cut rows": GRID + "td{padding:14px 2px;font-size:22px;line-height:2}",
    "narrow": GRID + "table{table-layout:fixed;width:55%}td+td{word-break:break-all}",
    "turned": GRID + "table{transform:rotate(90deg);transform-origin:370px 370px;width:600px}",
    "level rules": "td{border:0;border-bottom:1px solid #000;padding:2px;text-align:center}",
    "box only": "table{border:1px solid #000}td{padding:4px;text-align:center}",
    "no rules": "td{padding:4px;text-align:center}",
}


def figures(row: int) -> list[int]:
    return [row * 7919 % 10007, 0, row * row, 123456 + row, row % 3]


def page(style: str) -> str:
    rows = "<tr><td colspan=3>（本列数据的关系）</td>"
    rows += "".join(f"<td>{head}</td>" for head in ("自然人", "企业", "机构", "其他", "总计"))
    for number, label in enumerate(LABELS):
        grouped = label[0].isdigit()
        rows += "</tr><tr>"
        if number == 2:
            rows += f"<td rowspan={len(LABELS) - 2}>三、办理结果</td>"
        if number == 4:
            rows += "<td rowspan=8>（三）不予公开</td>"
        rows += f"<td colspan={1 if grouped else 3 if number < 2 else 2}>{label}</td>"
        rows += "".join(f"<td>{figure}</td>" for figure in figures(number))
    text = "".join(f"<p>{'本段只为占去版面，' * 9}没有数字。</p>" for _ in range(6))
    css = "body{font-size:14px}table{width:100%;border-collapse:collapse}" + STYLES[style]
    above = "" if style == "turned" else text
    return f"<style>{css}</style>{above}<table>{rows}</tr></table><h2>四、其他</h2>"


@cache
def prints() -> dict[str, bytes]:
    """The page in every style, printed in one browser that can reach nothing."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed here only

    flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
    flags += " --disable-background-networking --disable-component-update --disable-default-apps"
    flags += " --disable-domain-reliability"
    rules = "--host-resolver-rules=MAP * ~NOTFOUND"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*flags.split(), rules])
        tab = browser.new_page()
        found = {}
        for style in STYLES:
            tab.set_content(page(style))
            found[style] = tab.pdf(format="A4", margin={"top": "1.5cm", "bottom": "1.5cm"})
        browser.close()
    return found


def folded(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def read_rows(document: Document) -> dict[str, list[str]]:
    """The texts right of each row's label."""
    found = {}
    for grid in document.grids:
        rows: dict[int, list[Cell]] = {}
        for cell in grid.cells:
            rows.setdefault(cell.row, []).append(cell)
        for cells in rows.values():
            labels = [c for c in cells if re.search("[\u4e00-\u9fff]", folded(c.text))]
            if labels:
                last = max(labels, key=lambda c: c.column)
                right = sorted((c for c in cells if c.column > last.column), key=lambda c: c.column)
                found[folded(last.text)] = [c.text for c in right]
    return found


@pytest.mark.browser
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("style", STYLES)
def test_a_printed_table_in_many_styles(style: str, reader: Reader) -> None:
    document = read_pdf(prints()[style], reader)

    rows = read_rows(document)
    expected = {folded(label): [str(f) for f in figures(n)] for n, label in enumerate(LABELS)}
    assert {label: rows.get(label) for label in expected} == expected
    assert len(document.grids) == 1 or style in {"no rules", "box only", "level rules"}
    assert document.paragraphs[-1].text == "四、其他"


@pytest.mark.browser
@pytest.mark.parametrize("style", STYLES)
def test_both_readers_see_the_same_cells(style: str) -> None:
    one, other = (
        [
            [(c.row, c.column, c.rowspan, c.colspan, folded(c.text), c.doubt) for c in grid.cells]
            for grid in read_pdf(prints()[style], reader).grids
        ]
        for reader in READERS
    )

    assert one == other


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real reports are not here")
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ["xingan-2021", "unnamed-2021", "hongze-2024"])
def test_every_figure_of_real_reports(name: str, reader: Reader) -> None:
    gold = json.loads((SHARED / "gold" / f"{name}.json").read_text())["figures"]

    found = recognise(read_pdf((SHARED / "originals" / f"{name}.pdf").read_bytes(), reader))

    read = {f.key: f.value for f in found.figures}
    assert {key: read.get(key) for key in gold} == pytest.approx(gold)
    assert not [f.key for f in found.figures if f.doubt]
