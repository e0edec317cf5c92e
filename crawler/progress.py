"""What a crawl shows on stderr: a live line for each portal, a plain table at the end."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.model import CrawlSummary, PortalSummary

_MOST_LIVE = 30
_PLAIN_WIDTH = 110
_COLUMNS = ("requests", "reports", "new", "unchanged", "held", "failed", "files")


@contextmanager
def shown(summary: CrawlSummary) -> Iterator[None]:
    """Show the crawl as it goes where stderr is a terminal, and its table at the end."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
        yield
    else:
        started = time.monotonic()
        with Live(
            get_renderable=lambda: _live(summary, time.monotonic() - started),
            console=console,
            refresh_per_second=4,
            transient=True,
        ):
            yield
    console.print(table(summary))


def _live(summary: CrawlSummary, seconds: float) -> Group:
    """The table, and a last line that moves while a slow portal is waited for.

    That line is short: the terminal shows ^C behind it, and must not begin another line for it.
    """
    minutes, rest = divmod(int(seconds), 60)
    ends = "stopping; Ctrl-C again ends at once" if summary.stopping else "Ctrl-C stops"
    return Group(table(summary, live=True), Text(f"  {minutes}:{rest:02} · {ends} ", "dim"))


def table(summary: CrawlSummary, *, live: bool = False) -> Table:
    """The portals of a crawl, a row each, the sums below."""
    # No padding: the names of hosts and the ways have to find room in 80 columns.
    grid = Table(box=box.SIMPLE, padding=0, title=f"run {summary.run}", title_justify="left")
    grid.add_column("portal", overflow="fold", min_width=12)
    for name in _COLUMNS:
        grid.add_column(name, justify="right")
    grid.add_column("by", overflow="fold")
    rows = summary.portals[-_MOST_LIVE:] if live else summary.portals
    for portal in rows:
        grid.add_row(portal.portal.name, *map(str, _numbers(portal)), _ways(portal))
    if len(summary.portals) > 1:
        sums = [sum(column) for column in zip(*map(_numbers, summary.portals), strict=True)]
        grid.add_section()
        grid.add_row("total", *map(str, sums), "")
    return grid


def _numbers(portal: PortalSummary) -> tuple[int, ...]:
    return (
        portal.requests,
        portal.found,
        portal.new,
        portal.unchanged,
        portal.held,
        portal.failed,
        portal.attachments,
    )


def _ways(portal: PortalSummary) -> str:
    return ", ".join(f"{way} {count}" for way, count in sorted(portal.ways.items()))
