"""Where to go on from an answer: best first, by what links say and by what families know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import families
from crawler.discovery.attachments import attachments, frames
from crawler.discovery.links import Link, page_links
from crawler.discovery.pager import pager_links, pages_by_script
from crawler.discovery.scoring import Here, is_column_address, looks_like_article, promise
from crawler.sites import address_key, host_of
from crawler.state import MOST_RENDERINGS

if TYPE_CHECKING:
    from crawler.ask import Ask
    from crawler.discovery.page import Page
    from crawler.state import PortalState

    Known = tuple[str, families.Listing] | None

MOST_DEPTH = 9
MOST_HUBS = 120
_PAGES_SCORE = 90
_FRAME_SCORE = 83
_ATTACHMENT_SCORE = 120
_MANY_REPORTS = 3
"""Reports on a page from which it is a list of them, whatever it is called."""
_PLAIN = {"markup", "frame", "handler", "script"}


def from_list(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """What to ask after a home page, a page of links, or an answer of a list's endpoint."""
    known = families.read(page, {**ask.state, "fragment": urlsplit(ask.url).fragment})
    links = _links(ask, page, known)
    here = _here(ask, page, links)
    asks: list[Ask] = []
    if here == "column":
        state.column = state.column or page.url
        state.columns += any(_names_report(link, ask.column) for link in links)
        ask = replace(ask, column=ask.column or page.url)
    if here == "column" or "/gkmlpt/" in page.url:
        asks += _further(ask, state, page, known)
    asks += [made for link in links if (made := from_link(ask, state, page.url, link, here))]
    if here == "column":
        asks += _frames(ask, state, page)
    return asks


def from_report(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """The files of a report's page, its further pages and what it frames; each asked once."""
    files = [(link.url, link.text) for link in attachments(page)]
    known = families.read(page, {})
    parts = [*(further.url for further in known[1].further if known)] if known else []
    parts += [url for url in pager_links(page) if url not in parts]
    parts = parts if looks_like_article(page.url) else []
    if not files and ask.kind != "attachment":
        parts += frames(page)
    files += [(url, "") for url in parts if state.belongs(url)]
    return [
        ask.lead(url, "attachment", _ATTACHMENT_SCORE, via=page.url, text=text or None)
        for url, text in files
        if ask.depth < MOST_DEPTH and first_time(state, url)
    ]


def _here(ask: Ask, page: Page, links: list[Link]) -> Here:
    """What a page is: what was asked for, unless it turns out to be the column itself."""
    if ask.kind in {"column", "either"}:
        return "column"
    reports = sum(_names_report(link, None) for link in links)
    if ask.kind == "hub":
        return "column" if reports >= _MANY_REPORTS else "hub"
    return "column" if is_column_address(page.url) else "home"


def _links(ask: Ask, page: Page, known: Known) -> list[Link]:
    """The links of a page, each with the way it was read; the family's reading goes first."""
    way = "browser" if ask.render else known[0] if known else ask.way
    own = list(known[1].links) if known else []
    plain = page_links(page) if page.is_markup else ()
    found = [replace(link, source=way if link.source in _PLAIN else link.source) for link in plain]
    links: dict[tuple[str, str], Link] = {}
    for link in [*own, *found]:
        links.setdefault((link.url, link.text), link)
    return list(links.values())


def _names_report(link: Link, column: str | None) -> bool:
    promised = promise(link.text, link.url, "column", column)
    return promised is not None and promised.kind == "report"


def from_link(ask: Ask, state: PortalState, via: str, link: Link, here: Here) -> Ask | None:
    """What to ask for a link, None where it promises nothing, leads away or was asked before."""
    own = state.home_page is not None and link.url not in state.home_links
    promised = promise(link.text, link.url, here, ask.column, own=own)
    if promised is None or ask.depth >= MOST_DEPTH:
        return None
    if not state.belongs(link.url):
        if promised.kind != "hub":
            state.elsewhere.setdefault(host_of(link.url), set()).add(link.url)
        return None
    if promised.kind == "hub" and state.hubs >= MOST_HUBS:
        return None
    if not first_time(state, link.url):
        return None
    state.hubs += promised.kind == "hub"
    found = ask.lead(
        link.url,
        promised.kind,
        promised.score - ask.depth,
        via=via,
        text=link.text or None,
        way=link.source,
    )
    return replace(found, column=link.url) if promised.kind in {"column", "either"} else found


def _further(ask: Ask, state: PortalState, page: Page, known: Known) -> list[Ask]:
    """The list's other pages: by its family where it is known, by its pager, else by a browser."""
    name, listing = known or ("links", families.Listing())
    pager = pager_links(page) if page.is_markup else []
    named = {further.url for further in listing.further}
    more = [*listing.further, *(families.Further(url) for url in pager if url not in named)]
    if not (more or ask.paged) and page.is_markup and pages_by_script(page):
        wanted = rendered(ask, state, page)
        return [wanted] if wanted else []
    return [
        ask.lead(
            further.url,
            "column",
            _PAGES_SCORE - ask.depth,
            via=page.url,
            text=ask.text,
            way=name if name != "links" else ask.way,
            depth=ask.depth,
            method=further.method,
            body=further.body,
            state=further.state,
            paged=True,
        )
        for further in more
        if state.belongs(further.url) and first_time(state, _request_key(further))
    ]


def rendered(ask: Ask, state: PortalState, page: Page) -> Ask | None:
    """The same page once more in a browser, where scripts may do anything and the bound allows."""
    scripted = page.is_markup and page.tree.xpath("//script | //*[@onclick]")
    if ask.render or not scripted or state.renderings >= MOST_RENDERINGS:
        return None
    state.renderings += 1
    same = address_key(ask.url) == address_key(page.url)
    url = ask.url if same else page.url
    return replace(ask, url=url, way="browser", score=ask.score or 1, render=True)


def _request_key(further: families.Further) -> str:
    if further.method == "GET":
        return further.url
    return f"{further.url} {further.method} {further.body.decode('utf-8', 'replace')}"


def _frames(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """A column that only frames the real list."""
    return [
        ask.lead(link.url, "column", _FRAME_SCORE, via=page.url, text=ask.text, column=link.url)
        for link in page_links(page)
        if link.source == "frame"
        and ask.depth < MOST_DEPTH
        and state.belongs(link.url)
        and not looks_like_article(link.url)
        and first_time(state, link.url)
    ]


def first_time(state: PortalState, url: str) -> bool:
    """Whether an address is new; a fragment counts where an application routes by it."""
    key, fragment = address_key(url), urlsplit(url).fragment
    if "/gkmlpt/" in url or fragment.startswith(("/", "!")):
        key += f"#{fragment}"
    if key in state.seen:
        return False
    state.seen.add(key)
    return True
