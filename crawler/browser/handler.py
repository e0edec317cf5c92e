"""scrapy-playwright's download handler with a bound on the time of a rendering."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError
from scrapy.exceptions import DownloadTimeoutError
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

RENDER_SECONDS = 180.0
CLOSE_SECONDS = 3.0
"""A page that hangs may not close; it ends with the browser then."""


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Renders what asks for it, within `RENDER_SECONDS`; all else is Scrapy's own download."""

    async def download_request(self, request: Request) -> Response:
        """Download, or render in a context of its own that is closed afterwards."""
        work = super().download_request(request)
        if not request.meta.get("playwright"):
            response: Response = await work
            return response
        try:
            response = await asyncio.wait_for(work, RENDER_SECONDS)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"rendering {request.url} took too long") from error
        finally:
            page = request.meta.pop("rendered_page", None)
            if page is not None:
                with suppress(PlaywrightError, TimeoutError):
                    await asyncio.wait_for(page.context.close(), CLOSE_SECONDS)
        return response
