"""How sure a figure is: two readers compared, and the form's arithmetic as a third witness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extract.checks import try_relations
from extract.headers import COLUMN_DOUBTS, UNHEADED
from extract.model import PageBox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extract.checks import Tried
    from extract.model import Figure
    from extract.recognise import Recognition

Key = tuple[str, str, str]
_UNSEEN = frozenset({"absent", "unreadable"})


def unvouched(recognition: Recognition) -> tuple[frozenset[Key], frozenset[int] | None]:
    """The figures that the form's arithmetic says nothing for, and the pages they stand on.

    A term of a relation that holds, and of none that does not, needs no second reader. The pages
    are None where not every such figure has one: then the second reader has to look everywhere.
    """
    tried = try_relations(recognition.edition, recognition.figures)
    held = {key for t in tried if t.check.status == "holds" for key in t.terms}
    unsure = {key for t in tried if t.check.status != "holds" for key in t.terms}
    unsure |= (recognition.open_doubts or {}).keys()
    merged = {f.row for f in recognition.figures if f.label is not None}
    needed = [
        f
        for f in recognition.figures
        if (_key(f) not in held - unsure or f.doubt)
        and not (f.status == "absent" and f.row.split("_")[0] in merged and not f.doubt)
    ]
    boxes = [tuple(w.page for w in f.where if isinstance(w, PageBox)) for f in needed]
    pages = frozenset(page for pages in boxes for page in pages) if all(boxes) else None
    return frozenset(map(_key, needed)), pages


def compare(
    first: Recognition, second: Recognition, keys: frozenset[Key] | None = None
) -> tuple[Recognition, frozenset[Key]]:
    """Compare two readings of one file, figure by figure, or only the figures of these keys.

    Returns:
        The first reading with a doubt wherever the second differs, and the keys of the figures
        that only one of them read.
    """
    others = {_key(f): f for f in second.figures}
    open_doubts = dict(first.open_doubts or {})
    figures, lone = [], set()
    for figure in first.figures:
        key = _key(figure)
        if keys is not None and key not in keys:
            figures.append(figure)
            continue
        other = others.get(key)
        if _found(figure) and (other is None or not _found(other)):
            lone.add(key)
        elif other is not None and _found(other) and not _found(figure):
            lone.add(key)
            open_doubts[key] = "only one of two readers found this cell"
            figure = other  # noqa: PLW2901 - the figure goes on as the other reader saw it
        elif other is not None and not _same(figure, other):
            doubt = f"two readers differ: {figure.printed!r} and {other.printed!r}"
            figure = replace(figure, doubt=figure.doubt or doubt)  # noqa: PLW2901 - as above
        figures.append(figure)
    found = replace(first, figures=tuple(figures), open_doubts=open_doubts)
    return found, frozenset(lone)


def _key(figure: Figure) -> Key:
    return figure.table, figure.row, figure.column


def _found(figure: Figure) -> bool:
    """Whether a cell was found for the figure at all."""
    return figure.status != "absent" and not (figure.status == "unreadable" and not figure.printed)


def _same(one: Figure, other: Figure) -> bool:
    if one.status != other.status or one.value != other.value:
        return False
    return one.status != "unreadable" or one.printed == other.printed


def settle(
    recognition: Recognition, lone: Iterable[Key] = ()
) -> tuple[tuple[Figure, ...], tuple[Tried, ...]]:
    """Weigh open doubts against the form's arithmetic.

    A relation that holds between numbers other than 0 settles the open doubts of its terms, but a
    doubt as to which column a figure stands in only if it adds up the row: figures all one column
    too far add up downwards as well. One that fails casts doubt on those of its terms that only
    one reader read.
    """
    tried = try_relations(recognition.edition, recognition.figures)
    vouched = {key for t in tried if t.vouches for key in t.terms}
    in_column = {key for t in tried if t.vouches and t.within_row for key in t.terms}
    unsummed = {
        key[0] for t in tried if t.within_row and t.check.status == "fails" for key in t.terms
    }
    failed = {key for t in tried if t.check.status == "fails" for key in t.terms}
    alone = set(lone) & failed
    open_doubts = recognition.open_doubts or {}
    figures = []
    for figure in recognition.figures:
        key = _key(figure)
        unsettled = open_doubts.get(key)
        if key in (in_column if unsettled in COLUMN_DOUBTS else vouched):
            unsettled = unsettled if unsettled == UNHEADED and key[0] in unsummed else None
        doubt = figure.doubt or unsettled
        if doubt is None and key in alone and figure.status == "printed":
            doubt = "a sum of the form does not hold here, and only one reading vouches"
        figures.append(replace(figure, doubt=doubt) if doubt != figure.doubt else figure)
    return tuple(figures), tried
