"""What a link promises: a report, the reports' column, a way to it, or nothing.

The order in which a crawl looks is best first: a report before a column, a column before the
pages that may lead to one. Scores are Scrapy priorities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from crawler.discovery.titles import classify
from crawler.discovery.words import is_truncated
from extract.titles import is_unit

Kind = Literal["report", "either", "column", "hub"]
"""report: a report's own page or file · either: a page that may be a report or the column itself ·
column: a list of reports · hub: a page of disclosure that may lead to the column."""
Here = Literal["home", "hub", "column"]
"""What the page is on which a link stands."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a link seems to lead to, and how soon to look (higher is sooner)."""

    kind: Kind
    score: int


_COLUMN_TEXT = re.compile(
    r"(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:工作)?(?:情况)?(?:年度?报告?|报告|年报)$"
    r"|^(?:政府|政务|信息)?公开(?:工作)?(?:年度报告|年报)$|^(?:公开|历年|工作|部门|单位)?年度?报(?:告|表)?$"
    r"|^.{0,4}(?:政府|部门|单位|机关|街道|乡镇|镇街|街镇|镇办|乡镇街道|园区)(?:办)?(?:信息公开)?(?:年报|年度报告)$"
    r"|^(?:年度工作报告|年度报告|年报公开|公开年报|历年年报|年报专栏)$"
    r"|^(?:往年|历年|以往|历史|归档|旧版?|主动公开|政府信息|信息)的?(?:年度报告|年报|报告)$"
    r"|^.{0,8}年报(?:汇编|归档|存档)$"
    r"|信息公开(?:工作)?(?:年度报告|年报)(?:专栏|汇总|栏目|列表|查询|公示|公开|\(.{1,8}\)|（.{1,8}）)$"
)
_COLUMN_PATH = re.compile(
    r"/[^/]*gk[a-z]{0,6}?(?:nb|ndbg|ndgzbg|nianbao)[^/]*(?:/|$)|/[^/]*ndbg[^/]*(?:/|$)"
    r"|/(?:xx)?(?:nb|nianbao)\d{0,4}(?:/|$)|/(?:info-?)?annual[-_]?reports?(?:[/.]|$)",
    re.IGNORECASE,
)
_NOT_COLUMN = re.compile(
    r"决算|预算|法治|执法|网站|统计年鉴|环境|质量|上市|企业|社会责任|财务|工作报表|解读|政府工作报告"
    r"|人大|政协|审计|国资|气象|信用|普法|双公示|招标|采购|依申请"
)
_HUBS = (
    (re.compile(r"政府信息(?:主动)?公开(?:专栏|专题|平台|网)?$"), 60),
    (re.compile(r"^(?:法定)?主动公开(?:内容|目录)?$"), 56),
    (re.compile(r"政务公开(?:专栏|专题|平台|网)?$"), 54),
    (re.compile(r"信息公开(?:专栏|专题|平台|网)?$"), 50),
    (re.compile(r"^(?:信息|政务|公开)?公开$|^政务信息$|^公开专栏$"), 44),
    (re.compile(r"政府信息公开(?:目录|基础平台|工作)$|信息公开目录$"), 40),
    (re.compile(r"^(?:阳光|透明|依法)?(?:政务|政府|公开)$|^(?:依法|透明)公开$|^公开政府$"), 38),
    (
        re.compile(
            r"^(?:government|information|affairs)?\s*(?:disclosure|openness)$", re.IGNORECASE
        ),
        38,
    ),
)
_SITE_MAP = re.compile(r"^(?:网站|站点)(?:地图|导航)$")
_HUB_PATH = re.compile(
    r"/(?:zfxxgk|xxgk|zwgk|zfxxgkzl|gkmlpt|disclosure|openness)[\w-]*/?(?:index\.\w+)?$",
    re.IGNORECASE,
)
_UNITS_HUB = re.compile(
    r"^(?:区|县|市|旗|州)?(?:政府|直|级)?(?:组成|工作)?(?:部门|单位|机关)(?:信息公开|政务公开)?(?:平台|目录)?$"
    r"|^(?:各)?(?:乡镇|镇街|街道|乡镇街道|乡镇（街道）|镇（街）|街镇)(?:信息公开|政务公开)?$"
)
_YEAR_TEXT = re.compile(r"^20[0-4]\d(?:年度?)?(?:年报|年度报告|报告|政府信息公开年报)?$")
_EARLIER = re.compile(
    r"^20[0-4]\d年?度?(?:[-—–~～至到]{1,2}20[0-4]\d年?度?|及?(?:以|之)前)(?:年[度份])?(?:年报|年度报告|报告)?$"
    r"|^(?:以前|以往|更早|更多|其他|往期)年[度份](?:年报|报告)?$|^(?:往年|历年|往期|归档|历史归档|历史数据)$"
)
"""What a column calls the place of its older reports."""
_UNIT_YEAR = re.compile(r"^([\u4e00-\u9fff（）()]{0,30}?)\s*20[0-4]\d\s*年?(?:度)?(?:年报|报告)?$")
_UNIT_KIND = re.compile(
    r"^(?:.{0,8}?(?:区|县|市|旗|州|省|乡|镇)?(?:人民)?政府(?:办|本级|部门|工作部门|组成部门)?"
    r"|.{0,6}?(?:部门|单位|机关|街道|乡镇|镇街|街镇|镇办|园区|公共企事业|事业单位|垂直管理|派出机构|驻区)"
    r"(?:（.{1,6}）|\(.{1,6}\)|、?.{0,6})?)(?:信息公开)?(?:年报|年度报告|报告)?$"
)
_UNIT_NAME = re.compile(r"(?:局|委|办|院|镇|乡|街道|办事处|管委会|委员会|中心|办公室|队|站|处)$")
_NEXT_TO_REPORT = re.compile(r"年报|年度报告|工作报告|信息公开.{0,4}报告")
_ONE_YEAR = re.compile(r"^\D*20[0-4]\d\D*$")
_ARTICLE_PATH = re.compile(
    r"/t?20\d{6}_\d+\.s?html?$|/art/20\d\d/|/art_[\da-f_]+\.html|/content/post_\d+|/info/\d+/\d+\.htm"
    r"|/[\da-f]{24,32}\.s?html?$|/20\d{4}/[\w-]+\.s?html?$|/t\d{6,}\.s?html?$|/\d{6,}\.s?html?$"
    r"|/20\d\d[-/]\d\d?[-/]\d\d?/|xxgkAnnualReport\.jsp|/show/\d+|/[\da-f-]{36}\.s?html?$"
    r"|/public/\d+/\d+\.html$|Detail\.aspx|-show-\d+|/i\d+\.html$|/(?:openness/)?detail/"
    r"|/(?=[\da-f]*[a-f])(?=[\da-f]*\d)[\da-f]{12,64}(?:\.\w{3,5})?$",
    re.IGNORECASE,
)
_DAYS = re.compile(r"[?&](?:d|day|date|ri|ym|month|yue|rq)=\d", re.IGNORECASE)
_TURNS = re.compile(r"^[<《‹«]*\s*(?:[上下前后](?:一?个?)?[月年日周天]|今[日天]|本月)\s*[>》›»]*$")
"""What turns a calendar."""
_LIST_PATH = re.compile(
    r"/$|/(?:index|list|xlist|xxgk_lists?|js|default)(?:_\d+)?\.(?:s?html?|jsp|aspx|htm)$|/col/col\d+/"
    r"|/[\w-]+$",
    re.IGNORECASE,
)
FILE_PATH = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rtf|zip|rar|7z)$", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def looks_like_article(url: str) -> bool:
    """Whether an address has the shape of one article's rather than of a list's."""
    return bool(_ARTICLE_PATH.search(url)) or bool(FILE_PATH.search(urlsplit(url).path))


@lru_cache(maxsize=4_096)
def looks_like_list(url: str) -> bool:
    """Whether an address has the shape of a list's."""
    return not looks_like_article(url) and bool(_LIST_PATH.search(urlsplit(url).path or "/"))


@lru_cache(maxsize=8_192)  # a portal's menus are the same on all its lists
def promise(
    text: str, url: str, here: Here, column: str | None = None, *, own: bool = False
) -> Promise | None:
    """Judge one link.

    Args:
        text: What the link says, in full where the page has it.
        url: Where it leads.
        here: What the page is on which it stands.
        column: The address of the column this page belongs to, where it belongs to one.
        own: Whether the link stands on this page but not in the frame of the whole site.

    Returns:
        What the link promises, None where it promises nothing of use.
    """
    kind = classify(text).kind
    cut = is_truncated(text)
    if kind == "report" and not cut:
        return Promise("either", 92) if looks_like_list(url) else Promise("report", 100)
    text = text.strip(" >»·•-|[]【】：:")
    if _SITE_MAP.match(text) and here == "home":
        return Promise("hub", 10)
    if kind == "look-alike" or _NOT_COLUMN.search(text):
        return None
    if cut and _may_be_report(text, url, here, column):
        return Promise("either", 95)  # its page has the whole title
    onward = (
        _in_column(text, url, column, own=own)
        if here == "column"
        else _hub(text, url, here, own=own)
    )
    return _named_column(text, url) or onward


def _may_be_report(text: str, url: str, here: Here, column: str | None) -> bool:
    """Whether a title that the list cut short, with no full one beside it, may name a report."""
    if not looks_like_article(url):
        return classify(text).kind == "report"
    if "信息公开" in text and re.search(r"20\d\d", text):
        return True
    if FILE_PATH.search(urlsplit(url).path):  # has no heading to go by
        return False
    near = column is not None and is_beneath(url, column)
    return here == "column" and (near or bool(re.search(r"20\d\d|公开", text)))


def _named_column(text: str, url: str) -> Promise | None:
    strong = _COLUMN_TEXT.search(text)
    if strong:
        kind: Kind = "either" if looks_like_article(url) else "column"
        return Promise(kind, 85 if "公开" in text else 78)
    turns = is_calendar(url) or _TURNS.match(text)
    return Promise("column", 72) if is_column_address(url) and not turns else None


def is_calendar(url: str) -> bool:
    """Whether an address names a day or a month, as calendars without end do."""
    return bool(_DAYS.search(url))


def _in_column(text: str, url: str, column: str | None, *, own: bool) -> Promise | None:
    dated = _dated(text, url)
    if looks_like_article(url):
        # A list of units may lead to the newest report of each.
        near = _NEXT_TO_REPORT.search(text) or (
            own and (names_unit(text) or _YEAR_TEXT.match(text))
        )
        return dated or (Promise("either", 88) if near else None)
    may_be = own and _NEXT_TO_REPORT.search(text) and _ONE_YEAR.search(text) and "?" in url
    if dated or may_be:  # show.asp?id=12 may be a list or an article
        return dated or Promise("either", 86)
    beneath = column is not None and is_beneath(url, column)
    if _YEAR_TEXT.match(text) or _EARLIER.match(text) or (_UNIT_KIND.match(text) and beneath):
        return Promise("column", 82)
    if beneath and (_UNIT_NAME.search(text) or not text):
        return Promise("column", 74)
    # A unit's list may lie anywhere; in the site's own frame such a link leads to the unit.
    if own and (_UNIT_KIND.match(text) or names_unit(text)):
        return Promise("column", 70)
    return None


def _dated(text: str, url: str) -> Promise | None:
    """A unit and a year in a table of them, or a year that leads to a file."""
    found = _UNIT_YEAR.match(text)
    unit = found and found[1]
    if found and (not unit or names_unit(unit)) and FILE_PATH.search(urlsplit(url).path):
        return Promise("report", 90)
    return Promise("either", 88) if unit and names_unit(unit) else None


def names_unit(text: str) -> bool:
    """Whether a link's text is the name of a unit, so that it may lead to that unit's reports."""
    return is_unit(text) and bool(_UNIT_NAME.search(text) or text.endswith("政府"))


def is_column_address(url: str) -> bool:
    """Whether an address by itself names the reports' column."""
    return bool(_COLUMN_PATH.search(urlsplit(url).path)) and not looks_like_article(url)


def is_same_script(url: str, other: str) -> bool:
    """Whether two addresses ask the same script for the same things: `r.jsp?unit=AB1&year=2021`."""
    script, asked, _ = url.partition("?")
    if not asked or other.partition("?")[0] != script:  # far cheaper than taking both apart
        return False
    one, two = urlsplit(url), urlsplit(other)
    return (
        bool(one.query)
        and one[:3] == two[:3]
        and parse_qs(one.query, keep_blank_values=True).keys()
        == parse_qs(two.query, keep_blank_values=True).keys()
    )


def is_beneath(url: str, column: str) -> bool:
    """Whether an address lies below the column's folder on the same host."""
    here, there = urlsplit(column), urlsplit(url)
    folder = here.path.rpartition("/")[0] + "/"
    return (
        there.hostname == here.hostname
        and folder != "/"
        and (there.path.startswith(folder) and there.path not in {here.path, folder})
    )


def _hub(text: str, url: str, here: Here, *, own: bool) -> Promise | None:
    for pattern, score in _HUBS:
        if pattern.search(text):
            return Promise("hub", score)
    path = urlsplit(url).path
    if here == "home" and _HUB_PATH.search(path):
        return Promise("hub", 36)
    if here == "hub" and (_UNITS_HUB.search(text) or _HUB_PATH.search(path)):
        return Promise("hub", 24)
    if here == "hub" and own and names_unit(text):
        return None if looks_like_article(url) else Promise("hub", 22)
    return None
