"""Where a portal's crawl begins, and what to try where its pages show no way on."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import families
from crawler.ask import Ask
from crawler.asking import first_time, rendered, unparked
from crawler.discovery.handlers import loaded_addresses
from crawler.discovery.links import page_links, script_links
from crawler.discovery.page import Page
from crawler.discovery.scoring import looks_like_article
from crawler.explore import from_link
from crawler.verdict import EMPTY_SHELL

if TYPE_CHECKING:
    from crawler.discovery.links import Link
    from crawler.state import PortalState

_RESORTS = 3
_PROBE_SCORE = 900
_HOME_SCORE = 500
_SPLASH_SCORE = 490
_SCRIPT_SCORE = 400
_LIBRARY = re.compile(
    r"/(?:jquery|bootstrap|swiper|vue|echarts|layui|layer|respond|html5|polyfill|video|slick"
    r"|superslide|wow|share|stat|analytics|hm|cnzz)[\w.-]*\.js",
    re.IGNORECASE,
)
_LOCATION = re.compile(
    r"location(?:\.href)?\s*=\s*['\"]([^'\"]{1,300})['\"]"
    r"|location\.(?:replace|assign)\(\s*['\"]([^'\"]{1,300})['\"]"
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?\s*([^'\"\s]{1,300})", re.IGNORECASE)
_ENTER = re.compile(r"进入|首页|主页|主站|网站|中文|简体|enter|home", re.IGNORECASE)
_FEW_LINKS = 6
_MENU = re.compile(r"政|公开|信息|部门|机构|公示|disclos|affair|govern|open|about", re.IGNORECASE)
_NO_MENU = re.compile(
    r"登录|注册|邮箱|无障碍|繁体|搜索|检索|日历|微信|微博|版权|联系|帮助|收藏|设为|手机|客户端|rss|english|首页"
    r"|投诉|信箱|调查|直播|天气|更多|home$",
    re.IGNORECASE,
)
_LONGEST_MENU = 12
_MOST_MENUS = 24
_MENU_SCORE = 12
_GUESSED = _MENU_SCORE + 10
"""Score up to which a menu is tried for want of a better way."""
_MOST_SCRIPTS = 8
_SPLASH = 200
"""Visible characters below which a home page that sends on by script is a splash page."""


def is_guess(ask: Ask) -> bool:
    """Whether an address was tried for want of a better one; if it leads nowhere, no harm."""
    beyond = ask.kind == "home" and ask.depth > 0  # behind what looked like a splash page
    return beyond or (ask.kind == "hub" and ask.score <= _GUESSED)


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


def menus(state: PortalState, page: Page) -> list[Ask]:
    """The home page's menus whatever they are called, those that speak of government first."""
    found = {
        link.url: link
        for link in page_links(page)
        if 0 < len(link.text) <= _LONGEST_MENU
        and not _NO_MENU.search(link.text)
        and not looks_like_article(link.url)
        and state.belongs(link.url)
    }
    ranked = sorted(found.values(), key=lambda link: not _says_menu(link))
    return [
        home(state).lead(
            link.url,
            "hub",
            _MENU_SCORE + 10 * _says_menu(link),
            via=page.url,
            text=link.text,
        )
        for link in ranked[:_MOST_MENUS]
        if (_says_menu(link) or not state.empty_column) and first_time(state, link.url)
    ]


def _says_menu(link: Link) -> bool:
    return bool(_MENU.search(link.text) or _MENU.search(urlsplit(link.url).path))


def instead(ask: Ask, state: PortalState, page: Page | None, reason: str) -> list[Ask] | None:
    """What to ask in place of a report's empty shell; None where there is nothing to try.

    The first of them is rendered; the others wait for what that teaches.
    """
    if reason != EMPTY_SHELL or page is None:
        return None
    wanted = rendered(ask, state, page)
    if wanted is None:
        return None
    if not state.teaching:
        state.teaching = True
        return [wanted]
    state.renderings -= 1  # it may need none
    state.parked.append(wanted)
    return unparked(state) if state.routes else []


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
    data = Page(ask.via or ask.url, text)
    read = families.read(data, {}) if data.value is not None else None
    links = read[1].links if read else script_links(page)
    found = [
        from_link(ask, state, ask.url, replace(link, source="links"), "home") for link in links
    ]
    loaded = [] if "data" in ask.state else loaded_addresses(page)[:_MOST_SCRIPTS]
    wanted = [
        ask.lead(url, "script", _SCRIPT_SCORE, via=ask.via, depth=ask.depth, state={"data": "yes"})
        for url in loaded
        if state.belongs(url) and first_time(state, url)
    ]
    return [made for made in found if made] or wanted


def last_resort(state: PortalState) -> list[Ask]:
    """With nothing left to ask: pages whose data said nothing, in a browser.

    Where no column was found: the home page's scripts, then all its menus, then a browser.
    """
    if state.parked and not state.closed:
        return unparked(state)
    if state.shells and not state.closed:
        shells, state.shells = state.shells, {}
        return [found for url, ask in shells.items() if (found := _shell(state, url, ask))]
    page = state.home_page
    while page and not (state.closed or state.column) and state.resorts < _RESORTS:
        state.resorts += 1
        if state.resorts == _RESORTS:
            wanted = rendering(home(state), state, page)
            if wanted:
                return [wanted]
            break
        tried = menu_scripts(home(state), state, page) if state.resorts == 1 else menus(state, page)
        if tried:
            return tried
    moved = state.left_alone and not (state.summary.found or state.closed)
    return _afresh(state) if moved else []


def _afresh(state: PortalState) -> list[Ask]:
    """The whole way again, asking what the archive answered for: the column may have moved."""
    state.left_alone.clear()
    state.held.lists.clear()
    state.seen.clear()
    state.column = state.empty_column = None
    state.hubs = 0
    return [home(state)]


def _shell(state: PortalState, url: str, ask: Ask) -> Ask | None:
    return rendered(ask, state, Page(url, "<html><body><script></script></body></html>"))


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
    "maintenance": "is being maintained",
    "empty shell": "holds nothing without its scripts, and no browser could fill it",
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
