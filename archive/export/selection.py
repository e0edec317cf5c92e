"""What is exported: captures, with what they need to be understood, in an order that stays."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from archive.model import Capture, PortalRecord, Rendering, Run
    from archive.store import Archive

_PAIR = 2
_CODE = re.compile(r"[0-9]{6}")


class NothingError(ArchiveError):
    """Nothing in the archive is what was asked for."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Captures chosen for an export, by id, so by time.

    `added` are the ids of captures that were not asked for and hold the content of a revisit that
    was; `counts` says how many captures each WARC file has in all. `wanted` tells in words what
    was asked for.
    """

    captures: tuple[Capture, ...]
    renderings: tuple[Rendering, ...]
    runs: tuple[Run, ...]
    portals: Mapping[str, PortalRecord]
    counts: Mapping[str, int]
    added: frozenset[str] = frozenset()
    wanted: str = "the whole archive"
    problems: list[str] = field(default_factory=list)
    """What could not be exported, one line each; filled while it is written."""

    @property
    def latest(self) -> str:
        """When the newest of the captures was fetched, UTC: the time that exports bear."""
        return max(capture.fetched_at for capture in self.captures)

    @property
    def bytes(self) -> int:
        """The bytes of the records that hold the captures and renderings."""
        kept: tuple[Capture | Rendering, ...] = (*self.captures, *self.renderings)
        return sum(item.length for item in kept)

    def by_file(self) -> dict[str, dict[int, Capture | Rendering]]:
        """Returns what is chosen of each WARC file, by the offset of its record."""
        found: dict[str, dict[int, Capture | Rendering]] = defaultdict(dict)
        kept: tuple[Capture | Rendering, ...] = (*self.captures, *self.renderings)
        for item in kept:
            found[item.warc][item.offset] = item
        return dict(sorted(found.items()))


def choose(
    archive: Archive,
    *,
    portals: Collection[str] = (),
    runs: Collection[str] = (),
    places: Collection[str] = (),
    among: Collection[str] | None = None,
    wanted: str = "",
) -> Selection:
    """Returns the captures of certain portals, runs and places; all where none are named.

    Args:
        archive: the archive, opened for reading at least.
        portals: portals' ids, the addresses of their home pages, or the names of their places.
        runs: runs' ids.
        places: GB/T 2260 codes (230000 has all of its province, 230100 all of its city) or names.
        among: the ids of captures that come into question; all where it is None.
        wanted: what was asked for, in words.

    Raises:
        NothingError: if there is no such portal, run or place, or no capture of it.
    """
    known = {portal.id: portal for portal in archive.portals()}
    all_runs = {run.id: run for run in archive.runs()}
    if unknown := sorted(set(runs) - all_runs.keys()):
        raise NothingError(
            f"the archive has no run {', '.join(unknown)} (nianbao status lists them)"
        )
    portal_ids = _portals(known, portals, places)
    counts: dict[str, int] = defaultdict(int)
    chosen: dict[str, Capture] = {}
    for capture in archive.captures():
        counts[capture.warc] += 1
        fits = portal_ids is None or capture.portal in portal_ids
        if fits and (not runs or capture.run in runs) and (among is None or capture.id in among):
            chosen[capture.id] = capture
    if not chosen:
        raise NothingError(f"the archive has no capture of {wanted or 'anything'}")
    added = _holders(archive, chosen)
    captures = tuple(sorted((chosen | added).values(), key=lambda c: c.id))
    return Selection(
        captures=captures,
        renderings=tuple(r for r in archive.renderings() if r.capture in chosen),
        runs=tuple(all_runs[run] for run in sorted({c.run for c in captures} & all_runs.keys())),
        portals={p: known[p] for p in sorted({c.portal for c in captures} & known.keys())},
        counts=counts,
        added=frozenset(added),
        wanted=wanted or "the whole archive",
    )


def within(code: str | None, places: Collection[str]) -> bool:
    """Tells whether a GB/T 2260 code is one of `places` or lies in one of them."""
    codes = [place for place in places if _CODE.fullmatch(place)]
    return any(code is not None and code.startswith(_stem(place)) for place in codes)


def _stem(place: str) -> str:
    while len(place) > _PAIR and place.endswith("00"):
        place = place[:-_PAIR]
    return place


def _portals(
    known: Mapping[str, PortalRecord], portals: Collection[str], places: Collection[str]
) -> set[str] | None:
    """Returns the ids of portals named by id, address or place; None where none are named."""
    if not portals and not places:
        return None
    named: set[str] = set()
    for name in portals:
        found = {
            p.id for p in known.values() if name in {p.id, p.url, p.url.rstrip("/"), p.place_name}
        }
        if not found:
            raise NothingError(f"the archive has no portal {name}")
        named |= found
    there = {p.id for p in known.values() if within(p.place, places) or p.place_name in places}
    if places and not there:
        raise NothingError(f"the archive has no portal of {', '.join(sorted(places))}")
    return named & there if portals and places else named | there


def _holders(archive: Archive, chosen: Mapping[str, Capture]) -> dict[str, Capture]:
    """Returns the captures outside of `chosen` that hold the content of revisits in it."""
    found: dict[str, Capture] = {}
    for capture in chosen.values():
        if capture.revisit_of and capture.revisit_of not in chosen:
            holder = archive.capture(capture.revisit_of)
            if holder:
                found[holder.id] = holder
    return found
