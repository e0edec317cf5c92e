from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from demo.layout import tables
from demo.reports import FIGURES, DemoReport, form, load

NAMES = sorted(path.name.removesuffix(".json") for path in FIGURES.iterdir())
GOLD = Path(__file__).parents[2].parent / "shared" / "gold"
INVENTED = [name for name in NAMES if load(name).invented]


def numbers(report: DemoReport, row: str) -> list[Decimal]:
    return [Decimal(text.replace(",", "")) for text in report.rows[row]]


def failing(report: DemoReport) -> list[str]:
    """The cells at which the form's own relations do not hold."""
    ids = [row["id"] for row in form(report.edition)["tables"]["requests"]["rows"]]
    value = {row: numbers(report, f"requests/{row}") for row in ids}
    details = [
        row for row in ids if row not in {"received", "carried_in", "concluded", "carried_out"}
    ]
    found = [f"requests/{row}/total" for row in ids if sum(value[row][:-1]) != value[row][-1]]
    for column in range(7):
        done = value["concluded"][column]
        if sum(value[row][column] for row in details) != done:
            found.append(f"requests/concluded/{column}")
        if (
            value["received"][column] + value["carried_in"][column]
            != done + value["carried_out"][column]
        ):
            found.append(f"requests/received/{column}")
    for row in ("review", "litigation_direct", "litigation_after_review"):
        *parts, total = numbers(report, f"disputes/{row}")
        if sum(parts) != total:
            found.append(f"disputes/{row}/total")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_report_fills_every_cell_of_its_form(name: str) -> None:
    report = load(name)
    assert len(report.printed()) == {"2019": 198, "2021": 200}[report.edition]
    assert len(report.headings) == 6
    assert report.source


@pytest.mark.parametrize("name", NAMES)
def test_the_tables_cover_their_grid_without_gap_or_overlap(name: str) -> None:
    for table in tables(load(name)):
        taken: set[tuple[int, int]] = set()
        for top, row in enumerate(table.rows):
            column = 0
            for cell in row:
                while (top, column) in taken:
                    column += 1
                slots = {
                    (top + down, column + right)
                    for down in range(cell.rowspan)
                    for right in range(cell.colspan)
                }
                assert not slots & taken
                taken |= slots
        assert taken == {(r, c) for r in range(len(table.rows)) for c in range(len(table.widths))}
        assert sum(table.widths) == pytest.approx(100)


@pytest.mark.parametrize("name", INVENTED)
def test_invented_figures_obey_the_form_except_for_the_mistake_made_on_purpose(name: str) -> None:
    assert failing(load(name)) == (["disputes/review/total"] if name == "shifan-2023" else [])


def test_invented_years_follow_from_each_other_and_from_the_unnamed_report_between() -> None:
    years = [load(name) for name in ("shifan-2020", "unnamed-2021", "shifan-2022", "shifan-2023")]
    for before, after in pairwise(years):
        assert before.rows["requests/carried_out"] == after.rows["requests/carried_in"]
    for before, after in pairwise(years[1:]):
        issued, repealed, in_force = numbers(after, "proactive/normative_documents")
        assert in_force == numbers(before, "proactive/normative_documents")[2] + issued - repealed


@pytest.mark.parametrize("name", [name for name in NAMES if name not in INVENTED])
def test_real_reports_carry_exactly_the_published_figures(name: str) -> None:
    path = GOLD / f"{name}.json"
    if not path.exists():
        pytest.skip("no published figures to compare with")
    gold = json.loads(path.read_text(encoding="utf-8"))
    printed = {key: Decimal(text) if text else None for key, text in load(name).printed().items()}
    published = {
        key: None if value is None else Decimal(str(value))
        for key, value in gold["figures"].items()
    }
    assert printed == published
    assert (load(name).publisher, load(name).place) == (gold["publisher"], gold["place"])


def test_a_report_without_a_publisher_names_no_district() -> None:
    report = load("unnamed-2021")
    text = "".join(
        [*report.title, report.opening(), *map(report.section, (1, 5, 6)), report.notice]
    )
    assert report.publisher is None
    assert "区人民政府" not in text
    assert "示范区" not in text
