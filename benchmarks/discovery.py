"""How well and how cheaply a crawl finds the reports of simulated portals, from their home pages.

    python -m benchmarks.discovery [KEY… | N/M] [--dry]

Crawls each portal twice. Writes docs/discovery.md unless `--dry` is given; where only some portals
are named, or the Nth of M parts, only their rows are written anew. The last line is JSON. Needs a
browser for portals that show nothing without one.
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
from benchmarks.portals import dressed, elsewhere, families, harder, more, scripted, unknown
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
    *(dressed.annual_reports, dressed.jpage_post, dressed.json_tree, dressed.download_names),
    *(dressed.posting_menu, dressed.matrix, dressed.deep, dressed.chosen_unit),
    *(scripted.hash_routes, scripted.handlers, scripted.year_tabs, scripted.unit_tree),
    *(scripted.encoded_turns, scripted.bodies_apart),
    *(elsewhere.one_page_only, elsewhere.application_menu, elsewhere.cut_titles),
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


def _line(row: Row, *, good: bool) -> str:
    """A portal's row of the table."""
    said = "yes" if good else "no"
    if not row.reports:
        return (
            f"| {row.key}: {row.what} | – | – | – | {row.requests} in all, reported closed"
            f" | – | – | {said} |"
        )
    return (
        f"| {row.key}: {row.what} | {row.reports} | {row.recall:.3f} | {row.precision:.3f}"
        f" | {row.requests_a_report:.2f} | {row.second_requests:.1%} | {row.second_bytes:.1%}"
        f" | {said} |"
    )


def _written() -> dict[str, str]:
    """The rows that the page has, by portal."""
    text = OUTPUT.read_text("utf-8") if OUTPUT.exists() else ""
    rows = [line for line in text.splitlines() if line.startswith("| ") and ": " in line]
    return {line[2:].partition(":")[0]: line for line in rows if line not in _HEAD}


def _markdown(lines: dict[str, str], keys: list[str]) -> str:
    head = [
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
    return "\n".join([*head, *(lines[key] for key in keys if key in lines)]) + "\n"


def _chosen(wanted: list[str], keys: list[str]) -> list[str]:
    """The portals that are named, the Nth of M parts of them, or all."""
    for part in wanted:
        number, slash, parts = part.partition("/")
        if slash and number.isdigit() and parts.isdigit():
            return keys[int(number) - 1 :: int(parts)]
    return [key for key in keys if not wanted or key in wanted]


def main(arguments: list[str]) -> int:
    """Measure the portals named, all by default; the last line is JSON."""
    wanted = [argument for argument in arguments if not argument.startswith("-")]
    every = [build() for build in BUILDERS]
    keys = [world.key for world in every]
    chosen = _chosen(wanted, keys)
    worlds = [world for world in every if world.key in chosen]
    start = time.monotonic()
    results = []
    with serve(worlds) as portals:
        for served in portals:
            row = measure(served)
            results.append((row, is_good(row, served.world)))
            print(json.dumps(asdict(row), ensure_ascii=False), flush=True)
    lines = {row.key: _line(row, good=good) for row, good in results}
    print("\n".join(lines.values()))
    if "--dry" not in arguments:
        OUTPUT.write_text(_markdown(_written() | lines, keys), "utf-8")
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
