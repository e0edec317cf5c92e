"""Figures of Word files, outlined on a rendering of ours."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from small_archive import begin, cover, demo_file, page

from archive import Archive
from publish.build import build
from publish.serve import site

if TYPE_CHECKING:
    from pathlib import Path

    from publish.model import BuildSummary

WORD = "application/msword"


def filled(data: Path) -> BuildSummary:
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page("r.html"), cover("东风区2021年政府信息公开工作年度报告"))
        word = demo_file("dongfeng-2021.docx")
        crawl.keep(page("x"), word, "attachment", via=page("r.html"), media_type=WORD)
        crawl.end()
    return build(data, workers=0)


def figures(data: Path) -> list[dict[str, Any]]:
    connection = sqlite3.connect(f"file:{data / 'nianbao.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute("select * from figures")]
    finally:
        connection.close()


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice here")
def test_a_word_files_figures_stand_in_boxes_that_hold_their_text(tmp_path: Path) -> None:
    summary = filled(tmp_path)
    assert summary.problems == ()
    (pdf,) = (tmp_path / "cache" / "pages").glob("*.pdf")
    document = pypdfium2.PdfDocument(pdf.read_bytes())
    found = [f for f in figures(tmp_path) if f["page"] is not None]
    assert len(found) >= 190
    for figure in found:
        assert figure["rendered"] == 1
        assert figure["address"].startswith("table ")
        height = document[figure["page"] - 1].get_height()
        text = document[figure["page"] - 1].get_textpage()
        inside = text.get_text_bounded(
            figure["x0"], height - figure["bottom"], figure["x1"], height - figure["top"]
        )
        assert inside.strip() == figure["printed"], figure
    document.close()
    (report,) = {figure["report"] for figure in found}
    answer = asyncio.run(site(tmp_path).client.get(f"/figure/{report}/requests/received/total"))
    assert "本库排版" in answer.text
    assert answer.text.count('class="outline"') == 3


def test_without_libreoffice_the_table_is_shown_as_read_and_the_build_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANBAO_SOFFICE", str(tmp_path / "nothing"))
    summary = filled(tmp_path)
    (problem,) = summary.problems
    assert "no page images" in problem
    found = figures(tmp_path)
    assert {figure["page"] for figure in found} == {None}
    answer = asyncio.run(
        site(tmp_path).client.get(f"/figure/{found[0]['report']}/requests/received/total")
    )
    assert 'class="here" id="here"' in answer.text
