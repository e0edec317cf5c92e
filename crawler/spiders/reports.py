"""The spider `reports`: from home pages to annual reports and their files."""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import scrapy

from crawler import arguments, begin, explore, resorts
from crawler.browser.rendering import Rendering
from crawler.complaints import complaint
from crawler.discovery.content import Gone, fingerprint, is_file
from crawler.discovery.links import page_links
from crawler.discovery.page import Page, decode
from crawler.errors import say
from crawler.middlewares.base import Refused, ask_of
from crawler.requests import PAGE_LIMIT, request_for
from crawler.session import Session, open_session
from crawler.sites import host_of
from crawler.stale import with_former
from crawler.state import MOST_WALLS
from crawler.verdict import not_content, settle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive import Capture
    from crawler.ask import Ask
    from crawler.state import PortalState

_LOOK_ROUND = 0.1
"""Seconds between two looks whether a portal has ended and another may begin."""
# Several documents in one would end with the first </html>.
_FRAME = re.compile(r"<!doctype[^>]*>|</?(?:html|head|body)\b[^>]*>", re.IGNORECASE)


class ReportsSpider(scrapy.Spider):
    """Yields requests only; the archive writer keeps the answers.

    Arguments of `scrapy crawl reports`: `-a portal=` an address, a place code or a name, several
    separated by commas; the others are those of `crawler.arguments`. The data folder is the setting
    NIANBAO_DATA.
    """

    name = "reports"

    def __init__(self, session: Session, **arguments: Any) -> None:
        """Take the session of the crawl."""
        super().__init__(**arguments)
        self.session = session
        # Scrapy looks at the source of every callback it has not seen, and a method asked for
        # again is another object.
        self._callbacks = {"callback": self.parse, "errback": self.failed}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **given: Any) -> Self:
        """Make the spider; without a session (from `scrapy crawl`) open one from its arguments."""
        if "session" not in given:
            given = {"session": _session(crawler, given)}
        spider: Self = super().from_crawler(crawler, *args, **given)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask every portal's home page, as many portals at once as the options allow."""
        under_way: list[PortalState] = []
        for state in self.session.states.values():
            while len(under_way) >= self.session.options.jobs:
                await asyncio.sleep(_LOOK_ROUND)
                under_way = [one for one in under_way if one.waiting and not one.over()]
            under_way.append(state)
            state.summary.progress = "under way"
            for request in self._requests([begin.home(state)]):
                yield request

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        """Read an answer and yield what to ask next."""
        assert response.request is not None
        ask = ask_of(response.request)
        state = self.session.state(ask.portal)
        state.waiting -= 1
        yield from self._judge(ask, state, response)
        yield from self._last_resort(state)

    def _judge(self, ask: Ask, state: PortalState, response: Response) -> Iterator[Request]:
        page = None if is_file(response.body) else _page(response)
        reason = not_content(ask, state, response.status, page)
        if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
            reason = f"HTTP {response.status} that leads nowhere"
        if ask.kind == "probe":
            self._learn(state, response, page)
        elif reason:
            onward = resorts.instead(ask, state, page, reason)
            if onward is None:
                self._note(ask, state, reason)
                onward = begin.other_scheme(ask, state) if ask.kind == "home" else []
            yield from self._requests(onward)
        elif ask.kind == "script":
            yield from self._requests(resorts.from_script(ask, state, page.text if page else ""))
        else:
            yield from self._read(ask, state, response, page)

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Note a request that got no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        ask = ask_of(request)
        state = self.session.state(ask.portal)
        state.waiting -= 1
        yield from self._explain(request, ask, state, failure.value or RuntimeError("no reason"))
        yield from self._last_resort(state)

    def _explain(
        self, request: Request, ask: Ask, state: PortalState, error: BaseException
    ) -> Iterator[Request]:
        if ask.kind in {"script", "probe"} or (isinstance(error, Refused) and error.quiet):
            return
        refusal = self.session.refusal(request.url)
        reason = refusal or (error.reason if isinstance(error, Refused) else say(error))
        onward = [] if refusal or isinstance(error, Refused) else begin.other_scheme(ask, state)
        if not onward:
            self._note(ask, state, reason)
        yield from self._requests(onward)

    def _read(
        self, ask: Ask, state: PortalState, response: Response, page: Page | None
    ) -> Iterator[Request]:
        assert response.request is not None
        if ask.kind == "attachment":
            state.summary.attachments += 1
            if page is not None and page.is_markup:
                yield from self._requests(explore.from_report(ask, state, page))
        elif settle(ask, page, is_file=page is None) == "report":
            capture = response.request.meta.get("capture")
            state.found(ask, capture, same=self._says_the_same(state, capture, page))
            if page is not None:
                yield from self._requests(explore.from_report(ask, state, page))
        elif page is None:
            self._note(ask, state, "a file where a page should be")
        else:
            if ask.kind == "home" and not ask.render:
                state.home_page = page
                state.home_links = frozenset(link.url for link in page_links(page))
            yield from self._requests(self._probes(state, page))
            # What a browser made of a page differs from it in any case.
            before = None if ask.render else self._compare(response, state, page)
            asks = with_former(ask, page, before, explore.from_list(ask, state, page))
            yield from self._requests(asks or resorts.no_way_on(ask, state, page))

    def _says_the_same(
        self, state: PortalState, capture: Capture | None, page: Page | None
    ) -> bool:
        """Whether a report's page has other bytes than before and says nothing else."""
        if capture is None or page is None or capture.revisit_of or capture.id in state.left_alone:
            return False
        return state.held.same_text(self.session.archive, page)

    def _compare(self, response: Response, state: PortalState, page: Page) -> Page | None:
        """Note a list that changed: its further pages may have changed with it.

        One that did not is given as it was.
        """
        assert response.request is not None
        capture = response.request.meta.get("capture")
        same = capture is not None and (
            capture.revisit_of is not None
            or not state.left_alone.isdisjoint({response.request.url, capture.id})
        )
        before = None if same else state.held.twin(self.session.archive, page)
        if not same and before is None:
            state.changed.add(page.url)
        return before

    def _probes(self, state: PortalState, page: Page) -> Iterable[Ask]:
        asked = begin.probe(state, page.url)
        return [asked] if asked else []

    def _last_resort(self, state: PortalState) -> Iterator[Request]:
        """What to try with a portal that has nothing left to ask."""
        # What only a browser could read is asked for by nobody where there is none.
        while state.waiting == 0 and (asks := resorts.last_resort(state)):
            yield from self._requests(asks)
        if state.waiting == 0:
            state.summary.progress = "done"
            state.home_page = None  # hundreds of them would fill the memory

    def _learn(self, state: PortalState, response: Response, page: Page | None) -> None:
        """Remember how a host answers an address that cannot exist."""
        if page is not None:
            gone = Gone(response.status, response.url, fingerprint(page))
            state.gone[host_of(response.url)] = gone

    def _note(self, ask: Ask, state: PortalState, reason: str) -> None:
        """Say what could not be had: in the summary's counts, and in words where it matters."""
        if ask.kind in {"probe", "script"}:
            return
        state.summary.failed += settle(ask, None) == "report"
        if state.closed:  # that says enough
            return
        wall = reason in {"challenge", "block"}
        if wall or not begin.is_guess(ask):
            state.problem(complaint(ask, reason))
        if wall:
            state.walls += 1
            if state.walls >= MOST_WALLS:
                state.close(f"{host_of(ask.url)} turned us away {state.walls} times; left alone")
        if ask.kind == "home" and ask.depth == 0:
            state.closed = reason

    def _requests(self, asks: Iterable[Ask]) -> Iterator[Request]:
        for ask in asks:
            state = self.session.state(ask.portal)
            if ask.render and not self.session.browser:
                state.unrendered.append(ask.url)
            else:
                state.waiting += 1
                yield self._request(ask)

    def _request(self, ask: Ask) -> Request:
        request = request_for(ask, **self._callbacks)
        if ask.render:
            request.meta.update(Rendering(self.crawler, ask).meta)
        return request


def _page(response: Response) -> Page:
    """An answer as a page; a rendered one with every screen of its list."""
    assert response.request is not None
    if "rendering" in response.request.meta:
        screens = [_FRAME.sub("", screen) for screen in response.request.meta["rendering"].screens]
        return Page(response.url, f"<html><body>{' '.join(screens)}</body></html>")
    read: Page | None
    judged, read = response.request.meta.pop("page", (None, None))  # by the archive writer
    if read is not None and judged is response.body and read.url == response.url:
        return read
    page = Page(response.url, decode(response.body[:PAGE_LIMIT]))
    return read if read == page else page


def _session(crawler: Crawler, given: dict[str, str]) -> Session:
    """The session that the arguments of `scrapy crawl` describe.

    Raises:
        ValueError: They are wrong; `crawler.commands.crawl` has said so before.
    """
    options = arguments.options(given, crawler.settings.getfloat("DOWNLOAD_DELAY"))
    data = Path(crawler.settings["NIANBAO_DATA"])
    return open_session(arguments.portals(given, data), data, options)
