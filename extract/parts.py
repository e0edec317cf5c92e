"""Parts of rows: what is a label's, what a page break cut in two, and how it is put together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extract.labels import label_key
from extract.numbers import read_number
from extract.rows import Placed, is_blank, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from extract.hits import Hit
    from extract.model import Cell
    from extract.rows import Row


def run(rows: Sequence[Row], start: int, step: int, wanted: Callable[[int], bool]) -> list[int]:
    """The positions next to `start`, in one direction and in its grid, as long as they fit."""
    found = []
    at = start + step
    while 0 <= at < len(rows) and rows[at].grid == rows[start].grid and wanted(at):
        found.append(at)
        at += step
    return found


def before_figures(row: Row) -> list[Cell]:
    """The texts that begin in a row, but not those behind its figures: labels, no remarks."""
    own = [c for c in row.cells if c.row == row.index]
    last = max((c.column for c in own if reading(c).status == "printed"), default=0)
    return [c for c in own if reading(c).status == "unreadable" and c.column < last]


def last(cells: Sequence[Cell], count: int) -> Sequence[Cell]:
    """The cells without what stands before the figures: labels, and blanks beyond the count."""
    texts = [n for n, c in enumerate(cells) if reading(c).status == "unreadable"]
    kept = list(cells[texts[-1] + 1 :] if texts else cells)
    while len(kept) > count and is_blank(kept[0]):
        kept.pop(0)
    return kept


def continues(first: Hit, second: Hit) -> bool:
    """Whether the second row only goes on with the first: the same label cell, or its rest."""
    return second.label is first.label or not (first.exact and second.exact)


def joined(
    first: dict[str, Placed], second: dict[str, Placed], *, apart: bool
) -> dict[str, Placed]:
    """Two parts of one row put together, column by column; `apart` if a page break parts them.

    Within one grid, two rows that both hold figures may be rows of their own whose labels ran
    together, so nothing in them is sure.
    """
    nothing = Placed()
    joined = {
        column: _join(first.get(column, nothing), second.get(column, nothing))
        for column in {**first, **second}
    }
    if apart or not (_is_filled(first) and _is_filled(second)):
        return joined
    doubt = "two rows of figures stand beside one label"
    return {c: replace(p, open_doubt=p.open_doubt or doubt) for c, p in joined.items()}


def holds_a_number(hit: Hit, label: str) -> bool:
    """Whether a row's label has digits that are not the form's: a figure may be among them."""
    official = label_key(label)
    return any(c.isdigit() and c not in official for c in label_key(hit.label.text))


def doubted_if_blank(placed: Placed) -> Placed:
    """What stands in a place, doubted where that is nothing and a number is in the label."""
    if placed.text.strip() or placed.lost:
        return placed
    return replace(placed, doubt=placed.doubt or "a number stands in the row's label")


def _is_filled(placed: dict[str, Placed]) -> bool:
    return any(not p.lost and p.text.strip() for p in placed.values())


def is_said(placed: Placed) -> bool:
    """Whether a number or a mark stands in a place; scraps of a header do not count."""
    return not placed.lost and read_number(placed.text).status in ("printed", "mark")


def _join(first: Placed, second: Placed) -> Placed:
    if first.lost or not first.text.strip():
        return first if second.lost or not second.text.strip() else second
    if second.lost or not second.text.strip():
        return first
    doubt = "the number is cut in two and was put together"
    return replace(first, cells=first.cells + second.cells, open_doubt=first.open_doubt or doubt)
