"""Find the cells of a Word file on the pages of its rendering, so that a figure can be outlined."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING

from extract.model import Cell, Document, PageBox, Report, TableCell
from extract.office import OfficeError, to_docx, to_pdf
from extract.readers.docx import read_docx
from extract.readers.pdf import read_pdf
from extract.sniff import DOCX, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SPACE = re.compile(r"\s+")
_LABEL = re.compile(r"[^\d\W]{2}")
_ROW_LIMIT = 5000
"""Rows aligned at most: the alignment's time grows with their product."""


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells that begin in one row of a table, and their texts without white space."""

    cells: tuple[Cell, ...]
    texts: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The row as it looks: its texts without the blank cells."""
        return tuple(filter(None, self.texts))


def render(data: bytes) -> tuple[bytes, dict[TableCell, PageBox]]:
    """Render a Word file and find its cells on the pages.

    Args:
        data: A whole .docx, .doc, .wps or .rtf file.

    Returns:
        The rendering as PDF, and where the cells stand on it (see `locate`).

    Raises:
        OfficeError: LibreOffice is not installed, or cannot read the file.
    """
    pdf = to_pdf(data)
    if sniff(data) != DOCX:
        (converted,) = to_docx([data])
        if isinstance(converted, OfficeError):
            raise converted
        data = converted
    return pdf, locate(read_docx(data), read_pdf(pdf))


def with_boxes(report: Report, boxes: Mapping[TableCell, PageBox]) -> Report:
    """The report with the boxes of `render` put before the addresses of its figures' cells."""
    figures = []
    for figure in report.figures:
        found = [boxes[at] for at in figure.where if isinstance(at, TableCell) and at in boxes]
        figures.append(replace(figure, where=(*found, *figure.where)))
    return replace(report, figures=tuple(figures))


def locate(document: Document, rendered: Document) -> dict[TableCell, PageBox]:
    """Where the cells of a document stand on the pages of its rendering.

    The rows of both are aligned in order, whatever pages the rendering broke the tables over; a
    cell is placed only where the row and its text are the same on both sides, so a box may be
    missing but does not show another cell.

    Args:
        document: A Word file as read from itself; `where` of its cells is a `TableCell`.
        rendered: The same file as read from its rendering; `where` is a `PageBox`.

    Returns:
        Boxes in PDF points with `rendered` set, by the cells' addresses in the document.
    """
    ours, theirs = list(_rows(document)), list(_rows(rendered))
    matcher = SequenceMatcher(
        None, [row.key for row in ours], [row.key for row in theirs], autojunk=False
    )
    found: dict[TableCell, PageBox] = {}
    for kind, start, end, other, other_end in matcher.get_opcodes():
        alike = kind == "equal" or (kind == "replace" and end - start == other_end - other)
        if alike:
            for row, twin in zip(ours[start:end], theirs[other:other_end], strict=True):
                found.update(_boxes(row, twin))
    return found


def _rows(document: Document) -> Iterator[_Row]:
    count = 0
    for grid in document.grids:
        cells = sorted(grid.cells, key=lambda cell: (cell.row, cell.column))
        for _, group in groupby(cells, key=lambda cell: cell.row):
            members = tuple(group)
            texts = tuple(_plain(cell.text) for cell in members)
            count += 1
            if any(texts) and count <= _ROW_LIMIT:
                yield _Row(members, texts)


def _plain(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def _boxes(row: _Row, twin: _Row) -> Iterator[tuple[TableCell, PageBox]]:
    """Pair two rows from the right, where the figures are, as long as their texts agree.

    On the left a page break may have added the rest of a group's label, or cut one in two.
    """
    if row.key != twin.key and not any(map(_LABEL.search, set(row.texts) & set(twin.texts))):
        return
    pairs = zip(
        reversed(row.cells),
        reversed(row.texts),
        reversed(twin.cells),
        reversed(twin.texts),
        strict=False,
    )
    for cell, text, other, other_text in pairs:
        if text != other_text:
            return
        address = next((at for at in cell.where if isinstance(at, TableCell)), None)
        box = next((at for at in other.where if isinstance(at, PageBox)), None)
        if address and box:
            yield address, replace(box, rendered=True)
