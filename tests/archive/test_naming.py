from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.naming import file_name, media_type

NAME = "2022年政府信息公开工作年度报告.docx"


@pytest.mark.parametrize(
    "value",
    [
        f'attachment; filename="{NAME}"'.encode(),
        f'attachment; filename="{NAME}"'.encode("gbk"),
        f"attachment;filename={NAME}".encode("gb18030"),
        f"attachment; filename*=UTF-8''{quote(NAME)}".encode(),
        f"attachment; filename*=gbk'zh'{quote(NAME.encode('gbk'))}".encode(),
        f"attachment; filename={quote(NAME)}".encode(),
        b"attachment; filename==?UTF-8?B?" + base64.b64encode(NAME.encode()) + b"?=",
        f"inline; filename=\"x.doc\"; filename*=utf-8''{NAME}".encode(),
        f'ATTACHMENT; FileName = "{NAME}" ; size=1'.encode(),
        f'filename="{NAME}"'.encode(),
    ],
    ids=["utf8", "gbk", "bare", "5987", "5987gbk", "percent", "2047", "both", "case", "alone"],
)
def test_a_name_is_read_however_it_is_written(value: bytes) -> None:
    assert file_name(value) == NAME


def test_a_gbk_character_may_end_in_a_backslash() -> None:
    name = "誠.doc"
    raw = name.encode("gbk")
    assert b"\\" in raw
    assert file_name(b'attachment; filename="' + raw + b'"') == name


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="C:\\\\fakepath\\\\a.doc"', "a.doc"),
        (b'attachment; filename="/"', None),
        (b'attachment; filename=".."', None),
        (b'attachment; filename=""', None),
        (b"attachment", None),
        (b"", None),
        (b"attachment; filename", None),
        (b'attachment; filename="a;b.doc"', "a;b.doc"),
        (b'attachment; filename="a\\"b.doc"', 'a"b.doc'),
        (b'attachment; filename="open.doc', "open.doc"),
        (b"attachment; filename*=nonsense; filename=b.doc", "b.doc"),
        (b"attachment; filename*=none''%E5%B9%B4; filename=b.doc", "年"),
        ("attachment; filename=a\u202ecod.exe".encode(), "acod.exe"),
        (b"attachment; filename=a\x00\x1b[31m.doc", "a [31m.doc"),
        (b"attachment; filename=" + b"x" * 300 + b".doc", "x" * 251 + ".doc"),
        (b"attachment; filename=" + b"x" * 9_000, None),
        (b"attachment; filename==?UTF-8?B?=?=", None),
    ],
)
def test_a_name_is_never_a_path_nor_a_trick(value: bytes, name: str | None) -> None:
    assert file_name(value) == name


@given(st.binary(max_size=200))
def test_no_bytes_break_it(value: bytes) -> None:
    name = file_name(b"attachment; filename=" + value)
    assert name is None or (0 < len(name) <= 255 and not set(name) & set("/\\\r\n\0"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Text/HTML; charset=GB2312", "text/html"),
        (b" application/pdf ", "application/pdf"),
        (b"text/html,text/html", "text/html"),
        (b"application/vnd.ms-excel;x", "application/vnd.ms-excel"),
        (b"pdf", ""),
        (b"", ""),
        (None, ""),
        (b"text/html\r\nX: y", ""),
        (b"\xff/\xfe", ""),
    ],
)
def test_a_media_type_is_declared_without_parameters(value: bytes | None, expected: str) -> None:
    assert media_type(value) == expected
