"""Sources of every kind and in every trouble, for the tests of citations."""

from __future__ import annotations

import dataclasses

from archive.citation import FigureLocator, Source

SHA = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"
SITE = "https://nianbao.example"
REPORT = Source(
    publisher="示范区人民政府",
    title="示范区人民政府2021年政府信息公开工作年度报告",
    year=2021,
    published_on="2022-01-28",
    url="http://www.example.gov.cn/zfxxgknb/t20220128_1.pdf",
    captured_at="2026-11-20T06:46:35Z",
    archive_url=f"{SITE}/original/{SHA}",
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
        address=f"{SITE}/figure/990101-2021-8f434346/requests/received/natural_person",
    ),
)
ORIGINAL = dataclasses.replace(
    REPORT,
    title="政府信息公开指南",
    year=None,
    url="http://www.example.gov.cn/gkzn/",
    archive_url=f"{SITE}/capture/20261120064635-e15ad34c2739",
    media_type="text/html",
    kind="original",
)
KINDS = {"original": ORIGINAL, "report": REPORT, "figure": FIGURE}
TROUBLES: dict[str, dict[str, str | None]] = {
    "normal": {},
    "marks": {"title": '“A” "B" {C} \\input{D} & 50% $1_0 #1 ~^ <E>\nER  - \r\n@x{y, z={'},
    "no publisher": {"publisher": None},
    "no date": {"published_on": None},
    "long address": {"url": "http://www.example.gov.cn/" + "年报/" * 12 + "?id=" + "0a_" * 40},
    "CJK only": {"publisher": "示范区教育局", "title": "二〇二一年度报告（摘要）：附件一"},
}
CASES = {
    f"{kind} · {trouble}": dataclasses.replace(source, **changes)  # type: ignore[arg-type]
    for kind, source in KINDS.items()
    for trouble, changes in TROUBLES.items()
}
