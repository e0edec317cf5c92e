"""What the simulated portals publish: an invented district, its reports, and much else.

Nothing here is a real place's: 示范区 does not exist, and no document holds a figure.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demo.portals.content import NEWS, PLACEHOLDER, Item, look_alikes, newest_first

if TYPE_CHECKING:
    from demo.portals.site import Site

PLACE = "示范区"
YEARS = range(2017, 2024)
GOVERNMENT = ("示范区人民政府", "示范区人民政府办公室")
DEPARTMENTS = ("示范区教育局", "示范区财政局", "示范区民政局", "示范区卫生健康局")
STREETS = ("青山街道办事处", "绿水街道办事处")
UNITS = (*GOVERNMENT, *DEPARTMENTS, *STREETS)
KINDS = {"区政府": GOVERNMENT, "区政府部门": DEPARTMENTS, "街道": STREETS}
_TITLES = (
    "{unit}{year}年政府信息公开工作年度报告",
    "{unit}{year}年度政府信息公开工作报告",
    "{year}年{unit}政府信息公开年报",
    "{unit}{year}年度政府信息公开年报",
    "{unit}政府信息公开工作{year}年度报告",
)
_BARE = ("{year}年政府信息公开工作年度报告", "{year}年度政府信息公开年报")
_OTHERS = (
    "关于做好{year}年度政府信息公开年报发布工作的通知",
    "一图读懂{unit}{year}年政府信息公开工作年度报告",
    "{unit}{year}年度部门整体支出绩效评价报告",
    "{year}年国民经济和社会发展统计公报",
)
NEWS_COUNT = 150
_PARAGRAPH = "本页为模拟门户的示范段落，用于撑起与真实页面相近的篇幅，不含任何真实信息。"
_REPORT = "".join(
    f"<h2>{name}</h2><p>{_PARAGRAPH * 24}</p>"
    for name in (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    )
)


@dataclass
class World:
    """A portal and what a right crawl of it finds."""

    key: str
    what: str
    site: Site
    known: bool = True
    """Whether the portal is of a family that `portals.md` names."""
    truth: set[str] = field(default_factory=set)
    """Paths (and queries) of the reports' own pages or files."""
    slow: set[str] = field(default_factory=set)
    """Paths that are answered after a pause."""
    closed: bool = False
    """Whether robots.txt forbids everything."""


@dataclass(frozen=True)
class Report:
    """A report: its unit, the year it is about, and its entry in a list."""

    unit: str
    year: int
    item: Item
    attached: bool


def reports(seed: str, *, skip: int = 0, bare: bool = False) -> list[Report]:
    """The reports of a portal, newest first: all units and years but `skip` of them.

    `bare` leaves the unit out of some titles, as columns of one unit do.
    """
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    pairs = [(unit, year) for unit in UNITS for year in YEARS]
    for _ in range(skip):
        pairs.pop(dice.randrange(len(pairs)))
    made = []
    for unit, year in pairs:
        pattern = dice.choice(_BARE if bare and dice.random() < 0.5 else _TITLES)
        day = f"{year + 1}-01-{dice.randrange(10, 29)}"
        item = Item(pattern.format(unit=unit, year=year), day)
        made.append(Report(unit, year, Item(item.title, item.day), dice.random() < 0.3))
    return sorted(made, key=lambda one: (one.item.day, one.unit), reverse=True)


def news() -> list[Item]:
    """Other articles, newest first."""
    return newest_first(
        Item(f"{NEWS[n % len(NEWS)]}（第{n}期）", f"{2017 + n % 7}-{n % 12 + 1:02}-{n % 27 + 1:02}")
        for n in range(NEWS_COUNT)
    )


def others(unit: str = PLACE) -> list[Item]:
    """Titles that look like a report's and are none, newest first."""
    known = look_alikes(unit, YEARS[-3], YEARS[-1])
    more = [
        Item(title.format(unit=unit, year=year), f"{year + 1}-02-{10 + n}")
        for year in YEARS[-3:]
        for n, title in enumerate(_OTHERS)
    ]
    return newest_first([*known, *more])


def report_body(report: Report, file: str | None) -> str:
    """The text of a report's page: the report itself, or a line and its file."""
    if file:
        return (
            f'<p>{report.item.title}，详见附件。</p><p><a href="{file}">附件：年度报告.pdf</a></p>'
        )
    return f"<p>{report.item.title}</p>{_REPORT}"


def pdf(name: str) -> bytes:
    """A file that begins like a PDF, different for every name."""
    noise = random.Random(name).randbytes(60_000)  # noqa: S311 - not for secrets
    return b"%PDF-1.4\n" + noise


def article_body(item: Item) -> str:
    """The text of an article that is no report."""
    return f"<p>{item.title}</p><p>{PLACEHOLDER}</p><p>{_PARAGRAPH * 8}</p>"
