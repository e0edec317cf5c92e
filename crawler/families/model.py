"""What a family of content-management systems reads from a page of a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.discovery.links import Link

MOST_PAGES = 200
"""Pages of one list at most: a pager that claims more is broken or hostile."""


@dataclass(frozen=True, slots=True)
class Further:
    """Where a list goes on: an address to ask, and what its answer must be read with."""

    url: str
    method: str = "GET"
    body: bytes = b""
    state: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """The links a family reads where plain reading does not see them, and where the list goes on.

    `state` of a `Further` comes back with its answer, so that a list whose server repeats itself
    can be told from one that goes on.
    """

    links: tuple[Link, ...] = ()
    further: tuple[Further, ...] = ()
