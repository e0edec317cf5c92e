"""From an ask to Scrapy's request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

if TYPE_CHECKING:
    from crawler.ask import Ask

PAGE_LIMIT = 8 * 1024 * 1024
"""Bytes of a page at most; files have the limit of the settings."""
LEAST_DELAY = 0.001
"""Seconds: without any delay Scrapy sends all that waits for a host at once."""
BROWSER_SLOT = "browser"
"""The browser's place in the downloader: a page being rendered must not hold its host's place."""
_FORM = "application/x-www-form-urlencoded; charset=UTF-8"


def request_for(ask: Ask, **more: Any) -> Request:
    """Make the request of an ask; `more` goes to Scrapy's Request."""
    headers: dict[str, str] = {}
    if ask.method == "POST":
        headers["Content-Type"] = "application/json" if ask.body[:1] == b"{" else _FORM
    meta: dict[str, Any] = {"ask": ask}
    if ask.render:
        meta["download_slot"] = BROWSER_SLOT
    if ask.kind not in {"attachment", "report"}:
        meta["download_maxsize"] = PAGE_LIMIT
    return Request(
        ask.url,
        method=ask.method,
        body=ask.body,
        headers=headers,
        priority=ask.score,
        meta=meta,
        dont_filter=True,  # the explorer knows what was asked; a redirect must not vanish
        **more,
    )
