"""What a page of an OFD file draws: characters, rules and pictures, as a PDF's page has them."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from extract.package import local, value
from extract.readers.pdf.marks import ASCENT, DESCENT, SLANT, PageMarks, no_boxes, on_page
from extract.readers.pdf.shapes import bounds, rules_of_path, thin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lxml import etree

    from extract.readers.pdf.marks import Box
    from extract.readers.pdf.shapes import Points

POINTS_A_MILLIMETRE = 72 / 25.4

_MOST_CHARACTERS = 100_000
_MOST_TOKENS = 400_000
_SMALL_PICTURE = 8.0
"""Points: a picture narrower or lower than this is an ornament."""
_DEEPEST, _MOST_COMPOSITES = 8, 1000
"""Composite drawings within one another, and on a page."""
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_CURVES = frozenset("QBA")

Matrix = tuple[float, float, float, float, float, float]


class OfdPage:
    """Collects what the objects of a page draw; lengths in points from its top left."""

    def __init__(
        self,
        number: int,
        box: Sequence[float],
        composite: Callable[[str], etree._Element | None] = lambda _: None,
    ) -> None:
        """Begin a page.

        Args:
            number: the page, counted from 1.
            box: its physical box: x, y, width, height in mm.
            composite: gives the content of a composite drawing by its id.
        """
        self.number = self._number = number
        left, top, width, height = box
        k = POINTS_A_MILLIMETRE
        self._width, self._height = width * k, height * k
        self._base: Matrix = (k, 0.0, 0.0, k, -left * k, -top * k)
        self._composite = composite
        self._depth = self._composites = 0
        self.images: list[tuple[str, Matrix]] = []
        """Each picture's resource, and where its unit square lies, in points."""
        self._texts: list[str] = []
        self._boxes: list[Box] = []
        self._turns: list[int] = []
        self._rules: list[Box] = []
        self._pictures: list[Box] = []
        self._drawings: list[Box] = []
        self._tokens = 0
        self._problems: dict[str, None] = {}

    def draw(self, element: etree._Element) -> None:
        """Draw every visible object below an element (a page's content, a layer, a block)."""
        for child in element:
            name = local(child)
            if value(child, "Visible") == "false" or value(child, "Alpha") == "0":
                continue
            if name == "TextObject":
                self._text(child)
            elif name == "PathObject":
                self._path(child)
            elif name == "ImageObject":
                self._picture(child)
            elif name in ("Content", "Layer", "PageBlock"):
                self.draw(child)
            elif name == "CompositeObject":
                self._draw_composite(child)

    @property
    def size(self) -> tuple[float, float]:
        """The page's width and height in points."""
        return self._width, self._height

    def marks(self) -> PageMarks:
        """All that was drawn and stands on the page."""
        boxes, turns = _array(self._boxes), np.array(self._turns, np.int64)
        kept = on_page(boxes, turns, self._width, self._height)
        return PageMarks(
            self._number,
            self._width,
            self._height,
            [text for text, keep in zip(self._texts, kept, strict=True) if keep],
            boxes[kept],
            turns[kept],
            _array(self._rules),
            _array(self._pictures),
            _array(self._drawings),
            problems=tuple(self._problems),
        )

    def _draw_composite(self, element: etree._Element) -> None:
        content = self._composite(value(element, "ResourceID"))
        self._composites += 1
        if content is None or self._depth >= _DEEPEST or self._composites > _MOST_COMPOSITES:
            self._problems[f"page {self._number}: a composite drawing was not read"] = None
            return
        before = self._base
        self._base, self._depth = self._placed(element), self._depth + 1
        self.draw(content)
        self._base, self._depth = before, self._depth - 1

    def _placed(self, element: etree._Element) -> Matrix:
        """From the object's own millimetres to the page's points."""
        a, b, c, d, e, f = numbers(value(element, "CTM"), 6) or [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
        boundary = numbers(value(element, "Boundary"), 4) or [0.0] * 4
        return _within(self._base, (a, b, c, d, e + boundary[0], f + boundary[1]))

    def _text(self, element: etree._Element) -> None:
        matrix = self._placed(element)
        (size,) = numbers(value(element, "Size"), 1) or [0.0]
        (stretch,) = numbers(value(element, "HScale"), 1) or [1.0]
        (turned,) = numbers(value(element, "CharDirection"), 1) or [0.0]
        angle = math.degrees(math.atan2(matrix[1], matrix[0])) + turned
        turn = round(angle / 90)
        slanted = abs(angle - 90 * turn) > SLANT
        x = y = 0.0
        for code in element:
            if local(code) != "TextCode":
                continue
            (x,) = numbers(value(code, "X"), 1) or [x]
            (y,) = numbers(value(code, "Y"), 1) or [y]
            text = code.text or ""
            if len(self._texts) + len(text) > _MOST_CHARACTERS:
                self._problems[f"page {self._number}: it has too many characters to be read"] = None
                return
            for character, at, width in _steps(text, code, size, stretch):
                corner = x + at[0], y + at[1] - ASCENT * size
                far = corner[0] + width, y + at[1] + DESCENT * size
                if turned:
                    # A character turned within its line is as broad as high.
                    far = corner[0] + size, far[1]
                self._texts.append(character)
                self._boxes.append(_bounds(matrix, (corner, far)))
                self._turns.append(-1 if slanted else turn % 4)

    def _path(self, element: etree._Element) -> None:
        stroked = value(element, "Stroke") != "false"
        if not stroked and value(element, "Fill") != "true":
            return
        matrix = self._placed(element)
        data = next((each for each in element if local(each) == "AbbreviatedData"), None)
        tokens = "" if data is None else data.text or ""
        self._tokens += tokens.count(" ")
        if self._tokens > _MOST_TOKENS:
            self._problems[f"page {self._number}: it has too many drawings to be read"] = None
            return
        subpaths, curved = _subpaths(tokens.split(), matrix)
        points = [point for subpath in subpaths for point in subpath]
        if not points:
            return
        box = bounds(points)
        if thin(box):
            self._rules.append(box)
        elif curved:
            self._drawings.append(box)
        else:
            self._rules.extend(rules_of_path(subpaths, stroked=stroked))

    def _picture(self, element: etree._Element) -> None:
        boundary = numbers(value(element, "Boundary"), 4)
        if not boundary:
            return
        x, y, width, height = boundary
        x0, top, x1, bottom = _bounds(self._base, ((x, y), (x + width, y + height)))
        if min(x1 - x0, bottom - top) <= _SMALL_PICTURE:
            return
        self._pictures.append((x0, top, x1, bottom))
        fills = (width, 0.0, 0.0, height, x, y)
        square = self._placed(element) if value(element, "CTM") else _within(self._base, fills)
        self.images.append((value(element, "ResourceID"), square))


def numbers(text: str, count: int) -> list[float] | None:
    """So many finite numbers of an attribute; None where it has not."""
    try:
        found = [float(token) for token in text.split()[:count]]
    except ValueError:
        return None
    if len(found) < count or not all(map(math.isfinite, found)):
        return None
    return found


def _within(outer: Matrix, inner: Matrix) -> Matrix:
    """First the inner matrix, then the outer one."""
    a, b, c, d, _, _ = outer
    e, f = _point(outer, inner[4], inner[5])
    return (
        *(a * inner[0] + c * inner[1], b * inner[0] + d * inner[1]),
        *(a * inner[2] + c * inner[3], b * inner[2] + d * inner[3]),
        *(e, f),
    )


def _array(boxes: list[Box]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(boxes, np.float64) if boxes else no_boxes()


def _steps(
    text: str, code: etree._Element, size: float, stretch: float
) -> Iterator[tuple[str, tuple[float, float], float]]:
    """The characters of a run with the way from its start, and each one's width."""
    across = _deltas(value(code, "DeltaX"), len(text))
    down = _deltas(value(code, "DeltaY"), len(text))
    x = y = 0.0
    for index, character in enumerate(text):
        wide = unicodedata.east_asian_width(character) in "WFA"
        natural = size * stretch * (1.0 if wide else 0.5)
        step = across[index] if index < len(across) else (0.0 if down else natural)
        yield character, (x, y), min(natural, step) if step > 0 else natural
        x += step
        y += down[index] if index < len(down) else 0.0


def _deltas(text: str, most: int) -> list[float]:
    """Distances between characters, `g 3 4.5` standing for 4.5 three times."""
    found: list[float] = []
    words = iter(text.split())
    try:
        for word in words:
            times = int(next(words)) if word == "g" else 1
            each = float(next(words)) if word == "g" else float(word)
            found += [each if math.isfinite(each) else 0.0] * max(0, min(times, most - len(found)))
            if len(found) >= most:
                break
    except (ValueError, StopIteration):
        return found
    return found


def _subpaths(tokens: list[str], matrix: Matrix) -> tuple[list[Points], bool]:
    """The points of each subpath on the page, and whether any of it is curved."""
    subpaths: list[Points] = []
    curved = False
    at = 0
    while at < len(tokens):
        command = tokens[at]
        count = _OPERANDS.get(command)
        operands = numbers(" ".join(tokens[at + 1 : at + 1 + count]), count) if count else []
        if count is None or operands is None:
            break
        at += 1 + count
        curved |= command in _CURVES
        if command == "C" and subpaths:
            subpaths[-1].append(subpaths[-1][0])
        elif command in "SM":
            subpaths.append([_point(matrix, operands[0], operands[1])])
        elif operands and subpaths:
            subpaths[-1].append(_point(matrix, operands[-2], operands[-1]))
    return subpaths, curved


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(matrix: Matrix, corners: tuple[tuple[float, float], tuple[float, float]]) -> Box:
    (x0, y0), (x1, y1) = corners
    return bounds([_point(matrix, x, y) for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))])
