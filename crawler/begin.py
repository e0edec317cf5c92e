"""Where a portal's crawl begins, and what to try where its pages show no way on."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.ask import Ask
from crawler.discovery.links import page_links, script_links
from crawler.discovery.page import Page
from crawler.discovery.scoring import looks_like_article
from crawler.explore import first_time, from_link
from crawler.session import MOST_RENDERINGS
from crawler.sites import address_key

if TYPE_CHECKING:
    from crawler.session import PortalState

_PROBE_SCORE = 900
_HOME_SCORE = 500
_SPLASH_SCORE = 490
_SCRIPT_SCORE = 400
_MENU_SCRIPT = re.compile(
    r"/[\w.-]*(?:menu|nav|head|top|daohang|channel|public|common)[\w.-]*\.js", re.IGNORECASE
)
_LOCATION = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]{1,300})['\"]")
_MOST_SCRIPTS = 4
_SPLASH = 200
"""Visible characters below which a home page that sends on by script is a splash page."""


def home(state: PortalState, *, render: bool = False) -> Ask:
    """Where a portal's crawl begins."""
    way = "browser" if render else "links"
    return Ask(state.portal.id, state.portal.url, "home", way=way, score=_HOME_SCORE, render=render)


def probe(state: PortalState, url: str, run: str) -> Ask | None:
    """An address that cannot exist on the host of `url`, once a host; the same again in a run."""
    parts = urlsplit(url)
    if parts.netloc in state.probed:
        return None
    state.probed.add(parts.netloc)
    name = hashlib.sha256(f"{run} {parts.netloc}".encode()).hexdigest()[:20]
    address = f"{parts.scheme}://{parts.netloc}/{name}.html"
    return Ask(state.portal.id, address, "probe", via=url, score=_PROBE_SCORE)


def rendering(ask: Ask, state: PortalState, page: Page) -> Ask | None:
    """The same page once more in a browser, for a page that has shown nothing to go on with.

    A page with articles on it is a list, if of other things; rendering adds nothing there.
    """
    if ask.render or not page.is_markup or not page.tree.xpath("//script"):
        return None
    if state.renderings >= MOST_RENDERINGS or (ask.kind == "hub" and state.columns):
        return None
    anchors = [link for link in page_links(page) if link.source == "markup"]
    if ask.kind != "home" and any(looks_like_article(link.url) for link in anchors):
        return None
    state.renderings += 1
    same = address_key(ask.url) == address_key(page.url)
    return replace(
        ask, url=ask.url if same else page.url, way="browser", score=ask.score or 1, render=True
    )


def splash(ask: Ask, state: PortalState, page: Page) -> Ask | None:
    """Where a home page that is only a splash sends on to by script."""
    if len(page.visible) >= _SPLASH:
        return None
    for target in _LOCATION.findall(page.scripts):
        url = page.absolute(target)
        if url and state.belongs(url) and first_time(state, url):
            return ask.lead(url, "home", _SPLASH_SCORE, via=page.url)
    return None


def menu_scripts(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """A home page's own scripts that may hold its menu; cheaper than a browser."""
    sources = [page.absolute(str(src)) for src in page.tree.xpath("//script/@src")]
    chosen = [
        url
        for url in sources
        if url and _MENU_SCRIPT.search(url) and state.belongs(url) and first_time(state, url)
    ][:_MOST_SCRIPTS]
    state.menu_scripts = len(chosen)
    return [ask.lead(url, "script", _SCRIPT_SCORE, via=page.url, depth=ask.depth) for url in chosen]


def from_script(ask: Ask, state: PortalState, text: str) -> list[Ask]:
    """Menu links that a script of the home page holds; after the last without any, a browser."""
    page = Page(ask.via or ask.url, f"<html><script>{text}</script></html>")
    links = [replace(link, source="links") for link in script_links(page)]
    found = [from_link(ask, state, ask.url, link, "home") for link in links]
    asks = [made for made in found if made]
    state.menu_scripts = -1 if asks else state.menu_scripts - 1
    if state.menu_scripts == 0 and ask.via:
        state.renderings += 1
        asks = [home(state, render=True)]
    return asks


def other_home(ask: Ask, state: PortalState) -> list[Ask]:
    """The home page by the other scheme: https fails where http works, and the other way round."""
    if ask.kind != "home" or ask.depth or ask.state.get("scheme") or state.answered:
        return []
    scheme, _, rest = ask.url.partition("://")
    other = f"{'http' if scheme == 'https' else 'https'}://{rest}"
    if urlsplit(other).port is not None:  # a port belongs to one scheme
        return []
    return [Ask(ask.portal, other, "home", score=_HOME_SCORE, state={"scheme": "other"})]


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
