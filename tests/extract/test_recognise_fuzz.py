"""Broken tables of every kind: a figure may be lost or marked, never another's without a mark."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from form_grids import Key, Rows, Td, document, numbered, split, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.agreement import settle
from extract.forms import forms
from extract.recognise import recognise

if TYPE_CHECKING:
    from extract.model import Grid

Change = Callable[[Rows, int, int], None]


def drop_cell(rows: Rows, r: int, c: int) -> None:
    rows[r].pop(c)


def blank_cell(rows: Rows, r: int, c: int) -> None:
    rows[r][c] = Td("", rows[r][c].rowspan, rows[r][c].colspan)


def add_blank(rows: Rows, r: int, c: int) -> None:
    rows[r].insert(c, Td(""))


def add_number(rows: Rows, r: int, c: int) -> None:
    rows[r].insert(c, Td("7"))


def garble(rows: Rows, r: int, c: int) -> None:
    td = rows[r][c]
    if not td.text.isdigit():
        at = len(td.text) // 2
        rows[r][c] = Td(td.text[:at] + "口" + td.text[at + 1 :], td.rowspan, td.colspan)


def cut_label(rows: Rows, r: int, c: int) -> None:
    td = rows[r][c]
    if not td.text.isdigit():
        rows[r][c] = Td(td.text[: len(td.text) // 2], td.rowspan, td.colspan)


def drop_row(rows: Rows, r: int, _: int) -> None:
    rows.pop(r)


def drop_header(rows: Rows, _: int, c: int) -> None:
    headers = [row for row in rows if not any(td.text.isdigit() for td in row)]
    for row in headers[: 1 + c % 3]:
        rows.remove(row)


def merge_right(rows: Rows, r: int, c: int) -> None:
    row = rows[r]
    if c + 1 < len(row):
        row[c : c + 2] = [Td(row[c].text, row[c].rowspan, row[c].colspan + row[c + 1].colspan)]


def merge_down(rows: Rows, r: int, c: int) -> None:
    rows[r][c] = Td(rows[r][c].text, rows[r][c].rowspan + 1, rows[r][c].colspan)


def widen(rows: Rows, r: int, c: int) -> None:
    rows[r][c] = Td(rows[r][c].text, rows[r][c].rowspan, rows[r][c].colspan + 1)


def narrow(rows: Rows, r: int, c: int) -> None:
    rows[r][c] = Td(rows[r][c].text)


def repeat_row(rows: Rows, r: int, _: int) -> None:
    rows.insert(r, list(rows[r]))


def empty_row(rows: Rows, r: int, _: int) -> None:
    rows.insert(r, [Td("") for _ in rows[r]])


def stray_row(rows: Rows, r: int, c: int) -> None:
    rows.insert(r, [Td("说明"), *(Td(str(n)) for n in range(c + 1))])


def join_labels(rows: Rows, r: int, c: int) -> None:
    row = rows[r]
    if c + 1 < len(row) and not row[c].text.isdigit() and not row[c + 1].text.isdigit():
        row[c : c + 2] = [Td(row[c].text + row[c + 1].text, row[c].rowspan, row[c].colspan)]


CHANGES: list[Change] = [
    drop_cell, blank_cell, add_blank, add_number, garble, cut_label, drop_row, drop_header,
    merge_right, merge_down, widen, narrow, repeat_row, empty_row, stray_row, join_labels,
]  # fmt: skip
PLACES = st.tuples(st.integers(0, 39), st.integers(0, 15))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    edition=st.sampled_from(["2019", "2021"]),
    changes=st.lists(st.tuples(st.sampled_from(CHANGES), PLACES), min_size=3, max_size=3),
    breaks=st.lists(st.integers(0, 40), min_size=3, max_size=3),
)
def test_no_number_stands_for_another_figure_without_a_mark(
    edition: str, changes: list[tuple[Change, tuple[int, int]]], breaks: list[int]
) -> None:
    form = forms()[edition]
    truth: dict[Key, str] = numbered(form)
    parts = copy.deepcopy(tables(form, truth.__getitem__))
    for rows, (change, (r, c)) in zip(parts, changes, strict=True):
        row = r % len(rows)
        change(rows, row, c % len(rows[row]))
    made: list[Rows | Grid] = []
    for rows, at in zip(parts, breaks, strict=True):
        made += list(split(rows, at)) if 0 < at < len(rows) else [rows]
    found = recognise(document(*made))
    figures, _ = settle(found)
    silent = {
        f.key: (f.printed, truth[f.table, f.row, f.column])
        for f in figures
        if f.status == "printed"
        and not f.doubt
        and (f.table, f.row, f.column) in truth
        and f.printed != truth[f.table, f.row, f.column]
    }
    assert silent == {}
    keys = [(f.table, f.row, f.column) for f in figures]
    assert len(keys) == len(set(keys))
    assert set(truth) <= set(keys)
    assert all(f.doubt for f in figures if f.status == "unreadable")
