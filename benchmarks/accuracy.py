"""How often figures are right, and how often the reader says so: `python -m benchmarks.accuracy`.

Reads the corpus of invented reports, compares every cell with what was printed, and writes
docs/accuracy.md. A wrong figure is *flagged* where it carries a doubt, is `unreadable`, or a
relation fails at its address; any other wrong figure is *silent*.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpus import samples
from benchmarks.peers import peers
from extract import read_reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.corpus import Sample
    from extract.model import Figure, Report

DOCUMENT = Path(__file__).parents[1] / "docs" / "accuracy.md"
COLUMNS = ("cells", "right", "flagged", "silent", "doubted")


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


def measure(corpus: Iterable[Sample], *, verbose: bool) -> dict[str, dict[str, Counter[str]]]:
    """Verdicts counted by format and by trait."""
    counts: dict[str, dict[str, Counter[str]]] = {
        "format": defaultdict(Counter),
        "trait": defaultdict(Counter),
        "peer": defaultdict(Counter),
    }
    for batch in _batches(corpus, 160):
        files = [(sample.name, sample.data) for sample in batch]
        for sample, report in zip(batch, read_reports(files), strict=True):
            verdicts = list(judge(sample, report))
            tally = Counter(verdict for _, verdict in verdicts)
            counts["format"][sample.format] += tally
            _measure_peers(sample, counts["peer"])
            if not sample.format.startswith("scan"):
                for trait in sample.traits:
                    counts["trait"][trait] += tally
            if verbose and (tally["silent"] or tally["flagged"] or tally["doubted"]):
                _tell(sample, report, verdicts)
    return counts


def _measure_peers(sample: Sample, counts: dict[str, Counter[str]]) -> None:
    """The same cells through other libraries' tables, for PDF with text."""
    if not sample.format.startswith("pdf"):
        return
    for name, read in peers().items():
        figures = {figure.key: figure for figure in read(sample.data)}
        for key, printed in sample.printed.items():
            figure = figures.get(key)
            right = figure is not None and _value(figure) == number(printed)
            counts[f"{sample.format}, {name}"]["right" if right else "wrong"] += 1


def _tell(sample: Sample, report: Report, verdicts: Sequence[tuple[str, str]]) -> None:
    got = {figure.key: figure for figure in report.figures}
    print(sample.name, sample.traits, *report.problems, sep=" | ")
    for key, verdict in [pair for pair in verdicts if pair[1] != "right"][:12]:
        figure = got.get(key)
        read = (figure.status, figure.printed, figure.doubt) if figure else None
        print("   ", verdict, key, "printed", repr(sample.printed[key]), "read", read)


def _batches(corpus: Iterable[Sample], size: int) -> Iterator[list[Sample]]:
    batch: list[Sample] = []
    for sample in corpus:
        batch.append(sample)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def table(head: str, counts: dict[str, Counter[str]]) -> str:
    """Counts as a Markdown table, one row a format or trait."""
    lines = [
        f"| {head} | cells | right | share | flagged | silent | doubted though right |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, count in sorted(counts.items()):
        cells, right = count.total(), count["right"] + count["doubted"]
        lines.append(
            f"| {name} | {cells:,} | {right:,} | {right / cells:.4%} | {count['flagged']:,} "
            f"| {count['silent']:,} | {count['doubted']:,} |"
        )
    return "\n".join(lines)


def _peer_table(counts: dict[str, Counter[str]]) -> str:
    lines = ["| format, peer | cells | right | share |", "|---|---:|---:|---:|"]
    for name, count in sorted(counts.items()):
        share = count["right"] / count.total()
        lines.append(f"| {name} | {count.total():,} | {count['right']:,} | {share:.4%} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the document; exit 1 if any wrong figure of a text format was silent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=60, help="reports, six files each")
    parser.add_argument("--seed", type=int, default=2021)
    parser.add_argument("--no-scans", action="store_true")
    parser.add_argument("--dry", action="store_true", help="write no document")
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args(arguments)
    corpus = samples(chosen.reports, chosen.seed, scans=not chosen.no_scans)
    counts = measure(corpus, verbose=chosen.verbose)
    text = (
        "# Accuracy\n\n"
        "Written by `python -m benchmarks.accuracy "
        f"--reports {chosen.reports} --seed {chosen.seed}`: invented reports with known figures in "
        "every format, each with irregularities seen in real reports. *Flagged*: wrong or missing, "
        "and marked so. *Silent*: wrong without a mark.\n\n"
        f"{table('format', counts['format'])}\n\n"
        "The same PDF files through other libraries' tables, read by the same recognition (no "
        f"second reader, no checks):\n\n{_peer_table(counts['peer'])}\n\n"
        f"By irregularity, formats with text only:\n\n{table('trait', counts['trait'])}\n"
    )
    print(text)
    if not chosen.dry:
        DOCUMENT.write_text(text, encoding="utf-8")
    silent = sum(
        count["silent"] for name, count in counts["format"].items() if not name.startswith("scan")
    )
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
