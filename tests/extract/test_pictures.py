"""Tables that are pictures inside documents of other formats; each is drawn, packed, and read."""

from __future__ import annotations

import base64
import io
import time
import zipfile
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import docx
import pytest
from docx.shared import Cm
from PIL import Image

from benchmarks.scan_forms import Wear, draw
from extract.model import PageBox, TableCell
from extract.readers.picture import large_on_page, natural
from extract.readers.web_pictures import web_pictures
from extract.report import read_report

if TYPE_CHECKING:
    from extract.model import Report

OFD_NAME = 'xmlns:ofd="http://www.ofdspec.org/2016"'
TITLE = "示范区人民政府2021年政府信息公开工作年度报告"
SOURCE = "img/table.jpg"


@cache
def drawn() -> tuple[bytes, dict[str, str]]:
    """A picture of tables two and four, and the figures in them by their keys."""
    try:
        made = draw(5, Wear(dpi=150, quality=85))
    except FileNotFoundError:
        pytest.skip("needs fonts-noto-cjk")
    truth = [cell.text for table in made.tables[:2] for cell in table if cell.figure]
    return made.pages[0], dict(zip(_keys(), truth, strict=True))


def _keys() -> list[str]:
    from extract.forms import forms  # noqa: PLC0415 - only where fonts are there

    tables = ("proactive", "disputes")
    return ["/".join(key) for table in tables for key in forms()["2021"].keys if key[0] == table]


def test_a_figure_without_a_cell_on_a_scan_is_doubtful() -> None:
    picture, _ = drawn()  # has no table three
    absent = [f for f in read_report(picture).figures if f.table == "requests"]
    assert absent
    assert {(f.status, f.doubt) for f in absent} == {
        ("absent", "no cell was found for it on the scan")
    }


def printed(report: Report) -> dict[str, str]:
    return {
        figure.key: (figure.printed or "").replace("\n", "")
        for figure in report.figures
        if figure.status != "absent"
    }


def page(*sources: str, more: str = "") -> str:
    pictures = "".join(f'<p><img src="{source}" alt=""></p>' for source in sources)
    return (
        f"<html><head><title>{TITLE}</title></head><body><div id=zoom><h1>{TITLE}</h1>"
        f"<p>一、总体情况</p><p>{'依法公开政府信息。' * 12}</p>"
        f"<p>二、主动公开政府信息情况</p>{more}{pictures}</div></body></html>"
    )


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    return out.getvalue()


def test_a_table_in_a_page_as_a_data_address_is_read_with_structural_addresses() -> None:
    picture, truth = drawn()
    uri = "data:image/jpeg;base64," + base64.b64encode(picture).decode()
    report = read_report(page(uri).encode())
    assert printed(report) == truth
    assert report.title == TITLE
    places = [at for figure in report.figures for at in figure.where]
    assert {at.table for at in places if isinstance(at, TableCell)} == {1, 2}


def test_a_plain_page_says_that_its_tables_are_pictures_and_where() -> None:
    report = read_report(page("a.jpg", "/b/c.png", "icon/logo.png").encode())
    assert not printed(report)
    assert "the tables are pictures, which are not in the file: a.jpg, /b/c.png" in report.problems


@pytest.mark.parametrize("name", ["报告/img/table.jpg", "报告/img\\table.jpg", "other/table.jpg"])
def test_a_page_in_a_zip_file_is_read_with_its_pictures(name: str) -> None:
    found = web_pictures(page(SOURCE).encode(), {name: b"picture"}, "报告/index.html")
    assert [(each.name, each.data) for each in found] == [(SOURCE, b"picture")]


def test_a_report_in_a_zip_file_whose_tables_are_pictures_is_one_report() -> None:
    picture, truth = drawn()
    data = packed(**{"a/page.html": page(SOURCE).encode(), f"a/{SOURCE}": picture})
    report = read_report(data)
    assert (report.media_type, report.title) == ("text/html", TITLE)
    assert printed(report) == truth
    assert not any("another report" in problem for problem in report.problems)


def test_one_table_over_two_pictures_in_a_zip_file_is_one_report() -> None:
    picture, truth = drawn()
    with Image.open(io.BytesIO(picture)) as image:
        cut = int(image.height * 0.5)
        halves = [image.crop(box) for box in _halves(image.width, image.height, cut)]
    report = read_report(packed(**{"页10.png": _png(halves[1]), "页9.png": _png(halves[0])}))
    assert {key: value for key, value in printed(report).items() if value} == {
        key: value for key, value in truth.items() if value
    }
    pages = {at.page for f in report.figures for at in f.where if isinstance(at, PageBox)}
    assert pages == {1, 2}


def _halves(wide: int, high: int, cut: int) -> tuple[tuple[int, int, int, int], ...]:
    return (0, 0, wide, cut), (0, cut, wide, high)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_web_archive_gives_its_pictures_by_location_and_by_id() -> None:
    message = MIMEMultipart("related")
    message.attach(MIMEText(page(SOURCE, "cid:two@x"), "html", "utf-8"))
    for name, value in (("Content-Location", f"http://x.test/{SOURCE}"), ("Content-ID", "<two@x>")):
        part = MIMEImage(b"picture", "jpeg")
        part[name] = value
        message.attach(part)
    data = b"MIME-Version: 1.0\n" + message.as_bytes()
    assert [each.data for each in web_pictures(data, {})] == [b"picture", b"picture"]


def word(picture: bytes) -> bytes:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_picture(io.BytesIO(picture), width=Cm(16))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_table_in_a_word_file_as_a_picture_is_read() -> None:
    picture, truth = drawn()
    report = read_report(word(picture))
    assert printed(report) == truth
    assert not any("picture" in problem for problem in report.problems)


def ofd(picture: bytes, strips: int) -> bytes:
    """A page of nothing but a picture, cut into strips as scanners do."""
    with Image.open(io.BytesIO(picture)) as image:
        cuts = [image.height * n // strips for n in range(strips + 1)]
        pieces = [
            (image.crop((0, a, image.width, b)), a / image.height, b / image.height)
            for a, b in pairwise(cuts)
        ]
    objects, listed, files = "", "", {}
    for number, (piece, start, end) in enumerate(pieces, start=1):
        high = 297 * (end - start)
        objects += (
            f'<ofd:ImageObject ID="9" Boundary="0 {297 * start} 210 {high}" '
            f'CTM="210 0 0 {high} 0 0" ResourceID="{number}"/>'
        )
        listed += (
            f'<ofd:MultiMedia ID="{number}" Type="Image"><ofd:MediaFile>{number}.png'
            "</ofd:MediaFile></ofd:MultiMedia>"
        )
        files[f"Doc_0/Res/{number}.png"] = _png(piece)
    texts = {
        "OFD.xml": f"<ofd:OFD {OFD_NAME}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml"
        "</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD_NAME}><ofd:CommonData><ofd:DocumentRes>Res.xml"
        '</ofd:DocumentRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/>'
        "</ofd:Pages></ofd:Document>",
        "Doc_0/P.xml": f"<ofd:Page {OFD_NAME}><ofd:Content><ofd:Layer>{objects}</ofd:Layer>"
        "</ofd:Content></ofd:Page>",
        "Doc_0/Res.xml": f'<ofd:Res {OFD_NAME} BaseLoc="Res"><ofd:MultiMedias>{listed}'
        "</ofd:MultiMedias></ofd:Res>",
    }
    return packed(**files, **{name: text.encode() for name, text in texts.items()})


def test_a_picture_ofd_cut_into_strips_is_read_with_boxes_on_its_page() -> None:
    picture, truth = drawn()
    report = read_report(ofd(picture, 5))
    assert printed(report) == truth
    assert not any("picture" in problem for problem in report.problems)
    box = next(at for figure in report.figures for at in figure.where)
    assert isinstance(box, PageBox)
    assert box.page == 1
    assert 0 < box.x0 < box.x1 < 210 * 72 / 25.4


def test_a_picture_on_a_pdf_page_that_has_text_is_read() -> None:
    picture, truth = drawn()
    report = read_report(_pdf_with_text(picture))
    assert printed(report) == truth
    boxes = [at for figure in report.figures for at in figure.where]
    assert {at.page for at in boxes if isinstance(at, PageBox)} == {1}


def _pdf_with_text(picture: bytes) -> bytes:
    """A page of 595 × 842 points: lines of text, and a picture on it of 400 × 566 points."""
    with Image.open(io.BytesIO(picture)) as image:
        size = image.size
        out = io.BytesIO()
        image.convert("L").save(out, "JPEG", quality=90)
    lines = b" ".join(
        b"1 0 0 1 60 %d Tm (The quick brown fox jumps) Tj" % y for y in (790, 770, 750)
    )
    content = b"BT /F 12 Tf " + lines + b" ET q 450 0 0 637 72 90 cm /I Do Q"
    uses = b"<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources %s>>" % uses,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
        b"/BitsPerComponent 8/Filter/DCTDecode/Length %d>>stream\n%s\nendstream"
        % (*size, len(out.getvalue()), out.getvalue()),
    ]
    data, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, body)
    start = len(data)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return data + b"trailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        start,
    )


def test_pictures_of_a_page_with_all_its_tables_are_left_alone() -> None:
    rows = "".join(
        f"<tr><td>{name}</td><td>1</td><td>2</td><td>3</td></tr>"
        for name in ("规章", "行政规范性文件")
    )
    head = (
        "<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>"
    )
    more = f"<table>{head}{rows}</table>"
    noise = "data:image/png;base64," + base64.b64encode(b"no picture" * 200).decode()
    started = time.process_time()
    report = read_report(page(noise, more=more).encode())
    assert report.title == TITLE
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "source",
    [
        "data:image/png;base64,%%%" + "A" * 2000,
        "data:image/png," + "%zz" * 700,
        "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>" * 300).decode(),
        "../../../../etc/passwd.png",
        "//[::1.png",
        "http://[bad",
    ],
)
def test_hostile_addresses_do_no_harm(source: str) -> None:
    report = read_report(page(source).encode())
    assert report.title == TITLE
    assert not printed(report)


def test_strips_of_a_picture_are_one_picture_and_names_sort_as_people_sort() -> None:
    strips = [(50.0, 100.0 + 20 * n, 500.0, 120.0 + 20 * n) for n in range(5)]
    assert large_on_page([*strips, (0.0, 0.0, 30.0, 30.0)]) == [(50.0, 100.0, 500.0, 200.0)]
    assert sorted(["10.jpg", "2.jpg", "a1.jpg"], key=natural) == ["2.jpg", "10.jpg", "a1.jpg"]
