"""The store of an archive's finished files, for people: choose it, send to it, show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from archive.sending import choose, send, setting, stored
from archive.showing import progress, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def keep_in(
    data: Path, url: str | None = None, *, stay: bool = True, none: bool = False
) -> Iterator[str]:
    """Choose a store where one is named, send what it lacks, and say what it holds.

    Args:
        data: The data folder.
        url: `s3://BUCKET/PREFIX` or the path of a folder; without it the one chosen before.
        stay: Whether finished files stay in the data folder, too.
        none: Forget the store. Nothing is removed from it.

    Yields:
        What went wrong, a line each.
    """
    if not data.is_dir():
        yield f"{data} holds no archive"
        return
    try:
        yield from _keep_in(data, url, stay=stay, none=none)
    except (ArchiveError, OSError) as error:
        yield str(error)


def _keep_in(data: Path, url: str | None, *, stay: bool, none: bool) -> Iterator[str]:
    if none:
        away = len(stored(data))
        if away:
            yield f"{away} WARC files are in the store alone: fetch them first"
            return
        choose(data, None)
        say(f"{data}: files are kept in the data folder alone")
        return
    if url is not None:
        choose(data, url, stay=stay)
    chosen = setting(data)
    if not chosen:
        say(f"{data}: files are kept in the data folder alone; nianbao store URL chooses a store")
        return
    problems = list(send_finished(data))
    yield from problems
    if not problems:
        say(f"{chosen.url}: {len(stored(data))} WARC files are there alone")


def send_finished(data: Path) -> Iterator[str]:
    """Send to the store what it lacks; where none is chosen nothing happens.

    Yields:
        What went wrong, a line each; what was not sent is sent the next time.
    """
    try:
        with progress() as bar:
            task = bar.add_task("sending", total=None)

            def show(name: str, size: int) -> None:
                bar.update(task, description=f"sending {name}", total=size)

            sent = send(data, show)
    except ArchiveError as error:
        yield f"nothing was sent to the store: {error}"
        return
    if sent.files:
        say(f"{sent.files} files sent to the store and read back, {sent.bytes / 1e6:.1f} MB")
    if sent.removed:
        say(f"{sent.removed} WARC files are in the store alone now")
    yield from sent.problems
