"""The network of a rendered page: what the browser asks goes through the crawl's downloader."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError
from scrapy.http.request import NO_CALLBACK

from crawler.ask import Ask
from crawler.errors import say
from crawler.requests import request_for

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page, Route
    from playwright.async_api import Request as BrowserRequest
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_WANTED = {"document", "script", "xhr", "fetch"}
_MOST_REQUESTS = 60
"""Requests of one page at most."""
_PASSED_ON = {"content-type", "accept", "x-requested-with"}
_HIDDEN = {b"content-encoding", b"content-length", b"transfer-encoding", b"connection"}
logger = logging.getLogger(__name__)


def routed(crawler: Crawler) -> Callable[[Page, Request], Awaitable[None]]:
    """What scrapy-playwright calls with a fresh page: takes over the page's network."""

    async def take_over(page: Page, request: Request) -> None:
        request.meta["rendered_page"] = page
        ask: Ask = request.meta["ask"]
        asked = 0

        async def answer(route: Route, wanted: BrowserRequest) -> None:
            nonlocal asked
            asked += 1
            try:
                if wanted.resource_type not in _WANTED or asked > _MOST_REQUESTS:
                    await route.abort()
                else:
                    await _fulfil(crawler, ask, route, wanted)
            except PlaywrightError:  # the page is gone, nobody waits for the answer
                logger.debug("no page waits for %s any more", wanted.url)

        await page.route("**/*", answer)

    return take_over


async def _fulfil(crawler: Crawler, ask: Ask, route: Route, wanted: BrowserRequest) -> None:
    sub = Ask(
        ask.portal,
        wanted.url,
        "script",
        via=ask.url,
        method=wanted.method,
        body=wanted.post_data_buffer or b"",
    )
    request = request_for(sub, callback=NO_CALLBACK)
    for name, value in wanted.headers.items():
        if name.lower() in _PASSED_ON:
            request.headers[name] = value
    try:
        response: Response = await crawler.engine.download_async(request)
    except Exception as error:  # noqa: BLE001 - whatever the downloader says, the page does without
        logger.info("not loaded for %s: %s (%s)", ask.url, wanted.url, say(error))
        await route.abort()
        return
    headers = {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() not in _HIDDEN
    }
    await route.fulfill(status=response.status, headers=headers, body=response.body)
