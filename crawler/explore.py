"""Where to go on from an answer: best first, by what links say and by what families know."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import families
from crawler.asking import (
    as_data,
    content_address,
    first_time,
    rendered,
    request_key,
    says_titles,
    shown_by,
    unparked,
)
from crawler.discovery import records, sessions, widths
from crawler.discovery.attachments import attachments, frames
from crawler.discovery.handlers import loaded_addresses, padded_addresses
from crawler.discovery.links import Link, page_links
from crawler.discovery.page import Page
from crawler.discovery.pager import is_sibling, pager_links, pages_by_script
from crawler.discovery.scoring import (
    Here,
    is_column_address,
    is_same_script,
    looks_like_article,
    names_unit,
    promise,
)
from crawler.sites import host_of
from crawler.verdict import PRESSED

if TYPE_CHECKING:
    from crawler.ask import Ask, Kind
    from crawler.state import PortalState

    Known = tuple[str, families.Listing] | None

MOST_DEPTH = 9
MOST_HUBS = 120
_PAGES_SCORE = 90
_FRAME_SCORE = 83
_DATA_SCORE = 84
_ATTACHMENT_SCORE = 120
_MANY_REPORTS = 3
"""Reports on a page from which it is a list of them, whatever it is called."""
_MOST_LOADED = 6
"""Addresses a page's script asks for that are asked in its place."""
_PLAIN = {"markup", "frame", "handler", "script"}
_BARE_YEAR = re.compile(r"^20[0-4]\d\s*年?(?:度)?$")
_SHELL = "shell"
"""The family of a page that shows nothing itself and may be rendered for want of better."""


def from_list(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """What to ask after a home page, a page of links, or an answer of a list's endpoint."""
    known = _known(ask, page)
    links = _links(ask, state, page, known)
    here = _here(ask, page, links)
    asks: list[Ask] = []
    if here == "column":
        links = widths.marked(links, state.home_links)
        state.columns += any(_names_report(link, ask.column) for link in links)
        ask = replace(ask, column=ask.column or page.url)
    shown = shown_by(links)
    repeats = ask.paged and not ask.render and shown == ask.shown != ""
    if repeats and not _knows_its_end(known):  # no way on, whatever its pager says
        links = [link for link in links if link.url not in pager_links(page)]
    elif here == "column" or "/gkmlpt/" in page.url:
        ask = replace(ask, shown=shown)
        asks += _further(ask, state, page, known)
    shown_here = [made for link in links if (made := from_link(ask, state, page.url, link, here))]
    shown_here += _frames(ask, state, page, here)
    if here == "column" and page.is_markup and not any(_names_report(link, None) for link in links):
        wanted = rendered(ask, state, page) if says_titles(page) else None
        shown_here += [wanted] if wanted else []
    asks = [*(asks if shown_here else _as_shell(ask, state, page, asks)), *shown_here]
    if here == "column" and any(not one.render for one in asks):
        state.column = state.column or page.url
    elif here == "column":
        state.empty_column = state.empty_column or page.url
    if asks:
        state.shells.pop(ask.state.get("shell", ""), None)
    asks += unparked(state) if ask.render else []
    return asks or _loaded(ask, state, page, here)


def _knows_its_end(known: Known) -> bool:
    """Whether a family tells a repeated answer by itself, and tries another way then."""
    return bool(known and any("mark" in further.state for further in known[1].further))


def _known(ask: Ask, page: Page) -> Known:
    """The page as its family reads it; `state` says what was asked, in what way."""
    asked = {"method": ask.method, "body": ask.body.decode("utf-8", "replace")}
    fragment = ask.state.get("fragment") or urlsplit(ask.url).fragment
    return families.read(page, {**asked, **ask.state, "fragment": fragment})


def from_report(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """The files of a report's page, its further pages and what it frames; each asked once.

    Where the page leads to the same unit's other years by their numbers alone, those too.
    """
    for url in [url for url, one in state.shells.items() if one.state.get("family") == _SHELL]:
        del state.shells[url]  # their data will do
    files = [(link.url, link.text) for link in attachments(page)]
    known = families.read(page, {}, families.OF_ARTICLES)
    parts = [further.url for further in known[1].further] if known else []
    parts += [url for url in pager_links(page) if url not in parts]
    parts = parts if looks_like_article(page.url) else []
    if not files and ask.kind != "attachment":
        parts += frames(page)
    files += [(url, "") for url in parts if state.belongs(url)]
    asks = [
        ask.lead(url, "attachment", _ATTACHMENT_SCORE, via=page.url, text=text or None)
        for url, text in files
        if ask.depth < MOST_DEPTH and first_time(state, url)
    ]
    return asks + (_other_years(ask, state, page) if ask.kind != "attachment" else [])


def _other_years(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """The reports that a report's own page switches to: 2021, 2022, 2023, or another unit."""
    return [
        ask.lead(link.url, "either", _PAGES_SCORE, via=page.url, text=link.text, depth=ask.depth)
        for link in page_links(page)
        if (
            is_sibling(link.url, page.url)
            if _BARE_YEAR.match(link.text)
            else is_same_script(link.url, page.url) and names_unit(link.text)
        )
        and state.belongs(link.url)
        and first_time(state, link.url)
    ]


def _here(ask: Ask, page: Page, links: list[Link]) -> Here:
    """What a page is: what was asked for, unless it turns out to be the column itself."""
    if ask.kind in {"column", "either", "report"}:
        return "column"
    reports = sum(_names_report(link, None) for link in links)
    if ask.kind == "hub":
        return "column" if reports >= _MANY_REPORTS else "hub"
    return "column" if is_column_address(page.url) else "home"


def _links(ask: Ask, state: PortalState, page: Page, known: Known) -> list[Link]:
    """The links of a page, each with the way it was read; the family's reading goes first."""
    way = "browser" if ask.render else known[0] if known else ask.way
    own = list(known[1].links) if known else []
    own += records.entries(page.value, state.entries)
    plain = page_links(page) if page.is_markup else ()
    found = [Link(link.url, link.text, way) if link.source in _PLAIN else link for link in plain]
    links: dict[tuple[str, str], Link] = {}
    for link in _of_no_visit(state, page, [*own, *found]):
        links.setdefault((link.url, link.text), link)
    return list(links.values())


def _of_no_visit(state: PortalState, page: Page, links: list[Link]) -> list[Link]:
    """The links without what names a visit, once another page than the home page has shown it."""
    if state.menu and page != state.home_page:
        state.visits |= sessions.changing(state.menu, sessions.menu_of(links))
    elif page == state.home_page:
        state.menu = sessions.menu_of(links)
    if not state.visits:
        return links
    return [replace(link, url=sessions.without(link.url, state.visits)) for link in links]


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
    url, fragment = content_address(link.url)
    found = ask.lead(
        url,
        promised.kind,
        promised.score - ask.depth,
        via=via,
        text=link.text or None,
        way=link.source,
        state=fragment,
    )
    found = replace(found, column=link.url) if promised.kind in {"column", "either"} else found
    return as_data(state, found)


def _further(ask: Ask, state: PortalState, page: Page, known: Known) -> list[Ask]:
    """The list's other pages: by its family where it is known, by its pager, else by a browser."""
    name, listing = known or ("links", families.Listing())
    pager = pager_links(page) if page.is_markup else []
    named = {further.url for further in listing.further}
    pager = [sessions.without(url, state.visits) for url in pager if url not in named]
    more = [*listing.further, *(families.Further(url) for url in pager)]
    more += _pressed(page) if ask.render else []
    paged = ask.paged and ask.way != "browser"
    if not (more or paged) and page.is_markup and (padded := padded_addresses(page)):
        return _data(ask, state, page, padded, "column")
    if not (more or paged) and page.is_markup and pages_by_script(page):
        wanted = rendered(ask, state, page)
        return [wanted] if wanted else []
    return [
        ask.lead(
            further.url,
            "column",
            _PAGES_SCORE - ask.depth,
            via=page.url,
            text=ask.text,
            way=name if name != "links" else "browser" if ask.render else ask.way,
            depth=ask.depth,
            method=further.method,
            body=further.body,
            state=further.state,
            paged=True,
            shown=ask.shown,
        )
        for further in more
        if state.belongs(further.url) and first_time(state, request_key(further))
    ]


def another_way(ask: Ask, state: PortalState) -> list[Ask]:
    """How else a family asks for a page of a list that was answered with an error."""
    if not (ask.paged and "mark" in ask.state):
        return []
    nothing = Page(ask.url, "")
    return _further(ask, state, nothing, _known(ask, nothing))


def _pressed(page: Page) -> list[families.Further]:
    """Where pressing 下一页 in a browser would have led."""
    return [
        families.Further(url, "POST" if sent else "GET", sent.encode("latin-1", "replace"))
        for anchor in page.tree.xpath(f"//a[@{PRESSED}]")
        for sent in [str(anchor.get(PRESSED) or "")]
        if (url := page.absolute(str(anchor.get("href") or "")))
    ]


def _as_shell(ask: Ask, state: PortalState, page: Page, further: list[Ask]) -> list[Ask]:
    """What a family asks in place of a page that shows nothing itself.

    Should all that lead to no report, the page is rendered in the end.
    """
    if not further or ask.render or ask.paged or not page.is_markup or further[0].render:
        return further
    state.shells[page.url] = replace(ask, state={**ask.state, "family": _SHELL})
    return [replace(one, state={**one.state, "shell": page.url}) for one in further]


def _loaded(ask: Ask, state: PortalState, page: Page, here: Here) -> list[Ask]:
    """What the script of a page without links asks for as it stands; cheaper than a browser."""
    if ask.render or here == "home" or not page.is_markup:
        return []
    return _data(ask, state, page, loaded_addresses(page), "column" if here == "column" else "hub")


def _data(ask: Ask, state: PortalState, page: Page, urls: list[str], kind: Kind) -> list[Ask]:
    """Data in place of the page that its script makes of it, which is rendered should it fail."""
    found = [
        ask.lead(
            url,
            kind,
            _DATA_SCORE - ask.depth,
            via=page.url,
            text=ask.text,
            state={"shell": page.url},
        )
        for url in urls[:_MOST_LOADED]
        if state.belongs(url) and first_time(state, url)
    ]
    if found:
        state.shells[page.url] = ask
    return found


def _frames(ask: Ask, state: PortalState, page: Page, here: Here) -> list[Ask]:
    """What a page only frames: a column's real list, the pages of a frame set."""
    shell = next(page.tree.iter("frameset"), None) is not None
    if here != "column" and not shell:
        return []
    kind = ask.kind if here != "column" else "column"
    return [
        ask.lead(link.url, kind, _FRAME_SCORE, via=page.url, text=ask.text, column=column)
        for link in page_links(page)
        if link.source == "frame"
        and ask.depth < MOST_DEPTH
        and state.belongs(link.url)
        and not looks_like_article(link.url)
        and first_time(state, link.url)
        for column in [link.url if here == "column" else ask.column]
    ]
