"""Measure the scan reader on invented forms: cells right, silent errors, false doubts.

    .venv/bin/python -m benchmarks.scans [--documents 20] [--wear clean noisy …] [-v]

A wrong figure without a doubt is *silent*; a right one with a doubt is a *false doubt*.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.scan_forms import Drawn, Wear, draw
from extract.forms import forms
from extract.numbers import read_number
from extract.pictures import with_absences_doubted
from extract.readers.scan import read_images
from extract.recognise import recognise

if TYPE_CHECKING:
    from extract.model import Document, Figure

WEARS = {
    "clean": Wear(),
    "gray": Wear(gray=True, noise=6, quality=80),
    "noisy": Wear(dpi=150, angle=1.5, noise=14, blur=0.5, quality=75),
    "jpeg": Wear(dpi=150, quality=35),
    "faint": Wear(dpi=200, ink=0.45, noise=8, shade=0.15, quality=80),
    "broken": Wear(dpi=200, gaps=40, noise=5, angle=-0.6),
    "curled": Wear(dpi=200, curl=0.3, noise=5, angle=0.3),
    "stamp": Wear(dpi=200, stamp=True, noise=5, angle=0.4),
    "graystamp": Wear(dpi=200, stamp=True, gray=True, noise=5),
    "fine": Wear(dpi=300, noise=4, angle=-1),
    "coarse": Wear(dpi=110, quality=70),
    "bilevel": Wear(levels=True, noise=8, angle=0.5),
    "dotted": Wear(dots=(1, 1), noise=4, angle=0.4),
    "dashed": Wear(dots=(3, 1.5), noise=4, angle=-0.4),
    "streaks": Wear(streaks=4, noise=4, angle=0.5),
    "touching": Wear(touch=True, noise=4, angle=0.3),
    "bold": Wear(bold=True, noise=4),
    "sideways": Wear(turn=1, noise=4),
    "upside": Wear(turn=2, noise=4),
    "beside": Wear(beside=True, noise=4, angle=0.3),
}


@dataclass(slots=True)
class Tally:
    """Counts over the figures of some documents."""

    figures: int = 0
    right: int = 0
    silent: list[str] = field(default_factory=list)
    flagged: list[str] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)
    seconds: float = 0.0
    work: float = 0.0
    pages: int = 0


def compare(drawn: Drawn, document: Document, name: str, tally: Tally) -> None:
    """Count the figures of a document, as recognised by their labels, against its truth."""
    found = with_absences_doubted(recognise(document))
    read = {(f.table, f.row, f.column): f for f in found.figures}
    tables = dict(zip(("proactive", "disputes", "requests"), drawn.tables, strict=True))
    for table, truth in tables.items():
        keys = [key for key in forms()["2021"].keys if key[0] == table]
        figures = [cell for cell in truth if cell.figure]
        for key, cell in zip(keys, figures, strict=True):
            _count(cell.text, read.get(key), f"{name} {'/'.join(key)}", tally)


def _count(truth: str, figure: Figure | None, name: str, tally: Tally) -> None:
    tally.figures += 1
    want = read_number(truth)
    if figure is None:
        tally.silent.append(f"{name}: {truth!r} not read")
        return
    line = f"{name}: {truth!r} read {figure.status} {figure.printed!r} ({figure.doubt})"
    if (figure.status, figure.value) == (want.status, want.value):
        tally.right += 1
        if figure.doubt:
            tally.doubted.append(line)
    else:
        marked = figure.doubt or figure.status == "unreadable"
        (tally.flagged if marked else tally.silent).append(line)


def main() -> int:
    """Run and print one line a kind of wear."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="seed of the first document")
    parser.add_argument("--wear", nargs="*", default=[*WEARS], choices=[*WEARS])
    parser.add_argument("-v", action="store_true", help="list what is not right and certain")
    options = parser.parse_args()
    silent = 0
    for name in options.wear:
        tally = Tally()
        for seed in range(options.first, options.first + options.documents):
            drawn = draw(seed, WEARS[name])
            started, worked = time.perf_counter(), time.process_time()
            document = read_images(drawn.pages)
            tally.seconds += time.perf_counter() - started
            tally.work += time.process_time() - worked
            tally.pages += 2
            compare(drawn, document, f"{name}-{seed}", tally)
        silent += len(tally.silent)
        print(
            f"{name:10} {tally.figures} figures, {tally.right / tally.figures:.2%} right,"
            f" {len(tally.silent)} silent, {len(tally.flagged)} flagged,"
            f" {len(tally.doubted) / tally.figures:.2%} false doubts,"
            f" {tally.seconds / tally.pages:.2f} s a page"
            f" ({tally.work / tally.pages:.2f} of processor)",
            flush=True,
        )
        listed = [("silent", tally.silent)]
        if options.v:
            listed += [("flagged", tally.flagged), ("doubted", tally.doubted)]
        for kind, lines in listed:
            for line in lines:
                print(f"   {kind}: {line}")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
