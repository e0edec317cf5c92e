"""Pictures within documents of other formats, as the reader of scans takes them."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extract.model import Document, Grid, Paragraph, TableCell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from extract.readers.pdf.marks import Box

_ACROSS, _DOWN = 150.0, 36.0
"""Points: the least picture on a page that may hold a table."""
_KINDS = ("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP")
_WIDE, _HIGH = 240, 60
"""Pixels: the least picture in which a row of the form can be read."""
_BADLY = (OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a document: its name or address there, and its file where that is at hand."""

    name: str
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class PageOfPictures:
    """A page with pictures: its size in points, the files, and where each one's unit square lies.

    A place is a, b, c, d, e, f: the square's x goes by a, b; its y by c, d; its corner is e, f.
    """

    number: int
    size: tuple[float, float]
    pictures: tuple[tuple[bytes, tuple[float, float, float, float, float, float]], ...]


def may_hold_table(data: bytes) -> bool:
    """Whether a picture is large enough for a table, or is not known to be too small."""
    from PIL import Image  # noqa: PLC0415 - only for documents with pictures

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_KINDS) as image:
                width, height = image.size
    except (Image.DecompressionBombError, *_BADLY):
        return False
    # A page on its side is a picture higher than wide.
    return max(width, height) >= _WIDE and min(width, height) >= _HIGH


def large_on_page(boxes: Iterable[Sequence[float]]) -> list[Box]:
    """The boxes of a page's pictures that may hold tables; strips of one picture are one.

    Strips are joined where one begins as another ends, as scanners and converters cut pages.
    """
    strips = sorted((tuple(map(float, box)) for box in boxes), key=lambda box: (box[0], box[1]))
    joined: list[Box] = []
    for x0, top, x1, bottom in strips:
        last = joined[-1] if joined else None
        if last and abs(last[0] - x0) + abs(last[2] - x1) < 2 and -1 < top - last[3] < 1:  # noqa: PLR2004 - points
            joined[-1] = last[0], last[1], last[2], bottom
        else:
            joined.append((x0, top, x1, bottom))
    return [box for box in joined if box[2] - box[0] >= _ACROSS and box[3] - box[1] >= _DOWN]


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts names as people do: 2.jpg before 10.jpg."""
    parts = re.split(r"([0-9]{1,9})", name)
    return [(int(part), "") if at % 2 else (0, part) for at, part in enumerate(parts)]


def addressed(read: Document, first: int, *, text: bool) -> Iterator[Grid | Paragraph]:
    """What was read of pictures, with the tables' structural addresses.

    Args:
        read: the pictures as the reader of scans read them.
        first: the number of the first of their tables, in the order of the document.
        text: whether paragraphs are kept.
    """
    for block in read.blocks:
        if isinstance(block, Grid):
            yield _addressed(block, first)
            first += 1
        elif text:
            yield Paragraph(block.text)


def _addressed(grid: Grid, number: int) -> Grid:
    cells = tuple(
        replace(cell, where=(TableCell(number, cell.row + 1, cell.column + 1),))
        for cell in grid.cells
    )
    return replace(grid, cells=cells)


def telling(pictures: Iterable[Picture], most: int) -> tuple[list[bytes], int]:
    """The pictures at hand that may hold tables, each once, and how many are beyond so many."""
    files: Sequence[bytes] = list(dict.fromkeys(p.data for p in pictures if p.data))
    large = [data for data in files if may_hold_table(data)]
    return large[:most], max(len(large) - most, 0)
