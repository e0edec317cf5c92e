"""How often figures are right, and how often the reader says so: `python -m benchmarks.accuracy`.

Reads the corpus of invented reports and compares every cell with what was printed. A wrong figure
is *flagged* where it carries a doubt, is `unreadable`, or a relation fails at its address; any
other wrong figure is *silent*. A long measurement is made in parts, and docs/accuracy.md written
from them:

    python -m benchmarks.accuracy --reports 60 --only html docx --save words.json
    python -m benchmarks.accuracy --reports 60 --only pdf --save pdf.json
    python -m benchmarks.accuracy --merge words.json pdf.json
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections import Counter
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpus import samples
from benchmarks.peers import peers
from benchmarks.tally import OverlapError, Tally, document, merged
from extract import read_reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.corpus import Sample
    from extract.model import Figure, Report

DOCUMENT = Path(__file__).parents[1] / "docs" / "accuracy.md"
BATCH = 160
"""Files read in one call: one LibreOffice process serves all legacy Word files among them."""


def number(printed: str | None) -> Decimal | None:
    """The number that a printed cell states, None for a blank, a mark or no cell."""
    text = unicodedata.normalize("NFKC", printed or "").replace(",", "").removesuffix("万元")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def judge(sample: Sample, report: Report) -> Iterator[tuple[str, str]]:
    """Each cell's address and verdict: right, doubted (right, with a doubt), flagged, silent."""
    got = {figure.key: figure for figure in report.figures}
    failing = {check.at for check in report.checks if check.status == "fails"}
    for key, printed in sample.printed.items():
        figure = got.get(key)
        if figure is not None and _value(figure) == number(printed):
            yield key, "doubted" if figure.doubt else "right"
        elif figure is None:
            yield key, "flagged" if report.problems else "silent"
        else:
            marked = figure.doubt or figure.status == "unreadable" or key in failing
            yield key, "flagged" if marked else "silent"


def _value(figure: Figure) -> Decimal | None:
    return figure.value if figure.status == "printed" else None


def measure(corpus: Iterable[Sample], name: str, *, verbose: bool) -> Tally:
    """Verdicts on every cell; `name` tells the corpus's documents from another's."""
    whole = Tally()
    left = iter(corpus)
    while batch := list(islice(left, BATCH)):
        files = [(sample.name, sample.data) for sample in batch]
        for sample, report in zip(batch, read_reports(files), strict=True):
            verdicts = list(judge(sample, report))
            tally = Counter(verdict for _, verdict in verdicts) + Counter(documents=1)
            whole.measured.append(f"{name} {sample.name}")
            whole.formats[sample.format] += tally
            if not sample.format.startswith("scan"):
                for trait in sample.traits:
                    whole.traits[trait] += tally
            if sample.format.startswith("pdf"):
                _measure_peers(sample, report, whole)
            if verbose and (tally["silent"] or tally["flagged"] or tally["doubted"]):
                _tell(sample, report, verdicts)
    return whole


def _measure_peers(sample: Sample, report: Report, whole: Tally) -> None:
    """The same cells through other libraries' tables, and through ours."""
    readings = {name: read(sample.data) for name, read in peers().items()}
    for name, figures in {"this project": report.figures, **readings}.items():
        read = {figure.key: figure for figure in figures}
        count = whole.peers[f"{sample.format}, {name}"]
        count["documents"] += 1
        for key, printed in sample.printed.items():
            figure = read.get(key)
            right = figure is not None and _value(figure) == number(printed)
            count["right" if right else "wrong"] += 1


def _tell(sample: Sample, report: Report, verdicts: Sequence[tuple[str, str]]) -> None:
    got = {figure.key: figure for figure in report.figures}
    print(sample.name, sample.traits, *report.problems, sep=" | ")
    for key, verdict in [pair for pair in verdicts if pair[1] != "right"][:12]:
        figure = got.get(key)
        read = (figure.status, figure.printed, figure.doubt) if figure else None
        print("   ", verdict, key, "printed", repr(sample.printed[key]), "read", read)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure or merge; exit 1 if any wrong figure of a text format was silent."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reports", type=int, default=60, help="reports, nine files each")
    parser.add_argument("--first", type=int, default=0, help="the number of the first report")
    parser.add_argument("--seed", type=int, default=2021)
    parser.add_argument("--only", nargs="+", metavar="FORMAT", help="such as html, pdf, scan")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the part in a file")
    parser.add_argument("--merge", nargs="+", type=Path, metavar="FILE", help="parts to write up")
    parser.add_argument("--dry", action="store_true", help="write no document")
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args(arguments)
    if chosen.merge:
        try:
            tally = merged(chosen.merge)
        except (OverlapError, OSError, ValueError, KeyError) as error:
            parser.error(f"the parts cannot be merged: {error}")
    else:
        corpus = samples(chosen.reports, chosen.seed, first=chosen.first, only=chosen.only)
        tally = measure(corpus, f"seed {chosen.seed},", verbose=chosen.verbose)
    if not tally.measured:
        parser.error("no document of that format")
    text = document(tally)
    print(text)
    if chosen.save:
        chosen.save.write_text(tally.to_json(), encoding="utf-8")
    elif not chosen.dry:
        DOCUMENT.write_text(text, encoding="utf-8")
    return 1 if tally.silent() else 0


if __name__ == "__main__":
    sys.exit(main())
