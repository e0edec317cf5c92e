from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extract.forms import forms
from extract.model import Check, Figure, Paragraph
from extract.narrative import compare_narrative
from extract.sections import divide
from extract.stated import stated_figures

FORM = forms()["2021"]


def figures(received: int, review: int, direct: int, after: int) -> tuple[Figure, ...]:
    totals = [
        ("requests", "received", received),
        ("disputes", "review", review),
        ("disputes", "litigation_direct", direct),
        ("disputes", "litigation_after_review", after),
    ]
    return tuple(Figure(t, r, "total", "printed", Decimal(n), str(n)) for t, r, n in totals)


def tried(
    text: str,
    table: tuple[Figure, ...] = figures(12, 2, 1, 0),
    publisher: str | None = "示范区人民政府",
) -> dict[str, Check]:
    parts = divide([Paragraph("一、总体情况"), Paragraph(text)], FORM.sections)
    stated = stated_figures(parts, publisher, 2021)
    found = compare_narrative(FORM.narrative, table, [p.section for p in parts], stated)
    return {check.rule: check for check in found}


@pytest.mark.parametrize(
    ("text", "rule", "status"),
    [
        ("全年共收到政府信息公开申请12件，均已答复。", "received", "holds"),
        ("全区受理政府信息公开申请 １２ 条。", "received", "holds"),
        ("依申请公开政府信息共有12条", "received", "holds"),
        ("全年新收政府信息公开申请13件。", "received", "fails"),
        ("2021年，我区收到公民、法人和其他组织提出的政府信息公开申请13件。", "received", "fails"),
        ("全年未收到政府信息公开申请。", "received", "fails"),
        ("区政府办代表区政府受理政府信息公开申请3件", "received", "unknown"),
        ("收到政府信息公开申请12件，其中收到网络申请9件。", "received", "holds"),
        ("2020年收到申请8件，2021年收到申请12件。", "received", "holds"),
        ("因政府信息公开发生行政复议2起。", "review", "holds"),
        ("被申请政府信息公开行政复议案件3件。", "review", "fails"),
        ("因政府信息公开引发行政诉讼1件", "litigation", "holds"),
        ("未发生因政府信息公开申请行政复议、提起行政诉讼的情况。", "litigation", "fails"),
    ],
)
def test_statements_against_the_tables(text: str, rule: str, status: str) -> None:
    assert tried(text)[f"narrative.{rule}"].status == status


@pytest.mark.parametrize(
    "text",
    [
        "2020年收到申请8件，2019年收到申请7件。",
        "2020年，收到政府信息公开申请8件。",
        "上半年收到政府信息公开申请5件。",
        "3月份收到政府信息公开申请5件。",
        "收到政府信息公开申请平均每月1件。",
        "收到政府信息公开申请约10件。",
        "收到政府信息公开申请近20件。",
        "条例施行以来，共收到政府信息公开申请230件。",
        "截至2021年底，累计收到政府信息公开申请230件。",
        "收到涉及征地拆迁的申请5件。",
        "收到自然人申请10件，收到企业申请2件。",
        "区财政局收到政府信息公开申请4件。",
        "办理行政复议案件56件，办理行政诉讼案件31件。",
        "全市共收到政府信息公开申请500件。",
        "收到政府信息公开申请15件（含上年结转3件）。",
        "未收到重复申请。",
        "没有行政复议被纠错的情形。",
        "收到政府信息公开申请的时限压缩为5个工作日。",
        "收到申请后5件当天办结。",
        "共收到政府信息公开申请12件，较上年收到申请9件增加3件。",
        "网上收到申请9件、当面收到申请3件。",
    ],
)
def test_no_false_alarm(text: str) -> None:
    assert [c for c in tried(text).values() if c.status == "fails"] == []


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


def test_the_same_words_for_another_sum_are_no_failure() -> None:
    carried = Figure("requests", "carried_in", "total", "printed", Decimal(3), "3")
    table = (*figures(12, 2, 1, 4), carried)
    for text, rule in (
        ("全年共收到政府信息公开申请15件。", "received"),
        ("因政府信息公开引发行政诉讼1件。", "litigation"),
        ("因政府信息公开引发行政诉讼4件。", "litigation"),
    ):
        assert tried(text, table)[f"narrative.{rule}"].status == "unknown"
    assert tried("全年共收到申请16件。", table)["narrative.received"].status == "fails"


def test_both_sides_are_given() -> None:
    check = tried("收到政府信息公开申请13件")["narrative.received"]
    assert check.at == "requests/received/total"
    assert (check.left, check.right) == (Decimal(12), Decimal(13))


def test_a_doubtful_table_leaves_it_open() -> None:
    doubtful = tuple(replace(f, doubt="blurred") for f in figures(12, 2, 1, 0))
    for said in (12, 13):
        check = tried(f"全年收到政府信息公开申请{said}件。", doubtful)["narrative.received"]
        assert (check.status, check.right) == ("unknown", Decimal(said))


def test_a_table_that_is_not_there_leaves_it_unknown() -> None:
    check = tried("收到政府信息公开申请13件", ())["narrative.received"]
    assert (check.status, check.left, check.right) == ("unknown", None, Decimal(13))
