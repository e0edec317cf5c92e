"""Whose place a report is: its portal's, unless its text names one below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publish.model import PlaceRow, PortalRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from archive.model import PortalRecord

_PROVINCE, _CITY = 2, 4
"""Digits of a GB/T 2260 code that name the province, and the province and city."""


def from_records(
    records: Iterable[PortalRecord],
) -> tuple[dict[str, PortalRow], dict[str, PlaceRow]]:
    """Portals and places as the runs were told of them, with the places above each place."""
    portals: dict[str, PortalRow] = {}
    places: dict[str, PlaceRow] = {}
    for record in records:
        portals[record.id] = PortalRow(record.id, record.url, record.place, record.family)
        if record.place:
            for place in _line(record):
                places.setdefault(place.code, place)
            places[record.place] = _line(record)[-1]
    return portals, places


def _line(record: PortalRecord) -> list[PlaceRow]:
    """The place of a portal with its city and province before it, where the record names them."""
    code = record.place or ""
    province, city = code[:_PROVINCE].ljust(6, "0"), code[:_CITY].ljust(6, "0")
    line: list[PlaceRow] = []
    if record.province and code != province:
        line.append(PlaceRow(province, record.province, "province", None, record.province))
    if record.city and city not in {code, province}:
        parent = line[-1].code if line else None
        line.append(PlaceRow(city, record.city, "city", parent, record.province))
    parent = line[-1].code if line else None
    name = record.place_name or code
    line.append(PlaceRow(code, name, record.level, parent, record.province, record.city))
    return line


def locate(
    portal: PortalRow | None, named: Sequence[str], places: Mapping[str, PlaceRow]
) -> tuple[str | None, str | None]:
    """The place's code, and a problem where the text names another place than the portal's.

    Args:
        portal: The portal the report was found on, None where the archive does not know it.
        named: What the report calls its place and its publisher, as far as it does.
        places: The known places by code.
    """
    code = portal.place if portal else None
    home = places.get(code) if code else None
    if home is None:
        return code, None
    text = " ".join(named)
    below = [place for place in places.values() if _is_below(place, home, places)]
    hits = [place for place in below if place.name in text]
    lowest = [hit for hit in hits if not any(_is_below(other, hit, places) for other in hits)]
    if len(lowest) == 1:
        return lowest[0].code, None
    if named and named[0] and home.name not in text and not _shares(home, named[0]):
        return code, f"the text names {named[0]}, the portal is that of {home.name}"
    return code, None


def _is_below(place: PlaceRow, home: PlaceRow, places: Mapping[str, PlaceRow]) -> bool:
    parent = place.parent
    while parent is not None and parent != home.code:
        above = places.get(parent)
        parent = above.parent if above else None
    return parent == home.code


def _shares(home: PlaceRow, text: str) -> bool:
    """Whether the text names the home's city or province and nothing more exact."""
    above = "".join(name for name in (home.province, home.city) if name)
    return bool(above) and text in above
