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
_MOST_CHOICES = 60


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read where the form's pager goes on; the links themselves stand in the markup."""
    if "__VIEWSTATE" not in page.text:
        return None
    pressed = _button(page)
    if "__doPostBack" not in page.text and not pressed:
        return None
    number = int(state.get("page", "1")) + 1
    target = _next_target(page, number) or (("", "") if pressed else None)
    further = [] if state.get("chosen") or state.get("page") else _choices(page)
    if target is not None and number <= MOST_PAGES:
        kept = {"page": str(number), "chosen": state.get("chosen", "")}
        further.insert(0, _send(page, {} if target[0] else pressed, target, kept))
    return Listing(further=tuple(one for one in further if len(one.body) <= _MOST_STATE))


def _send(
    page: Page, chosen: Mapping[str, str], target: tuple[str, str], state: Mapping[str, str]
) -> Further:
    """The form sent back, as it stands but for what was chosen."""
    fields = {
        str(field.get("name")): str(field.get("value") or "")
        for field in page.tree.xpath("//form//input[@type='hidden' or @type='text'][@name]")
    }
    for option in page.tree.xpath("//form//select[@name]/option[@selected]"):
        fields[str(option.getparent().get("name"))] = str(option.get("value") or "")
    fields |= {**chosen, "__EVENTTARGET": target[0], "__EVENTARGUMENT": target[1]}
    action = next(iter(page.tree.xpath("//form[.//input[@name='__VIEWSTATE']]/@action")), "")
    return Further(
        page.absolute(str(action)) or page.url, "POST", urlencode(fields).encode(), dict(state)
    )


def _choices(page: Page) -> list[Further]:
    """The list of each unit or year of a menu that sends the form back when it changes."""
    found: list[Further] = []
    for menu in page.tree.xpath("//form//select[@name][contains(@onchange,'__doPostBack')]"):
        event = _POST_BACK.search(menu.get("onchange").replace("\\'", "'"))
        if event is None:
            continue
        options = [one for one in menu.iter("option") if one.get("selected") is None]
        for option in options[:_MOST_CHOICES]:
            value = str(option.get("value") or "")
            if value:
                chosen = {str(menu.get("name")): value}
                found.append(_send(page, chosen, (event[1], event[2]), {"chosen": value}))
    return found


def _next_target(page: Page, number: int) -> tuple[str, str] | None:
    """The event of 下一页, else of the next number, which an ellipsis may stand for."""
    events: list[tuple[str, tuple[str, str]]] = []
    for anchor in page.tree.xpath("//a[contains(@href,'__doPostBack')]"):
        found = _POST_BACK.search(anchor.get("href"))
        if found:
            events.append(("".join(anchor.text_content().split()), (found[1], found[2])))
    named = [event for text, event in events if _NEXT.match(text)]
    named += [event for text, event in events if text in {str(number), f"第{number}页"}]
    named += [event for _, event in events if event[1] == f"Page${number}"]
    return named[0] if named else None


def _button(page: Page) -> dict[str, str]:
    """The button 下一页 as a field of its form, empty where there is none to press."""
    for button in page.tree.xpath("//form//input[@type='submit'][@name][not(@disabled)]"):
        if _NEXT.match("".join((button.get("value") or "").split())):
            return {str(button.get("name")): str(button.get("value"))}
    return {}
