"""Lines of text outside the tables of a scan: detected on a reduced page, read at full size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from extract.readers.ocr import detect, recognise
from extract.readers.pdf.lettering import Line
from extract.readers.scan_page import scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.readers.ocr import Reading
    from extract.readers.scan_frames import ScanFrame
    from extract.readers.scan_page import Sheet

_DETECTION_EM = 14.0
"""The height of characters to which a page is reduced for finding lines of text."""
_MOST = 400
"""Lines on a page; more are noise."""
_FEW = 5
_USUAL = 0.25
"""Sizes this near to the page's usual one are the usual one, and are measured inexactly."""

_PixelBox = tuple[int, int, int, int]


def text_lines(sheet: Sheet, frames: Sequence[ScanFrame]) -> list[tuple[Line, float]]:
    """The lines outside tables, from top to bottom, each with its mean probability.

    Boxes and sizes are in levelled points.
    """
    boxes = _found(sheet, frames)
    readings = recognise([sheet.gray[box[1] : box[3], box[0] : box[2]] for box in boxes])
    kept = [
        (box, reading) for box, reading in zip(boxes, readings, strict=True) if reading.text.strip()
    ]
    sizes = _sizes(kept)
    across, down = sheet.points
    found = []
    for (box, reading), size in zip(kept, sizes, strict=True):
        place = box[0] * across, box[1] * down, box[2] * across, box[3] * down
        line = Line(group=0, text=reading.text.strip(), overlaps=False, box=place, size=size * down)
        found.append((line, reading.mean))
    return found


def _found(sheet: Sheet, frames: Sequence[ScanFrame]) -> list[_PixelBox]:
    """Boxes of lines of text outside tables, in reading order."""
    outside = sheet.gray.copy()
    for frame in frames:
        x0, top, x1, bottom = (round(value) for value in frame.outline)
        outside[max(top - 3, 0) : bottom + 4, max(x0 - 3, 0) : x1 + 4] = 255
    scale = min(1.0, _DETECTION_EM / sheet.em)
    high, wide = outside.shape
    return [
        (
            max(int(x0 / scale), 0),
            max(int(top / scale), 0),
            min(round(x1 / scale), wide),
            min(round(bottom / scale), high),
        )
        for x0, top, x1, bottom in detect(scaled(outside, scale))[:_MOST]
    ]


def _sizes(lines: Sequence[tuple[_PixelBox, Reading]]) -> list[float]:
    """The size of each line's characters in pixels, by their number and the line's length."""
    sizes = []
    for (x0, top, x1, bottom), reading in lines:
        ems = sum(0.5 if character.isascii() else 1.0 for character in reading.text.strip())
        sizes.append((x1 - x0) / ems if ems >= _FEW else 0.75 * (bottom - top))
    if not sizes:
        return []
    usual = float(np.median(sizes))
    return [usual if abs(size - usual) <= _USUAL * usual else size for size in sizes]
