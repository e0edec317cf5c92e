"""Reports on the form of 2008, whose provinces add rows and columns under names of their own."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from small_archive import begin, page

from archive import Archive
from extract.forms import forms
from publish.build import build
from publish.serve import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OWN = "财政资金/重点领域 公开数%"


def report() -> bytes:
    (table,) = forms()["2008"].tables.values()
    lines = [
        f"<tr><td>{row.label[-1]}</td><td>{row.unit}</td><td>{n}</td></tr>"
        for n, row in enumerate(table.rows, 1)
    ]
    lines.append(f"<tr><td>{OWN}</td><td>条</td><td>777</td></tr>")
    title = "示范区人民政府2016年政府信息公开工作年度报告"
    head = "<tr><td>统计指标</td><td>单位</td><td>统计数</td></tr>"
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<table>{head}{''.join(lines)}</table></body></html>"
    ).encode()


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    data: Path = tmp_path_factory.mktemp("old")
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page("2016.html"), report())
        crawl.end()
    build(data, workers=0)
    application = site(data)
    with asyncio.Runner() as runner:
        yield lambda path: runner.run(application.client.get(path, follow_redirects=True))


def test_every_indicator_is_shown_and_leads_to_its_figure(get: Callable[[str], Any]) -> None:
    (found,) = get("/nianbao/reports.json?_shape=array").json()
    assert (found["edition"], found["year"]) == ("2008", 2016)
    text = get(f"/report/{found['id']}").text
    cells = re.findall(r'<td class="fig[^>]*><a href="([^"]+)">([^<]*)', text)
    rows = len(forms()["2008"].keys)
    assert [shown for _, shown in cells] == [str(n) for n in range(1, rows + 1)] + ["777"]
    assert "九、政府信息公开会议和培训情况" in text


def test_a_row_of_a_provinces_own_has_an_address_and_a_citation(
    get: Callable[[str], Any],
) -> None:
    (found,) = get("/nianbao/reports.json?_shape=array").json()
    text = get(f"/report/{found['id']}").text
    (path,) = re.findall(r'href="([^"]+)">777', text)
    assert path.count("/") == 5
    assert OWN.split("/", maxsplit=1)[0] in unquote(path)
    answer = get(path)
    assert answer.status_code == 200
    assert "777" in answer.text
    assert OWN.split("/", maxsplit=1)[0] in answer.text
    table = get("/nianbao/figures?value=777").text
    assert f'<a href="{path}">777</a>' in table
