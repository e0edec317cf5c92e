"""How fast the archive writes and verifies, beside warcio's own gzip writer without fsync.

    python -m benchmarks.archive_speed

Prints captures a second, processor time a capture and what the files take on the disk.
"""

from __future__ import annotations

import io
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import Archive, Exchange
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

ROW = "<tr><td>（三）不予公开</td><td>{}</td><td>{}</td><td>0</td></tr>\n"
BODIES = {
    "PDF, 200 KB": random.Random(1).randbytes(200_000),  # noqa: S311 - noise, as compressed as a PDF
    "HTML, 30 KB": "".join(ROW.format(n, n * n % 97) for n in range(500)).encode(),
}
CAPTURES = 2_000


def exchange(number: int, body: bytes) -> Exchange:
    """An answer unlike every other one."""
    return Exchange(
        url=f"http://www.example.gov.cn/{number}",
        method="GET",
        request_headers=((b"Host", b"www.example.gov.cn"),),
        request_body=b"",
        status=200,
        headers=((b"Content-Type", b"text/html"),),
        body=b"%d" % number + body,
        fetched_at=f"2026-11-20T06:{number // 60 % 60:02}:{number % 60:02}Z",
        portal="230111",
        role="report",
    )


def ours(folder: Path, body: bytes) -> None:
    """Request, metadata and response, three digests, durable and in the catalog."""
    with Archive(folder) as archive:
        archive.begin_run("run")
        futures = [archive.submit(exchange(number, body)) for number in range(CAPTURES)]
        for future in futures:
            future.result()


def inline(folder: Path, body: bytes) -> None:
    """The response alone, by warcio's gzip writer, neither durable nor in a catalog."""
    with (folder / "run.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(CAPTURES):
            one = exchange(number, body)
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    one.url, "response", payload=io.BytesIO(one.body), http_headers=head
                )
            )


def measure(name: str, write: Callable[[Path, bytes], None], body: bytes) -> None:
    """Prints one line; for the archive also how fast it verifies."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        wall, processor = time.perf_counter(), time.process_time()
        write(folder, body)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        size = sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))
        print(
            f"{name:28} {CAPTURES / wall:7.0f} captures/s {processor / CAPTURES * 1e3:6.2f} ms"
            f" {size / CAPTURES / len(body):6.1%} of the body"
        )
        if write is ours:
            start = time.perf_counter()
            findings = list(verify(folder))
            seconds = time.perf_counter() - start
            print(
                f"{'  verified':28} {CAPTURES / seconds:7.0f} captures/s, {len(findings)} findings"
            )


if __name__ == "__main__":
    for kind, content in BODIES.items():
        measure(f"{kind}: archive", ours, content)
        measure(f"{kind}: warcio inline", inline, content)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
