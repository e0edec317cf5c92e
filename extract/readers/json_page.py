"""Articles that portals deliver as JSON: the text inside is read as the page it would be shown as.

An application asks for the article and puts its text, which is HTML, into the page. Where a figure
stands is told by table, row and column within that text.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from extract.model import Document
from extract.readers.html import read_html
from extract.readers.page import MOST_BYTES, TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = "application/json"
_TEXT = "the JSON holds no text of an article"
_MARKUP = re.compile(r"<(?:p|div|span|table|br|h\d|section)\b", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b", re.IGNORECASE)
_LEAST = 80
"""Characters of a text at least: shorter ones are titles, names and addresses."""
_DEEPEST = 40
_HEAD = {
    "ArticleTitle": (
        *("title", "articletitle", "infotitle", "newstitle", "maintitle", "headline", "bt"),
        "name",
    ),
    "PubDate": (
        *("pubdate", "publishdate", "publishtime", "pubtime", "releasetime", "displaytime"),
        "date",
    ),
    "ContentSource": ("source", "contentsource", "publisher", "publishorg", "infosource"),
}
"""The page's own names for what records call by one of these."""
_KNOWN = frozenset(key for keys in _HEAD.values() for key in keys)


def read_json(data: bytes) -> Document:
    """Read the article in an answer of JSON.

    The article is the string with the most table cells, else the longest with markup, else the
    longest; its title, date and source are read from the values beside it.

    Args:
        data: JSON in UTF-8, UTF-16 or UTF-32.

    Returns:
        As `read_html` for that text; a problem where there is none. Never raises.
    """
    if len(data) > MOST_BYTES:
        return Document(JSON, problems=(TOO_LARGE,))
    try:
        found = [text for text in _strings(json.loads(data)) if len(text[1]) >= _LEAST]
    except (ValueError, RecursionError):
        return Document(JSON, problems=("the JSON is damaged",))
    if not found:
        return Document(JSON, problems=(_TEXT,))
    beside, text = max(found, key=lambda each: _rank(each[1]))
    document = read_html(_page(text, beside).encode("utf-8", "replace"))
    return replace(document, media_type=JSON)


def _strings(
    value: Any, beside: dict[str, str] | None = None, depth: int = 0
) -> Iterator[tuple[dict[str, str], str]]:
    """Each string with what the records around it say of the article, the nearest first heard."""
    if isinstance(value, str):
        yield beside or {}, value
    elif depth < _DEEPEST and isinstance(value, dict):
        said = (beside or {}) | _said(value)
        for each in value.values():
            yield from _strings(each, said, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for each in value:
            yield from _strings(each, beside, depth + 1)


def _said(record: dict[str, Any]) -> dict[str, str]:
    """The values of a record under one of the names that are known."""
    named = ((key.lower().replace("_", ""), value) for key, value in record.items())
    return {k: v.strip() for k, v in named if k in _KNOWN and isinstance(v, str) and v.strip()}


def _rank(text: str) -> tuple[int, bool, int]:
    return len(_CELL.findall(text)), bool(_MARKUP.search(text)), len(text)


def _page(text: str, said: dict[str, str]) -> str:
    """The text as a page, with what the record says of it."""
    if not _MARKUP.search(text) and not _CELL.search(text):
        lines = (html.escape(line) for line in text.splitlines())
        text = "".join(f"<p>{line}</p>" for line in lines)
    head = "".join(
        f'<meta name="{name}" content="{html.escape(found)}">'
        for name, keys in _HEAD.items()
        if (found := next((said[key] for key in keys if key in said), ""))
    )
    return f"<html><head>{head}</head><body>{text}</body></html>"
