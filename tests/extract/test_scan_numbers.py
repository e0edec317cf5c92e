"""What makes a number on a scan certain, and what casts doubt on it."""

from __future__ import annotations

import numpy as np
import pytest

from extract.readers.ocr import Reading
from extract.readers.scan_cells import Cut, Mark, find_marks, lines_of
from extract.readers.scan_numbers import is_numberlike, settle

EM = 24.0


def cut(*boxes: tuple[int, int, int, int], doubt: str | None = None) -> Cut:
    """A cell of 160 × 60 pixels with black rectangles for marks."""
    image = np.full((60, 160), 255, np.uint8)
    for x0, top, x1, bottom in boxes:
        image[top:bottom, x0:x1] = 0
    return Cut(image, lines_of(find_marks(image, EM), EM), doubt)


def digits(count: int, step: int = 14) -> list[tuple[int, int, int, int]]:
    return [(20 + step * index, 20, 30 + step * index, 40) for index in range(count)]


def reading(text: str, score: float = 0.99) -> list[Reading]:
    return [Reading(line, (score,) * len(line)) for line in text.split("\n")]


def test_two_readings_that_agree_on_as_many_digits_as_are_printed_are_certain() -> None:
    found = settle(reading("90"), reading("90"), cut(*digits(2)))
    assert (found.text, found.doubt) == ("90", None)


@pytest.mark.parametrize(
    ("first", "second", "marks", "doubt"),
    [
        (reading("90"), reading("06"), digits(2), "recognised as 90 and as 06"),
        (reading("90"), reading(""), digits(2), "recognised as 90 and as nothing"),
        (
            reading("90", 0.5),
            reading("90", 0.6),
            digits(2),
            "recognised with probability 0.60 only",
        ),
        (reading("100"), reading("100"), digits(4), "3 digits recognised where 4 are printed"),
        (reading("1000"), reading("1000"), digits(3), "4 digits recognised where 3 are printed"),
        (reading("9!"), reading("9!"), digits(2), "not plainly a number"),
        (
            reading("961716"),
            reading("961716"),
            [*digits(5), (90, 36, 94, 40), (98, 20, 108, 40)],
            "a mark beside 6 digits was not recognised",
        ),
        (
            reading("12"),
            reading("12"),
            [(20, 20, 30, 40), (80, 20, 90, 40)],
            "a wide gap between the digits",
        ),
    ],
)
def test_what_does_not_agree_is_doubted(
    first: list[Reading],
    second: list[Reading],
    marks: list[tuple[int, int, int, int]],
    doubt: str,
) -> None:
    found = settle(first, second, cut(*marks))
    assert found.doubt == doubt


def test_the_surer_of_two_readings_is_given() -> None:
    found = settle(reading("77", 0.4), reading("17", 0.9), cut(*digits(2)))
    assert found.text == "17"
    assert found.doubt is not None


def test_letters_printed_like_digits_are_no_other_reading() -> None:
    found = settle(reading("l1", 0.99), reading("11", 0.95), cut(*digits(2)))
    assert (found.text, found.doubt) == ("11", None)
    found = settle(reading("lO"), reading("IO"), cut(*digits(2)))
    assert found.doubt is not None


def test_the_doubt_of_the_cell_itself_is_kept() -> None:
    found = settle(reading("90"), reading("90"), cut(*digits(2), doubt="touches a rule"))
    assert found.doubt == "touches a rule"


@pytest.mark.parametrize(
    ("read", "box", "text"),
    [
        ("O", (60, 20, 72, 40), "0"),
        ("〇", (60, 20, 72, 40), "0"),
        ("l", (60, 20, 64, 40), "1"),
        ("|", (60, 20, 64, 40), "1"),
        ("一", (60, 28, 84, 31), "—"),
        ("Q", (60, 20, 72, 40), "Q"),
    ],
)
def test_a_lone_mark_is_what_its_shape_says(
    read: str, box: tuple[int, int, int, int], text: str
) -> None:
    assert settle(reading(read), reading(read), cut(box)).text == text


def test_small_digits_that_run_together_are_no_dash() -> None:
    cell = cut((20, 24, 70, 36))
    cell.image[26:34, 22:68:4] = 255  # the white inside and between digits
    cell.image[26:34, 23:68:4] = 255
    found = settle(reading("5496"), reading("5496"), cell)
    assert found.text == "5496"


def test_a_pale_thin_dash_is_seen_only_where_pale_ink_counts() -> None:
    image = np.full((60, 160), 255, np.uint8)
    image[30:32, 60:90] = 190
    assert find_marks(image, EM) == []
    (mark,) = find_marks(image, EM, pale=True)
    assert (mark.width, mark.height) == (30, 2)


def test_a_thin_stroke_that_leans_is_a_slash_not_a_one() -> None:
    image = np.full((60, 160), 255, np.uint8)
    for row in range(20, 41):
        middle = 80 - (row - 30) // 3
        image[row, middle - 1 : middle + 2] = 0
    slash = Cut(image, lines_of(find_marks(image, EM), EM))
    assert settle(reading("1"), reading("1"), slash).text == "/"


def test_a_number_broken_for_want_of_room_is_whole_again_two_numbers_are_not() -> None:
    wide = [(4 + 14 * n, 4, 14 + 14 * n, 24) for n in range(11)]
    short = [(4, 32, 14, 52), (18, 32, 28, 52)]
    long = reading("12345678901\n23")
    assert settle(long, long, cut(*wide, *short)).text == "1234567890123"
    narrow = [(4, 4, 14, 24), (18, 4, 28, 24)]
    two = reading("12\n34")
    found = settle(two, two, cut(*narrow, *short))
    assert found.text == "12\n34"
    assert found.doubt == "several lines of digits, of which none fills the cell"


def test_a_label_that_was_hardly_read_says_so() -> None:
    blotted = [*reading("2.申请人逾期"), *reading("的中大收文", 0.5)]
    assert settle(blotted, None, cut(*digits(6))).doubt == "recognised with probability 0.50 only"
    assert settle(reading("行政许可", 0.9), None, cut(*digits(4))).doubt is None


def test_specks_are_no_marks_and_a_broken_rule_at_the_edge_is_none() -> None:
    assert cut((50, 20, 51, 21), (100, 40, 102, 41)).lines == []
    assert cut((0, 0, 160, 3)).lines == []
    assert cut((60, 20, 72, 40)).marks == [Mark(60, 20, 72, 40)]


def test_words_are_no_numbers_but_units_are_allowed() -> None:
    assert all(map(is_numberlike, ("", "0", "无", "31批次", "103.3879万元", "0（件）", "—")))
    assert not any(map(is_numberlike, ("1.属于国家秘密", "行政许可", "规范性文件")))
