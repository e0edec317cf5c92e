"""How long a report takes, format by format, beside pdfplumber: `python -m benchmarks.extract`.

Ours and the peer read the same files in turn, in the same run. PDF, DOCX, HTML and XLSX are timed
by the processor time of one core, with everything switched on (readers, recognition, arithmetic,
identity, sections); Word files of the old kind and scans by the clock. The last line is JSON.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pdfplumber

from benchmarks.corpus import TEXT_FORMATS, samples
from extract import read_report, read_reports, read_reports_guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ROOT = Path(__file__).parents[1]
REAL = (ROOT.parent / "shared" / "originals", ROOT / "demo" / "files")
BATCH = 20
PEAK = """
import resource, sys
from pathlib import Path
from extract import read_reports_guarded
list(read_reports_guarded(((name, Path(name).read_bytes()) for name in sys.argv[1:]), 1))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def peer(data: bytes) -> None:
    """What pdfplumber's users write: all tables of all pages, with its default settings."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            page.extract_tables()


def processor(work: Callable[[], object], repeats: int) -> float:
    """Seconds of processor time, the median of some runs."""
    taken = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def clock(work: Callable[[], object], repeats: int) -> float:
    """Seconds by the clock, the median of some runs."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def pdf_text(files: Sequence[tuple[str, bytes]], repeats: int) -> dict[str, Any]:
    """Ours and the peer on each file in turn."""
    ours, theirs = [], []
    for _, data in files:
        ours.append(processor(lambda data=data: read_report(data), repeats))  # type: ignore[misc]
        theirs.append(processor(lambda data=data: peer(data), repeats))  # type: ignore[misc]
    return {
        "files": len(files),
        "median_seconds": round(statistics.median(ours), 4),
        "peer_median_seconds": round(statistics.median(theirs), 4),
        "times_faster_median": round(statistics.median(theirs) / statistics.median(ours), 2),
        "times_faster_each": round(
            statistics.median(b / a for a, b in zip(ours, theirs, strict=True)), 2
        ),
        "times_faster_total": round(sum(theirs) / sum(ours), 2),
    }


def plain(files: Sequence[tuple[str, bytes]], repeats: int) -> dict[str, Any]:
    """Ours alone."""
    taken = [processor(lambda data=data: read_report(data), repeats) for _, data in files]  # type: ignore[misc]
    return {"files": len(files), "median_seconds": round(statistics.median(taken), 4)}


def legacy(files: Sequence[tuple[str, bytes]], repeats: int) -> dict[str, Any]:
    """Word files of the old kind, twenty in one call of LibreOffice."""
    batch = [files[n % len(files)] for n in range(BATCH)]
    seconds = clock(lambda: read_reports(batch), repeats)
    return {"batch": BATCH, "seconds_each": round(seconds / BATCH, 3)}


def scans(files: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """Seconds a page by the clock, on all cores; the first file loads the models."""
    read_report(files[0][1])
    taken, pages = 0.0, 0
    for _, data in files:
        started = time.perf_counter()
        pages += read_report(data).pages or 1
        taken += time.perf_counter() - started
    return {"files": len(files), "pages": pages, "seconds_a_page": round(taken / pages, 2)}


def guarded(files: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """The same files through worker processes, and what starting one adds to a single file."""
    started = time.perf_counter()
    count = sum(1 for _ in read_reports_guarded(files))
    together = time.perf_counter() - started
    alone = clock(lambda: list(read_reports_guarded(files[:1])), 5)
    return {
        "files": count,
        "workers": os.cpu_count(),
        "documents_a_second": round(count / together, 1),
        "one_file_seconds": round(alone, 2),
    }


def peak(files: Iterable[tuple[str, bytes]]) -> int:
    """The most memory, in megabytes, that a worker held while it read these files."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (_, data) in enumerate(files):
            path = Path(folder) / str(number)
            path.write_bytes(data)
            paths.append(str(path))
        command = [sys.executable, "-c", PEAK, *paths]
        return int(subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT).stdout)


def real_files() -> dict[str, list[tuple[str, bytes]]]:
    """Real reports by kind; those with nothing but pictures are scans."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    seen = set()
    for path in (path for folder in REAL for path in sorted(folder.glob("*"))):
        kind = path.suffix.removeprefix(".")
        data = path.read_bytes()
        if kind == "pdf":
            with pdfplumber.open(io.BytesIO(data)) as document:
                kind = "pdf" if any(page.chars for page in document.pages) else "scan"
        if data not in seen:
            found.setdefault(kind, []).append((path.name, data))
        seen.add(data)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each format, and all of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=24, help="invented reports")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-scans", action="store_true")
    chosen = parser.parse_args(arguments)
    # The peer's parser warns of each font a thousand times, which would be timed with it.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    files: dict[str, list[tuple[str, bytes]]] = {}
    for sample in samples(chosen.reports, only=TEXT_FORMATS if chosen.no_scans else None):
        files.setdefault(sample.format, []).append((sample.name, sample.data))
    real = real_files()
    text_pdfs = [*real.get("pdf", ()), *files["pdf (Word)"], *files["pdf (browser)"]]
    result: dict[str, Any] = {"load_before": [round(load, 1) for load in os.getloadavg()]}

    def tell(name: str, measured: dict[str, Any]) -> None:
        result[name] = measured
        print(name, *(f"{key} {value}" for key, value in measured.items()), sep="  ", flush=True)

    read_report(text_pdfs[0][1])  # imports and forms are loaded once
    tell("pdf text", pdf_text(text_pdfs, chosen.repeats))
    for name, group in (
        ("pdf text, real", real.get("pdf", [])),
        ("pdf text, Word", files["pdf (Word)"]),
        ("pdf text, browser", files["pdf (browser)"]),
    ):
        if group:
            tell(name, pdf_text(group, chosen.repeats))
    for kind in ("docx", "html", "xlsx"):
        tell(kind, plain([*real.get(kind, ()), *files[kind]], chosen.repeats))
    tell("doc", legacy([*real.get("doc", ()), *files["doc"]], chosen.repeats))
    tell("workers", guarded(text_pdfs))
    peaks = {"text": peak([*text_pdfs, *files["docx"], *files["html"], *files["xlsx"]])}
    if not chosen.no_scans:
        scanned = [*real.get("scan", ()), *files["scan 200 dpi"][:3]]
        tell("scan", scans(scanned))
        peaks["scan"] = peak(scanned)
    tell("peak_memory_mb", peaks)
    result["load_after"] = [round(load, 1) for load in os.getloadavg()]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
