"""Files made to exhaust end soon, small, and with a word about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import bombs
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS, MEGABYTES = 30, 512
READ = """
import json, resource, sys
from pathlib import Path
from extract import read_reports_guarded
(report,) = read_reports_guarded([("bomb", Path(sys.argv[1]).read_bytes())])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps([report.problems, peak]))
"""
SPAN = b"<tr><td colspan=1000000000 rowspan=1000000000>a<td>1</tr>"
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "colspan": (lambda: b"<table>" + SPAN * 100 + b"</table>", "a table of the page is too large"),
    "nesting": (lambda: b"<html>" + b"<table><tr><td>" * 50_000, "the page nests too deep"),
    "tags": (lambda: b"<html>" + b"<td>1" * 3_000_000, "reading took more memory than a file may"),
    "text": (lambda: b"<html>" + b"<p>text" * 4_000_000, "the page is too large to be read"),
    "pages": (lambda: bombs.pdf_of_pages(2000), "only the first 300 of 2000 pages were read"),
    "flate": (lambda: bombs.flate_pdf(b"q Q ", 500), "the PDF unpacks to more than"),
    "strings": (lambda: bombs.xlsx((b" ", 100), b""), "unpacks to too many bytes"),
    "far cells": (lambda: bombs.xlsx(b"<sst/>", bombs.far_cells(50_000)), "too large to be read"),
    "zip": (lambda: bombs.zipped({f"{n}.html": (b" ", 60) for n in range(4)}), "too many bytes"),
    "members": (
        lambda: bombs.zipped({str(n): b"" for n in range(10_001)}),
        "more than 10000 members",
    ),
    "entities": (lambda: bombs.entities(10), "the Word file cannot be read"),
    "pixels": (lambda: bombs.png(30_000, 30_000), "the image cannot be opened"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs(kind: str, tmp_path: Path) -> None:
    build, problem = BOMBS[kind]
    file = tmp_path / "bomb"
    file.write_bytes(build())
    started = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", READ, str(file)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        check=True,
    )
    problems, peak = json.loads(run.stdout)
    assert time.monotonic() - started < SECONDS
    assert peak < MEGABYTES
    assert problem in problems[0]
    assert not any("\n" in line for line in problems)
