"""Where a portal's crawl begins: the home page, what stands behind a splash page, the probes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.ask import Ask
from crawler.asking import first_time
from crawler.discovery.links import page_links

if TYPE_CHECKING:
    from crawler.discovery.page import Page
    from crawler.state import PortalState

_PROBE_SCORE = 900
_HOME_SCORE = 500
_SPLASH_SCORE = 490
_LOCATION = re.compile(
    r"location(?:\.href)?\s*=\s*['\"]([^'\"]{1,300})['\"]"
    r"|location\.(?:replace|assign)\(\s*['\"]([^'\"]{1,300})['\"]"
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?\s*([^'\"\s]{1,300})", re.IGNORECASE)
_ENTER = re.compile(r"进入|首页|主页|主站|网站|中文|简体|enter|home", re.IGNORECASE)
_FEW_LINKS = 6
MENU_SCORE = 12
GUESSED = MENU_SCORE + 10
"""Score up to which a menu is tried for want of a better way."""
_SPLASH = 200
"""Visible characters below which a home page that sends on by script is a splash page."""


def is_guess(ask: Ask) -> bool:
    """Whether an address was tried for want of a better one; if it leads nowhere, no harm."""
    beyond = ask.kind == "home" and ask.depth > 0  # behind what looked like a splash page
    return beyond or (ask.kind == "hub" and ask.score <= GUESSED)


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


def splash(ask: Ask, state: PortalState, page: Page) -> Ask | None:
    """Where a home page that is only a splash or a frame leads to."""
    if len(page.visible) >= _SPLASH:
        return None
    sent = [one or two for one, two in _LOCATION.findall(page.scripts)]
    sent += [
        found[1]
        for content in page.tree.xpath("//meta[@http-equiv]/@content")
        if (found := _REFRESH.search(str(content)))
    ]
    frames = [str(src) for src in page.tree.xpath("//frame/@src | //iframe/@src")]
    entrances = [] if state.hubs or state.column else _entrance(page)
    for target in [*sent, *frames, *entrances]:
        url = page.absolute(target)
        if url and state.belongs(url) and first_time(state, url):
            return ask.lead(url, "home", _SPLASH_SCORE, via=page.url)
    return None


def _entrance(page: Page) -> list[str]:
    """The way on from a page that is a picture to press: 点击进入."""
    links = [link for link in page_links(page) if link.source in {"markup", "handler"}]
    if len({link.url for link in links}) > _FEW_LINKS:
        return []
    return [link.url for link in sorted(links, key=lambda link: not _ENTER.search(link.text))]


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
