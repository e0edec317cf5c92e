"""scrapy-playwright's download handler with a bound on the time of a rendering."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error as PlaywrightError
from scrapy.exceptions import DownloadTimeoutError
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.middlewares.tls import ListedHostsPolicy

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.browser.rendering import Rendering

RENDER_SECONDS = 300.0
STUCK_SECONDS = 30.0
"""A page whose script lets nothing else happen for so long will not end, and the others wait."""
CLOSE_SECONDS = 3.0
"""A page that hangs may not close; it ends with the browser then."""


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Renders what asks for it, within `RENDER_SECONDS`; all else is Scrapy's own download."""

    def __init__(self, crawler: Crawler) -> None:
        """Begin with Scrapy's TLS, weakened for the hosts that the crawl lists."""
        super().__init__(crawler)
        old: set[str] = crawler.spider.session.old_tls  # type: ignore[union-attr]
        factory: Any = self._contextFactory
        self._contextFactory: Any = ListedHostsPolicy(factory, old)

    async def download_request(self, request: Request) -> Response:
        """Download, or render in a context of its own that is closed afterwards."""
        if not request.meta.get("playwright"):
            response: Response = await super().download_request(request)
            return response
        rendering: Rendering = request.meta["rendering"]
        rendered = asyncio.ensure_future(self._render(request, rendering))
        stuck = asyncio.ensure_future(_stuck(rendering))
        try:
            ended, _ = await asyncio.wait(
                {rendered, stuck}, timeout=RENDER_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if rendered in ended:
                return rendered.result()
            raise DownloadTimeoutError(f"rendering {request.url} took too long")
        finally:
            for task in (rendered, stuck):
                task.cancel()
            await asyncio.wait({rendered, stuck}, timeout=CLOSE_SECONDS)
            request.meta.pop("playwright_page", None)
            if rendering.page is not None:
                with suppress(PlaywrightError, TimeoutError):
                    await asyncio.wait_for(rendering.page.context.close(), CLOSE_SECONDS)

    async def _render(self, request: Request, rendering: Rendering) -> Response:
        """Open the page; what a browser calls loaded may never come, so the rendering decides."""
        try:
            response: Response = await super().download_request(request)
            await rendering.unfold()
        except PlaywrightError as error:
            if "navigating" in str(error):
                raise PlaywrightError("the page does not come to rest") from error
            raise
        return response


async def _stuck(rendering: Rendering) -> None:
    """Return once the page has answered nothing for a while: its script never ends."""
    while True:
        await asyncio.sleep(STUCK_SECONDS / 4)
        if rendering.page is None:
            continue
        with suppress(PlaywrightError):  # it is on its way elsewhere, or gone
            try:
                await asyncio.wait_for(rendering.page.evaluate("0"), STUCK_SECONDS)
            except TimeoutError:
                return
