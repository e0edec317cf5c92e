"""Read web pages, and the web pages that Word saves under the name .doc."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.model import Document
from extract.readers.flow import Block, RawCell, Table, flatten
from extract.readers.page import MOST_BYTES, TOO_LARGE, content, decode, metadata, parse, unwrap
from extract.readers.visibility import (
    apply_sheets,
    is_hidden,
    is_left_out,
    is_unseen,
    is_white,
    tag,
)
from extract.sniff import HTML

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_BLOCK_TAGS = """
    address article aside blockquote body caption center dd div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre section summary table
    tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MARKS = {
    **dict.fromkeys(("del", "s", "strike"), "struck-through characters stand here"),
    **dict.fromkeys(("sup", "sub"), "raised or lowered characters stand here"),
}
_STRUCK = re.compile(r"text-decoration[^;]*line-through", re.IGNORECASE)
_COLUMN_SPAN_LIMIT = 100
_COLUMN_LIMIT = 1000
_ROW_SPAN_LIMIT = 1000
_CELL_LIMIT = 50_000
"""Bounds on one page's tables: the largest real one has some 350 cells in 16 columns."""


def read_html(data: bytes, content_type: str | None = None) -> Document:
    """Read the text and the tables of a web page.

    Args:
        data: The whole page, in any encoding (declarations are not believed), or a web archive
            (MHTML) around it.
        content_type: What the server declared; kept for the interface, the bytes decide.

    Returns:
        Paragraphs and grids of the page's main content in reading order, with the title, publisher
        and date that the page gives; `where` of a cell is a `TableCell`. Never raises.
    """
    del content_type
    if len(data) > MOST_BYTES:
        return Document(HTML, problems=(TOO_LARGE,))
    text, problems = decode(unwrap(data))
    root, complaints = parse(text)
    if root is None:
        return Document(HTML, problems=("the page is empty",))
    apply_sheets(root)
    walker = _Walker()
    blocks: list[Block] = []
    for element in content(root):
        blocks.extend(walker.blocks(element))
    title, publisher, published_on = metadata(root)
    return Document(
        HTML,
        blocks=flatten(blocks),
        title=title,
        publisher=publisher,
        published_on=published_on,
        problems=(*problems, *complaints, *walker.problems),
    )


@dataclass(slots=True)
class _Flow:
    """Blocks as they are put together: the line being written, and what is doubtful in it."""

    blocks: list[Block] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def write(self, text: str | None, *, keep: bool) -> None:
        """Add text to the line; white space collapses unless it is to be kept."""
        if text:
            self.line.append(text if keep else _SPACE.sub(" ", text))

    def doubt_if(self, holds: bool, doubt: str | None) -> None:  # noqa: FBT001 - what is the case
        """Note why the text may be wrong."""
        if holds and doubt:
            self.doubts.append(doubt)

    def end_line(self) -> None:
        """Close the line at the edge of a block."""
        text = "".join(self.line)
        self.line.clear()
        if text.strip():
            self.blocks.append(text)


class _Walker:
    """Walks a page's elements; `problems` says what was left out."""

    def __init__(self) -> None:
        self.problems: tuple[str, ...] = ()
        self._cells = 0

    def blocks(self, element: etree._Element) -> list[Block]:
        """The lines and tables below an element, in order."""
        flow = _Flow()
        self._walk(element, flow)
        flow.end_line()
        return flow.blocks

    def _walk(self, element: etree._Element, flow: _Flow, *, keep: bool = False) -> None:
        name = tag(element)
        keep = keep or name == "pre"
        flow.write(element.text, keep=keep)
        for child in element:
            self._child(child, flow, keep=keep)
            flow.write(child.tail, keep=keep)

    def _child(self, child: etree._Element, flow: _Flow, *, keep: bool) -> None:
        name = tag(child)
        if not name or is_left_out(child):
            return
        if is_unseen(child):
            flow.doubt_if(_has_digit(child), "characters that nobody sees were left out here")
            return
        flow.doubt_if(is_white(child) and _has_digit(child), "white characters stand here")
        if name == "br":
            flow.line.append("\n")
            return
        doubt = _MARKS.get(name) or (_STRUCK.search(child.get("style") or "") and _MARKS["s"])
        flow.doubt_if(bool(doubt) and any(map(str.strip, map(str, child.itertext()))), doubt)
        block = name in _BLOCKS
        if block:
            flow.end_line()
        if name == "table":
            flow.blocks.append(self._table(child, flow))
        else:
            self._walk(child, flow, keep=keep)
        if block:
            flow.end_line()

    def _table(self, element: etree._Element, flow: _Flow) -> Table:
        table = Table(0, [])
        held: list[tuple[int, int, int]] = []
        rows = list(self._rows(element, flow))
        for number, row in enumerate(rows):
            held = [span for span in held if span[2] > number]
            held = self._row(row, table, held, len(rows))
            table.rows += 1
        return table

    def _rows(self, element: etree._Element, flow: _Flow) -> Iterator[etree._Element]:
        """The table's rows as they are printed; what stands beside them goes before the table."""
        last: list[etree._Element] = []
        flow.write(element.text, keep=False)
        for child in element:
            name = tag(child)
            if name == "tr" and not is_hidden(child):
                yield child
            elif name == "tfoot" and not is_hidden(child):
                last.append(child)
            elif name in ("thead", "tbody", "form", "font") and not is_hidden(child):
                yield from self._rows(child, flow)
            elif name not in ("tr", "colgroup", "col"):
                self._child(child, flow, keep=False)
            flow.write(child.tail, keep=False)
        flow.end_line()
        for foot in last:
            yield from self._rows(foot, flow)

    def _row(
        self, row: etree._Element, table: Table, held: list[tuple[int, int, int]], rows: int
    ) -> list[tuple[int, int, int]]:
        """Place the cells of a row between the columns that rows above still hold.

        `held` has start, end (exclusive) and last row (exclusive) of those, from left to right;
        the answer is the same for the next row.
        """
        after: list[tuple[int, int, int]] = []
        waiting = list(reversed(held))
        at = 0
        for element in self._row_cells(row):
            while waiting and waiting[-1][0] <= at:
                at = max(at, waiting[-1][1])
                after.append(waiting.pop())
            end = at + _span(element, "colspan", _COLUMN_SPAN_LIMIT)
            if waiting:
                end = min(end, waiting[-1][0])
            self._cells += 1
            if end > _COLUMN_LIMIT or self._cells > _CELL_LIMIT:
                self.problems = ("a table of the page is too large: part of it was not read",)
                break
            cell = self._cell(element, RawCell(table.rows, at, end), rows)
            table.cells.append(cell)
            after.append((at, end, cell.row + cell.rowspan))
            at = end
        return sorted(after + waiting)

    def _row_cells(self, row: etree._Element) -> Iterator[etree._Element]:
        for child in row:
            name = tag(child)
            if name in ("td", "th") and not is_left_out(child):
                yield child
            elif name in ("form", "font", "span", "div", "p"):
                yield from self._row_cells(child)

    def _cell(self, element: etree._Element, cell: RawCell, rows: int) -> RawCell:
        flow = _Flow()
        if is_unseen(element):
            flow.doubt_if(_has_digit(element), "characters that nobody sees were left out here")
        else:
            flow.doubt_if(is_white(element) and _has_digit(element), "white characters stand here")
            self._walk(element, flow)
        flow.end_line()
        if not flow.blocks and any(map(_is_picture, element.iter("img"))):
            flow.doubts.append("a picture stands here")
        cell.blocks = flow.blocks
        cell.doubt = "; ".join(dict.fromkeys(flow.doubts)) or None
        left = rows - cell.row
        span = _span(element, "rowspan", _ROW_SPAN_LIMIT)
        cell.rowspan = left if element.get("rowspan") == "0" else min(span, left)
        return cell


def _is_picture(element: etree._Element) -> bool:
    """Whether an image shows something; the ones of a point or two only keep a distance."""
    sides = (element.get("width") or "", element.get("height") or "")
    return not any(side.removesuffix("px") in ("0", "1", "2") for side in sides)


def _has_digit(element: etree._Element) -> bool:
    return any(c.isdigit() for text in element.itertext() for c in str(text))


def _span(element: etree._Element, name: str, limit: int) -> int:
    digits = re.match(r"\s*(\d{1,9})", element.get(name) or "")
    return min(max(1, int(digits[1])), limit) if digits else 1
