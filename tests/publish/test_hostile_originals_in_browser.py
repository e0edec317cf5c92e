"""Originals that are meant to run in the site's origin, opened in a real Chromium: none does."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import threading
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright
from small_archive import begin, demo_file, page

from archive import Archive
from publish.build import build
from publish.serve import site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page

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
RUN = (
    "try{document.title='ran'}catch(e){}try{document.cookie='stolen=1'}catch(e){}"
    "try{localStorage.stolen=1}catch(e){}try{fetch('/ran?fetch')}catch(e){}"
    "try{navigator.sendBeacon('/ran?beacon')}catch(e){}try{alert('ran')}catch(e){}"
    "try{navigator.serviceWorker.register('/ran?worker')}catch(e){}"
    "try{open('/ran?open')}catch(e){}try{top.location='/ran?top'}catch(e){}"
)
MARKUP = (
    f'<script>{RUN}</script><img src=\'/ran?img\' onerror="{RUN}"><svg onload="{RUN}"/>'
    f"<iframe src='/ran?frame'></iframe><iframe srcdoc=\"<script>{RUN}</script>\"></iframe>"
    "<object data='/ran?object'></object><embed src='/ran?embed'><link rel=stylesheet "
    "href='/ran?style'><link rel=prefetch href='/ran?prefetch'><base href='/ran/'>"
    "<meta http-equiv=refresh content='0;url=/ran?refresh'>"
    "<form id=f action='/ran?form'><input autofocus onfocus='this.form.submit()'></form>"
    "<a href='javascript:" + RUN.replace("'", "&#39;") + "' id=link>x</a>"
    "<style>@import '/ran?import';body{background:url(/ran?css)}</style>"
).encode()


def _pdf() -> bytes:
    script = "app.alert('ran');this.submitForm('/ran?pdf');app.launchURL('/ran?launch')"
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS({script})>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/AA<</O<</S/JavaScript/JS({script})>>>>>>",
    ]
    body = "%PDF-1.4\n"
    for number, text in enumerate(objects, 1):
        body += f"{number} 0 obj\n{text}\nendobj\n"
    return f"{body}trailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n".encode() + MARKUP


def _zipped(mimetype: str) -> bytes:
    """A package whose own `mimetype` says what it would be taken for; pages inside and before."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", mimetype)
        package.writestr("index.html", MARKUP)
    return out.getvalue() + MARKUP


SVG = b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<script>%s</script></svg>" % RUN.encode()
XSLT = (
    b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><x>'
    b'<xsl:stylesheet id="s" version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    b'<xsl:template match="/"><html><script>%s</script></html></xsl:template></xsl:stylesheet></x>'
) % RUN.encode()
ORIGINALS = {
    "page": b"<!doctype html><html><body>" + MARKUP,
    "report": demo_file("shifan-2023.html").replace(b"<body>", b"<body>" + MARKUP),
    "utf-16": "<!doctype html><html>".encode("utf-16") + MARKUP.decode().encode("utf-16-le"),
    "utf-7": b"<html><meta charset=utf-7>+ADw-script+AD4-document.title='ran'+ADw-/script+AD4-",
    "xhtml": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>'
    b"<script>%s</script></body></html>" % RUN.replace("&", "&amp;").encode(),
    "svg": SVG,
    "svg with a declaration": b'<?xml version="1.0"?><!DOCTYPE svg>' + SVG,
    "xslt": XSLT,
    "text that looks like a page": b"GIF89a/*" + MARKUP,
    "png with a page behind": b"\x89PNG\r\n\x1a\n" + MARKUP,
    "pdf": _pdf(),
    "pdf behind a page": MARKUP + _pdf(),
    "script": RUN.encode(),
    "mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: text/html\r\n\r\n" + MARKUP + b"\r\n--b--",
    "zip that says it is a page": _zipped("text/html"),
    "zip that says it is svg": _zipped("image/svg+xml"),
    "zip that forges a header": _zipped("text/html\r\nX-Forged: 1\r\nContent-Security-Policy: x"),
    "nothing known": b"\x01\x02" + MARKUP,
}
KINDS = ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/pdf")


@dataclass
class Served:
    """The site, and what was asked of it."""

    address: str = ""
    asked: list[str] = field(default_factory=list)

    def watched(self, app: Any) -> Any:
        """The application with its requests noted."""

        async def watching(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                self.asked.append(f"{scope['path']}?{scope['query_string'].decode()}")
            await app(scope, receive, send)

        return watching


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data: Path = tmp_path_factory.mktemp("originals")
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        for number, body in enumerate(ORIGINALS.values()):
            kind = KINDS[number % len(KINDS)]
            crawl.keep(page(f"{number}"), body, media_type=kind)
        crawl.end()
    build(data, workers=0)
    watch = Served()
    config = uvicorn.Config(
        watch.watched(site(data).app()), port=0, log_level="error", lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.02)
    watch.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield watch
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def window(browser: Browser, served: Served) -> Iterator[Page]:
    """A window that holds a cookie of the site, as a reader's may; dialogs are noted."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(served.address)
    context.add_cookies([{"name": "kept", "value": "1", "url": served.address}])
    said: list[str] = []

    def note(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    context.on("dialog", note)
    opened.said = said  # type: ignore[attr-defined]
    served.asked.clear()
    yield opened
    context.close()


def _open(window: Page, address: str) -> bool:
    """Whether a page was shown; what is downloaded instead shows none."""
    try:
        window.goto(address, wait_until="load", timeout=15_000)
    except PlaywrightError as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return False
        raise
    for press in ("#link", "#f input"):
        if window.locator(press).count():
            window.locator(press).first.click(force=True, no_wait_after=True, timeout=3_000)
    window.wait_for_timeout(150)
    return True


def _nothing_ran(window: Page, served: Served, *, viewer: bool = False) -> None:
    """Nothing reached the site; a viewer's own dialogs for a document's script are not the site's.

    Chromium's viewer runs the scripts of a PDF in an engine of its own, which knows no page, no
    cookie and no request; whether it comes to show a dialog in time differs from run to run.
    """
    context = window.context
    assert [path for path in served.asked if path.startswith("/ran")] == []
    assert viewer or window.said == []  # type: ignore[attr-defined]
    assert {cookie["name"] for cookie in context.cookies()} == {"kept"}
    assert window.title() != "ran"
    own = context.new_page()
    own.goto(f"{served.address}/assets/site.css")
    assert own.evaluate("Object.keys(localStorage)") == []
    assert own.evaluate("navigator.serviceWorker.getRegistrations().then(r => r.length)") == 0


@pytest.mark.parametrize("name", ORIGINALS)
def test_nothing_in_an_original_runs(window: Page, served: Served, name: str) -> None:
    sha256 = hashlib.sha256(ORIGINALS[name]).hexdigest()
    shown = _open(window, f"{served.address}/original/{sha256}")
    if shown and name != "pdf":  # there the document is Chromium's own viewer
        assert window.evaluate("window.origin") == "null"
    _nothing_ran(window, served, viewer=name == "pdf")


@pytest.mark.parametrize("name", ORIGINALS)
def test_nor_where_another_page_frames_it(window: Page, served: Served, name: str) -> None:
    sha256 = hashlib.sha256(ORIGINALS[name]).hexdigest()
    frame = f"<iframe src='{served.address}/original/{sha256}'></iframe>"
    window.route("**/framing", lambda route: route.fulfill(body=frame, content_type="text/html"))
    _open(window, f"{served.address}/framing")
    _nothing_ran(window, served, viewer=name == "pdf")


@pytest.mark.parametrize("name", ORIGINALS)
def test_its_answer_is_sealed_whatever_it_says_it_is(
    browser: Browser, served: Served, name: str
) -> None:
    data = ORIGINALS[name]
    context = browser.new_context()
    answer = context.request.get(
        f"{served.address}/original/{hashlib.sha256(data).hexdigest()}", max_redirects=0
    )
    assert (answer.status, answer.body()) == (200, data)
    headers = [(one["name"].lower(), one["value"]) for one in answer.headers_array]
    policies = [value for header, value in headers if header == "content-security-policy"]
    assert len(policies) == 1
    assert policies[0].startswith("sandbox; default-src 'none';")
    assert "allow-scripts" not in policies[0]
    assert ("x-content-type-options", "nosniff") in headers
    assert not any(header == "x-forged" for header, _ in headers)
    kind = dict(headers)["content-type"].partition(";")[0]
    inline = dict(headers)["content-disposition"].startswith("inline;")
    harmless = {
        "application/pdf",
        "text/html",
        "text/plain",
        "image/png",
        "image/jpeg",
        "image/gif",
    }
    assert kind in harmless or not inline
    context.close()
