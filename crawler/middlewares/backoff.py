"""Back-off: waits as long as a host asks, tries again a few times, gives up on a silent one."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from crawler.middlewares.base import Middleware, ask_of
from crawler.middlewares.replay import REPLAYED
from crawler.sites import host_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_BUSY = {429, 503}
_BROKEN = {408, 500, 502, 504, 522, 524}
_TRIES = 2
"""Times a request is repeated."""
_LONGEST_WAIT = 900.0
"""Seconds: a host that wants a longer pause is left alone for this run."""
_SILENT = 4
"""Requests in a row without an answer after which a host counts as silent."""


def retry_after(value: bytes | None, now: datetime | None = None) -> float | None:
    """Seconds to wait by Retry-After, a number or an HTTP date; None where it is neither."""
    text = (value or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)


class BackOffMiddleware(Middleware):
    """Responsible for patience: Retry-After, back-off, repeats after broken answers."""

    def __init__(self, crawler: Crawler) -> None:
        """Begin with no host waiting."""
        super().__init__(crawler)
        self._not_before: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:
        """Hold a request back while its host wants to be left alone."""
        host = host_of(request.url)
        wait = self._not_before.get(host, 0.0) - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Repeat a request that the host was too busy or too broken to answer."""
        host = host_of(request.url)
        state = self.state(request)
        if REPLAYED in response.flags:
            return response
        state.silent.pop(host, None)
        if response.status not in _BUSY | _BROKEN:
            return response
        wait = retry_after(response.headers.get("Retry-After"))
        if wait is not None and wait > _LONGEST_WAIT:
            state.close(f"{host} asks to come back in {wait:.0f} seconds (Retry-After)")
            return response
        again = self._again(request, wait)
        if again is None and response.status in _BUSY:
            state.close(f"{host} answers {response.status} again and again: too many requests")
        return again or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Repeat a request that got no answer; close a portal whose host stays silent."""
        if isinstance(exception, IgnoreRequest) or self.session.refusal(request.url):
            return None
        state, host = self.state(request), host_of(request.url)
        again = self._again(request, None) if state.answered else None
        if again is None:
            state.silent[host] += 1
            if state.silent[host] >= _SILENT and state.belongs(request.url):
                state.close(f"{host} does not answer any more")
        return again

    def _again(self, request: Request, wait: float | None) -> Request | None:
        """The same request once more, its host left alone until then; None after some tries."""
        tries = int(request.meta.get("tries", 0))
        if tries >= _TRIES or ask_of(request).kind == "probe":
            return None
        if wait is None:
            wait = max(self.session.options.delay, 0.05) * 2 ** (tries + 1)
        self._not_before[host_of(request.url)] = time.monotonic() + wait
        again = request.replace(dont_filter=True)
        again.meta["tries"] = tries + 1
        again.meta.pop("download_slot", None)
        return again
