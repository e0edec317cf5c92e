"""What a crawl shows on stderr: a live line for each portal, a plain table at the end."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.model import CrawlSummary, PortalSummary

_PLAIN_WIDTH = 110
_COLUMNS = ("requests", "reports", "new", "unchanged", "held", "failed", "files")
_NUMBERS = ("requests", "found", "new", "unchanged", "held", "failed", "attachments")
_LIVE_COLUMNS = ("requests", "reports", "files", "failed")
_LIVE_NUMBERS = ("requests", "found", "attachments", "failed")
_NAME_WIDTH = 28
_AROUND = 9
"""Lines of the live display that are no portal's."""
_MOST_ROWS = 50
"""Portals with a row each at the end; more are summed up by province."""


@contextmanager
def shown(summary: CrawlSummary) -> Iterator[None]:
    """Show the crawl as it goes where stderr is a terminal, and its table at the end."""
    console = Console(stderr=True)
    started = time.monotonic()
    if not console.is_terminal:
        console.width = _PLAIN_WIDTH
        yield
    else:
        with Live(
            get_renderable=lambda: live(summary, time.monotonic() - started, console.size),
            console=console,
            refresh_per_second=4,
            transient=True,
        ):
            yield
    console.print(table(summary))
    console.print(Text(f" {ending(summary, time.monotonic() - started)}"), soft_wrap=True)


def live(summary: CrawlSummary, seconds: float, size: tuple[int, int]) -> Group:
    """The portals under way, as many as the terminal has lines for, and a last line that moves.

    `size` is the terminal's, columns and lines. The last line is short: the terminal shows ^C
    behind it, and must not begin another line for it.
    """
    width, height = size
    by = defaultdict(list)
    for portal in summary.portals:
        by[portal.progress].append(portal)
    room = max(height - _AROUND, 3)
    # A portal keeps its line; those that are done make room when it is needed.
    rows = [*by["done"][-max(room - len(by["under way"]), 0) :], *by["under way"]][:room]
    if len(by["under way"]) >= room:
        rows = by["under way"][:room]
    grid = Table(box=box.SIMPLE, padding=0, title=f"run {summary.run}", title_justify="left")
    widest = max((cell_len(portal.portal.label) for portal in rows), default=0)
    name_width = min(max(widest, 12), _NAME_WIDTH)
    left = width - name_width - sum(len(name) + 1 for name in _LIVE_COLUMNS) - 3
    grid.add_column("portal", width=name_width, no_wrap=True)
    for name in _LIVE_COLUMNS:
        grid.add_column(name, justify="right", width=len(name), no_wrap=True)
    grid.add_column("now", no_wrap=True, overflow="ellipsis")
    for portal in rows:
        now = _fitting(portal.now, left) if portal.progress != "done" else ""
        grid.add_row(_text(portal.portal.label), *_sums([portal], _LIVE_NUMBERS), _text(now))
    counts = [f"{len(by[name])} {name}" for name in ("done", "under way", "to come") if by[name]]
    if len(summary.portals) > 1:
        grid.add_section()
        every = _sums(summary.portals, _LIVE_NUMBERS)
        grid.add_row("total", *every, _fitting(", ".join(counts), left))
    ends = "stopping; Ctrl-C again ends at once" if summary.stopping else "Ctrl-C stops"
    return Group(grid, Text(f"  {_clock(seconds)} · {ends} ", "dim"))


def table(summary: CrawlSummary) -> Table:
    """What a crawl came to: the portals a row each, or the provinces; the sums below."""
    # No padding: the names of hosts and the ways have to find room in 80 columns.
    grid = Table(box=box.SIMPLE, padding=0, title=f"run {summary.run}", title_justify="left")
    grid.add_column("portal", overflow="fold", min_width=12)
    for name in _COLUMNS:
        grid.add_column(name, justify="right")
    grid.add_column("by", overflow="fold")
    if len(summary.portals) <= _MOST_ROWS:
        groups = {portal.portal.id: [portal] for portal in summary.portals}
        names = {portal.portal.id: portal.portal.label for portal in summary.portals}
    else:
        groups = defaultdict(list)
        for portal in sorted(summary.portals, key=lambda one: one.portal.place or "~"):
            groups[_province(portal)].append(portal)
        names = {name: f"{name} {len(group)}" for name, group in groups.items()}
    for key, group in groups.items():
        grid.add_row(_text(names[key]), *_sums(group, _NUMBERS), _ways(group))
    if len(groups) > 1:
        grid.add_section()
        every = _sums(summary.portals, _NUMBERS)
        grid.add_row("total", *every, _ways(summary.portals))
    return grid


def ending(summary: CrawlSummary, seconds: float) -> str:
    """What was found, in one sentence."""
    fruitful = sum(portal.found > 0 for portal in summary.portals)
    of = f" on {fruitful} of {len(summary.portals)} portals" if len(summary.portals) > 1 else ""
    again = sum(portal.resumed for portal in summary.portals)
    archived = f" and {again} answered by the archive" if again else ""
    requests = f"{summary.requests} request{'s' if summary.requests != 1 else ''}"
    reports = f"{summary.found} report{'s' if summary.found != 1 else ''}"
    so_far = "so far " if summary.interrupted else ""
    return f"{so_far}{reports}{of} with {requests}{archived}, {_clock(seconds)}"


def _text(text: str) -> Text:
    """A text as it is: brackets are no markup, and a terminal obeys nothing in it."""
    return Text("".join(sign if sign.isprintable() else "�" for sign in text))


def _sums(portals: Sequence[PortalSummary], names: Sequence[str]) -> list[str]:
    sums = (sum(getattr(portal, name) for portal in portals) for name in names)
    return [str(value) for value in sums]


def _fitting(text: str, width: int) -> str:
    """A text that fits; of an address its end tells more than its beginning."""
    if cell_len(text) <= width:
        return text
    kind, _, path = text.partition(" ")
    room = max(width - cell_len(kind) - 2, 0)
    return f"{kind} …{path[-room:] if room else ''}"[: max(width, 0)]


def _province(portal: PortalSummary) -> str:
    known = portal.portal.province
    return known or (portal.portal.name if portal.portal.level == "province" else "—")


def _ways(portals: Sequence[PortalSummary]) -> str:
    ways = sum((Counter(portal.ways) for portal in portals), Counter[str]())
    return ", ".join(f"{way} {count}" for way, count in sorted(ways.items()))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
