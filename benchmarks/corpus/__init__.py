"""Documents of invented districts with known figures, in many formats, layouts, irregularities.

Nothing is kept: the same seed makes the same documents again.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    from collections.abc import Iterator, Sequence

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


def samples(count: int, seed: int = 2021, *, scans: bool = True) -> Iterator[Sample]:
    """`count` invented reports, each in every format.

    Args:
        count: Reports; each gives about eight files, one in `SCAN_SHARE` two scans more.
        seed: The same seed gives the same figures and layouts.
        scans: Whether scans are made at all.
    """
    rng = Random(seed)  # noqa: S311 - figures, not secrets
    for start in range(0, count, BATCH):
        reports = [_variant(rng) for _ in range(min(BATCH, count - start))]
        yield from _batch(reports, start, rng, scans=scans)


def _variant(rng: Random) -> tuple[DemoReport, Sequence[Table], tuple[str, ...]]:
    report = random_report(rng, "2019" if rng.random() < 0.2 else "2021")
    names = rng.sample(sorted(REPORT_TRAITS), rng.choice((1, 1, 2)))
    for name in sorted(names, key=lambda name: name in {"blanks", "marks", "styled_numbers"}):
        report = REPORT_TRAITS[name](report, rng)
    shape = rng.choice(sorted(TABLE_TRAITS))
    return report, TABLE_TRAITS[shape](tables(report), rng), (*sorted(names), shape)


def _batch(
    reports: Sequence[tuple[DemoReport, Sequence[Table], tuple[str, ...]]],
    start: int,
    rng: Random,
    *,
    scans: bool,
) -> Iterator[Sample]:
    words = [render.word(report, shown, rng) for report, shown, _ in reports]
    docs = render.office(words, "doc")
    rich = render.office(words, "rtf")
    word_pdfs = render.office(words, "pdf")
    styles = [rng.choice(sorted(render.PAGE_STYLES)) for _ in reports]
    prints = _browser_prints([html.body(r, s) for r, s, _ in reports], styles)
    for index, (report, shown, traits) in enumerate(reports):
        page, kind = render.web_page(report, shown, rng)
        files = [
            ("html", page, (kind,)),
            ("docx", words[index], ()),
            ("doc", docs[index], ()),
            ("rtf", rich[index], ()),
            ("xlsx", xlsx.sheet(report, shown), ()),
            ("zip", render.packed(f"{report.title[0]}.doc", docs[index]), ()),
            ("ofd", ofd.ofd(word_pdfs[index]), ()),
            ("pdf (Word)", word_pdfs[index], ()),
            ("pdf (browser)", prints[index], (styles[index],)),
        ]
        if scans and (start + index) % SCAN_SHARE == 0:
            for name, dpi, rough in (
                ("scan 200 dpi", 200, False),
                ("scan 150 dpi rough", 150, True),
            ):
                files.append(
                    (name, render.scanned(word_pdfs[index], rng, dpi=dpi, rough=rough), ())
                )
            files.append(("scan as TIFF", render.tiff(word_pdfs[index], rng), ()))
        for form, data, more in files:
            yield Sample(
                f"{start + index:04} {form}",
                form,
                (*traits, *more),
                data,
                report.printed(),
                report.year,
            )


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
