"""Guangdong's disclosure platform: an application at `/gkmlpt/index#721` over a JSON directory.

`/gkmlpt/api/all/<category>?page=<n>&sid=<SID>` answers `{"total", "articles": [...]}`, a hundred a
page; a unit's own site below the government's has a directory of its own. The SID stands in
`window._CONFIG`; the category is the fragment of the address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from crawler.discovery.scoring import promise
from crawler.families.json_list import entry, load
from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.discovery.page import Page

NAME = "gkmlpt"
_SID = re.compile(r"""['"]?SID['"]?\s*[:=]\s*['"]?([\w-]{1,40})""", re.IGNORECASE)
_PER_PAGE = 100
_ENTRY = re.compile(r"[{,]([^{}\[\]]{1,600}+)")
"""What an object of a tree says itself, before its children."""
_PAIR = re.compile(
    r"""['"]?\b([A-Za-z_]{1,30}+)['"]?\s{0,4}:\s{0,4}("[^"]{0,200}+"|'[^']{0,200}+'|\d{1,9})"""
)
_NAMES = ("name", "title", "label", "text")
_MOST_CATEGORIES = 20


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read the application's page (ask its directory) or an answer of the directory."""
    if "/gkmlpt/api/" in page.url:
        return _directory(page)
    site, directory, _ = urlsplit(page.url).path.partition("/gkmlpt")
    if not directory or "_CONFIG" not in page.text:
        return None
    sid = _SID.search(page.text)
    if sid is None:
        return None
    category = state.get("fragment", "").strip("#/")
    numbers = [category] if category.isdigit() else _of_reports(page) or ["0"]
    urls = [
        page.absolute(f"{site}/gkmlpt/api/all/{number}?page=1&sid={sid[1]}") for number in numbers
    ]
    return Listing(further=tuple(Further(url) for url in urls if url))


def _of_reports(page: Page) -> list[str]:
    """The categories of the application's own menu that are called 政府信息公开年报."""
    found: dict[str, None] = {}
    for named in _ENTRY.finditer(page.scripts):
        pairs = {key.lower(): word.strip("'\"") for key, word in _PAIR.findall(named.group())}
        number = pairs.get("id") or pairs.get("cid") or pairs.get("classify_id") or ""
        name = next((pairs[key] for key in _NAMES if key in pairs), "")
        name = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), name)
        promised = promise(name, page.url, "hub") if number.isdigit() else None
        if promised and promised.kind == "column":
            found[number] = None
    return list(found)[:_MOST_CATEGORIES]


def _directory(page: Page) -> Listing | None:
    value = load(page.text)
    if not isinstance(value, dict) or not isinstance(value.get("articles"), list):
        return None
    records = [record for record in value["articles"] if isinstance(record, dict)]
    links = tuple(link for record in records if (link := entry(page, record, NAME)))
    total = str(value.get("total", ""))
    size = len(records) or _PER_PAGE  # a hundred, or what the server gives of them
    pages = -(-int(total) // size) if re.fullmatch(r"\d{1,6}", total) else 1
    number = parse_qs(urlsplit(page.url).query).get("page", ["1"])[0]
    if number != "1":
        return Listing(links)
    urls = [re.sub(r"([?&]page=)\d+", rf"\g<1>{n}", page.url) for n in range(2, pages + 1)]
    return Listing(links, tuple(Further(url) for url in urls[: MOST_PAGES - 1]))
