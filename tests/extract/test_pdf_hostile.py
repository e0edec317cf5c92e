"""Files that are no PDF, broken, locked or made to exhaust: one clear line, never an exception."""

from __future__ import annotations

import random
import time
import zlib
from typing import TYPE_CHECKING

import pytest
from pdf_drawing import Page, pdf

from extract.readers.pdf import is_scan, read_pdf
from extract.readers.pdf.marks import MOST_PAGES

if TYPE_CHECKING:
    from extract.readers.pdf.reading import Reader

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


@pytest.mark.parametrize("times", [1, 2])
def test_forms_that_draw_themselves_are_not_opened(times: int, reader: Reader) -> None:
    """PDFium would draw the second one for hours."""
    page = Page(in_form=True)
    page.raw("/Fm1 Do " * times)
    page.table(XS, YS, ROWS)

    document = read_pdf(pdf(page), reader)

    assert document.problems == ("the PDF is damaged: its drawings draw one another without end",)


def test_a_file_that_unpacks_to_gigabytes_is_not_opened(reader: Reader) -> None:
    packer = zlib.compressobj()
    packed = b"".join(packer.compress(b"1 2 m 3 4 l S " * 75_000) for _ in range(200))
    head = b"<< /Filter /FlateDecode /Length %d >>" % len(packed + (tail := packer.flush()))
    bomb = b"99 0 obj\n" + head + b"\nstream\n" + packed + tail + b"\nendstream endobj\n"
    started = time.monotonic()

    document = read_pdf(sample().replace(b"1 0 obj", bomb + b"1 0 obj", 1), reader)

    assert document.problems == ("the PDF unpacks to more than can be read",)
    assert time.monotonic() - started < 10


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
