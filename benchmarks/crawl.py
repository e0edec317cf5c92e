"""How fast a crawl is with archive, catalog and all guards, beside plain Scrapy in the same run.

    python -m benchmarks.crawl [pages] [files] [hosts] [memory]

Both crawl the same simulated portals with the same settings, in turn, each in a process of its
own, against a server in another. `share` compares answers by second of processor time, all threads
counted: it holds on a busy machine too. `wall_share` compares answers by second: Scrapy has one
core, our archive writes on another. All four parts by default; the last line is JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from benchmarks.crawl_server import address

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_BYTES, FILE_BYTES = 17_000, 200_000
_EVERY = 2_000
_PARTS = ("pages", "files", "hosts", "memory")


@contextmanager
def serving(portals: int, reports: int, files: int) -> Iterator[int]:
    """So many portals of so many reports each, as long as the context lasts; their port."""
    sizes = map(str, (portals, reports, files, PAGE_BYTES, FILE_BYTES))
    command = [sys.executable, "-m", "benchmarks.crawl_server", *sizes]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.stdin.close()


def answered(port: int) -> int:
    """How many requests the server has answered so far."""
    with urlopen(f"http://{address(0)}:{port}/count") as response:
        return int(response.read())


def crawl(
    who: str, port: int, portals: int, delay: float, watch: float | None = None
) -> tuple[dict[str, float], list[tuple[float, int, int]]]:
    """One crawl; what it cost, and where it was every `watch` seconds.

    Returns:
        The row of `benchmarks.crawl_runs`, and (seconds, answers so far, resident bytes).
    """
    before, start = answered(port), time.monotonic()
    seen: list[tuple[float, int, int]] = []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        command = [sys.executable, "-m", "benchmarks.crawl_runs", who, str(port), str(portals)]
        command += [str(delay), f"{folder}/data"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process:
            while watch and process.poll() is None:
                time.sleep(watch)
                count = answered(port) - before
                seen.append((time.monotonic() - start, count, _resident(process.pid)))
            said = process.communicate()[0].decode().splitlines()
        if not said:
            errors.seek(0)
            raise SystemExit(f"{who} did not come to its end:\n{errors.read().decode()[-2000:]}")
    row: dict[str, float] = json.loads(said[-1])
    return row, seen


def _resident(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


def beside(portals: int, reports: int, files: int, delay: float, rounds: int) -> dict[str, Any]:
    """Both crawlers in turn; answers by second of processor time, and ours as a share."""
    rates: dict[str, list[float]] = {"scrapy": [], "nianbao": []}
    walls: dict[str, list[float]] = {"scrapy": [], "nianbao": []}
    with serving(portals, reports, files) as port:
        for _ in range(rounds):
            for who, rate in rates.items():
                row, _ = crawl(who, port, portals, delay)
                rate.append(row["answers"] / row["processor"])
                walls[who].append(row["answers"] / row["wall"])
    shares = [ours / plain for ours, plain in zip(rates["nianbao"], rates["scrapy"], strict=True)]
    reached = [ours / plain for ours, plain in zip(walls["nianbao"], walls["scrapy"], strict=True)]
    return {
        "scrapy_per_core_second": round(median(rates["scrapy"])),
        "nianbao_per_core_second": round(median(rates["nianbao"])),
        "share": round(median(shares), 3),
        "wall_per_second": {who: round(median(walls[who])) for who in walls},
        "wall_share": round(median(reached), 3),
        "shares": [round(share, 3) for share in shares],
    }


def memory(portals: int, reports: int) -> dict[str, Any]:
    """The resident memory of one long crawl, every 2,000 answers, and its slope."""
    with serving(portals, reports, reports // 8) as port:
        row, seen = crawl("nianbao", port, portals, 0, watch=0.2)
    marks = range(_EVERY, int(row["answers"]) + 1, _EVERY)
    at = {mark: next(size for _, count, size in seen if count >= mark and size) for mark in marks}
    first = next(size for _, count, size in seen if count > 0)
    return {
        "answers": row["answers"],
        "resident_mb": {"start": round(first / 1e6, 1)}
        | {str(mark): round(size / 1e6, 1) for mark, size in at.items()},
        "slope_bytes_an_answer": round(_slope(at)),
    }


def _slope(points: dict[int, int]) -> float:
    """By least squares."""
    x, y = fmean(points), fmean(points.values())
    above = sum((mark - x) * (size - y) for mark, size in points.items())
    return above / sum((mark - x) ** 2 for mark in points)


def main(arguments: list[str]) -> int:
    """Measure the parts that are named; the last line is JSON."""
    wanted = arguments or list(_PARTS)
    if set(wanted) - set(_PARTS):
        print(f"there are {', '.join(_PARTS)}", file=sys.stderr)
        return 2
    result: dict[str, Any] = {}
    if "pages" in wanted:
        result["pages_of_17_kb"] = beside(40, 80, 0, 0, rounds=3)
    if "files" in wanted:
        result["pdfs_of_200_kb"] = beside(40, 80, 80, 0, rounds=3)
    if "hosts" in wanted:
        result["1000_hosts_a_second_apart"] = beside(1_000, 10, 2, 1.0, rounds=1)
    if "memory" in wanted:
        result["memory"] = memory(40, 500)
    for name, part in result.items():
        print(name, json.dumps(part))
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
