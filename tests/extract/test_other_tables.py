"""Tables that are not as the form has them: columns and rows too many or too few, other tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from form_grids import Key, Rows, Td, built, document, doubted, lengthen, printed, row_at

from extract.agreement import settle, unvouched
from extract.model import BY_POSITION
from extract.recognise import recognise

if TYPE_CHECKING:
    from extract.model import Document, Grid

SUMS_TO = ("1", "2", "0", "0", "0", "0", "3")


def settled(document_: Document) -> tuple[dict[Key, str | None], set[str]]:
    """What is printed, and the rows in doubt once the sums were heard."""
    found = recognise(document_)
    figures, _ = settle(found)
    found = replace(found, figures=figures, open_doubts={})
    return printed(found), {key[1] for key in doubted(found)}


def without_column(table: Rows, name: str) -> Rows:
    """Table three without a column among the five of 法人或其他组织."""
    at = next(n for n, td in enumerate(table[2]) if td.text == name)
    out = [[replace(td, colspan=td.colspan - 1) if _is_wide(td) else td for td in table[0]]]
    out.append([replace(td, colspan=4) if td.text == "法人或其他组织" else td for td in table[1]])
    out.append([td for n, td in enumerate(table[2]) if n != at])
    return [*out, *([*row[: at - 6], *row[at - 6 + 1 :]] for row in table[3:])]


def _is_wide(td: Td) -> bool:
    return td.text == "申请人情况"


def test_a_column_that_the_table_lacks_is_absent_and_the_others_keep_their_places() -> None:
    parts, truth = built()
    parts[1] = without_column(parts[1], "科研机构")
    found = recognise(document(*parts))
    expected = {k: v for k, v in truth.items() if k[2] != "research_institution"}
    assert printed(found) == expected
    assert not doubted(found)


def test_an_empty_column_does_not_fill_up_for_one_that_the_table_lacks() -> None:
    parts, truth = built()
    parts[1] = without_column(parts[1], "商业企业")
    parts[1] = [[*row, Td("", 3)] if n == 0 else row for n, row in enumerate(parts[1])]
    parts[1] = [[*row, Td("")] if n >= 3 else row for n, row in enumerate(parts[1])]
    expected = {k: v for k, v in truth.items() if k[2] != "company"}
    assert printed(recognise(document(*parts))) == expected


def test_last_years_total_beside_the_total_is_another_column() -> None:
    parts, truth = built()
    parts[1] = [[*row, Td("上年总计", 3)] if n == 0 else row for n, row in enumerate(parts[1])]
    parts[1] = [[*row, Td("7")] if n >= 3 else row for n, row in enumerate(parts[1])]
    found = recognise(document(*parts))
    assert printed(found) == truth
    assert not doubted(found)


def test_figures_beside_the_rows_number_belong_to_the_label_below() -> None:
    parts, truth = built()
    at = row_at(parts[1], "3.其他")
    *_, label = [td for td in parts[1][at] if td.text.endswith("其他")]
    values = parts[1][at][-7:]
    parts[1][at] = [replace(label, text="3."), *values]
    parts[1].insert(at + 1, [replace(label, text="其他"), *(Td("") for _ in values)])
    lengthen(parts[1], ("三、本年度办理结果", "（六）其他处理"))
    found = recognise(document(*parts))
    assert printed(found) == truth
    assert {k[1] for k in doubted(found)} <= {"other_other"}


def test_a_blank_row_below_figures_without_a_label_is_doubtful_too() -> None:
    parts, _ = built()
    at = row_at(parts[1], "2.重复申请")
    values = parts[1][at][-7:]
    parts[1][at] = [*parts[1][at][:-7], *(Td("") for _ in values)]
    parts[1].insert(at, [Td(""), *values])
    lengthen(parts[1], ("三、本年度办理结果", "（五）不予处理"))
    assert "unprocessed_repeated" in {k[1] for k in doubted(recognise(document(*parts)))}


def test_short_labels_of_a_table_that_was_not_read_are_doubtful_too() -> None:
    parts, _ = built()
    parts[1] = [[*row[:-7], *row[-6:]] for row in parts[1][3:]]
    found = recognise(document(*parts))
    rows = {k[1] for k in doubted(found)}
    assert {"other_other", "concluded", "received"} <= rows


def test_only_the_cell_that_differs_between_two_copies_is_doubtful() -> None:
    parts, truth = built()
    copy = [list(row) for row in parts[1]]
    at = row_at(copy, "2.重复申请")
    copy[at][-1] = Td("99")
    found = recognise(document(*parts, copy))
    assert printed(found) == truth
    assert doubted(found) == {("requests", "unprocessed_repeated", "total")}


def test_a_row_that_only_one_of_two_different_copies_has_is_doubtful() -> None:
    parts, _ = built()
    other = [[*row[:-7], *(Td(td.text + "1") for td in row[-7:])] for row in parts[1][3:]]
    copy = [*parts[1][:3], *other]
    at = row_at(copy, "四、结转下年度继续办理")
    del copy[at]
    found = recognise(document(parts[0], copy, parts[1], parts[2]))
    assert "carried_out" in {k[1] for k in doubted(found)}


@pytest.mark.parametrize("before", [False, True])
def test_the_forms_rows_by_office_are_another_table(before: bool) -> None:  # noqa: FBT001
    parts, truth = built()
    head = [Td("办理情况", 1, 3), *(Td(f"第{n}科") for n in "一二三四五六"), Td("总计")]
    rows = [[*row[:-7], *(Td("8") for _ in range(7))] for row in parts[1][3:]]
    offices = [head, *rows]
    tables = (offices, *parts) if before else (*parts, offices)
    found = recognise(document(*tables))
    assert printed(found) == truth
    assert not doubted(found)


def test_a_list_of_offices_with_its_own_total_is_another_table() -> None:
    parts, truth = built()
    head = [Td("部门"), *parts[1][2][-5:], Td("自然人"), Td("总计")]
    rows = [[Td(name), *(Td("5") for _ in range(7))] for name in ("甲局", "乙局", "丙局", "总计")]
    found = recognise(document(*parts, [head, *rows]))
    assert printed(found) == truth
    assert not doubted(found)


def test_a_table_without_headers_is_read_by_count_if_its_rows_add_up() -> None:
    parts, _ = built()
    parts[1] = [[*row[:-7], *map(Td, SUMS_TO)] for row in parts[1][3:]]
    values, unsure = settled(document(*parts))
    row = [values["requests", "granted", c] for c in ("natural_person", "company", "total")]
    assert row == ["1", "2", "3"]
    assert "granted" not in unsure
    at = row_at(parts[1], "2.重复申请")
    parts[1][at][-1] = Td("4")
    _, unsure = settled(document(*parts))
    assert "granted" in unsure


def test_sums_downwards_do_not_settle_which_column_a_figure_stands_in() -> None:
    parts, _ = built()
    parts[1] = [
        row if n < 3 else [*row[:-7], Td("1"), *(Td("0") for _ in range(5)), Td("5")]
        for n, row in enumerate(parts[1])
    ]
    at = row_at(parts[1], "一、本年新收政府信息公开申请数量")
    label, *values = parts[1][at]
    parts[1][at] = [replace(label, colspan=label.colspan - 1), *values]
    _, unsure = settled(document(*parts))
    assert "received" in unsure


def test_a_number_in_a_rows_label_makes_its_blanks_doubtful() -> None:
    parts, _ = built()
    at = row_at(parts[1], "5.要求行政机关确认或重新出具已获取信息")
    *labels, label = parts[1][at][:-7]
    label = replace(label, text=f"{label.text}17")
    parts[1][at] = [*labels, label, Td(""), *parts[1][at][-6:]]
    assert doubted(recognise(document(*parts))) == {
        ("requests", "unprocessed_confirmation", "natural_person")
    }


def test_a_label_in_two_cells_that_no_row_was_found_for_is_doubtful() -> None:
    parts, _ = built()
    at = row_at(parts[0], "行政事业性收费")
    _, figure = parts[0][at]
    rest = [[*parts[0][at - 1][1:], Td("行政事业")], [figure, Td("性收费")]]
    found = recognise(document(parts[0][: at - 2], rest, *parts[1:]))
    assert ("proactive", "administrative_fees", "amount") in doubted(found)


def test_a_table_whose_headers_alone_were_found_is_doubtful() -> None:
    parts, _ = built()
    heads = [td.text for row in parts[2][:3] for td in row]
    found = recognise(document(*parts[:2], text=heads))
    assert len([k for k in doubted(found) if k[0] == "disputes"]) == 15


def test_the_rest_of_a_label_beside_a_group_that_begins_there() -> None:
    parts, truth = built()
    at = row_at(parts[1], "1.本机关不掌握相关政府信息")
    group, label, *values = parts[1][at]
    parts[1][at] = [Td("1.本机关不掌握相关政府", 1, 2), *(Td("") for _ in values)]
    parts[1].insert(at + 1, [group, replace(label, text="信息"), *values])
    lengthen(parts[1], ("三、本年度办理结果",))
    assert printed(recognise(document(*parts))) == truth


def test_zeros_alike_do_not_fill_a_column_that_the_table_lacks() -> None:
    parts, _ = built()
    parts[1] = without_column(parts[1], "科研机构")
    parts[1] = [[*row, Td("去年同期", 3)] if n == 0 else row for n, row in enumerate(parts[1])]
    zeros = [Td("0")] * 7
    parts[1] = [row if n < 3 else [*row[:-6], *zeros] for n, row in enumerate(parts[1])]
    found = recognise(document(*parts))
    sure = {key for key in printed(found) if key not in doubted(found)}
    assert not any(column == "research_institution" for _, _, column in sure)


def test_the_beginning_of_a_label_on_the_page_before_has_the_figures() -> None:
    parts, truth = built()
    at = row_at(parts[1], "3.要求提供公开出版物")
    label, *values = parts[1][at]
    upper = [*parts[1][:at], [replace(label, text="3.要求提"), *values]]
    rest = [replace(label, text="供公开出版物", colspan=1), *(Td("") for _ in values)]
    below = [[Td(td.text, 1, min(td.colspan, 1)) for td in row[-8:]] for row in parts[1][at + 1 :]]
    found = recognise(document(parts[0], upper, [rest, *below], parts[2]))
    values_read = {k: v for k, v in printed(found).items() if k[1] == "unprocessed_publication"}
    assert values_read == {k: v for k, v in truth.items() if k[1] == "unprocessed_publication"}
    assert "unprocessed_publication" in {k[1] for k in doubted(found)}


def test_a_blank_row_whose_number_stands_beside_figures_elsewhere_is_doubtful() -> None:
    parts, _ = built()
    at = row_at(parts[1], "3.其他")
    *_, label = parts[1][at][:-7]
    values = parts[1][at][-7:]
    parts[1][at] = [replace(label, text="其他"), *(Td("") for _ in values)]
    parts[1].insert(at - 1, [replace(label, text="3."), *values])
    lengthen(parts[1], ("三、本年度办理结果", "（六）其他处理"))
    assert "other_other" in {k[1] for k in doubted(recognise(document(*parts)))}


def test_columns_taken_by_count_are_doubtful_where_others_are_named_before_them() -> None:
    parts, _ = built()
    parts[1] = [[*row[:-7], *map(Td, SUMS_TO)] for row in parts[1][3:]]
    head = [Td("自然 科研机 商业企 社会公益组", 1, 2)]
    _, unsure = settled(document(parts[0], [head, [Td("一"), Td("二")]], *parts[1:]))
    assert {"granted", "received"} <= unsure


def test_an_absent_row_is_doubtful_where_the_sums_need_it() -> None:
    parts, _ = built()
    parts[1] = [row if n < 3 else [*row[:-7], *map(Td, SUMS_TO)] for n, row in enumerate(parts[1])]
    at = row_at(parts[1], "2.重复申请")
    del parts[1][at]
    lengthen(parts[1], ())
    _, unsure = settled(document(*parts))
    assert "unprocessed_repeated" in unsure


def test_a_row_that_the_balance_needs_is_doubtful_when_absent() -> None:
    parts, _ = built()
    at = row_at(parts[1], "四、结转下年度继续办理")
    del parts[1][at]
    assert "carried_out" in {k[1] for k in doubted(recognise(document(*parts)))}


@pytest.mark.parametrize(
    ("wrong", "unsure"), [(False, set()), (True, {"granted", "partly_granted"})]
)
def test_both_sums_settle_what_stands_by_position_alone(
    wrong: bool,  # noqa: FBT001
    unsure: set[str],
) -> None:
    parts, _ = built()
    by_row = {"一": "5", "四": "0", "二": "0"}
    for n, row in enumerate(parts[1][3:], start=3):
        last = row[-8].text
        value = by_row.get(last[0], "0")
        value = "5" if last.startswith(("（一）", "（七）")) else value
        parts[1][n] = [*row[:-7], Td(value), *(Td("0") for _ in range(5)), Td(value)]
    at = row_at(parts[1], "（一）予以公开")
    if wrong:
        parts[1][at][-7:] = [Td("0"), Td("5"), *parts[1][at][-5:]]
    whole = document(*parts)
    blocks = [b if n != 1 else _by_position(b) for n, b in enumerate(whole.grids)]
    _, rows = settled(replace(whole, blocks=tuple(blocks)))
    assert {row for row in rows if row in {"granted", "partly_granted"}} == unsure


def _by_position(grid: Grid) -> Grid:
    cells = [replace(c, doubt=BY_POSITION) if c.text.isdigit() else c for c in grid.cells]
    return replace(grid, cells=tuple(cells))


def test_a_blank_or_absent_figure_is_for_the_second_reader_though_the_sums_hold() -> None:
    parts, _ = built()
    parts[1] = [
        row if n < 3 else [*row[:-7], *(Td("0") for _ in range(7))]
        for n, row in enumerate(parts[1])
    ]
    at = row_at(parts[1], "2.重复申请")
    parts[1][at][-2] = Td("")
    keys, _ = unvouched(recognise(document(*parts)))
    assert ("requests", "unprocessed_repeated", "other_organization") in keys
    assert ("requests", "unprocessed_repeated", "total") not in keys


def test_a_header_over_a_blank_and_a_figure_is_the_figures() -> None:
    parts, truth = built()
    last = [[*row[:-1], replace(row[-1], colspan=2)] if len(row) > 1 else row for row in parts[0]]
    at = row_at(last, "行政规范性文件")
    last[at] = [*parts[0][at][:-1], Td(""), parts[0][at][-1]]
    last[0] = [replace(last[0][0], colspan=5)]
    assert printed(recognise(document(last, *parts[1:]))) == truth
