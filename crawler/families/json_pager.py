"""Where a list of JSON goes on: the page's number in its address, its form or its JSON body."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.families.model import MOST_PAGES, Further

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.discovery.page import Page

NAME = "json-pager"
_PAGE = re.compile(
    r"(?:page|page_?(?:no|num|index|number)|cur(?:rent)?_?page(?:no)?|current|page_?current|pn|p)0?",
    re.IGNORECASE,
)
_START = re.compile(r"start(?:record|row|index)?|offset|skip|begin|first", re.IGNORECASE)
_END = re.compile(r"end(?:record|row|index)?", re.IGNORECASE)
_TOTAL = re.compile(
    r"total|(?:total|record|row|all)_?(?:s|count|num|record|records|row|rows|elements|number)|count",
    re.IGNORECASE,
)
_PAGES = re.compile(r"pages|total_?pages?|page_?(?:count|total|sum)|last_?page", re.IGNORECASE)
_DEPTH = 3
_Fields = list[tuple[str, Any]]


def onward(page: Page, value: Any, state: Mapping[str, str]) -> tuple[Further, ...]:
    """Ask for the page after this one, unless the answer says that it is the last, or repeats.

    Args:
        page: The answer; its address is the one asked.
        value: What the JSON holds.
        state: The request's `method` and `body`, and what this function gave the last one.
    """
    count = _longest(value, 0)
    if "method" not in state or not count:
        return ()
    mark = hashlib.sha256(page.text.encode()).hexdigest()[:16]
    asked = int(state.get("pages", "0")) + 1
    seen = int(state.get("seen", "0")) + count
    total, pages = _named(value, _TOTAL, 0), _named(value, _PAGES, 0)
    known = total is not None or pages is not None
    done = (total is not None and seen >= total) or (
        total is None and pages is not None and asked >= pages
    )
    known = known or count == _wanted(page.url)
    if mark == state.get("mark") or done or asked >= MOST_PAGES or not known:
        return ()
    kept = {"family": NAME, "mark": mark, "seen": str(seen), "pages": str(asked)}
    made = _next(page.url, state, count)
    return (Further(made[0], state["method"], made[1], kept),) if made else ()


def _wanted(url: str) -> int | None:
    """How many records an address asks for by the numbers of the first and of the last."""
    fields = parse_qsl(urlsplit(url).query)
    first = next((value for name, value in fields if _START.fullmatch(name)), "")
    last = next((value for name, value in fields if _END.fullmatch(name)), "")
    return int(last) - int(first) + 1 if _is_number(first) and _is_number(last) else None


def _next(url: str, state: Mapping[str, str], count: int) -> tuple[str, bytes] | None:
    parts = urlsplit(url)
    fields: _Fields = list(parse_qsl(parts.query, keep_blank_values=True))
    moved = _moved(fields, count)
    if moved is not None:
        return urlunsplit(parts._replace(query=urlencode(moved))), state.get("body", "").encode()
    body = state.get("body", "")
    try:
        sent = json.loads(body) if body[:1] == "{" else None
    except ValueError:
        return None
    if isinstance(sent, dict):
        moved = _moved(list(sent.items()), count)
        return (url, json.dumps(dict(moved), ensure_ascii=False).encode()) if moved else None
    moved = _moved(list(parse_qsl(body, keep_blank_values=True)), count)
    return (url, urlencode(moved).encode()) if moved else None


def _moved(fields: Sequence[tuple[str, Any]], count: int) -> _Fields | None:
    """The fields with the number of the page, or the first record, moved on; None without one."""
    for names, step in ((_PAGE, 1), (_START, count)):
        if not any(names.fullmatch(name) and _is_number(value) for name, value in fields):
            continue
        return [
            (name, _plus(value, step) if names.fullmatch(name) or _moves(name, names) else value)
            for name, value in fields
        ]
    return None


def _moves(name: str, names: re.Pattern[str]) -> bool:
    """Whether a field is the end of the records that are asked for by their numbers."""
    return names is _START and bool(_END.fullmatch(name))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | str) and bool(re.fullmatch(r"\d{1,9}", str(value)))


def _plus(value: Any, step: int) -> Any:
    if not _is_number(value):
        return value
    return value + step if isinstance(value, int) else str(int(value) + step)


def _longest(value: Any, depth: int) -> int:
    """The number of entries of the longest list of objects."""
    if depth > _DEPTH:
        return 0
    if isinstance(value, dict):
        return max((_longest(inner, depth + 1) for inner in value.values()), default=0)
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return len(value)
    return 0


def _named(value: Any, names: re.Pattern[str], depth: int) -> int | None:
    """The number that a key of one of these names holds, the outermost first."""
    if depth > _DEPTH or not isinstance(value, dict):
        return None
    for key, inner in value.items():
        if names.fullmatch(str(key)) and _is_number(inner):
            return int(inner)
    inner_values = [_named(inner, names, depth + 1) for inner in value.values()]
    return next((one for one in inner_values if one is not None), None)
