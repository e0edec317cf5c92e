"""What to try where pages show no way on: a portal's scripts, its menus, a browser, its units."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler import families
from crawler.asking import first_time, rendered, unparked
from crawler.begin import MENU_SCORE, home, splash
from crawler.discovery.handlers import loaded_addresses
from crawler.discovery.links import page_links, script_links
from crawler.discovery.page import Page
from crawler.discovery.scoring import looks_like_article, names_unit
from crawler.explore import another_way, from_link
from crawler.verdict import EMPTY_SHELL

if TYPE_CHECKING:
    from crawler.ask import Ask
    from crawler.discovery.links import Link
    from crawler.discovery.scoring import Here
    from crawler.state import PortalState

_SCRIPT_SCORE = 400
_LIBRARY = re.compile(
    r"/(?:jquery|bootstrap|swiper|vue|echarts|layui|layer|respond|html5|polyfill|video|slick"
    r"|superslide|wow|share|stat|analytics|hm|cnzz)[\w.-]*\.js",
    re.IGNORECASE,
)
_MENU = re.compile(r"政|公开|信息|部门|机构|公示|disclos|affair|govern|open|about", re.IGNORECASE)
_NO_MENU = re.compile(
    r"登录|注册|邮箱|无障碍|繁体|搜索|检索|日历|微信|微博|版权|联系|帮助|收藏|设为|手机|客户端|rss|english|首页"
    r"|投诉|信箱|调查|直播|天气|更多|home$",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"^(?:政府|区直|县直|市直|各|直属|工作|组成)?(?:部门|机构|单位|乡镇|街道|镇街|乡镇街道)"
    r"(?:街道|乡镇)?(?:导航|网站|网站群|子站|链接|之窗|频道|设置|职能|动态|信息公开|一览)?$"
    r"|^(?:政府|组织|机构)(?:机构|职能|设置)$"
)
_FEW_PUBLISHERS = 2
"""Publishers up to which the reports found are thought to be the government's own alone."""
_LONGEST_MENU = 12
_MOST_MENUS = 24
_MOST_SCRIPTS = 8
_MOST_DEAD_ENDS = 3
_MOST_UNITS = 80


def no_way_on(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """What to try at once with a page that shows no link of use."""
    if ask.kind == "home":
        wanted = splash(ask, state, page)
    else:
        wanted = rendering(ask, state, page)
        scripted = next(page.tree.iter("script"), None) is not None
        if ask.kind == "hub" and scripted and not (wanted or ask.render or state.columns):
            state.dead_ends.append(ask)
            return menu_scripts(ask, state, page)
    return [wanted] if wanted else []


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


def instead(ask: Ask, state: PortalState, page: Page | None, reason: str) -> list[Ask] | None:
    """What to ask in place of what was no content; None where there is nothing to try.

    A page of a list that was answered with an error is asked for another way. Of reports that are
    empty shells the first is rendered; the others wait for what that teaches.
    """
    if ask.kind in {"column", "either"} and ask.url in state.held.lists:
        state.lost_column = True
    if reason.startswith("HTTP"):
        return another_way(ask, state) or None
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
            MENU_SCORE + 10 * _says_menu(link),
            via=page.url,
            text=link.text,
        )
        for link in ranked[:_MOST_MENUS]
        if (_says_menu(link) or not state.empty_column) and first_time(state, link.url)
    ]


def _says_menu(link: Link) -> bool:
    return bool(_MENU.search(link.text) or _MENU.search(urlsplit(link.url).path))


def menu_scripts(ask: Ask, state: PortalState, page: Page) -> list[Ask]:
    """A page's own scripts that may hold its menu; cheaper than a browser."""
    sources = [page.absolute(str(src)) for src in page.tree.xpath("//script/@src")]
    chosen = [
        url
        for url in sources
        if url and not _LIBRARY.search(url) and state.belongs(url) and first_time(state, url)
    ][:_MOST_SCRIPTS]
    here = {"here": ask.kind}
    return [
        ask.lead(url, "script", _SCRIPT_SCORE, via=page.url, depth=ask.depth, state=here)
        for url in chosen
    ]


def from_script(ask: Ask, state: PortalState, text: str) -> list[Ask]:
    """Menu links that a script of the home page, or of a page of disclosure, holds."""
    here: Here = "hub" if ask.state.get("here") == "hub" else "home"
    page = Page(ask.via or ask.url, f"<html><script>{text}</script></html>")
    data = Page(ask.via or ask.url, text)
    read = families.read(data, {}) if data.value is not None else None
    links = read[1].links if read else script_links(page)
    found = [from_link(ask, state, ask.url, replace(link, source="links"), here) for link in links]
    loaded = [] if "data" in ask.state else loaded_addresses(page)[:_MOST_SCRIPTS]
    kept = {**ask.state, "data": "yes"}
    wanted = [
        ask.lead(url, "script", _SCRIPT_SCORE, via=ask.via, depth=ask.depth, state=kept)
        for url in loaded
        if state.belongs(url) and first_time(state, url)
    ]
    return [made for made in found if made] or wanted


def last_resort(state: PortalState) -> list[Ask]:
    """With nothing left to ask: pages whose data said nothing, in a browser.

    Where no column was found, `_STEPS` in turn; where only the government's own reports were, its
    units' pages. Where what earlier runs knew is gone, the whole way again.
    """
    if state.closed:
        return []
    if state.parked:
        return unparked(state)
    if state.shells:
        shells, state.shells = state.shells, {}
        return [found for url, ask in shells.items() if (found := _shell(state, url, ask))]
    page = state.home_page
    while page and not state.column and state.resorts < len(_STEPS):
        state.resorts += 1
        tried = _STEPS[state.resorts - 1](state, page)
        if tried:
            return tried
    units = _units(state, page) if page else []
    if units:
        return units
    moved = state.left_alone and (state.lost_column or not state.summary.found)
    return _afresh(state) if moved else []


def _dead_ends(state: PortalState, page: Page) -> list[Ask]:  # noqa: ARG001 - one of `_STEPS`
    """In a browser: the likeliest of the pages that should have led to the column."""
    ends, state.dead_ends = state.dead_ends, []
    ends.sort(key=lambda ask: -ask.score)
    found = [_shell(state, ask.url, ask) for ask in ends[:_MOST_DEAD_ENDS]]
    return [ask for ask in found if ask]


def _home_rendered(state: PortalState, page: Page) -> list[Ask]:
    wanted = rendering(home(state), state, page)
    return [wanted] if wanted else []


_STEPS = (
    lambda state, page: menu_scripts(home(state), state, page),
    menus,
    _dead_ends,
    _home_rendered,
)
"""What is tried in turn where no column was found, the cheapest first."""


def _units(state: PortalState, page: Page) -> list[Ask]:
    """The home page's units, whose sites may have columns, where none is known of them."""
    if not state.column or len(state.publishers) > _FEW_PUBLISHERS:
        return []
    found = [
        home(state).lead(link.url, "hub", MENU_SCORE, via=page.url, text=link.text)
        for link in page_links(page)
        if (_UNITS.match(link.text) or names_unit(link.text))
        and not looks_like_article(link.url)
        and state.belongs(link.url)
    ]
    return [ask for ask in found[:_MOST_UNITS] if first_time(state, ask.url)]


def _afresh(state: PortalState) -> list[Ask]:
    """The whole way again, asking what the archive answered for: the column may have moved."""
    state.lost_column = False
    state.forget_held()
    state.left_alone.clear()
    state.held.lists.clear()
    state.seen.clear()
    state.column = state.empty_column = None
    state.hubs = 0
    return [home(state)]


def _shell(state: PortalState, url: str, ask: Ask) -> Ask | None:
    return rendered(ask, state, Page(url, "<html><body><script></script></body></html>"))
