"""What a title alone says: an annual report on information disclosure, a look-alike, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from extract.normalise import squeeze

Kind = Literal["report", "look-alike", "other"]


@dataclass(frozen=True, slots=True)
class TitleFacts:
    """What a title says; `year` is the year reported on, `publisher` is as the title prints it.

    `kind` is `look-alike` for what stands beside the reports and must not be taken for one:
    explanations, templates, statistics of requests, the annual reports of other laws.
    """

    kind: Kind
    year: int | None = None
    publisher: str | None = None


_DIGITS = "零〇一二三四五六七八九"
_YEAR = r"(?:20[0-4]\d|二[零〇0][零〇0一二三四][零〇0一二三四五六七八九])"
_CORE = re.compile(
    r"(?:(?<!人民)政府|政务)?(?:信息(?:[与和及、]?政务|主动)?公开|公开信息|信息工作公开|政务公开)"
    r"[工作情况的]*"
    rf"(?:[(]?({_YEAR})(?:年度?)?[)]?)?"
    r"[年度工作情况总结的]*报(?![道表刊送备纸])(?:告书?)?"
)
# 2021年, 2021年度, 2021 before the core or in brackets; never a date such as 2022年1月28日.
_YEAR_MARK = re.compile(rf"(?<!\d)({_YEAR})(?!\d)(?!年?[-./]?\d{{1,2}}[-./月])(?:年度?)?")
_PART_OF_YEAR = re.compile(r"季度|半年|月份|\d月|学年")
_EXPLAINS = re.compile(r"解读|图解|图说|一图|读懂|看懂|长图|动漫|视频|可视化")
_ASKS_FOR_REPORTS = re.compile(
    r"关于(?:认真|切实|进一步)*(?:做好|开展|编制|编写|报送|上报|填报|规范|组织|加强|召开|征集|修改)"
)
_ABOUT_REPORTS = re.compile(
    r"解读|图解|图说|格式|模板|范本|样本|提纲|编制|编写|撰写|填报|报送|培训|会议|要求|说明|统计|数据"
    r"|对比|分析|评估|评查|考核|审核|审查|通报|发布情况|公布情况|任务|事项|新闻|清单"
)
_NOT_A_REPORT = re.compile(r".{0,4}(?:制度|办法|规定|指南|目录|平台|系统|专栏|栏目|汇总|列表|入口)")
_PUBLISHES = re.compile(r"关于(?:公布|发布|公开|印发)|^(?:公布|发布)")
_BESIDE = re.compile(
    r"[(（]含[^()（）]{1,20}[)）]|(?:20\d\d年)?\d{1,2}月\d{1,2}日|[(（][^()（）]{0,4}统计期限[^()（）]*[)）]"
)
"""What a title says beside its name: what comes with it, the days that it covers."""
_OTHER_SUBJECT = re.compile(
    r"(?:预算|决算|预决算|三公经费|环境|社会责任|双公示|信用|企业|行政处罚|行政许可"
    r"|高校|高等学校|高等院校|各类学校|债务|采购|企事业单位)$"
)
_LOOK_ALIKES = re.compile(
    r"依申请公开.*(?:统计|数据|情况)|信息公开.*(?:统计表|统计数据|数据统计|工作总结|工作要点)"
    r"|法治政府.*(?:报告|年报)|依法行政.*(?:报告|年报)|行政执法.*(?:年报|年度|报告|统计)"
    r"|[决预]算|三公经费|网站.*(?:报表|年报|年度|工作报告)|政务公开.*(?:总结|要点)"
    r"|(?:信息公开|年度报告|年报).*(?:解读|图解|格式|通知|模板)|(?:图解|解读|一图).*(?:年度报告|年报)"
    r"|政府工作报告|财务报告|年度报告编制|信息公开工作(?:情况)?(?:统计|总结)"
)
_LEAD = re.compile(
    r"^(?:\d{1,3}[.、)]|[\[(<《\"'·:>-]+|关于|公布|发布|公开|印发|附件\d*[:.]?|报告[:]|[)\]]+)+"
)
_TAIL = re.compile(r"(?:关于|[《\"'(\[:,-]|的|公布|发布|印发|公开)+$")
_PLACELESS = re.compile(
    r"(?:[各本全我]?(?:省|市|区|县|州|旗|乡|镇|街道|部门|单位|机关|委办局|[级直属辖、()和及]){0,6})"
    r"(?:人民)?(?:政府)?(?:办公室|办公厅|办|部门|各部门|机关|办事处|组成部门|工作部门)?"
)
_GENERIC = re.compile(
    r"历年|往年|年度|以前|法定|主动公开|内容|首页|当前|更多|信息公开|政务|栏目|部门年报|其他|文件|信息$"
)
_UNIT_END = re.compile(
    r"(?:[省市区县州盟旗乡镇村局委办厅院署处所队站馆校园社台库司会团部]|政府|街道|中心|公司|医院|学院|大学"
    r"|中学|小学|集团|联合会|办公室|委员会|管委会|开发区|新区|农场|林场|苏木|地区|行署|兵团|支队|基地)$"
)
_GLUE = re.compile(r"[_|｜»]+|>>|\s[-–—·>]+\s|[-–—]+(?=[^\d\s-])")
_BARE_UNIT = re.compile(
    r"[\u4e00-\u9fff]{2,24}(?:局|委员会|委|厅|(?<!公开)办公室|人民政府|街道|街道办事处|镇|乡|管委会)"
)
_SITE = r"[\u4e00-\u9fff]{2,16}?(?:门户网站|政府网站?|政务网|信息公开网|信息公开平台)"
_SITE_BEFORE = re.compile(rf"^{_SITE}(?=.*(?:报告|年报))")
_SITE_BEHIND = re.compile(rf"(?<=报告|年报){_SITE}$")
_AROUND_A_UNIT = re.compile(r"^[^\u4e00-\u9fff]+|(?:年度?报告?|[^\u4e00-\u9fff])+$")
_MIN_NAME = 2
_MAX_NAME = 40


def classify(title: str) -> TitleFacts:
    """Tell from a title (a heading, a link text) whether it names an annual report.

    A bare column name (政府信息公开年报 with neither a year nor a unit) is `other`.
    """
    text = squeeze(title)
    core = _CORE.search(text)
    if core is None:
        years = set(_YEAR_MARK.findall(text))
        kind: Kind = "look-alike" if _LOOK_ALIKES.search(text) else "other"
        return TitleFacts(kind, _number(years.pop()) if len(years) == 1 else None)
    before, after = text[: core.start()], text[core.end() :]
    year = _year(before, core.group(1), after)
    publisher = _publisher(before)
    if _is_look_alike(before, after):
        return TitleFacts("look-alike", year, publisher)
    if (year is None and publisher is None) or "历年" in before or _NOT_A_REPORT.match(after):
        return TitleFacts("other", year, publisher)
    return TitleFacts("report", year, publisher)


def without_site(title: str) -> str:
    """A page's title without the site's name glued to it: 年报_某区人民政府, 某区政府网-年报.

    The one piece that names a report by itself is the title; where none or several do, all of it.
    """
    whole = " ".join(title.split())
    pieces = [piece.strip() for piece in _GLUE.split(whole)]
    named = [piece for piece in pieces if classify(piece).kind == "report"]
    title = named[0] if len(pieces) > 1 and len(named) == 1 else whole
    bare = _SITE_BEHIND.sub("", _SITE_BEFORE.sub("", title))
    return bare if classify(bare).kind == "report" else title


def _is_look_alike(before: str, after: str) -> bool:
    """Whether a title that names annual reports is about them, or about another duty."""
    # What follows a separator is the site's name or a breadcrumb: 统计局 there means nothing.
    own = re.split(r"[-_|]", _BESIDE.sub("", after), maxsplit=1)[0]
    return bool(
        _PART_OF_YEAR.search(before + own)
        or _EXPLAINS.search(before)
        or _EXPLAINS.search(after)
        or _ABOUT_REPORTS.search(own)
        or _ASKS_FOR_REPORTS.search(before)
        or _OTHER_SUBJECT.search(before)
        or (re.search(r"通知|的?函$", own) and not _PUBLISHES.search(before))
    )


def _year(before: str, inside: str | None, after: str) -> int | None:
    """The year in the core (信息公开工作2021年度报告), else the nearest before it, else after."""
    if inside:
        return _number(inside)
    marks = _YEAR_MARK.findall(before)
    if marks:
        return _number(marks[-1])
    marks = _YEAR_MARK.findall(after)
    return _number(marks[0]) if marks else None


def _number(year: str) -> int:
    return int("".join(c if c.isascii() else str(max(_DIGITS.index(c) - 1, 0)) for c in year))


def _publisher(before: str) -> str | None:
    """The unit that stands before the core, after the year or before it, as printed."""
    parts = [_TAIL.sub("", _LEAD.sub("", part)) for part in _YEAR_MARK.split(before)[::2]]
    for part in reversed(parts):
        if is_unit(part):
            return part
    return None


def unit_alone(text: str) -> tuple[str | None, int | None]:
    """The unit and the year that a bare entry of a list consists of: 区教育局, 2021年（区教育局）.

    Nothing where anything else stands beside them.
    """
    bare = squeeze(text)
    years = _YEAR_MARK.findall(bare)
    name = _AROUND_A_UNIT.sub("", _YEAR_MARK.sub("", bare))
    if len(years) > 1 or not _BARE_UNIT.fullmatch(name) or not is_unit(name):
        return None, None
    return name, _number(years[0]) if years else None


def is_unit(name: str) -> bool:
    """Whether a text reads as the name of one unit, more than 区政府 or 政府办公室."""
    return bool(
        _MIN_NAME <= len(name) <= _MAX_NAME
        and _UNIT_END.search(name)
        and not _PLACELESS.fullmatch(name)
        and not _GENERIC.search(name)
    )
