"""Whose report it is, on which year, published when: what the document itself says, and where.

Only what is printed counts. Names of people, telephone numbers and addresses are never taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from extract.normalise import squeeze
from extract.places import fuller_place, governments, place_of
from extract.titles import classify, is_unit, without_site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extract.model import Document

Source = Literal["title", "text", "signature", "metadata"]

_HEAD = 12
_TAIL = 6
_TITLE_LINES = 3
_LONGEST_TITLE = 80
_YEAR = r"(20[0-4]\d)"
_PERIOD = re.compile(rf"(?:统计|数据|期限|时限)[^。]{{0,20}}?{_YEAR}年1月1日")
_ONLY_A_YEAR = re.compile(rf"\(?{_YEAR}年度?\)?")
_NOT_OF_THE_TITLE = re.compile(r"附件?\d*[:.]?$|附\d*[:.]?$|索引号|.*:$")
_FIRST_WORDS = re.compile(rf"^{_YEAR}年")
_DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日$")
_BARE_DATE = re.compile(r"^(20\d\d)[-./](\d{1,2})[-./](\d{1,2})$")
_DIGIT = "〇零一二三四五六七八九"
_OTHER_ZEROS = str.maketrans("OoΟО0", "〇〇〇〇〇")
_CHINESE_DATE = re.compile(
    rf"(二[〇零][{_DIGIT}]{{2}})年([一二三四五六七八九十]{{1,3}})月([一二三四五六七八九十]{{1,3}})日$"
)
_VALUE = {c: str(max(n - 1, 0)) for n, c in enumerate(_DIGIT)}
_SUBJECT = re.compile(
    r"^([\u4e00-\u9fff]{2,20}?(?:人民政府办公室|政府办公室|人民政府|政府|局|委员会|办公室|管委会))"
    r"(?:根据|按照|依据|遵照|坚持|认真|深入|严格|高度|全面|依照)"
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
    published_from: Literal["metadata", "signature"] | None = None


def identify(document: Document) -> Identity:
    """Read title, publisher, place, year and date from a document's text and metadata."""
    lines = [line for p in document.paragraphs for line in p.text.splitlines() if line.strip()]
    title = _title(document, lines)
    facts = classify(title) if title else None
    year = facts.year if facts and facts.year else _year(lines)
    publisher, source = _publisher(facts.publisher if facts else None, document, lines)
    published_on, published_from = _published_on(document, lines, year)
    return Identity(
        title=title,
        publisher=publisher,
        publisher_from=source,
        place=fuller_place(place_of(publisher), "\n".join(map(squeeze, lines))),
        year=year,
        published_on=published_on,
        published_from=published_from,
    )


def _title(document: Document, lines: Sequence[str]) -> str | None:
    """The first line, or lines taken together, that read as a report's title."""
    head = [" ".join(line.split()) for line in lines[:_HEAD]]
    for start in range(len(head)):
        for count in range(_TITLE_LINES, 0, -1):
            parts = head[start : start + count]
            if len(parts) == count and _is_title(parts):
                return "".join((*parts, *_year_below(parts, head[start + count :])))
    if document.title and classify(document.title).kind == "report":
        return without_site(document.title)
    return None


def _year_below(parts: Sequence[str], following: Sequence[str]) -> Sequence[str]:
    """The line below a title that gives its year, where it names none itself: （2021年度）."""
    below = following[:1]
    if below and _ONLY_A_YEAR.fullmatch(squeeze(below[0])):
        return below if classify("".join(parts)).year is None else ()
    return ()


def _is_title(parts: Sequence[str]) -> bool:
    """Whether lines taken together are a title: the last ends it, and none is a sentence."""
    text = "".join(parts)
    if _NOT_OF_THE_TITLE.match(squeeze(parts[0])) and len(parts) > 1:
        return False
    if len(text) > _LONGEST_TITLE or "。" in text or not _ends_as_title(parts[-1]):
        return False
    if any(_ends_as_title(part) or re.search(r"[:：；;]$", part) for part in parts[:-1]):
        return False
    return classify(text).kind == "report"


def _ends_as_title(text: str) -> bool:
    return bool(re.search(r"(?:报告|年报|报告书)(?:\([^)]*\))?[\"》]?$", squeeze(text)))


def _year(lines: Sequence[str]) -> int | None:
    """The year of the statistical period, else the one the first section begins with."""
    squeezed = [squeeze(line) for line in lines]
    for pattern, search in ((_PERIOD, re.Pattern.search), (_FIRST_WORDS, re.Pattern.match)):
        for line in squeezed:
            found = search(pattern, line)
            if found:
                return int(found[1])
    return None


def _publisher(
    titled: str | None, document: Document, lines: Sequence[str]
) -> tuple[str | None, Source | None]:
    """The title's publisher, or where it only names a place the government there, in full."""
    others = list(_named(document, lines))
    if titled is None:
        return others[0] if others else (None, None)
    if place_of(titled) != titled:
        return titled, "title"
    for name, source in others:
        place = place_of(name)
        if place and place.endswith(titled) and name == f"{place}人民政府":
            return name, source
    return titled, "title"


def _named(document: Document, lines: Sequence[str]) -> Iterator[tuple[str, Source]]:
    """Publishers named outside the title, the surest first."""
    for line in reversed(lines[-_TAIL:]):
        name = _DATE.sub("", squeeze(line))
        if is_unit(name) and re.fullmatch(r"[\u4e00-\u9fff()、]+", name):
            yield name, "signature"
    for line in lines[:_HEAD]:
        for name in governments(squeeze(line)):
            yield name, "text"
        subject = _SUBJECT.match(squeeze(line))
        if subject and is_unit(subject[1]) and place_of(subject[1]):
            yield subject[1], "text"
    if document.publisher and is_unit(squeeze(document.publisher)):
        yield squeeze(document.publisher), "metadata"


def _published_on(
    document: Document, lines: Sequence[str], year: int | None
) -> tuple[str | None, Literal["metadata", "signature"] | None]:
    """The metadata's date where it fits the year reported on, else that of the signature."""
    if is_believable(document.published_on, year):
        return document.published_on, "metadata"
    for line in reversed(lines[-_TAIL:]):
        when = _date(squeeze(line))
        if when and (year is None or when[:4] >= str(year)):
            return when, "signature"
    return None, None


def is_believable(stamp: str | None, year: int | None) -> bool:
    """Whether a page's date can be that of the publication of a report on this year.

    A site that migrated re-dates its pages, so only the year after the one reported on is; where
    no year is known, no date is.
    """
    return bool(stamp and year and stamp.startswith(f"{year + 1}-"))


def _date(line: str) -> str | None:
    """The date that a line ends with, in digits or in Chinese numerals, as YYYY-MM-DD."""
    found = _DATE.search(line) or _BARE_DATE.search(line)
    chinese = _CHINESE_DATE.search(line.translate(_OTHER_ZEROS))
    if found:
        parts = [int(part) for part in found.groups()]
    elif chinese:
        year, month, day = chinese.groups()
        parts = [int("".join(_VALUE[c] for c in year)), _count(month), _count(day)]
    else:
        return None
    try:
        return date(*parts).isoformat()
    except ValueError:
        return None


def _count(number: str) -> int:
    """A Chinese number below one hundred."""
    tens, ten, ones = number.rpartition("十")
    value = int(_VALUE[ones[-1]]) if ones else 0
    return value + (10 * int(_VALUE[tens[-1]] if tens else 1) if ten else 0)
