"""The counts that a report without tables states in its sentences, each with its sentence.

A number is taken only where everything before it in its clause is understood: the year, the body
that speaks, a word for the whole. Comparisons, other years, other bodies, rounded and running
totals give no figure, and so does a count that is stated twice and differently.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.forms import NARRATIVE
from extract.leads import ACTS, AMONG, acts_are_own, claims_all, closes, leads_clearly
from extract.model import Figure, Sentence
from extract.normalise import squeeze
from extract.sentences import Said, sentences
from extract.speaker import Speaker

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from extract.sections import Part

COLUMN = "stated"
_PLANS = re.compile(r"问题|改进|打算|计划|下一步|措施|安排")
_ON_EVERYTHING = re.compile(
    r"主动公开|公开(?:的)?(?:数量|情况|总量|内容|信息数)|总体|基本|概况|综述"
)
_MAY_STATE = re.compile(r"\d[件条份宗项个起例次篇场期处人]|[未无]|没有")
_LONGEST_SENTENCE = 500
_MOST_SENTENCES = 2_000
"""Reports have some hundreds; a file made to keep a reader busy has any number."""
_YEAR = re.compile(r"(20\d\d)年")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月")
_MONTHS_OF_A_YEAR = frozenset({"1", "12"})


@dataclass(frozen=True, slots=True)
class _Count:
    """What may be stated: patterns of a number and of there being none."""

    id: str
    whole: bool
    claims: bool
    about: re.Pattern[str] | None
    says: tuple[re.Pattern[str], ...]
    none: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    value: Decimal | None
    printed: str
    unit: str | None
    said: Said


def stated_figures(
    parts: Sequence[Part],
    publisher: str | None,
    year: int | None,
    only: Collection[str] | None = None,
    doubt: str | None = None,
) -> tuple[Figure, ...]:
    """The counts stated in sections of running text, in the order of `narrative.json`.

    Args:
        parts: The sections; those on problems and plans are passed over.
        publisher: Whose report it is: counts of other bodies are not taken.
        year: The year reported on: counts of other years are not taken.
        only: The rows to look for, by default all of them.
        doubt: Why the text itself may be wrong, where it was recognised from a picture.
    """
    speaker = Speaker(publisher)
    wanted = [count for count in _counts() if only is None or count.id in only]
    found: dict[str, list[_Found]] = defaultdict(list)
    own = sentences([p for p in parts if not _PLANS.search(p.heading)])
    section, others = 0, False
    for said in islice((s for s in own if _may_state(s)), _MOST_SENTENCES):
        others = others and said.number == section
        section = said.number
        if _of_another_time(said.folded, year):
            others = True
            continue
        whole = AMONG.split(speaker.without(said.folded))[0]
        others = not acts_are_own(whole) if ACTS.search(whole) else others
        for count in wanted:
            # 其中 may begin a sentence of its own: then it is part of what the last one counted.
            if count.whole or not others:
                found[count.id] += _read(count, said, speaker)
    return tuple(_figures(_settled(found), doubt))


def _may_state(said: Said) -> bool:
    return len(said.text) <= _LONGEST_SENTENCE and bool(_MAY_STATE.search(said.folded))


def _of_another_time(text: str, year: int | None) -> bool:
    years = {int(y) for y in _YEAR.findall(text)}
    return bool(years - {year}) or bool(set(_MONTH.findall(text)) - _MONTHS_OF_A_YEAR)


def _read(count: _Count, said: Said, speaker: Speaker) -> Iterator[_Found]:
    text = said.folded
    if count.about and not count.about.search(text + squeeze(said.heading)):
        return
    for pattern in count.says:
        for match in pattern.finditer(text):
            printed = said.printed(*match.span("n"))
            if _is_stated(count, said, match, speaker) and not re.search(r"\s", printed):
                value = Decimal(match["n"].replace(",", ""))
                yield _Found(value, printed, match["unit"], said)
    for pattern in count.none:
        for match in pattern.finditer(text):
            if leads_clearly(text[: match.start()], speaker, whole=count.whole) and closes(
                text[match.end() :]
            ):
                yield _Found(None, said.printed(*match.span()), None, said)


def _is_stated(count: _Count, said: Said, match: re.Match[str], speaker: Speaker) -> bool:
    text, above = said.folded, said.above
    lead, tail = text[: match.start()], text[match.end() :]
    if count.claims and not claims_all(speaker.without(lead), lead, match[0]):
        return False
    if count.claims and above and not _ON_EVERYTHING.search(squeeze(above)):
        return False
    return leads_clearly(lead, speaker, whole=count.whole) and closes(tail)


def _settled(found: dict[str, list[_Found]]) -> dict[str, _Found]:
    """One statement for each count; none where two differ, or where parts exceed their whole."""
    settled = {}
    for row, all_found in found.items():
        values = {f.value or Decimal(0) for f in all_found}
        if len(values) == 1:
            settled[row] = next((f for f in all_found if f.value is not None), all_found[0])
    for whole in ("published", "received", "concluded", "answered"):
        parts = [row for row in settled if row.startswith(f"{whole}_")]
        total = settled[whole].value if whole in settled else None
        amount = sum((settled[p].value or Decimal(0) for p in parts), Decimal(0))
        largest = max((settled[p].value or Decimal(0) for p in parts), default=Decimal(0))
        # One item may be published in several ways: only each way must not exceed the whole.
        if total is not None and (largest if whole == "published" else amount) > total:
            for part in parts:
                del settled[part]
    return settled


def _figures(settled: dict[str, _Found], doubt: str | None) -> Iterator[Figure]:
    for count in _counts():
        found = settled.get(count.id)
        if found is None:
            continue
        yield Figure(
            NARRATIVE,
            count.id,
            COLUMN,
            status="mark" if found.value is None else "printed",
            value=found.value,
            printed=found.printed,
            unit=found.unit,
            doubt=doubt,
            where=(Sentence(found.said.number, found.said.ordinal), *found.said.where),
            sentence=found.said.text,
        )


@cache
def _counts() -> tuple[_Count, ...]:
    path = Path(__file__).with_name("forms") / f"{NARRATIVE}.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    return tuple(_count(row, data["words"]) for row in data["tables"][NARRATIVE]["rows"])


def _count(row: dict[str, Any], words: dict[str, str]) -> _Count:
    def compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(
            re.compile(re.sub(r"\{([a-z]+)\}", lambda m: words[m[1]], pattern), re.ASCII)
            for pattern in patterns
        )

    about = re.compile(row["about"]) if "about" in row else None
    says, none = compiled(row["says"]), compiled(row.get("none", ()))
    return _Count(row["id"], row["kind"] == "whole", row.get("claims", False), about, says, none)
