"""What the text says against what the tables print: 收到申请 N 件, 行政复议 N 件, 行政诉讼 N 件.

A difference can be legitimate (another scope, another unit): it is a finding to read.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from extract.forms import forms
from extract.model import Check, CheckStatus
from extract.normalise import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extract.forms import Statement
    from extract.model import Figure, Section

_LAST_WITH_TABLES = 4
_CLAUSE = re.compile(r"[，。；、,;:：]")
_OF_ANOTHER_SCOPE = re.compile(
    r"结转|上年|去年|上一年|往年|历年|网络|网上|信函|当面|传真|邮|其中|同比|相比|较|增加|减少"
)
_OF_ONE_OFFICE = re.compile(r"本级|本机关|办公室|政府办|代表|部门|[局委镇]|街道")


def compare_narrative(
    edition: str | None, figures: Sequence[Figure], sections: Sequence[Section]
) -> tuple[Check, ...]:
    """Compare the statements of the sections up to the tables with the tables' figures.

    A statement that the text does not make gives no check; one that it makes with several
    different numbers, or of one office, holds if a number is the table's, and is unknown if not.
    """
    if edition not in forms():
        return ()
    text = squeeze("。".join(s.text for s in sections if s.number <= _LAST_WITH_TABLES))
    values = {f.key: f.value for f in figures if f.status == "printed"}
    found = (_check(s, text, values) for s in forms()[edition].narrative)
    return tuple(check for check in found if check is not None)


def _check(statement: Statement, text: str, values: dict[str, Decimal | None]) -> Check | None:
    said = dict(_said(statement, text))
    if not said:
        return None
    terms = [value for t in statement.terms if (value := values.get(t)) is not None]
    left = sum(terms, Decimal(0)) if len(terms) == len(statement.terms) else None
    status: CheckStatus = "unknown"
    right = next(iter(said)) if len(said) == 1 else None
    if left is not None and left in said:
        status, right = "holds", left
    elif left is not None and right is not None and not said[right]:
        status = "fails"
    return Check(statement.rule, statement.terms[0], status, left, right)


def _said(statement: Statement, text: str) -> Iterator[tuple[Decimal, bool]]:
    """The numbers that the text states, 0 for none, and whether it speaks of one office only."""
    for pattern in statement.states:
        for found in pattern.finditer(text):
            clause = _CLAUSE.split(text[: found.start(1)])[-1]
            if not _OF_ANOTHER_SCOPE.search(clause):
                yield Decimal(found[1].replace(",", "")), bool(_OF_ONE_OFFICE.search(clause))
    for pattern in statement.denies:
        if pattern.search(text):
            yield Decimal(0), False
