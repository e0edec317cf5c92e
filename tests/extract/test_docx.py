from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import docx as python_docx
import pytest

from extract.model import Document, Grid, TableCell
from extract.readers.docx import read_docx
from extract.readers.numbering import numeral

SHARED = Path(__file__).parents[2].parent / "shared"
NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def package(document: str | bytes, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", document)
        for name, content in parts.items():
            file.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def read(body: str, **parts: bytes) -> Document:
    xml = f"<w:document {NAMES}><w:body>{body}</w:body></w:document>"
    return read_docx(package(xml, **parts))


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(r(text))}</w:tc>"


def tbl(*rows: str, widths: tuple[int, ...] = ()) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def only_grid(document: Document) -> Grid:
    (grid,) = document.grids
    return grid


def shape(grid: Grid) -> list[tuple[str, int, int, int, int]]:
    return [(c.text, c.row, c.column, c.rowspan, c.colspan) for c in grid.cells]


def lines(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def test_text_is_what_the_file_prints() -> None:
    document = read(
        p(r("甲"), "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>", r("乙"))
        + p("<w:ins>" + r("inserted") + "</w:ins>", "<w:moveFrom>" + r("moved") + "</w:moveFrom>")
        + p(r("seen"), r("hidden", "<w:vanish/>"), r("!", '<w:vanish w:val="0"/>'))
        + p("<w:r><w:t>a</w:t><w:softHyphen/><w:t>b</w:t><w:noBreakHyphen/><w:tab/>"
            "<w:t>c</w:t></w:r>")
        + p("<w:r><w:instrText>PAGE</w:instrText></w:r>", r("1"), "<w:footnoteReference w:id='1'/>")
        + p("<w:hyperlink>" + r("link") + "</w:hyperlink>")
        + "<w:sdt><w:sdtContent>" + p(r("content")) + "</w:sdtContent></w:sdt>"
        + p("<w:r><w:t>one</w:t><w:br/><w:t>two</w:t></w:r>")
    )  # fmt: skip
    assert lines(document) == [
        "甲乙", "inserted", "seen!", "ab-\tc", "1", "link", "content", "one", "two",
    ]  # fmt: skip


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    mark = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    assert lines(read(p(mark, r("1")) + p(r("2")) + p(r("3")))) == ["12", "3"]


def test_a_style_can_hide_its_text() -> None:
    styles = f"<w:styles {NAMES}><w:style w:styleId='H'><w:rPr><w:vanish/></w:rPr></w:style>"
    run = r("9", '<w:rStyle w:val="H"/>')
    assert lines(read(p(r("1"), run), styles=f"{styles}</w:styles>".encode())) == ["1"]


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent>" + p(r("boxed")) + "</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>'
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    both = f"<w:r><mc:AlternateContent>{choice}</mc:Choice>{fallback}</mc:AlternateContent></w:r>"
    assert lines(read(p(r("anchor"), both))) == ["anchor", "boxed"]


def test_spans_merges_and_gaps() -> None:
    document = read(
        p(r("before"))
        + tbl(
            tr(tc("A", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'), tc("B")),
            tr(tc("", '<w:gridSpan w:val="2"/><w:vMerge/>'), tc("C")),
            tr(tc("D"), properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>'),
            tr(tc("E"), tc("F"), tc("G")),
            tr(tc("gone"), tc("gone"), properties="<w:del/>"),
        )
        + p(r("after"))
    )
    assert shape(only_grid(document)) == [
        ("A", 0, 0, 2, 2), ("B", 0, 2, 1, 1), ("C", 1, 2, 1, 1), ("D", 2, 1, 1, 1),
        ("E", 3, 0, 1, 1), ("F", 3, 1, 1, 1), ("G", 3, 2, 1, 1),
    ]  # fmt: skip
    assert only_grid(document).cells[3].where == (TableCell(1, 3, 2),)
    assert lines(document) == ["before", "after"]


def test_a_merge_that_continues_nothing_keeps_its_text() -> None:
    grid = only_grid(read(tbl(tr(tc("1", "<w:vMerge/>"), tc("2")), tr(tc("3"), tc("4")))))
    assert shape(grid)[0] == ("1", 0, 0, 1, 1)


def test_slivers_of_the_grid_are_no_columns() -> None:
    """Edges a hair apart, as LibreOffice writes table four, are one edge."""
    span = '<w:gridSpan w:val="{}"/>'.format
    grid = only_grid(
        read(
            tbl(
                tr(tc("review", span(2)), tc("suits", span(3))),
                tr(tc("1"), tc("2", span(2)), tc("3"), tc("4")),
                widths=(590, 589, 1, 590, 590),
            )
        )
    )
    assert grid.columns == 4
    assert shape(grid)[:2] == [("review", 0, 0, 1, 2), ("suits", 0, 2, 1, 2)]
    assert [cell.column for cell in grid.cells[2:]] == [0, 1, 2, 3]


def test_a_narrow_column_with_cells_of_its_own_stays() -> None:
    row = tr(tc("1"), tc("2"), tc("3"))
    grid = only_grid(read(tbl(row, row, widths=(900, 20, 900))))
    assert grid.columns == 3


def test_a_wide_column_that_no_cell_fills_alone_stays() -> None:
    span = '<w:gridSpan w:val="2"/>'
    rows = tr(tc("a", span), tc("b")), tr(tc("c"), tc("d", span))
    grid = only_grid(read(tbl(*rows, widths=(900, 500, 900))))
    assert grid.columns == 3


def test_changed_and_struck_text_in_a_cell_is_doubted() -> None:
    deleted = "<w:del><w:r><w:delText>12</w:delText></w:r></w:del>"
    raised = r("1", '<w:vertAlign w:val="superscript"/>')
    grid = only_grid(
        read(
            tbl(
                tr(f"<w:tc>{p(deleted, r('13'))}</w:tc>", tc("4")),
                tr(f"<w:tc>{p(r('5', '<w:strike/>'))}</w:tc>", tc("6")),
                tr(f"<w:tc>{p(r('7'), raised)}</w:tc>", tc("8")),
            )
        )
    )
    doubts = {cell.text: cell.doubt for cell in grid.cells}
    assert doubts["13"]
    assert doubts["5"]
    assert doubts["71"]
    assert doubts["4"] is None
    assert doubts["6"] is None


def test_characters_that_nobody_sees_are_doubted() -> None:
    white, tiny = '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>'
    shaded = tc("4", '<w:shd w:val="clear" w:fill="1F4E79"/>').replace(
        "<w:r>", f"<w:r><w:rPr>{white}</w:rPr>"
    )
    cells = [tc("1"), f"<w:tc>{p(r('2', white))}</w:tc>", f"<w:tc>{p(r('3', tiny))}</w:tc>", shaded]
    grid = only_grid(read(tbl(tr(*cells), tr(*map(tc, "甲乙丙丁")))))
    assert [bool(c.doubt) for c in grid.cells[:4]] == [False, True, True, False]


def test_a_picture_or_an_object_in_a_cell_is_doubted() -> None:
    drawn = "<w:tc><w:p><w:r><w:object><o:OLEObject xmlns:o='o'/></w:object></w:r></w:p></w:tc>"
    grid = only_grid(read(tbl(tr(tc("甲"), drawn), tr(tc("乙"), tc("2")))))
    assert [bool(c.doubt) for c in grid.cells] == [False, True, False, False]


def test_a_table_that_lays_out_gives_way_to_what_it_holds() -> None:
    inner = tbl(tr(tc("label"), tc("1")), tr(tc("other"), tc("2")))
    outer = tbl(tr(f"<w:tc>{p(r('heading'))}{inner}{p(r('foot'))}</w:tc>"))
    document = read(outer)
    assert lines(document) == ["heading", "foot"]
    assert [cell.text for cell in only_grid(document).cells] == ["label", "1", "other", "2"]


def test_a_small_table_within_a_cell_of_figures_is_that_cells_text() -> None:
    inner = tbl(tr(tc("8")))
    rows = [tr(tc(f"r{n}"), tc(str(n)), tc(str(n))) for n in range(6)]
    outer = tbl(*rows, tr(tc("last"), f"<w:tc>{inner}{p()}</w:tc>", tc("9")))
    grid = only_grid(read(outer))
    assert [cell.text for cell in grid.cells if cell.row == 6] == ["last", "8", "9"]


def test_tables_are_counted_in_order() -> None:
    row = tr(tc("a"), tc("b"))
    document = read(tbl(row) + p(r("between")) + tbl(row))
    assert [grid.cells[0].where for grid in document.grids] == [
        (TableCell(1, 1, 1),),
        (TableCell(2, 1, 1),),
    ]


def test_a_file_by_another_writer() -> None:
    source = python_docx.Document()
    source.add_heading("二、主动公开政府信息情况", 1)
    table = source.add_table(3, 4)
    table.cell(0, 0).merge(table.cell(0, 3)).text = "第二十条第（一）项"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "规章"
    for column in range(1, 4):
        table.cell(1, column).text = str(column)
    out = io.BytesIO()
    source.save(out)
    document = read_docx(out.getvalue())
    assert lines(document) == ["二、主动公开政府信息情况"]
    assert shape(only_grid(document))[:3] == [
        ("第二十条第（一）项", 0, 0, 1, 4), ("规章", 1, 0, 2, 1), ("1", 1, 1, 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "document type"),
        (b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>", "document type"),
        (b"<w:document", "malformed"),
        (b"<a>" * 5000, "malformed"),
        (b" " * 70_000_000, "too many bytes"),
    ],
)
def test_hostile_parts_are_refused_in_one_line(document: bytes, reason: str) -> None:
    result = read_docx(package(document))
    assert result.blocks == ()
    (problem,) = result.problems
    assert reason in problem


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", package("<x/>")[:-30], b"PK\x05\x06" + bytes(18)]
)
def test_damaged_packages_are_problems(data: bytes) -> None:
    assert read_docx(data).problems


def test_an_entity_bomb_costs_nothing() -> None:
    entities = "".join(f"<!ENTITY e{n + 1} '{10 * ('&e' + str(n) + ';')}'>" for n in range(9))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><x>&e9;</x>'
    assert read_docx(package(bomb)).problems


def test_absurd_spans_are_clipped() -> None:
    span = '<w:gridSpan w:val="999999999"/>'
    grid = only_grid(read(tbl(tr(tc("a", span), tc("b", '<w:gridSpan w:val="-3"/>')))))
    assert (grid.columns, len(grid.cells)) == (2, 2)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real reports are not here")
def test_a_real_report() -> None:
    document = read_docx((SHARED / "originals" / "dongfeng-2021.docx").read_bytes())
    gold = json.loads((SHARED / "gold" / "dongfeng-2021.json").read_text())["figures"]
    two, three, four = document.grids
    assert (two.columns, three.columns, four.columns) == (4, 10, 15)
    printed = [float(cell.text) for cell in three.cells if cell.text.isdigit()]
    assert printed == [v for key, v in gold.items() if key.startswith("requests/")]
    assert len(four.cells) == 2 + 7 + 10 + 15


def numbered(text: str, level: int = 0, listed: int = 1) -> str:
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{listed}"/></w:numPr>'
    return p(f"<w:pPr>{place}</w:pPr>", r(text))


def numbering(*levels: tuple[str, str], more: str = "") -> bytes:
    """One list of these levels (style and text), and what else there is."""
    described = "".join(
        f'<w:lvl w:ilvl="{n}"><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (style, text) in enumerate(levels)
    )
    return (
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="7">{described}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>{more}</w:numbering>'
    ).encode()


def test_the_numbers_of_lists_are_printed() -> None:
    lists = numbering(
        ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")
    )
    body = numbered("总体情况") + numbered("主动", 1) + numbered("甲", 2) + numbered("乙", 2)
    body += numbered("依申请", 1) + numbered("丙", 2) + p(r("文")) + numbered("改进")
    assert lines(read(body, numbering=lists)) == [
        "一、总体情况", "（一）主动", "1.甲", "2.乙", "（二）依申请", "1.丙", "文", "二、改进",
    ]  # fmt: skip


def test_a_list_may_start_anew_or_belong_to_a_style() -> None:
    more = (
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    styles = (
        f'<w:styles {NAMES}><w:style w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        "</w:pPr></w:style></w:styles>"
    )
    body = (
        numbered("a") + numbered("b", listed=2) + p('<w:pPr><w:pStyle w:val="L"/></w:pPr>', r("c"))
    )
    body += numbered("d", listed=9) + numbered("e", listed=0)
    document = read(body, numbering=numbering(("decimal", "%1"), more=more), styles=styles.encode())
    assert lines(document) == ["1 a", "5 b", "2 c", "d", "e"]


def test_a_numbered_label_and_a_numbered_cell() -> None:
    label = f"<w:tc>{numbered('属于国家秘密')}</w:tc>"
    grid = only_grid(
        read(tbl(tr(label, tc("0")), tr(label, tc("3"))), numbering=numbering(("decimal", "%1.")))
    )
    assert [cell.text for cell in grid.cells] == ["1.属于国家秘密", "0", "2.属于国家秘密", "3"]


def test_a_number_before_a_figure_is_no_part_of_it() -> None:
    cell = f"<w:tc>{numbered('5')}</w:tc>"
    grid = only_grid(read(tbl(tr(cell, cell)), numbering=numbering(("decimal", "%1."))))
    assert [cell.text for cell in grid.cells] == ["1. 5", "2. 5"]


@pytest.mark.parametrize(
    ("count", "style", "text"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCountingThousand", "十"),
        (12, "japaneseCounting", "十二"),
        (20, "chineseCounting", "二十"),
        (21, "chineseCounting", "二十一"),
        (100, "chineseCounting", "100"),
        (3, "decimalEnclosedCircle", "③"),
        (21, "decimalEnclosedCircle", "21"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (2, "ideographTraditional", "乙"),
        (7, "decimalZero", "07"),
        (7, "bullet", ""),
        (7, "unheardOf", "7"),
    ],
)
def test_numerals(count: int, style: str, text: str) -> None:
    assert numeral(count, style) == text
