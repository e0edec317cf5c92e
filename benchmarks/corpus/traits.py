"""Irregularities seen in real reports, each a small change to a report or to one of its tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo.layout import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from demo.reports import DemoReport

ReportTrait = "Callable[[DemoReport, Random], DemoReport]"
Tables = "list[Table]"

OTHER = ("other_not_corrected", "other_fee_unpaid", "other_other")
LABELS = {
    "本年废止件数": ("本年度止件数", "本年废止数", "本年废止 件数"),
    "本年制发件数": ("本年发件", "本年制发件", "本 年 制 发 件 数"),
    "现行有效件数": ("现行有效件", "现行有效数"),
    "行政规范性文件": ("规范性文件",),
}


def _rows(report: DemoReport, changed: dict[str, list[str]]) -> DemoReport:
    return replace(report, rows={**report.rows, **changed})


def plain(report: DemoReport, _: Random) -> DemoReport:
    """The form as it should be."""
    return report


def labels(report: DemoReport, rng: Random) -> DemoReport:
    """Labels worded otherwise than the official form's."""
    chosen = {key: rng.choice(words) for key, words in LABELS.items() if rng.random() < 0.7}
    return replace(report, labels=chosen)


def merged_other(report: DemoReport, _: Random) -> DemoReport:
    """（六）其他处理 printed as one row instead of three."""
    if report.edition != "2021":
        return report
    rows = {key: list(cells) for key, cells in report.rows.items()}
    parts = [rows.pop(f"requests/{row}") for row in OTHER]
    rows["requests/other"] = [str(sum(map(int, cells))) for cells in zip(*parts, strict=True)]
    return replace(report, rows=rows)


def blanks(report: DemoReport, rng: Random) -> DemoReport:
    """Zeros left blank, in some rows or in all."""
    share = rng.choice((0.3, 1.0))
    return _rows(
        report,
        {
            key: ["" if cell == "0" else cell for cell in cells]
            for key, cells in report.rows.items()
            if rng.random() < share
        },
    )


def marks(report: DemoReport, rng: Random) -> DemoReport:
    """Zeros printed as / — -- or 无."""
    mark = rng.choice(("/", "—", "--", "无", "-"))
    return _rows(
        report,
        {
            key: [mark if cell == "0" else cell for cell in cells]
            for key, cells in report.rows.items()
            if rng.random() < 0.4
        },
    )


def styled_numbers(report: DemoReport, rng: Random) -> DemoReport:
    """Thousands separated, full-width digits, a unit inside the cell."""
    style: Callable[[str], str] = rng.choice(
        (
            lambda cell: f"{int(cell):,}" if cell.isdigit() else cell,
            lambda cell: cell.translate({48 + d: 0xFF10 + d for d in range(10)}),
        )
    )
    changed = {key: [style(cell) for cell in cells] for key, cells in report.rows.items()}
    fee = report.rows["proactive/administrative_fees"]
    if report.edition == "2021" and rng.random() < 0.5:
        changed["proactive/administrative_fees"] = [f"{fee[0]}万元"]
    return _rows(report, changed)


def mistake(report: DemoReport, rng: Random) -> DemoReport:
    """Totals that do not add up, as published: they must stay as printed."""
    row = rng.choice(("requests/concluded", "disputes/review", "requests/received"))
    cells = list(report.rows[row])
    cells[-1] = str(int(cells[-1]) + rng.choice((1, -1, 10)))
    if cells[-1].startswith("-"):
        cells[-1] = "2"
    return _rows(report, {row: cells})


def no_disputes(report: DemoReport, _: Random) -> DemoReport:
    """A report without table four."""
    return replace(
        report, rows={k: v for k, v in report.rows.items() if not k.startswith("disputes/")}
    )


REPORT_TRAITS: dict[str, Callable[[DemoReport, Random], DemoReport]] = {
    trait.__name__: trait
    for trait in (plain, labels, merged_other, blanks, marks, styled_numbers, mistake)
}


# --- tables ------------------------------------------------------------------------------------


def as_is(tables: Sequence[Table], _: Random) -> list[Table]:
    """The tables as the form lays them out."""
    return list(tables)


def split_repeating(tables: Sequence[Table], rng: Random) -> list[Table]:
    """Table three in two tables, its header repeated on the second."""
    first, third, fourth = tables
    return [first, *_split(third, rng, repeat=True), fourth]


def split_bare(tables: Sequence[Table], rng: Random) -> list[Table]:
    """Table three in two tables, the second without a header."""
    first, third, fourth = tables
    return [first, *_split(third, rng, repeat=False), fourth]


def _split(table: Table, rng: Random, *, repeat: bool) -> list[Table]:
    head = 3
    starts = _group_starts(table)
    at = rng.choice([start for start in starts if start > head + 4])
    above, below = list(table.rows[:at]), list(table.rows[at:])
    if any(row[0].text.startswith("三、") for row in above):
        # The outermost label spans both halves: the second half begins with an empty cell.
        above = _shorten(above)
        span = sum(1 for row in below if not row[-8].text.startswith("四、"))
        below[0] = [Cell("", rowspan=span), *below[0]]
    return [
        Table(above, table.widths),
        Table([*(table.rows[:head] if repeat else ()), *below], table.widths),
    ]


def _group_starts(table: Table) -> list[int]:
    """Rows where a group of the second level begins, so that no label but the outermost spans."""
    return [
        index
        for index, row in enumerate(table.rows)
        if index and row[0].text.startswith(("（三）", "（四）", "（五）", "（六）"))
    ]


def _shorten(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Cut the outermost label's span to the rows that are left."""
    out = []
    for index, row in enumerate(rows):
        first = row[0]
        if first.text.startswith("三、"):
            row = [replace(first, rowspan=len(rows) - index), *row[1:]]  # noqa: PLW2901
        out.append(row)
    return out


def extra_column(tables: Sequence[Table], _: Random) -> list[Table]:
    """An empty column at the right of table three."""
    first, third, fourth = tables
    rows = [[*row, Cell("")] for row in third.rows]
    return [first, Table(rows, (*third.widths, 3.0)), fourth]


def bare_disputes(tables: Sequence[Table], _: Random) -> list[Table]:
    """Table four without the header row 行政复议 / 行政诉讼."""
    first, third, fourth = tables
    return [first, third, Table(fourth.rows[1:], fourth.widths)]


def cut_label(tables: Sequence[Table], rng: Random) -> list[Table]:
    """A row label cut in two: its end stands alone in a row of its own, as page breaks leave it."""
    first, third, fourth = tables
    rows: list[list[Cell]] = []
    candidates = [
        i for i, row in enumerate(third.rows) if len(row) == 8 and row[0].text[:1].isdigit()
    ]
    at = rng.choice(candidates)
    label = third.rows[at][0]
    cut = len(label.text) - 2
    grown = _grow_spans(third.rows, at)
    for index, row in enumerate(grown):
        if index == at:
            rows.append([replace(label, text=label.text[:cut]), *row[1:]])
            rows.append([replace(label, text=label.text[cut:]), *(Cell("") for _ in range(7))])
        else:
            rows.append(list(row))
    return [first, Table(rows, third.widths), fourth]


def _grow_spans(rows: Sequence[Sequence[Cell]], at: int) -> list[list[Cell]]:
    """The rows with every label that spans row `at` made one row longer."""
    out: list[list[Cell]] = []
    for index, row in enumerate(rows):
        out.append(
            [
                replace(cell, rowspan=cell.rowspan + 1)
                if cell.rowspan > 1 and index <= at < index + cell.rowspan
                else cell
                for cell in row
            ]
        )
    return out


TABLE_TRAITS: dict[str, Callable[[Sequence[Table], Random], list[Table]]] = {
    trait.__name__: trait
    for trait in (as_is, split_repeating, split_bare, extra_column, bare_disputes, cut_label)
}
