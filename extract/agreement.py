"""How sure a figure is: two readers compared, and the form's arithmetic as a third witness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from extract.checks import try_relations
from extract.columns import COLUMN_DOUBTS, REORDERED
from extract.model import BY_POSITION, PageBox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extract.checks import Tried
    from extract.model import Figure
    from extract.recognise import Recognition

Key = tuple[str, str, str]
_UNWITNESSED = frozenset({"absent", "blank"})
_UNSEEN = frozenset({"absent", "unreadable"})


def unvouched(recognition: Recognition) -> tuple[frozenset[Key], frozenset[int] | None]:
    """The figures that the form's arithmetic says nothing for, and the pages they stand on.

    A number in a relation that holds, and in none that does not, needs no second reader; a sum
    does not tell a blank from a 0. The pages
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
        if (_key(f) not in held - unsure or f.doubt or f.status in _UNWITNESSED)
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
            theirs = (second.open_doubts or {}).get(key)
            open_doubts[key] = theirs or "only one of two readers found this cell"
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

    A relation that holds between numbers other than 0 settles the open doubts of its terms, with
    the exceptions that `_is_settled` names. One that fails casts doubt on those of its terms that
    only one reader read.
    """
    tried = try_relations(recognition.edition, recognition.figures)
    unread = frozenset(_key(f) for f in recognition.figures if f.status == "unreadable")
    witnesses = _Witnesses(tried, unread)
    merged = {f.row for f in recognition.figures if f.label is not None}
    failed = {key for t in tried if t.check.status == "fails" for key in t.terms}
    alone = set(lone) & failed
    open_doubts = recognition.open_doubts or {}
    figures = []
    for figure in recognition.figures:
        key = _key(figure)
        unsettled = open_doubts.get(key)
        if _is_settled(unsettled, figure, witnesses):
            unsettled = None
        doubt = figure.doubt or unsettled
        lacking = doubt is None and figure.status == "absent" and key[1].split("_")[0] not in merged
        if lacking and witnesses.misses(key):
            doubt = "no sum of the form holds without it"
        if doubt is None and key in alone and figure.status == "printed":
            doubt = "a sum of the form does not hold here, and only one reading vouches"
        figures.append(replace(figure, doubt=doubt) if doubt != figure.doubt else figure)
    return tuple(figures), tried


class _Witnesses:
    """What the relations tried say for each of their terms."""

    def __init__(self, tried: Iterable[Tried], unread: frozenset[Key]) -> None:
        self.vouched: set[Key] = set()
        self.vouched_along: set[Key] = set()
        self.held_along: set[Key] = set()
        self.held_down: set[Key] = set()
        self.failed: set[Key] = set()
        self.of_columns: set[str] = set()
        self.unsummed: set[str] = set()
        self.missed: set[tuple[str, str]] = set()
        for t in tried:
            self._hear(t)
            if t.check.status == "fails" or not unread.isdisjoint(t.terms):
                self.missed |= {(table, c if t.within_row else r) for table, r, c in t.terms}

    def _hear(self, t: Tried) -> None:
        if not t.within_row:
            self.of_columns |= {table for table, _, _ in t.terms}
        if t.check.status == "fails":
            self.failed.update(t.terms)
            self.unsummed |= {table for table, _, _ in t.terms} if t.within_row else set()
        if t.check.status == "holds":
            (self.held_along if t.within_row else self.held_down).update(t.terms)
        if t.vouches:
            self.vouched.update(t.terms)
            self.vouched_along |= set(t.terms) if t.within_row else set()

    def misses(self, key: Key) -> bool:
        """Whether a sum fails, or could not be tried, that its row or column is part of."""
        table, row, column = key
        return (table, row) in self.missed or (table, column) in self.missed


def _is_settled(doubt: str | None, figure: Figure, heard: _Witnesses) -> bool:
    """Whether the form's arithmetic settles an open doubt.

    Which column a figure stands in, only a sum along its row can tell, as figures all one column
    too far add up downwards too; and where rows of the table do not add up, the others may do so
    by chance. What a table without rules has in a place, sums both ways must confirm, and of a
    blank they say nothing.
    """
    key = _key(figure)
    if doubt == BY_POSITION:
        down = key in heard.held_down or key[0] not in heard.of_columns
        confirmed = key in heard.held_along and down and key not in heard.failed
        return confirmed and figure.status == "printed"
    if doubt in COLUMN_DOUBTS:
        return key in heard.vouched_along and (doubt == REORDERED or key[0] not in heard.unsummed)
    return key in heard.vouched
