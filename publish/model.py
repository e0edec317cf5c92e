"""What goes into a build and what it reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place by its GB/T 2260 code; `parent` is the code of the place above it.

    `level` is `province`, `city` or `county`; `province` is the province's name.
    """

    code: str
    name: str
    level: str | None = None
    parent: str | None = None
    province: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class PortalRow:
    """A portal: whose it is (None where only its address is known) and where its home page is."""

    id: str
    url: str
    place: str | None = None
    family: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build made.

    `read` documents went through the extractor, `cached` ones were read by an earlier build;
    `left_out` captures asked as a report turned out to be something else. `problems` has one line
    for each thing that went wrong without stopping the build.
    """

    path: Path
    reports: int
    figures: int
    figures_printed: int
    checks_failed: int
    doubts: int
    documents: int
    read: int
    cached: int
    captures: int
    left_out: int
    problems: tuple[str, ...] = ()
