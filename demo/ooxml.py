"""A demonstration report as a Word document (.docx), written as the XML it is.

Written by hand because the same report must give the same bytes, and a library's template brings
its own author, dates and styles.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from demo.layout import Cell, Table, tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from demo.reports import DemoReport

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TEXT_WIDTH = 9000
"""Width of the text on the page, in twentieths of a point."""

PARTS = {
    "[Content_Types].xml": (
        f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
    ),
}


def docx(report: DemoReport, *, size: int = 28, shown: Sequence[Table] | None = None) -> bytes:
    """The report as a .docx file.

    Args:
        report: What it says.
        size: Size of the running text, in half points.
        shown: Tables in place of the form's own three; further ones stand in section three.
    """
    parts = {**PARTS, "word/document.xml": _document(report, size, shown or tables(report))}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in parts.items():
            # A fixed date, because a file that changes each time it is made cannot be compared.
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            package.writestr(info, text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _document(report: DemoReport, size: int, shown: Sequence[Table]) -> str:
    first, *second, third = map(_table, shown)
    headings = [_p(heading, size, bold=True) for heading in report.headings]
    blocks = [
        *(_p(line, size + 8, align="center", bold=True) for line in report.title),
        _p(report.notice, 18, align="center"),
        _p(report.opening(), size),
        *(headings[0], _p(report.section(1), size)),
        *(headings[1], first, headings[2], *second, headings[3], third),
        *(headings[4], _p(report.section(5), size), headings[5], _p(report.section(6), size)),
    ]
    if report.dated:
        blocks += [_p(line, size, align="right") for line in (report.publisher or "", report.dated)]
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1450" '
        'w:bottom="1440" w:left="1450" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>'
    )
    return f'{XML}<w:document xmlns:w="{W}"><w:body>{"".join(blocks)}{page}</w:body></w:document>'


def _p(text: str, size: int, *, align: str = "both", bold: bool = False) -> str:
    font = '<w:rFonts w:ascii="Noto Serif CJK SC" w:eastAsia="Noto Serif CJK SC"/>'
    weight = "<w:b/>" if bold else ""
    spacing = '<w:spacing w:before="60" w:after="60"/>' if align != "cell" else ""
    return (
        f'<w:p><w:pPr>{spacing}<w:jc w:val="{align if align != "cell" else "center"}"/></w:pPr>'
        f'<w:r><w:rPr>{font}{weight}<w:sz w:val="{size}"/></w:rPr>'
        f"<w:t>{escape(text)}</w:t></w:r></w:p>"
    )


def _table(table: Table) -> str:
    widths = [round(TEXT_WIDTH * width / 100) for width in table.widths]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    properties = (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/></w:tblPr>'
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in _rows(table, widths))
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _rows(table: Table, widths: list[int]) -> Iterator[list[str]]:
    """The rows with the cells that Word wants in place of what a cell above spans."""
    open_spans: dict[int, tuple[Cell, int]] = {}
    for row in table.rows:
        cells, column, own = [], 0, iter(row)
        while column < len(widths):
            above, left = open_spans.pop(column, (None, 0))
            cell = above or next(own)
            merge = "continue" if above else "restart" if cell.rowspan > 1 else None
            remaining = (left if above else cell.rowspan) - 1
            if remaining:
                open_spans[column] = (cell, remaining)
            width = sum(widths[column : column + cell.colspan])
            cells.append(_tc("" if above else cell.text, width, cell.colspan, merge))
            column += cell.colspan
        yield cells


def _tc(text: str, width: int, colspan: int, merge: str | None) -> str:
    span = f'<w:gridSpan w:val="{colspan}"/>' if colspan > 1 else ""
    down = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{down}'
        f'<w:vAlign w:val="center"/></w:tcPr>{_p(text, 18, align="cell")}</w:tc>'
    )
