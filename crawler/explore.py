"""Where to go on from an answer: best first, by what links say and by what families know."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import families
from crawler.ask import Ask
from crawler.discovery.attachments import attachments
from crawler.discovery.links import Link, page_links, script_links
from crawler.discovery.page import Page
from crawler.discovery.pager import pager_links
from crawler.discovery.scoring import Here, looks_like_article, promise
from crawler.session import MOST_RENDERINGS
from crawler.sites import address_key, host_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.session import PortalState

MOST_DEPTH = 9
MOST_HUBS = 40
_PAGES_SCORE = 90
_FRAME_SCORE = 83
_PROBE_SCORE = 900
_ATTACHMENT_SCORE = 120
_MENU_SCRIPT = re.compile(
    r"/[\w.-]*(?:menu|nav|head|top|daohang|channel|public|common)[\w.-]*\.js", re.I
)
_LOCATION = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]{1,300})['\"]")
_MOST_SCRIPTS = 4
_SPLASH = 200
"""Visible characters below which a home page that sends on by script is a splash page."""


def home(state: PortalState) -> Ask:
    """Where a portal's crawl begins."""
    return Ask(state.portal.id, state.portal.url, "home", score=500)


def probe(state: PortalState, url: str, run: str) -> Ask | None:
    """An address that cannot exist on the host of `url`, once a host; the same again in a run."""
    parts = urlsplit(url)
    if parts.netloc in state.probed:
        return None
    state.probed.add(parts.netloc)
    name = hashlib.sha256(f"{run} {parts.netloc}".encode()).hexdigest()[:20]
    address = f"{parts.scheme}://{parts.netloc}/{name}.html"
    return Ask(state.portal.id, address, "probe", via=url, score=_PROBE_SCORE)


def from_list(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """What to ask after a home page, a page of links, or an answer of a list's endpoint."""
    here = _here(ask)
    known = families.read(page, {**ask.state, "fragment": urlsplit(ask.url).fragment})
    links = _links(ask, page, known)
    reports = sum(1 for link in links if _names_report(link, here, ask.column))
    if reports and here == "column":
        state.columns += 1
    asks: list[Ask] = []
    if here == "column" or reports or "/gkmlpt/" in page.url:
        asks += _further(ask, state, page, known)
    asks += [made for link in links if (made := _from_link(ask, state, page.url, link, here))]
    if here == "column":
        asks += _frames(ask, state, page, links)
    return asks


def from_report(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """The files of a report's page; each is asked once, for the first page that has it."""
    found = []
    for link in attachments(page):
        key = address_key(link.url)
        if key not in state.seen:
            state.seen.add(key)
            found.append(
                Ask(
                    ask.portal,
                    link.url,
                    "attachment",
                    via=page.url,
                    text=link.text or None,
                    way=ask.way,
                    score=_ATTACHMENT_SCORE,
                    depth=ask.depth + 1,
                )
            )
    return found


def rendering(ask: Ask, state: PortalState, page: Page, asks: list[Ask]) -> Ask | None:
    """The same page once more in a browser, where its markup holds neither links nor a list.

    A page with articles on it is a list, if of other things; rendering adds nothing there.
    """
    if (
        ask.render
        or asks
        or not page.is_markup
        or ask.kind not in {"home", "hub", "column", "either"}
    ):
        return None
    if not page.tree.xpath("//script") or state.renderings >= MOST_RENDERINGS:
        return None
    if ask.kind != "home" and any(looks_like_article(link.url) for link in page_links(page)):
        return None
    if ask.kind == "hub" and state.columns:
        return None
    state.renderings += 1
    same = address_key(ask.url) == address_key(page.url)
    return Ask(
        ask.portal, ask.url if same else page.url, ask.kind, ask.via, ask.text, "browser", ask.score or 1, ask.column,
        ask.depth, render=True,
    )  # fmt: skip


def menu_scripts(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """A home page's own scripts that may hold its menu, and where a splash page sends on to."""
    if len(page.visible) < _SPLASH:
        onward = [page.absolute(target) for target in _LOCATION.findall(page.scripts)]
        onward = [url for url in onward if url and state.belongs(url)]
        if onward and onward[0] and _first_time(state, onward[0]):
            return [
                Ask(ask.portal, onward[0], "home", via=page.url, score=490, depth=ask.depth + 1)
            ]
    sources = [page.absolute(str(src)) for src in page.tree.xpath("//script/@src")]
    chosen = [url for url in sources if url and _MENU_SCRIPT.search(url) and state.belongs(url)]
    return [
        Ask(ask.portal, url, "script", via=page.url, score=400, depth=ask.depth)
        for url in chosen[:_MOST_SCRIPTS]
        if _first_time(state, url)
    ]


def from_script(ask: Ask, state: PortalState, text: str) -> list[Ask]:
    """Menu links that a script of the home page holds."""
    page = Page(ask.via or ask.url, f"<html><script>{text}</script></html>")
    found = [_from_link(ask, state, ask.url, link, "home") for link in script_links(page)]
    return [made for made in found if made]


def _here(ask: Ask) -> Here:
    if ask.kind in {"home", "script"}:
        return "home"
    return "hub" if ask.kind == "hub" else "column"


def _links(ask: Ask, page: Page, known: tuple[str, families.Listing] | None) -> list[Link]:
    own = list(known[1].links) if known else []
    plain = page_links(page) if page.is_markup else []
    if ask.render:
        plain = [Link(link.url, link.text, "browser") for link in plain]
    return list({(link.url, link.text): link for link in [*own, *plain]}.values())


def _names_report(link: Link, here: Here, column: str | None) -> bool:
    promised = promise(link.text, link.url, here, column)
    return promised is not None and promised.kind == "report"


def _from_link(ask: Ask, state: PortalState, via: str, link: Link, here: Here) -> Ask | None:
    promised = promise(link.text, link.url, here, ask.column)
    if promised is None or ask.depth >= MOST_DEPTH:
        return None
    if not state.belongs(link.url):
        if promised.kind in {"report", "column", "either"}:
            state.elsewhere[host_of(link.url)] += 1
        return None
    if promised.kind == "hub":
        if state.hubs >= MOST_HUBS or state.columns:
            return None
        state.hubs += 1
    if not _first_time(state, link.url):
        return None
    return Ask(
        ask.portal,
        link.url,
        promised.kind,
        via=via,
        text=link.text or None,
        way="links" if link.source in {"markup", "frame", "handler", "script"} else link.source,
        score=promised.score - ask.depth,
        column=link.url if promised.kind in {"column", "either"} else ask.column,
        depth=ask.depth + 1,
    )


def _further(
    ask: Ask, state: PortalState, page: Page, known: tuple[str, families.Listing] | None
) -> list[Ask]:
    """The list's other pages: by its family where it is known, else by its pager."""
    name, listing = known or ("links", families.Listing())
    more: Iterable[families.Further] = listing.further
    if page.is_markup:
        named = {further.url for further in listing.further}
        more = [
            *listing.further,
            *(families.Further(url) for url in pager_links(page) if url not in named),
        ]
    found = []
    for further in more:
        key = further.url
        if further.method != "GET":
            key += f" {further.method} {further.body.decode('utf-8', 'replace')}"
        if state.belongs(further.url) and _first_time(state, key):
            found.append(
                Ask(
                    ask.portal,
                    further.url,
                    "column",
                    via=page.url,
                    text=ask.text,
                    way=name if ask.way == "links" or name != "links" else ask.way,
                    score=_PAGES_SCORE - min(ask.depth, 8),
                    column=ask.column or ask.url,
                    depth=ask.depth,
                    method=further.method,
                    body=further.body,
                    state=further.state,
                )
            )
    return found


def _frames(ask: Ask, state: PortalState, page: Page, links: list[Link]) -> list[Ask]:
    """A column that only frames the real list."""
    return [
        Ask(
            ask.portal, link.url, "column", via=page.url, text=ask.text, score=_FRAME_SCORE,
            column=link.url, depth=ask.depth + 1,
        )
        for link in links
        if link.source == "frame"
        and ask.depth < MOST_DEPTH
        and state.belongs(link.url)
        and not looks_like_article(link.url)
        and _first_time(state, link.url)
    ]  # fmt: skip


def _first_time(state: PortalState, url: str) -> bool:
    """Whether an address is new; a fragment counts where an application routes by it."""
    key, fragment = address_key(url), urlsplit(url).fragment
    if "/gkmlpt/" in url or fragment.startswith(("/", "!")):
        key += f"#{fragment}"
    if key in state.seen:
        return False
    state.seen.add(key)
    return True


def other_home(ask: Ask, state: PortalState) -> list[Ask]:
    """The home page by the other scheme: https fails where http works, and the other way round."""
    if ask.kind != "home" or ask.depth or ask.state.get("scheme") or state.answered:
        return []
    scheme, _, rest = ask.url.partition("://")
    other = f"{'http' if scheme == 'https' else 'https'}://{rest}"
    if urlsplit(other).port is not None:  # a port belongs to one scheme
        return []
    return [Ask(ask.portal, other, "home", score=500, state={"scheme": "other"})]


def complaint(ask: Ask, reason: str) -> str:
    """One line on what could not be had."""
    if reason.startswith("robots.txt") or ask.url in reason:
        return reason
    what = {
        "home": "the home page",
        "report": f"the report {ask.text or ''}".strip(),
        "either": f"the page {ask.text or ''}".strip(),
        "attachment": f"the file {ask.text or ''}".strip(),
    }.get(ask.kind, f"the list {ask.text or ''}".strip())
    return f"{what} ({ask.url}): {reason}"
