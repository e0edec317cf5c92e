"""Tables without rules, or with level ones only: told by their labels, figures and heads."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from pdf_drawing import Page, pdf, text_width

from extract.readers.pdf import read_pdf

if TYPE_CHECKING:
    from extract.model import Grid
    from extract.readers.pdf.reading import Reader

READERS: list[Reader] = ["pdfium", "pdfplumber"]
XS = [60.0, 110.0, 260.0, 320.0, 380.0, 440.0]
HEAD = [(290.0, 100, "自然人"), (350.0, 94, "商业"), (350.0, 107, "企业"), (410.0, 100, "总计")]
ROWS = [
    ["一、本年新收数量", "12", "3", "15"],
    ["二、上年结转数量", "0", "0", "0"],
    ["1.属于国家秘密", "7", "0", "7"],
    ["2.其他", "5", "3", "8"],
]


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    chosen: Reader = request.param
    return chosen


def rows_of(grid: Grid) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row].append(cell.text)
    return rows


def put(page: Page, middle: float, baseline: float, text: str) -> None:
    page.text(middle - text_width(text, 10) / 2, baseline, text)


def table_page(rows: list[list[str]] = ROWS, step: float = 24.0) -> Page:
    page = Page()
    page.text(60, 60, "三、收到和处理申请情况")
    for middle, height, text in HEAD:
        put(page, middle, height, text)
    for number, (label, *figures) in enumerate(rows):
        baseline = 130 + step * number
        page.text(120 if label[0].isdigit() else 64, baseline, label)
        for middle, figure in zip((290, 350, 410), figures, strict=True):
            put(page, middle, baseline, figure)
    page.text(60, 130 + step * len(rows) + 20, "四、存在的问题。")
    return page


def test_rows_and_columns_without_any_rule(reader: Reader) -> None:
    page = table_page()
    put(page, 80, 184, "三、")

    document = read_pdf(pdf(page), reader)

    (grid,) = document.grids
    assert [row[-4:] for row in rows_of(grid)[-4:]] == ROWS
    assert rows_of(grid)[-5][-3:] == ["自然人", "商业\n企业", "总计"]
    assert all(cell.doubt is None for cell in grid.cells)
    assert [p.text for p in document.paragraphs] == ["三、收到和处理申请情况", "四、存在的问题。"]


def test_a_label_of_two_lines_beside_one_of_figures(reader: Reader) -> None:
    rows = [*ROWS[:2], [" ", *ROWS[2][1:]], ROWS[3]]
    page = table_page(rows, step=30)
    page.text(120, 190 - 7, "1.属于")
    page.text(120, 190 + 7, "国家秘密")

    (grid,) = read_pdf(pdf(page), reader).grids

    assert rows_of(grid)[-2][-4:] == ["1.属于\n国家秘密", "7", "0", "7"]
    assert rows_of(grid)[-1] == ROWS[3]


def test_a_blank_figure_keeps_its_column(reader: Reader) -> None:
    rows = [list(row) for row in ROWS]
    rows[2][1] = ""
    rows[3][3] = ""

    (grid,) = read_pdf(pdf(table_page(rows)), reader).grids

    assert [row[-3:] for row in rows_of(grid)[-2:]] == [["", "0", "7"], ["5", "3", ""]]


def test_a_label_without_figures_is_doubtful(reader: Reader) -> None:
    rows = [*ROWS[:2], ["1.属于国家秘密", "", "", ""], ROWS[3]]

    (grid,) = read_pdf(pdf(table_page(rows)), reader).grids

    blank = [cell for cell in grid.cells if cell.row == grid.rows - 2 and not cell.text]
    assert len(blank) >= 3
    assert all(cell.doubt for cell in blank if cell.column >= grid.columns - 3)


def test_a_number_on_two_lines_between_close_rows_is_doubtful(reader: Reader) -> None:
    """Whether the second line ends the number above it or begins the one below cannot be told."""
    rows = [[f"{k}.第几种情形", "12", "3", "15"] for k in (1, 2, 3)]
    page = table_page(rows, step=15)
    put(page, 290, 130 + 8, "88")

    (grid,) = read_pdf(pdf(page), reader).grids

    (number,) = (cell for cell in grid.cells if "88" in cell.text)
    assert number.doubt
    assert all(cell.doubt for cell in grid.cells if cell.row == number.row + 1)


def test_fifteen_figures_under_heads_alone(reader: Reader) -> None:
    page = Page()
    for k in range(15):
        put(page, 60 + 33 * k, 100, "维持" if k % 5 else "总计")
        put(page, 60 + 33 * k, 130, str(k * k))

    (grid,) = read_pdf(pdf(page), reader).grids

    assert rows_of(grid)[-1] == [str(k * k) for k in range(15)]


def test_level_rules_across_the_table_part_its_rows(reader: Reader) -> None:
    page = table_page()
    for k in range(5):
        page.line(60, 115 + 24 * k, 440, 115 + 24 * k)

    (grid,) = read_pdf(pdf(page), reader).grids

    assert [row[-3:] for row in rows_of(grid)[-4:]] == [row[1:] for row in ROWS]


def test_level_rules_drawn_cell_by_cell_tell_the_columns(reader: Reader) -> None:
    """A blank row and a blank column have no text to tell them; the ends of the rules do."""
    page = Page()
    ys = [100.0, 124.0, 148.0, 172.0, 196.0]
    rows = [["信息内容", "制发", "废止", "现行"], ["规章", "", "", ""], ["文件", "", "", "7"]]
    for y in ys[:4]:
        for x0, x1 in pairwise(XS[1:]):
            page.line(x0, y, x1, y)
    page.cells(XS[1:], ys, rows)

    (grid,) = read_pdf(pdf(page), reader).grids

    assert rows_of(grid) == rows
    assert all(cell.doubt is None for cell in grid.cells)


def test_prose_with_numbers_is_no_table(reader: Reader) -> None:
    page = Page()
    page.text(60, 100, "2021年，本机关收到申请 12 件，办结 11 件，结转 1 件。")
    page.text(60, 120, "电话： 0000-1111111")
    page.text(60, 140, "其中网站公开 300 条， 微信公开 200 条， 其他 5 条。")
    page.text(300, 800, "12")

    assert read_pdf(pdf(page), reader).grids == ()


def test_a_head_whose_rows_are_on_the_next_page(reader: Reader) -> None:
    first, second = Page(), Page()
    first.text(60, 700, "四、行政复议情况")
    for k, head in enumerate(("结果", "结果", "其他", "尚未", "总计")):
        put(first, 80 + 40 * k, 740, head)
    for k, head in enumerate(("维持", "纠正", "结果", "审结")):
        put(first, 80 + 40 * k, 753, head)
    for k in range(5):
        put(second, 80 + 40 * k, 60, str(k))

    rows = [row for grid in read_pdf(pdf(first, second), reader).grids for row in rows_of(grid)]

    assert rows == [
        ["结果\n维持", "结果\n纠正", "其他\n结果", "尚未\n审结", "总计"],
        ["0", "1", "2", "3", "4"],
    ]


def test_a_label_that_may_be_two_is_doubtful(reader: Reader) -> None:
    page = table_page([["规章", "12", "3", "15"], ["许可", "0", "0", "0"]], step=40)
    page.text(64, 130 + 13, "文件")

    (grid,) = read_pdf(pdf(page), reader).grids

    figures = [cell for cell in grid.cells if cell.text in {"12", "3", "15"}]
    assert len(figures) == 3
    assert all(cell.doubt for cell in figures)


def test_a_lone_blank_among_figures_without_rules_is_doubtful(reader: Reader) -> None:
    rows = [*ROWS, ["3.重复申请", "4", "1", "5"], ["4.无法提供", "4", " ", "4"]]
    (grid,) = read_pdf(pdf(table_page(rows)), reader).grids
    blank = next(c for c in grid.cells if c.row == grid.rows - 1 and not c.text)
    assert blank.doubt
    assert sum(bool(c.doubt) for c in grid.cells) == 1


def test_blanks_that_are_the_tables_way_of_printing_zeros_are_not(reader: Reader) -> None:
    rows = [ROWS[0], ["2.重复申请", " ", "4", "4"], ["3.无法提供", "7", " ", "7"]]
    (grid,) = read_pdf(pdf(table_page(rows)), reader).grids
    assert not any(c.doubt for c in grid.cells)
