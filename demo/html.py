"""A demonstration report as a web page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from demo.layout import Cell, Table, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.reports import DemoReport

STYLE = (
    "table{border-collapse:collapse;width:100%;margin:.6em 0}"
    "td{border:1px solid #333;padding:3px 4px;text-align:center;font-size:14px}"
    "h1{text-align:center;font-size:22px;font-weight:400}h2{font-size:17px;font-weight:400}.notice{color:#a33;font-size:13px}"
    ".signature{text-align:right}"
)


def page(report: DemoReport) -> str:
    """The report as a complete page; what stands in its body is `body(report)`."""
    title = escape("".join(report.title))
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>\n<body>\n{body(report)}\n</body>\n</html>\n"
    )


def body(report: DemoReport, shown: Sequence[Table] | None = None) -> str:
    """Title, notice, six sections with the tables, signature: one element a line.

    `shown` replaces the form's own tables; what is more than three stands in section three.
    """
    first, *second, third = map(table_html, shown or tables(report))
    headings = [f"<h2>{escape(heading)}</h2>" for heading in report.headings]
    lines = [
        f"<h1>{'<br>'.join(map(escape, report.title))}</h1>",
        f'<p class="notice">{escape(report.notice)}</p>',
        _p(report.opening()),
        *(headings[0], _p(report.section(1))),
        *(headings[1], first, headings[2], *second, headings[3], third),
        *(headings[4], _p(report.section(5)), headings[5], _p(report.section(6))),
    ]
    if report.dated:
        lines += [f'<p class="signature">{escape(report.publisher or "")}<br>{report.dated}</p>']
    return "\n".join(lines)


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def table_html(table: Table) -> str:
    """A table with its spans, one row a line."""
    columns = "".join(f'<col style="width:{width:.3g}%">' for width in table.widths)
    rows = "\n".join(f"<tr>{''.join(map(_td, row))}</tr>" for row in table.rows)
    return f"<table><colgroup>{columns}</colgroup>\n{rows}\n</table>"


def _td(cell: Cell) -> str:
    spans = "".join(
        f' {name}="{value}"'
        for name, value in (("colspan", cell.colspan), ("rowspan", cell.rowspan))
        if value > 1
    )
    return f"<td{spans}>{escape(cell.text)}</td>"
