"""Small files that want much: written whole, packed hard."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

from pdf_drawing import Page, pdf

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTE = 2**20


def flate_pdf(content: bytes, megabytes: int) -> bytes:
    """A PDF of one page whose content is these bytes again and again."""
    body = packed(content, megabytes)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %b >>"
        % b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(body), body),
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    return bytes(out) + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table


def packed(content: bytes, megabytes: int) -> bytes:
    """The same bytes again and again, deflated."""
    chunk = content * (MEGABYTE // len(content))
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(chunk) for _ in range(megabytes)) + packer.flush()


def pdf_of_pages(count: int) -> bytes:
    """A PDF of many pages, each with a table of ten rows."""
    page = Page()
    tops = [100.0 + 14 * row for row in range(11)]
    page.table([60.0, 160.0, 230.0, 300.0], tops, [["规章", "12", "3"]] * 10)
    return pdf(*[page] * count)


def zipped(parts: Mapping[str, bytes | tuple[bytes, int]]) -> bytes:
    """A ZIP file; a part may be given as bytes and how many megabytes of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if isinstance(content, bytes):
                package.writestr(name, content)
                continue
            chunk = content[0] * (MEGABYTE // len(content[0]))
            with package.open(name, "w", force_zip64=True) as part:
                for _ in range(content[1]):
                    part.write(chunk)
    return out.getvalue()


_SHEETS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006/relationships"


def xlsx(strings: bytes | tuple[bytes, int], sheet: bytes | tuple[bytes, int]) -> bytes:
    """A workbook of these shared strings and this one sheet."""
    relation = b'<Relationship Id="r%d" Type="' + _OFFICE + b'/%b" Target="%b"/>'
    relations = relation % (1, b"worksheet", b"worksheets/sheet1.xml")
    relations += relation % (2, b"sharedStrings", b"sharedStrings.xml")
    return zipped(
        {
            "xl/workbook.xml": b'<workbook %b xmlns:r="%b"><sheets>' % (_SHEETS, _OFFICE)
            + b'<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="%b">%b</Relationships>'
            % (_PACKAGE, relations),
            "xl/sharedStrings.xml": strings,
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def far_cells(rows: int) -> bytes:
    """A sheet with a cell in its last column in every other row."""
    cells = b"".join(
        b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(1, rows, 2)
    )
    return b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (_SHEETS, cells)


def png(width: int, height: int) -> bytes:
    """A white picture of one bit a pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    row = b"\0" + b"\xff" * ((width + 7) // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    )


def entities(depth: int) -> bytes:
    """A Word file whose text is ten to the power of `depth` letters, by entities."""
    names = [b"e%d" % n for n in range(depth)]
    declared = b"<!ENTITY e0 'aaaaaaaaaa'>" + b"".join(
        b"<!ENTITY %b '%b'>" % (name, b"&%b;" % before * 10) for before, name in pairwise(names)
    )
    body = b"<!DOCTYPE a [%b]><a>&%b;</a>" % (declared, names[-1])
    return zipped({"word/document.xml": body})
