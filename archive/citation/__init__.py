"""Citations of an archived report, or of one figure in it, from plain values.

Every form gives the original address, the time of capture, the address of the archived copy and
its SHA-256; for a figure also where it stands and what is printed there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.citation.formats import bibtex, csl_json, ris
from archive.citation.source import FigureLocator, Source
from archive.citation.styles import apa, gbt_2015, gbt_2025

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STYLES: Mapping[str, Callable[[Source], str]] = {
    "gb-t-7714-2025": gbt_2025,
    "gb-t-7714-2015": gbt_2015,
    "apa": apa,
    "bibtex": bibtex,
    "ris": ris,
    "csl-json": csl_json,
}
"""The forms by name, the one in force in China first."""

LABELS: Mapping[str, str] = {
    "gb-t-7714-2025": "GB/T 7714—2025",
    "gb-t-7714-2015": "GB/T 7714—2015",
    "apa": "APA 7",
    "bibtex": "BibTeX",
    "ris": "RIS",
    "csl-json": "CSL-JSON",
}
"""What to call the forms when they are offered."""


def cite(source: Source, style: str = "gb-t-7714-2025") -> str:
    """Returns the citation of `source` in one of `STYLES`.

    Raises:
        KeyError: for a style of another name.
    """
    return STYLES[style](source)


__all__ = ["LABELS", "STYLES", "FigureLocator", "Source", "cite"]
