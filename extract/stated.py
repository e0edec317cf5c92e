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
from extract.model import Figure, Sentence
from extract.normalise import squeeze
from extract.sentences import Said, sentences
from extract.speaker import Speaker

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from extract.sections import Part

COLUMN = "stated"
_PLANS = re.compile(r"问题|改进|打算|计划|下一步|措施|安排")
_TIMES = (
    r"(?:(?:在)?20\d\d年度?|本年度?|今年|当年|全年度?|年内|一年来|本?(?:报告|统计)(?:期|年度)内?"
    r"|(?:自|从)?(?:20\d\d年)?1月1日起?[至到-](?:20\d\d年)?12月31日(?:止|期间)?|期间)"
)
_ALL = (
    r"(?:总共|共计|一共|合计|总计|共|实际|依法|已|新"
    r"|各级(?:行政机关|政府|各部门)|各(?:级)?部门|行政机关)"
)
_FREE = re.compile(rf"(?:{_TIMES}|{_ALL})*")
_GENERAL = re.compile(
    rf"(?:{_TIMES}|{_ALL})*(?:认真|严格|不断|积极|切实|坚持|进一步|深入|全面|大力|继续|努力|高度|着力)*"
    r"(?:(?:按照|根据|依照|贯彻|落实|执行|推进|加强|加大|做好|深化|完善|规范|重视|开展|拓展|丰富|创新|抓好)+"
    r"(?:《[^》]{1,30}》|条例|要求|规定|有关|各项|政府|政务|信息|主动|公开|工作|力度|内容|范围|形式|制度"
    r"|机制|的|和|及|与)*)?"
)
"""A clause that says how the work was done, and names no part of it."""
_FREE_PART = re.compile(r"(?:其中|其中有|分别为|分别是|有)?")
_OTHER = re.compile(
    r"环比|比上|迄今|[日月人]均|平均"
    r"|计划|目标|力争|预计|拟|争取|将(?!近)|方面|领域|栏目|渠道|通过|利用|网站|网上|微信|微博|公报|[例比]如|涉及|关于"
    r"|[局委厅镇乡]|街道|办公室|政府办|本级|代表|部门|试点|重点|部分"
)
_ON_EVERYTHING = re.compile(
    r"主动公开|公开(?:的)?(?:数量|情况|总量|内容|信息数)|总体|基本|概况|综述"
)
_OTHER_TIME = re.compile(
    r"同比|相比|上一?年|去年|前年|往年|历年|较|累计|截[至止]|以来|年来|至今|结转|半年|季度|年底|年末|为止"
    r"|十[一二三四五]五|[二三四五六七八九十]年|本届"
)
_ACTS = re.compile(r"收到|接到|接收|受理|办理|答复|办结|公开(?=(?:政府)?信息(?!公开))")
_OWN_ACT = re.compile(
    rf"(?:{_TIMES}|{_ALL}|在|对|主动|已经|按时|均|全部|所有|作出|做出|政府|政务|信息|依|申请|同意|部分|不予|予以|的"
    r"|通过|网站|门户|公报|微博|微信|[区县市旗州])*"
)
_AMONG = re.compile(r"其中|分别")
_MAY_STATE = re.compile(r"\d[件条份宗项个起例次篇场期处人]|[未无]|没有")
_LONGEST_SENTENCE = 500
_MOST_SENTENCES = 2_000
"""Reports have some hundreds; a file made to keep a reader busy has any number."""
_YEAR = re.compile(r"(20\d\d)年")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月")
_MONTHS_OF_A_YEAR = frozenset({"1", "12"})
_ENDS = re.compile(r"[,。;、:()!?]|$|其中|均|全部")
_MORE = re.compile(r"[(,、](?:不?含|不?包[括含]|其中含|加上)")
_COUNTED = re.compile(r"\d[件条份宗项个起例次篇场期处人]+次?、$")
_CLAUSE = re.compile(r"[,:()、]")


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
        whole = _AMONG.split(speaker.without(said.folded))[0]
        others = not _acts_are_own(whole) if _ACTS.search(whole) else others
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
            if _leads(count, text[: match.start()], speaker) and _closes(text[match.end() :]):
                yield _Found(None, said.printed(*match.span()), None, said)


def _is_stated(count: _Count, said: Said, match: re.Match[str], speaker: Speaker) -> bool:
    text, above = said.folded, said.above
    lead, tail = text[: match.start()], text[match.end() :]
    if count.claims and not _claims(speaker.without(lead), lead, match[0]):
        return False
    if count.claims and above and not _ON_EVERYTHING.search(squeeze(above)):
        return False
    return _leads(count, lead, speaker) and _closes(tail)


def _closes(tail: str) -> bool:
    return bool(_ENDS.match(tail)) and not _MORE.match(tail)


def _claims(bare: str, lead: str, said: str) -> bool:
    """Whether a count says that it is of everything, and no topic stands before it.

    It says so by 全年, by 共, or by who published it; 围绕预算，共公开 200 条 is of the budget.
    """
    whole = bool(_CLAUSE.split(lead)[-1] or re.search(r"共|总|合计", said))
    *before, last = _CLAUSE.split(bare)
    return whole and bool(_FREE.fullmatch(last)) and all(map(_GENERAL.fullmatch, before))


def _leads(count: _Count, lead: str, speaker: Speaker) -> bool:
    """Whether what stands before a count in its sentence leaves no doubt what is counted."""
    last = _CLAUSE.split(lead)[-1]
    before = lead[: len(lead) - len(last)]
    if before.endswith("、") and not _COUNTED.search(before):
        return False
    bare = speaker.without(last)
    free = _FREE.fullmatch(bare) or (not count.whole and _FREE_PART.fullmatch(bare))
    earlier = speaker.without(before)
    if count.whole:
        others = (_OTHER, _OTHER_TIME, _AMONG)
        return bool(free) and not any(pattern.search(earlier) for pattern in others)
    return bool(free) and _is_of_the_whole(earlier)


def _is_of_the_whole(earlier: str) -> bool:
    """Whether what stands before a part of a count is this body's own, and of this year."""
    return not _OTHER_TIME.search(earlier) and _acts_are_own(earlier)


def _acts_are_own(earlier: str) -> bool:
    """Whether all that was received, handled, answered or published was so by this body."""
    acts = (_CLAUSE.split(earlier[: act.start()])[-1] for act in _ACTS.finditer(earlier))
    return all(_OWN_ACT.fullmatch(before) for before in acts)


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
