"""What a title says, remembered: a list's titles are asked for again by everyone who reads it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from extract import titles

if TYPE_CHECKING:
    from extract.titles import TitleFacts

_LONG = 400
"""Characters of a title that is not worth remembering."""
_MOST = 2_000
"""Characters of a title that are read: twice as many take four times as long."""


def classify(title: str) -> TitleFacts:
    """Tell whether a title names an annual report; see `extract.titles.classify`."""
    return _remembered(title) if len(title) <= _LONG else titles.classify(title[:_MOST])


_remembered = lru_cache(maxsize=4_096)(titles.classify)
