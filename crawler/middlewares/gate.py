"""The gate: lets a request through while its portal is open and its bounds are not reached."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.guard import SCHEMES
from crawler.middlewares.base import Middleware, Refused, ask_of
from crawler.sites import host_of

if TYPE_CHECKING:
    from scrapy import Request


_LONGEST_ADDRESS = 8192
_LARGEST_BODY = 256 * 1024
"""Bytes that a rendered page's script may have sent; a list's form has a few thousand."""


class GateMiddleware(Middleware):
    """Responsible for bounds: schemes, own hosts, requests and time a portal."""

    def process_request(self, request: Request) -> None:
        """Refuse what is out of bounds; count what goes through."""
        ask, state = ask_of(request), self.state(request)
        if request.url.partition(":")[0].lower() not in SCHEMES:
            raise Refused(f"{request.url[:80]}: not an http(s) address")
        if len(request.url) > _LONGEST_ADDRESS:
            raise Refused(f"{request.url[:80]}…: an address of {len(request.url)} characters")
        if "@" in urlsplit(request.url).netloc:
            raise Refused(f"{request.url[:80]}: an address with a user name")
        if state.closed:
            raise Refused(state.closed, quiet=True)
        over = state.over()
        if over:
            state.close(over)
            raise Refused(over, quiet=True)
        if ask.kind not in {"attachment", "script", "robots"} and not state.belongs(request.url):
            raise Refused(f"{request.url}: another site's address")
        if request.method != "GET" and not (
            request.method == "POST" and state.belongs(request.url)
        ):
            raise Refused(f"{request.method} {request.url}: what a list does not need")
        if len(request.body) > _LARGEST_BODY:
            raise Refused(f"{request.method} of {len(request.body)} bytes to {request.url}")
        # One place in the downloader for each host, however its name is written (a.gov.cn.).
        request.meta.setdefault("download_slot", host_of(request.url))
        state.summary.now = f"{ask.kind} {urlsplit(request.url).path}"
        state.asked += 1
