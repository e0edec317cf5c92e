"""Find and start Chromium, with the network taken away from it.

The browser never talks to a host: every request of a page is answered by the crawl's own
downloader (`crawler.browser.rendering`), which knows robots.txt, the guard, the delays and the
archive. What is not routed (WebSocket, WebRTC, prefetching, the browser's own housekeeping) finds
no name and no proxy.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

OWN = "playwright"
"""Stands for the build that Playwright installs itself."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-dev-shm-usage",
    "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
]


def find_browser() -> str | None:
    """Find a browser: NIANBAO_CHROMIUM, system Chromium, Chrome, then Playwright's own.

    Returns:
        Its path, `playwright` for Playwright's own, None where there is none.
    """
    named = os.environ.get("NIANBAO_CHROMIUM")
    if named:
        return shutil.which(named)
    for name in _NAMES:
        path = shutil.which(name)
        if path:
            return path
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright")
    return OWN if any(folder.expanduser().glob("chromium-*")) else None


async def _driver() -> Playwright:
    """Start Playwright's driver, a program of its own.

    Raises:
        PlaywrightError: it does not start; what it says itself is for nobody's terminal.
    """
    try:
        return await async_playwright().start()
    except Exception as error:  # Playwright raises a bare Exception where its driver ends
        raise PlaywrightError(f"the browser's driver does not start: {error}") from error


class QuietProvider:
    """Starts the browser when the first page is to be rendered, not with the crawl."""

    def __init__(self, config: object) -> None:
        """Take scrapy-playwright's configuration; nothing of it is needed."""
        self._config = config
        self._playwright: Playwright | None = None

    async def start(self) -> None:
        """Nothing yet: most crawls need no browser."""

    async def launch_browser(self) -> Browser:
        """Start Chromium; with its own sandbox wherever the system allows that."""
        found = find_browser()
        if found is None:
            raise PlaywrightError("no browser found")
        self._playwright = self._playwright or await _driver()
        # Ctrl-C is for the crawl, which then closes the browser.
        options: dict[str, Any] = {"args": _ARGUMENTS, "headless": True, "handle_sigint": False}
        if found != OWN:
            options["executable_path"] = found
        sandboxes = (False,) if os.geteuid() == 0 else (True, False)
        for sandbox in sandboxes:
            try:
                return await self._playwright.chromium.launch(**options, chromium_sandbox=sandbox)
            except PlaywrightError:
                if sandbox is sandboxes[-1]:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def launch_persistent_context(self, context_kwargs: dict[str, Any]) -> Any:  # noqa: ARG002 - the interface
        """No profile is kept: every crawl starts with a fresh one."""
        raise PlaywrightError("persistent contexts are not used")

    async def close(self) -> None:
        """Stop Playwright's driver; the handler has closed the browser."""
        if self._playwright:
            await self._playwright.stop()
