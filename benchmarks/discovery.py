"""How well and how cheaply a crawl finds the reports of simulated portals, from their home pages.

    python -m benchmarks.discovery [KEY…] [--dry]

Crawls each portal twice. Writes docs/discovery.md unless only some portals are named or `--dry`
is given; the last line is JSON. Needs a browser for portals that show nothing without one.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive import Archive
from benchmarks.portals import families, harder, more, unknown
from benchmarks.portals.server import serve
from crawler.model import CrawlOptions
from crawler.run import crawl

if TYPE_CHECKING:
    from benchmarks.portals.server import Served
    from benchmarks.portals.world import World
    from crawler.model import CrawlSummary

BUILDERS = (
    *(families.jpage, families.trs, families.uuid_shtml, families.gkmlpt, families.openness),
    *(families.vsb, more.shaanxi, more.shandong, more.ewb, more.aspx),
    *(unknown.single_page, unknown.frame_shell, unknown.postback),
    *(harder.unit_sites, harder.files_only, harder.load_more, harder.scroll, harder.go_page),
    unknown.closed,
)
OUTPUT = Path(__file__).parents[1] / "docs" / "discovery.md"
_DELAY = 0.005
_HEAD = (
    "| portal | reports | recall | precision | requests a report | second: requests"
    " | its bytes | all targets |"
)


@dataclass(frozen=True)
class Row:
    """What two crawls of one portal came to; shares are of the first crawl's."""

    key: str
    what: str
    known: bool
    reports: int
    recall: float
    precision: float
    requests: int
    requests_a_report: float
    second_requests: float
    second_bytes: float
    second_found: int
    problems: tuple[str, ...]


def measure(served: Served) -> Row:
    """Crawl a portal twice from its home page and compare with what it publishes."""
    truth = served.world.truth
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        served.reset()
        first = _crawl(served, data)
        found = _reports(data)
        requests, sent = len(served.lines), served.sent
        served.reset()
        second = _crawl(served, data)
        again, resent = len(served.lines), served.sent
    right = len(found & truth)
    return Row(
        key=served.world.key,
        what=served.world.what,
        known=served.world.known,
        reports=len(truth),
        recall=right / len(truth) if truth else 1.0,
        precision=right / len(found) if found else 1.0,
        requests=requests,
        requests_a_report=requests / max(len(truth), 1),
        second_requests=again / requests,
        second_bytes=resent / max(sent, 1),
        second_found=second.unchanged,
        problems=tuple(dict.fromkeys([*first.problems, *second.problems])),
    )


def _crawl(served: Served, data: Path) -> CrawlSummary:
    return crawl([served.portal], data, CrawlOptions(delay=_DELAY, allow_private=True))


def _reports(data: Path) -> set[str]:
    """The paths and queries of the report pages that an archive holds."""
    with Archive(data, readonly=True) as archive:
        kept = [one for one in archive.captures(roles=["report"]) if one.reason is None]
    parts = [urlsplit(one.url) for one in kept if one.http_status in {200, 304}]
    paths = [(part.path.partition(";")[0], part.query) for part in parts]
    return {f"{path}?{query}" if query else path for path, query in paths}


def is_good(row: Row, world: World) -> bool:
    """Whether a portal reaches every target; a closed one is asked for robots.txt alone."""
    if world.closed:
        return row.requests == 1 and bool(row.problems)
    return (
        row.recall >= 0.99
        and row.precision >= 0.99
        and row.requests_a_report <= (3 if row.known else 6)
        and row.second_requests <= 0.15
        and row.second_bytes <= 0.05
        and row.second_found >= 0.99 * row.reports
    )


def _markdown(rows: list[tuple[Row, bool]]) -> str:
    lines = [
        "# Discovery, measured",
        "",
        "`python -m benchmarks.discovery` writes this page: simulated portals of an invented",
        "district on loopback, each crawled twice from its home page alone, unchanged in between.",
        "Real portals are worse than simulated ones.",
        "",
        "Targets: recall and precision ≥ 0.99; requests a report ≤ 3 (≤ 6 without a known family);",
        "a second crawl ≤ 15 % of the first one's requests and ≤ 5 % of its bytes, all reports",
        "found again.",
        "",
        _HEAD,
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, good in rows:
        if not row.reports:
            lines.append(
                f"| {row.key}: {row.what} | – | – | – | {row.requests} in all, reported closed"
                f" | – | – | {'yes' if good else 'no'} |"
            )
            continue
        lines.append(
            f"| {row.key}: {row.what} | {row.reports} | {row.recall:.3f} | {row.precision:.3f}"
            f" | {row.requests_a_report:.2f} | {row.second_requests:.1%} | {row.second_bytes:.1%}"
            f" | {'yes' if good else 'no'} |"
        )
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Measure the portals named, all by default; the last line is JSON."""
    wanted = [argument for argument in arguments if not argument.startswith("-")]
    worlds = [build() for build in BUILDERS]
    worlds = [world for world in worlds if not wanted or world.key in wanted]
    start = time.monotonic()
    results = []
    with serve(worlds) as portals:
        for served in portals:
            row = measure(served)
            results.append((row, is_good(row, served.world)))
            print(json.dumps(asdict(row), ensure_ascii=False), flush=True)
    page = _markdown(results)
    print(page)
    if not wanted and "--dry" not in arguments:
        OUTPUT.write_text(page, "utf-8")
    open_rows = [row for row, _ in results if row.reports]
    total = {
        "portals": len(results),
        "all_targets": sum(good for _, good in results),
        "least_recall": min((row.recall for row in open_rows), default=None),
        "least_precision": min((row.precision for row in open_rows), default=None),
        "most_requests_a_report": max((row.requests_a_report for row in open_rows), default=None),
        "most_second_requests": max((row.second_requests for row in open_rows), default=None),
        "most_second_bytes": max((row.second_bytes for row in open_rows), default=None),
        "seconds": round(time.monotonic() - start, 1),
    }
    print(json.dumps(total))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
