"""TRS WCM: `createPageHTML(9, 0, "index", "html")` counts from zero: `index_1.html` is page two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.discovery.page import Page

NAME = "trs"
_CALL = re.compile(
    r"createPageHTML\(\s*[\"']?([\w$]+)[\"']?\s*,\s*[\"']?([\w$]+)[\"']?\s*,\s*[\"']([\w./-]+)[\"']\s*,\s*[\"'](\w+)[\"']"
)


def read(page: Page, state: Mapping[str, str]) -> Listing | None:  # noqa: ARG001 - one interface
    """Read the pager's call; the links themselves stand in the markup."""
    call = _CALL.search(page.text)
    if call is None:
        return None
    total = number_of(page, call[1])
    if total is None:
        return None
    prefix, suffix = call[3], call[4]
    names = [f"{prefix}_{number}.{suffix}" for number in range(1, min(total, MOST_PAGES))]
    urls = [page.absolute(name) for name in names]
    return Listing(further=tuple(Further(url) for url in urls if url and url != page.url))


def number_of(page: Page, word: str) -> int | None:
    """A number, or the number a script gives this name."""
    if word.isdigit():
        return int(word)
    given = re.search(rf"\b{re.escape(word)}\s*=\s*[\"']?(\d+)", page.text)
    return int(given[1]) if given else None
