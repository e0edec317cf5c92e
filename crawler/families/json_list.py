"""Any JSON (or JSONP) answer that holds titles beside addresses, and lists as HTML inside JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.discovery.links import Link, page_links
from crawler.discovery.page import Page, squeeze
from crawler.discovery.records import title_of
from crawler.families.json_pager import onward
from crawler.families.model import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "json"
_TITLES = ("title", "name", "infotitle", "doctitle", "subject", "headtitle", "linktitle")
_ADDRESSES = (
    "url",
    "post_url",
    "href",
    "link",
    "linkurl",
    "docpuburl",
    "infourl",
    "visiturl",
    "path",
)
_PAGE_ADDRESS = re.compile(
    r"(?:https?://|/)[^\s<>\"']{1,400}\.(?:s?html?|jsp|aspx|pdf|docx?|wps)(?:[?#][^\s<>\"']{0,200})?\Z",
    re.IGNORECASE,
)
"""What is the address of a page whatever its key is called."""
_DEPTH = 12
_MOST = 2_000


def load(text: str) -> Any:
    """The value of a JSON or JSONP answer, None where the text is neither."""
    return Page("", text).value


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read every title with an address, at any depth, and where the list goes on."""
    value = load(page.text)
    if value is None:
        return None
    links: dict[str, Link] = {}
    for link in _walk(page, value, 0):
        links.setdefault(link.url, link)
        if len(links) >= _MOST:
            break
    return Listing(tuple(links.values()), onward(page, value, state))


def entry(page: Page, record: Mapping[str, Any], source: str = NAME) -> Link | None:
    """The link a JSON object stands for, None where it has no title or no address."""
    low = {str(key).lower(): value for key, value in record.items() if isinstance(value, str)}
    title = next((low[key] for key in _TITLES if low.get(key)), None)
    href = next((low[key] for key in _ADDRESSES if low.get(key)), None)
    href = href or next((text for text in low.values() if _PAGE_ADDRESS.match(text)), None)
    title = title or (title_of(record) if href else None)
    url = page.absolute(href) if href else None
    if not title or not url:
        return None
    return Link(url, squeeze(re.sub(r"<[^>]*>", "", title)), source)


def _walk(page: Page, value: Any, depth: int) -> Iterator[Link]:
    if depth > _DEPTH:
        return
    if isinstance(value, dict):
        link = entry(page, value)
        if link:
            yield link
        for inner in value.values():
            yield from _walk(page, inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(page, inner, depth + 1)
    elif isinstance(value, str) and "<a" in value:
        yield from (Link(link.url, link.text, NAME) for link in page_links(Page(page.url, value)))
