"""Families of content-management systems, told by what a page holds, never by its host.

Each module has `NAME` and `read(page, state) -> Listing | None`: None where the page is not of
that family. A new family is one more module in `FAMILIES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from crawler.families import (
    aspnet,
    calls,
    encoded,
    ewb,
    gkmlpt,
    jpaas,
    jpage,
    json_list,
    openness,
    trs,
    uuid_shtml,
    vsb,
)
from crawler.families.model import Further, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.discovery.page import Page

__all__ = ["FAMILIES", "OF_ARTICLES", "Family", "Further", "Listing", "read"]


class Family(Protocol):
    """What a family's module offers."""

    NAME: str

    def read(self, page: Page, state: Mapping[str, str]) -> Listing | None:
        """Read a page of a list; None where the page is not of this family."""
        ...


FAMILIES: tuple[Family, ...] = (
    jpage,
    jpaas,
    trs,
    uuid_shtml,
    gkmlpt,
    openness,
    vsb,
    ewb,
    aspnet,
    encoded,
    calls,
    json_list,  # last: any JSON with titles and addresses
)

OF_ARTICLES: tuple[Family, ...] = (trs, uuid_shtml)
"""Those whose pagers divide articles too."""


def read(
    page: Page, state: Mapping[str, str], families: Sequence[Family] = FAMILIES
) -> tuple[str, Listing] | None:
    """Read a page by the first family that knows it."""
    for family in families:
        listing = family.read(page, state)
        if listing is not None:
            return family.NAME, listing
    return None
