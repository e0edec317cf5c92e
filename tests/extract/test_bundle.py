from __future__ import annotations

import io
import zipfile

import pytest

from extract.readers.bundle import read_bundle
from extract.sniff import sniff


def zipped(files: dict[str, bytes], *, encoding: str | None = None) -> bytes:
    """A ZIP file; with an encoding, its names are raw bytes without the UTF-8 flag."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr("x" * len(name.encode(encoding)) if encoding else name, content)
    data = out.getvalue()
    for name in files if encoding else ():
        raw = name.encode(encoding or "")
        data = data.replace(b"x" * len(raw), raw, 2)
    return data


def kinds(data: bytes) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    return read_bundle(data, lambda _, content: sniff(content))


def test_each_file_goes_to_the_reader() -> None:
    data = zipped({"年报.pdf": b"%PDF-1.7", "b/": b"", "b/表.txt": b"text"})
    assert kinds(data) == ([("年报.pdf", "application/pdf"), ("b/表.txt", "text/plain")], ())


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_a_declared_encoding(encoding: str) -> None:
    found, problems = kinds(zipped({"政府信息公开年报.doc": b"text"}, encoding=encoding))
    assert [name for name, _ in found] == ["政府信息公开年报.doc"]
    assert problems == ()


def test_a_name_is_text_and_never_a_path() -> None:
    found, _ = kinds(zipped({"../../etc/passwd": b"text", "C:\\x": b"text"}))
    assert [kind for _, kind in found] == ["text/plain", "text/plain"]


def test_clutter_is_left_out() -> None:
    data = zipped({"__MACOSX/._a.pdf": b"x", "d/.DS_Store": b"x", "a.txt": b"text"})
    assert kinds(data) == ([("a.txt", "text/plain")], ())


def test_a_bomb_does_not_keep_the_others_from_being_read() -> None:
    found, problems = kinds(zipped({"bomb.txt": b" " * 80_000_000, "a.txt": b"text"}))
    assert found == [("a.txt", "text/plain")]
    assert "too many bytes" in problems[0]


def test_a_zip_within_is_named_and_not_opened() -> None:
    found, problems = kinds(zipped({"inner.zip": zipped({"a": b"b"}), "a.txt": b"text"}))
    assert found == [("a.txt", "text/plain")]
    assert "inner.zip" in problems[0]


def test_too_many_files() -> None:
    found, problems = kinds(zipped({f"{n}.txt": b"text" for n in range(60)}))
    assert len(found) == 50
    assert "left out" in problems[0]


def test_an_encrypted_file_is_named() -> None:
    data = bytearray(zipped({"a.txt": b"text"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in kinds(bytes(data))[1][0]


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", zipped({}), zipped({"a": b"b"})[:-9]],
    ids=["nothing", "a mark alone", "no member", "cut short"],
)
def test_what_cannot_be_read_is_said(data: bytes) -> None:
    found, problems = kinds(data)
    assert found == []
    assert len(problems) == 1
