"""The report's sections: found by the form's headings, however they are numbered."""

from __future__ import annotations

import re
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


def find_sections(paragraphs: Sequence[Paragraph], headings: Sequence[str]) -> tuple[Section, ...]:
    """Divide the text at the form's headings; section 0 is what stands before the first."""
    labels = _labels(tuple(headings))
    found: list[tuple[int, str, list[str]]] = [(0, "", [])]
    texts = [_BOOKMARK.sub("", p.text).strip() for p in paragraphs]
    at = 0
    while at < len(texts):
        number, taken = _heading(texts, at, labels, found[-1][0])
        if number:
            found.append((number, " ".join(texts[at : at + taken]), []))
        elif texts[at]:
            found[-1][2].append(texts[at])
        at += taken
    sections = (Section(n, _one_line(heading), "\n".join(text)) for n, heading, text in found)
    return tuple(s for s in sections if s.number or s.text)


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


def _one_line(heading: str) -> str:
    return " ".join(heading.split())
