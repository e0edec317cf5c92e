"""What a crawl shows on stderr: a live line for each portal, a plain table at the end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.model import CrawlSummary, PortalSummary

_MOST_LIVE = 30
_PLAIN_WIDTH = 110
_COLUMNS = ("requests", "reports", "new", "unchanged", "failed", "files")


@contextmanager
def shown(summary: CrawlSummary) -> Iterator[None]:
    """Show the crawl as it goes where stderr is a terminal, and its table at the end."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
    if console.is_terminal:
        with Live(
            get_renderable=lambda: table(summary, live=True),
            console=console,
            refresh_per_second=4,
            transient=True,
        ):
            yield
    else:
        yield
    console.print(table(summary))


def table(summary: CrawlSummary, *, live: bool = False) -> Table:
    """The portals of a crawl, a row each, the sums below."""
    grid = Table(box=box.SIMPLE, title=f"run {summary.run}", title_justify="left")
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
        portal.failed,
        portal.attachments,
    )


def _ways(portal: PortalSummary) -> str:
    return ", ".join(f"{way} {count}" for way, count in sorted(portal.ways.items()))
