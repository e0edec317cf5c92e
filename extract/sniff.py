"""Tell a file by its content: names, extensions and declared types lie."""

from __future__ import annotations

import codecs
import json
import re
import struct

from extract.package import Package, PackageError

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OFD = "application/ofd"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
WORKS = "application/vnd.ms-works"
OLE = "application/x-ole-storage"
RTF = "application/rtf"
ZIP = "application/zip"
PDF = "application/pdf"
HTML = "text/html"
TEXT = "text/plain"
XML = "application/xml"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"{\\rtf", RTF),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("CONTENTS", WORKS),
    ("MatOST", WORKS),
)
_PACKAGE_PARTS = (
    ("OFD.xml", OFD),
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", XLSX),
    ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    ("ppt/presentation.xml", PPTX),
)
_MAIN_PARTS = (
    (b"wordprocessingml.document.main+xml", DOCX),
    (b"wordprocessingml.template.main+xml", DOCX),
    (b"spreadsheetml.sheet.main+xml", XLSX),
)
_PDF_HEADER = re.compile(rb"%PDF-\d")
_PDF_JUNK = 1024
_HEAD = 4096
_HTML_START = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|table|div|p|span|h[1-6]|center"
    r"|font|br|ul|ol|a)\b",
    re.IGNORECASE,
)
_HTML_ANYWHERE = re.compile(r"<(?:html|head|body|table|div|p|td)\b[^>]*>", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(data: bytes) -> str:
    """The media type of a file, told by its content alone.

    Args:
        data: The whole file.

    Returns:
        A media type; `application/x-empty` for nothing at all (or white space alone) and
        `application/octet-stream` for what is not recognised. Never raises.
    """
    if not data.strip(b" \t\r\n\x00"):
        return EMPTY
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    if data.startswith(_OLE_MAGIC):
        return _sniff_ole(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_zip(data)
    return _sniff_text(data)


def _sniff_zip(data: bytes) -> str:
    try:
        package = Package(data)
        for part, media_type in _PACKAGE_PARTS:
            if part in package.names:
                return media_type
        if "mimetype" in package.names:
            return package.read("mimetype")[:100].decode("ascii", "replace").strip() or ZIP
        types = package.read("[Content_Types].xml")
    except PackageError:
        return ZIP
    return next((media_type for part, media_type in _MAIN_PARTS if part in types), ZIP)


def _sniff_ole(data: bytes) -> str:
    names = _ole_names(data)
    return next((media_type for name, media_type in _OLE_STREAMS if name in names), OLE)


def _ole_names(data: bytes) -> set[str]:
    """The names in the directory of an OLE compound file, its sector chain followed within bounds.

    A damaged chain ends the walk; the names found so far still tell the type.
    """
    if len(data) < 512:  # noqa: PLR2004 - the fixed size of the header
        return set()
    shift, fat_count, directory = (
        *struct.unpack_from("<30xH", data),
        *struct.unpack_from("<44xII", data),
    )
    size = 1 << min(shift, 12)
    fat = _ole_fat(data, size, fat_count)
    names: set[str] = set()
    sector, seen = directory, 0
    while sector < len(data) // size and seen < 1000:  # noqa: PLR2004 - 8,000 names are plenty
        block = data[(sector + 1) * size : (sector + 2) * size]
        for at in range(0, len(block) - 127, 128):
            length = min(struct.unpack_from("<H", block, at + 64)[0], 64)
            names.add(block[at : at + max(0, length - 2)].decode("utf-16-le", "replace"))
        seen += 1
        sector = fat[sector] if sector < len(fat) else 0xFFFFFFFF
    return names


def _ole_fat(data: bytes, size: int, count: int) -> list[int]:
    """The sector table, from the 109 places the header names: enough for 7 MB of directory."""
    fat: list[int] = []
    for sector in struct.unpack_from("<109I", data, 76)[: min(count, 109)]:
        block = data[(sector + 1) * size : (sector + 2) * size]
        fat.extend(struct.unpack_from(f"<{len(block) // 4}I", block))
    return fat


def _sniff_text(data: bytes) -> str:
    text = _decode_head(data)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _sniff_markup(start)
    if _PDF_HEADER.search(data, 0, _PDF_JUNK + 8):
        return PDF
    if start.lower().startswith("mime-version:") and "multipart/related" in start.lower():
        return "multipart/related"
    if not text or _CONTROLS.search(text) or "\ufffd" in text[:-4]:
        return UNKNOWN
    if start.startswith(("{", "[")) and _is_json(data):
        return "application/json"
    return HTML if len(_HTML_ANYWHERE.findall(text)) > 1 else TEXT


def _sniff_markup(start: str) -> str:
    bare = re.sub(r"^(?:<!--.*?-->\s*)+", "", start, flags=re.DOTALL)
    if _HTML_START.match(bare):
        return HTML
    if bare.startswith("<?xml"):
        page = re.search(r"<!doctype\s+html|<html\b", bare, re.IGNORECASE)
        return HTML if page else XML
    if _HTML_ANYWHERE.search(bare) or bare.startswith("<!--"):
        return HTML
    return XML if re.match(r"<[A-Za-z_!]", bare) else TEXT


def _decode_head(data: bytes) -> str:
    """The beginning as text; empty where it is no text in any encoding that the portals use."""
    head = data[:_HEAD]
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head.decode(encoding, "replace")
    for encoding in ("utf-8", "gb18030"):
        # A character may be cut by the end of the head: an incremental decoder waits for the rest.
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            return decoder.decode(head, final=len(data) <= _HEAD)
        except UnicodeDecodeError:
            continue
    # A page with a stray byte is still a page; binary content has control characters as well.
    return head.decode("utf-8", "replace")


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
