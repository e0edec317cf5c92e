"""Words and numbers as the pages print them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_KILO = 1024


def when(text: str | None) -> str:
    """`2026-11-20T06:46:35Z` as `2026-11-20 06:46:35 UTC`."""
    return text.replace("T", " ").replace("Z", " UTC") if text else ""


def size(count: int | None) -> str:
    """Bytes for people."""
    if count is None:
        return ""
    if count < _KILO:
        return f"{count} B"
    if count < _KILO * _KILO:
        return f"{count / _KILO:.0f} KB"
    return f"{count / _KILO / _KILO:.1f} MB"


def grouped(value: float | None) -> str:
    """A count with thin spaces between thousands."""
    return "" if value is None else f"{value:,}".replace(",", "\u2009")


FILTERS: dict[str, Callable[..., Any]] = {"when": when, "size": size, "grouped": grouped}
