"""Whether digits that a file has can be seen on its pages: by drawing the page and looking.

White or transparent text, text below a picture or a patch, in a layer that is switched off or
beyond a clipping path is in the file as any other; only the drawn page tells.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from extract.readers.pdf.pdfium import opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pypdfium2 as pdfium
    from numpy.typing import NDArray

    from extract.readers.pdf.marks import Box, Floats, Ints, PageMarks

CONTRAST = 24
"""Of 255 shades: neighbouring points that differ by more show an edge of something printed."""

MOST_POINTS = 4_000_000
"""On a drawing; an ordinary page has half a million."""

PICTURES = 0.3
"""The part of a page that may be pictures: what is drawn over or below them is not judged."""

DIGITS = frozenset("0123456789")


def with_unseen(
    data: bytes, pages: Sequence[PageMarks], areas: Mapping[int, Sequence[Box]]
) -> dict[int, PageMarks]:
    """The pages, by index, that have digits in some areas that nobody can see, with those marked.

    Args:
        data: the file.
        pages: its pages as read.
        areas: by index of a page, boxes on it as displayed.
    """
    found: dict[int, PageMarks] = {}
    with opened(data) as document:
        for index, boxes in areas.items():
            marks = pages[index]
            digits = _digits_in(marks, boxes)
            if len(digits) and not _is_mostly_pictures(marks):
                edges = _edges(document[marks.number - 1], marks)
                unseen = digits[~_inked(marks.boxes[digits], edges, marks)]
                if len(unseen):
                    found[index] = replace(marks, unseen=unseen)
    return found


def _digits_in(marks: PageMarks, areas: Sequence[Box]) -> Ints:
    inside = np.zeros(len(marks.texts), np.bool_)
    x = (marks.boxes[:, 0] + marks.boxes[:, 2]) / 2
    y = (marks.boxes[:, 1] + marks.boxes[:, 3]) / 2
    for x0, top, x1, bottom in areas:
        inside |= (x > x0) & (x < x1) & (y > top) & (y < bottom)
    is_digit = np.array([text in DIGITS for text in marks.texts], np.bool_)
    return np.flatnonzero(inside & is_digit)


def _is_mostly_pictures(marks: PageMarks) -> bool:
    sides = marks.pictures[:, 2:] - marks.pictures[:, :2]
    return float(sides.prod(axis=1).sum()) > PICTURES * marks.width * marks.height


def _edges(page: pdfium.PdfPage, marks: PageMarks) -> Floats:
    """For each corner of the drawing's points, how many edges lie left above it."""
    scale = min(1.0, (MOST_POINTS / max(marks.width * marks.height, 1.0)) ** 0.5)
    shades = page.render(scale=scale, grayscale=True).to_numpy().astype(np.int16)
    shades = shades.reshape(shades.shape[0], shades.shape[1])
    edges = np.zeros((shades.shape[0] + 1, shades.shape[1] + 1))
    edges[1:-1, 1:] = np.abs(np.diff(shades, axis=0)) > CONTRAST
    edges[1:, 1:-1] += np.abs(np.diff(shades, axis=1)) > CONTRAST
    return edges.cumsum(axis=0).cumsum(axis=1)


def _inked(boxes: Floats, edges: Floats, marks: PageMarks) -> NDArray[np.bool_]:
    """Whether something is drawn in the middle of each box."""
    height, width = edges.shape[0] - 1, edges.shape[1] - 1
    down, across = height / marks.height, width / marks.width
    margin = (boxes[:, 3] - boxes[:, 1]) / 8
    x0 = np.floor(boxes[:, 0] * across).clip(0, width).astype(int)
    x1 = np.ceil(boxes[:, 2] * across).clip(0, width).astype(int)
    y0 = np.floor((boxes[:, 1] + margin) * down).clip(0, height).astype(int)
    y1 = np.ceil((boxes[:, 3] - margin) * down).clip(0, height).astype(int)
    found: NDArray[np.bool_] = edges[y1, x1] - edges[y0, x1] - edges[y1, x0] + edges[y0, x0] > 0
    return found
