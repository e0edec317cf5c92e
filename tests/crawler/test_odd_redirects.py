"""Redirects that lead to no address at all: said in words, and pages are read all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, crawled, items, put_reports, serving

if TYPE_CHECKING:
    from pathlib import Path

REPORT = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
NONE = ["http://[::1", "http://[zz]/", "http://127.0.0.1:99999999/", "http://127.0.0.1:port/"]


@pytest.mark.parametrize("location", NONE)
def test_a_redirect_to_no_address_loses_that_page_only(tmp_path: Path, location: str) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        site.answers[REPORT] = Answer("", 302, {"Location": location})
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 1)
    assert [line.partition("redirects")[2] for line in summary.problems] == [
        " to what is no http(s) address"
    ]


@pytest.mark.parametrize("location", NONE)
@pytest.mark.parametrize("head", ["<base href='{}'>", "<meta http-equiv=refresh content='0;{}'>"])
def test_a_page_with_an_odd_head_is_read(tmp_path: Path, head: str, location: str) -> None:
    with serving() as site:
        put_reports(site, 2021)
        links = items(("政府信息公开年报", f"{site.url}zwgk/zfxxgknb/"))
        url = location if "base" in head else f"url={location}"
        site.put("/zwgk/", "政务公开", head.format(url) + links)
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (1, [])


@pytest.mark.parametrize(
    "head",
    [
        "<script>if (isPhone()) document.write('{}')</script>",
        "<noscript>{}</noscript>",
        "<!--[if lte IE 8]>{}<![endif]-->",
    ],
)
def test_a_refresh_for_some_visitors_only_is_not_followed(tmp_path: Path, head: str) -> None:
    refresh = '<meta http-equiv="refresh" content="0;url=/m/">'
    with serving() as site:
        put_reports(site, 2021)
        column = site.answers["/zwgk/zfxxgknb/"]
        assert isinstance(column, Answer)
        site.answers["/zwgk/zfxxgknb/"] = Answer(f"<html>{head.format(refresh)}{column.body!s}")
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (1, [])
    assert "GET /m/" not in site.lines
