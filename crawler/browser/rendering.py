"""One page rendered: its network is the crawl's downloader, its list unfolds screen by screen."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from playwright.async_api import Error as PlaywrightError
from scrapy.http.request import NO_CALLBACK

from archive import ArchiveError, RenderedPage
from crawler.browser.data import is_data, same_substance, without_moment
from crawler.browser.pager import press_number, scripted_next
from crawler.browser.tabs import press, rows_like, said, tabs
from crawler.browser.teacher import Teacher
from crawler.discovery.page import Page as Markup
from crawler.discovery.page import decode
from crawler.errors import say
from crawler.requests import PAGE_LIMIT, request_for

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from playwright.async_api import Request as BrowserRequest
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archive import Capture
    from crawler.ask import Ask
    from crawler.session import Session
    from crawler.state import PortalState

_WANTED = {"document", "script", "xhr", "fetch"}
_PASSED_ON = {"content-type", "accept", "x-requested-with"}
_HIDDEN = {b"content-encoding", b"content-length", b"transfer-encoding", b"connection"}
_MOST_REQUESTS = 160
"""Requests of one rendering at most."""
_MOST_SCREENS = 80
_MOST_SECONDS = 240.0
"""Seconds after which no further control is pressed."""
_STILL = 0.4
"""Seconds without a request under way after which a page counts as still."""
_LONGEST = 45.0
"""Seconds to wait for that."""
_CLICK_MS = 3_000
_MOST_DATA = 2_000_000
_MOST_MOVES = 4
_CONTENT_SECONDS = 20.0
_LOOK_MS = 100
_FAR = 1_000_000
"""Pixels: below the end of any list."""
_MOST_KEPT = 2 * PAGE_LIMIT
"""Bytes of one rendering's screens that the archive keeps: a hostile page grows at will."""
logger = logging.getLogger(__name__)


async def _content(page: Page) -> str:
    """The markup of a page; one that is for ever on its way elsewhere has none."""
    end = time.monotonic() + _CONTENT_SECONDS
    while True:
        try:
            return await asyncio.wait_for(page.content(), max(end - time.monotonic(), 0))
        except TimeoutError as error:
            raise PlaywrightError("the page does not come to rest") from error
        except PlaywrightError:  # it is leaving for another of its pages at this moment
            if page.is_closed() or time.monotonic() > end:
                raise
            await page.wait_for_timeout(_LOOK_MS)


class Rendering:
    """Responsible for one page in the browser: what it may load, and when it is done.

    Every request of the page is answered by the crawl's own downloader, so that robots.txt, the
    guard, the delays and the archive hold for it too; the browser itself has no network.
    """

    def __init__(self, crawler: Crawler, ask: Ask) -> None:
        """Prepare to render what `ask` asks."""
        self._crawler = crawler
        self._ask = ask
        self.page: Page | None = None
        self.screens: list[str] = []
        """The page's markup once it is still, and again after each press of 下一页 or a tab."""
        self.teacher = Teacher(ask)
        """What the page's data teaches."""
        self._shown: list[str] = []
        self._times: list[str] = []
        self._document: Capture | None = None
        """The answer that the browser made the page of."""
        self._data: str | None = None
        """The data that the page's scripts asked for last."""
        self._altered = bool(ask.paged and ask.via in self._state.changed)
        """Whether data of this list, or the page before it, is not as it was."""
        self._asked = 0
        self._moves = 0
        self._under_way = 0
        self._last = time.monotonic()

    @property
    def meta(self) -> dict[str, Any]:
        """What scrapy-playwright wants to know of a request."""
        return {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context": f"{self._ask.portal} {self._ask.url}",  # nothing is shared
            "playwright_context_kwargs": {"service_workers": "block", "accept_downloads": False},
            "playwright_page_init_callback": self.take_over,
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
            "rendering": self,
        }

    def pages(self) -> list[RenderedPage]:
        """The screens as the archive keeps them, beside the answer and never instead of it."""
        browser = self.page.context.browser if self.page else None
        if self._document is None or browser is None:
            return []
        name = f"{browser.browser_type.name}/{browser.version}"
        made: list[RenderedPage] = []
        left = _MOST_KEPT
        for number, screen in enumerate(self._shown):
            markup = screen.encode("utf-8", "replace")
            kept = markup[: min(PAGE_LIMIT, left)]
            if not kept:
                break
            left -= len(kept)
            made.append(
                RenderedPage(
                    capture=self._document,
                    markup=kept,
                    rendered_at=self._times[number],
                    browser=name,
                    screen=number + 1,
                    truncated="length" if len(kept) < len(markup) else None,
                )
            )
        return made

    def _keep(self, screen: str) -> None:
        self._shown.append(screen)
        self._times.append(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))

    async def take_over(self, page: Page, _request: Request) -> None:
        """Take over the network of a fresh page; scrapy-playwright calls this before it opens."""
        self.page = page
        await page.route("**/*", self._answer)

    async def unfold(self) -> None:
        """Wait until the page is still, then page through its list.

        A 下一页 that has an address is left to the crawl; one that a script answers is pressed,
        and so are the tabs of a list: its years and units.
        """
        assert self.page is not None
        end = time.monotonic() + _MOST_SECONDS
        await self._still(self.page)
        self._keep(await _content(self.page))
        has_body = await self.page.evaluate("() => Boolean(document.body)")
        if has_body and self._ask.kind not in {"report", "either"}:
            words = await said(self.page, Markup(self._ask.url, self._shown[0]))
            await self._follow(self.page, end, words)
            if self._ask.kind != "column" and not self.teacher.names_reports(self._shown, words):
                words = []  # pages and years of news
            else:
                await self._turn(self.page, end)
            for text in tabs(words):
                if time.monotonic() > end or not await press(self.page, text):
                    break
                if await self._settled(self.page):
                    await self._turn(self.page, end)
        moved = self.page.url if self._moves else None
        self.screens = self.teacher.read(self._shown, self._state, moved)

    async def _follow(self, page: Page, end: float, words: list[str]) -> None:
        """Press titles and menus that have no address, to see the one to which they lead."""
        for text in self.teacher.promising(words):
            before = page.url
            self.teacher.pressing = text
            if time.monotonic() > end or not await press(page, text):
                break
            await self._still(page)
            if page.url != before:
                self.teacher.left(page.url, "GET", b"")
                await page.go_back(wait_until="commit", timeout=_CLICK_MS)
                await self._still(page)
            self.teacher.pressing = None
            to = self.teacher.pressed_to()
            rows = await rows_like(page, text, to) if to else []
            self.teacher.rows(rows)
            if rows or self.teacher.knows_entries(self._shown):
                break
        self.teacher.pressing = None

    async def _turn(self, page: Page, end: float) -> None:
        """Go to the end of the list that is shown."""
        number = 1
        while time.monotonic() < end:
            control = await scripted_next(page)
            number += 1
            try:
                if control is not None:
                    await control.click(timeout=_CLICK_MS)
                elif not await press_number(page, number):
                    wheel = page.mouse.wheel(0, _FAR)  # some lists grow when their end is seen
                    await asyncio.wait_for(wheel, _CLICK_MS / 1000)
            except (PlaywrightError, TimeoutError):
                break
            if not await self._settled(page):
                break

    async def _settled(self, page: Page) -> bool:
        """Wait for what a press brings; say whether it was anything new."""
        await self._still(page)
        after = await _content(page)
        if after in self._shown or len(self._shown) >= _MOST_SCREENS:
            return False
        self._keep(after)
        return True

    async def _still(self, page: Page) -> None:
        self._last = time.monotonic()
        end = self._last + _LONGEST
        while time.monotonic() < end:
            await page.wait_for_timeout(_STILL * 250)
            if not self._under_way and time.monotonic() - self._last > _STILL:
                return

    async def _answer(self, route: Route, wanted: BrowserRequest) -> None:
        self._asked += 1
        if self._leaves(wanted):
            if self._shown:  # by a press
                self.teacher.left(wanted.url, wanted.method, wanted.post_data_buffer or b"")
            with suppress(PlaywrightError):
                await route.abort("aborted")  # the page that is there stays, and is no less still
            return
        self._under_way += 1
        try:
            if wanted.resource_type not in _WANTED or self._asked > _MOST_REQUESTS:
                await route.abort()
            else:
                await self._fulfil(route, wanted)
        except PlaywrightError:  # the page is gone, nobody waits for the answer
            logger.debug("no page waits for %s any more", wanted.url)
        finally:
            self._under_way -= 1
            self._last = time.monotonic()

    def _leaves(self, wanted: BrowserRequest) -> bool:
        """Whether a script sends the whole page elsewhere, once it has been shown.

        Before that it is how some pages lead to their content; on the portal's own hosts that is
        followed, a few times.
        """
        if not wanted.is_navigation_request() or self._asked == 1:
            return False
        if wanted.frame.parent_frame is not None:
            return False
        own = self._state.belongs(wanted.url) and wanted.method == "GET"
        if own and not self._shown and self._moves < _MOST_MOVES:
            self._moves += 1
            self._document = None
            return False
        return True

    @property
    def _state(self) -> PortalState:
        session = cast("Session", self._crawler.spider.session)  # type: ignore[union-attr]
        return session.state(self._ask.portal)

    async def _fulfil(self, route: Route, wanted: BrowserRequest) -> None:
        sub = self._sub(wanted)
        request = request_for(sub, callback=NO_CALLBACK)
        before = self._before(request) if is_data(wanted) else None
        for name, value in wanted.headers.items():
            if name.lower() in _PASSED_ON:
                request.headers[name] = value
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the page does without
            logger.info("not loaded for %s: %s (%s)", self._ask.url, wanted.url, say(error))
            await route.abort()
            return
        if wanted.is_navigation_request() and self._document is None:
            self._document = (response.request or request).meta.get("capture")
        if is_data(wanted):
            self._data = sub.url
            self._compare(request, before, response)
            sent = sub.body if sub.method == "POST" else None
            self.teacher.loaded(sub.url, sent, response.body[:_MOST_DATA])
        headers = {
            name.decode("latin-1"): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
            if name.lower() not in _HIDDEN
        }
        await route.fulfill(status=response.status, headers=headers, body=response.body)

    def _sub(self, wanted: BrowserRequest) -> Ask:
        """The ask of one request of the page: the page itself, its data, or what shows it."""
        if wanted.is_navigation_request() and self._document is None:
            return replace(self._ask, url=wanted.url, render=False)
        sub = self._ask.lead(
            without_moment(wanted.url),
            "script",
            0,
            via=self._ask.url,
            method=wanted.method,
            body=wanted.post_data_buffer or b"",
        )
        if not is_data(wanted):
            return sub
        if self._ask.kind in {"report", "either"} or self.teacher.pressing:  # it may be the article
            return replace(sub, kind="either")
        if self._data and self._shown:  # they follow as pages of a list do
            return replace(sub, via=self._data, paged=not self._altered)
        if self._ask.kind == "hub" and not self._altered:  # as the page that asks for it
            return replace(sub, kind="hub", paged=True)
        column = None if self._altered else self._state.column
        return replace(sub, kind="column") if column and column != self._ask.url else sub

    def _before(self, request: Request) -> Markup | None:
        """What earlier runs were answered, to be compared; None where there is nothing to save."""
        session = cast("Session", self._crawler.spider.session)  # type: ignore[union-attr]
        if not session.looked_back or self._ask.kind in {"report", "either"}:
            return None
        try:
            known = session.archive.latest(request.url, request.method, request.body)
            return Markup(request.url, decode(session.archive.content(known))) if known else None
        except ArchiveError:
            return None

    def _compare(self, request: Request, before: Markup | None, response: Response) -> None:
        """Note data that changed: what follows it may have changed with it."""
        state, capture = self._state, request.meta.get("capture")
        same = capture is not None and capture.revisit_of is not None
        if same or request.url in state.left_alone:
            return
        if before is None or not same_substance(before, Markup(request.url, decode(response.body))):
            state.changed |= {request.url, self._ask.url}
            self._altered = True
