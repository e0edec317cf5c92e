"""Read the report files that a command line names and print what they say."""

from __future__ import annotations

import json
import sys
from collections import deque
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from extract import WorkerError, read_reports_guarded, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from extract.model import Figure, Report

LARGEST = 256 * 10**6
"""Bytes of a file at most; no report comes near, and some names have no end (/dev/zero)."""


def extract_files(files: Sequence[Path], *, as_json: bool) -> Iterator[str]:
    """Print each file's report on stdout as soon as it is read; yield the problems, a line each.

    Args:
        files: Paths as the user gave them; one that cannot be read is a problem, the rest goes on.
        as_json: One JSON object a line instead of a summary for people.
    """
    opened: deque[tuple[str, bytes]] = deque()
    unread: deque[str] = deque()
    with _progress() as bar:
        task = bar.add_task("reading", total=len(files))
        try:
            for report in read_reports_guarded(_contents(files, opened, unread)):
                name, data = opened.popleft()
                line = json.dumps(to_json(report, data, name), ensure_ascii=False)
                sys.stdout.write((line if as_json else _summary(name, report)) + "\n")
                sys.stdout.flush()
                bar.advance(task)
                yield from (f"{name}: {problem}" for problem in report.problems)
        except WorkerError as error:
            unread.append(str(error))
    yield from unread


def _contents(
    files: Sequence[Path], opened: deque[tuple[str, bytes]], unread: deque[str]
) -> Iterator[tuple[str, bytes]]:
    """Open the files as they are asked for; those under way are in `opened`."""
    for path in files:
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except (OSError, ValueError) as error:
            unread.append(f"{path}: {getattr(error, 'strerror', None) or error}")
            continue
        if len(data) > LARGEST:
            unread.append(f"{path}: larger than {LARGEST // 10**6} MB, not read")
            continue
        opened.append((str(path), data))
        yield opened[-1]


def _progress() -> Progress:
    """A bar on a terminal, nothing where stderr goes to a file; stdout is kept for the answer."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        disable=not console.is_terminal,
    )


def _summary(name: str, report: Report) -> str:
    """A few lines for a person: whose report, which year, what was read and what is doubtful."""
    if not (report.figures or report.title or report.sections):
        return f"{name}\n  nothing read"
    printed = sum(figure.status == "printed" for figure in report.figures)
    doubts = [figure for figure in report.figures if figure.doubt]
    fails = [check for check in report.checks if check.status == "fails"]
    head = " · ".join(
        str(part)
        for part in (report.publisher or "publisher not named", report.year or "year not stated")
    )
    lines = [
        f"{name}",
        f"  {report.title or '(no title)'}",
        f"  {head} · form {report.edition or 'not recognised'}",
        f"  {printed} of {len(report.figures)} figures printed, {len(doubts)} doubtful",
        f"  {len(fails)} of {len(report.checks)} relations fail",
    ]
    lines += [f"  doubt  {figure.key} = {_shown(figure)}: {figure.doubt}" for figure in doubts]
    lines += [f"  fails  {check.rule} {check.at}: {check.left} ≠ {check.right}" for check in fails]
    return "\n".join(lines)


def _shown(figure: Figure) -> str:
    return f"({figure.status})" if figure.printed is None else figure.printed
