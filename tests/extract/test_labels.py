from __future__ import annotations

import unicodedata

import pytest

from extract.forms import forms
from extract.headers import column_labels
from extract.hits import row_labels
from extract.labels import Labels, Match, label_key, numbering
from extract.normalise import fold, squeeze

ROWS = row_labels(forms()["2021"].tables["requests"])


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("7. 属于行政执法", "denied_enforcement_file"),
        ("（二）部分公开", "partly_granted"),
        ("(二)部分公开(区分处理的,只计这一情形", "partly_granted"),
        ("3、其他", "other_other"),
        ("其 他", "other_other"),
        ("（七）总 计", "concluded"),
        ("5.要求行政机关确认或重新出具已获\n取信息", "unprocessed_confirmation"),
        ("（三）不予公开1.属于国家秘密", "denied_state_secret"),
        ("2.申请人逾期未按收费通知要求缴纳", "other_fee_unpaid"),
        ("收到政府信息公开申请数量", "received"),
    ],
)
def test_a_row_is_named_by_its_label(text: str, row: str) -> None:
    match = ROWS.match(text)
    assert match is not None
    assert match.id == row


@pytest.mark.parametrize(
    "text",
    ["属于行政", "公开", "", "0", "公开信息", "第二十条", "1.", "政府信息公开申请数量", "。"],
)
def test_what_could_be_two_rows_or_none_names_none(text: str) -> None:
    assert ROWS.match(text) is None


@pytest.mark.parametrize("text", ["本年新数量", "公开数量", "项目数量", "公开总量"])
def test_a_header_with_nothing_of_its_own_names_no_column(text: str) -> None:
    columns = column_labels(forms()["2019"].tables["proactive"])
    match = columns.match(text)
    assert match is None or match.id == "public_total"
    assert columns.match("公开数量") is None


@pytest.mark.parametrize("text", ["本年府信息申数量", "本年政府信公开请数量"])
def test_a_label_nearly_as_near_to_another_names_none(text: str) -> None:
    assert row_labels(forms()["2019"].tables["requests"]).match(text) is None


def test_a_label_of_two_ids_names_neither() -> None:
    labels = Labels({"a": ["维持"], "b": ["维持", "纠错"]})
    assert labels.match("维持") is None
    assert labels.match("纠错") == Match("b", exact=True)


def test_no_row_of_any_form_is_taken_for_another() -> None:
    for form in forms().values():
        for table in form.tables.values():
            labels = row_labels(table)
            for row in table.rows:
                match = labels.match(row.label[-1])
                if match is not None:
                    assert match == Match(row.id, exact=True)


def test_dropping_one_character_never_names_another_row() -> None:
    # 不同意公开答复数 of the 2008 form is another of its labels but for one character.
    for form in (forms()["2019"], forms()["2021"]):
        for table in form.tables.values():
            labels = row_labels(table)
            for row in table.rows:
                label = row.label[-1]
                for n in range(len(label)):
                    match = labels.match(label[:n] + label[n + 1 :])
                    known = {row.id} | {f"group:{g}" for r in table.rows for g in r.label[:-1]}
                    assert match is None or match.id in known, label


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("（三）不予公开", ("paren", "三")),
        ("三、本年度", ("cn", "三")),
        ("3．其他", ("dot", "3")),
        ("其他", None),
    ],
)
def test_numbering(text: str, number: tuple[str, str] | None) -> None:
    assert numbering(text) == number


def test_keys_leave_out_numbering_notes_and_punctuation() -> None:
    assert label_key("（二）部分公开（区分处理的，只计这一情形）") == "部分公开"
    assert label_key("3.危及“三安全一稳定”") == "危及三安全一稳定"
    assert label_key("本年增\\减") == label_key("本年增/减") == "本年增减"


def test_radicals_become_the_characters_they_stand_for() -> None:
    assert squeeze("⾏政许可 ⺠⻔⻓⽆⽌") == "行政许可民门长无止"
    changed = [chr(c) for c in range(0x2E80, 0x2FE0) if fold(chr(c)) != chr(c)]
    assert len(changed) == 114 + 214
    assert fold("\u2e80") == "\u2e80"


def test_folding_keeps_every_position() -> None:
    text = "㈠ ２０２１年…“⻓”（无）①\u200b"
    assert len(fold(text)) == len(text)
    assert unicodedata.normalize("NFKC", "２") in fold(text)
