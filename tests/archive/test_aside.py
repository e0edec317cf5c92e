"""An export has its name when it is whole, and not before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive import ArchiveError, Busy
from archive.export.aside import new_file, new_folder

ROOT = Path(__file__).parents[2]
HANGS = """
import sys, pathlib
from archive.export.aside import new_file, new_folder
make = new_file if sys.argv[1] == "file" else new_folder
with make(pathlib.Path(sys.argv[2])) as made:
    if sys.argv[1] == "file":
        made.write(b"half")
        made.flush()
    else:
        (made / "half").write_bytes(b"half")
    print("writing", flush=True)
    sys.stdin.read()
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def hanging(form: str, target: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS, form, str(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout
    assert process.stdout.readline() == "writing\n"
    return process


def test_a_file_that_is_whole_has_its_name(tmp_path: Path) -> None:
    with new_file(tmp_path / "a.wacz") as file:
        file.write(b"whole")
        assert "a.wacz" not in names(tmp_path)
    assert names(tmp_path) == {"a.wacz"}
    assert (tmp_path / "a.wacz").read_bytes() == b"whole"


def test_a_folder_that_is_whole_has_its_name(tmp_path: Path) -> None:
    with new_folder(tmp_path / "bag") as folder:
        (folder / "in").mkdir()
        (folder / "in" / "a").write_bytes(b"whole")
        assert "bag" not in names(tmp_path)
    assert (tmp_path / "bag" / "in" / "a").read_bytes() == b"whole"
    assert names(tmp_path) == {"bag"}


@pytest.mark.parametrize("make", [new_file, new_folder])
def test_what_fails_or_is_interrupted_leaves_nothing(tmp_path: Path, make: object) -> None:
    for error in (OSError("full"), KeyboardInterrupt()):
        with pytest.raises(type(error)), make(tmp_path / "x"):  # type: ignore[operator]
            raise error
        assert names(tmp_path) == set()


@pytest.mark.parametrize("form", ["file", "folder"])
def test_what_is_killed_has_no_name_and_the_next_takes_its_rest_away(
    tmp_path: Path, form: str
) -> None:
    process = hanging(form, tmp_path / "x")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert names(tmp_path) == {".x.part"}
    if form == "file":
        with new_file(tmp_path / "x") as file:
            file.write(b"y")
        assert (tmp_path / "x").read_bytes() == b"y"
    else:
        with new_folder(tmp_path / "x") as folder:
            assert names(folder) == set()
    assert names(tmp_path) == {"x"}


@pytest.mark.parametrize("form", ["file", "folder"])
def test_two_exports_to_one_name_do_not_mix(tmp_path: Path, form: str) -> None:
    process = hanging(form, tmp_path / "x")
    make = new_file if form == "file" else new_folder
    with pytest.raises(Busy), make(tmp_path / "x"):
        pass
    process.communicate("")
    assert process.returncode == 0
    assert names(tmp_path) == {"x"}


def test_what_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "old").touch()
    with pytest.raises(ArchiveError, match="already"), new_file(tmp_path / "a"):
        pass
    with pytest.raises(ArchiveError, match="already"), new_folder(tmp_path / "b"):
        pass
    with new_file(tmp_path / "a", replace=True) as file:
        file.write(b"new")
    with (
        pytest.raises(ArchiveError, match="no export"),
        new_folder(tmp_path / "b", replace=True, mark="bagit.txt"),
    ):
        pass
    assert names(tmp_path / "b") == {"old"}
    with new_folder(tmp_path / "b", replace=True, mark="old") as folder:
        (folder / "new").touch()
    assert (tmp_path / "a").read_bytes() == b"new"
    assert names(tmp_path / "b") == {"new"}
    assert names(tmp_path) == {"a", "b"}


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis").write_bytes(b"years of work")
    os.mkfifo(tmp_path / "pipe")
    for name in ("thesis", "pipe"):
        with (
            pytest.raises(ArchiveError, match="no export of ours"),
            new_file(tmp_path / name, replace=True, mark=b"PK\x03\x04"),
        ):
            pass
    assert names(tmp_path) == {"thesis", "pipe"}
    assert (tmp_path / "thesis").read_bytes() == b"years of work"


def test_a_link_laid_where_it_is_written_aside_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "kept").write_bytes(b"kept")
    (tmp_path / ".bag.part").symlink_to(victim)
    (tmp_path / ".file.part").symlink_to(victim / "kept")
    with pytest.raises(OSError), new_folder(tmp_path / "bag"):  # noqa: PT011 - which, the system says
        pass
    with pytest.raises(OSError), new_file(tmp_path / "file"):  # noqa: PT011 - which, the system says
        pass
    assert (victim / "kept").read_bytes() == b"kept"


def test_neither_a_link_nor_another_kind_is_replaced(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "kept").touch()
    (tmp_path / "link").symlink_to(victim)
    for name in ("link", "victim"):
        with pytest.raises(ArchiveError), new_file(tmp_path / name, replace=True):
            pass
    with pytest.raises(ArchiveError), new_folder(tmp_path / "link", replace=True):
        pass
    assert names(victim) == {"kept"}


@pytest.mark.parametrize("target", ["no/such/folder/x", "."])
def test_where_nothing_can_be_written_is_said(tmp_path: Path, target: str) -> None:
    with pytest.raises(ArchiveError), new_file(tmp_path / target):
        pass
