"""How much memory a build takes as the archive grows: `python -m benchmarks.build [REPORTS …]`.

For each number an archive of that many invented reports is made, all documents already read (their
readings lie in the cache), and built in a process of its own. A build in flat memory takes hardly
more for ten times as many reports. The same archive is built twice and must give the same bytes.
The last line is JSON.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive import Archive, Exchange, PortalRecord
from extract import VERSION, read_report, to_json

if TYPE_CHECKING:
    from extract.model import Report

FILES = Path(__file__).parents[1] / "demo" / "files"
NUMBERS = (300, 3_000)
REPORTS_A_PORTAL = 30
BUILD = """
import json, resource, sys
from pathlib import Path
from publish import reading
from publish.build import build
reading.VERSION = sys.argv[2]  # whatever becomes of the extractor's files while this runs
summary = build(Path(sys.argv[1]), workers=0)
assert summary.read == 0, "the readings were not found in the cache"
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([summary.reports, used.ru_maxrss // 1024, used.ru_utime + used.ru_stime]))
"""


def fill(data: Path, number: int) -> None:
    """An archive of invented reports, and the readings of all of them."""
    report = read_report((FILES / "shifan-2023.html").read_bytes())
    cache = data / "cache" / "extract" / VERSION
    cache.mkdir(parents=True)
    portals = [portal(n) for n in range(number // REPORTS_A_PORTAL + 1)]
    with Archive(data) as archive:
        archive.begin_run("run1", "2026-11-01T06:00:00Z", tuple(portals))
        for n in range(number):
            home = portals[n // REPORTS_A_PORTAL]
            body = f"<h1>report {n}</h1>".encode()
            archive.record(exchange(home, n, body))
            own = replace(report, year=2008 + n % 15, publisher=f"第{n}局", title=f"第{n}份报告")
            keep(cache, own, body)
        archive.finish_run("run1", "2026-11-01T07:00:00Z", requests=number)


def portal(n: int) -> PortalRecord:
    """One portal of one county."""
    place = f"{990000 + n:06d}"
    return PortalRecord(f"p{n}", f"http://p{n}.example/", place, f"第{n}区", "county")


def exchange(home: PortalRecord, n: int, body: bytes) -> Exchange:
    """The answer that holds a report."""
    hours, rest = divmod(n, 3600)
    return Exchange(
        url=f"{home.url}zwgk/zfxxgknb/202{n % 10}01/t20220130_{n:08d}.html",
        method="GET",
        request_headers=((b"Host", b"example"),),
        request_body=b"",
        status=200,
        headers=((b"Content-Type", b"text/html; charset=utf-8"),),
        body=body,
        fetched_at=f"2026-11-{1 + hours // 24:02}T{hours % 24:02}:{rest // 60:02}:{rest % 60:02}Z",
        portal=home.id,
        role="report",
        via=f"{home.url}zwgk/zfxxgknb/",
        link_text=f"第{n}局2022年政府信息公开工作年度报告",
        robots="allowed",
    )


def keep(cache: Path, report: Report, body: bytes) -> None:
    """Put a reading where a build looks for it."""
    digest = hashlib.sha256(body).hexdigest()
    text = json.dumps(to_json(report, body), ensure_ascii=False)
    (cache / f"{digest}.json").write_text(text, "utf-8")


def built(data: Path) -> tuple[int, int, float, str]:
    """Reports, peak memory in MB, seconds of processor time, and the database's digest."""
    run = subprocess.run(
        [sys.executable, "-c", BUILD, str(data), VERSION],
        capture_output=True,
        text=True,
        check=True,
    )
    reports, peak, seconds = json.loads(run.stdout.splitlines()[-1])
    digest = hashlib.sha256((data / "nianbao.db").read_bytes()).hexdigest()
    return reports, peak, seconds, digest


def main() -> int:
    """Build archives of growing size; 1 where two builds of one archive differ."""
    numbers = [int(n) for n in sys.argv[1:]] or list(NUMBERS)
    results = []
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), number)
            reports, peak, seconds, first = built(Path(folder))
            again = built(Path(folder))[3]
        result = {
            "reports": reports,
            "peak_mb": peak,
            "seconds": round(seconds, 1),
            "same_bytes": first == again,
        }
        print(result)
        results.append(result)
    grown = results[-1]["peak_mb"] - results[0]["peak_mb"]
    more = results[-1]["reports"] - results[0]["reports"]
    kilobytes = round(grown * 1024 / more, 2) if more else None
    print(json.dumps({"builds": results, "kb_a_report": kilobytes}))
    return 0 if all(result["same_bytes"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
