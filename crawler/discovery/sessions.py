"""Parameters that name a visit, or a moment, rather than a page: `?sid=9f86d081884c7d65`.

Nothing but their changing tells them from the number of a section: the home page's menu leads to
the same pages from everywhere, each time with another value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crawler.discovery.links import Link

_MAY_CHANGE = re.compile(
    r"\w*sess\w*|j?sid|s|token|ticket|tk|cfid|zenid|oscsid|ra?nd\w*|random|r|t|ts|_|_t|time\w*|v|nonce",
    re.IGNORECASE,
)
_LEAST = 2
"""Entries of the menu that must have changed."""
Menu = dict[tuple[str, str, str], str]
"""The values of such parameters by parameter, text and the address without them."""


def menu_of(links: Iterable[Link]) -> Menu:
    """What the links of a page hold of parameters that may change from visit to visit."""
    found: Menu = {}
    for link in links:
        bare = of_no_visit(link.url)
        for name, value in _named(link.url).items() if bare != link.url else ():
            found.setdefault((name, link.text, bare), value)
    return found


def changing(before: Menu, now: Menu) -> set[str]:
    """The parameters that have another value in every entry that two pages share."""
    shared = before.keys() & now.keys()
    same = {key[0] for key in shared if before[key] == now[key]}
    other = [key[0] for key in shared if before[key] != now[key]]
    return {name for name in other if name not in same and other.count(name) >= _LEAST}


def without(url: str, names: Collection[str]) -> str:
    """An address without these parameters."""
    parts = urlsplit(url)
    if not parts.query:
        return url
    kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in names]
    return urlunsplit(parts._replace(query="&".join(kept)))


def of_no_visit(url: str) -> str:
    """An address without whatever may name a visit, for comparing what two visits were shown."""
    return without(url, _named(url).keys()) if "?" in url else url


def _named(url: str) -> Mapping[str, str]:
    pairs = (pair.partition("=") for pair in urlsplit(url).query.split("&"))
    return {name: value for name, _, value in pairs if value and _MAY_CHANGE.fullmatch(name)}
