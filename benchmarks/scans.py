"""Measure the scan reader on invented forms: cells right, silent errors, false doubts.

    .venv/bin/python benchmarks/scans.py [--documents 20] [--wear clean noisy …] [-v]

A wrong figure without a doubt is *silent*; a right one with a doubt is a *false doubt*.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from scan_forms import Drawn, TrueCell, Wear, draw

sys.path.insert(0, str(Path(__file__).parents[1]))

from extract.model import Cell, Grid
from extract.normalise import squeeze
from extract.readers.scan import read_images

WEARS = {
    "clean": Wear(),
    "gray": Wear(gray=True, noise=6, quality=80),
    "noisy": Wear(dpi=150, angle=1.5, noise=14, blur=0.5, quality=75),
    "jpeg": Wear(dpi=150, quality=35),
    "faint": Wear(dpi=200, ink=0.45, noise=8, shade=0.15, quality=80),
    "broken": Wear(dpi=200, gaps=250, noise=5, angle=-0.6),
    "stamp": Wear(dpi=200, stamp=True, noise=5, angle=0.4),
    "graystamp": Wear(dpi=200, stamp=True, gray=True, noise=5),
    "fine": Wear(dpi=300, noise=4, angle=-1),
    "coarse": Wear(dpi=110, quality=70),
}


@dataclass(slots=True)
class Tally:
    """Counts over the figures of some documents."""

    figures: int = 0
    right: int = 0
    silent: list[str] = field(default_factory=list)
    flagged: list[str] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)
    lost: int = 0
    seconds: float = 0.0
    pages: int = 0


def compare(drawn: Drawn, grids: tuple[Grid, ...], name: str, tally: Tally) -> None:
    """Count the figures of a document against its truth; a table of another shape is lost."""
    for index, truth in enumerate(drawn.tables):
        grid = grids[index] if index < len(grids) else Grid(0, 0, ())
        size = (
            max(cell.row + cell.rowspan for cell in truth),
            max(cell.column + cell.colspan for cell in truth),
        )
        figures = [cell for cell in truth if cell.figure]
        tally.figures += len(figures)
        if (grid.rows, grid.columns) != size:
            print(f"   {name} table {index}: {grid.rows} × {grid.columns} for {size}")
        read = {(cell.row, cell.column): cell for cell in grid.cells}
        for cell in figures:
            _count(cell, read.get((cell.row, cell.column)), f"{name}/{index}", tally)


def _count(truth: TrueCell, cell: Cell | None, name: str, tally: Tally) -> None:
    if cell is None or (cell.rowspan, cell.colspan) != (truth.rowspan, truth.colspan):
        tally.lost += 1
        if tally.lost < 12:
            print("   lost", name, truth, cell)
        return
    line = f"{name} {truth.row},{truth.column}: {truth.text!r} read {cell.text!r} ({cell.doubt})"
    if squeeze(cell.text) == squeeze(truth.text):
        tally.right += 1
        if cell.doubt:
            tally.doubted.append(line)
    else:
        (tally.flagged if cell.doubt else tally.silent).append(line)


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
            started = time.perf_counter()
            document = read_images(drawn.pages)
            tally.seconds += time.perf_counter() - started
            tally.pages += len(drawn.pages)
            compare(drawn, document.grids, f"{name}-{seed}", tally)
        silent += len(tally.silent)
        print(
            f"{name:10} {tally.figures} figures, {tally.right / tally.figures:.2%} right,"
            f" {len(tally.silent)} silent, {len(tally.flagged)} flagged, {tally.lost} lost,"
            f" {len(tally.doubted) / tally.figures:.2%} false doubts,"
            f" {tally.seconds / tally.pages:.2f} s a page",
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
