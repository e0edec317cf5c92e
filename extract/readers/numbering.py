"""The numbers that Word sets before list paragraphs: printed, but not in the text.

Headings such as 一、 and labels such as 1. are often made this way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extract.package import find, local, number, parse_xml, value

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from extract.package import Package

_LEVELS = 9
_MOST = 100_000
_PLACE = re.compile(r"%([1-9])")
_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"))
_TWENTY, _HUNDRED = 20, 100
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""


class Numbering:
    """Counts the list paragraphs of a document, which must be asked for in its order."""

    def __init__(self, package: Package) -> None:
        """Read the lists of the package and the styles that belong to one.

        Raises:
            PackageError: a part is damaged.
        """
        self._lists: dict[str, tuple[str, list[_Level]]] = {}
        self._styles: dict[str, etree._Element] = {}
        self._counts: dict[str, list[int | None]] = {}
        if "word/numbering.xml" not in package.names:
            return
        self._read(parse_xml(package.read("word/numbering.xml")))
        styles = package.read("word/styles.xml") if "word/styles.xml" in package.names else b""
        if b"numPr" in styles:
            for style in parse_xml(styles):
                properties = find(find(style, "pPr"), "numPr")
                if local(style) == "style" and properties is not None:
                    self._styles[value(style, "styleId")] = properties

    def _read(self, root: etree._Element) -> None:
        patterns = {
            value(each, "abstractNumId"): _levels(each, [_Level()] * _LEVELS)
            for each in root
            if local(each) == "abstractNum"
        }
        for each in root:
            pattern = value(find(each, "abstractNumId"))
            if local(each) != "num" or pattern not in patterns:
                continue
            changes = [change for change in each if local(change) == "lvlOverride"]
            levels = patterns[pattern]
            for change in changes:
                levels = _levels(change, levels)
                at, start = number(change, "ilvl"), find(change, "startOverride")
                if start is not None and at < _LEVELS:
                    levels = [*levels]
                    levels[at] = replace(levels[at], start=min(number(start), _MOST))
            # Lists of one pattern count on together unless one starts anew.
            key = value(each, "numId") if changes else f"pattern {pattern}"
            self._lists[value(each, "numId")] = key, levels

    def label(self, paragraph: etree._Element | None) -> str:
        """What is printed before the paragraph of these properties, which is counted by this."""
        if not self._lists:
            return ""
        own = find(paragraph, "numPr")
        style = self._styles.get(value(find(paragraph, "pStyle")))
        listed = value(find(own, "numId")) or value(find(style, "numId"))
        if listed not in self._lists:
            return ""
        depth = find(own, "ilvl") if find(own, "ilvl") is not None else find(style, "ilvl")
        at = min(number(depth), _LEVELS - 1)
        key, levels = self._lists[listed]
        counts = self._counts.setdefault(key, [None] * _LEVELS)
        before = counts[at]
        counts[at] = levels[at].start if before is None else before + 1
        counts[at + 1 :] = [None] * (_LEVELS - at - 1)
        if levels[at].style == "bullet":
            return ""

        def shown(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            count = counts[level]
            return numeral(levels[level].start if count is None else count, levels[level].style)

        text = _PLACE.sub(shown, levels[at].text)
        return text + " " if text[-1:].isalnum() else text


def _levels(parent: etree._Element, levels: list[_Level]) -> list[_Level]:
    """The levels with those changed that the element describes."""
    levels = [*levels]
    for each in parent:
        at = number(each, "ilvl")
        if local(each) == "lvl" and at < _LEVELS:
            start = find(each, "start")
            levels[at] = _Level(
                1 if start is None else min(number(start), _MOST),
                value(find(each, "numFmt")) or "decimal",
                value(find(each, "lvlText"))[:40],
            )
    return levels


def numeral(count: int, style: str) -> str:
    """A count in one of Word's styles; in plain digits where the style is not known."""
    if style in ("none", "bullet"):
        return ""
    make = _STYLES.get(style)
    return (make(count) if make and 0 < count < _HUNDRED else None) or str(count)


def _chinese(count: int) -> str:
    tens, ones = divmod(count, 10)
    head = ("" if count < _TWENTY else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def _roman(count: int) -> str:
    text = ""
    for size, letters in (*_ROMAN, (1, "I")):
        text += letters * (count // size)
        count %= size
    return text


def _letter(count: int) -> str:
    repeats, index = divmod(count - 1, 26)
    return chr(ord("A") + index) * (repeats + 1)


def _circled(count: int) -> str:
    return chr(ord("①") + count - 1) if count <= _TWENTY else ""


_CHINESE = (
    "chineseCounting chineseCountingThousand japaneseCounting taiwaneseCounting"
    " taiwaneseCountingThousand ideographDigital japaneseDigitalTenThousand"
)
_STYLES: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(_CHINESE.split(), _chinese),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": lambda count: str(count).translate(_FULL_WIDTH),
    "decimalZero": lambda count: f"{count:02}",
    "ideographTraditional": lambda count: _STEMS[count - 1 : count],
    "upperLetter": _letter,
    "lowerLetter": lambda count: _letter(count).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda count: _roman(count).lower(),
}
