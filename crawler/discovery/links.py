"""The links of a page: in markup, in frames, in event handlers and in scripts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from crawler.discovery.handlers import leads
from crawler.discovery.page import once, resolve, squeeze
from crawler.discovery.scripts import addresses_in, looks_like_address, written_links
from crawler.discovery.words import MOST_TEXT, link_text, own_text, says_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.discovery.page import Page

_MOST_LINKS = 5_000
_MOST_SEEN = 20_000
_LONG = 800
"""Characters of an anchor that is not worth remembering."""
_NO_ADDRESS = ("javascript:", "vbscript:", "mailto:")
_DATA = ("data-url", "data-href", "data-link", "data-file", "data-pdf")
_WITH_HANDLER = "//*[@onclick][not(self::a)]"
_WITH_DATA = "//*[" + " or ".join(f"@{name}" for name in _DATA) + "]"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads and what it says; `source` is how the page holds it.

    `markup` is an anchor or an area, `frame` an iframe or an embedded object, `handler` an
    address inside an event handler, `script` one inside a script, else the name of a family.
    """

    url: str
    text: str
    source: str = "markup"


@once
def page_links(page: Page) -> tuple[Link, ...]:
    """Every http(s) link of a page in document order, the first of each address and text."""
    found: dict[tuple[str, str], Link] = {}
    for link in islice(_all_links(page), _MOST_SEEN):
        found.setdefault((link.url, link.text), link)
        if len(found) >= _MOST_LINKS:
            break
    return tuple(found.values())


def _all_links(page: Page) -> Iterator[Link]:
    for element in page.tree.iter("a", "area", "iframe", "frame", "embed", "object", "option"):
        yield from _of_element(page, element)
    # A look for the attributes' names is far cheaper than the paths.
    for element in page.tree.xpath(_WITH_HANDLER) if _may_have_handlers(page.text) else ():
        yield from _handler(page, element)
    may_have_data = "ata-" in page.text or "ATA-" in page.text
    for element in page.tree.xpath(_WITH_DATA) if may_have_data else ():
        for name in _DATA:
            yield from _one(page, element.get(name) or "", link_text(element), "handler")
    yield from script_links(page)


def _may_have_handlers(text: str) -> bool:
    little = "lick" in text and ("nclick" in text or "nClick" in text or "Nclick" in text)
    return little or "CLICK" in text


def _of_element(page: Page, element: HtmlElement) -> Iterable[Link]:
    if element.tag in {"a", "area"}:
        return _of_anchor(page, element)
    if element.tag == "option":
        return _option(page, element)
    target = element.get("data") if element.tag == "object" else element.get("src")
    return _one(page, target or "", element.get("title"), "frame")


def _of_anchor(page: Page, element: HtmlElement) -> Iterable[Link]:
    href, by_script = element.get("href") or "", element.get("onclick") is not None
    text, title = element.text or "", element.get("title") or ""
    if len(element) == 0 and not by_script and len(href) + len(text) + len(title) <= _LONG:
        known = _bare_anchor(page.base_of(href), href, text, title)
        if known is not None:
            return known
    own = () if _is_no_address(href) else _one(page, href, link_text(element), "markup")
    return [*own, *_handler(page, element)]


@lru_cache(maxsize=4_096)
def _bare_anchor(base: str, href: str, text: str, title: str) -> tuple[Link, ...] | None:
    """The link of an anchor with nothing in it but text, None where that does not tell all.

    Menus and friends are the same on every page of a portal, and most of a page's links.
    """
    text = own_text(text, title)
    if _is_no_address(href) or says_nothing(text):
        return None
    url = resolve(base, href)
    return (Link(url, text),) if url else ()


def _is_no_address(href: str) -> bool:
    return href.lstrip()[:11].lower().startswith(_NO_ADDRESS)


def _option(page: Page, option: HtmlElement) -> Iterator[Link]:
    """Where choosing an option leads: to its value, or to what its menu makes of the value."""
    value, text = option.get("value") or "", squeeze(option.text_content())
    menu = next(option.iterancestors("select"), None)
    code = menu.get("onchange") or "" if menu is not None else ""
    if not value:
        return
    found = leads(page, code, value) if code else []
    for lead in found:
        yield Link(lead.url, text, "handler")
    if not found and looks_like_address(value):
        yield from _one(page, value, text, "markup")


def _handler(page: Page, element: HtmlElement) -> Iterator[Link]:
    code = element.get("onclick") or ""
    href = element.get("href") or ""
    if href.lstrip()[:11].lower() == "javascript:":
        code += ";" + href
    if not code:
        return
    found = leads(page, code)
    for lead in found:
        yield Link(lead.url, link_text(element), "handler")
    for address in [] if found else addresses_in(code):
        yield from _one(page, address, link_text(element), "handler")


def script_links(page: Page) -> Iterator[Link]:
    """Links that only the page's scripts hold."""
    for href, text in written_links(page.scripts):
        yield from _one(page, href, text, "script")


def _one(page: Page, href: str, text: str | None, source: str) -> Iterable[Link]:
    url = page.absolute(href)
    return (Link(url, squeeze(text)[:MOST_TEXT], source),) if url else ()
