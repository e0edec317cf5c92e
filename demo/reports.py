"""The demonstration reports: their figures, their few sentences, and the tables they print.

Figures of real reports are the published ones (`figures/*.json`, each naming its source); the
sentences are the project's own, because the offices' text is not copied. Figures of 示范区, an
invented place, are invented.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIGURES = files("demo") / "figures"
FILES = files("demo") / "files"

REAL_NOTICE = (
    "示范副本，仅含已公布的数据，文字由本项目另写。"
    "Demonstration copy: it holds only the published figures; the text is this project's own."
)
INVENTED_NOTICE = (
    "示范副本，示范区为虚构地区，数据均为虚构。"
    "Demonstration copy: 示范区 is an invented place and its figures are invented."
)


@dataclass(frozen=True)
class DemoReport:
    """A report as it is printed: `rows` maps `table/row` to its cells, in the form's order.

    A row that the report does not have is missing from `rows`; a blank cell is an empty string.
    `labels` replaces words of the official form by what this report prints instead;
    `label_widths` are those of the three label columns of table three, in per cent.
    """

    source: str
    publisher: str | None
    place: str | None
    year: int
    edition: str
    title: Sequence[str]
    headings: Sequence[str]
    rows: Mapping[str, Sequence[str]]
    dated: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    label_widths: Sequence[float] = (9, 11, 24)
    invented: bool = False

    @property
    def notice(self) -> str:
        """The line on the report's face that says what it is."""
        return INVENTED_NOTICE if self.invented else REAL_NOTICE

    def printed(self) -> dict[str, str | None]:
        """What stands in each cell of the form, by `table/row/column`; None where there is none."""
        cells: dict[str, str | None] = {}
        for name, table in form(self.edition)["tables"].items():
            for row in table["rows"]:
                columns = row.get("columns") or list(table["columns"])
                texts = self.rows.get(f"{name}/{row['id']}")
                for place, column in enumerate(columns):
                    cells[f"{name}/{row['id']}/{column}"] = texts[place] if texts else None
        return cells

    def opening(self) -> str:
        """The sentence before the first section; it names the publisher only where it has one."""
        what = "本部门编制本报告。"
        if self.publisher:
            what = f"现公布{self.publisher}{self.year}年度政府信息公开工作年度报告。"
        return (
            f"根据《中华人民共和国政府信息公开条例》，{what}"
            f"本报告所列数据的统计期限自{self.year}年1月1日起至{self.year}年12月31日止。"
        )

    def section(self, number: int) -> str:
        """The text of the first, fifth or sixth section."""
        if number == 1:
            received = self.rows["requests/received"][-1]
            return f"{self.year}年，本机关共收到政府信息公开申请{received}件。"
        if not self.invented:
            return "本节的原文从略，示范副本只收录已公布的数据。"
        return "公开内容还需细化，业务培训还需加强。" if number == 5 else "无其他需要报告的事项。"  # noqa: PLR2004 - the form's fifth section


@cache
def load(name: str) -> DemoReport:
    """The report whose figures stand in `figures/<name>.json`."""
    return DemoReport(**json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8")))


@cache
def form(edition: str) -> dict[str, Any]:
    """The official form of an edition, as `extract` keeps it."""
    path = files("extract") / "forms" / f"{edition}.json"
    parsed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return parsed


def file_bytes(name: str) -> bytes:
    """A demonstration file, as it is served."""
    return (FILES / name).read_bytes()


def body_of(name: str) -> str:
    """What stands in the body of a demonstration page, for a portal to put in its own frame."""
    page = file_bytes(name).decode()
    return page.partition("<body>\n")[2].partition("\n</body>")[0]
