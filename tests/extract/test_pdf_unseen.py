"""Digits that a PDF has and nobody sees: told by drawing the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdf_drawing import Page, pdf

from extract.readers.pdf import read_pdf

if TYPE_CHECKING:
    from extract.model import Grid

XS, YS = [60.0, 160.0, 260.0], [100.0, 130.0, 160.0]


def ruled() -> Page:
    page = Page()
    page.rules(XS, YS)
    for x in XS:
        page.line(x, YS[0], x, YS[-1])
    page.text(70, 120, "甲")
    page.text(70, 150, "乙")
    page.text(170, 120, "11")
    return page


def doubts(page: Page) -> dict[str, str | None]:
    grid: Grid
    (grid,) = read_pdf(pdf(page)).grids
    return {cell.text: cell.doubt for cell in grid.cells}


def test_digits_that_are_printed_are_not_doubted() -> None:
    page = ruled()
    page.text(170, 150, "47")
    assert doubts(page) == {"甲": None, "11": None, "乙": None, "47": None}


def test_white_digits_are_doubtful() -> None:
    page = ruled()
    page.raw("1 g")
    page.text(170, 150, "47")
    page.raw("0 g")
    assert doubts(page)["47"] == "nobody sees some characters here"
    assert doubts(page)["11"] is None


def test_white_digits_on_a_colour_are_seen() -> None:
    page = ruled()
    page.fill(162, 132, 258, 158, 0.3)
    page.raw("1 g")
    page.text(170, 150, "47")
    page.raw("0 g")
    assert doubts(page)["47"] is None


def test_digits_below_a_patch_are_doubtful() -> None:
    page = ruled()
    page.text(170, 150, "47")
    page.fill(162, 132, 258, 158, 1.0)
    assert doubts(page)["47"] == "nobody sees some characters here"


def test_one_hidden_digit_of_a_number_makes_it_doubtful() -> None:
    page = ruled()
    page.text(170, 150, "4")
    page.raw("1 g")
    page.text(175, 150, "7")
    page.raw("0 g")
    assert doubts(page)["47"] == "nobody sees some characters here"


def test_digits_of_a_turned_page_are_looked_for_where_they_stand() -> None:
    page = ruled()
    page.entries = "/Rotate 90"
    page.text(170, 150, "4")
    page.raw("1 g")
    page.text(170, 120, "33")
    page.raw("0 g")
    found = doubts(page)
    assert found["4"] is None
    assert [text for text, doubt in found.items() if doubt]
