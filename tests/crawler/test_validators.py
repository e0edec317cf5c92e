"""Conditional requests, and servers that answer them with something else than the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, Asked, SmallPortal, crawled, page, put_reports, serving, title

from archive import Archive

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.model import CrawlSummary

PATH = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def report(words: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(page(title(2021), f"<p>{words}</p>"), headers={**HTML, **named})


def texts(data: Path) -> list[tuple[int, str | None, bool]]:
    """Status, reason and whether it is the second text, for each capture of the report."""
    with Archive(data, readonly=True) as archive:
        kept = [one for one in archive.captures() if one.url.endswith(PATH)]
        return [
            (one.http_status, one.reason, "第二版".encode() in archive.content(one)) for one in kept
        ]


def twice(site: SmallPortal, data: Path, first: Answer, then: object) -> CrawlSummary:
    put_reports(site, 2021)
    site.answers[PATH] = first
    crawled(site, data)
    site.answers[PATH] = then  # type: ignore[assignment]
    site.asked.clear()
    return crawled(site, data)


@pytest.mark.parametrize(
    ("validator", "asked"),
    [
        ({"ETag": '"v1"'}, ("If-None-Match", '"v1"')),
        (
            {"Last_Modified": "Fri, 20 Nov 2020 06:46:45 GMT"},
            ("If-Modified-Since", "Fri, 20 Nov 2020 06:46:45 GMT"),
        ),
    ],
)
def test_what_is_held_is_asked_for_with_its_validators(
    tmp_path: Path, validator: dict[str, str], asked: tuple[str, str]
) -> None:
    with serving() as site:
        whole = report("第一版", **validator)
        summary = twice(site, tmp_path, whole, lambda _: Answer(b"", 304, {}))
        sent = next(one.headers for one in site.asked if one.line == f"GET {PATH}")
    assert asked in sent.items()
    assert (summary.new, summary.unchanged) == (0, 1)
    assert texts(tmp_path) == [(200, None, False), (304, None, False)]


def test_other_bytes_under_the_same_etag_are_a_new_version(tmp_path: Path) -> None:
    with serving() as site:
        tag = '"always"'
        summary = twice(site, tmp_path, report("第一版", ETag=tag), report("第二版", ETag=tag))
    assert (summary.new, summary.unchanged) == (1, 0)
    assert texts(tmp_path) == [(200, None, False), (200, None, True)]


def test_the_same_bytes_under_another_etag_are_unchanged(tmp_path: Path) -> None:
    with serving() as site:
        summary = twice(site, tmp_path, report("第一版", ETag='"a"'), report("第一版", ETag='"b"'))
    assert (summary.new, summary.unchanged) == (0, 1)


def test_a_304_that_names_another_version_is_not_believed(tmp_path: Path) -> None:
    def lies(asked: Asked) -> Answer:
        if "If-None-Match" in asked.headers or "If-Modified-Since" in asked.headers:
            return Answer(b"", 304, {"ETag": '"v2"'})
        return report("第二版", ETag='"v2"')

    with serving() as site:
        summary = twice(site, tmp_path, report("第一版", ETag='"v1"'), lies)
    assert (summary.found, summary.new, summary.problems) == (1, 1, [])
    assert sum(line == f"GET {PATH}" for line in site.lines) == 2
    whole = [one for one in texts(tmp_path) if one[1] is None]
    assert whole == [(200, None, False), (200, None, True)]


def test_a_weak_etag_is_the_same_version(tmp_path: Path) -> None:
    with serving() as site:
        same = Answer(b"", 304, {"ETag": 'W/"v1"'})
        summary = twice(site, tmp_path, report("第一版", ETag='"v1"'), lambda _: same)
    assert (summary.new, summary.unchanged) == (0, 1)
    assert site.lines.count(f"GET {PATH}") == 1


def test_304_to_a_request_without_a_condition_is_no_report(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2020, 2021)
        site.answers[PATH] = Answer(b"", 304, {})
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 1)
    assert site.lines.count(f"GET {PATH}") <= 2


def test_not_modified_is_not_believed_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stubborn(asked: Asked) -> Answer:
        if "If-None-Match" in asked.headers:
            return Answer(b"", 304, {"ETag": '"v1"'})
        return report("第二版", ETag='"v1"')

    with serving() as site:
        summary = twice(site, tmp_path, report("第一版", ETag='"v1"'), stubborn)
        assert summary.unchanged == 1
        monkeypatch.setattr("crawler.held.REPORT_DAYS", -1)  # what came just now is old already
        summary = crawled(site, tmp_path)
    assert (summary.new, summary.unchanged) == (1, 0)
