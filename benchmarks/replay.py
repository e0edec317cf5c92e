"""Open a WACZ in replayweb.page, in a headless browser with no network but this machine's own.

replayweb.page is AGPL, so it is no part of nianbao: `npm pack replaywebpage`, unpack it, and name
the folder with `ui.js` and `sw.js`.

    python -m benchmarks.replay PACKAGE FILE.wacz [ADDRESS] [--picture PAGE.png]

Prints what the replayed page says, as JSON in the last line.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from crawler.browser.provider import OWN, find_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Frame, Page

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-default-apps", "--disable-domain-reliability"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_PAGE = """<!doctype html><meta charset="utf-8"><title>replay</title>
<script src="/ui.js"></script><style>html,body,replay-web-page{height:100%%;margin:0}</style>
<replay-web-page source="/archive.wacz" replayBase="/replay/" embed="%s" url="%s">
</replay-web-page>"""
_WORKER = b'importScripts("/sw.js");'
_NOT_YET = b"<script>setTimeout(() => location.reload(), 100)</script>"
"""What stands where the player's worker answers once it is there; at first it may not be."""
_TYPES = {
    "": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".html": "text/html; charset=utf-8",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_WAIT_MS = 60_000


class _Handler(BaseHTTPRequestHandler):
    """Serves the player, the file by range, and one page that shows it."""

    def __init__(self, files: dict[str, bytes], *args: object) -> None:
        self._files = files
        super().__init__(*args)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer with a file, or the part of it that is asked for."""
        path = self.path.partition("?")[0]
        data = self._files.get(path)
        asked = _RANGE.fullmatch(self.headers.get("Range") or "")
        if data is None:
            self.send_error(404)
            return
        start, end = 0, len(data)
        if asked:
            start = int(asked[1]) if asked[1] else max(len(data) - int(asked[2] or 0), 0)
            end = min(int(asked[2]) + 1, len(data)) if asked[1] and asked[2] else len(data)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        else:
            self.send_response(200)
        kind = _TYPES.get(Path(path).suffix, "application/octet-stream")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(end - start))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data[start:end])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def player(package: Path, wacz: Path, url: str = "", embed: str = "default") -> Iterator[Page]:
    """Opens a WACZ in replayweb.page at an address of it.

    Args:
        package: the unpacked npm package, with `ui.js` and `sw.js`.
        wacz: the file.
        url: the archived address to show; the list of pages where it is empty.
        embed: how much of the player is shown: `full`, `default`, `replayonly`.
    """
    files = {
        "/ui.js": (package / "ui.js").read_bytes(),
        "/sw.js": (package / "sw.js").read_bytes(),
        "/replay/sw.js": _WORKER,
        "/replay/": _NOT_YET,
        "/archive.wacz": wacz.read_bytes(),
        "/index.html": (_PAGE % (embed, quote(url, safe=":/?&=%#"))).encode(),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, files))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    found = find_browser()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=None if found in {OWN, None} else found, args=FLAGS
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
            yield page
            browser.close()
    finally:
        server.shutdown()
        server.server_close()


def replayed(page: Page, wanted: str) -> str:
    """Returns the text of the replayed page once it holds `wanted`, or what it held at last."""
    end = _WAIT_MS
    while end > 0:
        for frame in page.frames:
            text = _text(frame)
            if wanted in text:
                return text
        page.wait_for_timeout(250)
        end -= 250
    return " | ".join(filter(None, map(_text, page.frames)))


def _text(frame: Frame) -> str:
    if "/w/" not in frame.url and "mp_/" not in frame.url:
        return ""
    return str(frame.evaluate("document.body ? document.body.innerText : ''"))


def main() -> None:
    """Shows one page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("wacz", type=Path)
    parser.add_argument("address", nargs="?", default="")
    parser.add_argument("--wanted", default="信息公开")
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    with player(given.package, given.wacz, given.address) as page:
        text = replayed(page, given.wanted)
        if given.picture:
            page.screenshot(path=given.picture)
    print(json.dumps({"replayed": given.wanted in text, "text": text[:400]}, ensure_ascii=False))


if __name__ == "__main__":
    main()
