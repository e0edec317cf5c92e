"""Verdicts on cells, counted: kept in a file, put together from several, shown as Markdown."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Counts = dict[str, Counter[str]]


class OverlapError(ValueError):
    """Two parts measured the same document; the message is one line for the user."""


def _counts() -> Counts:
    return defaultdict(Counter)


@dataclass(slots=True)
class Tally:
    """Verdicts by format, by irregularity and by peer; `measured` names the documents."""

    formats: Counts = field(default_factory=_counts)
    traits: Counts = field(default_factory=_counts)
    peers: Counts = field(default_factory=_counts)
    measured: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """The tally as text for a file."""
        groups = {"formats": self.formats, "traits": self.traits, "peers": self.peers}
        return json.dumps({**groups, "measured": self.measured}, ensure_ascii=False)

    def add(self, other: Tally) -> None:
        """Take in another part's verdicts.

        Raises:
            OverlapError: a document is in both.
        """
        twice = set(self.measured) & set(other.measured)
        if twice:
            raise OverlapError(f"measured twice: {min(twice)}")
        self.measured += other.measured
        for own, more in (
            (self.formats, other.formats),
            (self.traits, other.traits),
            (self.peers, other.peers),
        ):
            for name, count in more.items():
                own[name] += count

    def silent(self) -> int:
        """Wrong figures without a mark in formats with text."""
        texts = (count for name, count in self.formats.items() if not name.startswith("scan"))
        return sum(count["silent"] for count in texts)


def load(text: str) -> Tally:
    """The inverse of `Tally.to_json`."""
    kept: dict[str, Any] = json.loads(text)
    tally = Tally(measured=list(kept["measured"]))
    for own, name in ((tally.formats, "formats"), (tally.traits, "traits"), (tally.peers, "peers")):
        own.update({key: Counter(count) for key, count in kept[name].items()})
    return tally


def merged(files: Iterable[Path]) -> Tally:
    """The parts of a measurement together.

    Raises:
        OverlapError: two parts measured the same document.
    """
    whole = Tally()
    for file in files:
        whole.add(load(file.read_text("utf-8")))
    return whole


def table(head: str, counts: Counts) -> str:
    """Counts as a Markdown table, one row a format or trait."""
    lines = [
        f"| {head} | documents | cells | right | share | flagged | silent | doubted though right |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, count in sorted(counts.items()):
        right = count["right"] + count["doubted"]
        cells = right + count["flagged"] + count["silent"]
        lines.append(
            f"| {name} | {count['documents']:,} | {cells:,} | {right:,} | {right / cells:.4%} "
            f"| {count['flagged']:,} | {count['silent']:,} | {count['doubted']:,} |"
        )
    return "\n".join(lines)


def peer_table(counts: Counts) -> str:
    """Right and wrong cells as a Markdown table, one row a format and library."""
    lines = [
        "| format, read by | documents | cells | right | share |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, count in sorted(counts.items()):
        cells = count["right"] + count["wrong"]
        lines.append(
            f"| {name} | {count['documents']:,} | {cells:,} | {count['right']:,} "
            f"| {count['right'] / cells:.4%} |"
        )
    return "\n".join(lines)


def document(tally: Tally) -> str:
    """The whole of docs/accuracy.md."""
    return (
        "# Accuracy\n\n"
        "Written by `python -m benchmarks.accuracy --merge`: invented reports with known "
        f"figures in {len(tally.measured):,} documents, each with irregularities seen in real "
        "reports. *Flagged*: wrong or missing, and marked so. *Silent*: wrong without a mark.\n\n"
        f"{table('format', tally.formats)}\n\n"
        "The same PDF files through other libraries' tables, read by the same recognition (no "
        "second reader, no checks of the pages), and through ours:\n\n"
        f"{peer_table(tally.peers)}\n\n"
        f"By irregularity, formats with text only:\n\n{table('trait', tally.traits)}\n"
    )
