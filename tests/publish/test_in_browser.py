"""The site in a real Chromium: what a reader sees at once, and what hostile originals cannot do."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest
import small_archive
import uvicorn
from playwright.sync_api import Page, expect, sync_playwright
from small_archive import begin, cover, demo_file, page

from archive import Archive
from publish.build import build
from publish.serve import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHROMIUM = os.environ.get("NIANBAO_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-default-apps", "--disable-domain-reliability"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
TRAP = demo_file("shifan-2023.html").replace(
    b"<body>",
    b"<body onload=\"document.title='ran'\"><script>document.title='ran';"
    b"document.cookie='stolen=1';fetch('/nianbao.json')</script>"
    b'<img src="/nianbao.json" onerror="document.title=\'ran\'">'
    b'<form action="/"><button id="send">send</button></form><iframe src="/"></iframe>',
)
TRAP_SHA256 = hashlib.sha256(TRAP).hexdigest()
PDF = demo_file("xingan-2021.pdf")
PDF_SHA256 = hashlib.sha256(PDF).hexdigest()
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def _filled(data: Path) -> Path:
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page("2023.html"), TRAP, link_text=small_archive.TITLE)
        crawl.keep(page("2021.html"), cover("兴安区人民政府2021年政府信息公开工作年度报告"))
        crawl.keep(
            page("2021.pdf"),
            PDF,
            "attachment",
            via=page("2021.html"),
            media_type="application/pdf",
        )
        crawl.end()
    build(data, workers=0)
    return data


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a hostile original, served on loopback."""
    application = site(_filled(tmp_path_factory.mktemp("browser")))
    config = uvicorn.Config(application.app(), port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    started = threading.Event()
    startup = server.startup

    async def announce(sockets: Any = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = announce  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(20)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def opened() -> Iterator[Callable[..., Page]]:
    """Opens an address in a window of a size; `page.said` is what the console said."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def open_page(url: str, viewport: dict[str, int] = WIDE) -> Page:
            window = browser.new_context(viewport=viewport).new_page()  # type: ignore[arg-type]
            said: list[str] = []
            window.on("console", lambda message: said.append(message.text))
            window.on("pageerror", lambda error: said.append(str(error)))
            window.goto(url, wait_until="networkidle")
            window.said = said  # type: ignore[attr-defined]
            return window

        yield open_page
        browser.close()


REPORT = f"990101-2021-{PDF_SHA256[:8]}"
FIGURE = f"/figure/{REPORT}/requests/concluded/total"
PAGES = ("/", "/place/990101", f"/report/{REPORT}", FIGURE, "/nianbao/reports")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_outlined_cell_is_seen_at_once(
    address: str, opened: Callable[..., Page], viewport: dict[str, int]
) -> None:
    window = opened(address + FIGURE, viewport)
    outline = window.locator(".closeup:visible .outline")
    expect(outline).to_have_count(1)
    box = outline.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= viewport["width"] - box["width"]
    assert 0 <= box["y"] <= viewport["height"] - box["height"]
    assert window.locator(".number").inner_text().startswith("0")
    loaded = "[...document.images].every(i => i.complete && i.naturalWidth > 0)"
    assert window.evaluate(loaded)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_the_window_or_complains(
    address: str, opened: Callable[..., Page], path: str, viewport: dict[str, int]
) -> None:
    window = opened(address + path, viewport)
    assert window.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert window.said == []  # type: ignore[attr-defined]


def test_from_the_home_page_to_a_cited_figure_by_links_alone(
    address: str, opened: Callable[..., Page]
) -> None:
    window = opened(address)
    window.locator(f'a[href="/report/{REPORT}"]').first.click()
    window.locator('a[href$="/requests/received/total"]').click()
    expect(window.locator("#cite details[open] pre")).to_contain_text("[R/OL]")
    original = window.get_by_role("link", name="打开原件").get_attribute("href")
    assert original is not None
    assert original.startswith(f"/original/{PDF_SHA256}#page=")
    window.locator(".step a[rel=next]").click()
    assert window.url.endswith("/requests/carried_in/natural_person")


def test_an_archived_page_runs_nothing_sends_nothing_and_reads_nothing(
    address: str, opened: Callable[..., Page]
) -> None:
    window = opened(f"{address}/original/{TRAP_SHA256}")
    expect(window.locator("h1")).to_contain_text("示范区")
    assert window.title() != "ran"
    assert window.evaluate("window.origin") == "null"
    assert window.context.cookies() == []
    window.locator("#send").click()
    assert window.url == f"{address}/original/{TRAP_SHA256}"
    assert all(frame.url in {window.url, "about:blank", "", ":"} or "chrome-error" in frame.url
               for frame in window.frames)  # fmt: skip
