"""Show the runs of an archive, for people."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from archive.store import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archive.model import PortalRecord, Run

_MOST_NAMED = 8


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
                portals = archive.portals(run.id)
                plain = {**asdict(run), "portals": [asdict(portal) for portal in portals]}
                answer = json.dumps(plain, ensure_ascii=False) if as_json else _told(run, portals)
                print(answer)  # noqa: T201 - the answer
    except ArchiveError as error:
        yield str(error)


def _told(run: Run, portals: Sequence[PortalRecord]) -> str:
    """A run in two lines: its portals, and what it came to or how it goes on."""
    names = "、".join(portal.place_name or portal.id for portal in portals[:_MOST_NAMED])
    more = f" and {len(portals) - _MOST_NAMED} more portals" if portals[_MOST_NAMED:] else ""
    if run.finished:
        came_to = (
            f"finished {run.finished}: {run.requests} requests, {run.found} reports "
            f"({run.new} new, {run.unchanged} unchanged), {run.failed} failed"
        )
    elif more:
        came_to = "not finished: the same crawl goes on with it"
    else:
        words = [portal.place if portal.place == portal.id else portal.url for portal in portals]
        came_to = f"not finished: nianbao crawl {shlex.join(map(str, words))} goes on with it"
    return f"{run.id}  {names}{more}\n{' ' * len(run.id)}  {came_to}"
