"""What long work shows its user: a bar on a terminal, a line on stderr."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn


def progress() -> Progress:
    """A bar on a terminal, nothing where the output goes to a file."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    return Progress(
        *columns,
        TransferSpeedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def say(text: str) -> None:
    """Tells the user a line that is no answer."""
    print(text, file=sys.stderr)  # noqa: T201 - what the command tells its user
