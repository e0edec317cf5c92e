"""What stands on one page: characters, rules and pictures, whichever library found them.

Both PDF readers and the reader of scans yield `PageMarks`; all that follows (grids, cell texts,
paragraphs) is one code for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from extract.model import PageBox

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in PDF points from the page's top left."""

UNREADABLE = "\ufffd"
"""Stands for a character that the file does not say the meaning of."""

ASCENT, DESCENT = 0.88, 0.12
"""How a character's box lies about its baseline, in ems. Declared font metrics are often wrong."""

THIN = 5.0
"""A filled shape at most this thick (points) is a rule; anything thicker is shading."""


UNSEEN_MODES = frozenset((3, 7))
"""Text rendering modes that paint nothing."""


def no_boxes() -> Floats:
    """An empty n×4 array."""
    return np.empty((0, 4))


class UnreadablePdfError(Exception):
    """The file cannot be read at all; the message is one clear line."""


MOST_PAGES = 300

ENCRYPTED = "the PDF is encrypted and needs a password"
DAMAGED = "the PDF is damaged"


@dataclass(slots=True, eq=False)
class PagesRead:
    """What a reader got out of a file: how many pages it has, and the marks of those it read."""

    count: int
    pages: list[PageMarks]
    problems: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class PageMarks:
    """One page as displayed (rotated and cropped), lengths in PDF points from its top left.

    Attributes:
        number: the page, counted from 1.
        width: of the displayed page.
        height: of the displayed page.
        texts: one string a character (a scan's reader may give whole words).
        boxes: n×4, the characters' boxes: advance width by `ASCENT` + `DESCENT` = one em.
        turns: n, quarter turns clockwise of each character, 0 for upright ones.
        rules: m×4, thin boxes: strokes, thin fills, sides of stroked rectangles.
        pictures: k×4, images large enough to be seen.
        drawings: j×4, filled shapes with curves; letters that were turned into outlines.
        problems: what had to be left out, one line each.
        may_hide: whether something on the page may keep text in tables from being seen.
        unseen: indices of characters that the file has and nobody can see.
        turn: the quarters by which the whole page was turned anticlockwise, see `upright`.
    """

    number: int
    width: float
    height: float
    texts: list[str] = field(default_factory=list)
    boxes: Floats = field(default_factory=no_boxes)
    turns: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    rules: Floats = field(default_factory=no_boxes)
    pictures: Floats = field(default_factory=no_boxes)
    drawings: Floats = field(default_factory=no_boxes)
    problems: tuple[str, ...] = ()
    may_hide: bool = False
    unseen: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    turn: int = 0

    @property
    def sizes(self) -> Floats:
        """The characters' sizes in points."""
        across = np.where(self.turns % 2 == 1, 0, 1)
        rows = np.arange(len(across))
        sizes: Floats = self.boxes[rows, across + 2] - self.boxes[rows, across]
        return sizes

    def upright(self) -> PageMarks:
        """The page turned so that most of its text is upright, as for a table on its side."""
        counts = np.bincount(self.turns, minlength=4)
        turn = int(counts.argmax())
        if turn == 0 or counts[turn] < UPRIGHT_PART * len(self.turns):
            return self
        size = (self.height, self.width) if turn % 2 else (self.width, self.height)
        boxes = (self.boxes, self.rules, self.pictures, self.drawings)
        seen = [turned(array, turn, self.width, self.height) for array in boxes]
        return replace(
            self,
            width=size[0],
            height=size[1],
            boxes=seen[0],
            turns=(self.turns - turn) % 4,
            rules=seen[1],
            pictures=seen[2],
            drawings=seen[3],
            turn=turn,
        )

    def where(self, box: Box) -> PageBox:
        """A box on this page as an address on the page as displayed."""
        if self.turn:
            (box,) = turned(np.array([box]), -self.turn, self.width, self.height).tolist()
        x0, top, x1, bottom = box
        return PageBox(self.number, round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2))


UPRIGHT_PART = 0.6
"""So much of a page's text must lie on its side for the page to be read that way."""


@dataclass(frozen=True, slots=True)
class Display:
    """How a page's own coordinates (y upwards) map to the displayed page (y downwards).

    `left … top` is the visible box in page coordinates, `quarters` the page's /Rotate / 90.
    """

    left: float
    bottom: float
    right: float
    top: float
    quarters: int

    @property
    def width(self) -> float:
        """Width of the page as displayed."""
        return (self.top - self.bottom) if self.quarters % 2 else (self.right - self.left)

    @property
    def height(self) -> float:
        """Height of the page as displayed."""
        return (self.right - self.left) if self.quarters % 2 else (self.top - self.bottom)

    def points(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Displayed coordinates of points."""
        match self.quarters % 4:
            case 0:
                return x - self.left, self.top - y
            case 1:
                return y - self.bottom, x - self.left
            case 2:
                return self.right - x, y - self.bottom
            case _:
                return self.top - y, self.right - x

    def boxes(self, boxes: Floats) -> Floats:
        """Displayed boxes (x0, top, x1, bottom) of boxes given by any two opposite corners."""
        xa, ya = self.points(boxes[:, 0], boxes[:, 1])
        xb, yb = self.points(boxes[:, 2], boxes[:, 3])
        return np.column_stack(
            (np.minimum(xa, xb), np.minimum(ya, yb), np.maximum(xa, xb), np.maximum(ya, yb))
        )

    def turns(self, along_x: Floats, along_y: Floats) -> Ints:
        """Quarter turns clockwise, as displayed, of writing directions; -1 for slanted ones."""
        turned = -np.degrees(np.arctan2(along_y, along_x)) + 90 * self.quarters
        turned[~np.isfinite(turned)] = 45  # as good as slanted: not text
        nearest = np.rint(turned / 90)
        turns = nearest.astype(np.int64) % 4
        turns[np.abs(turned - nearest * 90) > SLANT] = -1
        return turns


SLANT = 8.0
"""Writing that leans more than this many degrees is a watermark, not text."""


def set_height(boxes: Floats, origin: tuple[Floats, Floats], sizes: Floats, turns: Ints) -> None:
    """Make boxes one em high about their baseline, in place, whatever the font declares.

    Args:
        boxes: n×4 as displayed, right along the writing direction only.
        origin: a point of each baseline, as displayed.
        sizes: font sizes in points.
        turns: quarter turns clockwise.
    """
    up, down = ASCENT * sizes, DESCENT * sizes
    for turn, (axis, before, after) in enumerate(
        ((1, up, down), (0, down, up), (1, down, up), (0, up, down))
    ):
        of_turn = turns == turn
        base = origin[axis][of_turn]
        boxes[of_turn, axis] = base - before[of_turn]
        boxes[of_turn, axis + 2] = base + after[of_turn]


AT_EDGE = 4.0
"""Points beyond the page within which a rule still counts."""


def clipped(boxes: list[Box], display: Display) -> Floats:
    """What of boxes in page coordinates is on the page or at its edge, as displayed.

    The last rule of a table that fills its page may lie just beyond.
    """
    if not boxes:
        return no_boxes()
    array = np.array(boxes)
    seen = display.boxes(array[np.isfinite(array).all(axis=1)])
    end = (display.width + AT_EDGE, display.height + AT_EDGE)
    low, high = np.maximum(seen[:, :2], -AT_EDGE), np.minimum(seen[:, 2:], end)
    return np.concatenate((low, high), axis=1)[(low <= high).all(axis=1)]


def on_page(boxes: Floats, turns: Ints, width: float, height: float) -> NDArray[np.bool_]:
    """Which characters stand on the page and are no watermark."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    inside = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
    return inside & (turns >= 0)


def turned(boxes: Floats, turn: int, width: float, height: float) -> Floats:
    """Boxes on a page of `width` × `height` after turning it `turn` quarters anticlockwise."""
    x0, top, x1, bottom = boxes.T
    match turn % 4:
        case 0:
            return boxes
        case 1:
            return np.column_stack((top, width - x1, bottom, width - x0))
        case 2:
            return np.column_stack((width - x1, height - bottom, width - x0, height - top))
        case _:
            return np.column_stack((height - bottom, x0, height - top, x1))
