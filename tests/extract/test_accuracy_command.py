"""The command that measures accuracy: parts are kept in files and put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.accuracy import main
from benchmarks.corpus import samples
from benchmarks.tally import document, load

if TYPE_CHECKING:
    from pathlib import Path


def _part(folder: Path, name: str, first: int) -> Path:
    file = folder / f"{name}{first}.json"
    chosen = ["--reports", "1", "--first", str(first), "--only", name, "--save", str(file)]
    assert main(chosen) == 0
    return file


def test_parts_of_a_measurement_are_put_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [_part(tmp_path, "html", 0), _part(tmp_path, "html", 1), _part(tmp_path, "xlsx", 0)]
    capsys.readouterr()
    assert main(["--merge", *map(str, parts), "--dry"]) == 0
    text = capsys.readouterr().out
    assert "| html | 2 |" in text
    assert "| xlsx | 1 |" in text
    assert "in 3 documents" in text


def test_a_part_that_was_measured_twice_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = str(_part(tmp_path, "docx", 0))
    with pytest.raises(SystemExit):
        main(["--merge", part, part, "--dry"])
    assert "measured twice: seed 2021, 0000 docx" in capsys.readouterr().err


def test_a_silent_error_in_a_scan_does_not_fail_the_command_but_shows() -> None:
    part = '{"formats": {"scan": {"right": 99, "silent": 1, "documents": 1}}, "traits": {}, '
    tally = load(part + '"peers": {}, "measured": ["a"]}')
    assert tally.silent() == 0
    assert "| scan | 1 | 100 | 99 | 99.0000% | 0 | 1 | 0 |" in document(tally)


def test_a_format_is_named_by_its_first_words() -> None:
    def formats(*only: str) -> set[str]:
        return {sample.format for sample in samples(1, only=only)}

    assert formats("html") == {"html"}
    assert formats("docx") == {"docx"}
    assert formats("doc", "docx", "nothing") == {"doc", "docx"}
