"""Tell a file by its content: names, extensions and declared types lie."""

from __future__ import annotations

import codecs
import json
import re

from extract.compound import MAGIC as OLE_MAGIC
from extract.compound import Compound, CompoundError
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
    (b"RIFF", "image/webp"),
    (b"BM", "image/bmp"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"{\\rtf", RTF),
)
_FURTHER = {"image/webp": b"WEBP", "image/bmp": bytes(2)}
"""What stands eight bytes further on, where the first ones alone may begin a text."""
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
        if data.startswith(magic) and data[8:].startswith(_FURTHER.get(media_type, b"")):
            return media_type
    if data.startswith(OLE_MAGIC):
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
            named = package.read("mimetype")[:100].decode("ascii", "replace").strip()
            return named if re.fullmatch(r"application/[\w.+-]+", named) else ZIP
        types = package.read("[Content_Types].xml")
    except PackageError:
        return ZIP
    return next((media_type for part, media_type in _MAIN_PARTS if part in types), ZIP)


def _sniff_ole(data: bytes) -> str:
    try:
        names = Compound(data).names
    except CompoundError:
        return OLE
    return next((media_type for name, media_type in _OLE_STREAMS if name in names), OLE)


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
