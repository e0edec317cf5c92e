"""Lists that cut their titles at a width and do not say so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.discovery.scoring import FILE_PATH, looks_like_article
from crawler.discovery.titles import classify

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from crawler.discovery.links import Link

_ENDS = re.compile(r"(?:报告|报告书|年报|通知|公告|公示|情况|解读|[)）\]】])$")
"""How a whole title ends."""
_LEAST_WIDTH = 8
_LEAST_LINKS = 3
"""Titles of one length, none longer, from which that is the list's width."""


def marked(links: list[Link], elsewhere: AbstractSet[str]) -> list[Link]:
    """The links of a list, those that its width cut short ending in an ellipsis.

    Args:
        links: What a column's page leads to.
        elsewhere: Addresses that stand on every page of the portal.

    Returns:
        The same links; as they are where all titles of the greatest length name what they are.
    """
    titled = [link for link in links if link.url not in elsewhere and _is_article(link.url)]
    width = max((len(link.text) for link in titled), default=0)
    at = [link for link in titled if len(link.text) == width]
    texts = {link.text for link in at}
    if width < _LEAST_WIDTH or len(texts) < _LEAST_LINKS:
        return links
    if all(_ENDS.search(text) or classify(text).kind != "other" for text in texts):
        return links
    cut = set(at)
    return [replace(link, text=f"{link.text}…") if link in cut else link for link in links]


def _is_article(url: str) -> bool:
    return looks_like_article(url) and not FILE_PATH.search(url)
