"""What goes into a crawl and what comes out of it: portals, options, the summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Portal:
    """A site to crawl: an id of our own, and where it begins.

    `place` is a GB/T 2260 code, None for a home page given by its address alone; `name` is what
    people call the place (or the host). `level` (province, city, county), `city` and `province`
    describe that place where the registry knows. `family` names a content-management system where
    it is known; nothing depends on it, the pages themselves tell.
    """

    id: str
    place: str | None
    name: str
    url: str
    family: str | None = None
    level: str | None = None
    city: str | None = None
    province: str | None = None

    @property
    def label(self) -> str:
        """The name with the city before it, or the province: there are twelve 铁西区 and 朝阳区."""
        above = (self.city or self.province or "") if self.level == "county" else ""
        return self.name if self.name.startswith(above) else above + self.name


LEAST_PUBLIC_DELAY = 1.0
"""Seconds between two requests to a host of the public internet at least."""


def impolite(delay: float, *, allow_private: bool) -> str | None:
    """Why a user may not have this delay, None where they may: tests and demonstrations hurry."""
    if delay >= LEAST_PUBLIC_DELAY or allow_private:
        return None
    return f"{delay:g}: portals are asked once a second at most (less with --allow-private only)"


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How to crawl: `delay` in seconds between two requests to a host, bounds for each portal.

    `allow_private` lets the crawl reach loopback and private addresses; `browser` allows pages
    to be rendered; `run_id` goes on with that run; `contact` stands in the user agent.
    `max_seconds` bounds the time of a portal, waiting included; `jobs` how many portals are crawled
    at the same time. `ask_all` asks again for
    everything that earlier runs hold, instead of a share of it.
    """

    delay: float = 1.0
    allow_private: bool = False
    max_requests: int = 600
    browser: bool = True
    run_id: str | None = None
    contact: str | None = None
    max_seconds: float = 7200.0
    ask_all: bool = False
    jobs: int = 500


@dataclass(slots=True)
class PortalSummary:
    """What a crawl of one portal came to.

    `requests` were answered by the portal, `resumed` by the archive because this run had asked
    before. `found` are report pages that were obtained: `new` where their content was not known,
    `unchanged` where it was; of these `held` were not asked for again, because their entry in the
    list is as it was and their turn to be asked again has not come. `failed` are reports a list
    names that could not be obtained. `ways` counts the found reports by the way their link was
    read (`links`, a family's name, `browser`). `problems` are lines a person can read.
    `progress` says how far the crawl came with it, `now` what was asked last, for the live display.
    """

    portal: Portal
    requests: int = 0
    resumed: int = 0
    found: int = 0
    new: int = 0
    unchanged: int = 0
    held: int = 0
    failed: int = 0
    attachments: int = 0
    ways: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    progress: Literal["to come", "under way", "done"] = "to come"
    now: str = ""


@dataclass(slots=True)
class CrawlSummary:
    """What a crawl came to: the sums of its portals, and every problem in one clear line."""

    run: str
    portals: list[PortalSummary] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    stopping: bool = False
    """Whether the user has asked to stop and requests under way are waited for."""
    interrupted: bool = False
    """Whether the crawl did not come to its end; the same command goes on with it."""

    def to_json(self) -> dict[str, Any]:
        """The summary for a program: the sums, and the same for each portal."""
        sums = ("requests", "resumed", "found", "new", "unchanged", "held", "failed", "attachments")
        return {
            "run": self.run,
            **{name: sum(getattr(portal, name) for portal in self.portals) for name in sums},
            "ways": self.ways,
            "interrupted": self.interrupted,
            "portals": [_plain(portal) for portal in self.portals],
            "problems": self.problems,
        }

    @property
    def ways(self) -> dict[str, int]:
        """Report pages obtained, by the way their link was read."""
        return dict(sum((Counter(portal.ways) for portal in self.portals), Counter()))

    @property
    def requests(self) -> int:
        """Requests the portals answered."""
        return sum(portal.requests for portal in self.portals)

    @property
    def found(self) -> int:
        """Report pages obtained."""
        return sum(portal.found for portal in self.portals)

    @property
    def new(self) -> int:
        """Report pages whose content was not known before."""
        return sum(portal.new for portal in self.portals)

    @property
    def unchanged(self) -> int:
        """Report pages whose content was known before."""
        return sum(portal.unchanged for portal in self.portals)

    @property
    def held(self) -> int:
        """Unchanged report pages that were not asked for again this time."""
        return sum(portal.held for portal in self.portals)

    @property
    def failed(self) -> int:
        """Reports that a list names and that could not be obtained."""
        return sum(portal.failed for portal in self.portals)


def _plain(portal: PortalSummary) -> dict[str, Any]:
    """A portal's summary for a program."""
    plain = asdict(portal)
    del plain["now"]
    return plain
