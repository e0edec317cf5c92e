"""Documents of invented districts with known figures, in many formats, layouts, irregularities.

Nothing is kept: the same seed makes the same documents again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from benchmarks.corpus import ofd, render, xlsx
from benchmarks.corpus.figures import random_report
from benchmarks.corpus.traits import REPORT_TRAITS, TABLE_TRAITS
from demo import html
from demo.layout import tables
from demo.make_files import BROWSER_FLAGS, program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from demo.layout import Table
    from demo.reports import DemoReport

BATCH = 20
SCAN_SHARE = 8
"""One document in so many is made into scans too: a scan takes as long as a hundred others."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, what stands in each of its cells (None: no such cell), and how it was made."""

    name: str
    format: str
    traits: tuple[str, ...]
    data: bytes
    printed: dict[str, str | None]
    year: int


def samples(
    count: int, seed: int = 2021, *, first: int = 0, only: Sequence[str] | None = None
) -> Iterator[Sample]:
    """`count` invented reports, each in every format.

    Args:
        count: Reports; each gives nine files, one in `SCAN_SHARE` three scans more.
        seed: The same seed gives the same figures and layouts, whatever is left out.
        first: The number of the first report: with its seed it tells the report.
        only: The formats that are wanted, or the first words of their names, as pdf or scan.
    """
    wanted = tuple(only or (*_TEXTS, *_SCANS))
    numbers = range(first, first + count)
    if all(name.startswith("scan") for name in wanted):
        numbers = range(-(-first // SCAN_SHARE) * SCAN_SHARE, first + count, SCAN_SHARE)
    for start in range(0, len(numbers), BATCH):
        yield from _batch([_Made(n, seed) for n in numbers[start : start + BATCH]], wanted)


class _Made:
    """A report and its layout, told by number and seed."""

    def __init__(self, number: int, seed: int) -> None:
        self._name = f"{seed} {number}"
        self.number = number
        self.report, self.shown, self.traits = _variant(self.chance("layout"))
        self.word = render.word(self.report, self.shown, self.chance("word"))
        self.style = self.chance("print").choice(sorted(render.PAGE_STYLES))

    def chance(self, use: str) -> Random:
        """Chance of its own for each use, so that leaving out a format changes no other."""
        return Random(f"{self._name} {use}")  # noqa: S311 - figures, not secrets


def _variant(rng: Random) -> tuple[DemoReport, Sequence[Table], tuple[str, ...]]:
    report = random_report(rng, "2019" if rng.random() < 0.2 else "2021")
    names = rng.sample(sorted(REPORT_TRAITS), rng.choice((1, 1, 2)))
    for name in sorted(names, key=lambda name: name in {"blanks", "marks", "styled_numbers"}):
        report = REPORT_TRAITS[name](report, rng)
    shape = rng.choice(sorted(TABLE_TRAITS))
    return report, TABLE_TRAITS[shape](tables(report), rng), (*sorted(names), shape)


def _batch(made: Sequence[_Made], wanted: tuple[str, ...]) -> Iterator[Sample]:
    sources = _Sources(made)
    for index, each in enumerate(made):
        scanned = each.number % SCAN_SHARE == 0
        for name, make in {**_TEXTS, **(_SCANS if scanned else {})}.items():
            if _is_wanted(name, wanted):
                data, more = make(sources, index)
                yield Sample(
                    f"{each.number:04} {name}",
                    name,
                    (*each.traits, *more),
                    data,
                    each.report.printed(),
                    each.report.year,
                )


def _is_wanted(name: str, wanted: tuple[str, ...]) -> bool:
    return any(name == each or name.startswith(f"{each} ") for each in wanted)


class _Sources:
    """The files of a batch that one call of another program makes, when one is wanted."""

    def __init__(self, made: Sequence[_Made]) -> None:
        self.made = made
        self._office: dict[str, list[bytes]] = {}

    def office(self, suffix: str, index: int) -> bytes:
        """A document as LibreOffice saves it in another format."""
        if suffix not in self._office:
            self._office[suffix] = render.office([m.word for m in self.made], suffix)
        return self._office[suffix][index]

    @cached_property
    def prints(self) -> list[bytes]:
        """The reports as Chromium prints them."""
        bodies = [html.body(m.report, m.shown) for m in self.made]
        return _browser_prints(bodies, [m.style for m in self.made])


File = tuple[bytes, tuple[str, ...]]
"""A file's content and the irregularities of this file alone."""


def _page(sources: _Sources, index: int) -> File:
    made = sources.made[index]
    page, kind = render.web_page(made.report, made.shown, made.chance("page"))
    return page, (kind,)


def _zip(sources: _Sources, index: int) -> File:
    title = sources.made[index].report.title[0]
    return render.packed(f"{title}.doc", sources.office("doc", index)), ()


def _scan(dpi: int, *, rough: bool) -> Callable[[_Sources, int], File]:
    def make(sources: _Sources, index: int) -> File:
        chance = sources.made[index].chance(f"scan {dpi}")
        return render.scanned(sources.office("pdf", index), chance, dpi=dpi, rough=rough), ()

    return make


_TEXTS: dict[str, Callable[[_Sources, int], File]] = {
    "html": _page,
    "docx": lambda sources, i: (sources.made[i].word, ()),
    "doc": lambda sources, i: (sources.office("doc", i), ()),
    "rtf": lambda sources, i: (sources.office("rtf", i), ()),
    "xlsx": lambda sources, i: (xlsx.sheet(sources.made[i].report, sources.made[i].shown), ()),
    "zip": _zip,
    "ofd": lambda sources, i: (ofd.ofd(sources.office("pdf", i)), ()),
    "pdf (Word)": lambda sources, i: (sources.office("pdf", i), ()),
    "pdf (browser)": lambda sources, i: (sources.prints[i], (sources.made[i].style,)),
}
TEXT_FORMATS = tuple(_TEXTS)
_SCANS: dict[str, Callable[[_Sources, int], File]] = {
    "scan 200 dpi": _scan(200, rough=False),
    "scan 150 dpi rough": _scan(150, rough=True),
    "scan as TIFF": lambda sources, i: (
        render.tiff(sources.office("pdf", i), sources.made[i].chance("tiff")),
        (),
    ),
}


def _browser_prints(bodies: Sequence[str], styles: Sequence[str]) -> list[bytes]:
    """Pages as Chromium prints them, in one browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program("chromium"), args=list(BROWSER_FLAGS)
        )
        page = browser.new_page()
        prints = []
        for body, style in zip(bodies, styles, strict=True):
            page.set_content(
                f"<style>{html.STYLE}{render.PAGE_STYLES[style]}</style>{body}",
            )
            prints.append(page.pdf(format="A4", landscape=style == "large"))
        browser.close()
        return prints
