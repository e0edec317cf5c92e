from __future__ import annotations

import io
import time
import zipfile

import pytest

from extract.model import Document, SheetCell
from extract.readers.number_formats import shown
from extract.readers.sheet import read_sheet

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FAR_APART = (
    '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="ZZ1048576"><v>1</v></c></row></sheetData>'
)


def xlsx(*sheets: str, texts: str = "", styles: str = "", states: tuple[str, ...] = ()) -> bytes:
    listed, targets = "", ""
    for n, _ in enumerate(sheets):
        state = f'state="{states[n]}"' if states else ""
        listed += f'<sheet name="表{n}" sheetId="{n + 1}" r:id="r{n}" {state}/>'
        targets += f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="sheet{n}.xml"/>'
    targets += f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="texts.xml"/>'
    targets += f'<Relationship Id="s" Type="{OFFICE}/styles" Target="/xl/styles.xml"/>'
    book = f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
    root = f'<Relationship Id="b" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}"/></Types>',
        )
        package.writestr("_rels/.rels", f"<Relationships {RELATIONS}>{root}</Relationships>")
        package.writestr("xl/workbook.xml", book)
        package.writestr(
            "xl/_rels/workbook.xml.rels", f"<Relationships {RELATIONS}>{targets}</Relationships>"
        )
        package.writestr("xl/texts.xml", f"<sst {MAIN}>{texts}</sst>")
        package.writestr("xl/styles.xml", f"<styleSheet {MAIN}>{styles}</styleSheet>")
        for n, sheet in enumerate(sheets):
            package.writestr(f"xl/sheet{n}.xml", f"<worksheet {MAIN}>{sheet}</worksheet>")
    return out.getvalue()


def data(*rows: str, start: int = 1) -> str:
    """Rows such as `规章|1|0`; numbers are numbers, a `~` is no cell at all."""
    xml = ""
    for at, row in enumerate(rows, start):
        xml += f'<row r="{at}">'
        for column, text in zip("ABCDEFGHIJ", row.split("|"), strict=False):
            if text.replace(".", "").isdecimal():
                xml += f'<c r="{column}{at}"><v>{text}</v></c>'
            elif text != "~":
                xml += f'<c r="{column}{at}" t="inlineStr"><is><t>{text}</t></is></c>'
        xml += "</row>"
    return f"<sheetData>{xml}</sheetData>"


def texts(document: Document) -> list[list[str]]:
    return [[cell.text for cell in grid.cells] for grid in document.grids]


def test_one_sheet_with_headings_and_tables() -> None:
    document = read_sheet(
        xlsx(
            data(
                "某区2021年政府信息公开工作年度报告",
                "二、主动公开政府信息情况",
                "第二十条第（一）项",
                "规章|1|0|17.586",
                "~",
                "三、收到和处理政府信息公开申请情况",
                "申请人情况|自然人|总计",
                "三、本年度办理结果|4|4",
                "四、结转下年度继续办理||",
            )
            + '<mergeCells><mergeCell ref="A3:D3"/></mergeCells>'
        )
    )
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "某区2021年政府信息公开工作年度报告",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
    ]
    assert texts(document) == [
        ["第二十条第（一）项", "规章", "1", "0", "17.586"],
        [
            "申请人情况",
            "自然人",
            "总计",
            "三、本年度办理结果",
            "4",
            "4",
            "四、结转下年度继续办理",
            "",
            "",
        ],
    ]
    first = document.grids[0]
    assert (first.rows, first.columns, first.cells[0].colspan) == (2, 4, 4)
    assert first.cells[4].where == (SheetCell("表0", "D4"),)


def test_merged_rows_and_an_empty_row_below_them() -> None:
    sheet = data("甲|1|2", "~|3|4", start=2) + '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    (grid,) = read_sheet(xlsx(sheet)).grids
    assert [(c.text, c.row, c.column, c.rowspan) for c in grid.cells] == [
        ("甲", 0, 0, 2), ("1", 0, 1, 1), ("2", 0, 2, 1), ("3", 1, 1, 1), ("4", 1, 2, 1),
    ]  # fmt: skip


def test_hidden_sheets_rows_and_columns_are_not_shown() -> None:
    sheet = (
        '<cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1"><c r="A1"><v>1</v></c>'
        '<c r="B1"><v>9</v></c><c r="C1"><v>2</v></c></row><row r="2" hidden="1"><c r="A2"><v>8</v>'
        '</c></row><row r="3"><c><v>3</v></c><c r="C3"><v>4</v></c></row></sheetData>'
    )
    document = read_sheet(xlsx(sheet, data("5|6"), states=("visible", "hidden")))
    assert texts(document) == [["1", "2", "3", "4"]]


def test_shared_texts_and_kinds_of_cells() -> None:
    shared = (
        "<si><t>规章</t><rPh><t>guizhang</t></rPh></si><si><r><t>1</t></r><r><rPr>"
        '<vertAlign val="superscript"/></rPr><t>2</t></r></si>'
    )
    sheet = (
        '<sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="e"><v>#DIV/0!</v></c>'
        '<c><f>A1+1</f></c><c t="b"><v>1</v></c><c t="str"><f>x</f><v>t</v></c>'
        '<c t="s"><v>77</v></c></row></sheetData>'
    )
    (grid,) = read_sheet(xlsx(sheet, texts=shared)).grids
    assert [cell.text for cell in grid.cells] == ["规章", "12", "#DIV/0!", "", "TRUE", "t", ""]
    assert [cell.doubt is not None for cell in grid.cells] == [
        False, True, False, True, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stored", "code", "text", "doubted"),
    [
        ("1382", "General", "1382", False),
        ("0.30000000000000004", "", "0.3", False),
        ("17.586", "0.000_ ", "17.586", False),
        ("2387.47225", "0.00", "2387.47", True),
        ("447228", "#,##0;[Red]-#,##0", "447228", False),
        ("12", '0"件"', "12", False),
        ("0.5", "0%", "0.5", True),
        ("44592", "yyyy-mm-dd", "44592", True),
        ("1E+30", "", "1000000000000000000000000000000", False),
        ("1E+999999", "0", "1E+999999", True),
        ("NaN", "", "NaN", True),
        ("0", "0;-0;;@", "", True),
        ("0", "#", "", True),
        ("0", '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-", True),
        ("0", '[=0]"";0', "0", True),
        ("0", "0;[Red]-0", "0", False),
        ("0", '0;-0;0"件"', "0", False),
        ("7", "0;-0;;@", "7", False),
        ("一", "", "一", True),
    ],
)
def test_numbers_as_their_format_shows_them(
    stored: str, code: str, text: str, *, doubted: bool
) -> None:
    assert shown(stored, code) == (text, shown(stored, code)[1])
    assert (shown(stored, code)[1] is not None) == doubted


def test_the_format_of_a_cell_is_found() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="176" formatCode="0.0_ "/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="176"/><xf numFmtId="14"/></cellXfs>'
    )
    row = '<c s="0"><v>1.25</v></c><c s="1"><v>1.25</v></c><c s="2"><v>44592</v></c>'
    sheet = f"<sheetData><row>{row}</row></sheetData>"
    (grid,) = read_sheet(xlsx(sheet, styles=styles)).grids
    assert [cell.text for cell in grid.cells] == ["1.25", "1.3", "44592"]
    assert [cell.doubt is not None for cell in grid.cells] == [False, True, True]


@pytest.mark.parametrize(
    "sheet",
    [
        FAR_APART,
        '<sheetData><row r="99999999999"><c><v>1</v></c></row></sheetData>',
        "<sheetData>" + "<row><c><v>1</v></c></row>" * 120_000 + "</sheetData>",
        data("1|2") + '<mergeCells><mergeCell ref="A1:ALL1000000"/></mergeCells>',
        data("1|2") + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>' * 3,
        data("1|2") + "<mergeCells>" + '<mergeCell ref="A1:B900"/>' * 30_000 + "</mergeCells>",
        data("1|2") + '<mergeCells><mergeCell ref="B2:A1"/><mergeCell ref="x"/></mergeCells>',
    ],
)
def test_hostile_sheets_end_soon(sheet: str) -> None:
    began = time.process_time()
    document = read_sheet(xlsx(sheet))
    assert time.process_time() - began < 5
    assert sum(len(grid.cells) for grid in document.grids) <= 100_000


@pytest.mark.parametrize(
    "content", [b"", b"PK\x05\x06" + bytes(18), xlsx(data("1"))[:-40], xlsx("<sheetData")]
)
def test_damaged_files_are_problems(content: bytes) -> None:
    document = read_sheet(content)
    assert document.blocks == ()
    assert document.problems


def test_zeros_that_a_sheet_does_not_show_are_blank_and_doubtful() -> None:
    view = '<sheetViews><sheetView showZeros="0"/></sheetViews>'
    cells = read_sheet(xlsx(view + data("规章|0|5"))).grids[0].cells
    assert [(c.text, bool(c.doubt)) for c in cells] == [("规章", False), ("", True), ("5", False)]


def test_white_numbers_are_doubtful() -> None:
    styles = (
        '<fonts><font/><font><color rgb="FFFFFFFF"/></font></fonts>'
        '<cellXfs><xf/><xf fontId="1"/><xf fontId="1" fillId="2"/></cellXfs>'
    )
    row = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1"><v>2</v></c><c r="C1" s="2"><v>3</v></c>'
    )
    sheet = f"<sheetData>{row}</row></sheetData>"
    cells = read_sheet(xlsx(sheet, styles=styles)).grids[0].cells
    assert [bool(c.doubt) for c in cells] == [False, True, False]


def test_rows_without_height_and_columns_without_width_are_not_shown() -> None:
    sheet = '<cols><col min="2" max="2" width="0"/></cols>' + data("规章|9|5", "甲|1|2", "乙|1|3")
    sheet = sheet.replace('<row r="2">', '<row r="2" ht="0" customHeight="1">')
    (grid,) = read_sheet(xlsx(sheet)).grids
    assert [c.text for c in grid.cells] == ["规章", "5", "乙", "3"]
