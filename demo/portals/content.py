"""What the simulated portals say beside the reports: invented news, and the look-alikes.

Nothing here holds a figure: a look-alike has the title of a kind of document that a crawler must
tell from an annual report, and a body that says it is a demonstration.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACEHOLDER = "本页是模拟演示门户的示范页面，内容为虚构，不含任何真实数据。"
NEWS = (
    "全民义务植树活动启动",
    "图书馆延长开放时间",
    "春季运动会报名开始",
    "老旧路灯更换完毕",
    "湿地公园迎来候鸟",
    "社区书画展开展",
    "雨水管网清淤完成",
    "公交线路调整公告",
    "农产品展销会举行",
    "校园读书月开幕",
    "河道清洁志愿行动",
    "冬季供暖准备就绪",
)
LOOK_ALIKES = (
    ("{name}{year}年政府信息公开工作年度报告解读", 1, "02-08"),
    ("{name}{year}年法治政府建设年度报告", 1, "03-12"),
    ("{name}{year}年度部门决算公开", 1, "09-20"),
    ("{name}政府网站工作年度报表（{year}年度）", 1, "01-28"),
    ("关于做好{year}年政府信息公开工作年度报告编制工作的通知", 0, "12-15"),
    ("{name}{year}年依申请公开数据统计", 1, "01-15"),
    ("{name}{year}年行政执法统计年报", 1, "01-31"),
    ("{name}{year}年政务公开工作要点", 0, "05-20"),
)
"""Titles, how many years after the year they name they came out, and on which day."""


@dataclass(frozen=True, slots=True)
class Item:
    """An article in a list: its title and the day it was published, YYYY-MM-DD."""

    title: str
    day: str

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that stand for the article in addresses."""
        return hashlib.sha256(f"{self.title}{self.day}".encode()).hexdigest()[:32]

    @property
    def number(self) -> int:
        """A number of seven digits that stands for the article in addresses."""
        return 1_000_000 + int(self.digest[:5], 16)

    @property
    def month(self) -> str:
        """The month of publication, YYYYMM."""
        return self.day[:4] + self.day[5:7]


def news(count: int = 24) -> list[Item]:
    """Invented news, newest first."""
    titles = [f"{NEWS[n % len(NEWS)]}（示范新闻{n + 1}）" for n in range(count)]
    days = [f"{2022 - n // 12}-{12 - n % 12:02}-{10 + n % 12}" for n in range(count)]
    return [Item(title, day) for title, day in zip(titles, days, strict=True)]


def look_alikes(name: str, first: int, last: int) -> list[Item]:
    """Documents about the years from `first` to `last` that are no annual reports."""
    return newest_first(
        Item(title.format(name=name, year=year), f"{year + later}-{day}")
        for year in range(first, last + 1)
        for title, later, day in LOOK_ALIKES
    )


def newest_first(items: Iterable[Item]) -> list[Item]:
    """Items in the order a portal lists them."""
    return sorted(items, key=lambda item: item.day, reverse=True)


def placeholder(item: Item) -> str:
    """The text of an article that is only there to be passed by."""
    return f"<p>{escape(item.title)}</p><p>{PLACEHOLDER}</p>"
