"""An invented report as OFD: the text and rules of a PDF of it, written as OFD's XML.

No program on the machine writes OFD, so the geometry is taken from a PDF; pages are laid out as
there, glyph by glyph, which is how the converters of offices do it.
"""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import quoteattr

import pdfplumber

XML = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
MILLIMETRES = 25.4 / 72


def ofd(pdf: bytes) -> bytes:
    """The pages of a PDF as an OFD file."""
    parts: dict[str, str] = {}
    pages = []
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages):
            parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _page(page)
            location = f"Pages/Page_{number}/Content.xml"
            pages.append(f'<ofd:Page ID="{number + 1}" BaseLoc="{location}"/>')
        box = _box(0, 0, document.pages[0].width, document.pages[0].height)
    parts["OFD.xml"] = (
        f'{XML}<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    parts["Doc_0/Document.xml"] = (
        f"{XML}<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>{box}"
        "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
        f"<ofd:Pages>{''.join(pages)}</ofd:Pages></ofd:Document>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return buffer.getvalue()


def _page(page: pdfplumber.page.Page) -> str:
    objects = []
    for char in page.chars:
        size = char["size"]
        box = _box(char["x0"], char["top"], char["x1"], char["bottom"])
        objects.append(
            f'<ofd:TextObject ID="9" Boundary="{box}" Font="1" Size="{size * MILLIMETRES:.4f}">'
            f'<ofd:TextCode X="0" Y="{size * 0.88 * MILLIMETRES:.4f}">'
            f"{quoteattr(char['text'])[1:-1]}</ofd:TextCode></ofd:TextObject>"
        )
    for edge in page.edges:
        box = _box(edge["x0"], edge["top"], edge["x1"] + 0.1, edge["bottom"] + 0.1)
        across, down = (float(part) for part in box.split()[2:])
        objects.append(
            f'<ofd:PathObject ID="9" Boundary="{box}" LineWidth="0.2"><ofd:AbbreviatedData>'
            f"M 0 0 L {across:.4f} {down:.4f}</ofd:AbbreviatedData></ofd:PathObject>"
        )
    return (
        f'{XML}<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="8">{"".join(objects)}'
        "</ofd:Layer></ofd:Content></ofd:Page>"
    )


def _box(x0: float, top: float, x1: float, bottom: float) -> str:
    return " ".join(f"{side * MILLIMETRES:.4f}" for side in (x0, top, x1 - x0, bottom - top))
