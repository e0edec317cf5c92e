"""What a link says: in full where a list cuts it short, from its row where it only says 查看."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from lxml import etree

from crawler.discovery.page import squeeze
from crawler.discovery.titles import classify

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_TEXT = 300
_TRUNCATED = re.compile(r"(?:…|\.{2,}|⋯)\s*$")
_SAYS_NOTHING = re.compile(
    r"^[\s\[【(（<>》»›·•|+-]*(?:查看|详情|详细|查看详情|点击查看|点击|进入|浏览|打开|阅读|阅读全文|全文|正文|下载|附件"
    r"|更多|more|pdf|word|doc|在线浏览|网页版|图片)?[\s\]】)）<>》»›·•|+-]*$",
    re.IGNORECASE,
)
_DAY = re.compile(r"\s+[\[(（]?20\d\d\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,2}日?[\])）]?$")
"""The day of publication that a list sets behind a title."""
_DAY_BEFORE = re.compile(
    r"^[\[(（【]?(?:20\d\d\s?[-./年]\s?)?\d{1,2}\s?[-./月]\s?\d{1,2}日?[\])）】]?[\s:：·]+(?=\S)"
)
_DAY_ALONE = re.compile(
    r"^\s*[\[(（【]?(?:20\d\d\s?[-./年]\s?)?\d{1,2}\s?(?:[-./月]\s?\d{1,2}\s?日?|月)[\])）】]?\s*$"
    r"|^\s*20\d\d\s?[-./年]\s?\d{1,2}\s?月?\s*$"
)
_TEXTS: Any = etree.XPath(".//text()", smart_strings=False)
_NUMBER_ALONE = re.compile(r"^\s*\d{1,2}\s?日?\s*$")
_BARE_YEAR = re.compile(r"^20[0-4]\d\s*年?(?:度)?$")
_LONGEST_HEAD = 40
_MOST_ROW = 120
_MANY_LINKS = 3
"""Links from which a row is a list; two are a title and its 查看."""
_ROWS = {"tr", "li", "dl", "dd", "p", "div", "td", "h2", "h3", "h4"}
_CLIMB = 3


def link_text(anchor: HtmlElement) -> str:
    """What a link says: its `title` where that says more, its picture's, else its row's words."""
    said = anchor.get("value") if anchor.tag == "input" else anchor.text
    text = own_text(_pieces(anchor) if len(anchor) else said, anchor.get("title"))
    if not text:
        images = anchor.xpath(".//img/@alt | .//img/@title")
        text = squeeze(str(images[0]))[:MOST_TEXT] if images else ""
    if not says_nothing(text):
        return text
    return _of_cell(anchor) or ("" if _BARE_YEAR.match(text) else _row_text(anchor)) or text


def _pieces(anchor: HtmlElement) -> str:
    """The text of a link without a day or a number that stands apart, and would lengthen a year."""
    pieces: list[str] = _TEXTS(anchor)
    if len([text for text in pieces if text.strip()]) > 1:
        pieces = [text for text in pieces if text.strip()]
        apart = {at for at, text in enumerate(pieces) if _DAY_ALONE.match(text)}
        apart |= {at for at, text in enumerate(pieces) if _is_beside(at, text, pieces, apart)}
        pieces = [text for at, text in enumerate(pieces) if at not in apart]
    return "".join(pieces)


def _is_beside(at: int, text: str, pieces: list[str], days: set[int]) -> bool:
    """Whether a number alone is the day of a month beside it, or the place in the list."""
    if not _NUMBER_ALONE.match(text):
        return False
    first = at == 0 and pieces[1].lstrip()[:2] == "20"
    return first or bool({at - 1, at + 1} & days)


def own_text(said: str | None, title: str | None) -> str:
    """What a link says by the text inside it and by its `title`."""
    text, title = squeeze(said)[:MOST_TEXT], squeeze(title)[:MOST_TEXT]
    text = _DAY_BEFORE.sub("", _DAY.sub("", text)) or text
    if not title or title == text:
        return text
    longer = title.startswith(_TRUNCATED.sub("", text)) or bool(_TRUNCATED.search(text))
    names_report = classify(title).kind == "report" and classify(text).kind != "report"
    return title if longer or names_report else text


def says_nothing(text: str) -> bool:
    """Whether a link says no more than 查看 or 2021, so that what is around it tells the rest."""
    return bool(_SAYS_NOTHING.match(text) or _BARE_YEAR.match(text))


def is_truncated(text: str) -> bool:
    """Whether a link's text is cut short."""
    return bool(_TRUNCATED.search(text))


def _of_cell(anchor: HtmlElement) -> str:
    """What a cell of a table of units and years stands for: its row's head and its column's."""
    cell = next(anchor.iterancestors("td", "th"), None)
    row = cell.getparent() if cell is not None else None
    table = next(anchor.iterancestors("table"), None)
    if cell is None or row is None or table is None or row.tag != "tr":
        return ""
    at = row.index(cell)
    first = next(table.iter("tr"), None)
    if at == 0 or first is None or first is row or len(first) <= at:
        return ""
    head = squeeze(first[at].text_content())
    unit = squeeze(row[0].text_content())
    if not (_BARE_YEAR.match(head) and unit and len(unit) <= _LONGEST_HEAD):
        return ""
    return f"{unit}{head}"


def _row_text(anchor: HtmlElement) -> str:
    """The words of the row that a bare 查看 stands in, where that row is one link's."""
    element = anchor.getparent()
    for _ in range(_CLIMB):
        if element is None or element.tag not in _ROWS:
            return ""
        if len(list(islice(element.iter("a"), _MANY_LINKS))) == _MANY_LINKS:
            return ""
        text = squeeze(element.text_content())
        own = squeeze(anchor.text_content())
        if own and text.endswith(own):
            text = text.removesuffix(own).strip()
        if text and not _SAYS_NOTHING.match(text):
            return text if len(text) <= _MOST_ROW else ""
        element = element.getparent()
    return ""
