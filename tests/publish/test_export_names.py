"""Whatever a portal calls a file, the name it gets here is harmless and can be read."""

from __future__ import annotations

import os
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.export.names import MOST_BYTES, safe_name, same_name

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("呼兰区2021年政府信息公开工作年度报告", "呼兰区2021年政府信息公开工作年度报告.pdf"),
        ("../../etc/passwd", "／..／etc／passwd.pdf"),
        ("..\\..\\windows\\system32", "＼..＼windows＼system32.pdf"),
        ("/etc/passwd", "／etc／passwd.pdf"),
        ("C:\\x", "C：＼x.pdf"),
        ("..", "report.pdf"),
        (".", "report.pdf"),
        ("", "report.pdf"),
        (None, "report.pdf"),
        ("   . .", "report.pdf"),
        ("a\0b\nc\rd\te", "ab c d e.pdf"),
        ("a\u202egnp.exe", "agnp.exe.pdf"),
        ("\ufeff年\u200b报\u2028", "年报.pdf"),
        ("CON", "_CON.pdf"),
        ("con .x", "_con .x.pdf"),
        ("nul.tar", "_nul.tar.pdf"),
        ("COM¹", "_COM¹.pdf"),
        ("LPT9", "_LPT9.pdf"),
        ("CONTENT", "CONTENT.pdf"),
        ('<a href="x">|?*', "＜a href=＂x＂＞｜？＊.pdf"),
        ("-rf ~", "-rf ~.pdf"),
        ("e\u0301", "\u00e9.pdf"),
        ("\ud800x", "x.pdf"),
    ],
)
def test_a_name_is_readable_and_no_path(text: str | None, name: str) -> None:
    assert safe_name(text, "report", ".pdf") == name


def test_an_over_long_name_is_cut_between_letters_and_keeps_its_ending() -> None:
    name = safe_name("年" * 500, "x", ".pdf", " 0a1b2c3d")
    assert name.endswith("年 0a1b2c3d.pdf")
    assert MOST_BYTES - 3 < len(name.encode()) <= MOST_BYTES
    accented = "a" + "\u0323\u0302" * 200
    cut = safe_name(accented, "x", ".pdf").removesuffix(".pdf")
    assert cut in {"x", ""} or not unicodedata.combining(cut[0])


@given(st.text(max_size=400) | st.text(alphabet="./\\:.. \0\n%~CONcon\u202e", max_size=20))
def test_no_text_leaves_the_folder_or_cannot_be_written(text: str) -> None:
    name = safe_name(text, "report", ".pdf")
    for path in (PurePosixPath(name), PureWindowsPath(name)):
        assert (path.parts, path.name) == ((name,), name)
    assert not PureWindowsPath(name).is_reserved()
    assert name.removesuffix(".pdf")
    assert len(name.encode()) <= MOST_BYTES
    assert not name.startswith((" ", "."))
    assert not name.endswith((" ", "."))
    assert name.isprintable() or " " in name


@given(st.text(max_size=400))
def test_any_name_can_be_written_here(text: str) -> None:
    name = safe_name(text, "report", ".pdf")
    assert os.fsencode(name).decode() == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A.pdf", "a.pdf"),
        ("\u00e9", "e\u0301"),
        ("ＡＢ", "ab"),
        ("straße", "STRASSE"),
        ("⼯", "工"),
    ],
)
def test_names_that_some_system_takes_for_one_are_told(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)


def test_a_name_can_be_made_a_file(tmp_path: Path) -> None:
    for text in ("..", "CON", "年" * 300, "a/b", "x\0"):
        (tmp_path / safe_name(text, "report", ".pdf")).touch(exist_ok=False)
