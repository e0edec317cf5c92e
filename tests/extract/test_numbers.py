from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.numbers import Reading, read_number


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0", "0", None),
        (" 13 ", "13", None),
        ("+19", "19", None),
        ("-253", "-253", None),
        ("－253", "-253", None),
        ("447,228", "447228", None),
        ("1，234，567", "1234567", None),
        ("２３８７．５", "2387.5", None),
        ("2387.47225", "2387.47225", None),
        ("251000元", "251000", "元"),
        ("103.3879万元", "103.3879", "万元"),
        ("103.3879 (万元)", "103.3879", "万元"),
        ("31批次", "31", "批次"),
        ("6 件", "6", "件"),
        ("\u200b7\ufeff", "7", None),
    ],
)
def test_one_plain_number(text: str, value: str, unit: str | None) -> None:
    assert read_number(text) == Reading("printed", Decimal(value), unit)


@pytest.mark.parametrize("text", ["", "  ", "\n", "\u3000", "\xa0", "\u200b"])
def test_nothing(text: str) -> None:
    assert read_number(text).status == "blank"


@pytest.mark.parametrize("text", ["/", "／", "—", "——", "--", "-", "无", "⽆", " / ", "\\", "－"])
def test_a_mark(text: str) -> None:
    assert read_number(text).status == "mark"


@pytest.mark.parametrize(
    "text",
    [
        "1 2", "l0", "O", "1O", "一", "零", "12,34", "1,2345", "1.2.3", ".5", "5.", "1e3", "10²",
        "①", "½", "٣", "约5", "5+", "1/2", "1-2", "0 0", "3件2", "规章000", "见附件", "+", "1,,234",
        "++5", "+-5", "千", "5%", "０x1", "1\n000\n件x",
    ],
)  # fmt: skip
def test_anything_else_is_unreadable(text: str) -> None:
    assert read_number(text) == Reading("unreadable")


def test_two_minus_signs_are_doubtful() -> None:
    read = read_number("--253")
    assert read.value == Decimal(-253)
    assert read.doubt


def test_a_line_break_inside_a_number_is_told() -> None:
    assert read_number("1\n382") == Reading("printed", Decimal(1382), wrapped=True)
    assert not read_number("\n1382\n").wrapped


@given(st.decimals(min_value=0, max_value=10**9, places=5))
def test_numbers_keep_every_digit(value: Decimal) -> None:
    assert read_number(f"{value:f}").value == value
    assert read_number(f"{value:,f}").value == value


@given(st.text(max_size=12))
def test_any_text_is_read_without_an_error_and_only_digits_make_numbers(text: str) -> None:
    read = read_number(text)
    assert (read.value is not None) == (read.status == "printed")
    if read.value is not None:
        assert any(c in "0123456789０１２３４５６７８９" for c in text)
