from __future__ import annotations

from itertools import chain

from form_grids import Rows, Td, document

from extract.agreement import settle
from extract.forms import forms
from extract.recognise import Recognition, recognise

FORM = forms()["2008"]
TABLE = FORM.tables["statistics"]
HEAD = [Td("统 计 指 标"), Td("单位"), Td("统计数")]


def rows(*more: Td) -> Rows:
    """The official table: groups as rows of their own, every number different."""
    made: Rows = [[*HEAD, *more]]
    groups: set[tuple[str, ...]] = set()
    own = {row.label for row in TABLE.rows}
    for n, row in enumerate(TABLE.rows):
        for depth in range(1, len(row.label)):
            group = row.label[:depth]
            if group not in groups | own:
                groups.add(group)
                made.append([Td(group[-1]), Td("——"), Td("——"), *([Td("")] * len(more))])
        made.append([Td(row.label[-1]), Td(row.unit or ""), Td(str(1000 + n))])
        made[-1] += [Td(str(9000 + n))] * len(more)
    return made


def values(found: Recognition) -> dict[str, str | None]:
    return {
        f.row: f.printed for f in found.figures if f.status == "printed" and f.column == "number"
    }


def doubted(found: Recognition) -> list[str]:
    return [f.key for f in found.figures if f.doubt]


TRUTH = {row.id: str(1000 + n) for n, row in enumerate(TABLE.rows)}


def test_the_whole_table() -> None:
    found = recognise(document(rows()))
    assert found.edition == "2008"
    assert values(found) == TRUTH
    assert doubted(found) == []
    assert len(found.figures) == len(TABLE.rows)
    units = {f.row: f.unit for f in found.figures}
    assert (units["published"], units["budget"], units["trained"]) == ("条", "万元", "人次")


def test_labels_that_stand_twice_follow_the_form_s_order() -> None:
    found = values(recognise(document(rows())))
    assert found["reviews_corrected"] != found["lawsuits_corrected"]
    assert int(found["reviews_corrected"] or 0) < int(found["lawsuits"] or 0)


def test_a_province_s_own_indicators_keep_their_printed_label() -> None:
    made = rows()
    made.insert(4, [Td("主动公开行政执法信息"), Td("条"), Td("77")])
    made.insert(9, [Td("主动公开行政执法信息"), Td("条"), Td("78")])
    found = recognise(document(made))
    extra = {f.row: (f.printed, f.label, f.unit) for f in found.figures if f.label}
    assert extra == {
        "主动公开行政执法信息": ("77", "主动公开行政执法信息", "条"),
        "主动公开行政执法信息 (2)": ("78", "主动公开行政执法信息", "条"),
    }
    assert {k: v for k, v in values(found).items() if k in TRUTH} == TRUTH
    assert doubted(found) == []


def test_an_ordinal_and_a_note_column() -> None:
    made = [
        [Td("序号" if n == 0 else str(n)), *row, Td("备注" if n == 0 else "")]
        for n, row in enumerate(rows())
    ]
    found = recognise(document(made))
    assert (values(found), doubted(found)) == (TRUTH, [])


def test_a_second_column_of_numbers_keeps_its_printed_header() -> None:
    found = recognise(document(rows(Td("历年累计"))))
    assert (values(found), doubted(found)) == (TRUTH, [])
    others = {f.row: f.printed for f in found.figures if f.column == "历年累计" and f.value}
    assert others == {row.id: str(9000 + n) for n, row in enumerate(TABLE.rows)}


def test_three_columns_of_which_none_is_the_total() -> None:
    made = rows(Td("区直单位"), Td("乡镇街道"))
    made[0][2] = Td("区政府")
    found = recognise(document(made))
    assert values(found) == {}
    assert {f.status for f in found.figures if f.column == "number"} == {"absent"}
    assert {f.column for f in found.figures} == {"number", "区政府", "区直单位", "乡镇街道"}


def test_of_columns_of_several_years_the_latest_is_the_report_s() -> None:
    for heads in (("2016年", "2017年"), ("2017年度", "2016年度")):
        made = rows(Td(heads[1]))
        made[0][2] = Td(heads[0])
        (latest,) = [n for n, head in enumerate(heads) if "2017" in head]
        found = values(recognise(document(made)))
        start = (1000, 9000)[latest]
        assert found == {row.id: str(start + n) for n, row in enumerate(TABLE.rows)}


def test_over_several_grids() -> None:
    made = rows()
    found = recognise(document(made[:20], made[20:]))
    assert (values(found), doubted(found)) == (TRUTH, [])


def test_two_numbers_under_one_header_are_not_told_apart() -> None:
    made = rows()
    made[5].append(Td("5"))
    found = recognise(document(made))
    wrong = {k for k, v in values(found).items() if v != TRUTH[k]}
    assert wrong == set()
    assert len(doubted(found)) == 1


def test_its_relations_are_tried() -> None:
    made = rows()
    figures, tried = settle(recognise(document(made)))
    assert {t.check.rule for t in tried} == {r.rule for r in FORM.relations}
    received = next(t for t in tried if t.check.rule == "statistics.received")
    terms = [f.value for f in figures if f.row.startswith("received_")]
    assert received.check.right == sum(v for v in terms if v is not None)
    assert received.check.status == "fails"


def halves(parts: int = 2) -> list[Rows]:
    made = rows()[1:]
    size = -(-len(made) // parts)
    blank: list[Td] = [Td(""), Td(""), Td("")]
    found = [made[n * size : (n + 1) * size] for n in range(parts)]
    return [part + [blank] * (size - len(part)) for part in found]


def test_tables_side_by_side() -> None:
    for parts in (2, 3):
        lines: Rows = [list(chain(*line)) for line in zip(*halves(parts), strict=True)]
        found = recognise(document([HEAD * parts, *lines]))
        assert (values(found), doubted(found)) == (TRUTH, [])


def test_tables_side_by_side_with_ordinals_and_no_units() -> None:
    head = [Td("序号"), Td("指标"), Td("数量")] * 2
    lines: Rows = [
        [cell for n, row in enumerate(line) for cell in (Td(str(n)), row[0], row[2])]
        for line in zip(*halves(), strict=True)
    ]
    found = recognise(document([head, *lines]))
    assert (values(found), doubted(found)) == (TRUTH, [])


def test_tables_side_by_side_that_go_on_in_another_grid() -> None:
    left, right = halves()
    lines = [a + b for a, b in zip(left, right, strict=True)]
    found = recognise(document([HEAD * 2, *lines[:18]], lines[18:]))
    assert (values(found), doubted(found)) == (TRUTH, [])


def test_units_behind_the_numbers() -> None:
    found = recognise(document([[row[0], row[2], row[1]] for row in rows()]))
    assert (values(found), doubted(found)) == (TRUTH, [])
    units = {f.row: f.unit for f in found.figures}
    assert (units["published"], units["budget"]) == ("条", "万元")


def test_a_table_without_a_header() -> None:
    found = recognise(document(rows()[1:]))
    assert (values(found), doubted(found)) == (TRUTH, [])
    assert {f.row: f.unit for f in found.figures}["trained"] == "人次"


def test_a_table_without_a_header_and_two_columns_of_numbers() -> None:
    found = recognise(document(rows(Td(""))[1:]))
    assert values(found) == {}


def test_groups_merged_at_the_left() -> None:
    made: Rows = [[Td("统计指标", colspan=2), Td("单位"), Td("统计数")]]
    for n, row in enumerate(TABLE.rows):
        group = [r for r in TABLE.rows if r.label[0] == row.label[0]]
        merged = [Td(row.label[0], rowspan=len(group))] if row is group[0] else []
        made.append([*merged, Td(row.label[-1]), Td(row.unit or ""), Td(str(1000 + n))])
    found = recognise(document(made))
    assert (values(found), doubted(found)) == (TRUTH, [])


def test_indicators_that_look_like_the_form_s_are_not_taken_for_them() -> None:
    made = rows()
    made.insert(1, [Td("历年累计主动公开政府信息数"), Td("条"), Td("99999")])
    at = next(n for n, row in enumerate(made) if row[0].text == "4.政务微信公开政府信息数")
    made[at] = [Td("4.政务客户端公开政府信息数"), Td("条"), Td("77")]
    found = recognise(document(made))
    rest = {k: v for k, v in TRUTH.items() if k != "published_wechat"}
    assert {k: v for k, v in values(found).items() if k in TRUTH} == rest
    labels = {f.label for f in found.figures if f.label}
    assert labels == {"历年累计主动公开政府信息数", "4.政务客户端公开政府信息数"}


def test_nothing_of_a_province_is_lost_and_no_name_is_kept() -> None:
    made = rows()
    made.insert(4, [Td("主动公开视频信息数"), Td("条"), Td("约30")])
    made.append([Td("单位负责人：甲"), Td("审核人：乙"), Td("填报日期：2018年1月5日")])
    found = recognise(document(made))
    assert values(found) == TRUTH
    extra = [(f.label, f.printed, f.status) for f in found.figures if f.label]
    assert extra == [("主动公开视频信息数", "约30", "unreadable")]


def test_a_second_table_with_other_figures_casts_doubt() -> None:
    other = [[*row[:2], Td("5" if row[2].text.isdigit() else row[2].text)] for row in rows()]
    found = recognise(document(rows(), other))
    assert values(found).items() >= TRUTH.items()
    assert set(doubted(found)) >= {f"statistics/{row}/number" for row in TRUTH}


def test_any_other_table_is_none() -> None:
    other = [[Td("项目"), Td("单位"), Td("数量")], [Td("桌子"), Td("张"), Td("3")]]
    assert recognise(document(other)) == Recognition(None)
