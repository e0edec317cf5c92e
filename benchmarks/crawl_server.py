"""Thousands of simulated portals behind one quick server on loopback, for measuring crawlers.

    python -m benchmarks.crawl_server PORTALS REPORTS FILES PAGE_BYTES FILE_BYTES

Prints its port. Portal n listens on `address(n)`; all answer alike, by path alone. `GET /count`
says how many other requests were answered so far. It ends with its standard input.
"""

from __future__ import annotations

import asyncio
import random
import resource
import socket
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PER_PAGE = 20
COLUMN = "/zwgk/zfxxgknb/"
_SIGNS = [chr(code) for code in range(0x4E00, 0x9FA5, 23)]
_MENU = "".join(f'<li><a href="/lm{n}/">栏目{n}</a></li>' for n in range(40))


def address(number: int) -> str:
    """The loopback address of a portal."""
    return f"127.90.{number // 200}.{number % 200 + 1}"


class Portal:
    """What every portal publishes: a home page, a column of several pages, reports and files.

    Of the `reports`, `files` are PDFs that the list names directly; the others are pages.
    """

    def __init__(self, reports: int, files: int, page_bytes: int, file_bytes: int) -> None:
        """Prepare the answers as far as they are the same for every address."""
        self._reports, self._files, self._page_bytes = reports, files, page_bytes
        noise = random.Random(2026)  # noqa: S311 - as compressed as a PDF, and the same every time
        self._file = noise.randbytes(file_bytes)
        # Random signs deflate about as far as text does, so that nobody gains by repetition.
        lines = (f"<p>{''.join(noise.choices(_SIGNS, k=60))}</p>" for _ in range(page_bytes // 180))
        self._filler = "".join(lines).encode()

    @property
    def requests(self) -> int:
        """Answers that a crawl of one portal needs: robots.txt, home, the column, the reports."""
        return 2 + -(-self._reports // PER_PAGE) + self._reports

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body for a path."""
        name = path.rpartition("/")[2]
        if path == "/":
            body = f'<main><a href="{COLUMN}">政府信息公开年报</a></main>'
            return HTTPStatus.OK, "text/html", self._page("模拟区人民政府", body, path)
        if path == COLUMN or name.startswith("index_"):
            number = int(name[6:-5] or 0) if name else 0
            return (
                HTTPStatus.OK,
                "text/html",
                self._page("政府信息公开年报", self._rows(number), path),
            )
        if name.startswith("t2"):
            return HTTPStatus.OK, "text/html", self._page(_title(int(name[10:-5])), "", path)
        if name.startswith("P2"):
            return HTTPStatus.OK, "application/pdf", b"%PDF-1.4 " + path.encode() + self._file
        return HTTPStatus.NOT_FOUND, "text/html", "<h1>页面不存在</h1>".encode()

    def _rows(self, number: int) -> str:
        """A page of the column; `createPageHTML` is how its pager is written, a link beside it."""
        pages = -(-self._reports // PER_PAGE)
        names = range(number * PER_PAGE, min((number + 1) * PER_PAGE, self._reports))
        rows = "".join(f'<li><a href="{_path(n, self._files)}">{_title(n)}</a></li>' for n in names)
        onward = (
            f'<a href="{COLUMN}index_{number + 1}.html">下一页</a>' if number + 1 < pages else ""
        )
        pager = f'<script>createPageHTML({pages}, {number}, "index", "html");</script>'
        return f"<main><ul>{rows}</ul>{onward}</main>{pager}"

    def _page(self, title: str, main: str, path: str) -> bytes:
        head = (
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
            f"<nav><ul>{_MENU}</ul></nav><h1>{title}</h1>{main}<p>{path}</p>"
        ).encode()
        filler = self._filler[: max(self._page_bytes - len(head), 0)]
        return head + filler.rpartition(b"<p>")[0] + b"</body></html>"


def _title(number: int) -> str:
    return f"模拟区第{number // 12}街道{2012 + number % 12}年政府信息公开工作年度报告"


def _path(number: int, files: int) -> str:
    if number < files:
        return f"{COLUMN}P20230120_{number}.pdf"
    return f"{COLUMN}202301/t20230120_{number}.html"


class Connection(asyncio.Protocol):
    """One connection: answers request after request; requests of a crawler have no body."""

    answered = 0

    def __init__(self, answer: Callable[[str], tuple[int, str, bytes]]) -> None:
        """Answer by path."""
        self._answer = answer
        self._received = b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        *requests, self._received = (self._received + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].decode()
            if path == "/count":
                status, kind, body = 200, "text/plain", str(Connection.answered).encode()
            else:
                Connection.answered += 1
                status, kind, body = self._answer(path)
            head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            self._transport.write(head.encode() + b"\r\n" + body)


async def serve(portals: int, portal: Portal) -> None:
    """Listen for all portals on one port until the standard input ends."""
    loop = asyncio.get_running_loop()
    port = 0
    for number in range(portals):
        listener = socket.create_server((address(number), port), backlog=64)
        port = listener.getsockname()[1]
        await loop.create_server(lambda: Connection(portal.answer), sock=listener)
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    count, *sizes = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    asyncio.run(serve(count, Portal(*sizes)))
