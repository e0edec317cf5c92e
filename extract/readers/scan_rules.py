"""The ruling lines of a levelled scan, told from the strokes of its characters.

Everything is written for level rules; upright ones are found in the transposed page. A rule is a
straight piece of ink without gaps, or with clear paper beside it, that ends on other rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from extract.readers.scan_page import Gray

CONTRAST = 26
"""How much darker than paper a rule is at least, averaged along a third of an em."""
WHOLE = 0.93
"""The part of a rule's length that is inked; along a row of characters less of it is."""
MOSTLY = 0.85
"""The part that is, where a rule has a gap."""
_COVERED = 0.6
"""The part that must be inked where there is clear paper beside the rule."""
_EVEN = 0.4
"""A rule has a gap where it is paler than this part of its usual darkness."""
_THICKEST = 0.28
"""Ems: a rule is no thicker (2.25 points beside characters of 9)."""
_PALE = 0.35
"""The part of the long rules' darkness that any rule has."""
_DOTS_APART, _DOTTED_LONG = 0.5, 2.5
"""Ems: gaps in dotted rules, and the least length of one."""
_DOTTED_CLEAR, _DOTTED_ON = 0.25, 0.3
"""The part of a dotted rule that may have ink beside it, and the part that is inked at least."""
_CROWDED = 0.4
"""The part of a rule that may have ink close beside it."""
_BRIDGES = ((2.5, 1.2), (1.25, 0.6), (0.0, 0.15))
"""Ems: pieces in line of at least so much length are one rule over a gap of so much."""
_REACHES = ((4, 0.6), (1.3, 0.5), (0, 0.25))
"""Ems: a piece of at least so much length may end so far from the rule that it meets."""
_MAX_PIECES = 5000
_MAX_RULES = 600
"""Each way on a page; a form has about thirty, thousands are a drawing or an attack."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight piece of rule: `at` across its direction at its middle, `start` to `end` along."""

    at: float
    start: float
    end: float
    slope: float = 0.0

    @property
    def length(self) -> float:
        """Its extent along its direction, in pixels."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """The place half-way along it, where it lies at `at`."""
        return (self.start + self.end) / 2

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Both ends: the place along its direction, and across it."""
        return (self.start, self.across(self.start)), (self.end, self.across(self.end))

    def across(self, place: float) -> float:
        """Where it lies, across its direction, at a place along it."""
        return self.at + self.slope * (place - self.middle)


def find_rules(dark: Gray, em: float) -> tuple[list[Rule], list[Rule], bool]:
    """The level and the upright rules of a page given as darkness (0 is paper).

    Both lists are empty where the page has more than any form would. The last says whether there
    are pieces that would be rules but for their gaps.
    """
    turned = np.ascontiguousarray(dark.T)
    across, down = (
        _rules(_mask(dark, em, 1.6), dark, em),
        _rules(_mask(turned, em, 0.85), turned, em),
    )
    gapped = any(depth < 0 for _, depth in (*across, *down))
    found = [pair for pair in across if pair[1] >= 0], [pair for pair in down if pair[1] >= 0]
    level, upright = _without_pale(found, em)
    if max(len(level), len(upright)) > _MAX_RULES:
        return [], [], False
    return *_held(_merged(level, em), _merged(upright, em), em), gapped


def bridged(dark: Gray, em: float) -> Gray:
    """A page given as darkness with its dotted and dashed rules drawn through.

    Only what is thin, long, and has clear paper on both sides is drawn through: text is not.
    """
    out = dark.copy()
    for turned in (False, True):
        page = np.ascontiguousarray(dark.T) if turned else dark
        gap = max(3, round(_DOTS_APART * em)) | 1
        closed = cv2.morphologyEx(page, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
        drawn = np.where(_dotted(_mask(page, em, _DOTTED_LONG), page, em), closed, 0)
        out = np.maximum(out, drawn.T if turned else drawn).astype(np.uint8)
    return out


def _dotted(mask: Gray, dark: Gray, em: float) -> NDArray[np.bool_]:
    """Where in a mask of thin level pieces those are that clear paper surrounds."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    kept = np.zeros(count, bool)
    if count > _MAX_PIECES:
        return np.zeros(mask.shape, bool)
    reach = max(4, round(0.36 * em))
    for label in range(1, count):
        x, y, width, height = (int(value) for value in stats[label, :4])
        own = labels[y : y + height, x : x + width] == label
        slope, at = _fit(own)
        columns = np.arange(x, x + width)
        centre = np.floor(y + at + slope * (columns - x - width / 2) + 0.5).astype(int)
        rows = centre[None, :] + np.arange(-reach, reach + 1)[:, None]
        strip = dark[np.clip(rows, 0, dark.shape[0] - 1), columns[None, :]]
        beside = np.concatenate([strip[: reach - 3], strip[reach + 4 :]])
        on = strip[reach - 2 : reach + 3].max(axis=0) > CONTRAST
        covered, crowd = float(on.mean()), float((beside.max(axis=0) > CONTRAST * 2).mean())
        # Strokes of digits in a row have ink above and below wherever they have any.
        clear = crowd <= min(_DOTTED_CLEAR, 0.4 * covered)
        kept[label] = clear and covered >= _DOTTED_ON
    return np.asarray(kept[labels], dtype=bool)


def _without_pale(
    found: tuple[list[tuple[Rule, float]], list[tuple[Rule, float]]], em: float
) -> tuple[list[Rule], list[Rule]]:
    """The rules that are about as dark as the long ones: those of the page behind are paler."""
    long = sorted(
        (depth, rule.length) for each in found for rule, depth in each if rule.length >= 8 * em
    )
    reach = np.cumsum([length for _, length in long])
    usual = long[int(np.searchsorted(reach, 0.75 * reach[-1]))][0] if long else 0.0
    level, upright = ([rule for rule, depth in each if depth >= _PALE * usual] for each in found)
    return level, upright


def _mask(dark: Gray, em: float, ems: float) -> Gray:
    """A mask of what is thin, level and at least so many ems long."""
    smooth, bridge, thick = (max(3, round(part * em)) | 1 for part in (0.35, 0.45, 0.4))
    along = cv2.blur(dark, (smooth, 1))
    thin = cv2.morphologyEx(along, cv2.MORPH_TOPHAT, np.ones((max(thick, 7), 1), np.uint8))
    there = np.where(np.asarray(thin) > CONTRAST, 255, 0).astype(np.uint8)
    # A rule that leans climbs a pixel every so often: let neighbours bridge the step.
    stepped = cv2.dilate(there, np.ones((2, 1), np.uint8))
    joined = cv2.morphologyEx(stepped, cv2.MORPH_CLOSE, np.ones((1, bridge), np.uint8))
    length = max(14, round(ems * em))
    found = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return np.asarray(found, dtype=np.uint8)


def _rules(mask: Gray, dark: Gray, em: float) -> list[tuple[Rule, float]]:
    """The rules along pieces of a mask, and how dark each is; -1 for one that is mostly gaps."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count > _MAX_PIECES:
        return []
    found = []
    for label in range(1, count):
        x, y, width, height = (int(value) for value in stats[label, :4])
        own = labels[y : y + height, x : x + width] == label
        short = width <= 3 * em  # too short to tell a slope
        slope, at = (0.0, _middle(own)) if short else _fit(own)
        rule = _as_rule(Rule(y + at, x, x + width, slope), dark, em)
        if rule is not None:
            found.append(rule)
    return found


def _fit(own: NDArray[np.bool_]) -> tuple[float, float]:
    """The slope of a piece and its height at its middle, whatever text hangs on to it.

    In every part of its length the rule is the fullest row; the median of the slopes between
    parts is not moved by the few where text is fuller.
    """
    parts = min(16, max(4, own.shape[1] // 12))
    edges = np.linspace(0, own.shape[1], parts + 1).astype(int)
    places = (edges[:-1] + edges[1:]) / 2
    heights = np.array([_middle(own[:, a:b]) for a, b in pairwise(edges)])
    one, other = np.triu_indices(parts, k=max(1, parts // 3))
    slope = float(np.median((heights[other] - heights[one]) / (places[other] - places[one])))
    return slope, float(np.median(heights - slope * (places - own.shape[1] / 2)))


def _middle(own: NDArray[np.bool_]) -> float:
    """The middle of the fullest rows of a piece."""
    full = own.sum(axis=1)
    return float(np.flatnonzero(full >= 0.9 * full.max()).mean())


def _as_rule(rule: Rule, dark: Gray, em: float) -> tuple[Rule, float] | None:
    """A piece trimmed to its ink, and its darkness; None for strokes in a line of text."""
    columns = np.arange(int(rule.start), int(rule.end))
    centre = np.floor(rule.at + rule.slope * (columns - rule.middle) + 0.5).astype(int)
    reach = max(4, round(0.36 * em))
    rows = centre[None, :] + np.arange(-reach, reach + 1)[:, None]
    strip = cv2.blur(dark[np.clip(rows, 0, dark.shape[0] - 1), columns[None, :]], (3, 1))
    strip = np.asarray(strip, dtype=np.uint8)
    inked = inked_along(strip, 2, round(4 * em))
    covered = float(inked.mean())
    unbroken = rule.length >= 2.5 * em and covered >= MOSTLY
    if not unbroken and is_crowded(strip, 2, em):
        return None
    if not unbroken and covered < _COVERED:
        return (rule, -1.0) if covered >= _DOTTED_ON and rule.length >= 4 * em else None
    there = columns[inked]
    start, end = float(there[0]), float(there[-1] + 1)
    depth = float(np.median(strip[reach - 2 : reach + 3].max(axis=0)[inked]))
    return Rule(rule.across((start + end) / 2), start, end, rule.slope), depth


def inked_along(strip: NDArray[np.uint8], band: int, chunk: int) -> NDArray[np.bool_]:
    """Where along a strip a thin straight rule is inked, and about evenly dark.

    Args:
        strip: the page along a supposed rule, which is its middle row.
        band: rows above and below the middle where the rule may lie.
        chunk: a rule may bend over its length; each chunk of it may lie a little elsewhere.
    """
    middle = strip.shape[0] // 2
    near = strip[middle - band : middle + band + 1]
    pair = np.maximum(near[:-1], near[1:])
    found = []
    for at in range(0, pair.shape[1], chunk):
        part = pair[:, at : at + chunk]
        dark = np.maximum(CONTRAST, _EVEN * np.median(part, axis=1))
        inked = part > dark[:, None]
        found.append(inked[inked.sum(axis=1).argmax()])
    return np.concatenate(found)


def is_crowded(strip: NDArray[np.uint8], band: int, em: float) -> bool:
    """Whether there is much ink close beside a supposed rule, as beside strokes of text."""
    thickest = round(_THICKEST * em)
    middle = strip.shape[0] // 2
    near = slice(middle - band, middle + band + 1)
    ink = max(CONTRAST * 2.0, float(np.median(strip[near].max(axis=0))) * 0.6)
    inked = (strip > ink).mean(axis=1) > 0.5  # noqa: PLR2004 - more than half of the row
    low = high = near.start + int((strip[near] > ink).mean(axis=1).argmax())
    while low > 0 and high - low < thickest and inked[low - 1]:
        low -= 1
    while high + 1 < len(inked) and high - low < thickest and inked[high + 1]:
        high += 1
    beside = np.concatenate([strip[: max(low - 2, 0)], strip[high + 3 :]])
    return bool(beside.size) and float((beside.max(axis=0) > ink).mean()) > _CROWDED


def _merged(rules: Sequence[Rule], em: float) -> list[Rule]:
    """Pieces in line with each other as one rule, where the gap is short beside both."""
    done: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.start):
        for index, other in enumerate(done):
            # A short piece may be a stroke of a character beyond the end of a true rule.
            shorter = min(rule.length, other.length) / em
            reach = next(gap for least, gap in _BRIDGES if shorter >= least)
            if rule.start - other.end > reach * em:
                continue
            place = (rule.start + other.end) / 2
            if abs(rule.across(place) - other.across(place)) <= 0.12 * em:
                done[index] = _through(other, rule)
                break
        else:
            done.append(rule)
    return done


def _through(first: Rule, second: Rule) -> Rule:
    """One rule for two pieces of it."""
    start, end = first.start, max(first.end, second.end)
    total = first.length + second.length
    run = second.middle - first.middle
    if second.start > first.middle and run > 0:
        slope = (second.at - first.at) / run
    else:
        slope = (first.slope * first.length + second.slope * second.length) / total
    middle = (start + end) / 2
    at = sum(
        (piece.at + slope * (middle - piece.middle)) * piece.length for piece in (first, second)
    )
    return Rule(at / total, start, end, slope)


def _held(level: list[Rule], upright: list[Rule], em: float) -> tuple[list[Rule], list[Rule]]:
    """What is left after pieces that end on nothing, strokes of characters, are dropped."""
    while True:
        kept_level = [rule for rule in level if _is_held(rule, upright, em)]
        kept_upright = [rule for rule in upright if _is_held(rule, kept_level, em)]
        if (len(kept_level), len(kept_upright)) == (len(level), len(upright)):
            return level, upright
        level, upright = kept_level, kept_upright


def _is_held(rule: Rule, others: list[Rule], em: float) -> bool:
    """Whether a piece meets a rule of the other direction at both ends, or is long and meets two.

    Long pieces may stick out, or end in a gap.
    """
    near = next(reach for least, reach in _REACHES if rule.length >= least * em) * em
    meets = [
        other.at
        for other in others
        if other.start - near <= rule.across(other.at) <= other.end + near
        and rule.start - near <= other.at <= rule.end + near
    ]
    if len(meets) < 2:  # noqa: PLR2004 - one for each end
        return bool(meets) and rule.length > 8 * em
    both = min(meets) - rule.start <= near and rule.end - max(meets) <= near
    return both or rule.length > 3 * em
