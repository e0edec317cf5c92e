"""What one crawl shares: the archive, the options, and what is known of each portal."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from archive import Archive, ArchiveError, PortalRecord
from crawler.model import CrawlOptions, CrawlSummary, Portal, PortalSummary
from crawler.registry import all_portals
from crawler.sites import host_of, is_government, site_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive import Capture
    from crawler.ask import Ask
    from crawler.discovery.content import Gone
    from crawler.discovery.page import Page

MOST_PROBLEMS = 40
"""Problem lines kept for a portal; further ones are counted."""
MOST_RENDERINGS = 30
MOST_WALLS = 3
"""Challenges and blocks after which a portal is left alone."""
_COUNTS = ("requests", "found", "new", "unchanged", "failed")


def user_agent(contact: str | None) -> str:
    """The honest user agent: who this is, and whom to write to."""
    try:
        number = version("nianbao")
    except PackageNotFoundError:
        number = "0"
    return f"nianbao/{number} (+{contact or 'archive of annual reports on information disclosure'})"


@dataclass
class PortalState:
    """What a crawl knows of one portal so far."""

    portal: Portal
    options: CrawlOptions
    summary: PortalSummary
    sites: set[str]
    asked: int = 0
    """Requests let through, whether the portal or the archive answered."""
    columns: int = 0
    """Columns that had reports on them."""
    column: str | None = None
    """The first page that should be the column."""
    hubs: int = 0
    renderings: int = 0
    seen: set[str] = field(default_factory=set)
    gone: dict[str, Gone] = field(default_factory=dict)
    """By host: how it says "gone" with status 200."""
    probed: set[str] = field(default_factory=set)
    closed: str | None = None
    """Why nothing more is asked."""
    answered: bool = False
    silent: Counter[str] = field(default_factory=Counter)
    """By host: requests in a row that got no answer."""
    elsewhere: dict[str, set[str]] = field(default_factory=dict)
    """By host: addresses of reports and columns on sites that are not this portal's."""
    home_page: Page | None = None
    walls: int = 0
    """Challenges and blocks met."""
    resorts: int = 0
    """Last resorts tried: the home page's scripts, then a browser."""
    waiting: int = 0
    """Requests made and not yet answered."""
    started: float | None = None
    unrendered: list[str] = field(default_factory=list)
    """Pages that only a browser could have read, and there is none."""
    _unsaid: int = 0

    def problem(self, line: str) -> None:
        """Note what went wrong, once, in a line that names the portal."""
        problems = self.summary.problems
        line = f"{self.portal.name}: {' '.join(line.split())}"
        if line in problems:
            return
        if len(problems) < MOST_PROBLEMS:
            problems.append(line)
            return
        self._unsaid += 1
        problems[MOST_PROBLEMS - 1] = f"{self.portal.name}: and {self._unsaid + 1} more problems"

    def found(self, ask: Ask, capture: Capture | None) -> None:
        """Count a report that was obtained."""
        self.summary.found += 1
        if capture is not None and capture.revisit_of is not None:
            self.summary.unchanged += 1
        else:
            self.summary.new += 1
        self.summary.ways[ask.way] = self.summary.ways.get(ask.way, 0) + 1

    def ended(self) -> None:
        """Say at the end what a person would ask about an empty result."""
        if self.unrendered:
            count = len(self.unrendered)
            self.problem(
                f"{count} page{'s need' if count > 1 else ' needs'} a browser and there is none "
                f"(or it is switched off): {self.unrendered[0]}"
            )
        if self.answered and not (self.closed or self.summary.found or self.summary.problems):
            if not self.column:
                self.problem(
                    f"no column of annual reports (政府信息公开年报) found from {self.portal.url}"
                )
            elif not self.columns:
                self.problem(f"the column of annual reports lists none: {self.column}")
        for host in sorted(self.elsewhere, key=lambda host: -len(self.elsewhere[host]))[:2]:
            self.problem(
                f"{len(self.elsewhere[host])} links to reports or columns on another site were not "
                f"followed: {host}; give its home page to crawl it"
            )

    def close(self, reason: str) -> None:
        """Ask nothing more of this portal, and say why."""
        if self.closed is None:
            self.closed = reason
            self.problem(reason)

    def belongs(self, url: str) -> bool:
        """Whether an address is on this portal's own hosts."""
        return site_of(url) in self.sites

    def moves_to(self, url: str) -> bool:
        """Follow a home page that redirects to another host of the government; say if it may."""
        if self.belongs(url):
            return True
        if is_government(url) and is_government(self.portal.url):
            self.sites.add(site_of(url))
            return True
        return False

    def over(self) -> str | None:
        """Which bound of the options this portal has reached."""
        if self.asked >= self.options.max_requests:
            return f"stopped at {self.options.max_requests} requests (--max-requests)"
        now = time.monotonic()
        self.started = self.started or now
        if now - self.started > self.options.max_seconds:
            return f"stopped after {self.options.max_seconds:.0f} seconds"
        return None


class Session:
    """One crawl. It is made before the spider and outlives it."""

    def __init__(
        self, archive: Archive, run: str, portals: list[Portal], options: CrawlOptions
    ) -> None:
        """Begin with nothing known of any portal."""
        self.archive = archive
        self.run = run
        self.options = options
        self.summary = CrawlSummary(run)
        self.states: dict[str, PortalState] = {}
        self.browser = False
        """Whether pages can be rendered; set where a browser is found."""
        self.interrupted = False
        self.old_tls: set[str] = set()
        """Hosts that need weakened TLS."""
        self.refused: dict[str, list[str]] = {}
        """By host: addresses that are not public, from the resolver."""
        for portal in portals:
            summary = PortalSummary(portal)
            state = PortalState(portal, options, summary, {site_of(portal.url)})
            self.states[portal.id] = state
            self.summary.portals.append(summary)

    def state(self, portal: str) -> PortalState:
        """What is known of a portal."""
        return self.states[portal]

    def refusal(self, url: str) -> str | None:
        """Why a host may not be reached, where the guard refused it."""
        addresses = self.refused.get(host_of(url))
        if not addresses:
            return None
        host = host_of(url)
        shown = host if host == addresses[0] else f"{host} ({addresses[0]})"
        return f"{shown} is not a public address; --allow-private would reach it"

    def close(self) -> CrawlSummary:
        """Bring the portals' problems into the summary and let go of the archive.

        The run is ended in the archive unless it was interrupted; then the same command goes on
        with it.
        """
        for state in self.states.values():
            if not self.interrupted:
                state.ended()
            self.summary.problems += state.summary.problems
        try:
            if self.interrupted:
                self.summary.problems.append(
                    f"interrupted; the same command goes on with run {self.run}"
                )
            else:
                counts = {name: getattr(self.summary, name) for name in _COUNTS}
                self.archive.finish_run(self.run, **counts)
            self.archive.close()
        except ArchiveError as error:
            self.summary.problems.append(str(error))
        return self.summary


def open_session(portals: Sequence[Portal], data: Path, options: CrawlOptions) -> Session:
    """Open the archive and begin a run, or go on with the unfinished run of the same portals.

    Raises:
        ArchiveError: The archive cannot be opened, or the run cannot be continued.
    """
    archive = Archive(data)
    try:
        run_id = options.run_id or _unfinished(archive, portals)
        run = archive.begin_run(run_id, portals=[_record(portal) for portal in portals])
    except ArchiveError:
        archive.close()
        raise
    return Session(archive, run.id, list(portals), options)


def _unfinished(archive: Archive, portals: Sequence[Portal]) -> str | None:
    """The newest unfinished run of exactly these portals."""
    wanted = {(portal.id, portal.url) for portal in portals}
    for run in reversed(archive.runs()):
        asked = {(record.id, record.url) for record in archive.portals(run.id)}
        if run.finished is None and asked == wanted:
            return run.id
    return None


def _record(portal: Portal) -> PortalRecord:
    """A portal for the archive, with what the registry knows of its place."""
    known = next((row for row in all_portals() if row.place and row.place == portal.place), portal)
    return PortalRecord(
        id=portal.id,
        url=portal.url,
        place=portal.place,
        place_name=portal.name if portal.place else None,
        level=portal.level or known.level,
        city=portal.city or known.city,
        province=portal.province or known.province,
        family=portal.family,
    )
