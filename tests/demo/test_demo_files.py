from __future__ import annotations

import io
import zipfile

import pdfplumber
import pypdfium2
import pytest

from demo import html, ooxml
from demo.make_files import HTML, scan, undated
from demo.reports import FILES, body_of, file_bytes, load

NAMES = sorted(path.name for path in FILES.iterdir())


def document_xml(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read("word/document.xml").decode()


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "".join(page.get_textpage().get_text_range() for page in document)


def test_the_files_are_small() -> None:
    sizes = {name: len(file_bytes(name)) for name in NAMES}
    assert sum(sizes.values()) < 1_500_000
    assert sizes["nanshan-2021.pdf"] < 200_000


@pytest.mark.parametrize("name", NAMES)
def test_no_file_says_where_or_by_whom_it_was_made(name: str) -> None:
    data = file_bytes(name)
    for trace in (b"/tmp/", b"/home/", b"/work", b"/root", b"file:/"):
        assert trace not in data
        assert trace.decode().encode("utf-16-le") not in data


@pytest.mark.parametrize("name", HTML)
def test_a_web_page_is_what_its_figures_make(name: str) -> None:
    assert file_bytes(f"{name}.html").decode() == html.page(load(name))
    assert body_of(f"{name}.html") == html.body(load(name))


def test_the_word_file_is_what_its_figures_make() -> None:
    made = ooxml.docx(load("dongfeng-2021"))
    assert document_xml(file_bytes("dongfeng-2021.docx")) == document_xml(made)


def test_the_word_file_merges_cells_as_the_form_does() -> None:
    xml = document_xml(file_bytes("dongfeng-2021.docx"))
    assert xml.count('<w:vMerge w:val="restart"/>') == 13
    assert '<w:gridSpan w:val="10"/>' in xml


def test_the_legacy_word_file_is_an_ole_file() -> None:
    assert file_bytes("hulan-2021.doc").startswith(bytes.fromhex("d0cf11e0a1b11ae1"))


def test_the_word_pdf_has_rows_cut_by_the_page() -> None:
    with pdfplumber.open(io.BytesIO(file_bytes("xingan-2021.pdf"))) as pdf:
        first, second = pdf.pages[:2]
        assert "2.其他" in (first.extract_text() or "").splitlines()[-1]
        assert "法律行" in (second.extract_text() or "").splitlines()[0]


def test_the_printed_page_has_radicals_of_both_blocks_and_no_district() -> None:
    text = pdf_text(file_bytes("unnamed-2021.pdf"))
    assert set("⼀⼈⾏⽂") < set(text)
    assert set("⻔⺠") < set(text)
    assert "⽰范区" not in text


def test_the_scan_has_no_text_layer() -> None:
    data = file_bytes("nanshan-2021.pdf")
    assert pdf_text(data).strip() == ""
    assert len(pypdfium2.PdfDocument(data)) == 2


@pytest.mark.parametrize("name", ["xingan-2021.pdf", "unnamed-2021.pdf", "dongfeng-2021.docx"])
def test_a_file_says_that_it_is_a_demonstration(name: str) -> None:
    data = file_bytes(name)
    text = document_xml(data) if name.endswith("docx") else pdf_text(data).replace("⽰", "示")
    assert "示范副本" in text
    assert "Demonstration copy" in text


def test_a_pdf_loses_its_dates_and_ids_and_nothing_else() -> None:
    pdf = b"x /CreationDate (D:20261120063000+08'00') /ID [<ab12><CD34>] 2026 y"
    assert undated(pdf) == b"x /CreationDate (D:19700101000000+08'00') /ID [<0000><0000>] 2026 y"


def test_a_scan_of_the_same_page_is_the_same_picture() -> None:
    pdf = file_bytes("xingan-2021.pdf")
    assert scan(pdf) == scan(pdf)
