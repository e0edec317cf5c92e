"""Files that are no PDF, broken, locked or made to exhaust: one clear line, never an exception."""

from __future__ import annotations

import random
import time

import pytest
from pdf_drawing import Page, pdf

from extract.readers.pdf import is_scan, read_pdf
from extract.readers.pdf.reading import MOST_PAGES, Reader

READERS: list[Reader] = ["pdfium", "pdfplumber"]
XS = [60.0, 160.0, 230.0, 300.0]
YS = [100.0, 130.0, 160.0]
ROWS = [["规章", "12", "3"], ["文件", "6354", "0"]]


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    chosen: Reader = request.param
    return chosen


def sample() -> bytes:
    page = Page()
    page.table(XS, YS, ROWS)
    return pdf(page, page)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "the file is empty"),
        (b"<html><body>404</body></html>", "this is no PDF"),
        (bytes(range(256)) * 40, "this is no PDF"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "the PDF is damaged: no pages can be found in it"),
        (sample()[:700], "the PDF is damaged: no pages can be found in it"),
    ],
)
def test_what_cannot_be_opened_is_one_clear_line(data: bytes, problem: str, reader: Reader) -> None:
    document = read_pdf(data, reader)

    assert document.problems == (problem,)
    assert document.blocks == ()
    assert not is_scan(data)


def test_a_password_is_needed(reader: Reader) -> None:
    locked = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >> /ID [<00> <00>]"
    page = Page()
    page.text(60, 100, "正文")

    document = read_pdf(pdf(page, trailer=locked.format("5a" * 32)), reader)

    assert document.problems == ("the PDF is encrypted and needs a password",)


def test_no_pages(reader: Reader) -> None:
    document = read_pdf(pdf(), reader)

    assert len(document.problems) == 1
    assert "no pages" in document.problems[0]


def test_a_file_cut_off_at_its_end_says_so() -> None:
    """PDFium finds the pages none the less; pdfminer does not, and says that."""
    data = sample()[:-20]

    document = read_pdf(data)

    assert "damaged" in read_pdf(data, "pdfplumber").problems[0]
    assert "its end is missing" in document.problems[0]
    assert [cell.text for cell in document.grids[0].cells][:4] == ["规章", "12", "3", "文件"]


def test_more_pages_than_are_read(reader: Reader) -> None:
    document = read_pdf(pdf(*[Page()] * (MOST_PAGES + 5)), reader)

    assert document.pages == MOST_PAGES + 5
    assert document.problems == (
        f"only the first {MOST_PAGES} of {MOST_PAGES + 5} pages were read",
    )


def test_a_page_of_very_many_characters(reader: Reader) -> None:
    page = Page()
    page.used |= set("1")
    line = f"BT /F1 0.3 Tf 1 0 0 1 60 {{}} Tm <{'0031' * 3000}> Tj ET\n"
    page.raw("".join(line.format(100 + k) for k in range(60)))
    started = time.monotonic()

    document = read_pdf(pdf(page), reader)

    assert any("characters are read" in problem for problem in document.problems)
    assert time.monotonic() - started < 20


DRAWINGS = ["{0} {1} m {2} {3} l S", "{0} {1} 1 1 re f", "{0} {1} {2} {3} re S"]
ENTRIES = [
    "/MediaBox [0 0 0 0]",
    "/MediaBox (x)",
    "/MediaBox [0 0 1e30 1e30]",
    "/CropBox [900 900 990 990]",
    "/Rotate 45",
    "/Rotate /X",
]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_page_of_very_many_rules(drawing: str, reader: Reader) -> None:
    page = Page()
    chance = random.Random(7)
    page.raw(
        "\n".join(drawing.format(*(chance.randrange(600) for _ in range(4))) for _ in range(70_000))
    )
    started = time.monotonic()

    document = read_pdf(pdf(page), reader)

    assert document.pages == 1
    assert time.monotonic() - started < 30


def test_a_page_of_very_many_cells(reader: Reader) -> None:
    page = Page()
    page.rules([10 + 0.5 * k for k in range(1100)], [10 + 0.5 * k for k in range(1600)])

    assert read_pdf(pdf(page), reader).pages == 1


def test_a_form_that_draws_itself(reader: Reader) -> None:
    page = Page(in_form=True)
    page.raw("/Fm1 Do")
    page.table(XS, YS, ROWS)

    document = read_pdf(pdf(page), reader)

    assert any(cell.text == "6354" for grid in document.grids for cell in grid.cells)


@pytest.mark.parametrize("entries", ENTRIES)
def test_pages_with_impossible_entries(entries: str, reader: Reader) -> None:
    page = Page(entries=entries)
    page.table(XS, YS, ROWS)

    document = read_pdf(pdf(page), reader)

    assert document.pages == 1 or document.problems


@pytest.mark.parametrize("seed", range(12))
def test_bytes_changed_at_random(seed: int, reader: Reader) -> None:
    """Whatever is read of a damaged file, it is a document and not an exception."""
    chance = random.Random(seed)
    original = sample()
    for _ in range(10):
        data = bytearray(original)
        for _ in range(chance.randrange(1, 60)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        document = read_pdf(bytes(data), reader)
        assert all("\n" not in problem for problem in document.problems)
        is_scan(bytes(data))
