"""Lists of `<uuid>.shtml`: `createPageHTML('page_div', 10, 1, 'xlist', 'shtml', 189)`.

The same function name as TRS with other arguments: a container first, pages counted from one;
page N is `xlist_N.shtml`, N from 2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.families.model import MOST_PAGES, Further, Listing
from crawler.families.trs import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.discovery.page import Page

NAME = "uuid-shtml"
_CALL = re.compile(
    r"createPageHTML\(\s*['\"][\w#.-]+['\"]\s*,\s*['\"]?([\w$]+)['\"]?\s*,\s*['\"]?[\w$]+['\"]?\s*,"
    r"\s*['\"]([\w./-]+)['\"]\s*,\s*['\"](\w+)['\"]"
)


def read(page: Page, state: Mapping[str, str]) -> Listing | None:  # noqa: ARG001 - one interface
    """Read the pager's call; the links themselves stand in the markup."""
    call = _CALL.search(page.text)
    if call is None:
        return None
    total, prefix, suffix = number_of(page, call[1]), call[2], call[3]
    if total is None:
        return None
    names = [f"{prefix}_{number}.{suffix}" for number in range(2, min(total, MOST_PAGES) + 1)]
    urls = [page.absolute(name) for name in names]
    return Listing(further=tuple(Further(url) for url in urls if url and url != page.url))
