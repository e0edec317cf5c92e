"""Whether a report's figures are a whole government's or one office's, where the text says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extract.normalise import squeeze
from extract.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.model import Scope
    from extract.sections import Part

_LAST_OF_INTRODUCTION = 1
_OTHER_MATTERS = re.compile(r"其他|说明|事项")
_OFFICE = re.compile(
    r"(?:局|委员会|委|厅|院|中心|站|队|所|公司|学校|街道|街道办事处|街道办|(?:镇|乡|民族乡|苏木)(?:人民)?政府|镇|乡"
    r"|管理处|办事处|联合会|管委会|(?<!政府)办公室|(?<!政)府?办)$"
)
_GOVERNMENT_OFFICE = re.compile(r"(?:政府|府)(?:办公室|办公厅|办)$")
_THE_REPORT = re.compile(
    r"本报告|本年度?报告|本年报|报告(?:中)?的?(?:所列)?(?:数据|内容)|所列数据|统计(?:数据|范围|口径|对象)|数据(?:统计)?(?:范围|口径)"
    r"|^(?:以上|上述)数据"
)
_BODIES = (
    r"(?:[各所](?:级|有|属)?(?:行政机关|部门|委办局|单位|街道|街镇|镇街?|乡镇|镇乡|乡|区县|县区|[区县市])"
    r"|[全各][省市区县州旗](?!政府信息公开工作)|(?:市|区|县|旗)直(?:部门|单位)|下[辖属](?:单位|各))"
)
_GATHERS = r"(?:汇总|涵盖|包括|包含|覆盖|含(?!义)|合并)"
_CONSOLIDATED = re.compile(
    rf"(?:[省市区县州旗]|全)?本级汇总|{_BODIES}[^。]{{0,24}}汇总|{_GATHERS}[^。]{{0,24}}{_BODIES}"
    rf"|[全各][省市区县州旗](?:数据)?汇总"
)
_SINGLE = re.compile(
    rf"(?:仅|只|均?为|限于)(?:反映|统计|包[括含]|涉及|指)?[^。,]{{0,14}}(?:本级(?!汇总)|本机关|本单位|本部门|本局|办公室自身)"
    rf"|(?:不|未)(?:含|包[括含]|汇总|涉及|涵盖)[^。]{{0,24}}{_BODIES}"
)
_IS_WORK = re.compile(
    r"指导|督促|督导|加强|要求|组织|审核|开展|推动|推进|抓好|做好|落实|规范|检查|强化"
)
_TITLE = re.compile(r"[(（]?(?:[省市区县州旗全]?本级汇总|全?[省市区县州旗]?汇总)[)）]?")
_TITLE_OWN = re.compile(r"(?:政府|[市区县旗])本级(?!汇总)")
_LONGEST = 120


def scope_of(
    title: str | None, publisher: str | None, parts: Sequence[Part]
) -> tuple[Scope | None, str | None]:
    """The scope and the words that say so; None where nothing does, or where words contradict.

    The title counts first, then a publisher that is an office, a town or a street, then sentences
    of the introduction, the first section and the last that speak of the report's own figures.
    """
    named = squeeze(title or "")
    for pattern, scope in ((_TITLE, "consolidated"), (_TITLE_OWN, "single")):
        found = pattern.search(named)
        if found:
            return scope, found[0]  # type: ignore[return-value] # the pairs above say which
    if publisher and _OFFICE.search(publisher) and not _GOVERNMENT_OFFICE.search(publisher):
        return "single", publisher
    said: dict[Scope, str] = {}
    for sentence in sentences([p for p in parts if _speaks(p)]):
        text = sentence.folded
        if len(text) > _LONGEST or not _THE_REPORT.search(text) or _IS_WORK.search(text):
            continue
        if _SINGLE.search(text):
            said.setdefault("single", sentence.text)
        elif _CONSOLIDATED.search(text):
            said.setdefault("consolidated", sentence.text)
    if len(said) == 1:
        return next(iter(said.items()))
    return None, None


def _speaks(part: Part) -> bool:
    return part.number <= _LAST_OF_INTRODUCTION or bool(_OTHER_MATTERS.search(part.heading))
