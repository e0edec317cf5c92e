"""Tables whose every cell is a paragraph of its own, as pages have them that lost their markup.

A label and the figures after it are a row. Blank cells leave nothing behind, so a row is only what
its count and the form's sums confirm: every figure is by position alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.model import BY_POSITION, Cell, Grid, Paragraph
from extract.numbers import is_figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from extract.model import Document

_LONGEST = 60
"""Characters of the longest label; a longer paragraph is a sentence."""
_FEW_COLUMNS = 4
"""Up to so many figures a row, its columns' names stand just before its label, in their order."""
_FEWEST_FIGURES = 30
"""A form has two hundred figures; a page that lists a few numbers is none."""


@dataclass(slots=True)
class _Run:
    """Texts, and the figures that follow on them."""

    texts: list[Paragraph] = field(default_factory=list)
    figures: list[Paragraph] = field(default_factory=list)


def listed_grids(document: Document) -> tuple[Grid, ...]:
    """The tables that a document's paragraphs spell out cell by cell; none where it has pages."""
    if document.pages is not None:
        return ()
    runs = _runs(document.paragraphs)
    if sum(len(run.figures) for run in runs) < _FEWEST_FIGURES:
        return ()
    return tuple(grid for block in _blocks(runs) for grid in [_grid(block)])


def _runs(paragraphs: Iterable[Paragraph]) -> list[_Run]:
    runs = [_Run()]
    for paragraph in paragraphs:
        if is_figure(paragraph.text):
            runs[-1].figures.append(paragraph)
            continue
        if runs[-1].figures:
            runs.append(_Run())
        runs[-1].texts.append(paragraph)
    return [run for run in runs if run.figures and run.texts]


def _blocks(runs: Sequence[_Run]) -> list[list[_Run]]:
    """Runs with as many figures each, one after the other, up to a sentence."""
    blocks: list[list[_Run]] = []
    for run in runs:
        sentence = any(len(p.text) > _LONGEST for p in run.texts)
        if not blocks or sentence or len(blocks[-1][-1].figures) != len(run.figures):
            blocks.append([])
        blocks[-1].append(run)
    return blocks


def _grid(block: Sequence[_Run]) -> Grid:
    """A row for each run; before it its columns' names, or what may be these, in one cell."""
    count = len(block[0].figures)
    rows: list[Sequence[Paragraph | str]] = []
    for run in block:
        *heads, label = run.texts
        heads = [head for head in heads if len(head.text) <= _LONGEST]
        if count <= _FEW_COLUMNS and len(heads) >= count:
            rows.append(["", *heads[-count:]])
        elif len(heads) + 1 >= count > _FEW_COLUMNS and len(block) == 1:
            rows.append(_repeated([*heads, label], count))
            rows.append(run.figures)
            continue
        elif heads:
            rows.append(["".join(head.text for head in heads)])
        rows.append([label, *run.figures])
    cells = [_cell(thing, r, c) for r, row in enumerate(rows) for c, thing in enumerate(row)]
    return Grid(len(rows), count + 1, tuple(cells))


def _repeated(texts: Sequence[Paragraph], count: int) -> Sequence[Paragraph]:
    """The names of columns below groups: those that recur, if they are as many as the columns."""
    often = Counter(p.text for p in texts)
    found = [p for p in texts if often[p.text] > 1]
    return found if len(found) == count else texts[-count:]


def _cell(thing: Paragraph | str, row: int, column: int) -> Cell:
    if isinstance(thing, str):
        return Cell(thing, row, column)
    where = (thing.where,) if thing.where else ()
    doubt = BY_POSITION if is_figure(thing.text) else None
    return Cell(thing.text, row, column, where=where, doubt=doubt)
