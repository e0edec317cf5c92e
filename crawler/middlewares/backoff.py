"""Back-off: waits as long as a host asks, tries again a few times, gives up on a silent one."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest

from archive import ArchiveError
from crawler.errors import say
from crawler.middlewares.base import Middleware, Refused, ask_of
from crawler.middlewares.replay import REPLAYED
from crawler.session import BUSY
from crawler.sites import host_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archive import Capture

_BROKEN = {408, 500, 502, 504, 522, 524}
_TRIES = 2
"""Times a request is repeated."""
_LONGEST_WAIT = 900.0
"""Seconds: a host that wants a longer pause is left alone for this run."""
_LEAST_PAUSE = 0.01
"""Seconds from which growing pauses are counted, for a crawl without any delay."""
_WHOLE = 1.0
"""Seconds: what the archive's times are rounded to."""
_SILENT = 4
"""Requests in a row without an answer after which a host counts as silent."""


def retry_after(value: bytes | None, now: datetime | None = None) -> float | None:
    """Seconds to wait by Retry-After, a number or an HTTP date; None where it is neither."""
    text = (value or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)


class BackOffMiddleware(Middleware):
    """Responsible for patience: Retry-After, back-off, repeats after broken answers."""

    def __init__(self, crawler: Crawler) -> None:
        """Listen for answers before the downloader sends what waits for the same host."""
        super().__init__(crawler)
        self._left_alone: dict[str, str] = {}
        """By host: why nothing more is asked of it, by whatever portal."""
        crawler.signals.connect(self._answered, signal=signals.response_downloaded)

    def process_request(self, request: Request) -> Awaitable[None] | None:
        """Ask nothing of a host that is left alone; another portal may have found out.

        Of a run that is gone on with, the first request to a host waits as long as it would have
        waited.
        """
        host = host_of(request.url)
        reason = self._left_alone.get(host)
        if reason is not None:
            self._close(request, reason)
            raise Refused(reason, quiet=self.state(request).closed is not None)
        if host in self.session.last and not request.meta.get("playwright"):
            return self._go_on(request, host)
        return None

    async def _go_on(self, request: Request, host: str) -> None:
        """Wait for what is left of the pause that a host's last request began."""
        wait = self._pause_left(self.session.last[host], host)
        if wait > _LONGEST_WAIT:
            reason = f"{host} asks to come back in {wait:.0f} seconds (Retry-After)"
            self._leave(request, reason)
            raise Refused(reason, quiet=self.state(request).closed is not None)
        await asyncio.sleep(wait)
        self.session.last.pop(host, None)

    def _pause_left(self, last: Capture, host: str) -> float:
        """Seconds; times in the archive are whole ones, so that it may be one more than needed."""
        known = self.crawler.engine.downloader.per_slot_settings.get(host, {})
        pause = float(known.get("delay", self.session.options.delay))
        if last.http_status in BUSY:
            with suppress(ArchiveError):
                headers = dict(self.session.archive.response(last).headers)
                moment = datetime.fromisoformat(last.fetched_at)
                asked = retry_after(headers.get(b"Retry-After"), moment)
                pause = max(pause, pause * 2 if asked is None else asked)
        if pause < _WHOLE:
            return 0.0
        gone = datetime.now(UTC) - datetime.fromisoformat(last.fetched_at)
        return min(max(pause + _WHOLE - gone.total_seconds(), 0.0), pause)

    def _answered(self, response: Response, request: Request) -> None:
        if host_of(request.url) in self.session.opened:
            # What came before the request (name, connection, handshake) is no part of the pause.
            self.session.opened.discard(host_of(request.url))
            self._hold(request, self._slot_delay(request))
        if response.status not in BUSY:
            return
        wait = self._wait(request, response)
        if wait > _LONGEST_WAIT:
            host = host_of(request.url)
            self._leave(request, f"{host} asks to come back in {wait:.0f} seconds (Retry-After)")
        else:
            self._hold(request, wait)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Repeat a request that the host was too busy or too broken to answer."""
        host = host_of(request.url)
        state = self.state(request)
        if REPLAYED in response.flags:
            return response
        state.silent.pop(host, None)
        if response.status not in BUSY | _BROKEN:
            return response
        wait = self._wait(request, response)
        if wait > _LONGEST_WAIT:
            return response  # `_answered` has given the portal up
        busy = response.status in BUSY
        again = self._again(request, wait) if busy or ask_of(request).kind != "probe" else None
        if again is None and busy:
            self._leave(
                request, f"{host} answers {response.status} again and again: too many requests"
            )
        return again or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Repeat a request that got no answer; close a portal whose host stays silent."""
        too_large = isinstance(exception, DownloadCancelledError)  # and would be again
        if too_large or isinstance(exception, IgnoreRequest) or self.session.refusal(request.url):
            return None
        if request.meta.get("playwright"):  # what a page needs was asked, and repeated, by itself
            return None
        state, host = self.state(request), host_of(request.url)
        worth = state.answered and ask_of(request).kind != "probe"
        again = self._again(request, self._wait(request, None)) if worth else None
        if again is None:
            state.silent[host] += 1
            if state.silent[host] >= _SILENT and state.belongs(request.url):
                since = " any more" if state.answered else ""
                state.close(f"{host} does not answer{since}: {say(exception)}")
        return again

    def _wait(self, request: Request, response: Response | None) -> float:
        """Seconds to leave the host alone: what it asks for, else longer with every try."""
        asked = retry_after(response.headers.get("Retry-After")) if response else None
        if asked is not None:
            return asked
        delay = max(self.session.options.delay, self._slot_delay(request), _LEAST_PAUSE)
        return float(delay * 2 ** (int(request.meta.get("tries", 0)) + 1))

    def _again(self, request: Request, wait: float) -> Request | None:
        """The same request once more, its host left alone until then; None after some tries."""
        tries = int(request.meta.get("tries", 0))
        if tries >= _TRIES:
            return None
        self._hold(request, wait)
        again = request.replace(dont_filter=True)
        again.meta["tries"] = tries + 1
        return again

    def _leave(self, request: Request, reason: str) -> None:
        """Ask nothing more of a host; if it is the portal's own, of the portal.

        What its place in the downloader holds already is sent back, other portals' requests too.
        """
        self._left_alone.setdefault(host_of(request.url), reason)
        self._close(request, reason)
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        while slot is not None and slot.queue:
            other, waiting = slot.queue.popleft()
            self._close(other, reason)
            waiting.errback(Refused(reason, quiet=self.state(other).closed is not None))

    def _close(self, request: Request, reason: str) -> None:
        state = self.state(request)
        if state.belongs(request.url):
            state.close(reason)

    def _slot_delay(self, request: Request) -> float:
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        return float(slot.delay) if slot is not None else 0.0

    def _hold(self, request: Request, wait: float) -> None:
        """Let Scrapy's downloader send nothing to this host for a while.

        Its place counts the delay from the last request; so the last one is put into the future.
        """
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is not None:
            slot.lastseen = max(slot.lastseen, time.monotonic() + wait - slot.delay)
