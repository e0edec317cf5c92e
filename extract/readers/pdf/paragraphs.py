"""Lines outside tables: page numbers left out, the lines of a paragraph joined."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.model import Paragraph

if TYPE_CHECKING:
    from extract.readers.pdf.lettering import Line
    from extract.readers.pdf.marks import PageMarks
    from extract.readers.pdf.tables import PageContent

MARGIN = 0.1
"""The part of a page, above and below, where page numbers and running heads stand."""

_PAGE_NUMBER = re.compile(
    r"[-–—―－─·•\s第]*(\d{1,4})(?:\s*[/／]\s*\d{1,4})?[-–—―－─·•\s页]*(?:共\s*\d+\s*页)?"
)


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of text and its page."""

    marks: PageMarks
    line: Line

    @property
    def page(self) -> int:
        """The page's number."""
        return self.marks.number


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the text's lines begin and end, and its usual size, over the whole document."""

    left: float
    right: float
    size: float


def body_lines(pages: list[PageContent]) -> list[list[Line]]:
    """For each page its lines without page numbers and running heads."""
    repeated = Counter(
        key for page in pages for key in {_running(line, page) for line in page.lines} if key
    )
    running = {key for key, count in repeated.items() if count > max(1, len(pages) / 2)}
    return [
        [
            line
            for line in page.lines
            if not _is_page_number(line, page) and _running(line, page) not in running
        ]
        for page in pages
    ]


def _in_margin(line: Line, page: PageContent) -> bool:
    height = page.marks.height
    return line.box[3] < MARGIN * height or line.box[1] > (1 - MARGIN) * height


def _running(line: Line, page: PageContent) -> tuple[str, int] | None:
    """What makes a line in the margin the same on every page: its text but digits, its height."""
    if not _in_margin(line, page):
        return None
    return re.sub(r"\d+", "0", line.text), round(line.box[1] / 3)


def _is_page_number(line: Line, page: PageContent) -> bool:
    if not _in_margin(line, page) or not _PAGE_NUMBER.fullmatch(line.text):
        return False
    return all(
        other is line or abs(other.box[1] - line.box[1]) > 1.5 * line.size for other in page.lines
    )


def margins(lines: list[Line]) -> Margins:
    """The margins that most of the text keeps."""
    if not lines:
        return Margins(0.0, 0.0, 10.0)
    sizes = sorted(line.size for line in lines)
    lefts = sorted(line.box[0] for line in lines)
    rights = sorted(line.box[2] for line in lines)
    return Margins(lefts[len(lefts) // 10], rights[-1 - len(rights) // 10], sizes[len(sizes) // 2])


def paragraphs(lines: list[PlacedLine], margin: Margins) -> list[Paragraph]:
    """The paragraphs of lines that follow one another without a table between them."""
    groups: list[list[PlacedLine]] = []
    for placed in lines:
        if groups and _goes_on(groups[-1], placed, margin):
            groups[-1].append(placed)
        else:
            groups.append([placed])
    return [_paragraph(group) for group in groups]


def _goes_on(group: list[PlacedLine], placed: PlacedLine, margin: Margins) -> bool:
    last, line = group[-1].line, placed.line
    if abs(last.size - line.size) > 0.15 * line.size:
        return False
    same_page = group[-1].page == placed.page
    if same_page and line.box[1] - last.box[1] > _FARTHEST * line.size:
        return False
    if _BEGINNING.match(line.text) and last.text[-1:] in "。；！？.;!?":
        return False
    full = last.box[2] >= margin.right - _SHORT_OF_FULL * line.size
    flush = line.box[0] <= margin.left + 0.8 * line.size
    if full and flush:
        return True
    return (
        same_page
        and _centred(last, margin)
        and _centred(line, margin)
        and line.size > 1.15 * margin.size
    )


_SHORT_OF_FULL = 2.6
"""Ems by which a full line may end early: no line begins with a closing mark."""

_BEGINNING = re.compile(
    r"[一二三四五六七八九十⼀⼆⼋⼗]{1,3}、|[（(][一二三四五六七八九十⼀⼆⼋⼗]{1,3}[)）]|\d{1,2}[.．、](?!\d)"
)
"""How headings and numbered items begin, which often are not set off in any other way."""

_FARTHEST = 2.6
"""Ems from line to line within a paragraph; Chinese official letters are set at about 1.75."""


def _centred(line: Line, margin: Margins) -> bool:
    left, right = line.box[0] - margin.left, margin.right - line.box[2]
    return abs(left - right) < 2.5 * line.size


def _paragraph(group: list[PlacedLine]) -> Paragraph:
    text = group[0].line.text
    for placed in group[1:]:
        between = (
            " "
            if text[-1:].isascii() and placed.line.text[:1].isascii() and text[-1:].isalpha()
            else ""
        )
        text += between + placed.line.text
    page = group[0].page
    boxes = [placed.line.box for placed in group if placed.page == page]
    x0, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    x1, bottom = max(b[2] for b in boxes), max(b[3] for b in boxes)
    return Paragraph(text, group[0].marks.where((x0, top, x1, bottom)))
