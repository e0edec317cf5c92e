"""Pagers whose controls call a function of the page: `goPage(2)` sends a form, or goes somewhere.

The list itself counts as page one. The function is read, never run: the address it puts together
from its argument, or the field of the form that it sets to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crawler.discovery.pager import is_pager_text, pages_named
from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.html import HtmlElement

    from crawler.discovery.page import Page

NAME = "calls"
_CALL = re.compile(r"\b([A-Za-z_$][\w$]{0,40})\(\s*['\"]?(\d{1,4})['\"]?\s*\)")
_MOST_BODY = 1_500
_MOST_CONTROLS = 60
_PIECE = re.compile(r"\s*(?:'([^'\n]{0,300})'|\"([^\"\n]{0,300})\"|([A-Za-z_$][\w$]{0,40}))\s*")
_GOES = re.compile(r"\blocation(?:\.href)?\s*=\s*|\blocation\.(?:replace|assign)\(\s*")


def read(page: Page, state: Mapping[str, str]) -> Listing | None:  # noqa: ARG001 - one interface
    """Read what the pager's function does; the links themselves stand in the markup."""
    if not page.is_markup or not page.scripts:
        return None
    name, last = _called(page)
    body = re.search(
        rf"function\s+{re.escape(name)}\s*\(\s*([\w$]+)\s*\)\s*\{{"
        rf"|\b{re.escape(name)}\s*=\s*function\s*\(\s*([\w$]+)\s*\)\s*\{{",
        page.scripts,
    )
    if not name or body is None:
        return None
    code = page.scripts[body.end() : body.end() + _MOST_BODY].split("function", 1)[0]
    argument = body[1] or body[2]
    ask = _going(page, code, argument) or _sending(page, code, argument)
    if ask is None:
        return None
    count = min(max(last, pages_named(page)), MOST_PAGES)
    asked = [found for number in range(2, count + 1) if (found := ask(number))]
    return Listing(further=tuple(one for one in asked if one.url != page.url or one.body))


def _called(page: Page) -> tuple[str, int]:
    """The function that the pager's controls call, and the highest number they give it."""
    calls: dict[str, int] = {}
    controls = page.tree.xpath("//*[@onclick] | //a[starts-with(@href,'javascript:')]")
    for control in controls[-_MOST_CONTROLS:]:
        if not is_pager_text(" ".join(control.text_content().split())):
            continue
        found = _CALL.search(f"{control.get('onclick') or ''};{control.get('href') or ''}")
        if found and found[1] != "void":
            calls[found[1]] = max(calls.get(found[1], 0), int(found[2]))
    return max(calls.items(), key=lambda call: call[1], default=("", 0))


def _going(page: Page, code: str, argument: str) -> Callable[[int], Further | None] | None:
    """Where the function goes: literals and its argument, joined by plus signs."""
    goes = _GOES.search(code)
    if goes is None:
        return None
    pieces: list[str] = []
    at = goes.end()
    while (piece := _PIECE.match(code, at)) is not None:
        if piece[3] not in {None, argument}:
            return None
        pieces.append("\0" if piece[3] else piece[1] or piece[2] or "")
        at = piece.end()
        if code[at : at + 1] != "+":
            break
        at += 1
    template = "".join(pieces)
    if "\0" not in template:
        return None

    def ask(number: int) -> Further | None:
        url = page.absolute(template.replace("\0", str(number)))
        return Further(url) if url else None

    return ask


def _sending(page: Page, code: str, argument: str) -> Callable[[int], Further | None] | None:
    """Which form the function sends, with which of its fields set to the argument."""
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
        name = field[1] if field[1] in values else names.get(field[1])
        if name:
            return lambda number: _send(page, form, values | {name: str(number)})
    return None


def _inputs(form: HtmlElement) -> list[HtmlElement]:
    found: list[HtmlElement] = form.xpath(".//input[@name][not(@type='submit')]")
    return found


def _send(page: Page, form: HtmlElement, values: Mapping[str, str]) -> Further | None:
    url = page.absolute(str(form.get("action") or page.url))
    if url is None:
        return None
    body = urlencode(values)
    if (form.get("method") or "get").lower() == "post":
        return Further(url, "POST", body.encode())
    return Further(f"{url.partition('?')[0]}?{body}")
