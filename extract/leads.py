"""What stands before a count in its sentence, and behind it: whether it is certain what is counted.

Everything before a count in its clause has to be understood; what is not leaves the count untaken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extract.speaker import Speaker

_TIMES = (
    r"(?:(?:在)?20\d\d年度?|本年度?|今年|当年|全年度?|年内|一年来|本?(?:报告|统计)(?:期|年度)内?"
    r"|(?:自|从)?(?:20\d\d年)?1月1日起?[至到-](?:20\d\d年)?12月31日(?:止|期间)?|期间)"
)
_ALL = (
    r"(?:总共|共计|一共|合计|总计|共|实际|依法|已|新"
    r"|各级(?:行政机关|政府|各部门)|行政机关)"
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
_ENDS = re.compile(r"[,。;、:()!?]|$|其中|均|全部")
_MORE = re.compile(r"[(,、](?:不?含|不?包[括含]|其中含|加上)")
_COUNTED = re.compile(r"\d[件条份宗项个起例次篇场期处人]+次?、$")
_CLAUSE = re.compile(r"[,:()、]")
_OTHER_TIME = re.compile(
    r"同比|相比|上一?年|去年|前年|往年|历年|较|累计|截[至止]|以来|(?<!一)年来|至今|结转|半年|季度|年底|年末|为止"
    r"|十[一二三四五]五|[二三四五六七八九十]年|本届"
)
ACTS = re.compile(r"收到|接到|接收|受理|办理|答复|办结|公开(?=(?:政府)?信息(?!公开))")
_OWN_ACT = re.compile(
    rf"(?:{_TIMES}|{_ALL}|在|对|主动|已经|按时|均|全部|所有|作出|做出|政府|政务|信息|依|申请|同意|部分|不予|予以|的"
    r"|通过|网站|门户|公报|微博|微信|[区县市旗州])*"
)
AMONG = re.compile(r"其中|分别")


def closes(tail: str) -> bool:
    """Whether a count ends where its unit ends: 35 件, not 35 件左右 or 35 件（含结转 2 件）."""
    return bool(_ENDS.match(tail)) and not _MORE.match(tail)


def claims_all(bare: str, lead: str, said: str) -> bool:
    """Whether a count says that it is of everything, and no topic stands before it.

    It says so by 全年, by 共, or by who published it; 围绕预算，共公开 200 条 is of the budget.
    """
    whole = bool(_CLAUSE.split(lead)[-1] or re.search(r"共|总|合计", said))
    *before, last = _CLAUSE.split(bare)
    return whole and bool(_FREE.fullmatch(last)) and all(map(_GENERAL.fullmatch, before))


def leads_clearly(lead: str, speaker: Speaker, *, whole: bool) -> bool:
    """Whether what stands before a count in its sentence leaves no doubt what is counted.

    Args:
        lead: What stands before it.
        speaker: The body whose report it is.
        whole: Whether it is a total, and no part of one.
    """
    last = _CLAUSE.split(lead)[-1]
    before = lead[: len(lead) - len(last)]
    if before.endswith("、") and not _COUNTED.search(before):
        return False
    bare = speaker.without(last)
    free = _FREE.fullmatch(bare) or (not whole and _FREE_PART.fullmatch(bare))
    earlier = speaker.without(before)
    if whole:
        others = (_OTHER, _OTHER_TIME, AMONG)
        return bool(free) and not any(pattern.search(earlier) for pattern in others)
    return bool(free) and _is_of_the_whole(earlier)


def _is_of_the_whole(earlier: str) -> bool:
    """Whether what stands before a part of a count is this body's own, and of this year."""
    return not _OTHER_TIME.search(earlier) and acts_are_own(earlier)


def acts_are_own(earlier: str) -> bool:
    """Whether all that was received, handled, answered or published was so by this body."""
    acts = (_CLAUSE.split(earlier[: act.start()])[-1] for act in ACTS.finditer(earlier))
    return all(_OWN_ACT.fullmatch(before) for before in acts)
