from __future__ import annotations

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


def test_any_other_table_is_none() -> None:
    other = [[Td("项目"), Td("单位"), Td("数量")], [Td("桌子"), Td("张"), Td("3")]]
    assert recognise(document(other)) == Recognition(None)
