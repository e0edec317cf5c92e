"""Whose reports follow one another: the same body under the names its reports give it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extract.normalise import squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publish.model import PlaceRow

_OWN_OFFICE = re.compile(r"^(?:人民政府|政府)(?:办公室|办公厅|办)?$|^$")


def body_of(publisher: str | None, place: str | None, places: Mapping[str, PlaceRow]) -> str | None:
    """One name for a body: 某区, 某区政府办公室 and 甲市某区人民政府 are all 某区人民政府.

    A government's office publishes for the government. None where no publisher is known.

    Args:
        publisher: The name as read.
        place: The code of the report's place.
        places: The known places by code.
    """
    if publisher is None:
        return None
    name = squeeze(publisher)
    home = places.get(place) if place else None
    if home is None:
        return name
    at = name.find(home.name)
    if at >= 0:
        name = name[at + len(home.name) :]
    elif name[:1] == home.name[-1:] and not _OWN_OFFICE.match(name):
        name = name[1:]  # 区教育局 is that of the place, and so is 区政府
    return f"{home.name}人民政府" if _OWN_OFFICE.match(name) else f"{home.name}{name}"
