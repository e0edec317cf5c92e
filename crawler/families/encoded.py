"""Pagers and lists that stand in a page as base64, to be unpacked by its script."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from crawler.discovery.links import Link, page_links
from crawler.discovery.page import Page
from crawler.discovery.pager import pager_links
from crawler.families.json_list import load
from crawler.families.json_list import read as read_json
from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "encoded"
_CODED = re.compile(r"""["'>]([A-Za-z0-9+/_-]{24,200000}={0,2})["'<]""")
_MOST_CODED = 40
_NUMBER_HERE = re.compile(
    r"\{\s*(?:n|no|num|page|pageno|pageindex|index|p|i|0)\s*\}|\$\{\w{1,20}\}|%d|\[page\]|#page#",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"^(?:total_?pages?|pages?|page_?count|count_?page|total|last)$", re.IGNORECASE)
_TOTAL_FIRST = ("pages", "pagecount", "totalpage", "totalpages", "page_count", "total_pages")


def read(page: Page, state: Mapping[str, str]) -> Listing | None:  # noqa: ARG001 - one interface
    """Read what is encoded: markup with links and a pager, or the pager's settings as JSON."""
    links: dict[str, Link] = {}
    further: dict[str, None] = {}
    for text in _decoded(page.text) if page.is_markup else ():
        value = load(text)
        inner = Page(page.url, text)
        if value is not None:
            further |= dict.fromkeys(_by_template(page, value))
            found = read_json(inner, {})
            links |= {link.url: link for link in (found.links if found else ())}
        elif "<a" in text:
            further |= dict.fromkeys(pager_links(inner))
            links |= {link.url: link for link in page_links(inner)}
    if not (links or further):
        return None
    further.pop(page.url, None)
    named = tuple(Link(link.url, link.text, NAME) for link in links.values())
    return Listing(named, tuple(Further(url) for url in further))


def _decoded(text: str) -> Iterator[str]:
    """The texts that stand in a page as base64, as far as they read as markup or JSON."""
    for index, match in enumerate(_CODED.finditer(text)):
        if index >= _MOST_CODED:
            return
        code = match[1].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            decoded = base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
        except (binascii.Error, ValueError):
            continue
        if decoded.lstrip()[:1] in {"{", "[", "<"}:
            yield decoded


def _by_template(page: Page, value: Any) -> Iterator[str]:
    """The addresses of a pager whose settings are a template with a gap and a number of pages."""
    if not isinstance(value, dict):
        return
    templates = [
        text for text in value.values() if isinstance(text, str) and _NUMBER_HERE.search(text)
    ]
    totals = {
        str(key).lower(): int(number)
        for key, number in value.items()
        if _TOTAL.match(str(key)) and re.fullmatch(r"\d{1,4}", json.dumps(number).strip('"'))
    }
    named = [totals[key] for key in _TOTAL_FIRST if key in totals] or list(totals.values())
    for template in templates[:1]:
        for number in range(1, min(named[0] if named else 1, MOST_PAGES) + 1):
            url = page.absolute(_NUMBER_HERE.sub(str(number), template))
            if url:
                yield url
