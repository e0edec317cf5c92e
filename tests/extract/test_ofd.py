from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.model import Document, PageBox
from extract.readers.ofd import read_ofd
from extract.sniff import OFD, sniff

NAME = 'xmlns:ofd="http://www.ofdspec.org/2016"'
PATH = (
    '<ofd:PathObject Boundary="a b"><ofd:AbbreviatedData>{}</ofd:AbbreviatedData></ofd:PathObject>'
)
POINT = 72 / 25.4


def ofd(*pages: str, template: str = "", box: str = "0 0 210 297", **parts: str) -> bytes:
    listed = "".join(
        f'<ofd:Page ID="{n + 10}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages))
    )
    document = (
        f"<ofd:Document {NAME}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>{box}"
        '</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID="3" BaseLoc="Tpls/Tpl_0.xml"/>'
        f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    files = {
        "OFD.xml": f"<ofd:OFD {NAME}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": document,
        "Doc_0/Tpls/Tpl_0.xml": page(template),
    }
    files |= {f"Doc_0/Pages/Page_{n}/Content.xml": page(text) for n, text in enumerate(pages)}
    files |= {name.replace("__", "/"): content for name, content in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def page(objects: str) -> str:
    return (
        f'<ofd:Page {NAME}><ofd:Template TemplateID="3"/><ofd:Content><ofd:Layer>{objects}'
        "</ofd:Layer></ofd:Content></ofd:Page>"
    )


def text(x: float, y: float, words: str, *, size: float = 4, extra: str = "", run: str = "") -> str:
    """A run of text whose first baseline begins at this place in millimetres."""
    return (
        f'<ofd:TextObject Boundary="{x} {y - size} 90 {size}" Font="2" Size="{size}" {extra}>'
        f'<ofd:TextCode X="0" Y="{size}" {run}>{words}</ofd:TextCode></ofd:TextObject>'
    )


def line(x0: float, y0: float, x1: float, y1: float, extra: str = "") -> str:
    return (
        f'<ofd:PathObject ID="1" Boundary="{x0} {y0} {x1 - x0} {y1 - y0}" LineWidth="0.2" {extra}>'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def table(top: float, rows: list[str], left: float = 20, width: float = 30) -> str:
    """A ruled table of rows such as `规章|1|0`, 10 mm high each."""
    columns = rows[0].count("|") + 1
    bottom, right = top + 10 * len(rows), left + width * columns
    rules = [line(left, top + 10 * n, right, top + 10 * n) for n in range(len(rows) + 1)]
    rules += [line(left + width * n, top, left + width * n, bottom) for n in range(columns + 1)]
    words = [
        text(left + width * c + 2, top + 10 * r + 7, each)
        for r, row in enumerate(rows)
        for c, each in enumerate(row.split("|"))
        if each
    ]
    return "".join(rules + words)


def texts(document: Document) -> list[list[str]]:
    return [[cell.text for cell in grid.cells] for grid in document.grids]


def lines(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def test_a_page_with_a_heading_and_a_table() -> None:
    data = ofd(text(40, 30, "二、主动公开政府信息情况") + table(50, ["规章|12|0", "许可|447,228|"]))
    assert sniff(data) == OFD
    document = read_ofd(data)
    assert document.problems == ()
    assert (document.pages, lines(document)) == (1, ["二、主动公开政府信息情况"])
    assert texts(document) == [["规章", "12", "0", "许可", "447,228", ""]]
    (box,) = document.grids[0].cells[1].where
    assert isinstance(box, PageBox)
    assert (box.page, box.rendered) == (1, False)
    assert (box.x0, box.top, box.x1, box.bottom) == pytest.approx(
        (50 * POINT, 50 * POINT, 80 * POINT, 60 * POINT), abs=0.1
    )


def test_a_table_over_two_pages_is_one() -> None:
    head = "信息内容|制发|废止"
    document = read_ofd(ofd(table(260, [head, "规章|1|0"]), table(20, ["许可|2|0", "处罚|3|0"])))
    assert texts(document) == [
        ["信息内容", "制发", "废止", "规章", "1", "0", "许可", "2", "0", "处罚", "3", "0"]
    ]
    (box,) = document.grids[0].cells[-1].where
    assert isinstance(box, PageBox)
    assert box.page == 2


def test_the_template_lies_under_each_page() -> None:
    document = read_ofd(ofd(text(20, 50, "文字"), template=table(100, ["甲|1", "乙|2"])))
    assert texts(document) == [["甲", "1", "乙", "2"]]
    assert lines(document) == ["文字"]


def test_characters_stand_where_the_deltas_put_them() -> None:
    rules = table(50, ["|", "|"])
    # The second digit stands 30 mm to the right of the first: in the next cell.
    apart = text(22, 57, "12", run='DeltaX="30"')
    near = text(22, 67, "5678", run='DeltaX="g 3 2"')
    document = read_ofd(ofd(rules + apart + near))
    assert texts(document) == [["1", "2", "5678", ""]]


def test_a_matrix_moves_and_scales() -> None:
    moved = text(0, 4, "34", size=2, extra='CTM="2 0 0 2 52 52"')
    assert texts(read_ofd(ofd(table(50, ["甲|", "乙|"]) + moved))) == [["甲", "34", "乙", ""]]


def test_a_rectangle_is_four_rules() -> None:
    path = (
        '<ofd:PathObject ID="1" Boundary="{} 50 30 10"{}><ofd:AbbreviatedData>M 0 0 L 30 0 L 30 10'
    )
    path += " L 0 10 C</ofd:AbbreviatedData></ofd:PathObject>"
    words = text(22, 57, "1") + text(52, 57, "2")
    document = read_ofd(ofd(path.format(20, "") + path.format(50, "") + words))
    assert texts(document) == [["1", "2"]]
    filled = path.format(20, ' Stroke="false" Fill="true"')
    assert texts(read_ofd(ofd(filled + text(22, 57, "1")))) == []


def test_what_is_not_seen_is_not_read() -> None:
    tilted = 'CTM="0.7 0.7 -0.7 0.7 0 0"'
    document = read_ofd(
        ofd(
            text(20, 50, "正文")
            + text(20, 60, "隐", extra='Visible="false"')
            + text(20, 70, "透", extra='Alpha="0"')
            + text(20, 80, "水印", extra=tilted)
            + text(300, 90, "外")
        )
    )
    assert lines(document) == ["正文"]


def with_resources(listed: str, *pages: str) -> bytes:
    """An OFD file whose public resources are listed so."""
    resources = f'<ofd:Res {NAME} BaseLoc="Res">{listed}</ofd:Res>'
    data = ofd(*pages, Doc_0__PublicRes__xml=resources)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            common = "<ofd:CommonData><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
            new.writestr(
                name.replace("PublicRes/xml", "PublicRes.xml"),
                content.replace("<ofd:CommonData>", common),
            )
    return out.getvalue()


def unit(number: int, content: str) -> str:
    return (
        f'<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="{number}" Width="90" Height="9">'
        f"<ofd:Content>{content}</ofd:Content></ofd:CompositeGraphicUnit>"
        "</ofd:CompositeGraphicUnits>"
    )


def composite(number: int, x: float, y: float) -> str:
    return f'<ofd:CompositeObject ID="7" Boundary="{x} {y} 90 9" ResourceID="{number}"/>'


def test_a_composite_drawing_is_read_where_it_is_placed() -> None:
    inner = text(10, 10, "示范区人民政府办公室")
    data = with_resources(unit(5, composite(6, 5, 5)) + unit(6, inner), composite(5, 20, 40))
    (paragraph,) = read_ofd(data).paragraphs
    assert paragraph.text == "示范区人民政府办公室"
    assert isinstance(paragraph.where, PageBox)
    assert paragraph.where.x0 == pytest.approx((10 + 5 + 20) * POINT, abs=0.5)
    assert paragraph.where.bottom == pytest.approx((10 + 5 + 40) * POINT, abs=3)


def test_composite_drawings_without_end_are_named() -> None:
    data = with_resources(unit(5, composite(5, 0, 0) * 9), composite(5, 0, 0))
    started = time.process_time()
    assert read_ofd(data).problems == ("page 1: a composite drawing was not read",)
    assert time.process_time() - started < 2


def test_a_picture_of_a_page_is_named() -> None:
    picture = '<ofd:ImageObject ID="1" Boundary="0 0 210 297" ResourceID="9"/>'
    document = read_ofd(ofd(picture))
    assert document.problems == ("page 1 is a picture and was not read",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "damaged ZIP"),
        (ofd()[:-30], "damaged ZIP"),
        (ofd(), "no pages"),
        (ofd(**{"OFD.xml": "<x/>"}), "no document"),
        (ofd(**{"OFD.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}), "document type"),
        (ofd("<broken"), "page 1 was not read"),
        (
            ofd(Doc_0__x="", **{"OFD.xml": f"<ofd:OFD {NAME}><ofd:DocBody><ofd:DocRoot>"
            "../../../../etc/passwd</ofd:DocRoot></ofd:DocBody></ofd:OFD>"}),
            "no part",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(data: bytes, reason: str) -> None:
    document = read_ofd(data)
    assert document.blocks == ()
    assert reason in document.problems[0]


@pytest.mark.parametrize(
    "objects",
    [
        text(20, 50, "12", run='DeltaX="g 999999999 1"'),
        text(20, 50, "12", run='DeltaX="g x 1" DeltaY="nan inf"'),
        text(20, 50, "12", size=1e300),
        text(20, 50, "1" * 200_000),
        PATH.format("M 0 L"),
        PATH.format("M 0 0 L 1 1 " * 300_000),
        "<ofd:PageBlock>" * 200 + text(20, 50, "12") + "</ofd:PageBlock>" * 200,
    ],
)
def test_hostile_objects_end_soon(objects: str) -> None:
    began = time.process_time()
    read_ofd(ofd(objects))
    assert time.process_time() - began < 5


@given(st.data())
def test_any_attributes_are_read_or_left_out(data: st.DataObject) -> None:
    number = st.sampled_from(["0", "-3", "1e9", "nan", "inf", "x", "", "12 4", "g 2 3"])
    extra = f'CTM="{data.draw(number)} 0 0 1 0 {data.draw(number)}" HScale="{data.draw(number)}"'
    run = f'DeltaX="{data.draw(number)}" DeltaY="{data.draw(number)}"'
    document = read_ofd(ofd(text(20, 50, "甲1", extra=extra, run=run), box=data.draw(number)))
    assert document.media_type == OFD
