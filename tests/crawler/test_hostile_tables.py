"""Tables of portals as spreadsheets, editors and enemies leave them: faults are said by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.choice import faults
from crawler.registry import RegistryError, read

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "place_code,name,home_page\n"
HOME = "http://www.example.gov.cn/"


def said(folder: Path, content: bytes | str) -> list[str]:
    file = folder / "t.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return [one["said"].removeprefix(f"{file}").lstrip(", ") for one in faults(file)]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "line 1: no column home_page; the columns are"),
        (b"\n\n" + HEAD.encode(), "line 1: no column home_page; the columns are"),
        (f"{HEAD}a,b,{HOME}\n".replace(",", ";"), "(parted by commas, not by semicolons)"),
        (f"{HEAD}a,b,{HOME}\n".replace(",", "\t"), "(parted by commas, not by tabs)"),
        (f"{HEAD}a,b,{HOME}\n".replace(",", "，"), "(parted by commas, not by full-width commas)"),
        ((HEAD + f",呼兰,{HOME}").encode("gb18030"), "line 2: not UTF-8; save it as CSV UTF-8"),
        ((HEAD + f",呼兰,{HOME}").encode("utf-16"), "line 1: not UTF-8; save it as CSV UTF-8"),
        (f'{HEAD},"x,{HOME}\n', "line 2: no CSV (unexpected end of data)"),
        (f"{HEAD},{'x' * 200_000},{HOME}\n", "line 2: no CSV (field larger than field limit"),
        (HEAD.encode() + b"," + b"x" * 17_000_000, "larger than 16 MB, not read"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_one_line(tmp_path: Path, content: bytes | str, line: str) -> None:
    found = said(tmp_path, content)
    assert len(found) == 1
    assert line in found[0]
    with pytest.raises(RegistryError):
        read(tmp_path / "t.csv")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_marks_and_line_ends_of_spreadsheets_are_understood(
    tmp_path: Path, ending: str, mark: str
) -> None:
    text = mark + f'{HEAD}230111,呼兰区,{HOME}\n,"名,\n字",{HOME}x\n'.replace("\n", ending)
    found = said(tmp_path, text)
    assert found == ["line 3: name: is no name"]  # for the line end in it
    assert read(tmp_path / "t.csv")[0].id == "230111"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://a..b.cn/", "its host or port is wrong"),
        (f"http://{'a' * 70}.gov.cn/", "its host or port is wrong"),
        (f"http://{'a.' * 150}gov.cn/", "its host or port is wrong"),
        ("http://a\\b.gov.cn/", "its host or port is wrong"),
        ("http://a%00.gov.cn/", "its host or port is wrong"),
        ("http://<a>.gov.cn/", "its host or port is wrong"),
        ("http://a b.gov.cn/", "its host or port is wrong"),
        ("http://a.gov.cn:0/", "its host or port is wrong"),
        ("http://a.gov.cn:99999/", "its host or port is wrong"),
        ("http://[::1/", "its host or port is wrong"),
        ("http://a.gov.cn/\x00", "its host or port is wrong"),
        ("http://u:p@a.gov.cn/", "holds a user name or a password; a public page needs none"),
        ("javascript:alert(1)", "must begin with http:// or https://"),
        ("=HYPERLINK(1)", "must begin with http:// or https://"),
        ("", "is empty"),
        ("http://intranet/", "intranet is a name of a local network"),
        ("http://files.local/", "files.local is a name of a local network"),
        ("http://localhost./", "localhost. is this machine"),
        ("http://10.1/", "10.1 is not a public address"),
        ("http://１27.0.0.1/", "１27.0.0.1 is not a public address"),
        ("http://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1 is not a public address"),
    ],
)
def test_what_is_no_home_page_is_said_once(tmp_path: Path, address: str, why: str) -> None:
    assert said(tmp_path, f"{HEAD},x,{address}\n") == [f"line 2: home_page: {why}"]


@pytest.mark.parametrize(
    "address",
    [
        "http://www.example.gov.cn./",
        "https://例子.政府.cn/",
        "HTTP://WWW.EXAMPLE.GOV.CN:8080/x?y=1",
    ],
)
def test_what_is_a_home_page_is_none_of_them(tmp_path: Path, address: str) -> None:
    assert said(tmp_path, f"{HEAD},x,{address}\n") == []


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+1", "２３０１１１", "230111.0", "2.3E+05"])
def test_a_code_is_six_digits_and_nothing_that_a_sheet_makes_of_them(
    tmp_path: Path, cell: str
) -> None:
    assert f"line 2: place_code: {cell} is not a code of six digits" in said(
        tmp_path, f"{HEAD}{cell},x,{HOME}\n"
    )
