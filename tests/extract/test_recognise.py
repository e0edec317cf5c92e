from __future__ import annotations

import pytest
from form_grids import (
    FORM,
    REQUESTS_HEADER,
    Td,
    below,
    built,
    document,
    doubted,
    figures,
    lengthen,
    printed,
    row_at,
    split,
    tables,
)

from extract.forms import forms
from extract.recognise import Recognition, recognise


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_every_figure_of_the_form_in_its_place(edition: str) -> None:
    parts, truth = built(forms()[edition])
    found = recognise(document(*parts))
    assert (found.edition, printed(found), doubted(found)) == (edition, truth, set())


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_all_tables_in_one_grid(edition: str) -> None:
    parts, truth = built(forms()[edition])
    found = recognise(document([row for part in parts for row in part]))
    assert (printed(found), doubted(found)) == (truth, set())


def test_cells_say_where_they_stand() -> None:
    parts, _ = built()
    found = figures(recognise(document(*parts)))
    assert all(f.where for f in found.values())


@pytest.mark.parametrize(
    ("official", "irregular"),
    [
        ("本年废止件数", "本年度止件数"),
        ("本年制发件数", "本年发件"),
        ("现行有效件数", "现行有效件"),
        ("科研机构", "科研企业"),
        ("总计", "总 计"),
        ("自然人", "自 然\n人"),
        ("行政规范性文件", "规范性文件"),
        ("（一）予以公开", "(一) 予以公开"),
        ("1.属于国家秘密", "1、属于国家秘密"),
        ("1.属于国家秘密", "1．属于 国家\n秘密"),
        ("3.危及“三安全一稳定”", "3.危及三安全一稳定"),
        ("7.属于行政执法案卷", "⒎属于⾏政执法案卷"),
        ("一、本年新收政府信息公开申请数量", "1、本年新收政府信息公开申请数量"),
        ("未经复议直接起诉", "未经复议 直接起诉"),
        ("结果维持", "结果维"),
    ],
)
def test_irregular_labels(official: str, irregular: str) -> None:
    parts, truth = built()
    parts = [
        [[Td(irregular if td.text == official else td.text, td.rowspan, td.colspan) for td in row]
         for row in part]
        for part in parts
    ]  # fmt: skip
    found = recognise(document(*parts))
    assert (printed(found), doubted(found)) == (truth, set())


def test_other_handling_as_one_merged_row() -> None:
    parts, truth = built()
    requests = parts[1]
    at = row_at(requests, "（六）其他处理")
    merged = [Td("（六）其他处理", colspan=2), *(Td(str(n)) for n in range(7))]
    parts[1] = [*requests[:at], merged, *requests[at + 3 :]]
    first = parts[1][row_at(requests, "（一）予以公开")]
    first[0] = Td(first[0].text, first[0].rowspan - 2)
    found = recognise(document(*parts))
    gone = {k for k in truth if k[1].startswith("other_") and k[0] == "requests"}
    got = figures(found)
    assert {k: v for k, v in printed(found).items() if k[1] != "other"} == {
        k: v for k, v in truth.items() if k not in gone
    }
    assert {got[k].status for k in gone} == {"absent"}
    assert got["requests", "other", "total"].printed == "6"
    assert doubted(found) == set()


@pytest.mark.parametrize("repeated", [True, False])
def test_table_three_in_two_grids(repeated: bool) -> None:  # noqa: FBT001
    parts, truth = built()
    upper, lower = split(parts[1], row_at(parts[1], "6.属于四类过程性信息"))
    lower = below(lower, REQUESTS_HEADER) if repeated else lower
    found = recognise(document(parts[0], upper, lower, parts[2]))
    assert (printed(found), doubted(found)) == (truth, set())


def test_a_label_cut_by_a_page_break() -> None:
    parts, truth = built()
    at = row_at(parts[1], "7.属于行政执法案卷")
    whole = parts[1][at]
    parts[1][at : at + 1] = [[Td("7. 属于行政执法"), *whole[1:]], [Td("案卷"), *[Td("")] * 7]]
    lengthen(parts[1], ("三、本年度办理结果", "（三）不予公开"))
    found = recognise(document(parts[0], *split(parts[1], at + 1), parts[2]))
    assert (printed(found), doubted(found)) == (truth, set())


def test_a_label_cut_by_a_page_break_with_the_figures_below() -> None:
    parts, truth = built()
    at = row_at(parts[1], "7.属于行政执法案卷")
    whole = parts[1][at]
    parts[1][at : at + 1] = [[Td("7. 属于行政执法"), *[Td("")] * 7], [Td("案卷"), *whole[1:]]]
    lengthen(parts[1], ("三、本年度办理结果", "（三）不予公开"))
    found = recognise(document(parts[0], *split(parts[1], at + 1), parts[2]))
    assert (printed(found), doubted(found)) == (truth, set())


def test_a_number_cut_by_a_page_break_is_joined_and_marked() -> None:
    parts, truth = built()
    at = row_at(parts[1], "8.属于行政查询事项")
    whole = parts[1][at]
    parts[1][at : at + 1] = [
        [whole[0], Td("635"), *whole[2:]],
        [Td(""), Td("4"), *[Td("")] * 6],
    ]
    lengthen(parts[1], ("三、本年度办理结果", "（三）不予公开"))
    found = recognise(document(parts[0], *split(parts[1], at + 1), parts[2]))
    key = ("requests", "denied_administrative_inquiry", "natural_person")
    assert printed(found) == truth | {key: "6354"}
    assert doubted(found) == {key}
    assert len(figures(found)[key].where) == 2


def test_figures_beside_the_rest_of_a_label_make_the_row_above_doubtful() -> None:
    parts, truth = built()
    at = row_at(parts[1], "3.危及“三安全一稳定”")
    whole = parts[1][at]
    parts[1][at : at + 1] = [
        [Td("3.危及“三安全一"), Td("635"), *whole[2:]],
        [Td("稳定”"), Td("4"), *[Td("")] * 6],
    ]
    lengthen(parts[1], ("三、本年度办理结果", "（三）不予公开"))
    found = recognise(document(*parts))
    key = ("requests", "denied_security_stability", "natural_person")
    assert key in doubted(found)
    assert printed(found) in (truth | {key: "635"}, truth | {key: "6354"})


def test_an_extra_empty_column() -> None:
    parts, truth = built()
    head = [
        [Td("", 3, 3), Td("申请人情况", colspan=8)],
        [Td("自然人", 2), Td("法人或其他组织", colspan=6), Td("总计", 2)],
        [*REQUESTS_HEADER[2][:4], Td(""), REQUESTS_HEADER[2][4]],
    ]
    rows = [[*row[:-2], Td(""), *row[-2:]] for row in parts[1][3:]]
    found = recognise(document(parts[0], [*head, *rows], parts[2]))
    assert (printed(found), doubted(found)) == (truth, set())


def test_columns_in_another_order_follow_their_headers_and_are_marked() -> None:
    parts, truth = built()
    head = [
        [Td("", 2, 3), Td("总计", 2), Td("自然人", 2), Td("法人或其他组织", colspan=5)],
        REQUESTS_HEADER[2],
    ]
    rows = [[*row[:-7], row[-1], *row[-7:-1]] for row in parts[1][3:]]
    found = recognise(document(parts[0], [*head, *rows], parts[2]))
    assert printed(found) == truth
    assert doubted(found) == {k for k in truth if k[0] == "requests"}


def test_values_one_column_too_far_left_are_marked() -> None:
    parts, truth = built()
    at = row_at(parts[1], "一、本年新收政府信息公开申请数量")
    label, *values = parts[1][at]
    parts[1][at] = [Td(label.text, colspan=2), *values, Td("")]
    found = recognise(document(*parts))
    assert printed(found) == truth
    assert {k[1] for k in doubted(found)} == {"received"}


def test_values_that_begin_beside_their_headers_are_marked() -> None:
    parts, truth = built()
    at = row_at(parts[1], "一、本年新收政府信息公开申请数量")
    label, *values = parts[1][at]
    parts[1][at] = [Td(label.text, colspan=2), *values]
    found = recognise(document(*parts))
    assert printed(found) == truth
    assert {k[1] for k in doubted(found)} == {"received"}


def test_table_four_beside_its_headers_is_marked() -> None:
    parts, truth = built()
    parts[2][0].insert(0, Td("项目", 3))
    found = recognise(document(*parts))
    assert printed(found) == truth
    assert doubted(found) == {k for k in truth if k[0] == "disputes"}


def test_a_row_that_a_cell_from_above_fills_up_is_marked() -> None:
    parts, truth = built()
    at = row_at(parts[1], "2.重复申请")
    upper, lower = parts[1][at], parts[1][at + 1]
    parts[1][at] = [*upper[:5], Td(upper[5].text, 2), *upper[6:]]
    parts[1][at + 1] = [*lower[:2], *lower[3:]]
    found = recognise(document(*parts))
    wrong = {k for k, v in printed(found).items() if v != truth[k]}
    assert {k[1] for k in wrong} == {"unprocessed_publication"}
    assert wrong <= doubted(found)


def test_figures_in_a_row_without_a_label_below_a_blank_one_are_marked() -> None:
    parts, truth = built()
    at = row_at(parts[1], "2.重复申请")
    label, *values = parts[1][at]
    parts[1][at : at + 1] = [[label, *[Td("")] * 7], [Td(""), *values]]
    lengthen(parts[1], ("三、本年度办理结果", "（五）不予处理"))
    found = recognise(document(*parts))
    assert printed(found) == truth
    assert {k[1] for k in doubted(found)} == {"unprocessed_repeated"}


def test_a_near_label_out_of_its_place_is_not_heard() -> None:
    parts, truth = built()
    parts[1].append([Td("重复申请类", colspan=3), *(Td(str(n)) for n in range(7))])
    found = recognise(document(*parts))
    assert (printed(found), doubted(found)) == (truth, set())


def test_a_value_missing_from_its_row_is_not_made_up_by_the_others() -> None:
    parts, truth = built()
    at = row_at(parts[1], "一、本年新收政府信息公开申请数量")
    parts[1][at].pop(3)
    found = recognise(document(*parts))
    assert printed(found) == {k: v for k, v in truth.items() if k[:2] != ("requests", "received")}
    assert {k[1] for k in doubted(found)} == {"received"}


def test_table_four_of_ten_cells_is_not_shifted() -> None:
    parts, truth = built()
    five = [Td(label) for label in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")]
    parts[2] = [
        [Td("行政复议", colspan=5), Td("行政诉讼", colspan=5)],
        [*five, *five],
        [Td(str(n)) for n in range(10)],
    ]
    found = recognise(document(*parts))
    four = {k: f for k, f in figures(found).items() if k[0] == "disputes"}
    assert {f.status for f in four.values()} == {"unreadable"}
    assert all(f.doubt and f.value is None for f in four.values())
    assert len(four) == 15
    assert printed(found) == {k: v for k, v in truth.items() if k[0] != "disputes"}


def test_table_four_without_its_top_header_rows() -> None:
    parts, truth = built()
    five = [Td(label) for label in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")]
    parts[2] = [five * 3, parts[2][3]]
    found = recognise(document(*parts))
    assert (printed(found), doubted(found)) == (truth, set())


def test_a_block_left_out_is_absent() -> None:
    parts, truth = built()
    parts[0] = parts[0][:11]
    found = recognise(document(*parts))
    fee = figures(found)["proactive", "administrative_fees", "amount"]
    assert (fee.status, fee.value, fee.doubt) == ("absent", None, None)
    assert len(found.figures) == len(truth)


def test_a_missing_table_is_a_problem() -> None:
    parts, truth = built()
    found = recognise(document(*parts[1:], text=["二、主动公开政府信息情况"]))
    assert found.problems == ("二、主动公开政府信息情况: no such table was found",)
    assert len(found.figures) == len(truth)


def test_a_row_that_only_text_holds_is_marked() -> None:
    parts, _ = built()
    at = row_at(parts[1], "2.重复申请")
    found = recognise(
        document(parts[0], [*parts[1][:at], *parts[1][at + 1 :]], parts[2],
                 text=["2.重复申请 3 0 0 0 0 0 3"])
    )  # fmt: skip
    figure = figures(found)["requests", "unprocessed_repeated", "total"]
    assert figure.status == "absent"
    assert figure.doubt


def test_a_block_left_out_that_the_text_only_mentions_is_just_absent() -> None:
    parts, _ = built()
    parts[0] = parts[0][:11]
    made = document(*parts, text=["我区规范行政事业性收费，全年公开政府信息12条。"])
    assert doubted(recognise(made)) == set()


def test_an_unreadable_label_between_two_others_is_taken_by_place_and_marked() -> None:
    parts, truth = built()
    at = row_at(parts[1], "2.重复申请")
    parts[1][at] = [Td("▯▯▯▯"), *parts[1][at][1:]]
    found = recognise(document(*parts))
    assert printed(found) == truth
    assert {k[1] for k in doubted(found)} == {"unprocessed_repeated"}


def test_two_unreadable_labels_for_three_rows_are_not_guessed() -> None:
    parts, truth = built()
    at = row_at(parts[1], "2.重复申请")
    strange = [[Td("▯▯"), *row[1:]] for row in parts[1][at : at + 2]]
    parts[1][at : at + 3] = strange
    found = recognise(document(*parts))
    lost = {k for k, f in figures(found).items() if f.status == "unreadable"}
    assert {k[1] for k in lost} == {
        "unprocessed_repeated",
        "unprocessed_publication",
        "unprocessed_excessive",
    }
    assert lost <= doubted(found)
    assert printed(found) == {k: v for k, v in truth.items() if k not in lost}


def test_one_label_on_two_rows_is_marked() -> None:
    parts, truth = built()
    at = row_at(parts[1], "2.重复申请")
    parts[1].insert(at, [Td("2.重复申请"), *(Td(str(n)) for n in range(7))])
    found = recognise(document(*parts))
    wrong = {k for k, v in printed(found).items() if v != truth[k]}
    assert wrong
    assert wrong <= doubted(found)


def test_a_cell_over_two_rows_is_no_figure_of_either() -> None:
    parts, truth = built()
    at = row_at(parts[1], "2.重复申请")
    upper, lower = parts[1][at], parts[1][at + 1]
    parts[1][at] = [*upper[:-1], Td(upper[-1].text, 2)]
    parts[1][at + 1] = lower[:-1]
    found = figures(recognise(document(*parts)))
    for row in ("unprocessed_repeated", "unprocessed_publication"):
        figure = found["requests", row, "total"]
        assert (figure.status, figure.value) == ("unreadable", None)
        assert figure.doubt
    assert (
        found["requests", "unprocessed_petition", "total"].printed
        == (truth["requests", "unprocessed_petition", "total"])
    )


def test_the_table_twice_with_other_figures_is_marked() -> None:
    parts, truth = built()
    again = tables(FORM, lambda key: str(int(truth[key]) + 1))
    found = recognise(document(*parts, *again))
    assert printed(found) == truth
    assert doubted(found) == set(truth)


def test_the_table_twice_with_the_same_figures_is_fine() -> None:
    parts, truth = built()
    found = recognise(document(*parts, *parts))
    assert (printed(found), doubted(found)) == (truth, set())


def test_other_tables_are_left_alone() -> None:
    news = [[Td("渠道"), Td("数量")], [Td("政府网站"), Td("12")], [Td("行政处罚"), Td("7")]]
    parts, truth = built()
    found = recognise(document(news, *parts))
    assert (printed(found), doubted(found)) == (truth, set())
    found = recognise(document(*parts, news))
    assert (printed(found), doubted(found)) == (truth, set())
    assert recognise(document(news)) == Recognition(None)


def test_units_from_header_and_cell() -> None:
    parts, _ = built()
    parts[0][-1] = [Td("行政事业性收费"), Td("251000元", colspan=3)]
    amount = figures(recognise(document(*parts)))["proactive", "administrative_fees", "amount"]
    assert (str(amount.value), amount.unit, amount.printed) == ("251000", "元", "251000元")
    parts[0][-2] = [Td("信息内容"), Td("本年收费金额（单位：元）", colspan=3)]
    parts[0][-1] = [Td("行政事业性收费"), Td("8040", colspan=3)]
    amount = figures(recognise(document(*parts)))["proactive", "administrative_fees", "amount"]
    assert (str(amount.value), amount.unit) == ("8040", "元")


def test_an_unsure_cell_stays_unsure() -> None:
    parts, _ = built()
    made = document(*parts)
    from dataclasses import replace  # noqa: PLC0415

    first, second, third = made.grids
    cells = tuple(replace(c, doubt="weak") if c.text == "1000" else c for c in first.cells)
    made = replace(made, blocks=(replace(first, cells=cells), second, third))
    assert doubted(recognise(made)) == {("proactive", "regulations", "issued")}


def test_endless_tables_are_cut_off_with_a_problem() -> None:
    parts, truth = built()
    endless = [[Td("2021"), Td("7")]] * 5000
    found = recognise(document(*parts, endless))
    assert printed(found) == truth
    assert found.problems == ("only the first 4000 of 5046 rows of tables were read",)
