from __future__ import annotations

import pytest

from extract.titles import TitleFacts, classify

REPORTS = {
    "呼兰区2021年政府信息公开工作年度报告": (2021, "呼兰区"),
    "  呼兰区2021年\n政府信息公开工作年度报告": (2021, "呼兰区"),
    "某市统计局2019年度政府信息公开工作报告": (2019, "某市统计局"),
    "2016年政府信息公开年报": (2016, None),
    "东风区2022年度政府信息公开年报": (2022, "东风区"),
    "政府信息公开工作2021年度报告": (2021, None),
    "南山区 2021 年政府信息公开工作年度报告（图片版）": (2021, "南山区"),
    "南山区2021年政府信息公开工作年度报告（超链版）": (2021, "南山区"),
    "佳木斯市东风区政府2021年政府信息公开工作年度报告": (2021, "佳木斯市东风区政府"),
    "兴安区人民政府２０２１年度政府信息公开工作报告": (2021, "兴安区人民政府"),
    "兴安区人民政府信息公开工作年度报告(2023年)": (2023, "兴安区人民政府"),
    "政府办公室2021年政府信息公开工作年度报告": (2021, None),
    "⼀⼆区2021年政府信息公开⼯作年度报告": (2021, "一二区"),
    "二〇一二年度某县政府信息公开工作年度报告": (2012, "某县"),
    "某区综合行政执法局2023年政府信息公开工作年度报告": (2023, "某区综合行政执法局"),
    "关于公布某县2020年政府信息公开工作年度报告的公告": (2020, "某县"),
    "2022年发布某县2021年政府信息公开工作年度报告": (2021, "某县"),
    "某市2010年政务公开工作年度报告": (2010, "某市"),
    "某区审计局关于2021年度政府信息公开工作的年度报告": (2021, "某区审计局"),
    "2024年度某镇人民政府信息公开年报_某市统计信息网": (2024, "某镇人民政府"),
    "某市人民政府信息公开年度报告": (None, "某市人民政府"),
}
LOOK_ALIKES = [
    "某区2021年政府信息公开工作年度报告解读",
    "图解：某区2021年政府信息公开工作年度报告",
    "一图读懂某区2021年政府信息公开工作年度报告",
    "某区2021年依申请公开数据统计",
    "某区2021年法治政府建设年度报告",
    "某局2021年行政执法统计年报",
    "某局2021年度部门决算",
    "某局2022年部门预算公开",
    "某区2021年政府网站工作年度报表",
    "国务院办公厅关于印发政府信息公开工作年度报告格式的通知",
    "关于做好2021年政府信息公开工作年度报告编制工作的通知",
    "关于做好2021年政府信息公开年报工作的通知",
    "某区2021年第一季度政府信息公开工作报告",
    "某局2021年度部门决算信息公开工作报告",
]
OTHERS = [
    "政府信息公开年报",
    "政府信息公开工作年度报告",
    "区政府信息公开年报",
    "各部门政府信息公开年报",
    "历年政府信息公开年报",
    "政府信息公开指南",
    "政府信息公开目录",
    "政府信息公开制度",
    "2021年政府信息公开工作年度报告制度",
    "2021年年度报告",
    "",
    "领导之窗",
]


@pytest.mark.parametrize(("title", "facts"), REPORTS.items())
def test_a_report_with_its_year_and_publisher(
    title: str, facts: tuple[int | None, str | None]
) -> None:
    assert classify(title) == TitleFacts("report", *facts)


@pytest.mark.parametrize("title", LOOK_ALIKES)
def test_a_look_alike_is_left_out(title: str) -> None:
    assert classify(title).kind == "look-alike"


@pytest.mark.parametrize("title", OTHERS)
def test_a_column_or_another_page_is_neither(title: str) -> None:
    assert classify(title).kind == "other"


def test_a_date_is_not_the_year_reported_on() -> None:
    assert classify("某区政府信息公开工作年度报告（2022年1月28日）").year is None
    assert classify("某区政府信息公开工作年度报告 2022-01-28").year is None


def test_a_link_with_only_a_year_keeps_the_year() -> None:
    assert classify("2021年度报告") == TitleFacts("other", 2021)
