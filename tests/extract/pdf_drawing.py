"""A small PDF writer for tests: text, rules and pictures at places measured from the top left."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595.0, 842.0


def advance(character: str, size: float) -> float:
    """How far a character moves the pen: half an em for ASCII, a whole one for all others."""
    return size * (0.5 if character.isascii() else 1.0)


def text_width(text: str, size: float) -> float:
    return sum(advance(character, size) for character in text)


@dataclass
class Page:
    """A page's content; `entries` are further entries of its dictionary, such as `/Rotate 90`.

    `in_form` puts it into a form (a reused drawing) at half its size, drawn at twice that.
    """

    width: float = WIDTH
    height: float = HEIGHT
    entries: str = ""
    in_form: bool = False
    operators: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def raw(self, operators: str) -> None:
        self.operators.append(operators)

    def text(self, x: float, baseline: float, text: str, size: float = 10.0, mode: int = 0) -> None:
        """Text that begins at x; `baseline` counts from the page's top."""
        self.used |= set(text)
        codes = "".join(f"{ord(character):04x}" for character in text)
        y = self.height - baseline
        self.raw(f"BT /F1 {size} Tf {mode} Tr 1 0 0 1 {x:.3f} {y:.3f} Tm <{codes}> Tj ET")

    def line(self, x0: float, top: float, x1: float, bottom: float, width: float = 0.5) -> None:
        y0, y1 = self.height - top, self.height - bottom
        self.raw(f"{width} w {x0:.3f} {y0:.3f} m {x1:.3f} {y1:.3f} l S")

    def fill(self, x0: float, top: float, x1: float, bottom: float, gray: float = 0.0) -> None:
        width, height = x1 - x0, bottom - top
        self.raw(f"{gray} g {x0:.3f} {self.height - bottom:.3f} {width:.3f} {height:.3f} re f 0 g")

    def picture(self, x0: float, top: float, x1: float, bottom: float) -> None:
        width, height = x1 - x0, bottom - top
        self.raw(f"q {width} 0 0 {height} {x0} {self.height - bottom} cm /Im1 Do Q")

    def rules(self, xs: list[float], ys: list[float]) -> None:
        """All rules of a plain table."""
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs:
            self.line(x, ys[0], x, ys[-1])

    def cells(self, xs: list[float], ys: list[float], rows: list[list[str]]) -> None:
        """Text in the middle of each slot of a table, lines broken at line feeds."""
        for top, bottom, row in zip(ys, ys[1:], rows, strict=False):
            for x0, x1, text in zip(xs, xs[1:], row, strict=False):
                lines = text.split("\n") if text else []
                baseline = (top + bottom) / 2 + 3.5 - 6 * (len(lines) - 1)
                for number, line in enumerate(lines):
                    x = (x0 + x1 - text_width(line, 10)) / 2
                    self.text(x, baseline + 12 * number, line)

    def table(self, xs: list[float], ys: list[float], rows: list[list[str]]) -> None:
        self.rules(xs, ys)
        self.cells(xs, ys, rows)


def pdf(*pages: Page, trailer: str = "") -> bytes:
    """The file: each page with one font that says what its characters mean, and one picture."""
    objects: list[bytes] = []

    def add(content: str | bytes) -> int:
        objects.append(content.encode() if isinstance(content, str) else content)
        return len(objects)

    add("<< /Type /Catalog /Pages 2 0 R >>")
    kids = " ".join(f"{_FIRST + 3 * number} 0 R" for number in range(len(pages)))
    add(f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>")
    add(
        "<< /Type /Font /Subtype /Type0 /BaseFont /Test /Encoding /Identity-H"
        " /DescendantFonts [4 0 R] /ToUnicode 6 0 R >>"
    )
    add(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Test /CIDToGIDMap 9 0 R"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        f" /FontDescriptor 5 0 R /DW 1000 /W [0 [{'500 ' * 128}]] >>"
    )
    add(
        "<< /Type /FontDescriptor /FontName /Test /Flags 4 /FontBBox [0 -200 1000 900]"
        " /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 /FontFile2 8 0 R >>"
    )
    add(_stream(_to_unicode(set().union(*(page.used for page in pages)))))
    picture = "/Type /XObject /Subtype /Image /Width 1 /Height 1"
    picture += " /ColorSpace /DeviceGray /BitsPerComponent 8"
    add(_stream(b"\x80", picture))
    font = _font()
    add(_stream(font, f"/Length1 {len(font)}"))
    add(_stream(b"\x00\x01" * 0x10000))
    for page in pages:
        content = len(objects) + 2
        resources = f"<< /Font << /F1 3 0 R >> /XObject << /Im1 7 0 R /Fm1 {content + 1} 0 R >> >>"
        box = f"[0 0 {page.width} {page.height}]"
        add(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} {page.entries}"
            f" /Resources {resources} /Contents {content} 0 R >>"
        )
        drawn = "\n".join(page.operators).encode()
        form = f"/Type /XObject /Subtype /Form /BBox {box} /Matrix [0.5 0 0 0.5 0 0]"
        add(_stream(b"q 2 0 0 2 0 0 cm /Fm1 Do Q" if page.in_form else drawn))
        add(_stream(drawn, f"{form} /Resources {resources}"))
    return _file(objects, trailer)


_FIRST = 10


def _stream(content: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(content)
    head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
    return head.encode() + packed + b"\nendstream"


def _to_unicode(used: set[str]) -> bytes:
    pairs = [f"<{ord(c):04x}> <{ord(c):04x}>" for c in sorted(used) if c != UNMAPPED]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    body = "".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar\n" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def"
        " /CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{body}endcmap end end"
    ).encode()


UNMAPPED = "\u0f00"
"""A character that the font does not say the meaning of."""


def _font() -> bytes:
    """A TrueType font with one glyph, a box, which stands for every character."""
    box = struct.pack(">hhhhhHH4B", 1, 50, 0, 450, 700, 3, 0, 1, 1, 1, 1)
    box += struct.pack(">4h4h", 50, 400, 0, -400, 0, 0, 700, 0)
    tables = {
        b"glyf": box,
        b"head": struct.pack(
            ">4L2H2q4h2H3h",
            0x10000,
            0x10000,
            0,
            0x5F0F3CF5,
            0,
            1000,
            0,
            0,
            50,
            0,
            450,
            700,
            0,
            8,
            2,
            0,
            0,
        ),
        b"hhea": struct.pack(">LhhhH11hH", 0x10000, 880, -120, 0, 1000, *([0] * 11), 2),
        b"hmtx": struct.pack(">HhHh", 1000, 0, 1000, 50),
        b"loca": struct.pack(">3H", 0, 0, len(box) // 2),
        b"maxp": struct.pack(">L14H", 0x10000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    out = struct.pack(">L4H", 0x10000, len(tables), 64, 2, 32)
    place = len(out) + 16 * len(tables)
    body = b""
    for tag, table in tables.items():
        out += tag + struct.pack(">3L", 0, place + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return out + body


def _file(objects: list[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n".encode()
    return bytes(out + f"startxref\n{table}\n%%EOF\n".encode())
