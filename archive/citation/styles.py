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
- 8.11.3, other web pages: 题名[EB/OL]. （发布日期）[引用日期]. 获取和访问路径, as in the standard's
  `[《昨日之歌》图书封面][EB/OL]. （2023-03-06）[2025-06-22]. http://…`. So other originals are.
- `.` and `[ ]` are half width, `：` `，` `（ ）` full width.
- 7.1: an unknown author may be left out in the numeric system. 7.2.1: a made title stands in [ ].

Inferred: without a date of publication there is nothing to attach a page to, so the page is then
given in the note only. The standard has no element for an archived copy, a capture time, a digest
or a cell; they follow the reference as a note that may be cut off without harm to it.

GB/T 7714—2015 gives a source on the network as (公告日期)[引用日期]: there the day of capture, in
UTC like the time in the note, is the date of access. With a page it gives 年: 页码[引用日期].

2015 and APA are as the published CSL styles have them (tests compare by citeproc-py): in APA 7 a
report has its year only, a web page its whole date; what has none has the day of capture.
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
    if source.kind == "original":
        accessed = parts.iso_date(source.captured_at)
        return _gbt(source, (f"（{published}）" if published else "") + f"[{accessed}]")
    page = _page(source)
    imprint = f"{published}：{page}" if published and page else published
    return _gbt(source, imprint)


def gbt_2015(source: Source) -> str:
    """Returns the reference by GB/T 7714—2015 (numeric system), and the note."""
    published = parts.iso_date(source.published_on)
    accessed = parts.iso_date(source.captured_at)
    page = _page(source)
    if published and page:
        imprint = f"{published[:4]}: {page}[{accessed}]"
    else:
        imprint = (f"({published})" if published else "") + f"[{accessed}]"
    return _gbt(source, imprint)


def apa(source: Source) -> str:
    """Returns the reference by APA 7 (of a group author), and the note in English."""
    author, title, page = parts.line(source.publisher), parts.title(source), _page(source)
    published = parts.date_parts(source.published_on)
    date = f"({_apa_date(published if source.kind == 'original' else published[:1])})"
    title += f" (p. {page})" if page else ""
    lead = [f"{author}.", f"{date}.", f"{title}."] if author else [f"{title}.", f"{date}."]
    if not published:
        lead.append(f"Retrieved {_spoken(parts.date_parts(source.captured_at))}, from")
    return " ".join([*lead, parts.links(source)[0], f"[{parts.note_en(source)}]"])


def _gbt(source: Source, imprint: str) -> str:
    elements = [
        parts.line(source.publisher),
        f"{parts.title(source)}[{'EB' if source.kind == 'original' else 'R'}/OL]",
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


def _spoken(date: tuple[int, ...]) -> str:
    if len(date) < _FULL_DATE:
        return _apa_date(date)
    return f"{calendar.month_name[date[1]]} {date[2]}, {date[0]}"
