from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.model import Document, Grid, TableCell
from extract.readers.html import read_html
from extract.sniff import sniff

FIGURES = "".join(f"<tr><td>行{n}</td><td>{n}</td><td>{n * 2}</td></tr>" for n in range(4))
TABLE = f"<table>{FIGURES}</table>"
TAGS = (
    "<table> </table> <tr> <td&rowspan=2> <td&colspan=3> <td> </td> <tbody> <p> 1 <div> </div>"
    " <form> <tfoot>"
)
PROSE = "2021年，本机关深入贯彻落实条例，坚持以公开为常态、不公开为例外，推进决策公开。" * 3


def read(body: str) -> Document:
    return read_html(f"<html><body>{body}</body></html>".encode())


def lines(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def shape(grid: Grid) -> list[tuple[str, int, int, int, int]]:
    return [(c.text, c.row, c.column, c.rowspan, c.colspan) for c in grid.cells]


def test_the_bytes_decide_the_encoding() -> None:
    page = "<meta charset='{}'><p>政府信息公开工作年度报告 万元</p>"
    assert lines(read_html(page.format("utf-8").encode("gb18030"))) == [
        "政府信息公开工作年度报告 万元"
    ]
    for declared, real in [
        ("gb2312", "utf-8"), ("iso-8859-1", "gb18030"), ("utf-8", "utf-16"), ("gbk", "utf-8-sig"),
    ]:  # fmt: skip
        document = read_html(page.format(declared).encode(real), "text/html; charset=" + declared)
        assert lines(document) == ["政府信息公开工作年度报告 万元"]
        assert document.problems == ()


def test_a_stray_byte_does_not_turn_a_page_to_mojibake() -> None:
    page = f"<p>{PROSE}</p>".encode() + b"\xff<p>\xe5\xb9\xb4</p>"
    document = read_html(page)
    assert lines(document)[0] == PROSE
    assert "not valid utf-8" in document.problems[0]


def test_spans_hold_their_places() -> None:
    document = read(
        "<table><thead><tr><th rowspan=2>A<th colspan=2>B</thead>"
        "<tfoot><tr><td>x<td>y<td>z</tfoot>"
        "<tr><td>C<td>D<tr><td rowspan=0>E<td>F</table>"
    )
    (grid,) = document.grids
    assert shape(grid) == [
        ("A", 0, 0, 2, 1), ("B", 0, 1, 1, 2), ("C", 1, 1, 1, 1), ("D", 1, 2, 1, 1),
        ("E", 2, 0, 2, 1), ("F", 2, 1, 1, 1), ("x", 3, 1, 1, 1), ("y", 3, 2, 1, 1),
        ("z", 3, 3, 1, 1),
    ]  # fmt: skip
    assert grid.cells[3].where == (TableCell(1, 2, 3),)


def test_no_slot_is_covered_twice() -> None:
    document = read(
        "<table><tr><td>a<td rowspan=3>b<td>c<tr><td colspan=3>d<td>e<tr><td>f<td>g</table>"
    )
    (grid,) = document.grids
    taken = [
        (row, column)
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.rowspan)
        for column in range(cell.column, cell.column + cell.colspan)
    ]
    assert len(taken) == len(set(taken))
    assert [cell.text for cell in grid.cells] == list("abcdefg")


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td colspan=1000000000>a<td rowspan=99999999999999>b<tr><td>c<td>d</table>",
        "<table>" + "<tr><td rowspan=1000 colspan=1000>x" * 3000 + "</table>",
        "<table><tr>" + "<td colspan=1000>x" * 100_000 + "</table>",
        "<table>" * 5000 + "<tr><td>1<td>2",
        "<div>" * 100_000 + "<table><tr><td>1<td>2</table>",
        "<table><tr><td colspan=-1 rowspan=x>1<td colspan=''>2</table>",
        "<p class=article>" * 20_000,
        ("<table><tr>" + "<td rowspan=1000>1" * 100 + "</tr>") * 200,
    ],
)
def test_hostile_tables_end_soon(table: str) -> None:
    began = time.process_time()
    document = read(table)
    assert time.process_time() - began < 5
    assert sum(len(grid.cells) for grid in document.grids) <= 50_000


def test_what_was_left_out_is_said() -> None:
    assert read("<table><tr>" + "<td>x" * 2000 + "</table>").problems
    assert "too deep" in read("<div>" * 400 + "1").problems[0]


def test_layout_tables_give_way_to_what_they_hold() -> None:
    document = read(
        f"<table><tr><td>menu</td><td><p>二、主动公开</p>{TABLE}<p>三、申请</p>{TABLE}</td></tr></table>"
    )
    assert lines(document) == ["menu", "二、主动公开", "三、申请"]
    assert [len(grid.cells) for grid in document.grids] == [12, 12]
    assert [grid.cells[0].where for grid in document.grids] == [
        (TableCell(1, 1, 1),), (TableCell(2, 1, 1),),
    ]  # fmt: skip


def test_prose_in_a_table_of_two_cells_is_paragraphs() -> None:
    document = read(f"<table><tr><td>left</td><td><p>{PROSE}</p><p>{PROSE}</p></td></tr></table>")
    assert lines(document) == ["left", PROSE, PROSE]


def test_what_is_not_printed_is_not_read() -> None:
    document = read(
        "<script>var x = '1';</script><style>p{}</style><nav>首页</nav><p>一</p>"
        "<p style='color:red; DISPLAY : none'>二</p><p hidden>三</p><!-- 四 -->"
        "<span style='mso-hide:all'>五</span><select><option>六</select><noscript>七</noscript>"
        "<table><tr><td>a<td style='display:none'>9<td>b<tr style='display:none'><td>8<td>8"
        "<tr><td>c<td>d</table>"
    )
    assert lines(document) == ["一"]
    assert [cell.text for cell in document.grids[0].cells] == ["a", "b", "c", "d"]


def test_lines_follow_the_layout() -> None:
    document = read(
        "<h1>标题</h1>甲<b>乙</b>丙<br>丁<div>\u3000\u3000一、\n总体<p>情况&nbsp;</div><ul><li>1<li>2</ul>"
    )
    assert lines(document) == ["标题", "甲乙丙", "丁", "一、 总体", "情况", "1", "2"]


def test_one_figure_a_paragraph_keeps_its_order() -> None:
    words = ["信息内容", "本年制发件数", "规章", "0", "3", "12"]
    assert lines(read("".join(f"<p>{word}</p>" for word in words))) == words


def test_word_markup() -> None:
    document = read(
        "<table class=MsoNormalTable><tr style='mso-yfti-irow:0'><td><p class=MsoNormal>"
        "<span lang=EN-US>12<o:p></o:p></span></p></td>"
        "<td><![if !supportEmptyParas]>&nbsp;<![endif]>"
        "</td></tr><!--[if !mso]><tr><td>no</td></tr><![endif]-->"
        "<tr><td>规<br>章</td><td>7</td></table>"
    )
    assert [cell.text for cell in document.grids[0].cells] == ["12", "", "规\n章", "7"]


def test_raised_and_struck_characters_are_doubted() -> None:
    document = read(
        "<table><tr><td>12<sup>1</sup><td><del>3</del>4<td><span style='text-decoration:"
        "line-through'>5</span><td>6<sup></sup></table>"
    )
    doubts = [(cell.text, cell.doubt is not None) for cell in document.grids[0].cells]
    assert doubts == [("121", True), ("34", True), ("5", True), ("6", False)]


def test_the_main_content_is_preferred() -> None:
    document = read(
        f"<div>导航</div><div class='x TRS_Editor'><div class=TRS_Editor><p>{PROSE}</p></div></div>"
        "<div>版权所有</div>"
    )
    assert lines(document) == [PROSE]


def test_tables_outside_the_container_are_not_lost() -> None:
    document = read(f"<div id=zoom><p>{PROSE}</p></div><div>{TABLE}</div>")
    assert len(document.grids) == 1
    assert PROSE in lines(document)


def test_an_empty_container_is_no_content() -> None:
    assert lines(read(f"<div id=zoom></div><p>{PROSE}</p>")) == [PROSE]


def test_metadata_from_meta_tags() -> None:
    document = read_html(
        "<head><title>某区人民政府</title><meta name=ArticleTitle content='某区2021年政府信息公开"
        "工作年度报告'><meta name='PubDate' content='2022-01-29 10:30'>"
        "<meta name=ContentSource content=某区人民政府办公室></head><p>文</p>".encode()
    )
    assert document.title == "某区2021年政府信息公开工作年度报告"
    assert document.publisher == "某区人民政府办公室"
    assert document.published_on == "2022-01-29"


def test_metadata_from_a_table_on_the_page() -> None:
    document = read(
        "<h1>2022年度政府信息公开年报</h1><table><tr><td>索引号：</td><td>0029/2022</td><td>发布机构："
        "</td><td>某县教育局</td></tr><tr><td>发文日期：</td><td>2023年1月9日</td></tr></table>"
    )
    assert document.title == "2022年度政府信息公开年报"
    assert document.publisher == "某县教育局"
    assert document.published_on == "2023-01-09"


def test_metadata_in_one_string() -> None:
    document = read("<title>首页</title><span>发布机构：某市财政局</span><i>发布日期: 20220131</i>")
    assert (document.title, document.publisher) == ("首页", "某市财政局")
    assert document.published_on == "2022-01-31"


def test_a_date_that_is_none_is_not_given() -> None:
    assert read("<i>发布日期：2022-13-45</i>").published_on is None


@pytest.mark.parametrize("page", [b"", b"   ", b"<!-- -->", b"\0\0\0", b"\xef\xbb\xbf"])
def test_empty_pages_are_problems(page: bytes) -> None:
    document = read_html(page)
    assert document.blocks == ()
    assert document.problems


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    assert read_html(data).media_type == "text/html"


@given(
    st.lists(st.sampled_from(TAGS.split(" ")), max_size=60),
)
def test_broken_tables_never_cover_a_slot_twice(parts: list[str]) -> None:
    for grid in read("".join(parts).replace("&", " ")).grids:
        slots = [
            (cell.row + row, cell.column + column)
            for cell in grid.cells
            for row in range(cell.rowspan)
            for column in range(cell.colspan)
        ]
        assert len(slots) == len(set(slots))
        assert all(row < grid.rows and column < grid.columns for row, column in slots)


def test_a_web_archive_holds_a_page() -> None:
    page = "<html><body><p>年报</p><table><tr><td>1<td>2</table></body></html>"
    archive = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(page.encode("gb18030"))
        + b"\r\n--x\r\nContent-Type: image/png\r\n\r\nx\r\n--x--\r\n"
    )
    assert sniff(archive) == "multipart/related"
    document = read_html(archive)
    assert lines(document) == ["年报"]
    assert [cell.text for cell in document.grids[0].cells] == ["1", "2"]
    assert read_html(archive[:60]).problems


@pytest.mark.parametrize(
    "style",
    [
        "visibility:hidden",
        "font-size: 0px",
        "opacity:0;",
        "color: transparent",
        "position:absolute;left:-9999px",
        "text-indent:-999em",
    ],
)
def test_characters_that_nobody_sees_are_left_out_with_a_doubt(style: str) -> None:
    unseen = f"<span style='{style}'>2</span>"
    page = f"<table><tr><td>甲</td><td>1{unseen}</td></tr><tr><td>乙<td>3</table>"
    cells = read_html(page.encode()).grids[0].cells
    assert cells[1].text == "1"
    assert cells[1].doubt == "characters that nobody sees were left out here"
    assert cells[3].doubt is None


def test_an_unseen_cell_keeps_its_place() -> None:
    page = (
        "<table><tr><td>甲</td><td style='visibility:hidden'>9</td><td>1</td></tr>"
        "<tr><td>乙</td><td>2</td><td>3</td></tr></table>"
    )
    cells = read_html(page.encode()).grids[0].cells
    assert [(c.column, c.text) for c in cells] == [
        (0, "甲"),
        (1, ""),
        (2, "1"),
        (0, "乙"),
        (1, "2"),
        (2, "3"),
    ]
    assert cells[1].doubt


def test_what_the_pages_own_style_sheet_hides_is_left_out() -> None:
    page = (
        "<style>/* x */ .no-show, td.old { display:none } #w{color:red}</style>"
        "<table><tr><td>甲</td><td class='old'>9</td><td>1<i class='no-show'>2</i></td></tr>"
        "<tr><td>乙</td><td>2</td></tr></table>"
    )
    cells = read_html(page.encode()).grids[0].cells
    assert [c.text for c in cells] == ["甲", "1", "乙", "2"]


def test_text_of_its_own_size_within_size_zero_is_read() -> None:
    page = "<div style='font-size:0'><p style='font-size:14px'>一</p></div>"
    assert [p.text for p in read_html(page.encode()).paragraphs] == ["一"]


def test_white_figures_are_doubtful_unless_they_stand_on_a_colour() -> None:
    page = (
        "<table><tr><td>甲</td><td style='color:#ffffff'>1</td></tr>"
        "<tr bgcolor='#003366'><td>乙</td><td><font color='white'>2</font></td></tr></table>"
    )
    cells = read_html(page.encode()).grids[0].cells
    assert [bool(c.doubt) for c in cells] == [False, True, False, False]


def test_a_picture_in_a_blank_cell_may_be_a_figure() -> None:
    page = (
        "<table><tr><td>甲</td><td><img src='7.png'></td></tr>"
        "<tr><td>乙</td><td><img src='dot.gif' width='1px'></td></tr>"
        "<tr><td>丙</td><td>3<img src='x.png'></td></tr></table>"
    )
    cells = read_html(page.encode()).grids[0].cells
    assert [bool(c.doubt) for c in cells] == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    "hostile",
    [
        "<style>" + "a" * 400_000 + "</style>",
        "<style>" + "/*" * 200_000 + "</style>",
        "<style>" + ".a{" * 100_000 + "</style>",
        "<p style='" + "position:absolute" * 20_000 + "'>1</p>",
        "<p style='" + "left:-999" * 20_000 + "'>1</p>",
    ],
)
def test_hostile_styles_cost_little(hostile: str) -> None:
    started = time.process_time()
    read_html(f"{hostile}<table><tr><td>甲<td>1<tr><td>乙<td>2</table>".encode())
    assert time.process_time() - started < 2
