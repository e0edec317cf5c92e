"""What a crawl knows of one portal: what was asked and found, what is bounded, what went wrong."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.discovery.titles import classify
from crawler.held import Held
from crawler.registry import government_hosts
from crawler.sites import address_key, host_of, is_government, site_of

if TYPE_CHECKING:
    from archive import Capture
    from crawler.ask import Ask
    from crawler.discovery.content import Gone
    from crawler.discovery.page import Page
    from crawler.discovery.records import Route, Template
    from crawler.discovery.sessions import Menu
    from crawler.model import CrawlOptions, Portal, PortalSummary

MOST_PROBLEMS = 40
"""Problem lines kept for a portal; further ones are counted."""
MOST_RENDERINGS = 30
MOST_WALLS = 3
"""Challenges and blocks after which a portal is left alone."""


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
    requested: set[int] = field(default_factory=set)
    """Hashes of the requests that were made, so that most need not be looked up in the archive."""
    seen: set[int] = field(default_factory=set)
    held: Held = field(default_factory=Held)
    """What earlier runs hold."""
    left_alone: set[str] = field(default_factory=set)
    """Addresses that the archive answered for from an earlier run."""
    changed: set[str] = field(default_factory=set)
    """Lists that do not have the links they had, or are new."""
    met: set[int] = field(default_factory=set)
    """Hashes of the addresses of reports that this run obtained, as of those it saw."""
    arrived: list[tuple[str, str | None]] = field(default_factory=list)
    """SHA-256 and title of those of which nothing was held at their address."""
    gone: dict[str, Gone] = field(default_factory=dict)
    """By host: how it says "gone" with status 200."""
    probed: set[str] = field(default_factory=set)
    closed: str | None = None
    """Why nothing more is asked."""
    answered: bool = False
    silent: Counter[str] = field(default_factory=Counter)
    """By host: requests in a row that got no answer."""
    publishers: set[str] = field(default_factory=set)
    """Whose reports were found, as far as their titles say."""
    dead_ends: list[Ask] = field(default_factory=list)
    """Pages of disclosure that show no way on but have scripts."""
    lost_column: bool = False
    """Whether a list that earlier runs knew is gone."""
    _titled: dict[int, int] = field(default_factory=dict)
    """By content and title: the first address of a report; hashes, for there may be thousands."""
    _vouched: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Of those that were counted, those that were not asked for: way and address."""
    _counted: set[int] = field(default_factory=set)
    """Captures of reports that were counted."""
    elsewhere: dict[str, set[str]] = field(default_factory=dict)
    """By host: addresses of reports and columns on sites that are not this portal's."""
    home_page: Page | None = None
    home_links: frozenset[str] = frozenset()
    """Where the home page leads: its menus and friends stand on every page."""
    menu: Menu = field(default_factory=dict)
    """What the home page's links hold that may change from visit to visit."""
    visits: set[str] = field(default_factory=set)
    """Parameters of addresses that name a visit rather than a page."""
    walls: int = 0
    """Challenges and blocks met."""
    resorts: int = 0
    """Last resorts tried: the home page's scripts, then a browser."""
    waiting: int = 0
    """Requests made and not yet answered."""
    started: float | None = None
    empty_column: str | None = None
    """The first page that should be the column and shows nothing without scripts."""
    shells: dict[str, Ask] = field(default_factory=dict)
    """Renderings put off, by page: the data that its script asks for may do instead."""
    teaching: bool = False
    """Whether a report of an application was rendered, or is being."""
    parked: list[Ask] = field(default_factory=list)
    """Renderings of reports put off until the first of their kind has shown where data stands."""
    entries: set[Template] = field(default_factory=set)
    """How this portal's applications make addresses of their data's entries."""
    routes: set[Route] = field(default_factory=set)
    """Where the data of its applications' pages stands."""
    unrendered: list[str] = field(default_factory=list)
    """Pages that only a browser could have read, and there is none."""
    _unsaid: int = 0

    def problem(self, line: str) -> None:
        """Note what went wrong, once, in a line that names the portal."""
        problems = self.summary.problems
        line = f"{self.portal.label}: {' '.join(line.split())}"
        if line in problems:
            return
        if len(problems) < MOST_PROBLEMS:
            problems.append(line)
            return
        self._unsaid += 1
        problems[MOST_PROBLEMS - 1] = f"{self.portal.label}: and {self._unsaid + 1} more problems"

    def found(self, ask: Ask, capture: Capture | None, *, same: bool = False) -> None:
        """Count a report that was obtained, once, though two columns give it two addresses.

        `same` where it says what it said, though the bytes of its page are others.
        """
        if capture is not None and hash(capture.id) in self._counted:
            return
        publisher = classify(ask.text or "").publisher
        if capture is not None and publisher and not ask.render and self._is_copy(ask, capture):
            return
        self.summary.found += 1
        self.publishers |= {publisher} if publisher else set()
        held = capture is not None and bool({capture.url, capture.id} & self.left_alone)
        if capture is not None:
            self._counted.add(hash(capture.id))
            self._compare(capture)
        self.summary.held += held
        if held or same or (capture is not None and capture.revisit_of is not None):
            self.summary.unchanged += 1
        else:
            self.summary.new += 1
        self.summary.ways[ask.way] = self.summary.ways.get(ask.way, 0) + 1
        if held and capture is not None:
            self._vouched[hash(capture.id)] = (ask.way, hash(address_key(capture.url)))

    def forget_held(self) -> None:
        """Count no report for which the archive alone vouched: the list that named it is gone."""
        for mark, (way, address) in self._vouched.items():
            self.summary.found -= 1
            self.summary.unchanged -= 1
            self.summary.held -= 1
            self.summary.ways[way] -= 1
            self._counted.discard(mark)
            self.met.discard(address)
        self.summary.ways = {way: count for way, count in self.summary.ways.items() if count}
        self._vouched.clear()

    def _compare(self, capture: Capture) -> None:
        """Remember a report for the comparison with earlier runs, where there are any."""
        if not self.held.reports:
            return
        self.met.add(hash(address_key(capture.url)))
        if capture.url not in self.held.reports:
            self.arrived.append((capture.sha256, capture.link_text))

    def _is_copy(self, ask: Ask, capture: Capture) -> bool:
        """Whether a unit's report with this title and these bytes has another address too."""
        mark, here = hash((capture.sha256, ask.text or capture.url)), hash(capture.url)
        first = self._titled.setdefault(mark, here)
        if first != here:
            self._counted.add(hash(capture.id))
            self.met.add(hash(address_key(capture.url)))
        return first != here

    def ended(self) -> None:
        """Say at the end what a person would ask about an empty result."""
        if self.parked and not self.unrendered:
            self.problem(
                f"{len(self.parked)} reports need a browser and were left, for {MOST_RENDERINGS} "
                f"pages are rendered in a run at most: {self.parked[0].url}"
            )
        if self.unrendered:
            count = len(self.unrendered) + len(self.parked)
            self.problem(
                f"{count} page{'s need' if count > 1 else ' needs'} a browser and there is none "
                f"(or it is switched off): {self.unrendered[0]}"
            )
        if self.answered and not (self.closed or self.summary.found or self.summary.problems):
            if not (self.column or self.empty_column):
                self.problem(
                    f"no column of annual reports (政府信息公开年报) found from {self.portal.url}"
                )
            elif not self.columns:
                column = self.column or self.empty_column
                self.problem(f"the column of annual reports lists none: {column}")
        self.missed()
        for host in sorted(self.elsewhere, key=lambda host: -len(self.elsewhere[host]))[:2]:
            self.problem(
                f"{len(self.elsewhere[host])} links to reports or columns on another site were not "
                f"followed: {host}; give its home page to crawl it"
            )

    def missed(self) -> None:
        """Say which reports of earlier runs no list names any more; the archive keeps them."""
        missed = self.held.missed(self.met | self.seen, self.arrived)
        missed = [url for url in missed if self.belongs(url)]  # the portal may have moved
        if missed and self.summary.found and not self.closed:
            count = f"{len(missed)} reports" if len(missed) > 1 else "one report"
            self.problem(f"{count} of earlier runs no longer listed: {missed[0]}")

    def close(self, reason: str) -> None:
        """Ask nothing more of this portal, and say why."""
        if self.closed is None:
            self.closed = reason
            self.problem(reason)

    def belongs(self, url: str) -> bool:
        """Whether an address is on this portal's own hosts, and no other government's."""
        return site_of(url) in self.sites and not self._is_others(url)

    def _is_others(self, url: str) -> bool:
        """Whether a host is the home of another government: a city's is not its district's."""
        host = host_of(url)
        return host in government_hosts() and host != host_of(self.portal.url)

    def moves_to(self, url: str) -> bool:
        """Follow a home page that redirects to another host of the government; say if it may."""
        if self.belongs(url):
            return True
        both = is_government(url) and is_government(self.portal.url)
        if both and not self._is_others(url):
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
