"""What the text says against what the tables print: 收到申请 N 件, 行政复议 N 件, 行政诉讼 N 件.

A difference can be legitimate (another scope, another unit): it is a finding to read. A number
counts against the tables only where its sentence leaves no doubt what it counts (`stated`); any
number that may be meant counts for them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from extract.model import Check, CheckStatus
from extract.normalise import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from extract.forms import Statement
    from extract.model import Figure, Section

_LONGEST = 200
_CLAUSE = re.compile(r"[，。；、,;:：]")
_OF_ANOTHER_SCOPE = re.compile(
    r"结转|上年|去年|上一年|往年|历年|网络|网上|信函|当面|传真|邮|其中|同比|相比|较|增加|减少"
)


def compare_narrative(
    statements: Sequence[Statement],
    figures: Sequence[Figure],
    sections: Sequence[Section],
    stated: Sequence[Figure],
) -> tuple[Check, ...]:
    """Compare what the sections up to the tables say with the tables' figures.

    A statement that the text does not make gives no check. It holds where a number that may be
    meant is the table's, fails where the only one that is surely meant is another, and is unknown
    otherwise, or where the table's figure is missing or doubtful, or where the number is that of
    another sum that the same words are used for.

    Args:
        statements: What a report of this form may say.
        figures: The figures of the tables.
        sections: The sections up to the tables.
        stated: The counts that sentences state beyond doubt.
    """
    text = squeeze("。".join(section.text for section in sections))
    known = {f.key: f for f in figures if f.status == "printed"}
    sure = {f.row: f.value or Decimal(0) for f in stated}
    found = (_check(s, set(_said(s, text)), sure.get(s.stated), known) for s in statements)
    return tuple(check for check in found if check is not None)


def _check(
    statement: Statement,
    said: set[Decimal],
    sure: Decimal | None,
    known: Mapping[str, Figure],
) -> Check | None:
    if sure is not None:
        said.add(sure)
    if not said:
        return None
    terms = [known[term] for term in statement.terms if term in known]
    left = _sum(statement.terms, known)
    right = sure if sure is not None else next(iter(said)) if len(said) == 1 else None
    if left in said:
        right = left
    others = [_sum(terms, known) for terms in statement.otherwise]
    status: CheckStatus = "unknown"
    if left is not None and not any(term.doubt for term in terms):
        if left == right:
            status = "holds"
        elif sure is not None and not (sure and sure in others):
            status = "fails"
    return Check(statement.rule, statement.terms[0], status, left, right)


def _sum(terms: Sequence[str], known: Mapping[str, Figure]) -> Decimal | None:
    values = [known[term].value for term in terms if term in known]
    numbers = [value for value in values if value is not None]
    return sum(numbers, Decimal(0)) if len(numbers) == len(terms) else None


def _said(statement: Statement, text: str) -> Iterator[Decimal]:
    """The numbers that the text may mean, 0 for none."""
    for pattern in statement.states:
        for found in pattern.finditer(text):
            clause = _CLAUSE.split(text[max(0, found.start(1) - _LONGEST) : found.start(1)])[-1]
            if not _OF_ANOTHER_SCOPE.search(clause):
                yield Decimal(found[1].replace(",", ""))
    for pattern in statement.denies:
        if pattern.search(text):
            yield Decimal(0)
