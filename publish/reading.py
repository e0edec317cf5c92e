"""Documents read once: what the extractor says of each, kept by the document's SHA-256."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive import ArchiveError
from extract import VERSION, from_json, read_reports, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from extract.model import Report

BATCH_FILES = 20
"""Documents read at a time: one LibreOffice call serves all legacy Word files of a batch."""
BATCH_BYTES = 64 * 2**20
"""Bytes held for one batch."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to read: its digest, its size, its address, and how to get its bytes."""

    sha256: str
    size: int
    url: str
    content: Callable[[], bytes]


@dataclass(slots=True)
class Readings:
    """The reports read so far, by SHA-256, and how many of them an earlier build had read."""

    reports: dict[str, Report] = field(default_factory=dict)
    cached: int = 0
    read: int = 0
    problems: list[str] = field(default_factory=list)


def read_all(
    wanted: Sequence[Wanted],
    cache: Path,
    progress: Callable[[int, int], None] | None = None,
) -> Readings:
    """Read every document once; those an earlier build read come from the cache.

    Args:
        wanted: The documents, each digest once.
        cache: The folder of this extractor version's readings, made where it does not exist.
        progress: Called with how many are done and how many there are.
    """
    cache.mkdir(parents=True, exist_ok=True)
    readings = Readings()
    missing = []
    for item in wanted:
        report = _kept(cache / f"{item.sha256}.json")
        if report is None:
            missing.append(item)
        else:
            readings.reports[item.sha256] = report
            readings.cached += 1
    _tell(progress, len(readings.reports), len(wanted))
    for batch in _batches(missing):
        _read_batch(batch, cache, readings)
        _tell(progress, readings.cached + readings.read, len(wanted))
    return readings


def cache_folder(data: Path) -> Path:
    """Where the readings of this version of the extractor are kept in a data folder."""
    return data / "cache" / "extract" / VERSION


def _tell(progress: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _kept(path: Path) -> Report | None:
    """A reading from the cache; None where there is none or what is there is damaged."""
    try:
        return from_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _batches(items: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    batch: list[Wanted] = []
    size = 0
    for item in items:
        if batch and (len(batch) == BATCH_FILES or size + item.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch


def _read_batch(batch: list[Wanted], cache: Path, readings: Readings) -> None:
    files: list[tuple[str, bytes]] = []
    kept: list[Wanted] = []
    for item in batch:
        try:
            files.append((item.url, item.content()))
        except (ArchiveError, OSError) as error:
            readings.problems.append(f"{item.url}: not readable from the archive: {error}")
        else:
            kept.append(item)
    for item, (name, data), report in zip(kept, files, read_reports(files), strict=True):
        text = json.dumps(to_json(report, data, name), ensure_ascii=False)
        target = cache / f"{item.sha256}.json"
        aside = target.with_suffix(".part")
        aside.write_text(text, "utf-8")
        aside.replace(target)
        readings.reports[item.sha256] = report
        readings.read += 1
