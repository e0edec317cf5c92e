"""Ties a crawl together: installs the guard before the first request, closes the session after."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scrapy import signals

from crawler.guard import GuardedResolver

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler

    from crawler.session import Session


class CrawlExtension:
    """Responsible for the beginning and the end of a crawl, from our command and from Scrapy's."""

    def __init__(self, crawler: Crawler) -> None:
        """Listen for both."""
        crawler.signals.connect(self.begin, signal=signals.spider_opened)
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
        session.refused = resolver.refused
        resolver.install_on_reactor()

    def end(self, spider: Spider, reason: str) -> None:
        """Close the session; a crawl that did not come to its end can be gone on with."""
        session = _session(spider)
        session.interrupted = reason != "finished"
        for line in session.close().problems:
            spider.logger.warning(line)


def _session(spider: Spider) -> Session:
    return cast("Session", spider.session)  # type: ignore[attr-defined]
