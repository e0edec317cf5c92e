"""From painted paths to rules: which strokes and fills are the lines of a table."""

from __future__ import annotations

import itertools

from extract.readers.pdf.marks import THIN, Box

Points = list[tuple[float, float]]

STRAIGHT = 0.7
"""Points by which a rule may lean over its whole length and still be upright or level."""


def bounds(points: Points) -> Box:
    """The smallest box around the points."""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def thin(box: Box) -> bool:
    """Whether a box is so thin that it is a rule or a dash or a dot of one."""
    return box[2] - box[0] <= THIN or box[3] - box[1] <= THIN


def rules_of_path(subpaths: list[Points], *, stroked: bool) -> list[Box]:
    """The rules a path paints: thin shapes, sides of stroked outlines, thin rings.

    Args:
        subpaths: straight subpaths, each a list of its points; a closed one ends where it began.
        stroked: whether the outline is painted; if not, only the fill is, and a fill that is
            not thin is shading and no rule.
    """
    found: list[Box] = []
    fat: list[Box] = []
    for points in subpaths:
        box = bounds(points)
        if thin(box):
            found.append(box)
        elif stroked:
            found.extend(level_sides(points))
        else:
            fat.append(box)
    found.extend(ring_sides(fat))
    return found


def level_sides(points: Points) -> list[Box]:
    """Those sides of an outline that run level or upright."""
    sides = []
    for a, b in itertools.pairwise(points):
        box = bounds([a, b])
        if min(box[2] - box[0], box[3] - box[1]) <= STRAIGHT:
            sides.append(box)
    return sides


def ring_sides(fills: list[Box]) -> list[Box]:
    """The sides of frames that are painted as the area between two boxes, one in the other."""
    sides = []
    for pair in itertools.pairwise(fills):
        inner, outer = sorted(pair, key=lambda box: box[2] - box[0])
        gaps = (inner[0] - outer[0], inner[1] - outer[1], outer[2] - inner[2], outer[3] - inner[3])
        if min(gaps) < 0 or max(gaps) > THIN:
            continue
        x0, y0, x1, y1 = outer
        sides += [
            (x0, y0, inner[0], y1),
            (inner[2], y0, x1, y1),
            (x0, y0, x1, inner[1]),
            (x0, inner[3], x1, y1),
        ]
    return sides
