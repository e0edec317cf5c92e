"""The demonstration: simulated portals, a crawl of them, the database, the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.model import CrawlOptions
from crawler.run import crawl
from demo.portals import serve as serve_portals
from publish.command import build_database
from publish.serve import serve

if TYPE_CHECKING:
    from pathlib import Path

DELAY = 0.02
"""Seconds between two requests to one simulated host: it is ours, nobody is disturbed."""


def run_demo(data: Path, *, port: int, once: bool, portal_port: int = 8610) -> list[str]:
    """Crawl the six simulated portals, build the database and serve it.

    Args:
        data: The data folder; what it holds already is used again.
        port: Where the site is served.
        once: Stop after the build.
        portal_port: Where the simulated portals listen, each on a loopback address of its own.

    Returns:
        What went wrong, a line each.
    """
    with serve_portals(portal_port) as demo:
        options = CrawlOptions(delay=DELAY, allow_private=True)
        problems = list(crawl(demo.portals, data, options).problems)
    problems += build_database(data)
    if not once:
        problems += serve(data, port=port)
    return problems
