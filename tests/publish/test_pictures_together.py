"""A page whose tables are pictures, one of them going on in the next, from archive to database."""

from __future__ import annotations

import io
import sqlite3
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from small_archive import TITLE, begin

from archive import Archive
from benchmarks.scan_forms import Wear, draw
from publish.build import build

if TYPE_CHECKING:
    from pathlib import Path


def halves() -> tuple[list[bytes], list[str]]:
    """A page with tables two and four cut in two within table two, and the figures printed."""
    try:
        made = draw(5, Wear(dpi=150, quality=85))
    except FileNotFoundError:
        pytest.skip("needs fonts-noto-cjk")
    pieces = []
    with Image.open(io.BytesIO(made.pages[0])) as image:
        for top, bottom in ((0.0, 0.5), (0.5, 1.0)):
            piece = image.crop(
                (0, int(image.height * top), image.width, int(image.height * bottom))
            )
            out = io.BytesIO()
            piece.save(out, "PNG")
            pieces.append(out.getvalue())
    return pieces, [c.text for table in made.tables[:2] for c in table if c.figure and c.text]


def test_one_table_over_two_pictures_is_one_report_with_figures_in_both(tmp_path: Path) -> None:
    pictures, printed = halves()
    page = (
        f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
        '<p><img src="/p/first.png"></p><p><img src="/p/then.png"></p></body></html>'
    )
    with Archive(tmp_path) as archive:
        crawl = begin(archive, 1)
        crawl.keep("http://a.gov.cn/r.html", page.encode(), link_text=TITLE)
        # The crawler may have asked for the second one first.
        shas = [
            crawl.keep(
                f"http://a.gov.cn/p/{name}.png",
                pictures[number],
                "attachment",
                media_type="image/png",
                via="http://a.gov.cn/r.html",
            ).sha256
            for number, name in ((1, "then"), (0, "first"))
        ]
        crawl.end()
    summary = build(tmp_path, workers=0)
    assert summary.reports == 1
    with sqlite3.connect(tmp_path / "nianbao.db") as database:
        rows = database.execute(
            "SELECT f.printed, coalesce(f.document, r.document), f.page FROM figures f"
            " JOIN reports r ON r.id = f.report WHERE f.status <> 'absent' AND f.printed <> ''"
        ).fetchall()
    assert sorted(text.replace("\n", "") for text, _, _ in rows) == sorted(printed)
    assert {document for _, document, _ in rows} == set(shas)
    assert {number for _, _, number in rows} == {1}
