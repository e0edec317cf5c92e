"""Documents read once: what the extractor says of each, kept by the document's SHA-256."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive import ArchiveError
from extract import VERSION, from_json, sniff
from extract.model import Report
from extract.sniff import HTML
from publish.pool import read_apart
from publish.worker import read_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

BATCH_FILES = 8
"""Documents read at a time: one LibreOffice call serves all legacy Word files of a batch."""
BATCH_BYTES = 64 * 2**20
"""Bytes held for one batch."""
_CRASHED = "its reader ended abruptly or never ended"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to read: its digest, size, address and declared type, and how to get its bytes."""

    sha256: str
    size: int
    url: str
    media_type: str
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

    Web pages are read here; whatever needs a reader in native code is read in processes apart.

    Args:
        wanted: The documents, each digest once.
        cache: The folder of this extractor version's readings, made where it does not exist.
        progress: Called with how many are done and how many there are.
    """
    cache.mkdir(parents=True, exist_ok=True)
    readings = Readings()

    def tell() -> None:
        if progress is not None:
            progress(readings.cached + readings.read, len(wanted))

    native = [
        item
        for item in wanted
        if not _recall(item, cache, readings) and not _read_here(item, cache, readings)
    ]
    tell()
    sent: deque[list[Wanted]] = deque()
    for texts in read_apart(_files(native, sent, readings)):
        for item, text in zip(sent.popleft(), texts, strict=True):
            _keep(item, text, cache, readings)
        tell()
    return readings


def cache_folder(data: Path) -> Path:
    """Where the readings of this version of the extractor are kept in a data folder."""
    return data / "cache" / "extract" / VERSION


def _recall(item: Wanted, cache: Path, readings: Readings) -> bool:
    """Take a document's reading from the cache, where it is there and whole."""
    try:
        report = from_json(json.loads((cache / f"{item.sha256}.json").read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    readings.reports[item.sha256] = report
    readings.cached += 1
    return True


def _read_here(item: Wanted, cache: Path, readings: Readings) -> bool:
    """Read a web page; whether the document is dealt with."""
    if "html" not in item.media_type:
        return False
    data = _content(item, readings)
    if data is None:
        return True
    if sniff(data) != HTML:
        return False
    (text,) = read_batch([(item.url, data)])
    _keep(item, text, cache, readings)
    return True


def _content(item: Wanted, readings: Readings) -> bytes | None:
    try:
        return item.content()
    except (ArchiveError, OSError) as error:
        readings.problems.append(f"{item.url}: not readable from the archive: {error}")
        return None


def _files(
    items: Iterable[Wanted], sent: deque[list[Wanted]], readings: Readings
) -> Iterator[list[tuple[str, bytes]]]:
    """The documents in batches, as they are asked for; `sent` remembers which is which."""
    batch: list[tuple[str, bytes]] = []
    members: list[Wanted] = []
    for item in items:
        if batch and (len(batch) == BATCH_FILES or _bytes(batch) + item.size > BATCH_BYTES):
            sent.append(members)
            yield batch
            batch, members = [], []
        data = _content(item, readings)
        if data is not None:
            batch.append((item.url, data))
            members.append(item)
    if batch:
        sent.append(members)
        yield batch


def _bytes(batch: Iterable[tuple[str, bytes]]) -> int:
    return sum(len(data) for _, data in batch)


def _keep(item: Wanted, text: str | None, cache: Path, readings: Readings) -> None:
    """Take what a reader said, and keep it for the next build."""
    readings.read += 1
    if text is None:
        readings.problems.append(f"{item.url}: {_CRASHED}")
        readings.reports[item.sha256] = Report(item.media_type, problems=(_CRASHED,))
        return
    target = cache / f"{item.sha256}.json"
    aside = target.with_suffix(".part")
    aside.write_text(text, "utf-8")
    aside.replace(target)
    readings.reports[item.sha256] = from_json(json.loads(text))
