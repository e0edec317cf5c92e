"""The second parser: what it confirms, what it refuses to confirm, and what it makes of damage."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pdf_drawing
import pytest
from pdf_drawing import Page, pdf

from extract.readers.pdf import confirmed, look, read_pdf
from extract.readers.pdf.plain_file import DeclinedError
from extract.readers.pdf.plain_page import read_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from extract.readers.pdf.marks import PageMarks

ROOT = Path(__file__).parents[2]
REAL = [
    *sorted((ROOT / "demo" / "files").glob("*.pdf")),
    *sorted((ROOT.parent / "shared" / "originals").glob("*.pdf")),
]
XS = [60.0, 160.0, 230.0, 300.0]
YS = [100.0, 130.0, 160.0]


def sample(*, in_form: bool = False, entries: str = "") -> bytes:
    page = Page(in_form=in_form, entries=entries)
    page.text(60, 60, "标题与正文")
    page.table(XS, YS, [["规章", "12", "3"], ["文件", "6354", "0"]])
    return pdf(page, page)


@pytest.mark.parametrize("entries", ["", "/Rotate 90", "/Rotate 180 /CropBox [20 30 560 800]"])
@pytest.mark.parametrize("in_form", [False, True])
def test_plain_pages_are_confirmed(entries: str, *, in_form: bool) -> None:
    data = sample(in_form=in_form, entries=entries)
    document, sight = look(data)
    assert document.grids
    assert confirmed(data, sight)


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.name)
def test_real_files_with_text_are_confirmed(file: Path) -> None:
    data = file.read_bytes()
    document, sight = look(data)
    if not document.grids:
        pytest.skip("a scan")
    assert confirmed(data, sight)


def digit(marks: PageMarks) -> int:
    return next(n for n, text in enumerate(marks.texts) if text == "5")


def other_digit(marks: PageMarks) -> PageMarks:
    texts = ["6" if text == "5" else text for text in marks.texts]
    return replace(marks, texts=texts)


def lost_digit(marks: PageMarks) -> PageMarks:
    keep = np.arange(len(marks.texts)) != digit(marks)
    texts = [text for text, kept in zip(marks.texts, keep.tolist(), strict=True) if kept]
    return replace(marks, texts=texts, boxes=marks.boxes[keep], turns=marks.turns[keep])


def moved_digit(marks: PageMarks) -> PageMarks:
    boxes = marks.boxes.copy()
    boxes[digit(marks), ::2] += 3.0
    return replace(marks, boxes=boxes)


def turned_digit(marks: PageMarks) -> PageMarks:
    turns = marks.turns.copy()
    turns[digit(marks)] = 1
    return replace(marks, turns=turns)


def lost_rule(marks: PageMarks) -> PageMarks:
    return replace(marks, rules=marks.rules[:-1])


def moved_rule(marks: PageMarks) -> PageMarks:
    rules = marks.rules.copy()
    rules[0] += 1.0
    return replace(marks, rules=rules)


def other_size(marks: PageMarks) -> PageMarks:
    return replace(marks, width=marks.width + 1)


@pytest.mark.parametrize(
    "change",
    [other_digit, lost_digit, moved_digit, turned_digit, lost_rule, moved_rule, other_size],
)
def test_whatever_the_readers_see_differently_is_not_confirmed(
    change: Callable[[PageMarks], PageMarks],
) -> None:
    data = sample()
    _, sight = look(data)
    changed = replace(sight, marks=[sight.marks[0], change(sight.marks[1])])
    assert not confirmed(data, changed)


def test_a_page_that_only_one_reader_sees_is_not_confirmed() -> None:
    data = sample()
    _, sight = look(data)
    assert not confirmed(data, replace(sight, marks=sight.marks[:1], pages=sight.pages[:1]))


def test_replacement_text_that_only_pdfium_honours_is_not_confirmed() -> None:
    page = Page()
    page.table(XS, YS, [["规章", "12", "3"], ["文件", "", "0"]])
    page.raw("/Span << /ActualText <FEFF0039> >> BDC")
    page.text(180, 148, "7")
    page.raw("EMC")
    data = pdf(page)
    document, sight = look(data)
    assert "9" in [cell.text for cell in document.grids[0].cells]
    assert not confirmed(data, sight)


def test_a_file_with_a_flaw_is_not_confirmed() -> None:
    data = sample()[:-20]
    _, sight = look(data)
    assert not confirmed(data, sight)


@pytest.mark.parametrize("operator", ["BI /W 1 /H 1 ID x EI", "/F9 10 Tf", "(a(b(c(d) Tj"])
def test_content_of_an_unusual_kind_is_declined(operator: str) -> None:
    page = Page()
    page.table(XS, YS, [["规章", "12", "3"], ["文件", "6354", "0"]])
    page.raw(operator)
    with pytest.raises(DeclinedError):
        read_pages(pdf(page))


@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_are_declined_or_read(seed: int) -> None:
    chance = random.Random(seed)
    for original in (sample(), sample(in_form=True)):
        for _ in range(40):
            data = bytearray(original)
            for _ in range(chance.randrange(1, 40)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                assert isinstance(read_pages(bytes(data)), list)
            except DeclinedError as error:
                assert str(error)  # noqa: PT017 - either way out is right


@pytest.mark.parametrize(
    ("entry", "alike"),
    [
        (b"1 beginbfchar\n<0035> <0036>\nendbfchar\n", True),
        (b"1 beginbfrange\n<0035> <0035> <0036>\nendbfrange\n", True),
        (b"1 beginbfchar\n<0035> <00350036>\nendbfchar\n", False),
        (b"1 beginbfchar\n<0035> <>\nendbfchar\n", False),
    ],
)
def test_a_font_that_lies_is_confirmed_only_where_pdfplumber_believes_it_too(
    entry: bytes, monkeypatch: pytest.MonkeyPatch, *, alike: bool
) -> None:
    """No parser can tell that a font calls a 5 a 6; only the form's sums can."""
    table = pdf_drawing._to_unicode

    def lying(used: set[str]) -> bytes:
        return table(used).replace(b"endcmap end end", entry + b"endcmap end end")

    monkeypatch.setattr(pdf_drawing, "_to_unicode", lying)
    data = sample()
    document, sight = look(data)
    other = read_pdf(data, "pdfplumber")
    same = [c.text for c in document.grids[0].cells] == [c.text for c in other.grids[0].cells]
    assert confirmed(data, sight) == alike
    assert same or not confirmed(data, sight)
