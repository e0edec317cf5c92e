"""Show the runs of an archive, for people."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from archive.store import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.model import Run


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
