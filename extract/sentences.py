"""The sentences of a report's sections, folded for matching, with their way back to the print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from extract.model import PageBox
from extract.normalise import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extract.model import Paragraph, Where
    from extract.sections import Part

_END = re.compile(r"[。；;！!？?\n]")
_ENDS = re.compile(r"[。；;！!？?:：]\s*$")
_BEGINS = re.compile(r"^\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．])")
_SHORT = 12
_LONGEST = 4_000
_LONGEST_HEADING = 25
_UNSEEN = re.compile(r"[\s\"\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")


@dataclass(frozen=True)
class Said:
    """A sentence: where it stands, the heading above it, its text as printed.

    `number` is the section's, `ordinal` the sentence's place in it, from 1. `above` is the nearest
    line of the section that is numbered and no sentence: the heading of a part of it.
    """

    number: int
    ordinal: int
    heading: str
    text: str
    where: tuple[Where, ...] = ()
    above: str = ""

    @cached_property
    def _kept(self) -> tuple[int, ...]:
        return tuple(n for n, c in enumerate(fold(self.text)) if not _UNSEEN.match(c))

    @cached_property
    def folded(self) -> str:
        """The text for matching: without spaces and quotes, look-alike characters unified."""
        folded = fold(self.text)
        return "".join(folded[n] for n in self._kept)

    def printed(self, start: int, end: int) -> str:
        """The print of a stretch of `folded`, spaces inside it included."""
        return self.text[self._kept[start] : self._kept[end - 1] + 1]


def sentences(parts: Sequence[Part]) -> Iterator[Said]:
    """Every sentence of the sections, in order."""
    for part in parts:
        ordinal, above = 0, ""
        for text, where in _runs(part.paragraphs):
            for sentence in _divided(text):
                ordinal += 1
                if len(sentence) <= _LONGEST_HEADING and _BEGINS.match(sentence):
                    above = sentence
                yield Said(part.number, ordinal, part.heading, sentence, where, above)


def _runs(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[str, tuple[Where, ...]]]:
    """Paragraphs, those that a page's layout broke in two put together."""
    text, where = "", list[PageBox]()
    for paragraph in paragraphs:
        box = paragraph.where if isinstance(paragraph.where, PageBox) else None
        broken = where and box and _SHORT <= len(text) < _LONGEST and not _ENDS.search(text[-9:])
        if broken and box and not _BEGINS.match(paragraph.text):
            text += paragraph.text
            where.append(box)
            continue
        if text:
            yield text, tuple(where)
        text, where = paragraph.text, [box] if box else []
    if text:
        yield text, tuple(where)


def _divided(text: str) -> Iterator[str]:
    start = 0
    for end in (*(m.end() for m in _END.finditer(text)), len(text)):
        sentence = text[start:end].strip()
        if sentence:
            yield sentence
        start = end
