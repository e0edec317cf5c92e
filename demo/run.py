"""The demonstration: simulated portals, a crawl of them, the database, the site."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from crawler.model import CrawlOptions
from crawler.run import crawl
from demo.portals import serve as serve_portals
from publish.command import build_database
from publish.serve import serve

if TYPE_CHECKING:
    from pathlib import Path

    from demo.portals import DemoPortals

DELAY = 0.02
"""Seconds between two requests to one simulated host: it is ours, nobody is disturbed."""


def run_demo(data: Path, *, port: int, once: bool = False, portal_port: int) -> list[str]:
    """Crawl the six simulated portals, build the database and serve it.

    Args:
        data: The data folder; what it holds already is used again.
        port: Where the site is served.
        once: Stop after the build.
        portal_port: Where the simulated portals listen, each on a loopback address of its own.

    Returns:
        What went wrong, a line each, but for the dead links that the portals have on purpose.
    """
    try:
        with serve_portals(portal_port) as portals:
            _say("crawling six simulated portals on loopback …")
            options = CrawlOptions(delay=DELAY, allow_private=True)
            found = list(crawl(portals.portals, data, options).problems)
            problems = _unplanned(found, portals)
    except OSError as error:
        return [f"the simulated portals cannot listen on port {portal_port}: {error.strerror}"]
    problems += build_database(data)
    if not once:
        problems += serve(data, port=port)
    return problems


def _unplanned(problems: list[str], portals: DemoPortals) -> list[str]:
    """Show what the portals lack on purpose; return the rest."""
    planned = [
        portals.url(place, path) for place, site in portals.sites.items() for path in site.gone
    ]
    for problem in problems:
        if any(url in problem for url in planned):
            _say(f"as planted: {problem}")
    return [problem for problem in problems if not any(url in problem for url in planned)]


def _say(text: str) -> None:
    print(f"nianbao: {text}", file=sys.stderr)  # noqa: T201 - what the command tells its user
