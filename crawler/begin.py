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
from crawler.explore import first_time, from_link, rendered

if TYPE_CHECKING:
    from crawler.state import PortalState

_RESORTS = 2
_PROBE_SCORE = 900
_HOME_SCORE = 500
_SPLASH_SCORE = 490
_SCRIPT_SCORE = 400
_LIBRARY = re.compile(
    r"/(?:jquery|bootstrap|swiper|vue|echarts|layui|layer|respond|html5|polyfill|video|slick"
    r"|superslide|wow|share|stat|analytics|hm|cnzz)[\w.-]*\.js",
    re.IGNORECASE,
)
_LOCATION = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]{1,300})['\"]")
_MOST_SCRIPTS = 8
_SPLASH = 200
"""Visible characters below which a home page that sends on by script is a splash page."""


def home(state: PortalState) -> Ask:
    """Where a portal's crawl begins."""
    return Ask(state.portal.id, state.portal.url, "home", score=_HOME_SCORE)


def probe(state: PortalState, url: str) -> Ask | None:
    """An address that cannot exist on the host of `url`, once a host; the same in every run."""
    parts = urlsplit(url)
    if parts.netloc in state.probed:
        return None
    state.probed.add(parts.netloc)
    name = hashlib.sha256(f"nianbao {parts.netloc}".encode()).hexdigest()[:20]
    address = f"{parts.scheme}://{parts.netloc}/{name}.html"
    return Ask(state.portal.id, address, "probe", via=url, score=_PROBE_SCORE)


def rendering(ask: Ask, state: PortalState, page: Page) -> Ask | None:
    """The same page once more in a browser, for a page that has shown nothing to go on with.

    A page with articles on it is a list, if of other things; rendering adds nothing there.
    """
    anchors = [link for link in page_links(page) if link.source == "markup"]
    if ask.kind != "home" and any(looks_like_article(link.url) for link in anchors):
        return None
    if ask.kind == "hub" and state.columns:
        return None
    return rendered(ask, state, page)


def splash(ask: Ask, state: PortalState, page: Page) -> Ask | None:
    """Where a home page that is only a splash or a frame leads to."""
    if len(page.visible) >= _SPLASH:
        return None
    frames = [str(src) for src in page.tree.xpath("//frame/@src | //iframe/@src")]
    for target in [*_LOCATION.findall(page.scripts), *frames]:
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
        if url and not _LIBRARY.search(url) and state.belongs(url) and first_time(state, url)
    ][:_MOST_SCRIPTS]
    return [ask.lead(url, "script", _SCRIPT_SCORE, via=page.url, depth=ask.depth) for url in chosen]


def from_script(ask: Ask, state: PortalState, text: str) -> list[Ask]:
    """Menu links that a script of the home page holds."""
    page = Page(ask.via or ask.url, f"<html><script>{text}</script></html>")
    links = [replace(link, source="links") for link in script_links(page)]
    found = [from_link(ask, state, ask.url, link, "home") for link in links]
    return [made for made in found if made]


def last_resort(state: PortalState) -> list[Ask]:
    """With nothing left to ask and no column found: the home page's scripts, then a browser."""
    page = state.home_page
    while page and not (state.closed or state.column) and state.resorts < _RESORTS:
        state.resorts += 1
        if state.resorts == _RESORTS:
            wanted = rendering(home(state), state, page)
            return [wanted] if wanted else []
        scripts = menu_scripts(home(state), state, page)
        if scripts:
            return scripts
    return []


def other_scheme(ask: Ask, state: PortalState) -> list[Ask]:
    """The same address by the other scheme: https fails where http works, or the other way."""
    if ask.render or ask.kind in {"robots", "probe", "script"} or "scheme" in ask.state:
        return []
    scheme, _, rest = ask.url.partition("://")
    if urlsplit(ask.url).port is not None:  # a port belongs to one scheme
        return []
    if ask.kind != "home" and (scheme == "http" or state.portal.url.startswith("https")):
        return []
    other = f"{'http' if scheme == 'https' else 'https'}://{rest}"
    return [replace(ask, url=other, state={**ask.state, "scheme": "other"})]


_WORDS = {
    "challenge": "answers with a challenge for browsers, which is not worked around",
    "block": "turns us away (a page that blocks robots or frequent visitors)",
    "login": "asks to log in",
    "soft 404": "says that it does not exist, with status 200 (soft 404)",
}


def complaint(ask: Ask, reason: str) -> str:
    """One line on what could not be had."""
    if reason.startswith("robots.txt") or ask.url in reason:
        return reason
    name = {"home": "the home page", "report": "the report", "either": "the page"}
    what = {**name, "attachment": "the file"}.get(ask.kind, "the list")
    title = f" {ask.text}" if ask.text and ask.kind != "home" else ""
    return f"{what}{title} ({ask.url}): {_WORDS.get(reason, reason)}"
