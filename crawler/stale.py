"""The forms of a list that is as it was: they differ by tokens from those an earlier run sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler import families

if TYPE_CHECKING:
    from crawler.ask import Ask
    from crawler.discovery.page import Page

Request = tuple[str, bytes]


def with_former(ask: Ask, page: Page, before: Page | None, asks: list[Ask]) -> list[Ask]:
    """Tell each form of a list what an earlier run sent in its place, so that it may wait.

    Args:
        ask: What was asked.
        page: The answer.
        before: The answer of an earlier run, with the same links; None where there is none.
        asks: What is to be asked next.
    """
    if before is None or not any(one.method == "POST" for one in asks):
        return asks
    now, then = _forms(ask, page), _forms(ask, before)
    if len(now) != len(then):
        return asks
    former = dict(zip(now, then, strict=True))
    return [
        replace(one, former=former.get((one.url, one.body))) if one.method == "POST" else one
        for one in asks
    ]


def _forms(ask: Ask, page: Page) -> list[Request]:
    asked = {"method": ask.method, "body": ask.body.decode("utf-8", "replace")}
    known = families.read(page, {**asked, **ask.state})
    further = known[1].further if known else ()
    return [(one.url, one.body) for one in further if one.method == "POST"]
