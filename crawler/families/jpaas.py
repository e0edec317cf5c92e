"""The newest generation of jpage: `build/unit` answers `{"data": {"html": "<li>…"}}`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.discovery.links import Link, page_links
from crawler.discovery.page import Page
from crawler.families.json_list import load
from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "jpaas"
_UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_ADDRESS = re.compile(r"""["']([^"'\s]*build/unit\?[^"'\s]+)["']""")
_PARAMETER = re.compile(
    r"""\b(webId|pageId|tplSetId|tagId|parseType|pageType)\b['"]?\s*[:=]\s*['"]([\w\u4e00-\u9fff-]+)['"]"""
)
_NEEDED = {"webId", "pageId", "tplSetId", "tagId"}


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read a page that names a unit (ask its first page) or an answer of it."""
    if "build/unit" in urlsplit(page.url).path:
        return _unit(page, state)
    if "jpaas-publish-server" not in page.text and "build/unit" not in page.text:
        return None
    written = _ADDRESS.search(page.text)
    url = page.absolute(written[1].replace("&amp;", "&")) if written else _from_parts(page)
    return Listing(further=(_ask(url, 1, ""),)) if url else None


def _from_parts(page: Page) -> str | None:
    named = dict(_PARAMETER.findall(page.text))
    if not named.keys() >= _NEEDED:
        return None
    fixed = {"parseType": "bulidstatic", "pageType": "column", **named}
    return page.absolute(f"{_UNIT}?{urlencode(fixed)}")


def _unit(page: Page, state: Mapping[str, str]) -> Listing | None:
    value = load(page.text)
    data = value.get("data") if isinstance(value, dict) else None
    markup = data.get("html") if isinstance(data, dict) else None
    if not isinstance(markup, str):
        return None
    inner = page_links(Page(page.url, markup))
    links = tuple(Link(link.url, link.text, NAME) for link in inner)
    mark = "|".join(link.url for link in links)
    number = int(state.get("page", "1"))
    if not links or mark == state.get("mark") or number >= MOST_PAGES:
        return Listing(links)
    return Listing(links, (_ask(page.url, number + 1, mark),))


def _ask(url: str, number: int, mark: str) -> Further:
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "paramJson"]
    query.append(("paramJson", json.dumps({"pageNo": number, "pageSize": "15"})))
    address = urlunsplit(parts._replace(query=urlencode(query)))
    return Further(address, state={"page": str(number), "mark": mark})
