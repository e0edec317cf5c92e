"""Damaged files of every format: a report, always, whose problems are one line each."""

from __future__ import annotations

import io
import json
import random
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_drawing import Page, pdf

from benchmarks.mutations import mutated
from extract import from_json, read_report, to_json
from extract.sniff import DOC, RTF, WORKS, sniff

FILES = Path(__file__).parents[2] / "demo" / "files"
NEEDS_MORE = {DOC, RTF, WORKS, "image/png", "image/jpeg", "image/tiff"}
"""LibreOffice and recognition take too long for a quick run; benchmarks/fuzz.py has them."""


@cache
def originals() -> dict[str, bytes]:
    """A whole file for each format that is read in milliseconds."""
    page = Page()
    rows = [["规章", "12", "3"], ["行政规范性文件", "6354", "0"]]
    page.table([60.0, 160.0, 230.0, 300.0], [100.0, 130.0, 160.0], rows)
    found = {"pdf": pdf(page, page)}
    for kind in ("html", "docx", "pdf"):
        smallest = min(FILES.glob(f"*.{kind}"), key=lambda path: path.stat().st_size, default=None)
        if smallest is not None and smallest.stat().st_size < 400_000:
            found[f"{kind}, real"] = smallest.read_bytes()
    cells = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows)
    found["html"] = f"<html><title>年度报告</title><table>{cells}</table>".encode("gb18030")
    found["zip"] = zipped({"报告.html": found["html"], "b.pdf": found["pdf"]})
    return found


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def check(data: bytes) -> None:
    if sniff(data) in NEEDS_MORE:
        return
    report = read_report(data)
    assert report.problems or report.figures
    assert all(problem.strip() and "\n" not in problem for problem in report.problems)
    assert from_json(json.loads(json.dumps(to_json(report, data)))) == report


@pytest.mark.parametrize("kind", sorted(originals()))
def test_damaged_files(kind: str) -> None:
    for seed in range(8 if "real" in kind else 30):
        check(mutated(originals()[kind], random.Random(f"{kind} {seed}")))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(sorted(originals())), st.integers(0, 4000))
def test_any_bytes_behind_the_beginning_of_a_file(noise: bytes, kind: str, length: int) -> None:
    check(originals()[kind][:length] + noise)


CELLS = st.lists(
    st.tuples(
        st.text(max_size=12)
        | st.from_regex(r"[-+]{0,2}[0-9,.]{1,40}(万元|件)?", fullmatch=True)
        | st.sampled_from(["总计", "本年制发件数", "规章", "（一）予以公开", "/", ""]),
        st.integers(-3, 10**10),
        st.integers(-3, 10**10),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS, max_size=6))
def test_any_table_of_a_page(rows: list[list[tuple[str, int, int]]]) -> None:
    cells = "".join(
        "<tr>" + "".join(f"<td rowspan='{high}' colspan={wide}>{text}" for text, high, wide in row)
        for row in rows
    )
    check(f"<html><body><table>{cells}</table>".encode("utf-8", "surrogatepass"))
