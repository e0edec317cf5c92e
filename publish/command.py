"""Build the database with a line of progress on a terminal, and say what was built."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from archive.errors import ArchiveError
from publish.build import build

if TYPE_CHECKING:
    from pathlib import Path

    from publish.model import BuildSummary


def build_database(data: Path) -> list[str]:
    """Build `nianbao.db` in the data folder and print what it holds.

    Returns:
        What went wrong, a line each.
    """
    if not (data / "warc").is_dir():
        return [f"{data} holds no archive yet: crawl a portal first (nianbao crawl …)"]
    try:
        with _progress() as bar:
            task = bar.add_task("reading documents", total=None)

            def show(done: int, total: int) -> None:
                doing = "reading documents" if done < total else "drawing pages, writing"
                bar.update(task, description=doing, completed=done, total=total)

            summary = build(data, progress=show)
    except (ArchiveError, OSError, sqlite3.Error) as error:
        return [f"the database was not built: {error}"]
    print(_told(summary), file=sys.stderr)  # noqa: T201 - what the command tells its user
    return list(summary.problems)


def _progress() -> Progress:
    """A bar on a terminal, nothing where the output goes to a file."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _told(summary: BuildSummary) -> str:
    return (
        f"{summary.path}: {summary.reports} reports, {summary.figures_printed} figures printed, "
        f"{summary.doubts} doubtful; relations that fail: {summary.checks_failed} "
        f"({summary.documents} documents, {summary.read} read now, {summary.cached} known)"
    )
