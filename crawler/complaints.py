"""What could not be had of a portal, in the words of the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.ask import Ask

_WORDS = {
    "challenge": "answers with a challenge for browsers, which is not worked around",
    "block": "turns us away (a page that blocks robots or frequent visitors)",
    "login": "asks to log in",
    "maintenance": "is being maintained",
    "empty shell": "holds nothing without its scripts, and no browser could fill it",
    "soft 404": "says that it does not exist, with status 200 (soft 404)",
}


def complaint(ask: Ask, reason: str) -> str:
    """One line on what could not be had."""
    if reason.startswith("robots.txt") or ask.url in reason:
        return reason
    name = {"home": "the home page", "report": "the report", "either": "the page"}
    what = {**name, "attachment": "the file"}.get(ask.kind, "the list")
    title = f" {ask.text}" if ask.text and ask.kind != "home" else ""
    return f"{what}{title} ({ask.url}): {_WORDS.get(reason, reason)}"
