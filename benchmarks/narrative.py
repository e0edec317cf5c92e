"""Counts taken from sentences of invented reports without tables: `python -m benchmarks.narrative`.

Each report states some counts, in wordings drawn at random, among sentences that state others:
other years, other bodies, parts of a year, comparisons, rounded and running totals, topics. What
is taken is compared with what was stated. A count that is missed costs a figure; a wrong one must
not be. The last line is JSON; exit status 1 if any count was wrong.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import sys
from collections import Counter
from typing import TYPE_CHECKING

from extract import read_report

if TYPE_CHECKING:
    from collections.abc import Sequence

STATED = {
    "published": [
        "{y}年，{who}共主动公开政府信息{n}条。",
        "全年{who}主动公开政府信息{n}条，其中规范性文件{s}件。",
        "{who}认真贯彻落实条例，全年共公开政府信息{n}条。",
        "本年度，{who}主动公开各类政府信息共计{n}条，全文电子化率达100%。",
    ],
    "received": [
        "{y}年，{who}共收到政府信息公开申请{n}件，同比增长12%。",
        "全年共收到{n}件政府信息公开申请，均已按时答复。",
        "{y}年度{who}接到公民、法人和其他组织提出的政府信息公开申请{n}件。",
        "自{y}年1月1日至12月31日，{who}收到依申请公开政府信息{n}件。",
    ],
    "accepted": ["{who}全年受理政府信息公开申请{n}件。", "{y}年共受理信息公开申请{n}份。"],
    "reviews": [
        "因政府信息公开引发行政复议{n}件。",
        "{y}年，{who}发生政府信息公开行政复议案件{n}起。",
    ],
    "lawsuits": ["因政府信息公开引发行政诉讼{n}件。", "政府信息公开行政诉讼案件共{n}件。"],
    "press_conferences": ["全年召开新闻发布会{n}场。", "{who}共举办新闻发布会{n}次。"],
}
OTHERS = [
    "{p}年收到政府信息公开申请{n}件。",
    "截至{y}年底，累计主动公开政府信息{n}条。",
    "条例施行以来，共收到政府信息公开申请{n}件。",
    "{y}年上半年，收到政府信息公开申请{n}件。",
    "{y}年{m}月，收到政府信息公开申请{n}件。",
    "收到政府信息公开申请{n}余件。",
    "收到政府信息公开申请约{n}件。",
    "全年共主动公开政府信息{n}万条。",
    "{other}收到政府信息公开申请{n}件。",
    "{other}共主动公开政府信息{n}条。",
    "比{p}年收到政府信息公开申请增加{n}件。",
    "财政预决算方面，共主动公开政府信息{n}条。",
    "围绕重点领域，全年主动公开政府信息{n}条。",
    "力争全年主动公开政府信息{n}条。",
    "共收到政府信息公开申请{n}件（含上年结转{s}件）。",
    "办理行政复议案件{n}件、行政诉讼案件{s}件。",
    "提起行政复议、行政诉讼共{n}件。",
    "接受现场咨询{n}人次，接听热线{s}个。",
    "收到政府信息公开申请{s}-{n}件不等。",
    "申请答复率达{s}%。",
]
BODIES = {
    "示范区人民政府": (["我区", "全区", "示范区"], ["区财政局", "区教育局", "东镇", "全市"]),
    "示范区教育局": (["我局", "本局", "区教育局"], ["全区", "区财政局", "我区"]),
    "示范区东镇人民政府": (["我镇", "全镇"], ["全区", "西街道办事处", "我区"]),
}
HEADINGS = (
    "概述",
    "主动公开政府信息的情况",
    "依申请公开政府信息的情况",
    "复议和诉讼情况",
    "其他情况",
)


def invented(dice: random.Random) -> tuple[bytes, dict[str, int]]:
    """A report as a page, and the counts it states."""
    publisher = dice.choice(list(BODIES))
    own, others = BODIES[publisher]
    year = dice.randint(2008, 2018)
    truth = {row: dice.randint(0, 3000) for row in STATED if dice.random() < 0.7}
    numbers = {"y": year, "p": year - 1, "m": dice.randint(2, 11)}
    lines = [
        dice.choice(STATED[row]).format(**numbers, n=n, who=dice.choice(own), s=min(n, 9))
        for row, n in truth.items()
    ]
    lines += [
        template.format(
            **numbers, n=dice.randint(10, 90), s=dice.randint(1, 9), other=dice.choice(others)
        )
        for template in dice.sample(OTHERS, dice.randint(2, 8))
    ]
    dice.shuffle(lines)
    parts = [f"{'一二三四五'[n]}、{heading}" for n, heading in enumerate(HEADINGS)]
    for line in lines:
        parts.insert(dice.randint(1, len(parts)), line)
    title = f"{publisher}{year}年政府信息公开工作年度报告"
    body = "".join(f"<p>{html.escape(part)}</p>" for part in parts)
    return f"<html><meta charset=utf-8><body><h1>{title}</h1>{body}</body></html>".encode(), truth


def main(arguments: Sequence[str] | None = None) -> int:
    """Read invented reports and count what was taken, missed and mistaken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2008)
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args(arguments)
    dice = random.Random(chosen.seed)  # noqa: S311 - invented reports
    tally: Counter[str] = Counter()
    for _ in range(chosen.reports):
        data, truth = invented(dice)
        figures = {f.row: f for f in read_report(data).figures}
        for row, number in truth.items():
            tally["stated"] += 1
            tally["right" if row in figures and figures[row].value == number else "missed"] += 1
        for row, figure in figures.items():
            if figure.value != truth.get(row):
                tally["missed"] -= row in truth
                tally["wrong"] += 1
                if chosen.verbose:
                    print(row, truth.get(row), figure.printed, figure.sentence)
    share = tally["right"] / tally["stated"] if tally["stated"] else 0.0
    counts = {name: tally[name] for name in ("stated", "right", "missed", "wrong")}
    print(json.dumps({"reports": chosen.reports, **counts, "taken": round(share, 4)}))
    return 1 if tally["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
