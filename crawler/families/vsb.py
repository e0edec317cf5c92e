"""VSB: further pages of a list count down.

`js.htm` holds the newest, `js/6.htm` is page two, `js/1.htm` the last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discovery.links import page_links
from crawler.discovery.scoring import looks_like_article
from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.discovery.page import Page

NAME = "vsb"
_MARKS = re.compile(
    r"_vsb_|v_news_content|vsb_content|/system/resource/js/|VSB|SUDY_NOT_VSB|/info/\d+/\d+\.htm"
)


def read(page: Page, state: Mapping[str, str]) -> Listing | None:  # noqa: ARG001 - one interface
    """Read the highest page number the pager names and count down from it.

    The pager's markup names only some of the pages (first, next, last).
    """
    path = urlsplit(page.url).path
    if not path.endswith(".htm") or looks_like_article(page.url) or not _MARKS.search(page.text):
        return None
    folder = re.sub(r"(?:/\d+)?\.htm$", "", path)
    pattern = re.compile(rf"{re.escape(folder)}/(\d{{1,4}})\.htm$")
    named = [pattern.search(urlsplit(link.url).path) for link in page_links(page)]
    numbers = [int(match[1]) for match in named if match]
    if not numbers:
        return None
    highest = min(max(numbers), MOST_PAGES)
    urls = [page.absolute(f"{folder}/{number}.htm") for number in range(highest, 0, -1)]
    return Listing(further=tuple(Further(url) for url in urls if url and url != page.url))
