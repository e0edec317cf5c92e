"""Lists of no known family: units beside the column, pagers that are encoded."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, crawled, items, serving, title

from crawler import families
from crawler.discovery.page import Page
from crawler.discovery.scoring import promise

if TYPE_CHECKING:
    from pathlib import Path

UNITS = ("试验区教育局", "青山街道办事处", "试验区人民政府办公室", "和平镇人民政府")


def test_lists_of_units_that_lie_elsewhere_are_read(tmp_path: Path) -> None:
    with serving() as site:
        links = [(unit, f"/c10{number}/xlist.shtml") for number, unit in enumerate(UNITS)]
        site.put("/zwgk/zfxxgknb/", "政府信息公开年报", items(*links))
        for number, (unit, path) in enumerate(links):
            report = f"/c10{number}/202201/{number:032x}.shtml"
            site.put(path, unit, items((title(2021, ""), report)))
            site.put(report, title(2021, unit), "<p>正文</p>")
        summary = crawled(site, tmp_path)
    assert summary.found == 4


def test_units_in_the_frame_of_the_whole_site_are_left_out(tmp_path: Path) -> None:
    with serving() as site:
        friends = items(("试验区教育局", "/jyj/"), ("政务公开", "/zwgk/"))
        site.put("/", "试验区人民政府", friends)
        known = site.answers["/zwgk/zfxxgknb/"]
        assert isinstance(known, Answer)
        site.answers["/zwgk/zfxxgknb/"] = Answer(f"{known.body!s}{friends}")
        crawled(site, tmp_path)
    assert "GET /jyj/" not in site.lines


@pytest.mark.parametrize("text", ["试验区教育局", "青山街道办事处", "区政府部门"])
def test_a_unit_promises_a_column_only_beside_one(text: str) -> None:
    url = "http://a.gov.cn/c101/xlist.shtml"
    found = promise(text, url, "column", "http://a.gov.cn/nb/list.shtml", own=True)
    assert found is not None
    assert found.kind == "column"
    assert promise(text, url, "column", "http://a.gov.cn/nb/list.shtml") is None


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "inner",
    [
        json.dumps({"total": 3, "now": 1, "url": "/nb.php?seite={n}"}),
        json.dumps({"pageCount": "3", "total": 30, "link": "/nb.php?seite={page}"}),
        "".join(f'<a href="/nb.php?seite={n}">{n}</a>' for n in (2, 3)),
    ],
)
def test_a_pager_hidden_as_base64_is_read(inner: str) -> None:
    page = Page(
        "http://a.gov.cn/nb.php", f'<body><input type="hidden" value="{encoded(inner)}"></body>'
    )
    found = families.read(page, {})
    assert found is not None
    assert found[0] == "encoded"
    asked = {further.url for further in found[1].further}
    assert {f"http://a.gov.cn/nb.php?seite={n}" for n in (2, 3)} <= asked


@pytest.mark.parametrize(
    "code", ["A" * 500, encoded("\0" * 60), encoded("{" * 3000), encoded("[" * 90000), "=" * 40]
)
def test_what_is_no_pager_is_none(code: str) -> None:
    assert families.read(Page("http://a.gov.cn/", f'<body><i id="{code}"></i></body>'), {}) is None


def test_a_pager_that_claims_thousands_of_pages_is_bounded() -> None:
    inner = json.dumps({"pages": 9999, "url": "/nb_{n}.html"})
    page = Page("http://a.gov.cn/nb.html", f"<body><script>p='{encoded(inner)}'</script></body>")
    found = families.read(page, {})
    assert found is not None
    assert len(found[1].further) <= 200
