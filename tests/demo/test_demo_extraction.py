from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest

from demo.reports import FILES, file_bytes, load
from extract import read_reports

if TYPE_CHECKING:
    from extract.model import Report

NAMES = sorted(path.name for path in FILES.iterdir())
SCAN = "nanshan-2021.pdf"

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice here"),
]


@cache
def read() -> dict[str, Report]:
    """All demonstration files, read once."""
    reports = read_reports([(name, file_bytes(name)) for name in NAMES])
    return dict(zip(NAMES, reports, strict=True))


def as_printed(report: Report, key: str) -> str | None:
    """What a report says stands in a cell; None where it has no such cell."""
    for figure in report.figures:
        if figure.key == key:
            return {"absent": None, "blank": ""}.get(figure.status, figure.printed)
    raise KeyError(key)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_read_as_it_is_printed(name: str) -> None:
    printed = load(name.partition(".")[0]).printed()
    assert {key: as_printed(read()[name], key) for key in printed} == printed


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_doubted_but_on_the_scan_and_every_number_has_a_place(name: str) -> None:
    report = read()[name]
    doubts = [figure.key for figure in report.figures if figure.doubt]
    assert len(doubts) <= (5 if name == SCAN else 0), doubts
    assert all(figure.where for figure in report.figures if figure.status == "printed")
    assert report.problems == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_only_relation_that_fails_is_the_mistake_made_on_purpose(name: str) -> None:
    fails = [check.at for check in read()[name].checks if check.status == "fails"]
    assert fails == (["disputes/review/total"] if name == "shifan-2023.html" else [])


@pytest.mark.parametrize("name", NAMES)
def test_year_edition_and_sections_are_recognised(name: str) -> None:
    report, wanted = read()[name], load(name.partition(".")[0])
    assert (report.year, report.edition) == (wanted.year, wanted.edition)
    assert [section.number for section in report.sections if section.number] == [1, 2, 3, 4, 5, 6]


def test_nothing_in_the_unnamed_report_says_whose_it_is() -> None:
    report = read()["unnamed-2021.pdf"]
    assert (report.place, report.publisher) in {(None, None), (None, "政府办公室")}
