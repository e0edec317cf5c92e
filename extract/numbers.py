"""What stands in a figure's cell: a number, nothing, a mark, or something that cannot be read.

A number is taken as printed: never converted to another unit, never mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extract.model import Status

# Only these forms count as digits and signs: NFKC would turn a footnote's ² into a digit.
_WIDE = str.maketrans("０１２３４５６７８９，．＋－−﹣", "0123456789,.+---")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_MARKS = re.compile(r"[/／\\\-–—―─━_＿]+|[无⽆]")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_UNITS = "万元|亿元|元|人次|批次|件次|件|条|个|次|项|宗|起|人|家|份|篇|部|场|期|处|例"
_PRINTED = re.compile(
    rf"(?P<sign>[+-]|--)?(?P<number>{_NUMBER})\s*[(（]?(?P<unit>{_UNITS})?[)）]?", re.ASCII
)
_BROKEN = re.compile(r"(?<=[\d,.])\s*\n\s*(?=[\d,.])")


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell's text read as a figure; `wrapped` says that a line break stood inside the number."""

    status: Status
    value: Decimal | None = None
    unit: str | None = None
    doubt: str | None = None
    wrapped: bool = False


@lru_cache(maxsize=4096)
def read_number(text: str) -> Reading:
    """Read a cell's text; anything but one plain number, a mark or nothing is `unreadable`."""
    plain = _INVISIBLE.sub("", text.translate(_WIDE)).strip()
    if not plain:
        return Reading("blank")
    if _MARKS.fullmatch("".join(plain.split())):
        return Reading("mark")
    joined, breaks = _BROKEN.subn("", plain)
    printed = _PRINTED.fullmatch(joined)
    if printed is None:
        return Reading("unreadable")
    value = Decimal(printed["number"].replace(",", ""))
    sign, unit = printed["sign"], printed["unit"]
    if sign in {"-", "--"}:
        value = -value
    doubt = "two minus signs before the number" if sign == "--" else None
    return Reading("printed", value, unit, doubt, wrapped=bool(breaks))


def is_figure(text: str) -> bool:
    """Whether a cell's text could be a figure: a number, a mark or nothing."""
    return read_number(text).status != "unreadable"
