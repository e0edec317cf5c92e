"""Builds documents with the form's tables out of rows, as a reader would deliver them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extract.forms import Form, FormTable, forms
from extract.model import Cell, Document, Figure, Grid, Paragraph, TableCell

if TYPE_CHECKING:
    from extract.recognise import Recognition

Key = tuple[str, str, str]
Values = Callable[[Key], str]


@dataclass(frozen=True)
class Td:
    """A table cell as HTML has it: text and spans, its place following from what is before."""

    text: str
    rowspan: int = 1
    colspan: int = 1


Rows = list[list[Td]]


def grid(rows: Sequence[Sequence[Td]], number: int = 1) -> Grid:
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        column = 0
        for td in row:
            while (r, column) in taken:
                column += 1
            height = min(td.rowspan, len(rows) - r)
            taken |= {(r + i, column + j) for i in range(height) for j in range(td.colspan)}
            where = (TableCell(number, r + 1, column + 1),)
            cells.append(Cell(td.text, r, column, height, td.colspan, where))
            column += td.colspan
    width = max((c.column + c.colspan for c in cells), default=0)
    return Grid(len(rows), width, tuple(cells))


def document(*tables: Sequence[Sequence[Td]] | Grid, text: Sequence[str] = ()) -> Document:
    paragraphs = tuple(Paragraph(line) for line in text)
    grids = (t if isinstance(t, Grid) else grid(t, n) for n, t in enumerate(tables, 1))
    return Document("text/html", (*paragraphs, *grids))


def split(rows: Sequence[Sequence[Td]], at: int) -> tuple[Grid, Grid]:
    """The table in two, as a page break leaves it: a cell over both parts keeps its text above."""
    whole = grid(rows)
    upper = [replace(c, rowspan=min(c.rowspan, at - c.row)) for c in whole.cells if c.row < at]
    lower = [
        replace(c, row=c.row - at)
        if c.row >= at
        else replace(c, text="", row=0, rowspan=c.row + c.rowspan - at)
        for c in whole.cells
        if c.row + c.rowspan > at
    ]
    lower.sort(key=lambda c: (c.row, c.column))
    return (
        Grid(at, whole.columns, tuple(upper)),
        Grid(whole.rows - at, whole.columns, tuple(lower)),
    )


def below(grids: Grid, head: Sequence[Sequence[Td]]) -> Grid:
    """The grid with header rows above it."""
    top = grid(head)
    cells = (*top.cells, *(replace(c, row=c.row + top.rows) for c in grids.cells))
    return Grid(top.rows + grids.rows, max(top.columns, grids.columns), cells)


def proactive_2021(v: Values) -> Rows:
    def row(label: str, row_id: str, columns: Sequence[str]) -> list[Td]:
        span = 3 if len(columns) == 1 else 1
        return [Td(label), *(Td(v(("proactive", row_id, c)), colspan=span) for c in columns)]

    three = ("issued", "repealed", "in_force")
    return [
        [Td("第二十条第（一）项", colspan=4)],
        [Td("信息内容"), Td("本年制发件数"), Td("本年废止件数"), Td("现行有效件数")],
        row("规章", "regulations", three),
        row("行政规范性文件", "normative_documents", three),
        [Td("第二十条第（五）项", colspan=4)],
        [Td("信息内容"), Td("本年处理决定数量", colspan=3)],
        row("行政许可", "licensing", ("decisions",)),
        [Td("第二十条第（六）项", colspan=4)],
        [Td("信息内容"), Td("本年处理决定数量", colspan=3)],
        row("行政处罚", "penalties", ("decisions",)),
        row("行政强制", "coercive_measures", ("decisions",)),
        [Td("第二十条第（八）项", colspan=4)],
        [Td("信息内容"), Td("本年收费金额（单位：万元）", colspan=3)],
        row("行政事业性收费", "administrative_fees", ("amount",)),
    ]


def proactive_2019(v: Values) -> Rows:
    def row(label: str, row_id: str) -> list[Td]:
        columns = table.row(row_id).columns
        span = 1 if len(columns) == 3 else (3 if len(columns) == 1 else 1)
        cells = [Td(v(("proactive", row_id, c)), colspan=span) for c in columns]
        if len(columns) == 2:
            cells[1] = replace(cells[1], colspan=2)
        return [Td(label), *cells]

    table = forms()["2019"].tables["proactive"]
    items = [Td("信息内容"), Td("上一年项目数量"), Td("本年增/减"), Td("处理决定数量")]
    return [
        [Td("第二十条第（一）项", colspan=4)],
        [Td("信息内容"), Td("本年新制作数量"), Td("本年新公开数量"), Td("对外公开总数量")],
        row("规章", "regulations"),
        row("规范性文件", "normative_documents"),
        [Td("第二十条第（五）项", colspan=4)],
        items,
        row("行政许可", "licensing"),
        row("其他对外管理服务事项", "other_services"),
        [Td("第二十条第（六）项", colspan=4)],
        items,
        row("行政处罚", "penalties"),
        row("行政强制", "coercive_measures"),
        [Td("第二十条第（八）项", colspan=4)],
        [Td("信息内容"), Td("上一年项目数量"), Td("本年增/减", colspan=2)],
        row("行政事业性收费", "administrative_fees"),
        [Td("第二十条第（九）项", colspan=4)],
        [Td("信息内容"), Td("采购项目数量"), Td("采购总金额", colspan=2)],
        row("政府集中采购", "procurement"),
    ]


REQUESTS_HEADER: Rows = [
    [Td("（本列数据的勾稽关系为：…）", 3, 3), Td("申请人情况", colspan=7)],
    [Td("自然人", 2), Td("法人或其他组织", colspan=5), Td("总计", 2)],
    [Td("商业企业"), Td("科研机构"), Td("社会公益组织"), Td("法律服务机构"), Td("其他")],
]


def requests_rows(v: Values, table: FormTable) -> Rows:
    """The rows of table three below its header, groups as cells over several rows."""
    rows: Rows = []
    heads: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        for depth in range(1, len(row.label)):
            heads[row.label[:depth]] = heads.get(row.label[:depth], 0) + 1
    begun: set[tuple[str, ...]] = set()
    for row in table.rows:
        line = []
        for depth in range(1, len(row.label)):
            group = row.label[:depth]
            if group not in begun:
                begun.add(group)
                line.append(Td(group[-1], heads[group]))
        line.append(Td(row.label[-1], colspan=4 - len(row.label)))
        line += [Td(v(("requests", row.id, c))) for c in row.columns]
        rows.append(line)
    return rows


def disputes_rows(v: Values, table: FormTable) -> Rows:
    five = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    return [
        [Td("行政复议", colspan=5), Td("行政诉讼", colspan=10)],
        [
            *(Td(label, 2) for label in five),
            Td("未经复议直接起诉", colspan=5),
            Td("复议后起诉", colspan=5),
        ],
        [Td(label) for label in five * 2],
        [Td(v(("disputes", row.id, c))) for row in table.rows for c in row.columns],
    ]


def tables(form: Form, v: Values) -> list[Rows]:
    proactive = proactive_2021 if form.edition == "2021" else proactive_2019
    return [
        proactive(v),
        [*REQUESTS_HEADER, *requests_rows(v, form.tables["requests"])],
        disputes_rows(v, form.tables["disputes"]),
    ]


def numbered(form: Form) -> dict[Key, str]:
    """A different number for every figure, so that none can stand in another's place unseen."""
    return {key: str(1000 + n) for n, key in enumerate(form.keys)}


FORM = forms()["2021"]


def figures(found: Recognition) -> dict[Key, Figure]:
    assert len({f.key for f in found.figures}) == len(found.figures)
    return {(f.table, f.row, f.column): f for f in found.figures}


def printed(found: Recognition) -> dict[Key, str | None]:
    return {k: f.printed for k, f in figures(found).items() if f.status == "printed"}


def doubted(found: Recognition) -> set[Key]:
    return {k for k, f in figures(found).items() if f.doubt} | set(found.open_doubts or {})


def built(form: Form = FORM) -> tuple[list[Rows], dict[Key, str]]:
    truth = numbered(form)
    return tables(form, truth.__getitem__), truth


def row_at(rows: Rows, label: str) -> int:
    return next(n for n, row in enumerate(rows) if any(td.text == label for td in row))


def lengthen(rows: Rows, labels: tuple[str, ...]) -> None:
    """Let group labels cover one row more."""
    for row in rows:
        row[:] = [Td(td.text, td.rowspan + (td.text in labels), td.colspan) for td in row]
