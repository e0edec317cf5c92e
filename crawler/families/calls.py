"""Pagers whose controls call a function of the page: `goPage(2)` sends a form, or goes somewhere.

The list itself counts as page one. The function is read, never run: the address it puts together
from its argument, or the field of the form that it sets to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crawler.discovery.handlers import leads
from crawler.discovery.page import squeeze
from crawler.discovery.pager import is_pager_text, pages_named
from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.html import HtmlElement

    from crawler.discovery.page import Page

NAME = "calls"
_CALL = re.compile(
    r"\b([A-Za-z_$][\w$]{0,40})\(((?:\s*'[^']{0,80}'\s*,){0,3})\s*['\"]?(\d{1,4})['\"]?\s*([,)])"
)
_MOST_BODY = 1_500
_MOST_CONTROLS = 60


def read(page: Page, state: Mapping[str, str]) -> Listing | None:  # noqa: ARG001 - one interface
    """Read what the pager's function does; the links themselves stand in the markup."""
    if not page.is_markup or not page.scripts:
        return None
    call, last = _called(page)
    ask = call and (_going(page, call) or _sending(page, call))
    if not ask:
        return None
    count = min(max(last, pages_named(page)), MOST_PAGES)
    asked = [found for number in range(2, count + 1) if (found := ask(number))]
    return Listing(further=tuple(one for one in asked if one.url != page.url or one.body))


def _called(page: Page) -> tuple[str, int]:
    """The call that the pager's controls make, a NUL for the number, and its highest number."""
    calls: dict[str, int] = {}
    controls = page.tree.xpath("//*[@onclick] | //a[starts-with(@href,'javascript:')]")
    for control in controls[-_MOST_CONTROLS:]:
        if not is_pager_text(squeeze(control.get("value") or control.text_content())):
            continue
        code = f"{control.get('onclick') or ''};{control.get('href') or ''}"
        found = _CALL.search(code)
        if found and found[1] != "void":
            rest = code[found.end() : found.end() + 80].partition(")")[0] if found[4] == "," else ""
            call = f"{found[1]}({found[2]}\0{',' + rest if rest else ''})"
            calls[call] = max(calls.get(call, 0), int(found[3]))
    return max(calls.items(), key=lambda call: call[1], default=("", 0))


def _going(page: Page, call: str) -> Callable[[int], Further | None] | None:
    """Where the function goes, or what it loads, with a number as its argument."""

    def ask(number: int) -> Further | None:
        found = leads(page, call.replace("\0", str(number)))
        return Further(found[0].url) if found else None

    one, two = ask(2), ask(3)
    return ask if one and two and one != two else None


def _sending(page: Page, call: str) -> Callable[[int], Further | None] | None:
    """Which form the function sends, with which of its fields set to the argument."""
    name = call.partition("(")[0]
    body = re.search(
        rf"function\s+{re.escape(name)}\s*\(\s*([\w$]+)[\w$,\s]*\)\s*\{{"
        rf"|\b{re.escape(name)}\s*=\s*function\s*\(\s*([\w$]+)[\w$,\s]*\)\s*\{{",
        page.scripts,
    )
    if body is None:
        return None
    code = page.scripts[body.end() : body.end() + _MOST_BODY].split("function", 1)[0]
    argument = body[1] or body[2]
    field = re.search(
        r"([\w$-]{1,60})['\"]?\s*[\])]{0,2}(?:\[0\])?\s*\.\s*"
        rf"(?:value\s*=\s*{re.escape(argument)}\b|val\(\s*{re.escape(argument)}\s*\))",
        code,
    )
    if field is None or "submit" not in code:
        return None
    for form in page.tree.iter("form"):
        values = {str(one.get("name")): str(one.get("value") or "") for one in _inputs(form)}
        names = {one.get("id"): str(one.get("name")) for one in _inputs(form)}
        filled = field[1] if field[1] in values else names.get(field[1])
        if filled:
            return lambda number: _send(page, form, values | {filled: str(number)})
    return None


def _inputs(form: HtmlElement) -> list[HtmlElement]:
    found: list[HtmlElement] = form.xpath(
        ".//input[@name][not(@type='submit' or @type='button' or @type='image')]"
    )
    return found


def _send(page: Page, form: HtmlElement, values: Mapping[str, str]) -> Further | None:
    url = page.absolute(str(form.get("action") or page.url))
    if url is None:
        return None
    body = urlencode(values)
    if (form.get("method") or "get").lower() == "post":
        return Further(url, "POST", body.encode())
    return Further(f"{url.partition('?')[0]}?{body}")
