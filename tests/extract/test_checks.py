from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from form_grids import Key, document, numbered, tables

from extract.agreement import compare, settle, unvouched
from extract.checks import try_relations
from extract.forms import Form, forms
from extract.model import PageBox
from extract.pictures import scanned_keys
from extract.recognise import Recognition, recognise

if TYPE_CHECKING:
    from extract.model import Check, Figure

FORM = forms()["2021"]
SIX = (
    "natural_person",
    "company",
    "research_institution",
    "public_interest_organization",
    "legal_services",
    "other_organization",
)


def balanced(form: Form = FORM) -> dict[Key, Decimal]:
    """Figures that satisfy every relation, none of them 0 in table three's detail rows."""
    values = {key: Decimal(n % 7 + 1) for n, key in enumerate(form.keys)}
    rows = [row.id for row in form.tables["requests"].rows]
    for column in SIX:
        done = sum(
            values["requests", r, column]
            for r in rows
            if r not in {"received", "carried_in", "concluded", "carried_out"}
        )
        values["requests", "concluded", column] = Decimal(done)
        values["requests", "received", column] = Decimal(done)
        values["requests", "carried_out", column] = values["requests", "carried_in", column]
    for row in rows:
        values["requests", row, "total"] = sum(
            (values["requests", row, c] for c in SIX), Decimal(0)
        )
    for row in ("review", "litigation_direct", "litigation_after_review"):
        four = (values["disputes", row, c] for c in ("upheld", "corrected", "other", "pending"))
        values["disputes", row, "total"] = sum(four, Decimal(0))
    return values


def read(values: dict[Key, Decimal], form: Form = FORM) -> Recognition:
    return recognise(document(*tables(form, lambda key: str(values[key]))))


def checks(figures: tuple[Figure, ...], edition: str = "2021") -> dict[tuple[str, str], Check]:
    return {(t.check.rule, t.check.at): t.check for t in try_relations(edition, figures)}


def changed(found: Recognition, key: Key, **fields: object) -> Recognition:
    figures = tuple(
        replace(f, **fields) if (f.table, f.row, f.column) == key else f  # type: ignore[arg-type]
        for f in found.figures
    )
    return replace(found, figures=figures)


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_relation_of_the_form_is_tried(edition: str) -> None:
    form = forms()[edition]
    tried = checks(read(balanced(form), form).figures, edition)
    rows = len(form.tables["requests"].rows)
    assert len(tried) == 7 + 7 + rows + 3
    assert {c.status for c in tried.values()} == {"holds"}


def test_a_published_mistake_is_a_finding_with_both_sides() -> None:
    values = balanced()
    values["disputes", "review", "total"] = Decimal(0)
    values["disputes", "review", "upheld"] = Decimal(10)
    found = checks(read(values).figures)["disputes.total", "disputes/review/total"]
    assert found.status == "fails"
    assert found.left == 0
    assert found.right is not None
    assert found.right > 10


def test_a_mistake_alone_casts_no_doubt() -> None:
    values = balanced()
    values["requests", "granted", "total"] += 1
    figures, tried = settle(read(values))
    assert {t.check.rule for t in tried if t.check.status == "fails"} == {
        "requests.total",
        "requests.concluded",
    }
    assert not any(f.doubt for f in figures)


def test_an_unreadable_term_makes_it_unknown() -> None:
    key = ("requests", "granted", "company")
    found = changed(read(balanced()), key, status="unreadable", value=None)
    tried = checks(found.figures)
    assert tried["requests.total", "requests/granted/total"].status == "unknown"
    assert tried["requests.concluded", "requests/concluded/company"].status == "unknown"
    assert tried["requests.balance", "requests/concluded/company"].status == "holds"


def test_blank_terms_count_as_nothing_beside_printed_ones() -> None:
    values = balanced()
    key = ("disputes", "review", "pending")
    values["disputes", "review", "total"] -= values[key]
    found = changed(read(values), key, status="blank", value=None, printed="")
    assert checks(found.figures)["disputes.total", "disputes/review/total"].status == "holds"


def test_a_row_that_is_blank_altogether_is_unknown() -> None:
    found = read(balanced())
    for column in ("upheld", "corrected", "other", "pending", "total"):
        found = changed(found, ("disputes", "review", column), status="blank", value=None)
    check = checks(found.figures)["disputes.total", "disputes/review/total"]
    assert (check.status, check.left, check.right) == ("unknown", None, None)


def test_a_merged_row_stands_for_its_members() -> None:
    found = read(balanced())
    figures = []
    for f in found.figures:
        if f.row == "other_not_corrected":
            total = sum(
                (g.value or Decimal(0) for g in found.figures
                 if g.row.startswith("other_") and (g.table, g.column) == ("requests", f.column)),
                Decimal(0),
            )  # fmt: skip
            figures.append(replace(f, row="other", value=total))
        if f.table == "requests" and f.row.startswith("other_"):
            figures.append(replace(f, status="absent", value=None))
        else:
            figures.append(f)
    tried = checks(tuple(figures))
    assert {c.status for (rule, _), c in tried.items() if rule == "requests.concluded"} == {"holds"}


def test_two_readers_that_agree_leave_no_doubt() -> None:
    first = read(balanced())
    compared, lone = compare(first, first)
    assert (compared.figures, lone) == (first.figures, frozenset())


def test_two_readers_that_differ_leave_a_doubt() -> None:
    key = ("proactive", "licensing", "decisions")
    first = read(balanced())
    other = changed(first, key, value=Decimal(961716), printed="961716")
    compared, lone = compare(first, other)
    doubts = {(f.table, f.row, f.column): f.doubt for f in compared.figures if f.doubt}
    assert list(doubts) == [key]
    assert "961716" in str(doubts[key])
    assert not lone


def test_a_figure_that_one_reader_lost_needs_the_arithmetic() -> None:
    values = balanced()
    values["requests", "granted", "total"] += 1
    key = ("requests", "granted", "company")
    first = read(values)
    other = changed(first, key, status="absent", value=None, printed=None)
    figures, _ = settle(*compare(first, other))
    assert [(f.table, f.row, f.column) for f in figures if f.doubt] == [key]
    right = read(balanced())
    other = changed(right, key, status="absent", value=None, printed=None)
    figures, _ = settle(*compare(right, other))
    assert not any(f.doubt for f in figures)


def test_a_figure_that_only_the_second_reader_found_is_taken_if_sums_vouch() -> None:
    key = ("requests", "granted", "company")
    whole = read(balanced())
    lost = changed(whole, key, status="absent", value=None, printed=None)
    figures, _ = settle(*compare(lost, whole))
    assert not any(f.doubt for f in figures)
    assert figures == whole.figures
    fee = ("proactive", "administrative_fees", "amount")
    lost = changed(whole, fee, status="absent", value=None, printed=None)
    figures, _ = settle(*compare(lost, whole))
    assert [(f.table, f.row, f.column) for f in figures if f.doubt] == [fee]


def test_a_relation_between_noughts_settles_nothing() -> None:
    nothing = read(dict.fromkeys(FORM.keys, Decimal(0)))
    key = ("requests", "granted", "company")
    open_doubt = replace(nothing, open_doubts={key: "shifted"})
    figures, _ = settle(open_doubt)
    assert [f.doubt for f in figures if f.doubt] == ["shifted"]
    vouched = replace(read(balanced()), open_doubts={key: "shifted"})
    assert not any(f.doubt for f in settle(vouched)[0])


def test_no_edition_has_no_relations() -> None:
    assert try_relations(None, ()) == ()
    assert numbered(FORM)


def pages(found: Recognition, page: int) -> Recognition:
    where = (PageBox(page, 0, 0, 1, 1),)
    return replace(found, figures=tuple(replace(f, where=where) for f in found.figures))


def test_only_what_the_arithmetic_says_nothing_for_needs_a_second_reader() -> None:
    keys, where = unvouched(pages(read(balanced()), 3))
    assert keys == {k for k in FORM.keys if k[0] == "proactive"}
    assert where == frozenset({3})


def test_a_failing_sum_or_an_open_doubt_asks_for_a_second_reader() -> None:
    values = balanced()
    values["disputes", "review", "total"] += 1
    keys, _ = unvouched(pages(read(values), 1))
    assert {k for k in keys if k[0] == "disputes"} == {
        ("disputes", "review", c) for c in FORM.tables["disputes"].columns
    }
    key = ("requests", "granted", "company")
    keys, _ = unvouched(replace(pages(read(balanced()), 1), open_doubts={key: "shifted"}))
    assert key in keys


def test_a_figure_without_a_place_sends_the_second_reader_everywhere() -> None:
    found = pages(read(balanced()), 1)
    fee = ("proactive", "administrative_fees", "amount")
    lost = changed(found, fee, status="absent", value=None, where=())
    assert unvouched(lost)[1] is None


def test_figures_outside_the_comparison_stay_as_they_are() -> None:
    first = read(balanced())
    key = ("proactive", "licensing", "decisions")
    other = changed(first, key, value=Decimal(5), printed="5")
    compared, lone = compare(first, other, frozenset())
    assert (compared.figures, lone) == (first.figures, frozenset())


def test_on_a_scan_a_sum_that_fails_doubts_only_what_no_other_sum_vouches_for() -> None:
    values = balanced()
    values["requests", "granted", "total"] += 1
    found = read(values)
    lone = scanned_keys(found)
    assert ("requests", "granted", "total") in lone
    assert ("requests", "granted", "natural_person") not in lone
    doubted = {(f.row, f.column) for f in settle(found, lone)[0] if f.doubt}
    assert ("granted", "total") in doubted
    assert ("granted", "natural_person") not in doubted
