"""Documents read once: what the extractor says of each, kept by the document's SHA-256."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from archive import ArchiveError
from extract import VERSION, from_json, to_json
from extract.guarded import read_reports_guarded
from extract.report import read_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
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


class Documents(Protocol):
    """Documents that can be counted and gone through again."""

    def __iter__(self) -> Iterator[Wanted]:
        """Each document once."""

    def __len__(self) -> int:
        """How many there are."""


class Shelf(Mapping[str, "Report"]):
    """Reports by the SHA-256 of their document, taken from the cache each time one is asked for.

    Those that are not kept for the next build, because another try may go better, are empty but
    for their problem and stay in memory.
    """

    def __init__(self, cache: Path) -> None:
        """Begin with an empty shelf over the cache's folder."""
        self._cache = cache
        self._known: dict[bytes, Report | None] = {}

    def __getitem__(self, sha256: str) -> Report:
        """The report of a document; KeyError where it was not read."""
        return self._known[bytes.fromhex(sha256)] or recalled(self._cache, sha256)

    def __contains__(self, sha256: object) -> bool:
        """Whether a document was read."""
        return isinstance(sha256, str) and bytes.fromhex(sha256) in self._known

    def __iter__(self) -> Iterator[str]:
        """The digests in the order in which they were read."""
        return (digest.hex() for digest in self._known)

    def __len__(self) -> int:
        """How many documents were read."""
        return len(self._known)

    def add(self, sha256: str, passing: Report | None = None) -> None:
        """Note that a document's report is in the cache, or keep a passing one here."""
        self._known[bytes.fromhex(sha256)] = passing


@dataclass(slots=True)
class Readings:
    """The reports read so far, and how many of them an earlier build had read.

    `unread` has a line for every problem of a document of which nothing could be read.
    """

    reports: Shelf
    note: Callable[[str, Report], None]
    cached: int = 0
    read: int = 0
    problems: list[str] = field(default_factory=list)
    unread: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_all(
    wanted: Documents,
    cache: Path,
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
    note: Callable[[str, Report], None] = lambda *_: None,
) -> Readings:
    """Read every document once; those an earlier build read come from the cache.

    Args:
        wanted: The documents, each digest once; gone through twice.
        cache: The folder of this extractor version's readings, made where it does not exist.
        progress: Called with how many are done and how many there are.
        workers: How many processes read, by default one for each processor; 0 reads in this one,
            where a damaged file may end it.
        note: Called with each document's digest and its report.
    """
    cache.mkdir(parents=True, exist_ok=True)
    readings = Readings(Shelf(cache), note)
    missing = {item.sha256 for item in wanted if not _recall(item, cache, readings)}
    sent: deque[tuple[Wanted, bytes]] = deque()
    files = _files((item for item in wanted if item.sha256 in missing), sent, readings)
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


def recalled(cache: Path, sha256: str) -> Report:
    """A document's reading out of the cache.

    Raises:
        OSError, ValueError, KeyError, TypeError, AttributeError: It is not there, or not whole.
    """
    text = (cache / f"{sha256}.json").read_text("utf-8", errors="surrogatepass")
    return from_json(json.loads(text))


def _tell(progress: Callable[[int, int], None] | None, readings: Readings, total: int) -> None:
    if progress is not None:
        progress(readings.cached + readings.read, total)


def _recall(item: Wanted, cache: Path, readings: Readings) -> bool:
    """Take a document's reading from the cache, where it is there and whole."""
    try:
        report = recalled(cache, item.sha256)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    readings.cached += 1
    _shelve(item, report, readings, passing=False)
    return True


def _shelve(item: Wanted, report: Report, readings: Readings, *, passing: bool) -> None:
    readings.reports.add(item.sha256, report if passing else None)
    readings.note(item.sha256, report)
    if not (report.figures or report.sections or report.title):
        lines = tuple(f"{item.url}: {problem}" for problem in report.problems)
        readings.unread[item.sha256] = lines


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
    readings.read += 1
    if any(problem.startswith(_PASSING) for problem in report.problems):
        _shelve(item, from_json(json.loads(text)), readings, passing=True)
        return
    target = cache / f"{item.sha256}.json"
    aside = target.with_suffix(".part")
    aside.write_text(text, "utf-8", errors="surrogatepass")
    aside.replace(target)
    _shelve(item, report, readings, passing=False)
