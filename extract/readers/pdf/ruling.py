"""From rules to edges: collinear pieces joined, cut tables closed, tables told apart.

The edge rule: a row that a page break cuts has no bottom rule, so its verticals end in nothing.
Where three or more ends lie level, an edge is drawn through them; else the whole row is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from extract.readers.pdf.marks import Floats, Ints, PageMarks

SMALLEST_SNAP, LARGEST_SNAP = 1.2, 4.0
SNAP = 0.35
"""Ems within which two rules are one (double rules, corners that do not quite meet)."""

GAP = 4.0
"""Points between two collinear pieces of one rule: dashes, and rules drawn cell by cell."""

ENDS = 3
"""So many rules that end level make an edge."""

MOST_EDGES = 1500
"""Each way on a page. A form has about thirty; thousands are a drawing or an attack."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges of one direction: `at` across, from `start` to `end` along, each an array.

    `real` is False for edges that no rule shows: the closings of cut tables.
    """

    at: Floats
    start: Floats
    end: Floats
    real: Ints

    def __len__(self) -> int:
        """How many edges there are."""
        return len(self.at)

    def pick(self, which: Ints) -> Edges:
        """Some of them, by index."""
        return Edges(self.at[which], self.start[which], self.end[which], self.real[which])

    def plus(self, more: list[tuple[float, float, float]]) -> Edges:
        """With closing edges (at, start, end) added."""
        if not more:
            return self
        at, start, end = np.array(more).T
        return Edges(
            np.concatenate((self.at, at)),
            np.concatenate((self.start, start)),
            np.concatenate((self.end, end)),
            np.concatenate((self.real, np.zeros(len(more), np.int64))),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """The connected edges of one table: level ones (`at` is y) and upright ones (`at` is x)."""

    level: Edges
    upright: Edges
    snap: float


def rulings(marks: PageMarks) -> list[Ruling]:
    """The groups of connected edges on a page that may be tables, closed where they are cut."""
    if not len(marks.rules):
        return []
    snap = snap_of(marks)
    level, upright = edges(marks.rules, snap)
    if not len(level) or not len(upright) or max(len(level), len(upright)) > MOST_EDGES:
        return []
    found = []
    for levels, uprights in _connected(level, upright, snap):
        first = level.pick(levels), upright.pick(uprights)
        closed_level = first[0].plus(_closings(first[1], first[0], snap))
        closed_upright = first[1].plus(_closings(first[0], first[1], snap))
        if len(closed_level) > 1 and len(closed_upright) > 1:
            found.append(Ruling(closed_level, closed_upright, snap))
    return found


def level_edges(marks: PageMarks) -> Edges:
    """All level rules of a page, for tables that have no others."""
    rules = marks.rules if len(marks.rules) else np.empty((0, 4))
    return edges(rules, snap_of(marks))[0]


def snap_of(marks: PageMarks) -> float:
    """How near two rules are one, from the page's usual size of letters."""
    size = float(np.median(marks.sizes)) if len(marks.texts) else 10.0
    return min(max(SNAP * size, SMALLEST_SNAP), LARGEST_SNAP)


def edges(rules: Floats, snap: float) -> tuple[Edges, Edges]:
    """Level and upright edges of thin boxes; dots count for both, until they join or do not."""
    x0, top, x1, bottom = rules.T
    width, height = x1 - x0, bottom - top
    dot = (width <= snap) & (height <= snap)
    is_level, is_upright = dot | (width > height), dot | (width <= height)
    level = _joined((top + bottom)[is_level] / 2, x0[is_level], x1[is_level], snap)
    upright = _joined((x0 + x1)[is_upright] / 2, top[is_upright], bottom[is_upright], snap)
    return level, upright


def _joined(at: Floats, start: Floats, end: Floats, snap: float) -> Edges:
    """Pieces on one line made one where they touch; what stays as short as a dot is dropped."""
    line = _lines(at, snap)
    weights = end - start + 1e-3
    places = np.bincount(line, weights * at) / np.maximum(np.bincount(line, weights), 1e-9)
    order = np.lexsort((start, line))
    pieces: list[list[float]] = []
    previous = -1
    ordered = (line[order].tolist(), start[order].tolist(), end[order].tolist())
    for number, first, last in zip(*ordered, strict=True):
        if number == previous and first - pieces[-1][2] <= GAP:
            pieces[-1][2] = max(pieces[-1][2], last)
        else:
            pieces.append([number, first, last])
            previous = number
    array = np.array(pieces).reshape(-1, 3)
    array = array[array[:, 2] - array[:, 1] > 1.5 * snap]
    ones = np.ones(len(array), np.int64)
    return Edges(places[array[:, 0].astype(np.int64)], array[:, 1], array[:, 2], ones)


def _lines(at: Floats, snap: float) -> Ints:
    """For each piece the number of its line: neighbours within `snap`, none wider than two."""
    order = np.argsort(at, kind="stable")
    line, first, previous = 0, np.inf, np.inf
    numbers = []
    for place in at[order].tolist():
        if place - previous > snap or place - first > 2 * snap:
            line, first = line + 1, place
        first, previous = min(first, place), place
        numbers.append(line)
    lines = np.empty(len(at), np.int64)
    lines[order] = numbers
    return lines


def _connected(level: Edges, upright: Edges, snap: float) -> list[tuple[Ints, Ints]]:
    """Groups of edges that touch one another, as indices; each has both directions."""
    touch = (
        (level.start[:, None] - snap <= upright.at[None, :])
        & (level.end[:, None] + snap >= upright.at[None, :])
        & (upright.start[None, :] - snap <= level.at[:, None])
        & (upright.end[None, :] + snap >= level.at[:, None])
    )
    groups: list[tuple[Ints, Ints]] = []
    unseen = set(np.flatnonzero(touch.any(axis=1)).tolist())
    while unseen:
        levels, before = np.array([min(unseen)]), 0
        while len(levels) != before:
            before = len(levels)
            uprights = np.flatnonzero(touch[levels].any(axis=0))
            levels = np.flatnonzero(touch[:, uprights].any(axis=1))
        groups.append((levels, uprights))
        unseen.difference_update(levels.tolist())
    return groups


def _closings(ending: Edges, across: Edges, snap: float) -> list[tuple[float, float, float]]:
    """Edges through places where three or more of `ending` end level and no edge of `across` is."""
    closings = []
    for ends, outermost in ((ending.start, min), (ending.end, max)):
        order = np.argsort(ends, kind="stable")
        for group in np.split(order, np.flatnonzero(np.diff(ends[order]) > snap) + 1):
            places = np.unique(ending.at[group])
            if len(places) < ENDS:
                continue
            first, last = float(places[0]), float(places[-1])
            place = float(outermost(ends[group].tolist()))
            if not _covered(across, place, first, last, snap):
                closings.append((place, first, last))
    return closings


def _covered(edges_there: Edges, place: float, first: float, last: float, snap: float) -> bool:
    near = np.abs(edges_there.at - place) <= snap
    return bool(
        (near & (edges_there.start <= first + snap) & (edges_there.end >= last - snap)).any()
    )
