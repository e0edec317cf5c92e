"""What a citation is made of, and the sentences that no style has an element for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from archive.fields import address, one_line

Kind = Literal["report", "original"]
"""A report, or any other page or file that is kept."""

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class FigureLocator:
    """Where one figure stands: a page, or a table's cell, or a sheet's cell, all from 1.

    `labels` lead to it (table, row, column) as printed; `printed` is the cell's text untouched,
    None where the cell is blank. `rendered` says that the page is of our own rendering, which is
    no page of the original and so is never cited as one. `address` is the figure's own page, which
    stays after the database was made anew.
    """

    labels: tuple[str, ...] = ()
    printed: str | None = None
    unit: str | None = None
    page: int | None = None
    rendered: bool = False
    table: int | None = None
    row: int | None = None
    column: int | None = None
    sheet: str | None = None
    cell: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What is cited: an archived report, a figure in one, or another original.

    `year` is the year reported on, `published_on` YYYY-MM-DD or less.

    `captured_at` is UTC, `2026-11-20T06:46:35Z`; `archive_url` the address of the archived copy;
    `sha256` the hex digest of the cited file. `publisher`, `title`, `year` and `published_on` are
    None where the report does not tell; a citation then leaves them out and guesses nothing.
    """

    publisher: str | None
    title: str | None
    year: int | None
    published_on: str | None
    url: str
    captured_at: str
    archive_url: str
    sha256: str
    media_type: str = ""
    figure: FigureLocator | None = None
    kind: Kind = "report"


_PAGES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})


def line(text: str | None) -> str:
    """Returns `text` on one line, "" for None."""
    return one_line(text) if text else ""


def links(source: Source) -> tuple[str, str]:
    """Returns the original address and that of the archived copy, without spaces or breaks."""
    return address(source.url), address(source.archive_url)


def title(source: Source) -> str:
    """Returns the title as printed; where there is none, a made one in square brackets."""
    printed = line(source.title)
    if printed:
        return printed
    if source.kind == "original":
        return "[网页]" if source.media_type in _PAGES else "[文件]"
    year = f"{source.year}年" if source.year else ""
    return f"[{line(source.publisher)}{year}政府信息公开工作年度报告]"


def date_parts(text: str | None) -> tuple[int, ...]:
    """Returns year, month, day as far as `text` gives them; () where it is not a date."""
    found = _DATE.fullmatch((text or "")[:10])
    return tuple(int(part) for part in found.groups() if part) if found else ()


def iso_date(text: str | None) -> str:
    """Returns YYYY-MM-DD or as much of it as `text` gives, "" where it is not a date."""
    return "-".join(f"{part:02}" for part in date_parts(text))


def note_zh(source: Source) -> str:
    """Returns capture, archived copy, digest and the figure's place, in Chinese."""
    copy = links(source)[1]
    kept = f"采集时间：{line(source.captured_at)}；存档：{copy}；SHA-256：{line(source.sha256)}"
    return f"{kept}；{_figure_zh(source.figure)}" if source.figure else kept


def note_en(source: Source) -> str:
    """Returns capture, archived copy, digest and the figure's place, in English."""
    copy = links(source)[1]
    kept = f"Captured {line(source.captured_at)}; archived at {copy}; SHA-256 {line(source.sha256)}"
    return f"{kept}; {_figure_en(source.figure)}" if source.figure else kept


def _figure_zh(figure: FigureLocator) -> str:
    places = [
        (f"第{figure.page}页" + ("（本库渲染）" if figure.rendered else "")) if figure.page else "",
        f"第{figure.table}个表格" if figure.table else "",
        f"第{figure.row}行" if figure.row else "",
        f"第{figure.column}列" if figure.column else "",
        f"工作表“{line(figure.sheet)}”" if figure.sheet else "",
        f"单元格{line(figure.cell)}" if figure.cell else "",
    ]
    value = f"原文“{line(figure.printed)}”" if figure.printed is not None else "原文空白"
    unit = f"，单位：{line(figure.unit)}" if figure.unit else ""
    labels = " › ".join(map(line, figure.labels))
    where = "".join(places)
    cited = f"引用数据：{'，'.join(part for part in (labels, where, value) if part)}{unit}"
    return f"数据页：{address(figure.address)}；{cited}" if figure.address else cited


def _figure_en(figure: FigureLocator) -> str:
    places = [
        (f"p. {figure.page}" + (" of our rendering" if figure.rendered else ""))
        if figure.page
        else "",
        f"table {figure.table}" if figure.table else "",
        f"row {figure.row}" if figure.row else "",
        f"column {figure.column}" if figure.column else "",
        f"sheet “{line(figure.sheet)}”" if figure.sheet else "",
        f"cell {line(figure.cell)}" if figure.cell else "",
        f"printed “{line(figure.printed)}”" if figure.printed is not None else "printed blank",
        f"unit {line(figure.unit)}" if figure.unit else "",
    ]
    labels = " › ".join(map(line, figure.labels))
    cited = f"figure cited: {', '.join(part for part in (labels, *places) if part)}"
    return f"figure shown at {address(figure.address)}; {cited}" if figure.address else cited
