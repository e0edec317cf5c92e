"""ASP.NET: a further page is asked by sending the form back, `__doPostBack('Pager','2')`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.discovery.page import Page

NAME = "aspnet"
_POST_BACK = re.compile(
    r"__doPostBack\(\s*\\?'([\w$:.-]{1,120})\\?'\s*,\s*\\?'([\w$-]{0,40})\\?'\s*\)"
)
_NEXT = re.compile(r"^(?:下一?页|后一?页|next|>|›)$", re.IGNORECASE)
_MOST_STATE = 500_000


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read where the form's pager goes on; the links themselves stand in the markup."""
    if "__VIEWSTATE" not in page.text or "__doPostBack" not in page.text:
        return None
    number = int(state.get("page", "1")) + 1
    target = _next_target(page, number)
    if target is None or number > MOST_PAGES:
        return Listing()
    fields = {
        str(field.get("name")): str(field.get("value") or "")
        for field in page.tree.xpath("//form//input[@type='hidden'][@name]")
    }
    fields |= {"__EVENTTARGET": target[0], "__EVENTARGUMENT": target[1]}
    body = urlencode(fields).encode()
    if len(body) > _MOST_STATE:
        return Listing()
    action = next(iter(page.tree.xpath("//form[.//input[@name='__VIEWSTATE']]/@action")), "")
    url = page.absolute(str(action)) or page.url
    return Listing(further=(Further(url, "POST", body, {"page": str(number)}),))


def _next_target(page: Page, number: int) -> tuple[str, str] | None:
    """The event of 下一页, else of the next number."""
    events: dict[str, tuple[str, str]] = {}
    for anchor in page.tree.xpath("//a[contains(@href,'__doPostBack')]"):
        found = _POST_BACK.search(anchor.get("href"))
        if found:
            events.setdefault("".join(anchor.text_content().split()), (found[1], found[2]))
    named = next((event for text, event in events.items() if _NEXT.match(text)), None)
    return named or events.get(str(number))
