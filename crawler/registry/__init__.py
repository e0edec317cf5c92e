"""Places and portals as data: find a portal by place code, Chinese name or home page.

`portals.csv` holds the home pages of provincial, city and county governments. Source: the public
data of github.com/anyi-econ/china-public-debt (April 2026), joined with the place codes of
china-division 2.7.0; the addresses are not verified one by one.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.model import Portal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Ambiguous", "Portal", "RegistryError", "UnknownPlace", "all_portals", "find", "read"]

_CODE = re.compile(r"\d{6}")
_NO_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f]")
_SUFFIXES = ("省", "市", "区", "县", "旗", "自治区", "自治州", "自治县", "特别行政区", "盟", "州")
_MOST_LISTED = 12


class RegistryError(ValueError):
    """The words given do not name a portal; the message says what to write instead."""


class Ambiguous(RegistryError):  # noqa: N818 - the interface's name
    """More than one place has this name; `candidates` are all of them, none is crawled."""

    def __init__(self, text: str, candidates: list[Portal]) -> None:
        """Say which places are meant, each with its code."""
        self.candidates = candidates
        shown = ", ".join(f"{p.place} {full_name(p)}" for p in candidates[:_MOST_LISTED])
        more = f" and {len(candidates) - _MOST_LISTED} more" if candidates[_MOST_LISTED:] else ""
        super().__init__(
            f"{text} is the name of {len(candidates)} places: {shown}{more}; give the code"
        )


class UnknownPlace(RegistryError):  # noqa: N818 - the interface's name
    """No place of the registry has this code or name."""


def full_name(portal: Portal) -> str:
    """The place with the province and city it lies in, as far as the registry knows."""
    above = dict.fromkeys(part for part in (portal.province, portal.city) if part)
    return "".join(part for part in above if part != portal.name) + portal.name


def read(lines: Iterable[str]) -> list[Portal]:
    """Read portals from CSV with the columns of `portals.csv`; only `home_page` must be filled.

    Raises:
        RegistryError: A row has no usable home page.
    """
    portals: list[Portal] = []
    for number, row in enumerate(csv.DictReader(lines), start=2):
        url = (row.get("home_page") or "").strip()
        if not _is_address(url):
            raise RegistryError(f"registry, line {number}: home_page is not an http(s) address")
        code = (row.get("place_code") or "").strip() or None
        portals.append(
            Portal(
                id=code or _host_id(url),
                place=code,
                name=(row.get("name") or "").strip() or _host_id(url),
                url=url,
                family=row.get("family_guess") or None,
                level=row.get("level") or None,
                city=row.get("city") or None,
                province=row.get("province") or None,
            )
        )
    return portals


@cache
def all_portals() -> tuple[Portal, ...]:
    """Every portal of the packaged registry, in the order of place codes."""
    table = resources.files(__package__).joinpath("portals.csv")
    with table.open(encoding="utf-8") as lines:
        return tuple(read(lines))


def find(text: str, extra: Path | None = None) -> list[Portal]:
    """Find the portal a person means.

    Args:
        text: A GB/T 2260 code of six digits, the Chinese name of a place (呼兰区, 哈尔滨市呼兰区,
            with or without its last character 区), or the address of a home page.
        extra: A CSV file with more portals, looked at before the packaged ones.

    Returns:
        The portal of that place; for an address, a portal without a place.

    Raises:
        Ambiguous: Several places have this name.
        UnknownPlace: No place has this code or name.
        RegistryError: The extra file cannot be read.
    """
    text = text.strip()
    if _is_address(text):
        return [_of_address(text)]
    if text.lower().startswith(("http:", "https:")):
        raise UnknownPlace(f"{text} is not the address of a home page: its host or port is wrong")
    if ":" in text or re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?(/.*)?", text, re.ASCII):
        raise UnknownPlace(
            f"{text} is not the address of a home page: it must begin with http:// or https://"
        )
    if not text:
        raise UnknownPlace("the name of a place is empty")
    portals = [*_read_extra(extra), *all_portals()] if extra else list(all_portals())
    if _CODE.fullmatch(text):
        return _one(text, [portal for portal in portals if portal.place == text])
    for matches in (_has_name, _has_full_name, _has_short_name):
        chosen = [portal for portal in portals if matches(portal, text)]
        if chosen:
            return _one(text, chosen)
    raise UnknownPlace(
        f"no place named {text} in the registry; give a GB/T 2260 code, "
        "a full name such as 呼兰区, or the address of a home page"
    )


def _one(text: str, chosen: list[Portal]) -> list[Portal]:
    places: dict[str, Portal] = {}
    for portal in chosen:  # an extra file stands before the packaged rows and wins
        places.setdefault(portal.place or portal.id, portal)
    if not places:
        raise UnknownPlace(f"no place with the code {text} in the registry")
    if len(places) > 1:
        raise Ambiguous(text, list(places.values()))
    return list(places.values())


def _has_name(portal: Portal, text: str) -> bool:
    return portal.name == text


def _has_full_name(portal: Portal, text: str) -> bool:
    above = (portal.province or "", portal.city or "")
    names = {above[0] + above[1] + portal.name, above[1] + portal.name, above[0] + portal.name}
    return text in names


def _has_short_name(portal: Portal, text: str) -> bool:
    return any(portal.name == text + suffix for suffix in _SUFFIXES)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port  # raises where it is none
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        return False
    return not _NO_ADDRESS.search(text)


def _host_id(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _of_address(url: str) -> Portal:
    """The portal at an address; the place is left open even where the registry has this host."""
    host = _host_id(url)
    return Portal(id=host, place=None, name=host, url=url)


def _read_extra(extra: Path) -> list[Portal]:
    try:
        return read(extra.read_text("utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RegistryError(f"{extra}: {error}") from error
