"""Counts that sentences state: taken where it is certain what they count, else not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract import from_json, read_report, to_json
from extract.composing import doubted_where_told_otherwise
from extract.forms import forms
from extract.model import PageBox, Paragraph, Sentence
from extract.sections import divide
from extract.stated import stated_figures

HEADINGS = forms()["2021"].sections
SECTIONS = ("一、概述", "综述如下。", "二、主动公开的情况", "内容如下。")
REQUESTS = "三、依申请公开政府信息办理情况"
DISPUTES = "五、因政府信息公开申请行政复议、提起行政诉讼的情况"


def stated(
    *lines: str,
    heading: str = REQUESTS,
    publisher: str | None = "示范区人民政府",
    year: int | None = 2012,
) -> dict[str, str]:
    """The counts found below a heading: a number by its value, none by its words."""
    parts = divide([Paragraph(line) for line in (*SECTIONS, heading, *lines)], HEADINGS)
    found = stated_figures(parts, publisher, year)
    return {f.row: f.printed or "" if f.value is None else str(f.value) for f in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012年，全区共收到政府信息公开申请35件，其中当面申请3件，网络申请30件，信函申请2件。",
         "received 35 received_in_person 3 received_online 30 received_letter 2"),
        ("全区各级行政机关共收到政府信息公开申请１２８件，同比增长12%。", "received 128"),
        ("2012年1月1日至2012年12月31日，我区共收到申请22件（其中：当面申请20件；传真申请2件）。",
         "received 22 received_in_person 20 received_fax 2"),
        ("本机关共受理公众政府信息公开申请6件。", "accepted 6"),
        ("全年受理政府信息公开申请12件，按时办结12件。", "accepted 12 concluded_on_time 12"),
        ("共收到12件政府信息公开申请，办结12件。", "received 12 concluded 12"),
        ("全年政府信息公开申请总数为1,035件。", "received 1035"),
        ("在已答复的申请中，“同意公开”的4件，“部分公开”1件；信息不存在的1件。",
         "answered_granted 4 answered_partly_granted 1 answered_not_existing 1"),
        ("2012年，未收到政府信息公开申请。", "received 未收到政府信息公开申请"),
        ("2012年度全区共主动公开政府信息1,256条，其中政府公报公开政府信息20条。",
         "published 1256 published_gazette 20"),
        ("2012年，我区主动公开政府信息300条。", "published 300"),
        ("2012年，我区认真贯彻落实条例，不断加大主动公开力度，全年共主动公开政府信息300条。",
         "published 300"),
        ("召开新闻发布会12场。", "press_conferences 12"),
        ("举办政府信息公开培训班3期，培训人员120人次。", "courses 3 trained 120"),
        ("示范区政府共收到申请5件。", "received 5"),
        ("一年来，共收到申请5件。", "received 5"),
    ],
)  # fmt: skip
def test_what_is_certain(text: str, expected: str) -> None:
    words = expected.split()
    assert stated(text) == dict(zip(words[::2], words[1::2], strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "截至2012年底，全区累计主动公开政府信息35000条。",
        "条例施行以来，全区共主动公开政府信息35000条。",
        "2011年收到政府信息公开申请8件。",
        "我区2012年收到申请22件，2011年收到申请18件。",
        "“十二五”期间，共收到政府信息公开申请300件。",
        "自条例实施至2012年底，共收到政府信息公开申请300件。",
        "五年来，共收到政府信息公开申请300件，其中当面申请20件。",
        "各部门共收到政府信息公开申请35件。",
        "近三年共收到政府信息公开申请300件。",
        "区政府办收到申请5件，其中当面申请2件，网络申请3件。",
        "区国土局答复12件，其中同意公开10件，不予公开2件。",
        "全国共收到政府信息公开申请300件。",
        "依法不予受理申请3件，逾期答复申请2件。",
        "同意公开和部分公开共8件。",
        "收到政府信息公开申请35余件。",
        "收到政府信息公开申请35件以上。",
        "收到政府信息公开申请近35件。",
        "收到政府信息公开申请3-5件。",
        "收到政府信息公开申请3至5件。",
        "收到政府信息公开申请35件左右。",
        "收到政府信息公开申请35件次。",
        "收到政府信息公开申请3 5件。",
        "全区共主动公开政府信息1.2万条。",
        "全区共主动公开政府信息12万条。",
        "区财政局收到政府信息公开申请3件。",
        "区政府办公室受理政府信息公开申请12件，全区共受理53件。",
        "比上年收到政府信息公开申请8件有所增加。",
        "收到政府信息公开申请较上年减少3件。",
        "机构职能方面，主动公开政府信息20条。",
        "围绕财政预决算，全年共主动公开政府信息200条。",
        "推进财政预决算公开，全年共主动公开政府信息200条。",
        "做好行政审批信息公开，全年共主动公开政府信息200条。",
        "加强教育领域信息公开，全年共主动公开政府信息200条。",
        "主动公开财政类政府信息200条。",
        "其中主动公开政府信息200条。",
        "收到政府信息公开申请35件（含上年结转2件）。",
        "上半年收到政府信息公开申请5件。",
        "2012年3月收到政府信息公开申请5件。",
        "力争全年主动公开政府信息2000条。",
        "全市共收到政府信息公开申请500件。",
        "收到政府信息公开申请第3件。",
        "申请答复率为98%。",
        "收到群众来信12件。",
        "收到涉及征地的申请5件。",
        "收到政府信息公开申请三件。",
        "3月，收到政府信息公开申请5件。",
        "未收到重复申请。",
    ],
)
def test_better_none_than_a_wrong_one(text: str) -> None:
    assert stated(text) == {}


def test_reviews_and_lawsuits_are_those_on_disclosure() -> None:
    assert stated("全年办理行政复议案件45件，行政诉讼案件12件。", heading="三、法制工作") == {}
    assert stated("行政复议2件、行政诉讼1件。", heading=DISPUTES) == {
        "reviews": "2",
        "lawsuits": "1",
    }
    for shared in ("提起行政复议、行政诉讼3件。", "行政复议和行政诉讼共3件。"):
        assert stated(shared, heading=DISPUTES) == {}
    none = "未发生因政府信息公开申请行政复议和提起行政诉讼的情况"
    assert stated(f"全年{none}。") == {"reviews": none, "lawsuits": none}


def test_a_count_stated_twice_and_differently_is_none() -> None:
    assert stated("共收到申请3件。", "全年收到申请5件。") == {}
    assert stated("共收到申请3件。", "全年收到申请3件。") == {"received": "3"}


@pytest.mark.parametrize(
    "before", ["区财政局收到申请5件。", "2011年收到申请5件。", "去年收到申请5件。"]
)
def test_parts_of_what_the_sentence_before_counts_of_others_are_none(before: str) -> None:
    assert stated(before, "其中，当面申请2件；网络申请3件。") == {}
    own = {"received": "7", "received_in_person": "3"}
    assert stated(before, "我区收到申请7件。", "其中当面申请3件。") == own


def test_parts_greater_than_their_whole_are_none() -> None:
    assert stated("共收到申请3件，其中当面申请2件，网络申请2件。") == {"received": "3"}


def test_a_count_below_the_heading_of_a_topic_is_none() -> None:
    assert stated("（一）财政预决算信息", "全年共主动公开政府信息20条。") == {}
    assert stated("（一）主动公开数量", "全年共主动公开政府信息20条。") == {"published": "20"}


def test_plans_and_problems_are_passed_over() -> None:
    assert stated("收到申请3件。", heading="六、存在的主要问题及下一步打算") == {}


@pytest.mark.parametrize(
    ("publisher", "own", "others"),
    [
        ("示范区教育局", "我局 本单位 教育局 区教育局 示范区教育局 全局", "全区 我区 全系统"),
        ("示范区东镇人民政府", "我镇 全镇 本镇", "全区 我区 东村"),
        ("示范区发展和改革委员会", "我委 本委 区发展和改革委员会", "全区 我局"),
        (None, "我区 我局 本机关", "全区 示范区 区政府"),
    ],
)  # fmt: skip
def test_only_the_publisher_speaks_for_itself(publisher: str | None, own: str, others: str) -> None:
    for name in own.split():
        assert stated(f"{name}共收到申请3件。", publisher=publisher) == {"received": "3"}, name
    for name in others.split():
        assert stated(f"{name}共收到申请3件。", publisher=publisher) == {}, name


PAGE = (
    "<html><head><meta charset=utf-8><title>2012年政府信息公开工作年度报告</title></head><body>"
    "<h1>示范区民政局2012年政府信息公开工作年度报告</h1><p>一、概述</p><p>我局认真贯彻条例。"
    "全年共收到政府信息公开申请\u3000<b>1,204</b> 件。</p><p>二、工作情况</p><p>良好。</p>"
    "<p>三、存在的问题</p><p>无。</p></body></html>"
).encode()


def test_a_report_without_tables() -> None:
    report = read_report(PAGE)
    assert (report.edition, report.year, report.scope) == ("narrative", 2012, "single")
    (figure,) = report.figures
    assert (figure.key, figure.printed, figure.unit) == ("narrative/received/stated", "1,204", "件")
    assert figure.where == (Sentence(1, 2),)
    assert figure.sentence is not None
    assert "1,204" in figure.sentence
    written = to_json(report, PAGE)
    assert written["figures"][0]["where"] == {"section": 1, "sentence": 2}
    assert written["figures"][0]["sentence"] == figure.sentence
    assert from_json(written) == report
    assert [s.number for s in report.sections] == [0, 1, 2, 3]
    assert report.problems == ()


def test_a_report_whose_headings_promise_tables_says_that_there_are_none() -> None:
    lines = "".join(f"<p>{'一二三四五六'[n]}、{h}</p>" for n, h in enumerate(HEADINGS))
    body = f"<h1>示范区2021年政府信息公开工作年度报告</h1>{lines}<p>全年共收到申请3件。</p>"
    report = read_report(f"<html><meta charset=utf-8><body>{body}</body></html>".encode())
    assert report.edition == "narrative"
    assert report.problems == ("no statistics table of a known form was found",)


def test_a_sentence_of_a_page_has_the_page_s_box() -> None:
    box = PageBox(1, 10, 20, 300, 40)
    first = Paragraph("2012年，全区共收到政府信息公开申", PageBox(1, 10, 0, 300, 20))
    lines = [Paragraph(t) for t in (*SECTIONS, REQUESTS)]
    parts = divide([*lines, first, Paragraph("请35件，均已答复。", box)], HEADINGS)
    (figure,) = stated_figures(parts, "示范区人民政府", 2012)
    assert figure.where == (Sentence(3, 1), first.where, box)
    assert figure.sentence == "2012年，全区共收到政府信息公开申请35件，均已答复。"


def test_other_documents_state_nothing() -> None:
    plan = (
        "<html><body><h1>示范区2012年工作要点</h1><p>一、目标</p><p>全年收到申请12件。</p>"
        "<p>二、任务</p><p>略。</p><p>三、保障</p><p>略。</p></body></html>"
    )
    report = read_report(plan.encode())
    assert (report.edition, report.figures) == (None, ())


@pytest.mark.parametrize(
    "text",
    ["收到申请1件，" * 20_000, "有关信息公开" * 30_000, "未发生因" * 30_000, "1," * 90_000 + "件"],
    ids=["one sentence", "a phrase", "a denial", "digits"],
)
def test_text_without_end_is_read_in_linear_time(text: str) -> None:
    assert stated(text) == {}


def test_sentences_without_end_end() -> None:
    assert stated("全年收到申请3件。" * 20_000) == {"received": "3"}


def test_a_sentence_of_a_scan_is_doubtful() -> None:
    parts = divide([Paragraph(line) for line in (*SECTIONS, REQUESTS, "共收到申请3件。")], HEADINGS)
    (figure,) = stated_figures(parts, "示范区人民政府", 2012, doubt="read from a picture")
    assert figure.doubt == "read from a picture"


def test_a_second_reader_that_reads_otherwise_casts_doubt() -> None:
    report = read_report(PAGE)
    assert doubted_where_told_otherwise(report, report) == report
    other = read_report(PAGE.replace(b"1,204", b"1,264"))
    for second in (other, read_report(b"<p>nothing</p>")):
        (figure,) = doubted_where_told_otherwise(report, second).figures
        assert figure.value == 1204
        assert figure.doubt is not None


WORDS = st.sampled_from(
    [
        "2012年",
        "2011年",
        "全年",
        "全区",
        "我区",
        "区财政局",
        "共",
        "累计",
        "收到",
        "未收到",
        "受理",
        "主动公开",
        "政府信息公开",
        "政府信息",
        "申请",
        "行政复议",
        "、",
        "，",
        "。",
        "；",
        "其中",
        "当面申请",
        "网络申请",
        "含",
        "35件",
        "1,204件",
        "3件",
        "余",
        "左右",
        "12 条",
        "％",
        "第",
        "（",
        "）",
        "\n",
        "⼀",
        "办结",
        "答复",
        "\u3000",
    ]
)


@given(st.lists(WORDS, max_size=30))
@settings(max_examples=150, deadline=None)
def test_whatever_is_taken_stands_in_its_sentence(words: list[str]) -> None:
    parts = divide([Paragraph(line) for line in (*SECTIONS, REQUESTS, "".join(words))], HEADINGS)
    for figure in stated_figures(parts, "示范区人民政府", 2012):
        assert figure.sentence is not None
        assert figure.printed is not None
        assert figure.printed in figure.sentence
        assert "2011年" not in figure.sentence
        if figure.value is not None:
            assert figure.printed.replace(",", "") == str(figure.value)
