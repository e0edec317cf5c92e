"""Thousands of damaged files in every format: `python -m benchmarks.fuzz [--inputs 20000]`.

Each is read in a worker under the limits of a run. A reader that raises, crashes, hangs or eats
memory is a finding: the file is kept and named. A report must be whole all the same: one line a
problem, JSON and back. The last line is JSON; the exit status is 1 where there were findings.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from collections import Counter, deque
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpus import samples, xls
from benchmarks.mutations import mutated
from extract import from_json, read_reports_guarded, to_json
from extract.readers.sheet import read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extract.model import Report

SHARES = {
    "html": 24, "docx": 20, "xlsx": 16, "xls": 10, "ofd": 8, "pdf (Word)": 16, "pdf (browser)": 8,
    "mht": 3, "zip": 0.2, "doc": 0.4, "rtf": 0.4, "scan": 0.2,
}  # fmt: skip
"""How often each format comes: those that need LibreOffice or recognition take a hundred times."""

STOPPED = re.compile(
    r"its reader failed on this file: (\w+)|the file ended its reader \((\w+)"
    r"|reading took (longer)|reading took more (memory)"
)


def seeds(reports: int) -> dict[str, list[bytes]]:
    """Whole files by format."""
    found: dict[str, list[bytes]] = {}
    for sample in samples(reports):
        kind = "scan" if sample.format.startswith("scan") else sample.format
        found.setdefault(kind, []).append(sample.data)
    found["xls"] = [xls.book(read_sheet(data).grids) for data in found["xlsx"]]
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
    head += b"Content-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    found["mht"] = [head + page + b"\r\n--b--\r\n" for page in found["html"]]
    return found


def inputs(
    count: int, seed: int, files: dict[str, list[bytes]], kept: deque[tuple[str, bytes]]
) -> Iterator[tuple[str, bytes]]:
    """The damaged files; those under way are in `kept`."""
    rng = random.Random(seed)  # noqa: S311 - damage, not secrets
    kinds, shares = zip(*((k, SHARES[k]) for k in files if k in SHARES), strict=True)
    for number in range(count):
        kind = rng.choices(kinds, shares)[0]
        item = f"{kind} {number}", mutated(rng.choice(files[kind]), rng)
        kept.append(item)
        yield item


def finding(report: Report, name: str, data: bytes) -> str | None:
    """What is wrong with the way a damaged file was read; None where all is well."""
    for problem in report.problems:
        stopped = STOPPED.search(problem)
        if stopped and stopped.lastindex:
            return stopped[stopped.lastindex]
        if not problem.strip() or "\n" in problem:
            return "a problem that is not one line"
    if not report.problems and not report.figures:
        return "nothing read and nothing said"
    if from_json(json.loads(json.dumps(to_json(report, data, name)))) != report:
        return "JSON that says something else"
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Read them all, print the findings, and how it went as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that were findings")
    chosen = parser.parse_args(arguments)
    kept: deque[tuple[str, bytes]] = deque()
    counts: Counter[str] = Counter()
    found: Counter[str] = Counter()
    whole = 0
    files = inputs(chosen.inputs, chosen.seed, seeds(8), kept)
    started = time.monotonic()
    for report in read_reports_guarded(files):
        name, data = kept.popleft()
        kind = name.rpartition(" ")[0]
        counts[kind] += 1
        whole += bool(report.edition)
        wrong = finding(report, name, data)
        if wrong:
            found[f"{kind}: {wrong}"] += 1
            print(name, wrong, report.problems[:1], flush=True)
            if chosen.keep:
                chosen.keep.mkdir(parents=True, exist_ok=True)
                (chosen.keep / name.replace(" ", "-")).write_bytes(data)
        if sys.stderr.isatty() and not sum(counts.values()) % 100:
            sys.stderr.write(f"\r{sum(counts.values())} of {chosen.inputs}")
    result = {
        "inputs": sum(counts.values()),
        "seed": chosen.seed,
        "formats": dict(counts),
        "with_figures": whole,
        "findings": dict(found),
        "seconds": round(time.monotonic() - started),
        "load": [round(load, 1) for load in os.getloadavg()],
    }
    print(json.dumps(result, ensure_ascii=False))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
