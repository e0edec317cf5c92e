"""Servers that break the rules of HTTP: each is bounded, one line says so, the crawl goes on."""

from __future__ import annotations

import gzip
import itertools
import socket
import socketserver
import struct
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from small_portal import items, page, title

from archive import Archive
from archive.verify import verify
from crawler.model import CrawlOptions, CrawlSummary, Portal
from crawler.run import crawl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Behaviour = Callable[[socket.socket], None]

HOSTILE = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
GOOD = "/zwgk/zfxxgknb/202101/t20210120_2020.html"
LIST = "/zwgk/zfxxgknb/"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def whole(text: str, head: bytes = OK) -> Behaviour:
    body = text.encode()
    return lambda peer: peer.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


class RawPortal:
    """A portal of two reports; `behaviours` say what is done for a path, byte by byte."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        self.behaviours: dict[str, Behaviour] = {
            "/": whole(page("试验区", items(("政务公开", "/zwgk/")))),
            "/zwgk/": whole(page("政务公开", items(("政府信息公开年报", LIST)))),
            LIST: whole(page("年报", items((title(2021), HOSTILE), (title(2020), GOOD)))),
            GOOD: whole(page(title(2020), "<p>一、总体情况</p><p>正文</p>")),
        }

    def answer(self, peer: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            step = peer.recv(65536)
            if not step:
                return
            received += step
        path = received.split(b" ", 2)[1].decode()
        self.asked.append(path)
        nothing = whole("<h1>404</h1>", b"HTTP/1.1 404 Not Found\r\n")
        self.behaviours.get(path.partition("?")[0], nothing)(peer)


@contextmanager
def raw(address: str = "127.0.0.1") -> Iterator[RawPortal]:
    site = RawPortal()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                site.answer(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server((address, 0), Handler) as server:
        site.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield site
        server.shutdown()


def crawled(site: RawPortal, data: Path, max_requests: int = 600) -> CrawlSummary:
    portal = Portal("p1", None, "试验区", f"http://127.0.0.1:{site.port}/")
    chosen = CrawlOptions(delay=0, allow_private=True, browser=False, max_requests=max_requests)
    return crawl([portal], data, chosen)


def forever(*parts: bytes, pause: float = 0.0) -> Behaviour:
    def send(peer: socket.socket) -> None:
        peer.sendall(parts[0])
        for part in itertools.cycle(parts[1:]):
            peer.sendall(part)
            time.sleep(pause)

    return send


def reset(*parts: bytes) -> Behaviour:
    def send(peer: socket.socket) -> None:
        peer.sendall(b"".join(parts))
        time.sleep(0.05)  # what was sent has arrived before the reset
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()

    return send


def said(*parts: bytes) -> Behaviour:
    return lambda peer: peer.sendall(b"".join(parts))


LONG = b"Content-Length: 5000\r\n\r\n"
BOMB = gzip.compress(gzip.compress(b"\0" * 90_000_000, 9), 9)

CASES: dict[str, tuple[Behaviour, str]] = {
    "slow body": (forever(OK + LONG, b"x", pause=0.02), "no answer in time"),
    "slow headers": (forever(OK, b"X: y\r\n", pause=0.02), "no answer in time"),
    "silence": (forever(b"", b"", pause=0.02), "no answer in time"),
    "endless body": (forever(OK + b"\r\n", b"<p>x</p>" * 4_000), "larger than the limit"),
    "endless chunks": (
        forever(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n"),
        "larger than the limit",
    ),
    "said to be huge": (
        said(OK, b"Content-Length: 52428800\r\n\r\n", b"x" * 100_000),
        "larger than the limit",
    ),
    "50 MB": (whole("<p>x</p>" * 6_000_000), "larger than the limit"),
    "length that is none": (said(OK, b"Content-Length: many\r\n\r\nx"), "the connection fails"),
    "length below zero": (said(OK, b"Content-Length: -5\r\n\r\nx"), "the connection fails"),
    "two lengths": (
        said(OK, b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nxxxxxxx"),
        "the connection fails",
    ),
    "chunks that are none": (
        said(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"),
        "the answer breaks off",
    ),
    "bomb in a bomb": (
        said(
            OK, b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB), BOMB
        ),
        "larger than the limit once unpacked",
    ),
    "endless headers": (forever(OK, b"X-Y: " + b"z" * 1000 + b"\r\n"), "its headers never end"),
    "one endless header": (forever(OK + b"X-Y: ", b"z" * 1000), "the connection fails"),
    "a header folded for ever": (forever(OK + b"X-Y: z\r\n", b" z\r\n" * 200), "never end"),
    "announced for ever": (forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50), "never end"),
    "reset at once": (reset(), "the connection fails"),
    "reset in the headers": (reset(OK), "the connection fails"),
    "reset in the body": (reset(OK, LONG, b"half"), "the answer breaks off"),
    "closed at once": (said(), "the connection fails"),
    "HTTP/0.9": (said(b"<html><body>hello</body></html>\r\n"), "not HTTP"),
    "another protocol": (said(b"220 mail ESMTP\r\n250 ok\r\n"), "not HTTP"),
    "no status": (said(b"HTTP/1.1 hello\r\n\r\n"), "not HTTP"),
    "redirect to itself": (
        said(b"HTTP/1.1 302 Found\r\nLocation: ", HOSTILE.encode(), b"\r\n\r\n"),
        "redirects without end",
    ),
    "redirect to nonsense": (
        said(b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n"), ""
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_answer_is_bounded_and_said_and_the_crawl_goes_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour, words = CASES[name]
    patience = 1 if words == "no answer in time" else 30
    monkeypatch.setattr("crawler.settings.DOWNLOAD_TIMEOUT", patience)
    monkeypatch.setattr("crawler.settings.DOWNLOAD_MAXSIZE", 2_000_000)
    began = time.monotonic()
    with raw() as site:
        site.behaviours[HOSTILE] = behaviour
        summary = crawled(site, tmp_path)
    assert time.monotonic() - began < 20
    assert (summary.found, summary.failed, summary.interrupted) == (1, 1, False)
    assert len(summary.problems) == 1
    assert words in summary.problems[0]
    assert "Traceback" not in summary.problems[0]
    assert len(summary.problems[0]) < 400
    assert sum(path.startswith(HOSTILE) for path in site.asked) <= 8
    assert list(verify(tmp_path)) == []


@pytest.mark.parametrize(
    "name", ["endless body", "endless headers", "50 MB", "slow body", "reset in the body"]
)
def test_a_hostile_robots_txt_closes_the_portal(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.settings.DOWNLOAD_TIMEOUT", 1)
    with raw() as site:
        site.behaviours["/robots.txt"] = CASES[name][0]
        summary = crawled(site, tmp_path)
    assert summary.found == 0
    assert len(summary.problems) == 1
    assert set(site.asked) == {"/robots.txt"}


def test_more_bytes_than_announced_are_left_where_they_are(tmp_path: Path) -> None:
    text = page(title(2021), "<p>一、总体情况</p>").encode()
    head = OK + b"Content-Length: %d\r\n\r\n" % len(text)
    with raw() as site:
        site.behaviours[HOSTILE] = said(head, text, b"HTTP/1.1 200 OK\r\n\r\nsmuggled")
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.problems) == (2, [])
    with Archive(tmp_path, readonly=True) as archive:
        kept = next(one for one in archive.captures() if one.url.endswith(HOSTILE))
        assert archive.content(kept) == text


def test_a_page_with_hundreds_of_thousands_of_links_is_read_in_time(tmp_path: Path) -> None:
    links = "".join(f"<a href=/n/{number}>x{number}</a>" for number in range(200_000))
    with raw() as site:
        site.behaviours["/zwgk/"] = whole(
            page("政务公开", items(("政府信息公开年报", LIST)) + links)
        )
        site.behaviours[HOSTILE] = site.behaviours[GOOD]
        began = time.process_time()
        summary = crawled(site, tmp_path)
    assert time.process_time() - began < 20
    assert (summary.found, summary.problems) == (2, [])


def test_a_million_reports_on_one_page_are_bounded(tmp_path: Path) -> None:
    rows = "".join(f"<a href=/{n}.pdf>{title(1000 + n)}</a>" for n in range(80_000))
    with raw() as site:
        site.behaviours[LIST] = whole(page("年报", rows))
        summary = crawled(site, tmp_path, max_requests=20)
    assert len(site.asked) <= 21
    assert any("stopped at 20 requests" in line for line in summary.problems)


def test_thousands_of_cookies_break_nothing(tmp_path: Path) -> None:
    cookies = b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"v" * 20) for n in range(3_000))
    text = page(title(2021), "<p>一、总体情况</p>")
    with raw() as site:
        site.behaviours["/"] = whole(page("试验区", items(("政务公开", "/zwgk/"))), OK + cookies)
        site.behaviours[HOSTILE] = whole(text)
        summary = crawled(site, tmp_path)
    assert summary.found == 2


def test_a_page_that_refreshes_itself_is_asked_a_few_times(tmp_path: Path) -> None:
    refresh = f'<meta http-equiv="refresh" content="0;url={HOSTILE}?{{}}">'
    numbers = itertools.count()

    def elsewhere(peer: socket.socket) -> None:
        whole(refresh.format(next(numbers)))(peer)

    with raw() as site:
        site.behaviours[HOSTILE] = elsewhere
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed) == (1, 1)
    assert summary.problems[0].endswith("redirects without end")
    assert sum(path.startswith(HOSTILE) for path in site.asked) <= 8


def test_what_is_too_large_is_not_asked_again(tmp_path: Path) -> None:
    with raw() as site:
        site.behaviours[LIST] = CASES["50 MB"][0]
        crawled(site, tmp_path)
    assert site.asked.count(LIST) == 1


@pytest.mark.parametrize("length", [3_000, 9_000])
def test_no_address_is_dropped_without_a_word(length: int, tmp_path: Path) -> None:
    path = f"{HOSTILE}?{'x' * length}"
    with raw() as site:
        site.behaviours[LIST] = whole(page("年报", items((title(2021), path))))
        summary = crawled(site, tmp_path)
    assert (summary.found, summary.failed, len(summary.problems)) == (0, 1, 1)
    assert summary.portals[0].progress == "done"
