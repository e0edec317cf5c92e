"""What the middlewares share: finding the session and the ask of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.ask import Ask
    from crawler.session import Session
    from crawler.state import PortalState


AFRESH = "afresh"
"""In a request's meta: whether it is sent though this run has asked the same already."""


class Refused(IgnoreRequest):
    """A request that is not sent; the message says why. `quiet` where that was said already."""

    def __init__(self, reason: str, *, quiet: bool = False) -> None:
        """Keep the reason for the summary."""
        super().__init__(reason)
        self.reason = reason
        self.quiet = quiet


class Middleware:
    """A downloader middleware that knows the session of its crawl."""

    def __init__(self, crawler: Crawler) -> None:
        """Keep the crawler; its spider exists already and holds the session."""
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    @property
    def session(self) -> Session:
        """The crawl this belongs to."""
        return cast("Session", self.crawler.spider.session)  # type: ignore[union-attr]

    def state(self, request: Request) -> PortalState:
        """What is known of the portal a request is for."""
        return self.session.state(ask_of(request).portal)


def ask_of(request: Request) -> Ask:
    """What a request is for."""
    return cast("Ask", request.meta["ask"])
