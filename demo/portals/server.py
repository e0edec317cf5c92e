"""Serves the simulated portals, each on a loopback address of its own, all on one port."""

from __future__ import annotations

import hashlib
import socket
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from crawler.model import Portal
from demo.portals.families import build_sites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.portals.site import Page, PublishedReport, Site

LATER = "Sat, 05 Feb 2022 08:00:00 GMT"
"""When a page that a test replaced says it was changed."""
ATTEMPTS = 20


@dataclass
class DemoPortals:
    """The portals while they are served."""

    port: int
    sites: dict[str, Site]
    asked: dict[str, list[str]] = field(default_factory=dict)
    """By place code: every request in order, as `GET /path`."""

    @property
    def portals(self) -> list[Portal]:
        """The portals, in the order of their place codes; the family is for the crawl to find."""
        return [
            Portal(
                id=f"demo-{place}",
                place=place,
                name=site.name,
                url=self.url(place, "/"),
                level="county",
                city=site.city,
                province=site.province,
            )
            for place, site in sorted(self.sites.items())
        ]

    @property
    def reports(self) -> list[PublishedReport]:
        """What a right crawl of all portals finds."""
        return [report for _, site in sorted(self.sites.items()) for report in site.reports]

    def url(self, place: str, path: str) -> str:
        """The full address of a page."""
        return f"http://{self.sites[place].address}:{self.port}{path}"

    def change(self, place: str, path: str, body: bytes | None) -> None:
        """Replace what stands at an address, or take it away where `body` is None."""
        pages = self.sites[place].pages
        if body is None:
            del pages[path]
        else:
            pages[path] = replace(pages[path], body=body, modified=LATER)


@contextmanager
def serve(port: int = 8610) -> Iterator[DemoPortals]:
    """Serve the portals for as long as the context lasts; port 0 chooses a free one.

    Raises:
        OSError: the port is taken, or the machine has no such loopback addresses.
    """
    sites = {site.place: site for site in build_sites()}
    asked: dict[str, list[str]] = {place: [] for place in sites}
    with ExitStack() as stack:
        chosen = _listen(list(sites.values()), asked, port, stack)
        yield DemoPortals(chosen, sites, asked)


def _listen(sites: list[Site], asked: dict[str, list[str]], port: int, stack: ExitStack) -> int:
    """Start a server for each site on one port and return it; try again where one is taken."""
    for attempt in range(ATTEMPTS):
        chosen = port or _free_port(sites[0].address)
        try:
            servers = _bind(sites, asked, chosen)
        except OSError:
            if port or attempt == ATTEMPTS - 1:
                raise
            continue
        for server in servers:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        return chosen
    raise AssertionError("the last attempt returns or raises")


def _bind(sites: list[Site], asked: dict[str, list[str]], port: int) -> list[_Server]:
    servers: list[_Server] = []
    try:
        for site in sites:
            servers.append(_Server(site, asked[site.place], port))  # noqa: PERF401 - those bound so far must be closed
    except OSError:
        for server in servers:
            server.server_close()
        raise
    return servers


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        chosen: int = probe.getsockname()[1]
        return chosen


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: Site, asked: list[str], port: int) -> None:
        self.site = site
        self.asked = asked
        super().__init__((site.address, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hangs up in the middle."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_POST = do_GET  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        """Keep the terminal for the crawl."""

    def _answer(self) -> None:
        site = self.server.site
        self.server.asked.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(
            "utf-8", "replace"
        )
        page = site.pages.get(self.path) or site.pages.get(self.path.partition("?")[0])
        if page is None and site.dynamic:
            page = site.dynamic(self.path, body)
        self._send(page or site.not_found(), found=page is not None)

    def _send(self, page: Page, *, found: bool) -> None:
        validators = self._validators(page) if found and page.status == 200 else {}  # noqa: PLR2004 - HTTP
        unchanged = self._unchanged(validators)
        self.send_response(304 if unchanged else page.status)
        for name, value in validators.items():
            self.send_header(name, value)
        if not unchanged:
            self.send_header("Content-Type", page.media_type)
            self.send_header("Content-Length", str(len(page.body)))
            for name, raw in page.headers:
                self.send_header(name, raw.decode("latin-1"))
        self.end_headers()
        if not unchanged and self.command != "HEAD":
            self.wfile.write(page.body)

    def _validators(self, page: Page) -> dict[str, str]:
        kind = self.server.site.validators
        if kind == "none":
            return {}
        if kind == "date":
            return {"Last-Modified": page.modified}
        tag = hashlib.sha256(page.body).hexdigest()[:16]
        return {"ETag": f'"{tag}"', "Last-Modified": page.modified}

    def _unchanged(self, validators: dict[str, str]) -> bool:
        """Whether the client holds this answer already; If-None-Match outranks the date."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return validators.get("ETag") in [tag.strip() for tag in tags.split(",")]
        since, modified = self.headers.get("If-Modified-Since"), validators.get("Last-Modified")
        if since is None or modified is None:
            return False
        try:
            return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False
