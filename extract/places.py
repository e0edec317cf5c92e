"""Names of places as texts print them: where such a name begins, and what it belongs to."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

_HAN = r"[\u4e00-\u9fff]"
_COUNTY = rf"{_HAN}{{1,9}}?(?:自治县|自治旗|新区|区|县|市(?![区县])|旗)"
_PLACE = re.compile(
    rf"(?:{_HAN}{{2,8}}?(?:省|自治区))?"
    rf"(?:{_HAN}{{1,10}}?(?:自治州|地区|市|盟)(?![区县]))?"
    rf"(?:{_COUNTY})?"
)


@cache
def _parents() -> tuple[str, str]:
    """Patterns of the provinces and the prefectures by name."""
    data = json.loads(Path(__file__).with_name("places.json").read_text(encoding="utf-8"))
    provinces, prefectures = ("|".join(data[level]) for level in ("provinces", "prefectures"))
    return provinces, prefectures


@cache
def _full_name() -> re.Pattern[str]:
    provinces, prefectures = _parents()
    parent = rf"(?:{provinces})(?:{prefectures})?|(?:{prefectures})"
    return re.compile(
        rf"(?:{parent})(?:{_COUNTY})?(?:人民政府|政府)(?!信息|办|网|工作|采购|机关|部门)"
    )


def place_of(name: str | None) -> str | None:
    """The place that a unit's name begins with, None where it begins with none."""
    found = _PLACE.match(name.removeprefix("中共")) if name else None
    return (found[0] or None) if found else None


def governments(text: str) -> list[str]:
    """Governments that a text names from the province or prefecture on: 鹤岗市南山区人民政府."""
    return _full_name().findall(text)


def fuller_place(place: str | None, text: str) -> str | None:
    """The place with the province and prefecture that the text prints right before its name.

    A place that the text names below more than one prefecture stays as it is.
    """
    if place is None:
        return None
    provinces, prefectures = _parents()
    longest = place
    parent = rf"(?:{provinces})?(?:{prefectures})?"
    found = {m[0] for m in re.finditer(rf"(?={_HAN}){parent}{re.escape(place)}", text)}
    for name in sorted(found, key=len):
        if not name.endswith(longest):
            return place
        longest = name
    return longest
