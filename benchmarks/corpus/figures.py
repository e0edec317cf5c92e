"""Figures of invented districts, consistent as the form demands, or off by what a mistake makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo.reports import DemoReport, form

if TYPE_CHECKING:
    from random import Random

APPLICANTS = 6
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
NAMES = ("示范区", "样例区", "例示县", "试作市", "演示区", "模范县")


def random_report(rng: Random, edition: str = "2021") -> DemoReport:
    """A report of an invented district with random figures on the form of `edition`."""
    name = rng.choice(NAMES)
    year = rng.randint(2019, 2020) if edition == "2019" else rng.randint(2021, 2025)
    rows = _proactive(rng, edition) | _requests(rng, edition) | _disputes(rng)
    return DemoReport(
        source="invented",
        publisher=f"{name}人民政府",
        place=name,
        year=year,
        edition=edition,
        title=[f"{name}{year}年政府信息公开工作年度报告"],
        headings=HEADINGS,
        rows={key: [str(value) for value in values] for key, values in rows.items()},
        dated=f"{year + 1}年1月{rng.randint(5, 31)}日",
        label_widths=rng.choice(((9, 11, 24), (7, 9, 30), (12, 12, 20))),
        invented=True,
    )


def _count(rng: Random) -> int:
    """A count as reports have them: often 0, mostly small, now and then large."""
    return rng.choice(
        (0, 0, 0, rng.randint(1, 9), rng.randint(10, 99), rng.randint(100, 9999))
        + (rng.randint(10_000, 999_999),) * (rng.random() < 0.3)
    )


def _proactive(rng: Random, edition: str) -> dict[str, list[Any]]:
    table = form(edition)["tables"]["proactive"]
    rows: dict[str, list[Any]] = {}
    for row in table["rows"]:
        rows[f"proactive/{row['id']}"] = [_count(rng) for _ in row["columns"]]
    if edition == "2021":
        amount = rng.choice((0, rng.randint(1, 9999), round(rng.uniform(0.01, 9999), 5)))
        rows["proactive/administrative_fees"] = [amount]
    return rows


def _requests(rng: Random, edition: str) -> dict[str, list[Any]]:
    ids = [row["id"] for row in form(edition)["tables"]["requests"]["rows"]]
    details = [
        row for row in ids if row not in {"received", "carried_in", "concluded", "carried_out"}
    ]
    columns: list[dict[str, int]] = []
    busy = rng.choice((3, 30, 3000))
    for _ in range(APPLICANTS):
        column = dict.fromkeys(ids, 0)
        for row in details:
            if rng.random() < 0.35:
                column[row] = rng.randint(1, busy)
        column["concluded"] = sum(column[row] for row in details)
        column["carried_out"] = rng.choice((0, 0, rng.randint(1, 20)))
        balance = column["concluded"] + column["carried_out"]
        column["carried_in"] = rng.randint(0, min(balance, 15))
        column["received"] = balance - column["carried_in"]
        columns.append(column)
    return {
        f"requests/{row}": [*(c[row] for c in columns), sum(c[row] for c in columns)] for row in ids
    }


def _disputes(rng: Random) -> dict[str, list[Any]]:
    rows = {}
    for row in ("review", "litigation_direct", "litigation_after_review"):
        values = [rng.choice((0, 0, rng.randint(1, 9), rng.randint(10, 120))) for _ in range(4)]
        rows[f"disputes/{row}"] = [*values, sum(values)]
    return rows
