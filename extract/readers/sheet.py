"""Read spreadsheets, .xlsx and .xls.

Dense readers of spreadsheets allocate the whole rectangle around the cells, so that two cells in
opposite corners end the process; this one keeps only the cells that are there. Nor does it take an
error or a formula without a stored value for a blank.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from extract.compound import Compound, CompoundError
from extract.model import Cell, Document, Grid, Paragraph, SheetCell
from extract.package import Package, PackageError
from extract.readers.biff import read_workbook
from extract.readers.flow import clean
from extract.readers.workbook import Sheet, letters, read_sheets
from extract.sniff import XLS, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extract.readers.number_formats import Text

_HEADING = re.compile(r"[一二三四五六]\s*[、.．].*(?:情况|事项)|.*年度?报告")
_LONG_TEXT = 60
_SLOT_LIMIT = 50_000
"""The most slots of one grid; the largest real one has some 400."""


def read_sheet(data: bytes) -> Document:
    """Read the visible sheets of a spreadsheet.

    Args:
        data: The whole .xlsx or .xls file.

    Returns:
        Headings and long texts as paragraphs and what stands between them, or between empty rows,
        as grids with their blank cells; `where` is a `SheetCell`. A file that cannot be read
        yields a document without blocks that says why in `problems`. Never raises.
    """
    media_type = sniff(data)
    try:
        sheets = (
            list(read_workbook(Compound(data).read("Workbook")))
            if media_type == XLS
            else list(read_sheets(Package(data)))
        )
    except (CompoundError, PackageError) as error:
        return Document(media_type, problems=(f"the spreadsheet cannot be read: {error}",))
    blocks = tuple(block for sheet in sheets for block in _blocks(sheet))
    problems = dict.fromkeys(sheet.problem for sheet in sheets if sheet.problem)
    return Document(media_type, blocks=blocks, problems=tuple(problems))


def _blocks(sheet: Sheet) -> Iterator[Paragraph | Grid]:
    """The sheet's rows parted at empty rows, headings and long texts."""
    rows: list[int] = []
    for row in _used_rows(sheet):
        texts = [text for text, _ in sheet.shown_row(row).values()]
        alone = texts[0] if len(texts) == 1 else ""
        is_prose = bool(_HEADING.fullmatch(alone.strip())) or len(alone) > _LONG_TEXT
        parted = bool(rows) and set(range(rows[-1] + 1, row)) - sheet.hidden_rows
        if parted or is_prose:
            yield from _grids(sheet, rows)
            rows = []
        if is_prose:
            yield from (Paragraph(line) for part in alone.split("\n") if (line := clean(part)))
        else:
            rows.append(row)
    yield from _grids(sheet, rows)


def _used_rows(sheet: Sheet) -> list[int]:
    """The rows that show something, and those that a merged cell with a text covers."""
    used = {row for row in sheet.rows if sheet.shown_row(row)}
    for (row, column), (last, _) in sheet.merged.items():
        if column in sheet.shown_row(row):
            used.update(range(row, last + 1))
    return sorted(used - sheet.hidden_rows)


def _grids(sheet: Sheet, rows: list[int]) -> Iterator[Grid]:
    """One grid of these rows, over the columns from the first to the last that they use."""
    shown = {row: sheet.shown_row(row) for row in rows}
    used = {column for cells in shown.values() for column in cells}
    for (row, column), (_, last) in sheet.merged.items():
        if column in shown.get(row, {}):
            used.add(last)
    if not used:
        return
    columns = [c for c in range(min(used), max(used) + 1) if c not in sheet.hidden_columns]
    if len(rows) * len(columns) > _SLOT_LIMIT:
        sheet.problem = "part of a sheet is too large to be read"
        return
    yield Grid(len(rows), len(columns), tuple(_cells(sheet, shown, columns)))


def _cells(sheet: Sheet, shown: dict[int, dict[int, Text]], columns: list[int]) -> Iterator[Cell]:
    rows = list(shown)
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        for c, column in enumerate(columns):
            if (row, column) in taken:
                continue
            last_row, last_column = sheet.merged.get((row, column), (row, column))
            down, across = bisect_right(rows, last_row) - r, bisect_right(columns, last_column) - c
            slots = {(y, x) for y in rows[r : r + down] for x in columns[c : c + across]}
            if slots & taken:
                down, across, slots = 1, 1, {(row, column)}
            taken |= slots
            text, doubt = shown[row].get(column, ("", None))
            yield Cell(
                text="\n".join(line for part in text.split("\n") if (line := clean(part))),
                row=r,
                column=c,
                rowspan=down,
                colspan=across,
                where=(SheetCell(sheet.name, f"{letters(column)}{row}"),),
                doubt=doubt,
            )
