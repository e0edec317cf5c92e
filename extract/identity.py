"""Whose report it is, on which year, published when: what the text itself says, and where.

Only what is printed counts. Names of people, telephone numbers and addresses are never taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from extract.normalise import squeeze
from extract.titles import classify, is_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.model import Document

Source = Literal["title", "text", "signature", "metadata"]

_HEAD = 12
_TAIL = 6
_TITLE_LINES = 3
_LONGEST_TITLE = 80
_YEAR = r"(20[0-4]\d)"
_PERIOD = re.compile(rf"(?:统计|数据|期限|时限)[^。]{{0,20}}?{_YEAR}年1月1日")
_FIRST_WORDS = re.compile(rf"^{_YEAR}年")
_DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_CHINESE_DATE = re.compile(
    r"(二[〇零][〇零一二三四][〇零一二三四五六七八九])年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_NAME = r"[\u4e00-\u9fff]"
_PLACE = re.compile(
    rf"(?:{_NAME}{{2,8}}?(?:省|自治区))?(?:{_NAME}{{1,8}}?(?:自治州|地区|市|盟))?"
    rf"(?:{_NAME}{{1,8}}?(?:自治县|自治旗|新区|区|县|市|旗))?"
)
_GOVERNMENT = re.compile(rf"({_NAME}{{2,20}}?(?:人民政府|政府))")
_NOT_A_NAME = re.compile(
    r"[的和与及按照将在对为由根据现我各本全向]|中华人民共和国|国务院|通过|工作|信息|关于|级"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What the document says of itself; None for what it does not say."""

    title: str | None = None
    publisher: str | None = None
    publisher_from: Source | None = None
    place: str | None = None
    year: int | None = None
    published_on: str | None = None


def identify(document: Document) -> Identity:
    """Read title, publisher, place, year and date from a document's text and metadata."""
    lines = [line for p in document.paragraphs for line in p.text.splitlines() if line.strip()]
    title = _title(document, lines)
    facts = classify(title) if title else None
    year = facts.year if facts and facts.year else _year(lines)
    candidates = _publishers(document, title, lines)
    publisher, source = _choose(candidates)
    return Identity(
        title=title,
        publisher=publisher,
        publisher_from=source,
        place=_place(publisher),
        year=year,
        published_on=_published_on(document, lines, year),
    )


def _title(document: Document, lines: Sequence[str]) -> str | None:
    """The first line, or lines taken together, that read as a report's title."""
    head = lines[:_HEAD]
    for start in range(len(head)):
        for count in range(_TITLE_LINES, 0, -1):
            parts = [" ".join(line.split()) for line in head[start : start + count]]
            text = "".join(parts)
            if len(parts) < count or len(text) > _LONGEST_TITLE or "。" in text:
                continue
            if classify(parts[-1]).kind != "report" and count > 1 and not _needs(parts):
                continue
            if classify(text).kind == "report" and _ends_as_title(text):
                return text
    if document.title and classify(document.title).kind == "report":
        return " ".join(document.title.split())
    return None


def _needs(parts: Sequence[str]) -> bool:
    """Whether the last line completes a title that the lines before only begin."""
    return _ends_as_title(parts[-1]) and len(parts[-1]) < _LONGEST_TITLE // 2


def _ends_as_title(text: str) -> bool:
    return bool(re.search(r"(?:报告|年报|报告书)(?:\([^)]*\))?[\"》]?$", squeeze(text)))


def _year(lines: Sequence[str]) -> int | None:
    """The year of the statistical period, else the one the first section begins with."""
    for line in lines:
        found = _PERIOD.search(squeeze(line))
        if found:
            return int(found[1])
    for line in lines:
        found = _FIRST_WORDS.match(squeeze(line))
        if found:
            return int(found[1])
    return None


def _publishers(
    document: Document, title: str | None, lines: Sequence[str]
) -> list[tuple[str, Source]]:
    """Every name of a publisher that the document gives, and where."""
    found: list[tuple[str, Source]] = []
    named = classify(title).publisher if title else None
    if named:
        found.append((named, "title"))
    for line in lines[:_HEAD]:
        found += [(name, "text") for name in _governments(squeeze(line))]
    for line in lines[-_TAIL:]:
        name = _DATE.sub("", squeeze(line))
        if is_unit(name) and not _NOT_A_NAME.search(name):
            found.append((name, "signature"))
    if document.publisher and is_unit(squeeze(document.publisher)):
        found.append((squeeze(document.publisher), "metadata"))
    return found


def _governments(line: str) -> list[str]:
    """Governments that a line names in full: 鹤岗市南山区人民政府, not 区政府."""
    names = []
    for found in _GOVERNMENT.finditer(line):
        name = _NOT_A_NAME.split(found[1])[-1]
        if is_unit(name) and _place(name):
            names.append(name)
    return names


def _choose(candidates: Sequence[tuple[str, Source]]) -> tuple[str | None, Source | None]:
    """The title's name, or the same government's fuller name from elsewhere."""
    if not candidates:
        return None, None
    best, source = candidates[0]
    own = _place(best) or best
    for name, where in candidates[1:]:
        place = _place(name)
        same_kind = best == own or best.endswith("政府") == name.endswith("政府")
        if place and place.endswith(own) and len(name) > len(best) and same_kind:
            best, source = name, where
    return best, source


def _place(name: str | None) -> str | None:
    """The place that a publisher's name begins with, None where it begins with none."""
    found = _PLACE.match(name) if name else None
    return found[0] or None if found else None


def _published_on(document: Document, lines: Sequence[str], year: int | None) -> str | None:
    """The date of the signature, else the metadata's where it fits the year reported on."""
    for line in reversed(lines[-_TAIL:]):
        when = _date(squeeze(line))
        if when:
            return when
    stamp = document.published_on
    # A site that migrated re-dates its pages: only the year after the report's is believable.
    return stamp if stamp and year and stamp.startswith(str(year + 1)) else None


def _date(line: str) -> str | None:
    found = _DATE.search(line)
    if found is None or not line.endswith(found[0]):
        chinese = _CHINESE_DATE.search(line)
        if chinese is None or not line.endswith(chinese[0]):
            return None
        parts = ["".join(_DIGITS[c] for c in chinese[1]), *map(_count, chinese.groups()[1:])]
    else:
        parts = list(found.groups())
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return None


def _count(number: str) -> str:
    """A Chinese number up to 99 in digits."""
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return _DIGITS.get(number, "0")
    return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}"
