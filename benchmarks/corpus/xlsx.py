"""An invented report as a spreadsheet (.xlsx), written as the XML it is.

Title and headings stand in rows of their own, the tables below each other, numbers are numbers.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.layout import Table
    from demo.reports import DemoReport

XML = '<?xml version="1.0"?>'
SCHEMAS = "http://schemas.openxmlformats.org"
MAIN = f"{SCHEMAS}/spreadsheetml/2006/main"
OFFICE = f"{SCHEMAS}/officeDocument/2006/relationships"
RELATIONSHIPS = f"{SCHEMAS}/package/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PARTS = {
    "[Content_Types].xml": (
        f'{XML}<Types xmlns="{SCHEMAS}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/><Override '
        f'PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{XML}<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="年报" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{XML}<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def sheet(report: DemoReport, shown: Sequence[Table]) -> bytes:
    """The report as .xlsx: title and headings in rows of their own, the tables below each other."""
    rows: list[str] = []
    merges: list[str] = []

    def line(text: str) -> None:
        rows.append(f'<row r="{len(rows) + 1}">{_c(text, 0, len(rows))}</row>')

    for text in (*report.title, report.notice, report.opening()):
        line(text)
    for index, table in enumerate(shown):
        line(report.headings[1 if index == 0 else 3 if index == len(shown) - 1 else 2])
        _sheet_table(table, rows, merges)
    content = (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData>'
        f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells></worksheet>'
    )
    parts = {**PARTS, "xl/worksheets/sheet1.xml": content}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return buffer.getvalue()


def _sheet_table(table: Table, rows: list[str], merges: list[str]) -> None:
    taken: set[tuple[int, int]] = set()
    for cells in table.rows:
        at, column, xml = len(rows), 0, []
        for cell in cells:
            while (at, column) in taken:
                column += 1
            xml.append(_c(cell.text, column, at))
            taken |= {
                (at + down, column + across)
                for down in range(cell.rowspan)
                for across in range(cell.colspan)
            }
            if cell.rowspan * cell.colspan > 1:
                end = _address(column + cell.colspan - 1, at + cell.rowspan - 1)
                merges.append(f'<mergeCell ref="{_address(column, at)}:{end}"/>')
            column += cell.colspan
        rows.append(f'<row r="{at + 1}">{"".join(xml)}</row>')


def _c(text: str, column: int, row: int) -> str:
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return f'<c r="{_address(column, row)}"><v>{text}</v></c>'
    return f'<c r="{_address(column, row)}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _address(column: int, row: int) -> str:
    return f"{chr(65 + column)}{row + 1}"
