"""Citations as sentences: GB/T 7714 of 2025 and 2015, APA 7.

GB/T 7714—2025 (published 2 December 2025, in force since 1 July 2026).

Certain, because the text of the standard and two independent implementations agree (the LaTeX
styles of zepinglee and hushidong, the CSL styles of zotero-chinese):

- 8.8.3, reports: 主要责任者. 题名：其他题名信息：报告编号[文献类型标识/文献载体标识].
  发布日期：引文页码. 获取和访问路径. 永久标识符. The standard's own example:
  `中国互联网络信息中心. 第29次中国互联网络发展状况统计报告[R/OL]. 2012-01-16. https://…`
- The date of access (引用日期) is an element of web sites, web pages, data sets and preprints
  only. A report has none any more, also not on the network; its date of publication stands as
  YYYY-MM-DD without parentheses (7.5.4), and only if it is known.
- 8.11.1: a report in the form of a web page is described as a report, so [R/OL] and never [EB/OL].
- `.` and `[ ]` are half width, `：` `，` `（ ）` full width.
- 7.1: an unknown author may be left out in the numeric system. 7.2.1: a made title stands in [ ].

Inferred: without a date of publication there is nothing to attach a page to, so the page is then
given in the note only. The standard has no element for an archived copy, a capture time, a digest
or a cell; they follow the reference as a note that may be cut off without harm to it.

GB/T 7714—2015 gives a source on the network as (公告日期)[引用日期]: there the day of capture, in
UTC like the time in the note, is the date of access.
"""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from archive.citation import source as parts

if TYPE_CHECKING:
    from archive.citation.source import Source

_FULL_DATE = 3


def gbt_2025(source: Source) -> str:
    """Returns the reference by GB/T 7714—2025 (numeric system), and the note."""
    published = parts.iso_date(source.published_on)
    page = _page(source)
    imprint = f"{published}：{page}" if published and page else published
    return _gbt(source, imprint)


def gbt_2015(source: Source) -> str:
    """Returns the reference by GB/T 7714—2015 (numeric system), and the note."""
    published = parts.iso_date(source.published_on)
    accessed = parts.iso_date(source.captured_at)
    page = _page(source)
    if published and page:
        imprint = f"{published[:4]}: {page}({published})[{accessed}]"
    else:
        imprint = (f"({published})" if published else "") + f"[{accessed}]"
    return _gbt(source, imprint)


def apa(source: Source) -> str:
    """Returns the reference by APA 7 (a report of a group author), and the note in English."""
    author, title = parts.line(source.publisher), parts.title(source)
    date = f"({_apa_date(parts.date_parts(source.published_on))})"
    lead = [f"{author}.", f"{date}.", f"{title}."] if author else [f"{title}.", f"{date}."]
    return " ".join([*lead, parts.links(source)[0], f"[{parts.note_en(source)}]"])


def _gbt(source: Source, imprint: str) -> str:
    elements = [
        parts.line(source.publisher),
        f"{parts.title(source)}[R/OL]",
        imprint,
        parts.links(source)[0],
    ]
    reference = ". ".join(element for element in elements if element)
    return f"{reference}. {parts.note_zh(source)}."


def _page(source: Source) -> int | None:
    figure = source.figure
    return figure.page if figure and not figure.rendered else None


def _apa_date(date: tuple[int, ...]) -> str:
    if not date:
        return "n.d."
    if len(date) == 1:
        return str(date[0])
    month = calendar.month_name[date[1]]
    return f"{date[0]}, {month} {date[2]}" if len(date) == _FULL_DATE else f"{date[0]}, {month}"
