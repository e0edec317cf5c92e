"""Tables of a PDF by both readers: how rules may be drawn, and how text may stand between them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from pdf_drawing import HEIGHT, UNMAPPED, WIDTH, Page, pdf

from extract.model import Document, Grid, PageBox, Paragraph
from extract.readers.pdf import is_scan, read_pdf

if TYPE_CHECKING:
    from extract.readers.pdf.reading import Reader

XS = [60.0, 160.0, 230.0, 300.0]
YS = [100.0, 130.0, 160.0, 190.0]
ROWS = [["信息内容", "制发", "现行"], ["规章", "12", "3"], ["文件", "6354", "0"]]
READERS: list[Reader] = ["pdfium", "pdfplumber"]


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    chosen: Reader = request.param
    return chosen


def texts(grid: Grid) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row].append(cell.text)
    return rows


def the_grid(document: Document) -> Grid:
    assert document.problems == ()
    (grid,) = document.grids
    return grid


def table_page(**options: object) -> Page:
    page = Page(**options)  # type: ignore[arg-type]
    page.table(XS, YS, ROWS)
    return page


def test_a_table_and_the_text_around_it_in_reading_order(reader: Reader) -> None:
    page = Page()
    page.text(60, 300, "后文")
    page.table(XS, YS, ROWS)
    page.text(60, 60, "前文")

    document = read_pdf(pdf(page), reader)

    before, grid, after = document.blocks
    assert isinstance(before, Paragraph)
    assert isinstance(after, Paragraph)
    assert isinstance(grid, Grid)
    assert (before.text, after.text) == ("前文", "后文")
    assert texts(grid) == ROWS
    assert document.pages == 1
    number = next(cell for cell in grid.cells if cell.text == "6354")
    assert (number.row, number.column, number.doubt) == (2, 1, None)
    assert number.where == (PageBox(1, 160, 160, 230, 190),)


def draw_double(page: Page) -> None:
    page.rules(XS, YS)
    page.rules([x + 2 for x in XS], [y + 2 for y in YS])


def draw_thick_fills(page: Page) -> None:
    for y in YS:
        page.fill(XS[0], y - 1.5, XS[-1], y + 1.5)
    for x in XS:
        page.fill(x - 1.5, YS[0], x + 1.5, YS[-1])


def draw_dashes(page: Page) -> None:
    for y in YS:
        for k in range(60):
            page.line(XS[0] + 4 * k, y, min(XS[0] + 4 * k + 2, XS[-1]), y)
    for x in XS:
        for k in range(23):
            page.line(x, YS[0] + 4 * k, x, min(YS[0] + 4 * k + 2, YS[-1]))


def draw_dots(page: Page) -> None:
    for y in YS:
        for k in range(121):
            page.fill(XS[0] + 2 * k - 0.5, y - 0.5, XS[0] + 2 * k + 0.5, y + 0.5)
    for x in XS:
        for k in range(46):
            page.fill(x - 0.5, YS[0] + 2 * k - 0.5, x + 0.5, YS[0] + 2 * k + 0.5)


def draw_one_path(page: Page) -> None:
    for y in YS:
        page.raw(f"{XS[0]} {HEIGHT - y} m {XS[-1]} {HEIGHT - y} l")
    for x in XS:
        page.raw(f"{x} {HEIGHT - YS[0]} m {x} {HEIGHT - YS[-1]} l")
    page.raw("S")


def draw_one_fill(page: Page) -> None:
    for y in YS:
        page.raw(f"{XS[0]} {HEIGHT - y} {XS[-1] - XS[0]} 0.5 re")
    for x in XS:
        page.raw(f"{x} {HEIGHT - YS[-1]} 0.5 {YS[-1] - YS[0]} re")
    page.raw("f")


def draw_stroked_cells(page: Page) -> None:
    for top, bottom in itertools.pairwise(YS):
        for x0, x1 in itertools.pairwise(XS):
            page.raw(f"0.5 w {x0} {HEIGHT - bottom} {x1 - x0} {bottom - top} re S")


def draw_rings(page: Page) -> None:
    for top, bottom in itertools.pairwise(YS):
        for x0, x1 in itertools.pairwise(XS):
            outer = f"{x0} {HEIGHT - bottom} {x1 - x0} {bottom - top} re"
            inner = f"{x0 + 1} {HEIGHT - bottom + 1} {x1 - x0 - 2} {bottom - top - 2} re"
            page.raw(f"{outer} {inner} f*")


def draw_shaded_cells(page: Page) -> None:
    page.fill(XS[0], YS[0], XS[-1], YS[1], gray=0.8)
    page.fill(XS[0], YS[1], XS[1], YS[-1], gray=0.9)
    page.rules(XS, YS)


def draw_pictures(page: Page) -> None:
    for y in YS:
        page.picture(XS[0], y - 0.3, XS[-1], y + 0.3)
    for x in XS:
        page.picture(x - 0.3, YS[0], x + 0.3, YS[-1])


def draw_open_sides(page: Page) -> None:
    for y in YS:
        page.line(XS[0], y, XS[-1], y)
    for x in XS[1:-1]:
        page.line(x, YS[0], x, YS[-1])


def draw_gaps_at_corners(page: Page) -> None:
    for y in YS:
        for x0, x1 in itertools.pairwise(XS):
            page.line(x0 + 1, y, x1 - 1, y)
    for x in XS:
        for top, bottom in itertools.pairwise(YS):
            page.line(x, top + 1, x, bottom - 1)


@pytest.mark.parametrize(
    "draw",
    [
        draw_double,
        draw_thick_fills,
        draw_dashes,
        draw_dots,
        draw_one_path,
        draw_one_fill,
        draw_stroked_cells,
        draw_rings,
        draw_shaded_cells,
        draw_pictures,
        draw_open_sides,
        draw_gaps_at_corners,
    ],
)
def test_rules_however_they_are_drawn(draw: object, reader: Reader) -> None:
    page = Page()
    assert callable(draw)
    draw(page)
    rows = [ROWS[0], ["规章", "", "3"], ROWS[2]]
    page.cells(XS, YS, rows)

    grid = the_grid(read_pdf(pdf(page), reader))

    assert texts(grid) == rows
    assert all((cell.rowspan, cell.colspan, cell.doubt) == (1, 1, None) for cell in grid.cells)
    (where,) = grid.cells[4].where
    assert isinstance(where, PageBox)
    box = (where.x0, where.top, where.x1, where.bottom)
    assert box == pytest.approx((160, 130, 230, 160), abs=1.5)


def test_merged_cells_have_spans(reader: Reader) -> None:
    page = Page()
    for x0, top, x1, bottom in [
        (60, 100, 300, 100), (160, 130, 300, 130), (160, 160, 300, 160), (60, 190, 300, 190),
        (60, 100, 60, 190), (160, 100, 160, 190), (230, 130, 230, 190), (300, 100, 300, 190),
    ]:  # fmt: skip
        page.line(x0, top, x1, bottom)
    page.cells([60, 160], [100, 190], [["结果"]])
    page.cells([160, 300], [100, 130], [["情况"]])
    page.cells([160, 230, 300], [130, 160, 190], [["甲", "乙"], ["1", "2"]])

    grid = the_grid(read_pdf(pdf(page), reader))

    assert [(c.text, c.row, c.column, c.rowspan, c.colspan) for c in grid.cells] == [
        ("结果", 0, 0, 3, 1),
        ("情况", 0, 1, 1, 2),
        ("甲", 1, 1, 1, 1),
        ("乙", 1, 2, 1, 1),
        ("1", 2, 1, 1, 1),
        ("2", 2, 2, 1, 1),
    ]


def test_what_only_looks_like_a_table_is_text(reader: Reader) -> None:
    page = Page()
    page.fill(50, 90, 400, 130, gray=0.9)
    page.text(60, 110, "一、总体情况")
    page.raw(f"50 {HEIGHT - 180} 350 40 re S")
    page.text(60, 165, "框中的文字")
    page.text(60, 230, "下划线")
    page.line(60, 232, 90, 232)
    page.line(100, 232, 200, 232)
    page.raw(f"20 20 {WIDTH - 40} {HEIGHT - 40} re S")

    document = read_pdf(pdf(page), reader)

    assert document.grids == ()
    assert [p.text for p in document.paragraphs] == ["一、总体情况", "框中的文字", "下划线"]


def test_a_table_within_a_page_border(reader: Reader) -> None:
    page = table_page()
    page.raw(f"20 20 {WIDTH - 40} {HEIGHT - 40} re S")

    assert texts(the_grid(read_pdf(pdf(page), reader))) == ROWS


def test_several_tables_on_one_page(reader: Reader) -> None:
    page = table_page()
    page.table(XS, [400, 430, 460], [["一二", "5", "6"], ["三四", "7", "8"]])
    page.table([350, 400, 450], [100, 130, 160], [["右边", "1"], ["还有", "2"]])

    document = read_pdf(pdf(page), reader)

    assert [texts(grid)[0][0] for grid in document.grids] == ["信息内容", "右边", "一二"]


def test_an_extra_empty_column_stays_a_column(reader: Reader) -> None:
    page = Page()
    xs = [*XS, 330.0]
    page.table(xs, YS, [[*row, ""] for row in ROWS])

    assert texts(the_grid(read_pdf(pdf(page), reader))) == [[*row, ""] for row in ROWS]


ROTATED = ["", "/Rotate 90", "/Rotate 180", "/Rotate 270", "/Rotate -90"]
BOXES = ["", "/CropBox [30 50 500 800]", "/MediaBox [-100 -80 495 762]"]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("rotate", ROTATED)
def test_a_box_lies_on_the_page_as_displayed(box: str, rotate: str, reader: Reader) -> None:
    """Every side of every cell is dark on PDFium's own rendering, whichever way the page is."""
    page = table_page(entries=f"{box} {rotate}")
    data = pdf(page)

    grid = the_grid(read_pdf(data, reader))

    document = pypdfium2.PdfDocument(data)
    image = document[0].render(scale=4, grayscale=True).to_numpy().squeeze()
    document.close()
    assert len(grid.cells) == 9
    for cell in grid.cells:
        (where,) = cell.where
        assert isinstance(where, PageBox)
        x, y = int(2 * (where.x0 + where.x1)), int(2 * (where.top + where.bottom))
        for side in (where.x0, where.x1):
            at = round(4 * side)
            assert image[y, at - 3 : at + 4].min() < 130
        for side in (where.top, where.bottom):
            at = round(4 * side)
            assert image[at - 3 : at + 4, x].min() < 130
        centre = image[int(4 * where.top) + 6 : int(4 * where.bottom) - 6]
        assert centre[:, int(4 * where.x0) + 6 : int(4 * where.x1) - 6].min() < 130


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_the_text_of_a_page_shown_upright_by_its_rotation(rotate: int, reader: Reader) -> None:
    """A landscape page made by turning both the drawing and the page."""
    page = table_page()
    drawn = page.operators
    turn = {
        90: f"0 1 -1 0 {HEIGHT} 0",
        180: f"-1 0 0 -1 {WIDTH} {HEIGHT}",
        270: f"0 -1 1 0 0 {WIDTH}",
    }
    width, height = (HEIGHT, WIDTH) if rotate != 180 else (WIDTH, HEIGHT)
    page = Page(width, height, f"/Rotate {rotate}", used=page.used)
    page.operators = [f"q {turn[rotate]} cm", *drawn, "Q"]

    grid = the_grid(read_pdf(pdf(page), reader))

    assert texts(grid) == ROWS
    assert grid.cells[-1].where == (PageBox(1, 230, 160, 300, 190),)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_table_that_lies_on_its_side(turn: int, reader: Reader) -> None:
    """Its rows are read as they are written; its boxes lie where they are on the page."""
    drawn = table_page()
    matrix = ["", "0 -1 1 0 0 595", "-1 0 0 -1 595 842", "0 1 -1 0 842 0"][turn]
    page = Page(842, 595) if turn != 2 else Page()
    page.used = drawn.used
    page.operators = [f"q {matrix} cm", *drawn.operators, "Q"]

    grid = the_grid(read_pdf(pdf(page), reader))

    assert texts(grid) == ROWS
    x0, top, x1, bottom = 230.0, 160.0, 300.0, 190.0
    boxes = [
        (842 - bottom, x0, 842 - top, x1),
        (595 - x1, 842 - bottom, 595 - x0, 842 - top),
        (top, 595 - x1, bottom, 595 - x0),
    ]
    assert grid.cells[-1].where == (PageBox(1, *boxes[turn - 1]),)


def test_a_label_written_sideways_in_its_cell(reader: Reader) -> None:
    page = Page()
    page.table(XS, YS, [["", *row[1:]] for row in ROWS])
    page.used |= set("规章")
    page.raw(f"BT /F1 10 Tf 0 1 -1 0 115 {HEIGHT - 155} Tm <{ord('规'):04x}{ord('章'):04x}> Tj ET")

    grid = the_grid(read_pdf(pdf(page), reader))

    assert [row[0] for row in texts(grid)] == ["", "规章", ""]


def test_a_form_drawn_at_another_size(reader: Reader) -> None:
    document = read_pdf(pdf(table_page(in_form=True)), reader)

    grid = the_grid(document)
    assert texts(grid) == ROWS
    assert grid.cells[-1].where == (PageBox(1, 230, 160, 300, 190),)


def test_numbers_are_whole_however_they_are_spaced(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    for k, digit in enumerate("6354"):
        page.text(170 + 5 * k, 120, digit)
    for k, digit in enumerate("12.5"):
        page.text(170 + 6 * k, 150, digit)
    page.text(170, 180, "7 ")
    page.text(175, 180, "8")
    page.text(240, 120, "12")
    page.text(260, 120, "34")
    page.text(240, 150, "5 6")

    rows = texts(the_grid(read_pdf(pdf(page), reader)))

    assert [row[1] for row in rows] == ["6354", "12.5", "78"]
    assert [row[2] for row in rows] == ["12 34", "5 6", ""]


def test_marks_and_signs_are_kept(reader: Reader) -> None:
    page = Page()
    page.table(XS, YS, [["甲甲", "-", "/"], ["乙乙", "--253", "—"], ["丙丙", "+19", "－"]])

    rows = texts(the_grid(read_pdf(pdf(page), reader)))

    assert [row[1:] for row in rows] == [["-", "/"], ["--253", "—"], ["+19", "－"]]


def test_a_hyphen_at_a_line_s_end_is_kept(reader: Reader) -> None:
    page = Page()
    page.table(XS, YS, [["ab-\ncd", "12-", "-"], *ROWS[1:]])

    assert texts(the_grid(read_pdf(pdf(page), reader)))[0] == ["ab-\ncd", "12-", "-"]


def test_lines_in_a_cell(reader: Reader) -> None:
    page = Page()
    page.table(XS, [100, 160, 190], [["社会公益\n组织", "结果\n维持", "1"], ["总计", "2", "3"]])

    assert texts(the_grid(read_pdf(pdf(page), reader)))[0] == ["社会公益\n组织", "结果\n维持", "1"]


def test_a_number_that_a_narrow_cell_breaks(reader: Reader) -> None:
    page = Page()
    page.table([60, 160, 177, 260], YS, [["甲甲", "635\n4", "12\n34"], *ROWS[1:]])

    rows = texts(the_grid(read_pdf(pdf(page), reader)))

    assert rows[0] == ["甲甲", "6354", "12\n34"]


def test_text_over_a_rule_is_one_number_and_doubtful(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    page.text(212, 120, "12345")
    page.text(280, 150, "67890")

    cells = the_grid(read_pdf(pdf(page), reader)).cells

    written = {cell.text: cell for cell in cells if cell.text}
    assert set(written) == {"12345", "67890"}
    assert (written["12345"].column, written["67890"].column) == (1, 2)
    assert all(cell.doubt for cell in written.values())


def test_numbers_that_touch_at_a_rule_are_doubtful(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    page.text(210, 120, "1234")
    page.text(230.2, 120, "56")

    cells = the_grid(read_pdf(pdf(page), reader)).cells

    assert [(c.text, bool(c.doubt)) for c in cells if c.text] == [("1234", True), ("56", True)]


def test_characters_over_one_another_are_doubtful(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    page.text(170, 120, "17")
    page.text(170.5, 120, "94")

    cells = the_grid(read_pdf(pdf(page), reader)).cells

    assert next(cell for cell in cells if cell.text).doubt


def test_bold_print_by_printing_twice(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    for k, digit in enumerate("1122"):
        for shift in (0.0, 0.3):
            page.text(170 + 5 * k + shift, 120, digit)

    cell = next(c for c in the_grid(read_pdf(pdf(page), reader)).cells if c.text)

    assert (cell.text, cell.doubt) == ("1122", None)


def test_characters_without_a_meaning_are_doubtful(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    page.text(170, 120, f"1{UNMAPPED}2")

    cell = next(c for c in the_grid(read_pdf(pdf(page), reader)).cells if c.text)

    assert cell.text == "1\ufffd2"
    assert cell.doubt


def test_a_picture_in_an_empty_cell_is_doubtful(reader: Reader) -> None:
    page = table_page()
    page.rules(XS, [190, 220])
    page.picture(170, 195, 190, 210)
    page.picture(0, 0, WIDTH, HEIGHT)

    cells = the_grid(read_pdf(pdf(page), reader)).cells

    assert [(c.row, c.column) for c in cells if c.doubt] == [(3, 1)]


def test_invisible_text_is_not_what_the_page_says(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    page.text(170, 120, "12", mode=3)
    page.text(170, 150, "34")

    rows = texts(the_grid(read_pdf(pdf(page), reader)))

    assert [row[1] for row in rows] == ["", "34", ""]


def test_a_watermark_is_left_out(reader: Reader) -> None:
    page = table_page()
    page.used |= set("内部")
    page.raw(f"BT /F1 60 Tf .7 .7 -.7 .7 100 650 Tm <{ord('内'):04x}{ord('部'):04x}> Tj ET")

    assert texts(the_grid(read_pdf(pdf(page), reader))) == ROWS


def test_pdfium_reads_replacement_text(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    page.used |= set("⼤")
    actual = "FEFF5927"
    page.raw(f"/Span << /ActualText <{actual}> >> BDC")
    page.text(70, 120, "⼤")
    page.raw("EMC")

    label = texts(the_grid(read_pdf(pdf(page), reader)))[0][0]

    assert label == {"pdfium": "大", "pdfplumber": "⼤"}[reader]


def test_page_numbers_are_no_text(reader: Reader) -> None:
    pages = []
    for number in range(1, 4):
        page = Page()
        page.text(60, 100, "满" * 30)
        page.text(80, 118, "正文" * 3)
        page.text(280, 800, f"- {number} -")
        pages.append(page)

    document = read_pdf(pdf(*pages), reader)

    assert [p.text for p in document.paragraphs] == ["满" * 30, "正文" * 3] * 3


def test_lines_of_a_paragraph_are_joined(reader: Reader) -> None:
    page = Page()
    page.text(80, 100, "本" * 40)
    page.text(60, 118, "年" * 42)
    page.text(60, 136, "末行。")
    page.text(80, 154, "另" * 40)
    page.text(60, 172, "一" * 41 + "。")
    page.text(60, 190, "二、标题")

    document = read_pdf(pdf(page), reader)

    assert [p.text for p in document.paragraphs] == [
        "本" * 40 + "年" * 42 + "末行。",
        "另" * 40 + "一" * 41 + "。",
        "二、标题",
    ]


def test_scans_have_pages_but_no_text(reader: Reader) -> None:
    page = Page()
    page.picture(0, 0, WIDTH, HEIGHT)
    page.text(60, 100, "看不见的文字" * 20, mode=3)
    data = pdf(page, page)

    document = read_pdf(data, reader)

    assert (document.pages, document.blocks, document.problems) == (2, (), ())
    assert is_scan(data)
    assert not is_scan(pdf(table_page()))


def draw_outlined_letter(page: Page) -> None:
    page.raw(f"180 {HEIGHT - 180} m 186 {HEIGHT - 170} 194 {HEIGHT - 170} 200 {HEIGHT - 180} c f")


def draw_angular_letter(page: Page) -> None:
    y = HEIGHT - 182
    page.raw(f"180 {y} m 190 {y} l 190 {y + 12} l 183 {y + 12} l 183 {y + 6} l 180 {y + 6} l f")


def draw_stroke(page: Page) -> None:
    page.fill(190, 170, 192, 180)


@pytest.mark.parametrize("draw", [draw_outlined_letter, draw_angular_letter, draw_stroke])
def test_something_drawn_in_an_empty_cell_is_doubtful(draw: object, reader: Reader) -> None:
    page = Page()
    page.table(XS, YS, [*ROWS[:2], ["文件", "", ""]])
    assert callable(draw)
    draw(page)

    cells = the_grid(read_pdf(pdf(page), reader)).cells

    assert [(c.row, c.column) for c in cells if c.doubt] == [(2, 1)]


def test_letters_turned_into_outlines_are_for_the_reader_of_scans(reader: Reader) -> None:
    page = Page()
    page.rules(XS, YS)
    for k in range(60):
        x, y = 60 + 7 * k, HEIGHT - 300
        page.raw(f"{x} {y} m {x} {y + 9} {x + 6} {y + 9} {x + 6} {y} c f")
    data = pdf(page)

    assert is_scan(data)
    assert all(cell.text == "" for grid in read_pdf(data, reader).grids for cell in grid.cells)


def test_running_heads_are_no_text(reader: Reader) -> None:
    pages = []
    for number in (1, 2):
        page = Page()
        page.text(60, 40, f"2026-11-20 报告 {number}/2")
        page.table(XS, YS, ROWS)
        pages.append(page)

    document = read_pdf(pdf(*pages), reader)

    assert document.paragraphs == ()
    assert texts(document.grids[0]) == [*ROWS, *ROWS[1:]]
