from __future__ import annotations

import pytest

from extract.identity import identify
from extract.model import Document, Paragraph
from extract.places import fuller_place, place_of
from extract.sections import find_sections

HEADINGS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)


def paper(*lines: str, **metadata: str) -> Document:
    return Document("text/html", tuple(Paragraph(line) for line in lines), **metadata)  # type: ignore[arg-type]


def test_title_over_two_lines() -> None:
    found = identify(paper("  甲区2021年", "政府信息公开工作年度报告", "一、总体情况"))
    assert found.title == "甲区2021年政府信息公开工作年度报告"
    assert (found.publisher, found.publisher_from, found.year) == ("甲区", "title", 2021)


def test_publisher_on_the_line_above() -> None:
    found = identify(
        paper("甲区人民政府", "2021 年度政府信息公开工作报告", "本报告由六个部分组成。")
    )
    assert (found.publisher, found.publisher_from) == ("甲区人民政府", "title")
    assert found.year == 2021


def test_a_place_in_the_title_gets_its_government_from_the_signature() -> None:
    signature = ("鹤岗市南山区人民政府", "2022年1月28日")
    found = identify(paper("南山区 2021 年政府信息公开工作年度报告", "一、总体情况", *signature))
    assert (found.publisher, found.publisher_from) == ("鹤岗市南山区人民政府", "signature")
    assert (found.place, found.published_on) == ("鹤岗市南山区", "2022-01-28")


def test_the_prefecture_comes_from_the_text() -> None:
    title = "呼兰区2021年政府信息公开工作年度报告"
    found = identify(paper(title, "请联系哈尔滨市呼兰区政府办公室"))
    assert (found.publisher, found.place) == ("呼兰区", "哈尔滨市呼兰区")


def test_an_unnamed_report_stays_unnamed() -> None:
    found = identify(paper("政府办公室2021年政府信息公开⼯作年度报告", "我区政府信息公开工作"))
    assert (found.publisher, found.publisher_from, found.place) == (None, None, None)
    assert found.year == 2021


def test_the_year_is_the_period_s_never_the_date_s() -> None:
    lines = [
        "甲区政府信息公开工作年度报告",
        "所列数据的统计期限自2020年1月1日起至2020年12月31日止。",
    ]
    found = identify(paper(*lines, "甲区人民政府", "2021年3月5日"))
    assert (found.year, found.published_on) == (2020, "2021-03-05")


def test_the_first_section_gives_the_year_last() -> None:
    assert identify(paper("甲区政府信息公开工作年度报告", "2019年，我区认真贯彻")).year == 2019


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2022年1月28日", "2022-01-28"),
        ("二〇二二年一月二十八日", "2022-01-28"),
        ("二○二二年十二月三十一日", "2022-12-31"),
        ("甲区人民政府2022年1月28日", "2022-01-28"),
        ("二OO八年三月二十日", None),
        ("二O二二年三月二十日", "2022-03-20"),
        ("二0二二年三月二十日", "2022-03-20"),
        ("2022.3.20", "2022-03-20"),
        ("2022-03-20", "2022-03-20"),
        ("版本2022.3.20", None),
        ("二〇二二年三月", None),
        ("2022年13月28日", None),
        ("联系电话0451-1234567", None),
    ],
)
def test_signature_dates(line: str, day: str | None) -> None:
    assert identify(paper("甲区2021年政府信息公开工作年度报告", line)).published_on == day


def test_the_page_s_date_counts_before_the_signature_s() -> None:
    lines = ("甲区2021年政府信息公开工作年度报告", "一、总体情况", "甲区人民政府", "2022年1月10日")
    dated = identify(paper(*lines, published_on="2022-01-28"))
    assert (dated.published_on, dated.published_from) == ("2022-01-28", "metadata")
    moved = identify(paper(*lines, published_on="2024-06-01"))
    assert (moved.published_on, moved.published_from) == ("2022-01-10", "signature")
    assert identify(paper(*lines[:2])).published_from is None


def test_a_date_before_the_year_reported_on_is_no_date_of_it() -> None:
    lines = ("甲区2021年政府信息公开工作年度报告", "依据条例", "2019年5月15日")
    assert identify(paper(*lines)).published_on is None


def test_the_year_may_stand_below_the_title() -> None:
    for year in ("（2021年度）", "(2021年)", "2021 年度"):
        found = identify(paper("甲区政府信息公开工作年度报告", year, "一、总体情况"))
        assert (found.year, found.publisher) == (2021, "甲区")
        assert found.title == f"甲区政府信息公开工作年度报告{year}"
    named = identify(paper("甲区2021年政府信息公开工作年度报告", "（2022年）"))
    assert named.title == "甲区2021年政府信息公开工作年度报告"


def test_what_stands_above_a_title_is_no_part_of_it() -> None:
    for above in ("附件", "附件1：", "附：", "发布机构："):
        found = identify(paper(above, "甲区2021年政府信息公开工作年度报告"))
        assert (found.title, found.publisher) == ("甲区2021年政府信息公开工作年度报告", "甲区")


def test_a_site_s_name_is_no_part_of_a_title() -> None:
    titled = "2021年政府信息公开工作年度报告"
    for glued in (f"{titled}_某区人民政府", f"某区政府网 - 甲区{titled}", f"{titled}|某区"):
        found = identify(paper("正文", title=glued)).title
        assert found in {titled, f"甲区{titled}"}


def test_metadata_serve_last_and_only_where_they_fit() -> None:
    made = paper("一、总体情况", title="2021年政府信息公开年报", publisher="甲市统计局",
                 published_on="2022-01-20")  # fmt: skip
    found = identify(made)
    assert (found.publisher, found.publisher_from) == ("甲市统计局", "metadata")
    assert (found.year, found.published_on) == (2021, "2022-01-20")
    moved = paper(title="2016年政府信息公开年报", published_on="2022-06-07")
    assert identify(moved).published_on is None


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("黑龙江省哈尔滨市呼兰区人民政府", "黑龙江省哈尔滨市呼兰区"),
        ("市中区人民政府", "市中区"),
        ("沙市区教育局", "沙市区"),
        ("和平区人民政府", "和平区"),
        ("延边朝鲜族自治州人民政府", "延边朝鲜族自治州"),
        ("中共示范区委办公室", "示范区"),
        ("政府办公室", None),
        (None, None),
    ],
)
def test_places(name: str | None, place: str | None) -> None:
    assert place_of(name) == place


def test_a_place_below_two_prefectures_stays_as_it_is() -> None:
    text = "哈尔滨市南岗区与长春市南岗区"
    assert fuller_place("南岗区", text) == "南岗区"
    assert (
        fuller_place("南岗区", "黑龙江省哈尔滨市南岗区、哈尔滨市南岗区") == "黑龙江省哈尔滨市南岗区"
    )


def sections(*lines: str) -> list[tuple[int, str, str]]:
    found = find_sections([Paragraph(line) for line in lines], HEADINGS)
    return [(s.number, s.heading, s.text) for s in found]


def test_six_sections_however_numbered() -> None:
    found = sections(
        "标题",
        "1、 总体情况",
        "甲",
        "⼆、行政机关主动公开政府信息情况",
        "[bookmark: _GoBack]三、行政机关收到和处理政府信息公开申请情况",
        "4、 因政府信息公开工作被申请行政复议、提起行政诉讼\n情况",
        "五、政府信息公开工作存在的主要问题及改进情况",
        "一、加强培训。",
        "六、其他需要报告的事项",
        "无",
    )
    assert [(n, text) for n, _, text in found] == [
        (0, "标题"), (1, "甲"), (2, ""), (3, ""), (4, ""), (5, "一、加强培训。"), (6, "无"),
    ]  # fmt: skip
    assert found[4][1] == "4、 因政府信息公开工作被申请行政复议、提起行政诉讼 情况"


def test_a_heading_over_two_paragraphs() -> None:
    broken = ("四、因政府信息公开工作被申请行政复议、提起行政诉讼", "情况")
    found = sections(*broken, "五、存在的主要问题及改进情况")
    assert [n for n, _, _ in found] == [4, 5]
    assert found[0][2] == ""


def test_headings_named_in_a_sentence_are_no_headings() -> None:
    line = "本报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况等六个部分组成。"
    assert sections(line) == [(0, "", line)]


def test_no_headings_at_all() -> None:
    assert sections("甲", "乙") == [(0, "", "甲\n乙")]
