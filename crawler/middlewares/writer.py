"""The archive writer: hands every exchange to the archive as received, before content decoding."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from archive import ArchiveError, Exchange
from archive.encoding import ContentStream
from crawler.discovery.content import is_file
from crawler.discovery.page import Page, decode
from crawler.middlewares.base import Middleware, Refused, ask_of
from crawler.middlewares.replay import REPLAYED, stored_response
from crawler.requests import PAGE_LIMIT
from crawler.verdict import not_content, settle

if TYPE_CHECKING:
    from concurrent.futures import Future

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archive import Capture
    from crawler.state import PortalState


T = TypeVar("T")
_OTHER_VERSION = "not modified, says the server, and names another version"


class ArchiveWriter(Middleware):
    """Responsible for the archive: sees each answer first, records it, then lets it pass.

    It stands next to the downloader, so redirects, robots.txt and errors are recorded too. A 304
    is recorded as such and passed on as the content it confirms.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Begin with nothing submitted."""
        super().__init__(crawler)
        self._kept = Kept()

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Record an answer that came from the network."""
        if "playwright" in response.flags:
            return await self._rendered(request, response)
        if REPLAYED in response.flags:
            return response
        state = self.state(request)
        state.summary.requests += 1
        state.answered = True
        exchange = self._exchange(request, response)
        try:
            capture = await self._kept.when(self.session.archive.submit(exchange))
            return self._answer(request, response, capture)
        except ArchiveError as error:
            raise self._give_up(state, error) from error

    async def _rendered(self, request: Request, response: Response) -> Response:
        """Keep what the browser made of a page; its answer was recorded when it was asked for."""
        try:
            for page in request.meta["rendering"].pages():
                await self._kept.when(self.session.archive.submit_rendered(page))
        except ArchiveError as error:
            raise self._give_up(self.state(request), error) from error
        return response

    def _give_up(self, state: PortalState, error: ArchiveError) -> Refused:
        state.close(str(error))
        self.session.interrupted = True
        return Refused(str(error), quiet=True)

    def _answer(self, request: Request, response: Response, capture: Capture) -> Request | Response:
        request.meta["capture"] = capture
        if response.status != HTTPStatus.NOT_MODIFIED:
            return response
        if capture.reason == _OTHER_VERSION or capture.revisit_of is None:
            return response if request.meta.get("in_full") else _in_full(request)
        confirmed = stored_response(self.session.archive, capture)
        return confirmed.replace(url=response.url, request=request)

    def _exchange(self, request: Request, response: Response) -> Exchange:
        ask, state = ask_of(request), self.state(request)
        page = page_of(response)
        request.meta["page"] = response.body, page  # for the spider, which need not read it again
        reason = not_content(ask, state, response.status, page)
        usable = response.status == HTTPStatus.OK and not reason
        role = settle(ask, page if usable else None, is_file=usable and page is None)
        if response.status == HTTPStatus.NOT_MODIFIED and "condition" in request.meta:
            role = request.meta["condition"].role
            reason = None if _confirms(request, response) else _OTHER_VERSION
        return Exchange(
            url=response.url,
            method=request.method,
            request_headers=((b"Host", urlsplit(request.url).netloc.encode()), *_pairs(request)),
            request_body=request.body,
            status=response.status,
            headers=_pairs(response),
            body=response.body,
            fetched_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            portal=ask.portal,
            role=role,
            ip=str(response.ip_address) if response.ip_address else None,
            via=ask.via,
            link_text=ask.text,
            robots=request.meta.get("robots"),
            truncated="disconnect" if "dataloss" in response.flags else None,
            reason=reason,
        )


class Kept:
    """Waits for the archive's futures: all that were done together wake the event loop once.

    `asyncio.wrap_future` wakes it for each of them, which costs more than what it is woken for.
    """

    def __init__(self) -> None:
        """Begin with nothing to wait for."""
        self._done: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._woken = False

    async def when(self, future: Future[T]) -> T:
        """Return the result of a future, or raise what it raises."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[T] = loop.create_future()

        def done(ended: Future[T]) -> None:  # in the archive's thread
            self._done.append((waiting, ended))
            if not self._woken:
                self._woken = True
                with suppress(RuntimeError):  # the loop has been closed, nobody waits any more
                    loop.call_soon_threadsafe(self._pass_on)

        future.add_done_callback(done)
        return await waiting

    def _pass_on(self) -> None:
        self._woken = False  # before looking: what comes meanwhile wakes the loop again
        while self._done:
            waiting, ended = self._done.popleft()
            if waiting.cancelled():
                continue
            error = ended.exception()
            if error is None:
                waiting.set_result(ended.result())
            else:
                waiting.set_exception(error)


def _confirms(request: Request, response: Response) -> bool:
    """Whether a 304 is about the version that was asked about, as far as it says."""
    asked, named = request.headers.get("If-None-Match"), response.headers.get("ETag")
    return not (asked and named) or _bare(asked) == _bare(named)


def _bare(etag: bytes) -> bytes:
    return etag.strip().removeprefix(b"W/").strip(b'"')


def _in_full(request: Request) -> Request:
    """The same request once more, without any condition."""
    again = request.replace(dont_filter=True)
    for name in ("If-None-Match", "If-Modified-Since"):
        again.headers.pop(name, None)
    again.meta.pop("condition", None)
    again.meta["in_full"] = True
    return again


def page_of(response: Response) -> Page | None:
    """An answer as a page, None where it is a file; decoded within bounds where it is coded."""
    coding = b", ".join(response.headers.getlist("Content-Encoding"))
    body = response.body
    if coding:
        body = b"".join(ContentStream(body, coding, PAGE_LIMIT))
    if is_file(body):
        return None
    return Page(response.url, decode(body[:PAGE_LIMIT]))


def _pairs(message: Request | Response) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name, value) for name, values in message.headers.items() for value in values)
