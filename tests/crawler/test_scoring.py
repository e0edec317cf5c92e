from __future__ import annotations

import csv
from pathlib import Path

import pytest

from crawler.discovery.scoring import is_beneath, looks_like_article, promise

HOST = "http://www.example.gov.cn"
COLUMN = f"{HOST}/zwgk/zfxxgknb/"
SHARED = Path(__file__).parents[2].parent / "shared"


def kind(text: str, path: str, here: str = "home", column: str | None = None) -> str | None:
    found = promise(text, f"{HOST}{path}", here, column)
    return found.kind if found else None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            "呼兰区2021年政府信息公开工作年度报告",
            "/hulan/c1/202203/11c4b7e2fbb84fb6b83b0a3a4c8d0aa4.shtml",
        ),
        ("2019年度政府信息公开工作报告", "/art/2020/1/19/art_1_2.html"),
        ("东城区2016年政府信息公开年报", "/zfxxgknb/201702/t20170210_29.html"),
        ("政府信息公开工作2021年度报告", "/info/1308/25196.htm"),
        ("示范区2021年政府信息公开年报（图片版）", "/upload/2021.pdf"),
    ],
)
def test_reports(text: str, path: str) -> None:
    assert kind(text, path) == "report"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("政府信息公开年报", "/zwgk/zfxxgknb/"),
        ("政府信息公开工作年度报告", "/col/col33718/index.html"),
        ("信息公开年报", "/xxgk/zfxxgknb.htm"),
        ("政府信息公开年度报告", "/gkmlpt/index#721"),
        ("年报", "/zwgk/nb/"),
        ("更多>>", "/zwgk/zfxxgknb/"),
        ("政府信息公开年报 >", "/hegang/c105/xlist.shtml"),
        ("【年度报告】", "/c/list.shtml"),
        ("区政府", "/zfxxgkndbg/qzf/"),
    ],
)
def test_columns(text: str, path: str) -> None:
    assert kind(text, path) == "column"


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("政府信息公开年报", "/zwgk/202201/t20220120_1.html", "either"),
        ("2021年政府信息公开年报", "/zfxxgknb/2021/", "either"),
        ("政务公开", "/zwgk/", "hub"),
        ("政府信息公开", "/zfxxgk/", "hub"),
        ("法定主动公开内容", "/fdzdgknr/", "hub"),
        ("信息公开", "/xxgk.htm", "hub"),
    ],
)
def test_pages_that_may_lead_there(text: str, path: str, expected: str) -> None:
    assert kind(text, path) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("2021年政府信息公开工作年度报告解读", "/zfxxgknb/202202/t20220201_1.html"),
        ("2021年法治政府建设年度报告", "/zfxxgknb/202202/t20220201_1.html"),
        ("2021年度部门决算", "/zfxxgknb/202202/t20220201_1.html"),
        ("政府网站工作年度报表", "/wznb/"),
        ("政府工作报告", "/zfgzbg/"),
        ("依申请公开", "/ysqgk/"),
        ("政府信息公开指南", "/zfxxgk/zn/1.html"),
        ("政策解读", "/zcjd/"),
        ("新闻中心", "/xwzx/"),
        ("公开日历", "/calendar/2022-1.shtml"),
        ("登录", "/login"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("here", ["home", "hub", "column"])
def test_what_leads_nowhere(text: str, path: str, here: str) -> None:
    assert kind(text, path, here, COLUMN) is None


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("2021年", "/zwgk/zfxxgknb/2021/", "column"),
        ("2021", "/other/2021/", "column"),
        ("2008-2014年", "/old/12.jsp", "column"),
        ("2018年以前", "/old/12.jsp", "column"),
        ("以前年度", "/old/12.jsp", "column"),
        ("往年年报", "/old/12.jsp", "column"),
        ("区直部门", "/zwgk/zfxxgknb/bm/", "column"),
        ("街道（乡镇）", "/zwgk/zfxxgknb/jd/", "column"),
        ("教育局", "/zwgk/zfxxgknb/jyj/", "column"),
        ("教育局", "/zwgk/bmxx/jyj/", None),
        ("区直部门", "/bszn/bm/", None),
        ("2019年年报", "/zwgk/zfxxgknb/202001/t20200110_1.html", "either"),
        ("关于植树的通知", "/zwgk/zfxxgknb/202001/t20200110_1.html", None),
        ("示范区2021年政府信息公开工…", "/info/1308/25196.htm", "either"),
        ("示范区发展和改革局…", "/zwgk/zfxxgknb/202001/t20200110_1.html", "either"),
        ("示范区2021年…", "/zwgk/zfxxgknb/files/1.pdf", None),
        ("1", "/zwgk/zfxxgknb/index_1.html", "column"),
    ],
)
def test_links_inside_a_column(text: str, path: str, expected: str | None) -> None:
    assert kind(text, path, "column", COLUMN) == expected


def test_the_best_goes_first() -> None:
    ordered = [
        ("2021年政府信息公开工作年度报告", f"{HOST}/t20220101_1.html"),
        ("政府信息公开年报", f"{HOST}/zfxxgknb/"),
        ("政府信息公开", f"{HOST}/zfxxgk/"),
        ("政务公开", f"{HOST}/zwgk/"),
        ("公开", f"{HOST}/gk/"),
    ]
    promises = [promise(text, url, "home") for text, url in ordered]
    scores = [found.score for found in promises if found]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == len(ordered)


def test_what_lies_beneath_a_column() -> None:
    assert is_beneath(f"{COLUMN}2021/", COLUMN)
    assert is_beneath(f"{HOST}/zwgk/zfxxgknb/bm/list.html", f"{HOST}/zwgk/zfxxgknb/index.html")
    assert not is_beneath(COLUMN, COLUMN)
    assert not is_beneath("http://other.gov.cn/zwgk/zfxxgknb/2021/", COLUMN)
    assert not is_beneath(f"{HOST}/a/", f"{HOST}/index.html")


@pytest.mark.skipif(not SHARED.exists(), reason="no shared data here")
def test_addresses_of_real_reports_look_like_articles() -> None:
    with (SHARED / "real-report-urls.csv").open(encoding="utf-8") as lines:
        urls = [row["report_url"] for row in csv.DictReader(lines)]
    missed = [url for url in urls if not looks_like_article(url)]
    assert len(missed) <= len(urls) // 10, missed
