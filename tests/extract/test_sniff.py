from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.sniff import (
    DOC,
    DOCX,
    EMPTY,
    HTML,
    OFD,
    OLE,
    PDF,
    RTF,
    TEXT,
    UNKNOWN,
    WORKS,
    XLS,
    XLSX,
    XML,
    ZIP,
    sniff,
)

SHARED = Path(__file__).parents[2].parent / "shared"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def ole(*names: str) -> bytes:
    """A compound file of a header, one table sector and one directory sector."""
    entries = b""
    for name in ("Root Entry", *names):
        raw = name.encode("utf-16-le") + b"\0\0"
        entries += raw.ljust(64, b"\0") + struct.pack("<H", len(raw)) + bytes(62)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHH", 62, 3, 65534, 9)
    header = header.ljust(44, b"\0") + struct.pack("<II", 1, 1)
    header = header.ljust(76, b"\0") + struct.pack("<I", 0) + b"\xff" * 432
    fat = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    return header + fat + entries.ljust(512, b"\0")


PAGE = "<html><head><meta charset=gb2312><title>年度报告</title></head><body>报告</body></html>"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.4\n...", "application/pdf"),
        (b"\0\xff junk \r\n" * 60 + b"%PDF-1.7\n\x00", "application/pdf"),
        (zipped(word__document_dot_xml=b"<x/>"), DOCX),
        (zipped(xl__workbook_dot_xml=b"<x/>"), XLSX),
        (zipped(OFD_dot_xml=b"<x/>"), OFD),
        (zipped(report_dot_pdf=b"%PDF-1.4"), ZIP),
        (zipped(mimetype=b"application/epub+zip"), "application/epub+zip"),
        (zipped(mimetype=b"text/html"), ZIP),
        (zipped(mimetype=b"application/x\r\nX-Forged: 1"), ZIP),
        (b"PK\x03\x04 and then nothing", ZIP),
        (ole("WordDocument", "1Table"), DOC),
        (ole("Workbook"), XLS),
        (ole("CONTENTS"), WORKS),
        (ole("Something"), OLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
        (b"{\\rtf1\\ansi x}", RTF),
        (PAGE.encode("gb18030"), HTML),
        (b"\xef\xbb\xbf\r\n" + PAGE.encode(), HTML),
        (b"\xff\xfe" + PAGE.encode("utf-16-le"), HTML),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C"><html/>', HTML),
        (b"<!-- saved --><html xmlns:o='urn:schemas-microsoft-com:office:office'>", HTML),
        ("年度报告 <p>一、总体情况</p><p>二、主动公开</p>".encode(), HTML),
        (b"<html>%PDF-1.4 is how a PDF begins</html>", HTML),
        (b'<?xml version="1.0"?><datastore/>', XML),
        (b'{"articles": [1, 2]}', "application/json"),
        (b"{not json}", TEXT),
        ("政府信息公开工作年度报告".encode("gb18030"), TEXT),
        (("年" * 5000).encode(), TEXT),
        (b"\xff\xd8\xff\xe0 JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"MM\0*", "image/tiff"),
        (b"GIF89a", "image/gif"),
        (b"Rar!\x1a\x07\x01\0", "application/vnd.rar"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"", EMPTY),
        (b" \r\n\t", EMPTY),
        (b"\x01\x02\x03\x04\xfe\xff\x90", UNKNOWN),
    ],
)
def test_content_tells_the_type(data: bytes, media_type: str) -> None:
    assert sniff(data) == media_type


def test_a_head_cut_within_a_character_is_still_text() -> None:
    assert sniff(("a" + "年" * 3000).encode()) == TEXT
    assert sniff(("a" + "年" * 3000).encode("gb18030")) == TEXT


def test_the_ole_directory_is_followed_within_bounds() -> None:
    looping = bytearray(ole("Something"))
    struct.pack_into("<I", looping, 512 + 4, 1)  # the directory sector points to itself
    assert sniff(bytes(looping)) == OLE


@given(st.binary(max_size=600), st.sampled_from([b"", b"PK\x03\x04", ole("WordDocument")[:900]]))
def test_any_bytes_have_a_type(data: bytes, start: bytes) -> None:
    assert "/" in sniff(start + data)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real reports are not here")
def test_real_reports() -> None:
    kinds = {path.name: sniff(path.read_bytes()) for path in (SHARED / "originals").iterdir()}
    for name, kind in kinds.items():
        expected = {"pdf": PDF, "docx": DOCX, "doc": DOC}
        assert kind == expected[name.rpartition(".")[2]]
    assert len(kinds) == 6
