"""The links of a page: in markup, in frames, in event handlers and in scripts."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.discovery.page import squeeze
from crawler.discovery.words import MOST_TEXT, link_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.discovery.page import Page

_MOST_LINKS = 5_000
_QUOTED = re.compile(r"""(['"])((?:(?!\1)[^\\\s<>]){2,500})\1""")
_ADDRESS_LIKE = re.compile(
    r"^(?:https?://|/|\.{1,2}/|\?)|^[\w%./-]+\.(?:s?html?|jsp|aspx?|do|php|action|pdf|docx?|wps|ofd"
    r"|xlsx?|rtf|zip|rar)(?:[?#]|$)|^[\w%-]+(?:/[\w%-]+)+/?$",
    re.IGNORECASE,
)
_DATA = ("data-url", "data-href", "data-link", "data-file", "data-pdf")
_WITH_DATA = "//*[" + " or ".join(f"@{name}" for name in _DATA) + "]"
_SCRIPT_ANCHOR = re.compile(
    r"<a\s[^>]{0,500}?href\s*=\s*\\?(['\"])(?P<href>.{1,500}?)\\?\1(?P<rest>[^>]{0,500})>"
    r"(?P<text>.{0,300}?)<\\?/a",
    re.IGNORECASE | re.DOTALL,
)
_TITLE_IN_TAG = re.compile(r"title\s*=\s*\\?(['\"])(.{1,300}?)\\?\1", re.IGNORECASE)
_OBJECT = re.compile(r"\{[^{}]{4,2000}\}")
_PAIR = re.compile(
    r"""['"]?(?P<key>[A-Za-z_]\w{0,30})['"]?\s*:\s*(?P<q>['"])(?P<value>(?:\\.|(?!(?P=q)).){0,500})(?P=q)"""
)
_URL_KEYS = {"url", "href", "link", "linkurl", "post_url", "pageurl", "puburl", "src", "path"}
_TEXT_KEYS = {"title", "name", "text", "label", "menuname", "channelname", "chnlname", "columnname"}


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads and what it says; `source` is how the page holds it.

    `markup` is an anchor or an area, `frame` an iframe or an embedded object, `handler` an
    address inside an event handler, `script` one inside a script, else the name of a family.
    """

    url: str
    text: str
    source: str = "markup"


def page_links(page: Page) -> list[Link]:
    """Every http(s) link of a page in document order, the first of each address and text."""
    found: dict[tuple[str, str], Link] = {}
    for link in _all_links(page):
        found.setdefault((link.url, link.text), link)
        if len(found) >= _MOST_LINKS:
            break
    return list(found.values())


def addresses_in(code: str) -> list[str]:
    """The strings of a piece of script that read as addresses: `window.open('/a.pdf')`."""
    return [quoted for _, quoted in _QUOTED.findall(code) if _ADDRESS_LIKE.search(quoted)]


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
        if not href.strip().lower().startswith(("javascript:", "vbscript:", "mailto:")):
            yield from _one(page, href, link_text(element), "markup")
        yield from _handler(page, element)
    elif element.tag == "option":
        value = element.get("value") or ""
        if _ADDRESS_LIKE.search(value):
            yield from _one(page, value, squeeze(element.text_content()), "markup")
    else:
        target = element.get("data") if element.tag == "object" else element.get("src")
        yield from _one(page, target or "", squeeze(element.get("title")), "frame")


def _handler(page: Page, element: HtmlElement) -> Iterator[Link]:
    code = element.get("onclick") or ""
    href = element.get("href") or ""
    if href.strip().lower().startswith("javascript:"):
        code += ";" + href
    for address in addresses_in(code):
        yield from _one(page, address, link_text(element), "handler")


def script_links(page: Page) -> Iterator[Link]:
    """Links that only scripts hold: anchors they write, and menus as objects of name and url."""
    code = page.scripts
    for anchor in _SCRIPT_ANCHOR.finditer(code):
        tag = anchor["rest"] + anchor.group(0)[: anchor.start("href") - anchor.start()]
        titled = _TITLE_IN_TAG.search(tag)
        text = titled.group(2) if titled else re.sub(r"<[^>]*>", "", anchor["text"])
        yield from _one(page, _unescape(anchor["href"]), _unescape(text), "script")
    for block in _OBJECT.finditer(code):
        pairs = {m["key"].lower(): m["value"] for m in _PAIR.finditer(block.group())}
        text = next((pairs[key] for key in _TEXT_KEYS & pairs.keys() if pairs[key]), "")
        href = next((pairs[key] for key in _URL_KEYS & pairs.keys() if pairs[key]), "")
        if text and href:
            yield from _one(page, _unescape(href), _unescape(text), "script")


def _one(page: Page, href: str, text: str, source: str) -> Iterator[Link]:
    url = page.absolute(href)
    if url:
        yield Link(url, squeeze(text)[:MOST_TEXT], source)


def _unescape(text: str) -> str:
    text = text.replace("\\/", "/").replace('\\"', '"').replace("\\'", "'")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return entities.unescape(text)
