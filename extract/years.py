"""The relations between a report's figures and those of the year before."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from extract.forms import form_of
from extract.model import Check, CheckStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from extract.forms import AcrossYears
    from extract.model import Figure

_LAST = "last "


def compare_years(
    last_edition: str | None,
    last: Sequence[Figure],
    edition: str | None,
    figures: Sequence[Figure],
) -> tuple[Check, ...]:
    """Try what must hold between two reports of one body on two years that follow one another.

    A relation that fails need not be an error: offices come and go between two years. It is
    `unknown` where a figure is not printed or doubtful, and not tried where the later report does
    not have the figure it is about.

    Args:
        last_edition: The edition of the report on the year before.
        last: The figures of the report on the year before.
        edition: The edition of the report.
        figures: The report's figures.
    """
    form = form_of(edition)
    if form is None:
        return ()
    known = {f.key: f for f in figures}
    known |= {_LAST + f.key: f for f in last}
    relations = [r for r in form.across_years if last_edition in r.last_editions]
    return tuple(check for r in relations for check in _try(r, known))


def _try(relation: AcrossYears, known: Mapping[str, Figure]) -> Iterator[Check]:
    for each in relation.each:
        at = relation.at.replace("{}", each)
        if at not in known or known[at].status == "absent":
            continue
        left, right = (_sum(side, each, known) for side in (relation.left, relation.right))
        status: CheckStatus = "unknown"
        if left[0] is not None and right[0] is not None and left[1] and right[1]:
            status = "holds" if left[0] == right[0] else "fails"
        yield Check(relation.rule, at, status, left[0], right[0])


def _sum(
    terms: Sequence[str], each: str, known: Mapping[str, Figure]
) -> tuple[Decimal | None, bool]:
    """A side's sum, None where a figure is not printed, and whether none of them is doubtful."""
    total, sure = Decimal(0), True
    for term in terms:
        figure = known.get(term.removeprefix("-").replace("{}", each))
        if figure is None or figure.value is None:
            return None, False
        total += -figure.value if term.startswith("-") else figure.value
        sure = sure and figure.doubt is None
    return total, sure
