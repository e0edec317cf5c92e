"""What every request has: a time-out, the headers of the settings, the honest user agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http import Headers

from crawler.middlewares.base import Middleware

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class DefaultsMiddleware(Middleware):
    """Responsible for what three of Scrapy's middlewares would add, in one step.

    Each step of the way costs a request more than what it adds here.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take DOWNLOAD_TIMEOUT, DEFAULT_REQUEST_HEADERS and USER_AGENT from the settings."""
        super().__init__(crawler)
        settings = crawler.settings
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        headers = {
            **settings.getdict("DEFAULT_REQUEST_HEADERS"),
            "User-Agent": settings["USER_AGENT"],
        }
        self._headers = list(Headers(headers).items())

    def process_request(self, request: Request) -> None:
        """Add what the request does not say itself."""
        request.meta.setdefault("download_timeout", self._timeout)
        for name, values in self._headers:
            if name not in request.headers:
                request.headers[name] = values
