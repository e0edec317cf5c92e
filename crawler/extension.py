"""Ties a crawl together: installs the guard before the first request, closes the session after."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scrapy import signals
from twisted.internet.task import LoopingCall

from crawler.browser.provider import find_browser
from crawler.guard import GuardedResolver
from crawler.headers import bound_headers
from crawler.middlewares.base import ask_of
from crawler.requests import BROWSER_SLOT

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.session import Session

_TICK = 2.0
"""Seconds: Twisted lets go of timers that were cancelled when another one fires, and every answer
leaves two; their requests' time-outs alone would fire a minute later."""


class CrawlExtension:
    """Responsible for the beginning and the end of a crawl, from our command and from Scrapy's."""

    def __init__(self, crawler: Crawler) -> None:
        """Listen for both."""
        self._crawler = crawler
        self._tick = LoopingCall(lambda: None)
        crawler.signals.connect(self.begin, signal=signals.spider_opened)
        crawler.signals.connect(self.broken, signal=signals.spider_error)
        crawler.signals.connect(self.end, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    def begin(self, spider: Spider) -> None:
        """Let names resolve to public addresses only, unless this crawl may reach others."""
        from twisted.internet import reactor  # noqa: PLC0415 - Scrapy installs it first

        session = _session(spider)
        resolver = GuardedResolver(reactor, allow_private=session.options.allow_private)
        session.refused, session.opened = resolver.refused, resolver.opened
        resolver.install_on_reactor()
        bound_headers()
        session.browser = session.options.browser and find_browser() is not None
        slots = self._crawler.engine.downloader.per_slot_settings
        slots[BROWSER_SLOT] = {"delay": 0.0, "concurrency": 1, "jitter": 0.0}
        self._tick.start(_TICK, now=False)

    def broken(self, failure: Failure, response: Response | None, spider: Spider) -> None:
        """Say that a page could not be read; the log has the details."""
        if response is None or response.request is None:  # the spider could not begin
            return
        state = _session(spider).state(ask_of(response.request).portal)
        state.problem(
            f"reading {response.url} failed ({type(failure.value).__name__}); see the log"
        )

    def end(self, spider: Spider, reason: str) -> None:
        """Close the session; a crawl that did not come to its end can be gone on with."""
        if self._tick.running:
            self._tick.stop()
        session = _session(spider)
        session.interrupted = session.interrupted or reason != "finished"
        if reason not in {"finished", "shutdown", "cancelled"}:
            session.why = f"the crawl broke off ({reason}), see logs/{session.run}.log"
        summary = session.close()
        for portal in summary.portals:
            spider.logger.info(
                "%s: %d requests, %d reports (%d new, %d unchanged), %d failed",
                portal.portal.label,
                portal.requests,
                portal.found,
                portal.new,
                portal.unchanged,
                portal.failed,
            )
        for line in summary.problems:
            spider.logger.warning(line)


def _session(spider: Spider) -> Session:
    return cast("Session", spider.session)  # type: ignore[attr-defined]
