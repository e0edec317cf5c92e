from __future__ import annotations

from decimal import Decimal

import pytest

from extract.model import Check, Figure, Section
from extract.narrative import compare_narrative


def figures(received: int, review: int, direct: int, after: int) -> tuple[Figure, ...]:
    totals = [
        ("requests", "received", received),
        ("disputes", "review", review),
        ("disputes", "litigation_direct", direct),
        ("disputes", "litigation_after_review", after),
    ]
    return tuple(Figure(t, r, "total", "printed", Decimal(n), str(n)) for t, r, n in totals)


def tried(text: str, number: int = 1) -> dict[str, Check]:
    found = compare_narrative("2021", figures(12, 2, 1, 0), [Section(number, "", text)])
    return {check.rule: check for check in found}


@pytest.mark.parametrize(
    ("text", "rule", "status"),
    [
        ("全年共收到政府信息公开申请12件，均已答复。", "received", "holds"),
        ("全区受理政府信息公开申请 １２ 条。", "received", "holds"),
        ("依申请公开政府信息共有12条", "received", "holds"),
        ("全年新收政府信息公开申请13件。", "received", "fails"),
        ("全年未收到政府信息公开申请。", "received", "fails"),
        ("区政府办代表区政府受理政府信息公开申请3件", "received", "unknown"),
        ("收到政府信息公开申请12件，其中收到网络申请9件。", "received", "holds"),
        ("2020年收到申请8件，2021年收到申请12件。", "received", "holds"),
        ("2020年收到申请8件，2019年收到申请7件。", "received", "unknown"),
        ("发生行政复议2起。", "review", "holds"),
        ("被申请行政复议案件3件。", "review", "fails"),
        ("行政诉讼1件", "litigation", "holds"),
        ("未发生行政复议、行政诉讼。", "litigation", "fails"),
    ],
)
def test_statements_against_the_tables(text: str, rule: str, status: str) -> None:
    assert tried(text)[f"narrative.{rule}"].status == status


@pytest.mark.parametrize(
    "text",
    [
        "规范依申请公开办理流程。",
        "上年结转政府信息公开申请3件",
        "主动公开政府信息1190条",
        "引起行政复议。",
    ],
)
def test_what_the_text_does_not_state_gives_no_check(text: str) -> None:
    assert tried(text) == {}


def test_both_sides_are_given() -> None:
    check = tried("收到申请13件")["narrative.received"]
    assert check.at == "requests/received/total"
    assert (check.left, check.right) == (Decimal(12), Decimal(13))


def test_plans_behind_the_tables_are_not_heard() -> None:
    assert tried("收到申请13件", number=5) == {}


def test_a_table_that_is_not_there_leaves_it_unknown() -> None:
    (check,) = compare_narrative("2021", (), [Section(1, "", "收到申请13件")])
    assert (check.status, check.left, check.right) == ("unknown", None, Decimal(13))
    assert compare_narrative(None, (), [Section(1, "", "收到申请13件")]) == ()
