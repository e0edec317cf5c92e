"""Tables that go on over a page break: cut rows, labels that go on, repeated heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pdf_drawing import Page, pdf

from extract.model import Cell, Grid, PageBox
from extract.readers.pdf import read_pdf

if TYPE_CHECKING:
    from extract.readers.pdf.reading import Reader

XS = [60.0, 160.0, 230.0, 300.0]
READERS: list[Reader] = ["pdfium", "pdfplumber"]
HEAD = ["信息内容", "制发", "现行"]


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    chosen: Reader = request.param
    return chosen


def rows_of(grid: Grid) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row].append(cell.text)
    return rows


def pages_of(cell: Cell) -> list[int]:
    return [where.page for where in cell.where if isinstance(where, PageBox)]


def uprights(page: Page, top: float, bottom: float, xs: list[float] = XS) -> None:
    for x in xs:
        page.line(x, top, x, bottom)


def levels(page: Page, ys: list[float], xs: list[float] = XS) -> None:
    for y in ys:
        page.line(xs[0], y, xs[-1], y)


def test_a_row_cut_by_the_page_has_no_bottom_rule(reader: Reader) -> None:
    """Nor a top rule on the next page; a number cut in two is whole again and has two boxes."""
    first, second = Page(), Page()
    levels(first, [700, 730])
    uprights(first, 700, 780)
    first.cells(XS, [700, 730, 780], [HEAD, ["规章", "635", "8"]])
    uprights(second, 60, 130)
    levels(second, [90, 130])
    second.cells(XS, [60, 90, 130], [["", "4", ""], ["文件", "1", "2"]])

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert rows_of(grid) == [HEAD, ["规章", "6354", "8"], ["文件", "1", "2"]]
    cut = next(cell for cell in grid.cells if cell.text == "6354")
    assert cut.doubt is None
    assert cut.where == (PageBox(1, 160, 730, 230, 780), PageBox(2, 160, 60, 230, 90))


def test_a_cut_row_that_the_next_page_does_not_continue(reader: Reader) -> None:
    page = Page()
    levels(page, [700, 730])
    uprights(page, 700, 780)
    page.cells(XS, [700, 730, 780], [HEAD, ["规章", "635", "8"]])

    (grid,) = read_pdf(pdf(page), reader).grids

    assert rows_of(grid) == [HEAD, ["规章", "635", "8"]]


def test_a_row_continued_between_rules_keeps_its_line_break(reader: Reader) -> None:
    """Rules on both sides of the break: it is the missing label that tells."""
    first, second = Page(), Page()
    first.table(XS, [700, 730, 780], [HEAD, ["规章", "635", "8"]])
    second.table(XS, [60, 90, 130], [["", "4", ""], ["文件", "1", "2"]])

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert rows_of(grid) == [HEAD, ["规章", "635\n4", "8"], ["文件", "1", "2"]]


def test_the_rest_of_a_numbered_label(reader: Reader) -> None:
    first, second = Page(), Page()
    first.table(XS, [700, 730, 780], [HEAD, ["2.申请人", "0", "0"]])
    second.table(XS, [60, 90, 130], [["逾期未缴", "", ""], ["3.其他", "1", "2"]])

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert rows_of(grid) == [HEAD, ["2.申请人\n逾期未缴", "0", "0"], ["3.其他", "1", "2"]]
    assert pages_of(grid.cells[3]) == [1, 2]


def test_a_blank_row_with_a_label_of_its_own_is_a_row(reader: Reader) -> None:
    first, second = Page(), Page()
    first.table(XS, [700, 730, 780], [HEAD, ["行政许可", "94", "87"]])
    second.table(XS, [60, 90, 130], [["行政处罚", "", ""], ["行政强制", "1", "2"]])

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert rows_of(grid)[1:] == [
        ["行政许可", "94", "87"],
        ["行政处罚", "", ""],
        ["行政强制", "1", "2"],
    ]


def test_a_group_label_goes_on_over_two_page_breaks(reader: Reader) -> None:
    xs = [30.0, *XS]
    pages = [Page(), Page(), Page()]
    for number, page in enumerate(pages):
        page.rules(XS, [60, 90, 120])
        page.line(30, 60, 60, 60)
        page.line(30, 120, 60, 120)
        page.line(30, 60, 30, 120)
        page.cells(XS, [60, 90, 120], [[f"{2 * number + k}.事项", "1", "2"] for k in (1, 2)])
    pages[0].cells(xs[:2], [60, 120], [["三"]])

    (grid,) = read_pdf(pdf(*pages), reader).grids

    assert (grid.rows, grid.columns) == (6, 4)
    label = grid.cells[0]
    assert (label.text, label.rowspan, pages_of(label)) == ("三", 6, [1, 2, 3])


def test_a_group_label_without_rules_on_the_next_page(reader: Reader) -> None:
    """As Chromium prints it: of a cell that goes on, neither side nor end is drawn."""
    first, second = Page(), Page()
    xs = [20.0, *XS]
    first.rules(XS, [700, 740, 780])
    levels(first, [700], xs)
    uprights(first, 700, 790, [20.0])
    first.cells(xs, [700, 740, 780], [["三、", "1.事项", "1", "2"], ["", "2.事项", "3", "4"]])
    second.rules(XS, [60, 90, 120])
    second.cells(XS, [60, 90, 120], [["3.事项", "5", "6"], ["4.事项", "7", "8"]])
    second.text(25, 90, "结果")

    (grid,) = read_pdf(pdf(first, second), reader).grids

    label = grid.cells[0]
    assert (label.text, label.rowspan) == ("三、\n结果", 4)
    assert [row[-2:] for row in rows_of(grid)] == [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"]]


def test_rows_that_no_rule_divides_at_the_break_keep_their_labels(reader: Reader) -> None:
    """The last row's rule may lie beyond the page: the next label's own number tells."""
    for label in ("7.执法案卷", "执法案卷"):
        first, second = Page(), Page()
        levels(first, [700, 730])
        uprights(first, 700, 780)
        above = "6.过程信息" if label[0] == "7" else "过程信息"
        first.cells(XS, [700, 730, 780], [HEAD, [above, "733", "0"]])
        uprights(second, 60, 130)
        levels(second, [90, 130])
        second.cells(XS, [60, 90, 130], [[label, "995", "2"], ["文件", "1", "2"]])

        (grid,) = read_pdf(pdf(first, second), reader).grids

        assert rows_of(grid)[1:] == [[above, "733", "0"], [label, "995", "2"], ["文件", "1", "2"]]


def test_a_label_and_a_number_both_cut_keep_the_line_break(reader: Reader) -> None:
    first, second = Page(), Page()
    levels(first, [700, 730])
    uprights(first, 700, 780)
    first.cells(XS, [700, 730, 780], [HEAD, ["1.申请人", "635", "8"]])
    uprights(second, 60, 130)
    levels(second, [90, 130])
    second.cells(XS, [60, 90, 130], [["逾期", "4", ""], ["2.其他", "1", "2"]])

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert rows_of(grid)[1:] == [["1.申请人\n逾期", "635\n4", "8"], ["2.其他", "1", "2"]]


def test_a_rule_just_beyond_the_page_divides_rows(reader: Reader) -> None:
    page = Page()
    page.table(XS, [782, 812, 844], [HEAD, ["规章", "1", "2"]])

    (grid,) = read_pdf(pdf(page), reader).grids

    assert rows_of(grid) == [HEAD, ["规章", "1", "2"]]


def test_figures_below_a_head_are_a_row_of_their_own(reader: Reader) -> None:
    """They have no label, but what stands above them is a head, with or without rules between."""
    for ruled in (True, False):
        first, second = Page(), Page()
        uprights(first, 720, 780)
        uprights(second, 60, 90)
        levels(first, [720, 750, 780] if ruled else [720, 750])
        levels(second, [60, 90] if ruled else [90])
        first.cells(XS, [720, 750, 780], [["复议", "", ""], ["维持", "纠正", "总计"]])
        second.cells(XS, [60, 90], [["1", "2", "3"]])

        (grid,) = read_pdf(pdf(first, second), reader).grids

        assert rows_of(grid)[-2:] == [["维持", "纠正", "总计"], ["1", "2", "3"]]


def test_a_repeated_head_is_left_out(reader: Reader) -> None:
    first, second = Page(), Page()
    first.table(XS, [700, 730, 780], [HEAD, ["规章", "1", "2"]])
    second.table(XS, [60, 90, 130], [HEAD, ["文件", "3", "4"]])
    first.text(280, 810, "1")
    second.text(280, 810, "2")

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert rows_of(grid) == [HEAD, ["规章", "1", "2"], ["文件", "3", "4"]]


def test_a_row_of_one_cell_at_the_end_of_a_page(reader: Reader) -> None:
    first, second = Page(), Page()
    first.table([60, 300], [750, 780], [["第二十条第（一）项"]])
    second.table(XS, [60, 90, 130], [HEAD, ["规章", "1", "2"]])

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert rows_of(grid) == [["第二十条第（一）项"], HEAD, ["规章", "1", "2"]]
    assert grid.cells[0].colspan == 3


def test_fewer_columns_on_the_next_page_are_spans(reader: Reader) -> None:
    first, second = Page(), Page()
    first.table(XS, [700, 730, 780], [HEAD, ["规章", "1", "2"]])
    second.table([60, 160, 300], [60, 90, 130], [["许可", "9487"], ["处罚", "2776"]])

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert [(c.text, c.colspan) for c in grid.cells if c.row >= 2 and c.column] == [
        ("9487", 2),
        ("2776", 2),
    ]


def test_a_table_that_stands_further_right_on_the_next_page(reader: Reader) -> None:
    first, second = Page(), Page()
    first.table(XS, [700, 730, 780], [HEAD, ["规章", "1", "2"]])
    second.table([x + 25 for x in XS], [60, 90, 130], [["文件", "3", "4"], ["其他", "5", "6"]])

    (grid,) = read_pdf(pdf(first, second), reader).grids

    assert grid.rows == 4


@pytest.mark.parametrize(
    "xs", [[60, 110, 200, 260, 300], [60, 120, 180, 240, 300, 360], [200, 300, 400, 500]]
)
def test_another_table_on_the_next_page_stays_another(xs: list[float], reader: Reader) -> None:
    first, second = Page(), Page()
    first.table(XS, [700, 730, 780], [HEAD, ["规章", "1", "2"]])
    second.table(xs, [60, 90], [[str(k) for k in range(len(xs) - 1)]])

    assert len(read_pdf(pdf(first, second), reader).grids) == 2


def test_text_between_two_pages_parts_two_tables(reader: Reader) -> None:
    first, second = Page(), Page()
    first.table(XS, [700, 730, 760], [HEAD, ["规章", "1", "2"]])
    second.text(60, 80, "四、行政复议情况")
    second.table(XS, [100, 130, 160], [HEAD, ["文件", "3", "4"]])

    assert len(read_pdf(pdf(first, second), reader).grids) == 2
