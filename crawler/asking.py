"""How a link is asked: whether it is new, where its content stands, whether a browser is needed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urldefrag, urlsplit

from crawler.discovery.titles import classify
from crawler.sites import address_key
from crawler.state import MOST_RENDERINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.ask import Ask
    from crawler.discovery.links import Link
    from crawler.discovery.page import Page
    from crawler.families import Further
    from crawler.state import PortalState

_LEAST_TITLE = 8
"""Characters of a link from which it is a title rather than a menu."""
_REPORT = re.compile(r"20\d\d.{0,40}(?:年报|报告)|(?:年报|报告).{0,8}20\d\d")
_TOKEN = re.compile(r"token|csrf|nonce|hash|rand|stamp|^__(?:VIEW|EVENTVAL|PREV)", re.IGNORECASE)


def first_time(state: PortalState, url: str) -> bool:
    """Whether an address is new; a fragment counts where an application routes by it."""
    key, fragment = address_key(url), urlsplit(url).fragment
    if "/gkmlpt/" in url or fragment.startswith(("/", "!")):
        key += f"#{fragment}"
    mark = hash(key)
    if mark in state.seen:
        return False
    state.seen.add(mark)
    return True


def request_key(further: Further) -> str:
    """What tells one request for a page of a list from another: not the tokens of its form."""
    if further.method == "GET":
        return further.url
    body = further.body.decode("utf-8", "replace")
    if body[:1] != "{":
        fields = parse_qsl(body, keep_blank_values=True)
        body = str(sorted(pair for pair in fields if not _TOKEN.search(pair[0])))
    told = [further.state.get(name, "") for name in ("page", "chosen", "mark")]
    return f"{address_key(further.url)} {further.method} {body} {told}"


def shown_by(links: Iterable[Link]) -> str:
    """What a page of a list shows, in short: a pager without end repeats its last page."""
    titles = {
        f"{link.text} {address_key(link.url)}" for link in links if len(link.text) >= _LEAST_TITLE
    }
    return hashlib.sha256("\n".join(sorted(titles)).encode()).hexdigest()[:16] if titles else ""


def as_data(state: PortalState, ask: Ask) -> Ask:
    """The ask of an application's data in place of its page, where that is known."""
    data = next((found for route in state.routes if (found := route.of(ask.url))), None)
    if data is None:
        return ask
    url, body = data
    return replace(ask, url=url, method="GET" if body is None else "POST", body=body or b"")


def says_titles(page: Page) -> bool:
    """Whether a list shows a report's title, so that a script must know where it leads."""
    texts = (
        element.text or ""
        for element in page.tree.iter("td", "li", "p", "span", "div", "dd", "a", "h3", "h4")
        if len(element) <= 1
    )
    return any(_REPORT.search(text) and classify(text).kind == "report" for text in texts)


def content_address(url: str) -> tuple[str, dict[str, str]]:
    """A link's address without what is not for the portal.

    A fragment that is no route of an application is for its family to read.
    """
    bare, fragment = urldefrag(url)
    if not fragment or fragment.startswith(("/", "!")):
        return url, {}
    return bare, {"fragment": fragment}


def rendered(ask: Ask, state: PortalState, page: Page) -> Ask | None:
    """The same page once more in a browser, where scripts may do anything and the bound allows."""
    scripted = page.is_markup and page.tree.xpath("//script | //*[@onclick]")
    if ask.render or not scripted or state.renderings >= MOST_RENDERINGS:
        return None
    state.renderings += 1
    same = address_key(ask.url) == address_key(page.url)
    url = ask.url if same else page.url
    if ask.state.get("fragment"):
        url = f"{url}#{ask.state['fragment']}"
    kind = "either" if ask.kind == "report" else ask.kind
    return replace(ask, url=url, kind=kind, way="browser", score=ask.score or 1, render=True)


def unparked(state: PortalState) -> list[Ask]:
    """The reports put off until one of their kind was rendered: their data, else the next one."""
    waiting, state.parked = state.parked, []
    asks: list[Ask] = []
    for ask in waiting:
        data = as_data(state, ask)
        if data is not ask:
            asks.append(replace(data, render=False, way="browser"))
        elif not any(one.render for one in asks) and state.renderings < MOST_RENDERINGS:
            state.renderings += 1
            asks.append(ask)
        else:
            state.parked.append(ask)
    return asks
