"""A report that an application fetched as JSON: its figures, where they stand, its original."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from small_archive import TITLE, begin, demo_file

from archive import Archive
from publish.build import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_figures_of_a_json_article_are_published(
    tmp_path: Path, ask: Callable[..., Any]
) -> None:
    text = demo_file("shifan-2023.html").decode()
    answer = {"data": {"title": TITLE, "publishTime": "2024-01-23 09:00", "content": text}}
    body = json.dumps(answer, ensure_ascii=False).encode()
    with Archive(tmp_path) as archive:
        crawl = begin(archive, 1)
        crawl.keep("http://a.gov.cn/api/article?id=7", body, media_type="application/json")
        crawl.end()
    build(tmp_path, workers=0)
    with closing(sqlite3.connect(tmp_path / "nianbao.db")) as database:
        ((report, published_on, printed),) = database.execute(
            "select id, published_on, figures_printed from reports"
        )
    assert (published_on, printed) == ("2024-01-23", 200)
    page = ask(tmp_path, f"/figure/{report}/requests/received/total")
    assert page.status_code == 200
    assert ">61<" in page.text
    address = page.text.partition('href="/original/')[2].partition('"')[0]
    original = ask(tmp_path, f"/original/{address}")
    assert original.status_code == 200
    assert original.content == body
    assert "sandbox" in original.headers["content-security-policy"]
