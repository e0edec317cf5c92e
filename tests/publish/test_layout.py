from __future__ import annotations

from typing import Any

import pytest

from extract.forms import forms
from publish.labels import figure_labels
from publish.site.layout import Head, Key, Table, Value, tables, value

EDITIONS = sorted(forms())


def figure(printed: str | None = "7", status: str = "printed", **given: Any) -> Any:
    return {"printed": printed, "status": status, "doubt": None, "label": None, **given}


def full(edition: str) -> dict[Key, Any]:
    return {key: figure(str(number)) for number, key in enumerate(forms()[edition].keys)}


def slots(table: Table) -> list[list[Head | Value]]:
    """The cell over every slot of the printed table, spans spread out."""
    grid: list[dict[int, Head | Value]] = [{} for _ in table.rows]
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while column in grid[number]:
                column += 1
            for down in range(getattr(cell, "rowspan", 1)):
                for across in range(cell.colspan):
                    assert column + across not in grid[number + down], "two cells in one slot"
                    grid[number + down][column + across] = cell
            column += cell.colspan
    return [[line[n] for n in sorted(line)] for line in grid]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_row_of_a_printed_table_is_equally_wide(edition: str) -> None:
    for table in tables(forms()[edition], full(edition), set()):
        widths = {len(line) for line in slots(table)}
        assert len(widths) == 1, (table.id, widths)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_figure_of_the_form_is_printed_once_in_its_order(edition: str) -> None:
    found = [
        cell
        for table in tables(forms()[edition], full(edition), set())
        for row in table.rows
        for cell in row
        if isinstance(cell, Value)
    ]
    assert [cell.key for cell in found] == list(forms()[edition].keys)
    assert [cell.text for cell in found] == [str(number) for number in range(len(found))]


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_figure_stands_under_and_beside_its_own_labels(edition: str) -> None:
    for table in tables(forms()[edition], full(edition), set()):
        grid = slots(table)
        for number, line in enumerate(grid):
            for column, cell in enumerate(line):
                if not isinstance(cell, Value):
                    continue
                beside = [c.label.zh for c in line if isinstance(c, Head)]
                above = [
                    upper[column].label.zh  # type: ignore[union-attr]
                    for upper in grid[:number]
                    if isinstance(upper[column], Head)
                ]
                if table.id == "statistics":  # a list: its groups stand in lines of their own
                    above += [c.label.zh for upper in grid[:number] for c in upper[:1]]  # type: ignore[union-attr]
                labels = figure_labels(edition, cell.key)[1:]
                assert all(label.zh in beside + above for label in labels), cell.key


def test_a_group_printed_as_one_row_takes_its_members_place() -> None:
    figures = {key: item for key, item in full("2021").items() if not key[1].startswith("other_")}
    figures["requests", "other", "total"] = figure("3", label="（六） 其他处理")
    (table,) = [t for t in tables(forms()["2021"], figures, set()) if t.id == "requests"]
    words = [cell.label.zh for row in table.rows for cell in row if isinstance(cell, Head)]
    assert words.count("（六） 其他处理") == 1
    assert "3.其他" not in words
    keys = [cell.key for row in table.rows for cell in row if isinstance(cell, Value)]
    assert ("requests", "other", "total") in keys
    assert {len(line) for line in slots(table)} == {10}


def test_a_group_with_a_row_of_its_own_beside_its_members_loses_nothing() -> None:
    figures = full("2021") | {("requests", "denied", "total"): figure("9")}
    (table,) = [t for t in tables(forms()["2021"], figures, set()) if t.id == "requests"]
    keys = [cell.key for row in table.rows for cell in row if isinstance(cell, Value)]
    assert len(keys) == 26 * 7
    assert {len(line) for line in slots(table)} == {10}


def test_a_row_no_form_knows_stands_at_the_end_under_its_own_name() -> None:
    figures = full("2021") | {("proactive", "unheard_of", "issued"): figure()}
    (table,) = [t for t in tables(forms()["2021"], figures, set()) if t.id == "proactive"]
    assert any(cell.label.zh == "unheard_of" for cell in table.rows[-1] if isinstance(cell, Head))


@pytest.mark.parametrize(
    ("status", "printed", "text"),
    [
        ("printed", "447,228", "447,228"),
        ("blank", None, "空"),
        ("blank", "", "空"),
        ("mark", "/", "/"),
        ("mark", "—", "—"),
        ("absent", None, "缺"),
        ("unreadable", "1O", "1O"),
        ("unreadable", None, "难辨"),
    ],
)
def test_what_stands_in_a_cell_is_shown_for_what_it_is(
    status: str, printed: str | None, text: str
) -> None:
    cell = value(("a", "b", "c"), figure(printed, status), fails=False)
    assert cell.text == text
    assert f"is-{status}" in cell.classes
    assert bool(cell.title) is (status != "printed")


def test_a_doubt_and_a_failing_check_are_signs_words_and_classes() -> None:
    cell = value(("a", "b", "c"), figure(doubt="read as 7 and as 1"), fails=True)
    assert cell.marks == ("?", "≠")
    assert {"doubt", "fails"} <= set(cell.classes.split())
    assert "read as 7 and as 1" in cell.title
    assert "勾稽不符" in cell.title


def test_a_provinces_own_rows_and_columns_stand_after_the_forms() -> None:
    own = "重点领域/公开数 (2)"
    figures = full("2008") | {
        ("statistics", own, "number"): figure("5", label="重点领域/公开数"),
        ("statistics", own, "历年累计"): figure("9", label="重点领域/公开数"),
    }
    (table,) = tables(forms()["2008"], figures, set())
    last = table.rows[-1]
    assert isinstance(last[0], Head)
    assert last[0].label.zh == "重点领域/公开数"
    assert [cell.text for cell in last if isinstance(cell, Value)] == ["5", "9"]
    assert isinstance(last[-1], Value)
    assert last[-1].path.count("/") == 2
    assert len({len(line) for line in slots(table)}) == 1
