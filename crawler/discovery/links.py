"""The links of a page: in markup, in frames, in event handlers and in scripts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from crawler.discovery.handlers import leads
from crawler.discovery.page import squeeze
from crawler.discovery.scripts import addresses_in, looks_like_address, written_links
from crawler.discovery.words import MOST_TEXT, link_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.discovery.page import Page

_MOST_LINKS = 5_000
_MOST_SEEN = 20_000
_NO_ADDRESS = ("javascript:", "vbscript:", "mailto:")
_DATA = ("data-url", "data-href", "data-link", "data-file", "data-pdf")
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


@lru_cache(maxsize=4)
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
        if isinstance(element.tag, str):
            yield from _of_element(page, element)
    for element in page.tree.xpath("//*[@onclick][not(self::a)]"):
        yield from _handler(page, element)
    for element in page.tree.xpath(_WITH_DATA):
        for name in _DATA:
            yield from _one(page, element.get(name) or "", link_text(element), "handler")
    yield from script_links(page)


def _of_element(page: Page, element: HtmlElement) -> Iterator[Link]:
    if element.tag in {"a", "area"}:
        href = element.get("href") or ""
        if not href.lstrip()[:11].lower().startswith(_NO_ADDRESS):
            yield from _one(page, href, link_text(element), "markup")
        yield from _handler(page, element)
    elif element.tag == "option":
        yield from _option(page, element)
    else:
        target = element.get("data") if element.tag == "object" else element.get("src")
        yield from _one(page, target or "", squeeze(element.get("title")), "frame")


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


def _one(page: Page, href: str, text: str, source: str) -> Iterator[Link]:
    url = page.absolute(href)
    if url:
        yield Link(url, squeeze(text)[:MOST_TEXT], source)
