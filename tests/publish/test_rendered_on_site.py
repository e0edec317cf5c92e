"""A page as a browser showed it: on the page of its capture, said not to be the original."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pytest
from small_archive import TITLE, begin, demo_file, page

from archive import Archive, Capture, RenderedPage
from publish.build import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARKUP = "<html><script>document.title='ran'</script><a href=2023.html>年报".encode()


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Capture]:
    data: Path = tmp_path_factory.mktemp("rendered")
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        capture = crawl.keep(page("list"), b"<script src=list.js></script>", "list")
        made = RenderedPage(capture, MARKUP, "2026-11-01T06:00:09Z", "chromium/143.0", 2)
        archive.submit_rendered(made).result()
        crawl.keep(page("2023.html"), demo_file("shifan-2023.html"), link_text=TITLE)
        crawl.end()
    build(data, workers=0)
    return data, capture


def test_the_page_of_the_capture_lists_it(
    rendered: tuple[Path, Capture], ask: Callable[..., Any]
) -> None:
    data, capture = rendered
    text = html.unescape(ask(data, f"/capture/{capture.id}").text)
    assert "并非原件" in text
    assert f'href="/rendering/{capture.id}-r1"' in text
    assert "chromium/143.0" in text


def test_it_is_served_sealed_off_as_originals_are(
    rendered: tuple[Path, Capture], ask: Callable[..., Any]
) -> None:
    data, capture = rendered
    answer = ask(data, f"/rendering/{capture.id}-r1")
    assert (answer.status_code, answer.content) == (200, MARKUP)
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].endswith('-r1-rendered.html"')


@pytest.mark.parametrize(
    "name", ["{}-r2", "{}-r0", "{}", "{}-r1x", "20200101000000-0123456789ab-r1"]
)
def test_what_is_not_kept_is_not_found(
    rendered: tuple[Path, Capture], ask: Callable[..., Any], name: str
) -> None:
    data, capture = rendered
    assert ask(data, f"/rendering/{name.format(capture.id)}").status_code == 404
