"""From what a person writes to the places it may mean, and to what it nearly means."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING

from crawler.registry.places import all_places, former, shortened

if TYPE_CHECKING:
    from crawler.registry.places import Former, Place

_AUTONOMOUS = ("自治州", "自治县", "自治旗")
_MOST_NEAR = 4
_LONGEST = 12
"""Characters of a name that are compared."""
_NEAR = 0.5
"""Share of the characters that two names must have in common."""


def named(text: str) -> list[Place]:
    """The places a name means: full names before short ones, with or without what is above.

    呼兰区, 呼兰, 哈尔滨市呼兰区, 黑龙江呼兰, 黑龙江省 哈尔滨市 呼兰区, 呼兰区人民政府 are one
    place; 南山区 is two.
    """
    text = _bare(text)
    found = [(place, _fit(place, text)) for place in all_places()]
    best = min((fit for _, fit in found if fit), default=0)
    meant = [place for place, fit in found if fit and fit == best]
    # 嘉峪关市 has no districts; the statistical office counts the city as its own.
    return meant[:1] if len({place.full_name for place in meant}) == 1 else meant


def _bare(text: str) -> str:
    """A name without spaces, and without the government of the place."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    return text.removesuffix("政府").removesuffix("人民") if text.endswith("政府") else text


def _said(place: Place) -> str:
    """What people call an autonomous place besides its short name: 延边州, 长阳县."""
    kind = place.name[-1] if place.name.endswith(_AUTONOMOUS) else ""
    return place.short_name + kind


def _fit(place: Place, text: str) -> int:
    """How well a text names a place: 1 by its name, 2 by a short one, 0 not at all."""
    for fit, name in ((1, place.name), (2, place.short_name), (2, _said(place))):
        if text.endswith(name):
            above = text.removesuffix(name)
            if not above or above in _above(place):
                return fit
    return 0


@cache
def _above(place: Place) -> frozenset[str]:
    """What may stand before the name of a place."""
    provinces, cities = (
        {"", above.name, above.short_name} if above else {""}
        for above in (place.province, place.city)
    )
    return frozenset(province + city for province in provinces for city in cities)


def once_named(text: str) -> list[Former]:
    """The former places that a name or a code means."""
    return [
        one
        for one in former()
        if text == one.code or (text.endswith(one.name) and _lies_in(one, text))
    ] or [one for one in former() if text == shortened(one.name)]


def _lies_in(one: Former, text: str) -> bool:
    above = text.removesuffix(one.name)
    heirs = [place for place in all_places() if place.code in one.successors]
    return not above or any(above in _above(heir) for heir in heirs)


def near(text: str) -> list[Place]:
    """The places whose names are most like a text, the likest first; none where none is."""
    tail = [place for place in all_places() if text.endswith(place.name)]
    if tail:  # the name is right and what stands before it is wrong
        return sorted(tail, key=lambda place: -len(place.name))[:_MOST_NEAR]
    wanted = shortened(text)[:_LONGEST]
    scored = [(_likeness(wanted, place, text), place) for place in all_places()]
    scored = [(score, place) for score, place in scored if score >= _NEAR]
    return [place for _, place in sorted(scored, key=lambda pair: -pair[0])[:_MOST_NEAR]]


def _likeness(wanted: str, place: Place, text: str) -> float:
    if not set(wanted) & set(place.short_name):
        return 0.0
    matcher = SequenceMatcher(None, wanted, place.short_name, autojunk=False)
    same_kind = 0.1 if place.name[-1] == text[-1:] else 0.0
    same_start = 0.05 if wanted[0] == place.short_name[0] else 0.0
    return matcher.ratio() + same_kind + same_start
