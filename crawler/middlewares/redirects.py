"""Redirects: followed a few hops, only to http(s), and pages only within the portal's own hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import (
    BaseRedirectMiddleware,
    MetaRefreshMiddleware,
    RedirectMiddleware,
)

from crawler.middlewares.base import AFRESH, Refused, ask_of

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.session import Session


class _OwnHosts(BaseRedirectMiddleware):
    """Refuses a redirect that leaves the portal; a file may lie on another host."""

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        ask = ask_of(request)
        session = cast("Session", self.crawler.spider.session)  # type: ignore[union-attr]
        state = session.state(ask.portal)
        if ask.kind == "home":
            allowed = state.moves_to(redirected.url)
        else:
            allowed = ask.kind == "attachment" or state.belongs(redirected.url)
        if not allowed:
            raise Refused(f"{request.url} redirects to another site: {redirected.url}")
        for key in ("capture", "condition", "in_full", "page", "tries", "download_slot"):
            redirected.meta.pop(key, None)
        for name in ("If-None-Match", "If-Modified-Since"):
            redirected.headers.pop(name, None)
        return super()._redirect(redirected, request, reason)


class OwnHostsRedirect(_OwnHosts, RedirectMiddleware):
    """Responsible for redirects by status."""

    def process_response(  # type: ignore[override]  # no spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """Follow a redirect; one to an address that is none ends there."""
        try:
            onward = super().process_response(request, response)
        except ValueError as error:
            raise Refused(f"{request.url} redirects to what is no http(s) address") from error
        if isinstance(onward, Request) and onward.url == request.url:
            # Some greet who has no cookie with one, and send them where they are.
            onward.meta[AFRESH] = b"Set-Cookie" in response.headers
        return onward


class OwnHostsRefresh(_OwnHosts, MetaRefreshMiddleware):
    """Responsible for redirects by <meta http-equiv=refresh>."""

    def process_response(  # type: ignore[override]  # no spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """Follow a refresh; a page whose refresh, or whose base, is no address is read as it is."""
        try:
            return super().process_response(request, response)
        except ValueError:
            return response
