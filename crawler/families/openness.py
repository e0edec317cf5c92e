"""Anhui's "openness": pages of a list are counted in its address.

`/OpennessContent/showList/<unit>/<column>/page_1.html` and
`/public/column/<unit>?type=4&catId=…&action=list`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.discovery.page import Page

NAME = "openness"
_PAGED = re.compile(r"(/page_)(\d{1,4})(\.html)$")
_TOTAL = re.compile(
    r"(?:共|/)\s*(\d{1,4})\s*页|(?:total_?pages?|pageCount)['\"]?\s*[:=]\s*['\"]?(\d{1,4})",
    re.IGNORECASE,
)
_PAGE_PARAMETER = re.compile(r"([?&](?:pageIndex|page|pageNum)=)(\d{1,4})")


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read how many pages the list has; the links themselves stand in the markup."""
    parts = urlsplit(page.url)
    if not re.search(r"/openness(?:content)?/|/public/column/", parts.path, re.IGNORECASE):
        return None
    total = _TOTAL.search(page.text)
    last = min(int(total[1] or total[2]), MOST_PAGES) if total else 1
    pattern = _PAGED if _PAGED.search(parts.path) else _PAGE_PARAMETER
    if pattern is _PAGE_PARAMETER and not pattern.search(page.url):
        urls = [f"{page.url}{'&' if parts.query else '?'}pageIndex={n}" for n in range(2, last + 1)]
    else:
        tail = r"\3" if pattern is _PAGED else ""
        first = 2 if "listed" in state else 1  # the list was met without a number
        urls = [pattern.sub(rf"\g<1>{n}{tail}", page.url) for n in range(first, last + 1)]
    listed = {"listed": "yes"}
    return Listing(further=tuple(Further(url, state=listed) for url in urls if url != page.url))
