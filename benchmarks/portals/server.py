"""Serves the simulated portals on loopback and counts what they are asked and send."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from crawler.model import Portal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.portals.world import World
    from demo.portals.site import Page

_PAUSE = 1.2
"""Seconds a slow page takes."""


@dataclass
class Served:
    """A portal while it is served: its address, and what it was asked since the last `reset`."""

    world: World
    url: str
    lines: list[str]
    sent: int = 0

    def reset(self) -> None:
        """Begin to count anew."""
        self.lines.clear()
        self.sent = 0

    @property
    def portal(self) -> Portal:
        """The portal as a crawl is told of it: the home page alone."""
        return Portal(self.world.key, None, self.world.key, self.url)


@contextmanager
def serve(worlds: Sequence[World]) -> Iterator[list[Served]]:
    """Serve portals, each on an address of its own, for as long as the context lasts."""
    with ExitStack() as stack:
        yield [_start(world, stack) for world in worlds]


def _start(world: World, stack: ExitStack) -> Served:
    server = _Server((world.site.address, 0), _Handler)
    server.served = Served(world, f"http://{world.site.address}:{server.server_address[1]}/", [])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.server_close)
    stack.callback(server.shutdown)
    return server.served


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    served: Served

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hangs up in the middle."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        served = self.server.served
        site = served.world.site
        served.lines.append(f"{self.command} {self.path}")
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.partition("?")[0].partition(";")[0]
        if path in served.world.slow:
            time.sleep(_PAUSE)
        page = site.pages.get(self.path) or (site.dynamic and site.dynamic(self.path, sent))
        page = page or site.pages.get(path)
        self._send(page or site.not_found(), found=page is not None)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def _send(self, page: Page, *, found: bool) -> None:
        tag = f'"{hashlib.sha256(page.body).hexdigest()[:16]}"'
        tagged = found and page.status == HTTPStatus.OK and self._has_validators()
        same = tagged and self.headers.get("If-None-Match") == tag
        body = b"" if same else page.body
        self.send_response(HTTPStatus.NOT_MODIFIED if same else page.status)
        if tagged:
            self.send_header("ETag", tag)
        if not same:
            self.send_header("Content-Type", page.media_type)
            self.send_header("Content-Length", str(len(body)))
            for name, raw in page.headers:
                self.send_header(name, raw.decode("latin-1"))
        self.end_headers()
        self.server.served.sent += len(body)
        self.wfile.write(body)

    def _has_validators(self) -> bool:
        """Static pages have validators wherever the portal knows them, answers of scripts none."""
        site = self.server.served.world.site
        return site.validators != "none" and self.path in site.pages

    def log_message(self, *_: object) -> None:
        """Keep the terminal for the crawl."""
