"""The report's sections: found by the form's headings, or by the numbers the report prints."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from extract.labels import Labels, label_key
from extract.model import Section
from extract.normalise import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.model import Paragraph

_LONGEST_HEADING = 45
_ALIASES = {
    "总体情况": ("概述", "基本情况"),
    "主动公开政府信息情况": ("行政机关主动公开政府信息情况", "主动公开情况"),
    "收到和处理政府信息公开申请情况": (
        "行政机关收到和处理政府信息公开申请情况",
        "依申请公开政府信息情况",
    ),
    "政府信息公开行政复议、行政诉讼情况": (
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "政府信息公开行政复议和行政诉讼情况",
    ),
    "存在的主要问题及改进情况": (
        "政府信息公开工作存在的主要问题及改进情况",
        "存在的主要问题和改进情况",
        "存在问题及改进措施",
        "存在的问题及改进情况",
    ),
    "其他需要报告的事项": ("其他需要报告的情况", "需要说明的其他事项"),
}
_NUMBERED = re.compile(r"^[一二三四五六七八九十\d]{1,2}[、.,]")
_BOOKMARK = re.compile(r"\[bookmark:[^\]]*\]")
_ORDINALS = {
    word: number
    for number, word in enumerate(
        ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"), 1
    )
}
_OWN_HEADING = re.compile(
    rf"^({'|'.join(sorted(_ORDINALS, key=len, reverse=True))})[、.,:]\S{{2,40}}$"
)
_SENTENCE = re.compile(r"[。；;!?]|,.*,")
_FEWEST_OWN = 3
"""Headings by printed numbers alone count as sections from this many on."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its paragraphs, each as printed and with its place in the file."""

    number: int
    heading: str
    paragraphs: list[Paragraph] = field(default_factory=list)

    @property
    def section(self) -> Section:
        """The section as it is published."""
        text = "\n".join(_text(p) for p in self.paragraphs)
        return Section(self.number, " ".join(self.heading.split()), text)


def find_sections(paragraphs: Sequence[Paragraph], headings: Sequence[str]) -> tuple[Section, ...]:
    """Divide the text at the form's headings; section 0 is what stands before the first."""
    return tuple(part.section for part in divide(paragraphs, headings))


def divide(paragraphs: Sequence[Paragraph], headings: Sequence[str]) -> tuple[Part, ...]:
    """Divide the text into sections; number 0 is what stands before the first.

    The form's headings are looked for however they are numbered. Where the report has more
    headings of its own, numbered 一、 二、 三、 as in the reports before 2019, those divide it and
    `number` is the printed one.
    """
    kept = [p for p in paragraphs if _text(p)]
    by_form, by_number = _by_form(kept, headings), _by_number(kept)
    own = sum(part.number > 0 for part in by_number)
    if own >= _FEWEST_OWN and own > sum(part.number > 0 for part in by_form):
        return by_number
    return by_form


def promises_tables(parts: Sequence[Part], headings: Sequence[str]) -> bool:
    """Whether nearly all of the form's headings stand in a text: then its tables are missing."""
    labels = _labels(tuple(headings))
    found = {m.id for part in parts if (m := labels.match(part.heading)) and m.exact}
    return len(found) >= len(headings) - 1


def _text(paragraph: Paragraph) -> str:
    return _BOOKMARK.sub("", paragraph.text).strip()


def _by_form(paragraphs: Sequence[Paragraph], headings: Sequence[str]) -> tuple[Part, ...]:
    labels = _labels(tuple(headings))
    found = [Part(0, "")]
    texts = [_text(p) for p in paragraphs]
    at = 0
    while at < len(texts):
        number, taken = _heading(texts, at, labels, found[-1].number)
        if number:
            found.append(Part(number, " ".join(texts[at : at + taken])))
        else:
            found[-1].paragraphs.append(paragraphs[at])
        at += taken
    return tuple(part for part in found if part.number or part.paragraphs)


def _by_number(paragraphs: Sequence[Paragraph]) -> tuple[Part, ...]:
    """Sections by headings that are numbered one after the other, whatever they are called."""
    found = [Part(0, "")]
    for paragraph in paragraphs:
        text = _text(paragraph)
        match = _OWN_HEADING.match(squeeze(text))
        if match and _ORDINALS[match[1]] == found[-1].number + 1 and not _is_sentence(text):
            found.append(Part(_ORDINALS[match[1]], text))
        else:
            found[-1].paragraphs.append(paragraph)
    return tuple(part for part in found if part.number or part.paragraphs)


def _is_sentence(text: str) -> bool:
    """Whether a numbered line is a sentence of a list, and no heading."""
    return bool(_SENTENCE.search(squeeze(text).rstrip("。:")))


@cache
def _labels(headings: tuple[str, ...]) -> Labels:
    return Labels({str(n): [h, *_ALIASES.get(h, ())] for n, h in enumerate(headings, 1)})


def _heading(texts: Sequence[str], at: int, labels: Labels, last: int) -> tuple[int, int]:
    """The number of the heading that begins here (0: none) and the paragraphs it takes."""
    # A heading broken over two lines is tried first, or its first half would pass for all of it.
    for taken in (2, 1):
        text = "".join(texts[at : at + taken])
        if len(squeeze(text)) > _LONGEST_HEADING or (taken > len(texts) - at):
            continue
        if taken > 1 and _starts_anew(texts[at + 1], labels):
            continue
        match = labels.match(text)
        if match is None or int(match.id) <= last:
            continue
        if match.exact or (taken == 1 and _NUMBERED.match(squeeze(text)) and _near(text, match.id)):
            return int(match.id), taken
    return 0, 1


def _starts_anew(text: str, labels: Labels) -> bool:
    """Whether a line begins something of its own, and so is no rest of a heading."""
    return bool(_NUMBERED.match(squeeze(text))) or labels.match(text) is not None


def _near(text: str, section: str) -> bool:
    return bool(label_key(text)) and section.isdigit()
