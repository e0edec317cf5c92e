"""robots.txt: obeyed, its decision kept with every capture, Crawl-delay included.

Scrapy's own middleware reads an error page as rules and knows no Crawl-delay; so this one follows
RFC 9309: no file (4xx) allows everything, an unreachable one (5xx, no answer) nothing.
"""

from __future__ import annotations

import asyncio
import math
import re
from copy import copy
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy.http.request import NO_CALLBACK

from crawler.ask import Ask
from crawler.discovery.page import decode, resolve
from crawler.errors import say
from crawler.middlewares.base import Middleware, Refused, ask_of
from crawler.requests import LEAST_DELAY, request_for
from crawler.sites import host_of

if TYPE_CHECKING:
    from protego import RequestRate
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_AGENT = "nianbao"
_MOST_RULES = 512 * 1024
"""Bytes of robots.txt that are read; RFC 9309 wants 500 KiB at least."""
_COLON = re.compile(r"^([ \t]*[a-z][a-z -]*?)[ \t]*：", re.IGNORECASE | re.MULTILINE)
"""A directive with the colon of a Chinese keyboard."""
_VERSION = re.compile(
    r"^([ \t]*user[ -]?agent[ \t]*:[ \t]*nianbao)/[^\r\n#]*", re.IGNORECASE | re.MULTILINE
)
"""Our name with its version, as a log shows it: it is meant for all versions."""
_MOST_HOPS = 6
_LONGEST_DELAY = 900.0
"""Seconds: a crawl would take weeks, and the other portals' would not end before."""
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says: `parser` is None where `decision` holds for every address.

    `error` is why it could not be had, for a host that does not answer at all; `unasked` where it
    was not asked for, because the portal that wanted it had come to its end.
    """

    decision: str
    parser: Protego | None = None
    allowed: bool = True
    delay: float | None = None
    error: Exception | None = None
    unasked: bool = False


def read_rules(status: int, body: bytes) -> Rules:
    """Read an answer to robots.txt by RFC 9309."""
    if status >= 500 or status == HTTPStatus.TOO_MANY_REQUESTS:  # noqa: PLR2004 - server errors
        return Rules(f"robots.txt answers {status}", allowed=False)
    if status != 200:  # noqa: PLR2004 - OK
        return Rules("no robots.txt")
    if len(body) > _MOST_RULES:  # half a rule would say something else
        body = body[: body.rfind(b"\n", 0, _MOST_RULES) + 1]
    text = _VERSION.sub(r"\1", _COLON.sub(r"\1:", decode(body).removeprefix("\ufeff")))
    parser = Protego.parse(text)
    delays = [parser.crawl_delay(_AGENT), _pause_of(parser.request_rate(_AGENT))]
    stated = [float(delay) for delay in delays if delay]
    return Rules("allowed", parser, delay=max(stated, default=None))


def _pause_of(rate: RequestRate | None) -> float | None:
    """Seconds between two requests by Request-rate, however large its numbers."""
    if rate is None:
        return None
    try:
        return float(rate.seconds / rate.requests)
    except OverflowError:
        return math.inf


class RobotsMiddleware(Middleware):
    """Responsible for robots.txt: asked once a host, before anything else of that host."""

    def __init__(self, crawler: Crawler) -> None:
        """Begin with no host known."""
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Future[Rules]] = {}

    async def process_request(self, request: Request) -> None:
        """Refuse what robots.txt forbids; keep the decision for the capture."""
        ask = ask_of(request)
        if ask.kind == "robots":
            return
        state = self.state(request)
        rules = await self._rules_for(request)
        while rules.unasked and not state.closed:  # by another portal of this host, now closed
            rules = await self._rules_for(request)
        if rules.delay and rules.delay > _LONGEST_DELAY:
            why = (
                f"robots.txt of {urlsplit(request.url).hostname} asks for {rules.delay:.0f} "
                "seconds between two requests"
            )
            if not state.belongs(request.url):  # a file on somebody else's host
                raise Refused(why)
            state.close(why)
        if state.closed:  # by this, or because robots.txt was too much to ask for
            raise Refused(state.closed, quiet=True)
        if rules.error is not None:
            raise copy(rules.error).with_traceback(None)  # a raised one keeps all its frames
        allowed = rules.allowed
        if rules.parser is not None:
            allowed = rules.parser.can_fetch(request.url, _AGENT)
        if allowed:
            request.meta["robots"] = rules.decision
            return
        if rules.parser is None:
            raise Refused(
                f"{rules.decision}: nothing may be asked of {urlsplit(request.url).netloc}"
            )
        raise Refused(f"robots.txt forbids {request.url}")

    async def _rules_for(self, request: Request) -> Rules:
        parts = urlsplit(request.url)
        key = f"{parts.scheme}://{parts.netloc.lower()}"
        known = self._rules.get(key)
        if known is None:
            known = self._rules[key] = asyncio.get_running_loop().create_future()
            rules = Rules("robots.txt was not asked for", unasked=True)
            try:
                rules = await self._fetch(f"{key}/robots.txt", ask_of(request).portal)
            finally:  # whatever ended it, others are waiting for this
                if rules.unasked:  # the next one asks
                    del self._rules[key]
                self._slow_down(host_of(request.url), rules)
                known.set_result(rules)
        return await known

    async def _fetch(self, url: str, portal: str) -> Rules:
        """Ask for robots.txt, over a few redirects and other hosts too, as RFC 9309 has it."""
        target = url
        try:
            for _ in range(_MOST_HOPS):
                request = request_for(Ask(portal, target, "robots"), callback=NO_CALLBACK)
                request.meta["dont_redirect"] = True
                response: Response = await self.crawler.engine.download_async(request)
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or not location:
                    return read_rules(response.status, response.body)
                target = resolve(target, location.decode("latin-1")) or ""
        except Exception as error:  # noqa: BLE001 - whatever it is, the host has allowed nothing
            unasked = self.session.state(portal).closed is not None
            why = self._led_away(url, target, error)
            return Rules("robots.txt cannot be reached", error=why, unasked=unasked)
        return Rules("no robots.txt")

    def _led_away(self, url: str, target: str, error: Exception) -> Exception:
        """Why there is no robots.txt: its own error, or that of the address it leads to."""
        if not target:
            return Refused(f"robots.txt of {url} leads to what is no http(s) address")
        if target == url:
            return error
        why = self.session.refusal(target) or say(error)
        return Refused(f"robots.txt of {url} leads to {target}: {why}")

    def _slow_down(self, host: str, rules: Rules) -> None:
        """Let Scrapy's downloader wait as long as the host wants between two requests.

        A host may have several: one by http, one by https, one on another port; the slowest counts.
        """
        downloader = self.crawler.engine.downloader
        before = downloader.per_slot_settings.get(host, {}).get("delay", 0.0)
        stated = rules.delay or 0.0
        if stated > _LONGEST_DELAY:  # nothing is asked there; another port may want no such pause
            stated = 0.0
        wanted = max(stated, self.session.options.delay, LEAST_DELAY, before)
        downloader.per_slot_settings[host] = {"delay": wanted, "concurrency": 1, "jitter": 0.0}
        if host in downloader.slots:
            downloader.slots[host].delay = wanted
