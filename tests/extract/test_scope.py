from __future__ import annotations

import pytest

from extract.forms import forms
from extract.model import Paragraph
from extract.scope import scope_of
from extract.sections import divide, find_sections

HEADINGS = forms()["2021"].sections
TITLE = "示范区2021年政府信息公开工作年度报告"


def scope(text: str = "", title: str = TITLE, publisher: str | None = "示范区人民政府") -> str:
    parts = divide([Paragraph(text)], HEADINGS) if text else ()
    found, words = scope_of(title, publisher, parts)
    assert (found is None) == (words is None)
    return found or ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本报告由区政府办公室根据全区各部门、各镇街年度报告汇总编制。", "consolidated"),
        ("本报告数据包括区政府各部门、各街镇。", "consolidated"),
        ("本年度报告所列数据为全区汇总数据。", "consolidated"),
        ("本报告为区本级汇总报告。", "consolidated"),
        ("统计范围涵盖所属单位和各乡镇。", "consolidated"),
        ("本报告仅反映区政府办公室本级情况，不含各部门。", "single"),
        ("统计数据不包括各乡镇。", "single"),
        ("本报告由总体情况、主动公开政府信息情况等六个部分组成。", ""),
        ("督促各部门及时汇总报送统计数据。", ""),
        ("加强对各部门年度报告的汇总审核。", ""),
        ("指导各镇做好统计数据汇总。", ""),
        ("2021年全区各部门共收到申请35件。", ""),
        ("本报告中所列数据的统计期限自2021年1月1日起至12月31日止。", ""),
        ("本报告数据包括各部门。统计数据不含各乡镇。", ""),
    ],
)
def test_what_the_text_says(text: str, expected: str) -> None:
    assert scope(text) == expected


def test_title_and_publisher_say_it_too() -> None:
    assert scope(title=f"{TITLE}（本级汇总）") == "consolidated"
    assert scope(title="示范区政府本级2021年政府信息公开工作年度报告") == "single"
    for office in ("示范区教育局", "示范区东镇人民政府", "西街道办事处", "市发展和改革委员会"):
        assert scope(publisher=office) == "single"
    for government in ("示范区人民政府", "示范区人民政府办公室", "示范区", None):
        assert scope(publisher=government) == ""


def divided(*lines: str) -> list[tuple[int, str]]:
    found = find_sections([Paragraph(line) for line in lines], HEADINGS)
    return [(s.number, s.heading) for s in found]


OLD = (
    "一、概述",
    "综述。",
    "二、主动公开政府信息的情况",
    "情况。",
    "三、依申请公开政府信息的情况",
    "情况。",
    "四、收费及减免情况",
    "无。",
    "五、复议、诉讼和申诉情况",
    "无。",
)


def test_sections_of_the_report_s_own_numbering() -> None:
    assert divided(*OLD) == [(n, OLD[2 * n - 2]) for n in range(1, 6)]


def test_a_numbered_list_is_no_headings() -> None:
    lines = ("一、加强培训，提高水平。", "二、完善制度，落实责任。", "三、强化监督；严格考核。")
    assert divided(*lines) == [(0, "")]


def test_numbers_out_of_order_are_no_headings() -> None:
    assert divided("三、情况", "五、问题", "一、打算") == [(0, "")]


def test_the_form_s_headings_count_before_other_numbers() -> None:
    form = [f"{'一二三四五六'[n]}、{heading}" for n, heading in enumerate(HEADINGS)]
    assert [n for n, _ in divided(*form)] == [1, 2, 3, 4, 5, 6]
    assert [n for n, _ in divided(*form[:5], "一、加强学习", "二、加强管理", form[5])] == [
        1, 2, 3, 4, 5, 6,
    ]  # fmt: skip
