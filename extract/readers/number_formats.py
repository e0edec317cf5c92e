"""How a spreadsheet shows a stored number: formats and their sections, as far as known."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

Text = tuple[str, str | None]
"""What a cell shows, and why it may be wrong."""

_DATES = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))
_NUMBERS = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
BUILT_IN_FORMATS = _NUMBERS | dict.fromkeys(_DATES, "date")
"""The formats that have a number instead of a code."""

HIDDEN_ZERO = "the sheet shows nothing here, the file holds 0"

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]=<>]*\]')
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;])*')
_FIXED = re.compile(r"(?:#,##)?0(?:\.(0+))?\s*")
_KNOWN = frozenset(("", "General", "G/通用格式", "@", "#", "#,##0.###", "0.###"))
_ZERO = 2
"""The section, counted from 0, that says how a zero is shown."""
_LONGEST = 255
"""Characters of the longest format a sheet may have."""
_DIGITS = 30
"""No real figure has so many digits before or after the point."""


def shown(text: str, code: str) -> Text:
    """A stored number as its format shows it, as far as this reader knows the format.

    A number rounded by its format, one shown as a date or a percentage, and a zero of which the
    format shows nothing or a dash, is doubted.
    """
    try:
        stored = Decimal(text)
    except InvalidOperation:
        return text, "a number that cannot be read stands here"
    if not stored.is_finite() or abs(stored.adjusted()) > _DIGITS:
        return text, "a number that cannot be read stands here"
    # The file holds a binary fraction in 17 digits; a sheet shows 15.
    plain = Decimal(format(float(stored), ".15g"))
    sections = _sections(code[:_LONGEST])
    if not plain and (other := _zero(sections)) is not None:
        return other
    own = _LITERAL.sub("", sections[0])
    fixed = _FIXED.fullmatch(own)
    if fixed:
        rounded = plain.quantize(Decimal(1).scaleb(-len(fixed[1] or "")), ROUND_HALF_UP)
        if rounded != plain:
            return f"{rounded:f}", f"the sheet shows {rounded:f}, the file holds {plain:f}"
        return f"{rounded:f}", None
    known = own.strip() in _KNOWN and not (plain < 0 and len(sections) > 1)
    return f"{plain:f}", None if known else f"the sheet shows this number in the format {code[:40]}"


def _sections(code: str) -> list[str]:
    """The format's sections: for positive numbers, negative ones, zero, text."""
    parts = [match[0] for match in _SECTION.finditer(code)]
    # Between two sections the pattern finds an empty one besides.
    return [part for n, part in enumerate(parts) if part or (n and not parts[n - 1])] or [""]


def _zero(sections: list[str]) -> Text | None:
    """What is shown of a zero where that is no digit; None where it is one."""
    if any("=0]" in section for section in sections):
        return "0", f"the sheet shows a zero in the format {';'.join(sections)[:40]}"
    section = sections[_ZERO] if len(sections) > _ZERO else sections[0]
    bare = _LITERAL.sub("", section).strip()
    if section is sections[0]:
        return ("", HIDDEN_ZERO) if bare and set(bare) <= set("#,") else None
    if any(c in "0#?@" or c.isalpha() for c in bare):
        return None
    said = "".join(a or b for a, b in _QUOTED.findall(section)) + bare
    if not said.strip():
        return "", HIDDEN_ZERO
    return said.strip(), f"the sheet shows {said.strip()[:10]} here, the file holds 0"
