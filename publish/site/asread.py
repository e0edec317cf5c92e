"""The table of an original without pages, as it was read, with one cell marked."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extract.model import SheetCell, TableCell
from extract.readers.docx import read_docx
from extract.readers.html import read_html
from extract.readers.sheet import read_sheet
from extract.sniff import DOCX, HTML, XLS, XLSX, sniff
from publish.site import base

if TYPE_CHECKING:
    from collections.abc import Callable

    from extract.model import Cell, Document, Grid, Where

_READERS: dict[str, Callable[[bytes], Document]] = {
    HTML: read_html,
    DOCX: read_docx,
    XLS: read_sheet,
    XLSX: read_sheet,
}
_LARGEST = 8 * 2**20
"""Bytes of an original that is read while a reader of the site waits."""
_MOST_ROWS = 60
_MOST_KEPT = 32
_TABLE = re.compile(r"table (\d{1,6}) row (\d{1,6}) column (\d{1,6})")


_KEPT: dict[str, tuple[Grid, ...]] = {}


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell of the table: its text, its spans, whether it is the one asked for."""

    text: str
    rowspan: int
    colspan: int
    here: bool


async def grid(datasette: Any, document: str, address: str | None) -> list[list[Shown]]:
    """The table around an address such as `table 2 row 3 column 4` or `Sheet1!B7`.

    Empty where the original is of a kind that cannot be shown so, or has no such cell.
    """
    where = _where(address)
    if where is None:
        return []
    _, data = await base.original(datasette, document)
    if len(data) > _LARGEST:
        return []
    return await asyncio.to_thread(_grid, document, data, where)


def _where(address: str | None) -> Where | None:
    if not address:
        return None
    found = _TABLE.fullmatch(address)
    if found:
        return TableCell(*(int(part) for part in found.groups()))
    sheet, mark, cell = address.rpartition("!")
    return SheetCell(sheet, cell) if mark else None


def _grid(document: str, data: bytes, where: Where) -> list[list[Shown]]:
    for table in _tables(document, data):
        for cell in table.cells:
            if where in cell.where:
                return _around(table, cell)
    return []


def _tables(document: str, data: bytes) -> tuple[Grid, ...]:
    """The document's tables, kept for the next figure of the same report."""
    tables = _KEPT.get(document)
    if tables is None:
        reader = _READERS.get(sniff(data))
        tables = _KEPT[document] = reader(data).grids if reader else ()
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
    return tables


def _around(table: Grid, here: Cell) -> list[list[Shown]]:
    """The rows about a cell, spans cut where the part shown ends."""
    first = max(0, min(here.row - _MOST_ROWS // 2, table.rows - _MOST_ROWS))
    last = min(table.rows, first + _MOST_ROWS)
    rows: list[list[Shown]] = [[] for _ in range(last - first)]
    for cell in table.cells:
        start, end = max(cell.row, first), min(cell.row + cell.rowspan, last)
        if start < end:
            shown = Shown(cell.text, end - start, cell.colspan, cell is here)
            rows[start - first].append(shown)
    return rows
