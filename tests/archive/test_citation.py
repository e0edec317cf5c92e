from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.citation import LABELS, STYLES, FigureLocator, Source, cite

SHA = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"
COPY = "https://nianbao.example/-/capture/20261120064635-e15ad34c2739"
REPORT = Source(
    publisher="哈尔滨市呼兰区人民政府",
    title="呼兰区2021年政府信息公开工作年度报告",
    year=2021,
    published_on="2022-01-28",
    url="http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf",
    captured_at="2026-11-20T06:46:35Z",
    archive_url=COPY,
    sha256=SHA,
    media_type="application/pdf",
)
FIGURE = dataclasses.replace(
    REPORT,
    figure=FigureLocator(
        labels=("三、收到和处理政府信息公开申请情况", "一、本年新收政府信息公开申请数量", "自然人"),
        printed="38",
        unit="件",
        page=3,
    ),
)
BARE = dataclasses.replace(REPORT, publisher=None, title=None, published_on=None)
KEPT = f"采集时间：2026-11-20T06:46:35Z；存档：{COPY}；SHA-256：{SHA}"
CELL = (
    "引用数据：三、收到和处理政府信息公开申请情况 › 一、本年新收政府信息公开申请数量 › 自然人，"
    "第3页，原文“38”，单位：件"
)


def test_gbt_2025_has_no_date_of_access_for_a_report() -> None:
    assert cite(REPORT) == (
        "哈尔滨市呼兰区人民政府. 呼兰区2021年政府信息公开工作年度报告[R/OL]. 2022-01-28. "
        f"http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf. {KEPT}."
    )


def test_gbt_2025_of_a_figure_has_its_page_after_the_date() -> None:
    assert cite(FIGURE) == (
        "哈尔滨市呼兰区人民政府. 呼兰区2021年政府信息公开工作年度报告[R/OL]. 2022-01-28：3. "
        f"http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf. {KEPT}；{CELL}."
    )


def test_the_standards_own_example() -> None:
    """GB/T 7714—2025, B.7; what comes after the reference is the note."""
    example = dataclasses.replace(
        REPORT,
        publisher="中国互联网络信息中心",
        title="第29次中国互联网络发展状况统计报告",
        published_on="2012-01-16",
        url="https://www.cnnic.net.cn/NMediaFile/old_attach/P020120612484958777344.pdf",
    )
    reference = (
        "中国互联网络信息中心. 第29次中国互联网络发展状况统计报告[R/OL]. 2012-01-16. "
        "https://www.cnnic.net.cn/NMediaFile/old_attach/P020120612484958777344.pdf."
    )
    assert cite(example) == f"{reference} {KEPT}."


def test_gbt_2025_leaves_out_what_is_not_known() -> None:
    assert cite(BARE) == (
        "[2021年政府信息公开工作年度报告][R/OL]. "
        f"http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf. {KEPT}."
    )


def test_gbt_2015_has_the_day_of_capture_as_date_of_access() -> None:
    assert cite(REPORT, "gb-t-7714-2015") == (
        "哈尔滨市呼兰区人民政府. 呼兰区2021年政府信息公开工作年度报告[R/OL]. "
        "(2022-01-28)[2026-11-20]. "
        f"http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf. {KEPT}."
    )
    assert "[R/OL]. 2022: 3[2026-11-20]. http" in cite(FIGURE, "gb-t-7714-2015")
    assert "报告][R/OL]. [2026-11-20]. http" in cite(BARE, "gb-t-7714-2015")


def test_apa() -> None:
    assert cite(FIGURE, "apa") == (
        "哈尔滨市呼兰区人民政府. (2022). 呼兰区2021年政府信息公开工作年度报告 (p. 3). "
        "http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf "
        f"[Captured 2026-11-20T06:46:35Z; archived at {COPY}; SHA-256 {SHA}; "
        "figure cited: 三、收到和处理政府信息公开申请情况 › 一、本年新收政府信息公开申请数量 › "
        "自然人, p. 3, printed “38”, unit 件]"
    )
    assert cite(BARE, "apa").startswith(
        "[2021年政府信息公开工作年度报告]. (n.d.). Retrieved November 20, 2026, from http"
    )


@pytest.mark.parametrize(
    ("published", "apa", "gbt"),
    [
        ("2022", "(2022)", "[R/OL]. 2022. "),
        ("2022-03", "(2022)", "[R/OL]. 2022-03. "),
        ("2022-13-01", "(n.d.)", "[R/OL]. http"),
        ("春节", "(n.d.)", "[R/OL]. http"),
        ("", "(n.d.)", "[R/OL]. http"),
    ],
)
def test_a_date_is_given_as_far_as_it_is_known(published: str, apa: str, gbt: str) -> None:
    source = dataclasses.replace(REPORT, published_on=published)
    assert apa in cite(source, "apa")
    assert gbt in cite(source)


def test_bibtex() -> None:
    assert cite(REPORT, "bibtex") == (
        "@techreport{nianbao2021-8f434346648f,\n"
        "  author = {{哈尔滨市呼兰区人民政府}},\n"
        "  title = {{呼兰区2021年政府信息公开工作年度报告}},\n"
        "  year = {2022},\n"
        "  date = {2022-01-28},\n"
        "  url = {http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf},\n"
        "  urldate = {2026-11-20},\n"
        "  langid = {chinese},\n"
        f"  note = {{{KEPT}}}\n"
        "}\n"
    )


def test_bibtex_escapes_what_tex_would_read() -> None:
    source = dataclasses.replace(
        REPORT, title=r"50% & $1_000 #1 {a} \input{x} ~^", url="http://a.cn/?q={x}%20\\"
    )
    text = cite(source, "bibtex")
    assert (
        r"title = {{50\% \& \$1\_000 \#1 \textbraceleft{}a\textbraceright{} "
        r"\textbackslash{}input\textbraceleft{}x\textbraceright{} "
        r"\textasciitilde{}\textasciicircum{}}}"
    ) in text
    assert "url = {http://a.cn/?q=%7Bx%7D%20%5C}" in text


def test_ris() -> None:
    assert cite(REPORT, "ris").split("\r\n") == [
        "TY  - RPRT",
        "ID  - nianbao2021-8f434346648f",
        "AU  - 哈尔滨市呼兰区人民政府",
        "TI  - 呼兰区2021年政府信息公开工作年度报告",
        "PY  - 2022",
        "DA  - 2022/01/28/",
        "LA  - zh-CN",
        "UR  - http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf",
        f"L2  - {COPY}",
        "Y2  - 2026/11/20/",
        f"N1  - {KEPT}",
        "ER  - ",
        "",
    ]


def test_csl_json() -> None:
    assert json.loads(cite(FIGURE, "csl-json")) == [
        {
            "id": "nianbao2021-8f434346648f",
            "type": "report",
            "title": "呼兰区2021年政府信息公开工作年度报告",
            "author": [{"literal": "哈尔滨市呼兰区人民政府"}],
            "issued": {"date-parts": [[2022, 1, 28]]},
            "accessed": {"date-parts": [[2026, 11, 20]]},
            "language": "zh-CN",
            "page": "3",
            "URL": "http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf",
            "note": f"{KEPT}；{CELL}",
            "custom": {
                "archive-url": COPY,
                "captured-at": "2026-11-20T06:46:35Z",
                "sha256": SHA,
                "media-type": "application/pdf",
            },
        }
    ]


def test_a_page_of_our_own_rendering_is_never_cited_as_the_reports() -> None:
    assert FIGURE.figure
    rendered = dataclasses.replace(FIGURE.figure, rendered=True)
    source = dataclasses.replace(FIGURE, figure=rendered)
    assert "[R/OL]. 2022-01-28. http" in cite(source)
    assert "第3页（本库渲染）" in cite(source)
    assert "p. 3 of our rendering" in cite(source, "apa")
    assert "page" not in json.loads(cite(source, "csl-json"))[0]


def test_a_cell_of_a_table_or_a_sheet_is_told() -> None:
    table = FigureLocator(labels=("自然人",), printed=None, table=2, row=4, column=3)
    source = dataclasses.replace(REPORT, figure=table)
    assert "引用数据：自然人，第2个表格第4行第3列，原文空白." in cite(source)
    assert "table 2, row 4, column 3, printed blank]" in cite(source, "apa")
    sheet = FigureLocator(printed="—", sheet="附件1", cell="B7")
    source = dataclasses.replace(REPORT, figure=sheet)
    assert "引用数据：工作表“附件1”单元格B7，原文“—”." in cite(source)


@pytest.mark.parametrize("style", STYLES)
def test_every_form_gives_both_addresses_the_time_and_the_digest(style: str) -> None:
    for source in (REPORT, FIGURE, BARE):
        text = cite(source, style).replace(r"\_", "_")
        for part in (source.url, COPY, "2026-11-20T06:46:35Z", SHA):
            assert part in text
    assert LABELS.keys() == STYLES.keys()


_ANY = st.text(max_size=30) | st.sampled_from(["a\r\nER  - ", "}\n@x{", "\u2028", "\\", '"'])


@given(publisher=_ANY, title=_ANY, url=_ANY, printed=_ANY)
def test_hostile_text_breaks_no_form(publisher: str, title: str, url: str, printed: str) -> None:
    source = dataclasses.replace(
        REPORT,
        publisher=publisher,
        title=title,
        url=url,
        figure=FigureLocator(labels=(title,), printed=printed),
    )
    for style in ("gb-t-7714-2025", "gb-t-7714-2015", "apa"):
        assert len(cite(source, style).splitlines()) == 1
    ris = cite(source, "ris").split("\r\n")
    assert [line[2:6] for line in ris[:-1]] == ["  - "] * (len(ris) - 1)
    assert [line for line in ris if line.startswith("ER")] == ["ER  - "]
    bibtex = cite(source, "bibtex")
    assert bibtex.count("{") == bibtex.count("}")
    assert bibtex.count("\n@") == 0
    depth = 0
    for char in bibtex[:-2]:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    json.loads(cite(source, "csl-json"))
