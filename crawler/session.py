"""What one crawl shares: the archive, the options, and what is known of each portal."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from archive import Archive, ArchiveError, PortalRecord
from crawler.held import Held, look_back
from crawler.model import CrawlOptions, CrawlSummary, Portal, PortalSummary
from crawler.owners import Owner
from crawler.registry.places import by_code
from crawler.sites import host_of, site_of
from crawler.state import PortalState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive import Capture

BUSY = frozenset({429, 503})
"""Statuses of a host that wants to be asked later."""
_COUNTS = ("requests", "found", "new", "unchanged", "failed")


def user_agent(contact: str | None) -> str:
    """The honest user agent: who this is, and whom to write to."""
    try:
        number = version("nianbao")
    except PackageNotFoundError:
        number = "0"
    return f"nianbao/{number} (+{contact or 'archive of annual reports on information disclosure'})"


class Session:
    """One crawl. It is made before the spider and outlives it."""

    def __init__(
        self,
        archive: Archive,
        run: str,
        portals: list[Portal],
        options: CrawlOptions,
        owner: Owner,
    ) -> None:
        """Begin with nothing known of any portal."""
        self.archive = archive
        self._owner = owner
        self.run = run
        self.options = options
        self.summary = CrawlSummary(run)
        self.states: dict[str, PortalState] = {}
        self.browser = False
        """Whether pages can be rendered; set where a browser is found."""
        self.interrupted = False
        self.why = "interrupted"
        """Why the crawl did not come to its end, where it did not."""
        self.closed = False
        self.before = 0
        """Requests of this run before it was interrupted."""
        self.last: dict[str, Capture] = {}
        """By host: the last of them, until its pause is over."""
        for capture in archive.captures(run):
            self.before += 1
            known = self.last.setdefault(host_of(capture.url), capture)
            if _moment(known) < _moment(capture):
                self.last[host_of(capture.url)] = capture
        self.looked_back = any(known.id != run for known in archive.runs())
        """Whether there are earlier runs."""
        self.old_tls: set[str] = set()
        """Hosts that need weakened TLS."""
        self.refused: dict[str, list[str]] = {}
        """By host: addresses that are not public, from the resolver."""
        self.opened: set[str] = set()
        """Hosts to which a connection was opened since their last answer, from the resolver."""
        held = {} if options.ask_all else look_back(archive, run, [one.id for one in portals])
        for portal in portals:
            summary = PortalSummary(portal)
            state = PortalState(portal, options, summary, {site_of(portal.url)})
            state.held = held.get(portal.id, Held())
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
        with it. Closing twice does no more than closing once.
        """
        if self.closed:
            return self.summary
        self.closed, self.summary.interrupted = True, self.interrupted
        for state in self.states.values():
            if not self.interrupted:
                state.ended()
            self.summary.problems += state.summary.problems
        try:
            if self.interrupted:
                self.summary.problems.append(
                    f"{self.why}; the same command goes on with run {self.run}"
                )
            else:
                counts = {name: getattr(self.summary, name) for name in _COUNTS}
                counts["requests"] += self.before
                self.archive.finish_run(self.run, **counts)
            self.archive.close()
        except ArchiveError as error:
            self.summary.problems.append(str(error))
        self._owner.close()
        self.summary.problems += self.archive.problems
        return self.summary


def _moment(capture: Capture) -> tuple[str, bool]:
    """What orders captures; of those of one second a busy host's counts."""
    return capture.fetched_at, capture.http_status in BUSY


def open_session(portals: Sequence[Portal], data: Path, options: CrawlOptions) -> Session:
    """Open the archive and begin a run, or go on with the unfinished run of the same portals.

    Raises:
        ArchiveError: The archive cannot be opened, the run cannot be continued, or another process
            crawls one of the hosts.
    """
    archive = Archive(data)
    owner = None
    try:
        owner = Owner(data, portals)
        run_id = options.run_id or _unfinished(archive, portals)
        run = archive.begin_run(run_id, portals=[_record(portal) for portal in portals])
    except ArchiveError:
        if owner:
            owner.close()
        archive.close()
        raise
    return Session(archive, run.id, list(portals), options, owner)


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
    place = by_code().get(portal.place or "")
    return PortalRecord(
        id=portal.id,
        url=portal.url,
        place=portal.place,
        place_name=place.name if place else portal.name if portal.place else None,
        level=portal.level or (place.kind if place else None),
        city=portal.city or (place.city.name if place and place.city else None),
        province=portal.province or (place.province.name if place and place.province else None),
        family=portal.family,
    )
