"""Places and portals as data: find a portal by place code, Chinese name or home page.

`portals.csv` holds the home pages of provincial, city and county governments. Source: the public
data of github.com/anyi-econ/china-public-debt (April 2026), joined with the place codes of
china-division 2.7.0; the addresses are not verified one by one. `observed.csv` holds portals that
were seen to publish annual reports (addresses of real reports, 2026) and that the first lacks or
has at another address; it is read first. A user's own table is read before both. Where the tables
have one place more than once, its first row counts; of the packaged rows five give one home page
for two places, and such a page counts for the higher place only, or for none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from crawler.model import Portal
from crawler.registry.names import named, near, once_named
from crawler.registry.places import CODE_LENGTH, Place, by_code, shortened
from crawler.registry.tables import Fault, RegistryError, address_fault, check, of_address, read
from crawler.sites import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = [
    "Ambiguous",
    "Fault",
    "NoPortal",
    "Portal",
    "RegistryError",
    "UnknownPlace",
    "all_portals",
    "check",
    "find",
    "government_hosts",
    "province",
    "read",
]

_PACKAGED = ("observed.csv", "portals.csv")
_LOOKS_LIKE_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/.*)?", re.ASCII)
_ELSEWHERE = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
"""Places of GB/T 2260 where the Regulations on Open Government Information are not in force."""
_MOST_LISTED = 12
_LONGEST = 2000
_MOST_SHOWN = 40


class Ambiguous(RegistryError):  # noqa: N818 - the interface's name
    """More than one place has this name; `candidates` are all of them, none is crawled."""

    def __init__(self, text: str, candidates: list[Place]) -> None:
        """Say which places are meant, each with its code."""
        self.candidates = candidates
        super().__init__(
            f"{text} is the name of {len(candidates)} places: {_listed(candidates)}; give the code"
        )


class UnknownPlace(RegistryError):  # noqa: N818 - the interface's name
    """No place of the registry has this code or name."""


class NoPortal(RegistryError):  # noqa: N818 - the interface's name
    """The place is known, its portal is not; the message says how to add it."""

    def __init__(self, place: Place) -> None:
        """Say what row to add."""
        super().__init__(
            f"no home page is known for {place.code} {place.full_name}; add the row "
            f"{place.code},{place.name},https://… to portals.csv in the data folder "
            f"(first line: place_code,name,home_page)"
        )


def all_portals(extra: Path | None = None) -> tuple[Portal, ...]:
    """Every portal: those of an extra table first, then the packaged ones.

    Raises:
        RegistryError: The extra table cannot be read, or a row of it names no portal.
    """
    return _first([*read(extra), *_packaged()]) if extra else _packaged()


@cache
def _packaged() -> tuple[Portal, ...]:
    portals: list[Portal] = []
    for name in _PACKAGED:
        with resources.as_file(resources.files(__package__).joinpath(name)) as file:
            portals += read(file)
    return _first(_unshared(portals))


@cache
def government_hosts() -> frozenset[str]:
    """The hosts on which the registry has a government's home page.

    Some lie beneath another's domain (a district's beneath its city's): each is a portal by itself.
    """
    return frozenset(host_of(portal.url) for portal in _packaged() if _own(portal))


def _first(portals: Iterable[Portal]) -> tuple[Portal, ...]:
    """Each portal once: what stands first wins."""
    found: dict[str, Portal] = {}
    for portal in portals:
        found.setdefault(portal.id, portal)
    return tuple(found.values())


def find(text: str, extra: Path | None = None) -> list[Portal]:
    """Find the portal a person means.

    Args:
        text: A GB/T 2260 code of six digits, the Chinese name of a place (呼兰区, 哈尔滨市呼兰区,
            with or without its last character 区) or of a portal, or the address of a home page.
        extra: A CSV file with more portals, looked at before the packaged ones.

    Returns:
        The portal of that place; for an address, a portal without a place.

    Raises:
        Ambiguous: Several places have this name.
        NoPortal: The place has no portal in the registry.
        UnknownPlace: No place has this code or name.
        RegistryError: The extra file cannot be read.
    """
    text = text.strip()
    if not text:
        raise UnknownPlace("the name of a place is empty")
    if not text.replace("\u3000", "").isprintable() or len(text) > _LONGEST:  # but for that space
        raise UnknownPlace(f"{text[:_MOST_SHOWN]!a} is neither a place nor an address")
    if text.lower().startswith(("http:", "https:")):
        why = address_fault(text)
        if why:
            raise UnknownPlace(f"{text} is not the address of a home page: {why}")
        return [of_address(text)]
    if ":" in text or _LOOKS_LIKE_HOST.fullmatch(text):
        raise UnknownPlace(
            f"{text} is not the address of a home page: it must begin with http:// or https://"
        )
    portals = all_portals(extra)
    called = [portal for portal in portals if portal.name == text and not _own(portal)]
    if called:  # an office, or what a user called it
        if len(called) > 1:
            homes = ", ".join(portal.url for portal in called[:_MOST_LISTED])
            raise RegistryError(f"{text} is the name of {len(called)} portals: {homes}")
        return called
    return [_portal_of(_place(text, portals), portals)]


def province(text: str, extra: Path | None = None) -> list[Portal]:
    """The portals of a province, named by its code (23, 230000) or name.

    Raises:
        UnknownPlace: There is no such province.
        RegistryError: The extra file cannot be read.
    """
    text = text.strip()
    provinces = [place for place in by_code().values() if place.level == "province"]
    wanted = [
        place
        for place in provinces
        if text in {place.code, place.code[:2], place.name, place.short_name}
    ]
    if not wanted:
        known = ", ".join(f"{place.code[:2]} {place.short_name}" for place in provinces)
        raise UnknownPlace(f"no province {text}; there are {known}")
    start = wanted[0].code[:2]
    return [portal for portal in all_portals(extra) if (portal.place or "").startswith(start)]


def _unshared(portals: Sequence[Portal]) -> list[Portal]:
    """Leave out a home page given for two places but for the higher one, if one is higher.

    Whose reports they are would be wrong for the other: a city's address stands for its district.
    """
    claims: dict[str, list[Portal]] = defaultdict(list)
    for portal in portals:
        claims[portal.url.partition("://")[2]].append(portal)
    kept = []
    for portal in portals:
        others = [one for one in claims[portal.url.partition("://")[2]] if one is not portal]
        if all(_height(portal) < _height(one) for one in others):
            kept.append(portal)
    return kept


def _height(portal: Portal) -> int:
    return ("province", "city", "county", None).index(portal.level)


def _own(portal: Portal) -> bool:
    return portal.id == portal.place


def _place(text: str, portals: tuple[Portal, ...]) -> Place:
    """The one place that a code or a name means."""
    for code, name in _ELSEWHERE.items():
        if text in {code, name, shortened(name)}:
            raise UnknownPlace(
                f"{code} {name} has no annual reports of this kind, nor a portal here"
            )
    if text.isdecimal() and text.isascii():
        place = by_code().get(text)
        if place and place.level != "heading":
            return place
        if len(text) == CODE_LENGTH and any(portal.place == text for portal in portals):
            return Place(text, text, "county")  # a user's own code
        raise UnknownPlace(_no_code(text))
    places = named(text)
    if len(places) > 1:
        raise Ambiguous(text, places)
    if not places:
        gone = once_named(text)
        if gone:
            raise UnknownPlace("; ".join(str(one) for one in gone))
        alike = near(text)
        meant = f"did you mean {_listed(alike)}? Else " if alike else ""
        raise UnknownPlace(
            f"no place named {text[:_MOST_SHOWN]} in the registry; {meant}give a GB/T 2260 code, a "
            "full name such as 呼兰区, or the address of a home page"
        )
    return places[0]


def _no_code(text: str) -> str:
    gone = once_named(text)
    if gone:
        return "; ".join(str(one) for one in gone)
    if len(text) != CODE_LENGTH:
        return f"{text} is not a code of six digits (--province {text[:2]} takes a whole province)"
    return f"no place with the code {text} in the registry"


def _portal_of(place: Place, portals: tuple[Portal, ...]) -> Portal:
    mine = [portal for portal in portals if portal.place == place.code]
    if not mine:
        raise NoPortal(place)
    return next((portal for portal in mine if _own(portal)), mine[0])


def _listed(places: list[Place]) -> str:
    shown = ", ".join(f"{place.code} {place.full_name}" for place in places[:_MOST_LISTED])
    more = f" and {len(places) - _MOST_LISTED} more" if places[_MOST_LISTED:] else ""
    return shown + more
