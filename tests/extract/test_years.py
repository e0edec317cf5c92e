"""A report's figures against those of the year before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from extract.model import Figure, Status
from extract.years import compare_years

ROWS = (
    "requests/carried_in/total",
    "requests/carried_out/total",
    "proactive/regulations/in_force",
    "proactive/regulations/issued",
    "proactive/regulations/repealed",
)


def figures(*values: int | None, doubt: str | None = None) -> list[Figure]:
    """Figures of the rows above; None is an empty cell."""
    found = []
    for key, value in zip(ROWS, values, strict=False):
        table, row, column = key.split("/")
        status: Status = "blank" if value is None else "printed"
        number = None if value is None else Decimal(value)
        found.append(Figure(table, row, column, status, number, str(value), doubt=doubt))
    return found


def tried(last: list[Figure], now: list[Figure], last_edition: str = "2021") -> dict[str, Any]:
    found = compare_years(last_edition, last, "2021", now)
    return {c.at: (c.status, c.left, c.right) for c in found}


def test_what_was_carried_over_is_carried_in() -> None:
    assert tried(figures(0, 3), figures(3)) == {ROWS[0]: ("holds", 3, 3)}
    assert tried(figures(0, 3), figures(2)) == {ROWS[0]: ("fails", 3, 2)}
    assert tried(figures(0, 3), figures(3), "2019") == {ROWS[0]: ("holds", 3, 3)}


def test_what_is_in_force() -> None:
    last, now = figures(0, 0, 10, 0, 0), figures(0, 0, 11, 3, 2)
    assert tried(last, now)[ROWS[2]] == ("holds", 11, 11)
    assert ROWS[2] not in tried(last, now, "2019")


def test_what_is_missing_or_doubtful_is_open() -> None:
    assert tried(figures(0, None), figures(3)) == {ROWS[0]: ("unknown", None, 3)}
    assert tried(figures(0, 3), figures(None)) == {ROWS[0]: ("unknown", 3, None)}
    assert tried([], figures(3)) == {ROWS[0]: ("unknown", None, 3)}
    for status in (3, 2):
        doubted = tried(figures(0, 3, doubt="blurred"), figures(status))
        assert doubted[ROWS[0]][0] == "unknown"


def test_a_cell_that_is_not_there_is_not_asked_after() -> None:
    absent = [Figure("requests", "carried_in", "total", "absent")]
    assert tried(figures(0, 3), absent) == {}


def test_forms_without_a_year_before_have_no_such_relation() -> None:
    assert compare_years("2008", figures(0, 3), "2021", figures(3)) == ()
    assert compare_years("2021", figures(0, 3), "2008", figures(3)) == ()
    assert compare_years(None, [], None, []) == ()
