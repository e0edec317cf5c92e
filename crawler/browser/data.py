"""The data that a rendered page asks for: which requests those are, and whether it changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crawler.discovery.links import page_links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Request as BrowserRequest

    from crawler.discovery.page import Page

_DATA = {"xhr", "fetch"}
_MOMENT = re.compile(
    r"(?<=[?&])((?:_|_?t|ts|time|timestamp|rand|random|rnd|r|v|nocache|date)=)"
    r"(?:1\d{9}|1\d{12}|0\.\d{5,})(?=&|$)",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[?&](?:sign|signature|token)=", re.IGNORECASE)
_NO_WORDS = re.compile(r"[\d\s:.,+/TZ-]*\Z")
_MOST_DEPTH = 12


def is_data(wanted: BrowserRequest) -> bool:
    """Whether a page's script asks for data; JSONP comes as a script."""
    path, _, query = wanted.url.partition("?")
    padded = wanted.resource_type == "script" and bool(query) and not path.endswith(".js")
    return padded or wanted.resource_type in _DATA


def without_moment(url: str) -> str:
    """An address without the time that only keeps caches away: the same in every run."""
    return url if _SIGNED.search(url) else _MOMENT.sub(r"\g<1>0", url)


def same_substance(one: Page, other: Page) -> bool:
    """Whether two answers say the same, whatever else in them varies: a time, a counter."""
    if one.value is None or other.value is None:
        return bool(set(page_links(one)) == set(page_links(other)))
    return set(_words(one.value)) == set(_words(other.value))


def _words(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts of JSON data but for dates and times."""
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, str) and not _NO_WORDS.match(value):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _words(inner, depth + 1)
