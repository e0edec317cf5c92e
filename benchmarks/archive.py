"""How fast the archive writes and verifies, beside warcio's gzip: `python -m benchmarks.archive`.

The archive keeps request, metadata and response with three digests, durable and in the catalog;
the peer writes the response alone, neither durable nor in a catalog. They take turns in the same
run. The last line is JSON; MB are bodies as received, in millions of bytes.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import Archive, Exchange
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROW = "<tr><td>（三）不予公开</td><td>{}</td><td>{}</td><td>0</td></tr>\n"
BODIES = {
    "pdf": random.Random(1).randbytes(200_000),  # noqa: S311 - noise, as compressed as a PDF
    "page": "".join(ROW.format(n, n * n % 97) for n in range(500)).encode(),
}


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


def ours(folder: Path, body: bytes, captures: int) -> None:
    """Request, metadata and response, three digests, durable and in the catalog."""
    with Archive(folder) as archive:
        archive.begin_run("run")
        futures = [archive.submit(exchange(number, body)) for number in range(captures)]
        for future in futures:
            future.result()


def peer(folder: Path, body: bytes, captures: int) -> None:
    """The response alone, by warcio's gzip writer with its digests."""
    with (folder / "run.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(captures):
            one = exchange(number, body)
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    one.url, "response", payload=io.BytesIO(one.body), http_headers=head
                )
            )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of processor time."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def measure(body: bytes, captures: int, repeats: int) -> dict[str, Any]:
    """Both in turn, some times; medians."""
    megabytes = captures * len(body) / 1e6
    taken: dict[str, list[tuple[float, float]]] = {"ours": [], "peer": [], "verify": []}
    shares = {}
    for _ in range(repeats):
        for name, write in (("ours", ours), ("peer", peer)):
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary)
                taken[name].append(timed(lambda: write(folder, body, captures)))  # noqa: B023 - called at once
                files = list(folder.rglob("*.warc.gz"))
                shares[name] = sum(path.stat().st_size for path in files) / captures / len(body)
                if name == "ours":
                    taken["verify"].append(timed(lambda: list(verify(folder))))  # noqa: B023
    rate = {
        name: [round(megabytes / statistics.median(each)) for each in zip(*runs, strict=True)]
        for name, runs in taken.items()
    }
    return {
        "mb_a_second": rate["ours"][0],
        "peer_mb_a_second": rate["peer"][0],
        "times_faster": round(
            statistics.median(
                p[0] / o[0] for o, p in zip(taken["ours"], taken["peer"], strict=True)
            ),
            2,
        ),
        "times_faster_processor": round(
            statistics.median(
                p[1] / o[1] for o, p in zip(taken["ours"], taken["peer"], strict=True)
            ),
            2,
        ),
        "captures_a_second": round(rate["ours"][0] * 1e6 / len(body)),
        "verified_mb_a_second_core": rate["verify"][1],
        "of_the_body": round(shares["ours"], 3),
        "peer_of_the_body": round(shares["peer"], 3),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each kind of content, and all of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=2_000)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args(arguments)
    result: dict[str, Any] = {"captures": chosen.captures}
    for kind, body in BODIES.items():
        result[kind] = measure(body, chosen.captures, chosen.repeats)
        print(
            kind, *(f"{key} {value}" for key, value in result[kind].items()), sep="  ", flush=True
        )
    result["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    result["load"] = [round(load, 1) for load in os.getloadavg()]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
