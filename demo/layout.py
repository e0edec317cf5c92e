"""The three tables of the form as a report prints them: rows of cells with their spans.

The official layout is meant (merged headers, group labels down the side), since readers are judged
by how they cope with exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from demo.reports import DemoReport, form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CROSS_CHECK = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
OTHER = {"id": "other", "label": "三、本年度办理结果/（六）其他处理"}
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
ITEMS = {
    "第二十条第（一）项": ("regulations", "normative_documents"),
    "第二十条第（五）项": ("licensing", "other_services"),
    "第二十条第（六）项": ("penalties", "coercive_measures"),
    "第二十条第（八）项": ("administrative_fees",),
    "第二十条第（九）项": ("procurement",),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell where it begins; what it spans is not listed again."""

    text: str
    colspan: int = 1
    rowspan: int = 1


Row = list[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, and the widths of the grid's columns in per cent."""

    rows: Sequence[Row]
    widths: Sequence[float]


def tables(report: DemoReport) -> tuple[Table, Table, Table]:
    """The tables of sections two, three and four."""
    return _proactive(report), _requests(report), _disputes(report)


def _proactive(report: DemoReport) -> Table:
    table = form(report.edition)["tables"]["proactive"]
    by_id = {row["id"]: row for row in table["rows"]}
    rows: list[Row] = []
    for item, ids in ITEMS.items():
        held = [by_id[row] for row in ids if row in by_id]
        if not held:
            continue
        columns = held[0]["columns"]
        heads = [_word(report, table["columns"][column]) for column in columns]
        rows += [[Cell(item, colspan=4)], [Cell("信息内容"), *_spread(heads)]]
        for row in held:
            texts = report.rows[f"proactive/{row['id']}"]
            rows.append([Cell(_word(report, row["label"])), *_spread(texts)])
    return Table(rows, (28, 24, 24, 24))


def _spread(texts: Sequence[str]) -> Row:
    """One, two or three cells over three columns: the last takes what is left."""
    return [*map(Cell, texts[:-1]), Cell(texts[-1], colspan=4 - len(texts))]


def _requests(report: DemoReport) -> Table:
    heads = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
    rows: list[Row] = [
        [Cell(CROSS_CHECK, colspan=3, rowspan=3), Cell("申请人情况", colspan=7)],
        [Cell("自然人", rowspan=2), Cell("法人或其他组织", colspan=5), Cell("总计", rowspan=2)],
        [Cell(head) for head in heads],
    ]
    for labels, row in _labelled(list(_printed_rows(report))):
        rows.append([*labels, *map(Cell, report.rows[f"requests/{row}"])])
    rest = (100 - sum(report.label_widths)) / 7
    return Table(rows, (*report.label_widths, *(rest,) * 7))


def _printed_rows(report: DemoReport) -> Iterator[dict[str, Any]]:
    """The rows that the report prints, （六）其他处理 merged into one where it does that."""
    merged = report.edition == "2021" and "requests/other" in report.rows
    for row in form(report.edition)["tables"]["requests"]["rows"]:
        if row["id"] == "concluded" and merged:
            yield OTHER
        if f"requests/{row['id']}" in report.rows:
            yield row


def _labelled(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[Row, str]]:
    """Each row's label cells: a group's label stands on its first row and spans the others."""
    paths = [row["label"].split("/") for row in rows]
    size = {
        depth: {key: len(list(same)) for key, same in groupby(tuple(p[:depth]) for p in paths)}
        for depth in (1, 2)
    }
    seen: set[tuple[str, ...]] = set()
    for row, path in zip(rows, paths, strict=True):
        cells: Row = []
        for depth in range(1, len(path)):
            group = tuple(path[:depth])
            if group not in seen:
                cells.append(Cell(path[depth - 1], rowspan=size[depth][group]))
                seen.add(group)
        yield [*cells, Cell(path[-1], colspan=4 - len(path))], row["id"]


def _disputes(report: DemoReport) -> Table:
    figures = [
        text
        for row in ("review", "litigation_direct", "litigation_after_review")
        for text in report.rows[f"disputes/{row}"]
    ]
    rows: list[Row] = [
        [Cell("行政复议", colspan=5), Cell("行政诉讼", colspan=10)],
        [
            *(Cell(outcome, rowspan=2) for outcome in OUTCOMES),
            Cell("未经复议直接起诉", colspan=5),
            Cell("复议后起诉", colspan=5),
        ],
        [Cell(outcome) for outcome in OUTCOMES * 2],
        [Cell(text) for text in figures],
    ]
    return Table(rows, (100 / 15,) * 15)


def _word(report: DemoReport, official: str) -> str:
    return report.labels.get(official, official)
