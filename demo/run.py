"""The demonstration: simulated portals, a crawl of them, the database, the site."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from crawler.model import CrawlOptions
from crawler.run import crawl
from demo.portals import serve as serve_portals
from publish.command import build_database
from publish.serve import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from demo.portals import DemoPortals

DELAY = 0.02
"""Seconds between two requests to one simulated host: it is ours, nobody is disturbed."""

_ADDRESS = re.compile(r" \(https?://\S+\)")


def run_demo(data: Path, *, port: int, once: bool = False, portal_port: int) -> Iterator[str]:
    """Crawl the six simulated portals, build the database and serve it.

    The portals are there as long as the site is, whose pages link to them.

    Args:
        data: The data folder; what it holds already is used again.
        port: Where the site is served; another port where that one is taken.
        once: Stop after the build.
        portal_port: Where the simulated portals listen, each on a loopback address of its own.

    Yields:
        What went wrong, a line each, but for the dead links that the portals have on purpose.
    """
    with ExitStack() as stack:
        try:
            portals = stack.enter_context(serve_portals(portal_port))
        except OSError as error:
            yield (
                f"the simulated portals cannot listen on port {portal_port}: "
                f"{error.strerror}; try nianbao demo --portal-port"
            )
            return
        _say("crawling six simulated portals on loopback …")
        options = CrawlOptions(delay=DELAY, allow_private=True)
        summary = crawl(portals.portals, data, options)
        yield from _unplanned(summary.problems, portals)
        if summary.interrupted:
            return
        yield from build_database(data)
        if not once:
            yield from serve(data, port=port, any_port=True)


def _unplanned(problems: list[str], portals: DemoPortals) -> list[str]:
    """Show what the portals lack on purpose; return the rest."""
    planned = [
        portals.url(place, path) for place, site in portals.sites.items() for path in site.gone
    ]
    for problem in problems:
        if any(url in problem for url in planned):
            _say(f"noticed, as planted: {_ADDRESS.sub('', problem)}")
    return [problem for problem in problems if not any(url in problem for url in planned)]


def _say(text: str) -> None:
    print(f"nianbao: {text}", file=sys.stderr)  # noqa: T201 - what the command tells its user
