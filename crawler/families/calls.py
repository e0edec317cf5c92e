"""Pagers whose controls call a function of the page: `goPage(2)` sends a form, or goes somewhere.

The list itself counts as page one. The function is read, never run: the address it puts together
from its argument, or the field of the form that it sets to it. So is a form's menu of years or
units: each of them is asked for once.
"""

from __future__ import annotations

import re
from dataclasses import replace
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
_NAMED = re.compile(r"\b([A-Za-z_$][\w$]{0,40})\(")
_EVERYTHING = re.compile(r"全部|所有|请选择|不限")
_CHOICE = re.compile(
    r"^(?:(?:全部|所有|请选择|不限).{0,6}|20[0-4]\d\s*年?度?(?:年报)?"
    r"|.{0,24}(?:政府|局|委|委员会|办|办公室|街道|办事处|镇|乡|管委会|中心|部门|院|厅))$"
)
_PAGE_FIELD = re.compile(
    r"(?:page|page_?(?:no|num|index|number)|cur(?:rent)?_?page(?:no)?|pn|p)", re.IGNORECASE
)
_MOST_CHOICES = 60
_MOST_BODY = 1_500
_MOST_CONTROLS = 60


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read what the pager's function does; the links themselves stand in the markup."""
    if not page.is_markup:
        return None
    call, last = _called(page) if page.scripts else ("", 0)
    ask = call and (_going(page, call) or _sending(page, call))
    count = min(max(last, pages_named(page)), MOST_PAGES)
    kept = {"chosen": state.get("chosen", "")}
    asked = [replace(one, state=kept) for n in range(2, count + 1) if ask and (one := ask(n))]
    asked += _choices(page, state.get("chosen", ""))
    if not asked:
        return None
    return Listing(further=tuple(one for one in asked if one.url != page.url or one.body))


def _choices(page: Page, chosen: str) -> list[Further]:
    """The list of each year or unit of a menu whose form is sent when it changes, or by a button.

    A menu of anything else belongs to a search. Of two menus the second is chosen from after the
    first, so that every unit of every year is asked for.
    """
    menus = [menu for menu in page.tree.iter("select") if _divides(page, menu)]
    names = [str(menu.get("name")) for menu in menus]
    before = [name for name in names if f";{name}=" in chosen]
    found: list[Further] = []
    for menu in menus[names.index(before[-1]) + 1 if before else 0 :]:
        form = next(menu.iterancestors("form"))
        values = _values(form)
        values |= {key: "1" for key in values if _PAGE_FIELD.fullmatch(key)}
        for option in list(menu.iter("option"))[:_MOST_CHOICES]:
            choice = {str(menu.get("name")): str(option.get("value"))}
            sent = _send(page, form, values | choice)
            if sent and option.get("value") and option is not _selected(menu):
                kept = {"chosen": f"{chosen};{menu.get('name')}={option.get('value')}"}
                found.append(replace(sent, state=kept))
    return found


def _divides(page: Page, menu: HtmlElement) -> bool:
    """Whether a menu of a form shows one year or unit at a time."""
    form = next(menu.iterancestors("form"), None)
    code = menu.get("onchange") or ""
    if form is None or not menu.get("name") or "__VIEWSTATE" in page.text or leads(page, code, "1"):
        return False
    sends = form.xpath(".//input[@type='submit' or @type='image'] | .//button")
    if not (sends or "submit" in code or "submit" in _body_of(page, code)):
        return False
    chosen = _selected(menu)
    if chosen is None or not chosen.get("value") or _EVERYTHING.match(_said(chosen)):
        return False
    return all(_CHOICE.match(_said(one)) or not one.get("value") for one in menu.iter("option"))


def _selected(menu: HtmlElement) -> HtmlElement | None:
    """The option that is chosen as the page stands."""
    options = list(menu.iter("option"))
    named = [one for one in options if one.get("selected") is not None]
    return (named or options or [None])[0]


def _said(option: HtmlElement) -> str:
    return squeeze(option.text_content()).strip(" -")


def _values(form: HtmlElement) -> dict[str, str]:
    """The fields of a form as they stand, menus included."""
    values = {str(one.get("name")): str(one.get("value") or "") for one in _inputs(form)}
    for menu in form.xpath(".//select[@name]"):
        chosen = _selected(menu)
        if chosen is not None:
            values[str(menu.get("name"))] = str(chosen.get("value") or "")
    return values


def _body_of(page: Page, code: str) -> str:
    """The beginning of the function that a handler calls."""
    called = _NAMED.search(code)
    at = re.search(rf"function\s+{re.escape(called[1])}\s*\(", page.scripts) if called else None
    return page.scripts[at.end() : at.end() + _MOST_BODY].split("function", 1)[0] if at else ""


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
        values = _values(form)
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
