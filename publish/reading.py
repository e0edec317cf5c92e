"""Documents read once: what the extractor says of each, kept by the document's SHA-256."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive import ArchiveError
from extract import VERSION, from_json, to_json
from extract.guarded import read_reports_guarded
from extract.report import read_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from extract.model import Report

_PASSING = (
    "reading took ",
    "LibreOffice is not installed",
    "LibreOffice cannot be started",
    "LibreOffice did not finish",
)
"""How problems begin that another try may not have: the machine was busy or lacked a program."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to read: its digest, its address, and how to get its bytes."""

    sha256: str
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
    workers: int | None = None,
) -> Readings:
    """Read every document once; those an earlier build read come from the cache.

    Args:
        wanted: The documents, each digest once.
        cache: The folder of this extractor version's readings, made where it does not exist.
        progress: Called with how many are done and how many there are.
        workers: How many processes read, by default one for each processor; 0 reads in this one,
            where a damaged file may end it.
    """
    cache.mkdir(parents=True, exist_ok=True)
    readings = Readings()
    missing = [item for item in wanted if not _recall(item, cache, readings)]
    sent: deque[tuple[Wanted, bytes]] = deque()
    files = _files(missing, sent, readings)
    reports = (
        (report for file in files for report in read_each([file]))
        if workers == 0
        else read_reports_guarded(files, workers)
    )
    _tell(progress, readings, len(wanted))
    for report in reports:
        _keep(*sent.popleft(), report, cache, readings)
        _tell(progress, readings, len(wanted))
    return readings


def cache_folder(data: Path) -> Path:
    """Where the readings of this version of the extractor are kept in a data folder."""
    return data / "cache" / "extract" / VERSION


def _tell(progress: Callable[[int, int], None] | None, readings: Readings, total: int) -> None:
    if progress is not None:
        progress(readings.cached + readings.read, total)


def _recall(item: Wanted, cache: Path, readings: Readings) -> bool:
    """Take a document's reading from the cache, where it is there and whole."""
    try:
        report = from_json(json.loads((cache / f"{item.sha256}.json").read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    readings.reports[item.sha256] = report
    readings.cached += 1
    return True


def _files(
    items: Iterable[Wanted], sent: deque[tuple[Wanted, bytes]], readings: Readings
) -> Iterator[tuple[str, bytes]]:
    """The documents as they are asked for; `sent` remembers them till their reports come."""
    for item in items:
        try:
            data = item.content()
        except (ArchiveError, OSError) as error:
            readings.problems.append(f"{item.url}: not readable from the archive: {error}")
        else:
            sent.append((item, data))
            yield item.url, data


def _keep(item: Wanted, data: bytes, report: Report, cache: Path, readings: Readings) -> None:
    """Take what a reader said, and keep it for the next build."""
    # By way of JSON, so that a reading is the same whether it comes from the cache or not.
    text = json.dumps(to_json(report, data, item.url), ensure_ascii=False)
    readings.reports[item.sha256] = from_json(json.loads(text))
    readings.read += 1
    if any(problem.startswith(_PASSING) for problem in report.problems):
        return
    target = cache / f"{item.sha256}.json"
    aside = target.with_suffix(".part")
    aside.write_text(text, "utf-8", errors="surrogatepass")
    aside.replace(target)
