"""EWB: a JSON directory asked by POST, `{project}/rest/lightfrontaction/getgovinfolist`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from crawler.families.json_list import load
from crawler.families.json_list import read as read_json
from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.discovery.page import Page

NAME = "ewb"
_ENDPOINT = re.compile(r"""["']([^"'\s]*rest/lightfrontaction/getgovinfolist)["']""", re.IGNORECASE)
_PARAMETER = re.compile(
    r"""\b(deptcode|categorynum|siteGuid)\b['"]?\s*[:=]\s*['"]([\w-]{1,80})['"]""", re.IGNORECASE
)
_NAMES = ("lightfrontaction", "lightFrontAction", "LightFrontAction")
_PER_PAGE = 50
_SECOND = 2


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read a page that names the directory (ask for its first page) or an answer of it."""
    if state.get("family") == NAME:
        return _answer(page, state)
    there = any(name in page.text for name in _NAMES)  # far cheaper than the pattern
    endpoint = _ENDPOINT.search(page.text) if there else None
    if endpoint is None:
        return None
    named = {key.lower(): value for key, value in _PARAMETER.findall(page.text)}
    if "siteguid" not in named:
        return None
    url = page.absolute(_project(page.text, endpoint) + endpoint[1])
    return Listing(further=(_ask(url, named, 0, ""),)) if url else None


def _project(text: str, endpoint: re.Match[str]) -> str:
    """What the script puts before the endpoint: `siteInfo.projectName + '/rest/…'`."""
    before = re.search(
        r"([\w$]{1,40})\s*\+\s*$", text[max(endpoint.start() - 80, 0) : endpoint.start()]
    )
    named = before and re.search(
        rf"\b{re.escape(before[1])}['\"]?\s*[:=]\s*['\"]([\w./-]{{1,80}})['\"]", text
    )
    return named[1] if named else ""


def _answer(page: Page, state: Mapping[str, str]) -> Listing | None:
    if load(page.text) is None:
        return None
    listing = read_json(page, {}) or Listing()
    mark = "|".join(link.url for link in listing.links)
    number = int(state["page"]) + 1
    # Some count from one: their page 0 is empty, or page 1 again.
    first = number == 1 if not listing.links else number == _SECOND
    ended = not listing.links or mark == state["mark"]
    if (ended and not first) or number >= MOST_PAGES:
        return listing
    return Listing(listing.links, (_ask(page.url, state, number, mark),))


def _ask(url: str, named: Mapping[str, str], number: int, mark: str) -> Further:
    state = {
        "family": NAME,
        "deptcode": named.get("deptcode", ""),
        "categorynum": named.get("categorynum", ""),
        "siteguid": named["siteguid"],
        "page": str(number),
        "mark": mark,
    }
    body = {
        "deptcode": state["deptcode"],
        "categorynum": state["categorynum"],
        "siteGuid": state["siteguid"],
        "pageIndex": number,
        "pageSize": _PER_PAGE,
    }
    return Further(url, "POST", json.dumps(body).encode(), state)
