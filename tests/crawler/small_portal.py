"""Small portals on loopback for the crawler's tests: a table of answers behind a real server."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from crawler.model import CrawlOptions, CrawlSummary, Portal
from crawler.run import crawl

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

Headers = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a portal answers."""

    body: bytes | str = b""
    status: int = 200
    headers: Headers = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


@dataclass(frozen=True)
class Asked:
    """What a portal was asked, and when."""

    line: str
    at: float
    headers: Headers
    body: bytes


@dataclass
class SmallPortal:
    """Answers by path and query; `otherwise` answers what is not in the table."""

    address: str
    answers: dict[str, Answer | Callable[[Asked], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    otherwise: Answer = Answer("<html><body><h1>404</h1></body></html>", 404)
    port: int = 0
    connections: int = 0
    sent: int = 0
    """Bytes of the bodies answered."""
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.address}:{self.port}/"

    @property
    def lines(self) -> list[str]:
        return [asked.line for asked in self.asked]

    def portal(self) -> Portal:
        return Portal("p1", None, "试验区", self.url)

    def put(self, path: str, title: str, main: str, status: int = 200) -> None:
        """Publish a page."""
        self.answers[path] = Answer(page(title, main), status)

    def answer(self, asked: Asked) -> Answer:
        path = asked.line.split(" ", 1)[1]
        found = self.answers.get(path) or self.answers.get(path.partition("?")[0])
        if callable(found):
            return found(asked)
        return found or self.otherwise


def page(title: str, main: str) -> str:
    """A page in a portal's frame."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body><nav><a href="/">首页</a></nav><main><h1>{title}</h1>{main}</main></body></html>'
    )


def items(*links: tuple[str, str]) -> str:
    """A list of links."""
    return "<ul>" + "".join(f'<li><a href="{url}">{text}</a></li>' for text, url in links) + "</ul>"


@contextmanager
def serving(
    address: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[SmallPortal]:
    """A portal with a home page and a column of no reports yet, while the context lasts."""
    site = SmallPortal(address)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(f"{self.command} {self.path}", time.monotonic(), dict(self.headers), body)
            site.asked.append(asked)
            answer = site.answer(asked)
            data = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            site.sent += len(data)

        do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def verify_request(self, *_: object) -> bool:
            site.connections += 1
            return True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is no news."""

    server = Server((address, port), Handler)
    site.port = server.server_address[1]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        site.scheme = "https"
    site.put("/", "试验区人民政府", items(("政务公开", "/zwgk/"), ("新闻", "/news/")))
    site.put("/zwgk/", "政务公开", items(("政府信息公开年报", "/zwgk/zfxxgknb/")))
    site.put(
        "/zwgk/zfxxgknb/", "政府信息公开年报", items(("关于植树的通知", "/202101/t20210101_1.html"))
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def title(year: int, unit: str = "试验区") -> str:
    """The title of an annual report."""
    return f"{unit}{year}年政府信息公开工作年度报告"


def put_reports(site: SmallPortal, *years: int) -> None:
    """Publish a column with a report page for each year."""
    links = []
    for year in years:
        path = f"/zwgk/zfxxgknb/{year + 1}01/t{year + 1}0120_{year}.html"
        site.put(path, title(year), f"<p>一、总体情况</p><p>{year} 年的报告。</p>")
        links.append((title(year), path))
    site.put("/zwgk/zfxxgknb/", "政府信息公开年报", items(*links))


def crawled(site: SmallPortal, data: Path, **options: object) -> CrawlSummary:
    """Crawl a small portal quickly."""
    chosen: dict[str, object] = {"delay": 0.0, "allow_private": True, "browser": False, **options}
    return crawl([site.portal()], data, CrawlOptions(**chosen))  # type: ignore[arg-type]
