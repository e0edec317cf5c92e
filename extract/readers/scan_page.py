"""A scanned page made ready for reading: paper flattened to white, turned level, sized to its text.

All lengths in the scan reader are in *em*, the height of the page's characters in pixels, because
a scan's resolution is often unknown or wrongly declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from extract.model import PageBox

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Gray = NDArray[np.uint8]

_PAPER = 255
_EM_RANGE = (19.0, 36.0)
"""Character heights that the recognition model reads well; other pages are resized into it."""
_EM_TARGET = 26.0
_LONGEST = 3200
_STREAK = 12.0
"""How much darker than the paper beside it a scanner's streak is."""
_UNDER, _DARK = 40.0, 120.0
_SPECK_PIXELS, _STREWN = 2, 2.5
"""A speck's size, and how many of them to a thousand pixels are no dirt but a way of printing."""
_FILLED = 0.15
"""The least part of its rectangle that a character inks."""
_SKEW_LIMIT = 8.0
_SKEW_IGNORED = 0.06


@dataclass(frozen=True, slots=True)
class Raster:
    """One page as pixels: `gray` as a person sees it, `plain` without coloured ink (stamps).

    `points` is the size of one pixel in PDF points, across and down; `home` maps pixels to points
    of the page as delivered (a 3 × 3 matrix), where that differs: the page was turned.
    """

    number: int
    gray: Gray
    plain: Gray
    points: tuple[float, float]
    home: NDArray[np.float64] | None = None

    def turned(self, quarters: int) -> Raster:
        """The page turned clockwise by so many quarters."""
        if not quarters:
            return self
        once = np.array([[0, 1, 0], [-1, 0, self.gray.shape[0]], [0, 0, 1]], np.float64)
        gray, plain = (np.ascontiguousarray(np.rot90(i, -1)) for i in (self.gray, self.plain))
        across, down = self.points
        turned = Raster(self.number, gray, plain, (down, across), self.to_page @ once)
        return turned.turned(quarters - 1)

    @property
    def to_page(self) -> NDArray[np.float64]:
        """The matrix from pixels to points of the page as delivered."""
        return np.diag([*self.points, 1.0]) if self.home is None else self.home


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page levelled and flattened: paper is 255 in `gray` and in `plain` (no coloured ink).

    `em` is the height of its characters in pixels, `points` the size of a pixel in PDF points;
    `back` maps its pixels to PDF points of the page as delivered (a 2 × 3 affine matrix).
    """

    number: int
    gray: Gray
    plain: Gray
    em: float
    points: tuple[float, float]
    back: NDArray[np.float64]
    streaks: Gray | None = None
    """Not white where a streak of the scanner as dark as ink was taken off, None without any."""

    def box(self, x0: float, top: float, x1: float, bottom: float) -> PageBox:
        """The box on the page as delivered that encloses a rectangle of this sheet."""
        corners = np.array([[x0, top, 1], [x1, top, 1], [x0, bottom, 1], [x1, bottom, 1]])
        placed = corners @ self.back.T
        (left, upper), (right, lower) = placed.min(axis=0), placed.max(axis=0)
        x0, y0, x1, y1 = (round(float(value), 2) for value in (left, upper, right, lower))
        return PageBox(self.number, x0, y0, x1, y1)


def prepare(raster: Raster) -> Sheet | None:
    """Flatten, size and level a page; None where nothing is printed on it."""
    coloured = not np.array_equal(raster.gray, raster.plain)
    gray, streaks = _without_streaks(_without_specks(raster.gray))
    gray = _flatten(gray)
    em = character_height(gray)
    if em is None:
        return None
    factor = _factor(em, gray.shape)
    gray = _deepen(scaled(gray, factor))
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew(gray), 1.0)
    gray = plain = _turned(gray, turn)
    if coloured:
        plain = _flatten(_without_streaks(_without_specks(raster.plain))[0])
        plain = _turned(_deepen(scaled(plain, factor)), turn)
    if streaks is not None:
        streaks = _turned(scaled(streaks, factor), turn)
    points = raster.points[0] / factor, raster.points[1] / factor
    level = np.vstack([cv2.invertAffineTransform(turn), [0, 0, 1]])
    back = raster.to_page @ np.diag([1 / factor, 1 / factor, 1]) @ level
    return Sheet(raster.number, gray, plain, em * factor, points, back[:2], streaks)


def scaled(image: Gray, factor: float) -> Gray:
    """An image made smaller or larger."""
    if factor == 1:
        return image
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(image, None, fx=factor, fy=factor, interpolation=method)
    return np.asarray(resized, dtype=np.uint8)


def _turned(image: Gray, turn: NDArray[Any]) -> Gray:
    if turn[0, 1] == 0:
        return image
    size = image.shape[1], image.shape[0]
    turned = cv2.warpAffine(image, turn, size, flags=cv2.INTER_CUBIC, borderValue=_PAPER)
    return np.asarray(turned, dtype=np.uint8)


def _ink(gray: Gray) -> Gray:
    """A mask (0 or 255) of what is nearly half as dark as the page's darkest hundredth."""
    contrast = max(45.0, (_PAPER - float(np.percentile(gray, 1))) * 0.45)
    return np.where(gray < _PAPER - contrast, 255, 0).astype(np.uint8)


def character_height(gray: Gray) -> float | None:
    """The usual height of characters in pixels, None where there are none to speak of.

    Components are weighed by their height, so that dots and noise count for little.
    """
    if not gray.size:
        return None
    _, _, stats, _ = cv2.connectedComponentsWithStats(_ink(gray), connectivity=8)
    wide, high = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    usable = (high >= 5) & (high <= 120) & (wide <= 3 * high) & (high <= 6 * wide)  # noqa: PLR2004 - sizes in pixels
    # Corners and crossings of broken rules are as large as characters, and nearly empty.
    usable &= stats[1:, cv2.CC_STAT_AREA] >= _FILLED * wide * high
    heights = np.sort(high[usable])
    if heights.size < 4:  # noqa: PLR2004 - a speck or two is no text
        return None
    weight = np.cumsum(heights.astype(np.float64) ** 2)
    return float(heights[int(np.searchsorted(weight, weight[-1] / 2))])


def count_characters(sheet: Sheet) -> int:
    """About how many characters stand on a page; Chinese ones come in pieces, each counted."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(_ink(sheet.gray), connectivity=8)
    size = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    return int(((size > 0.3 * sheet.em) & (size < 1.6 * sheet.em)).sum())


def skew(gray: Gray) -> float:
    """The angle in degrees by which to turn the page (counter-clockwise) to make it level.

    Lines of text and rules make the sums of pixel rows vary most when they lie level.
    """
    dark = np.asarray(_PAPER - scaled(gray, min(1.0, 900 / max(gray.shape))), dtype=np.uint8)
    best = _sharpest(dark, np.arange(-_SKEW_LIMIT, _SKEW_LIMIT + 0.1, 0.5))
    best = _sharpest(dark, np.arange(best - 0.5, best + 0.51, 0.1))
    best = _sharpest(dark, np.arange(best - 0.08, best + 0.081, 0.02))
    return 0.0 if abs(best) < _SKEW_IGNORED else best


def _sharpest(dark: Gray, angles: NDArray[np.float64]) -> float:
    height, width = dark.shape
    middle = (width / 2, height / 2)

    def sharpness(angle: float) -> float:
        turn = cv2.getRotationMatrix2D(middle, angle, 1.0)
        sums = cv2.warpAffine(dark, turn, (width, height)).sum(axis=1, dtype=np.int64)
        return float((np.diff(sums).astype(np.float64) ** 2).sum())

    return float(max(angles, key=lambda angle: (sharpness(float(angle)), -abs(angle))))


def _without_specks(gray: Gray) -> Gray:
    """The page without lone dots, where it is strewn with them: grey paper made black and white."""
    dark = np.where(gray < 128, 255, 0).astype(np.uint8)  # noqa: PLR2004 - half-way to black
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    lone = stats[:, cv2.CC_STAT_AREA] <= _SPECK_PIXELS
    lone[0] = False
    if int(lone.sum()) * 1000 < _STREWN * gray.size or count < 1:
        return gray
    clean = np.where(lone[labels], _PAPER, gray).astype(np.uint8)
    # In smaller print a decimal point is no larger than a speck.
    return clean if (character_height(clean) or 0) >= _EM_RANGE[0] else gray


def _without_streaks(gray: Gray) -> tuple[Gray, Gray | None]:
    """The page without the lines that dirt on a scanner's glass draws from edge to edge.

    A rule of a table ends before the edge of the page; where a picture is cut to its table, rules
    of the other direction run along the edge. The second page is black where ink may be lost.
    """
    lost: Gray | None = None
    for turned in (False, True):
        page = gray.T if turned else gray
        streaks = _streaks(page)
        if not streaks.size:
            continue
        page = page.copy()
        for at in streaks:
            beside = page[:, [max(at - 4, 0), min(at + 4, page.shape[1] - 1)]].max(axis=1)
            level = float(np.median(page[:, at]))
            if level < _DARK:
                lost = np.full(gray.shape, 255, np.uint8) if lost is None else lost
                (lost.T if turned else lost)[:, max(at - 1, 0) : at + 2] = 0
            # Ink that a pale streak crosses is darker than it.
            kept = (page[:, at] < level - _UNDER) & (level >= _DARK)
            page[:, at] = np.where(kept, page[:, at], beside)
        gray = np.ascontiguousarray(page.T if turned else page)
    return gray, lost


def _streaks(gray: Gray) -> NDArray[np.intp]:
    """The columns that are darker than those beside them from the upper edge to the lower one."""
    high, wide = gray.shape
    parts = 40
    if high < parts * 4 or wide < parts:
        return np.empty(0, np.intp)
    means = np.stack([part.mean(axis=0) for part in np.array_split(gray, parts)])
    left, right = np.roll(means, 4, axis=1), np.roll(means, -4, axis=1)
    darker = np.minimum(left, right) - means > _STREAK
    # A number may stand close by in places; at the edges of the page nothing does.
    along = (darker.mean(axis=0) > 0.8) & darker[0] & darker[-1]  # noqa: PLR2004 - nearly all
    paper = np.median(gray)
    edges = np.concatenate([gray[: high // parts], gray[-(high // parts) :]]) < paper - _STREAK
    if float(edges.mean()) > 0.05:  # noqa: PLR2004 - the edges of the page are not clear
        return np.empty(0, np.intp)
    return np.flatnonzero(along)


def _flatten(gray: Gray) -> Gray:
    """Divide by the paper's own brightness, so that shadow and yellowing become white."""
    small = cv2.resize(gray, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    size = max(15, (min(small.shape) // 12) | 1)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), min(size, 101))
    paper = cv2.resize(paper, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR)
    flat = cv2.divide(gray, np.maximum(np.asarray(paper), 48), scale=_PAPER)
    return np.asarray(flat, dtype=np.uint8)


def _deepen(gray: Gray) -> Gray:
    """Faint print made black: the darkest hundredth of what is printed becomes black."""
    printed = gray[gray < _PAPER - 60]
    if printed.size < 100:  # noqa: PLR2004 - nothing to speak of
        return gray
    darkest = float(np.percentile(printed, 5))
    if darkest < 40:  # noqa: PLR2004 - black enough
        return gray
    deeper = (gray.astype(np.float32) - darkest) * (_PAPER / (_PAPER - darkest))
    return np.asarray(np.clip(deeper, 0, _PAPER), dtype=np.uint8)


def _factor(em: float, shape: tuple[int, ...]) -> float:
    """By how much to resize a page so that its characters are of a size that is read well."""
    low, high = _EM_RANGE
    wanted = 1.0 if low <= em <= high else _EM_TARGET / em
    return min(max(wanted, 0.25), 3.0, _LONGEST / max(shape))
