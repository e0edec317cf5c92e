"""Check an archive and show its runs, for people."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from archive.showing import progress, say
from archive.store import Archive
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.model import Run


def verify_archive(data: Path, *, rebuild: bool = False) -> Iterator[str]:
    """Check every record of the archive and say in one line how much was checked.

    Args:
        data: The data folder.
        rebuild: First make the catalog again from the WARC files alone.

    Yields:
        What is not as it should be, a line each, with the name of the damage.
    """
    if not (data / "warc").is_dir():
        yield f"{data} holds no archive"
        return
    if rebuild:
        try:
            with Archive(data, rebuild=True) as archive:
                yield from archive.problems
        except (ArchiveError, OSError) as error:
            yield f"the catalog was not rebuilt: {error}"
            return
    started, size = time.monotonic(), 0
    with progress() as bar:
        task = bar.add_task("verifying", total=None)

        def show(done: int, total: int) -> None:
            nonlocal size
            size = total
            bar.update(task, completed=done, total=total)

        yield from map(str, verify(data, show))
    seconds = max(time.monotonic() - started, 1e-3)
    say(f"{data}: {size / 1e6:.1f} MB verified, {size / 1e6 / seconds:.0f} MB/s")


def show_status(data: Path, *, as_json: bool = False) -> Iterator[str]:
    """Print the archive's runs, newest last, with what each counted.

    Args:
        data: The data folder.
        as_json: One JSON object a run on stdout, a line each, instead of a line for people.

    Yields:
        A line where there is nothing to show.
    """
    if not (data / "catalog.db").is_file():
        yield f"{data} holds no archive yet: crawl a portal first (nianbao crawl …)"
        return
    try:
        with Archive(data, readonly=True) as archive:
            for run in archive.runs():
                portals = [asdict(portal) for portal in archive.portals(run.id)]
                answer = json.dumps({**asdict(run), "portals": portals}, ensure_ascii=False)
                print(answer if as_json else _told(run, len(portals)))  # noqa: T201 - the answer
    except ArchiveError as error:
        yield str(error)


def _told(run: Run, portals: int) -> str:
    begun = f"{run.id}  {portals} portal{'s' if portals != 1 else ''}"
    if not run.finished:
        return f"{begun}  not finished: the same crawl goes on with it"
    return (
        f"{begun}  finished {run.finished}  {run.requests} requests, "
        f"{run.found} reports: {run.new} new, {run.unchanged} unchanged, {run.failed} failed"
    )
