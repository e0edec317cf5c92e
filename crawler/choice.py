"""Which portals a command means: places named one by one, whole provinces, or all of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from crawler.registry import RegistryError, all_portals, check, find, province
from crawler.registry.places import by_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crawler.model import Portal

OWN_TABLE = "portals.csv"
"""The table of one's own in the data folder; it is read where it exists."""
_NAME_WIDTH = 34


def own_table(data: Path, given: Path | None = None) -> Path | None:
    """The table of one's own: the one given, else that of the data folder, None without any."""
    own = data / OWN_TABLE
    return given or (own if own.exists() else None)


def chosen(
    places: Sequence[str],
    provinces: Sequence[str] = (),
    *,
    everything: bool = False,
    table: Path | None = None,
) -> list[Portal]:
    """The portals that are meant, each once, in the order in which they are named.

    Args:
        places: Codes, names, or addresses of home pages.
        provinces: Codes of two digits, or names.
        everything: All portals of the registry, and nothing else.
        table: A table of portals of one's own, see `own_table`.

    Raises:
        RegistryError: Something names no portal or more than one; a line each.
    """
    if everything and (places or provinces):
        raise RegistryError("--all takes every portal; name no places beside it")
    if not (everything or places or provinces):
        raise RegistryError("name a place, or take a whole --province or --all")
    found: dict[str, Portal] = {}
    wrong: list[str] = []
    if everything:
        found = {portal.id: portal for portal in all_portals(table)}
    for search, texts in ((province, provinces), (find, places)):
        for text in texts:
            try:
                found |= {portal.id: portal for portal in search(text, table)}
            except RegistryError as error:
                wrong += [str(error)] if str(error) not in wrong else []
    if wrong:
        raise RegistryError("\n".join(wrong))
    homes: dict[str, Portal] = {}  # an address may be that of a place that is named, too
    for portal in sorted(found.values(), key=lambda one: one.place is None):
        homes.setdefault(portal.url.rstrip("/"), portal)
    return [portal for portal in found.values() if homes[portal.url.rstrip("/")] is portal]


def listed(provinces: Sequence[str], table: Path | None, *, as_json: bool = False) -> Iterator[str]:
    """The portals of the registry in lines for stdout, by code: code, full name, home page.

    Raises:
        RegistryError: There is no such province, or the table cannot be read.
    """
    portals = chosen((), provinces, everything=not provinces, table=table)
    for portal in sorted(portals, key=lambda one: (one.place or "~", one.id != one.place)):
        place = by_code().get(portal.place or "")
        name = place.full_name if place and place.code == portal.id else portal.name
        if as_json:
            shown: dict[str, Any] = {"id": portal.id, "place": portal.place, "name": portal.name}
            shown |= {"full_name": name, "level": portal.level, "province": portal.province}
            yield json.dumps({**shown, "url": portal.url}, ensure_ascii=False)
        else:
            gap = " " * max(_NAME_WIDTH - cell_len(name), 1)
            yield f"{portal.place or '-':6}  {name}{gap} {portal.url}"


def faults(file: Path) -> list[dict[str, Any]]:
    """What is wrong with a table of portals: `line`, `field`, `why`, and all of it as `said`.

    A file that is no table at all has one fault, its `line` None and its `field` empty.
    """
    try:
        return [
            {
                "line": fault.line,
                "field": fault.field,
                "why": fault.why,
                "said": f"{file}, {fault}",
            }
            for fault in check(file)
        ]
    except RegistryError as error:
        return [{"line": None, "field": "", "why": str(error), "said": str(error)}]
