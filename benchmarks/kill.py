"""`kill -9` at random moments of a crawl: what is lost, what is asked twice, what remains.

    python -m benchmarks.kill [first] [second] [rotation] [browser] [--kills N] [--seed N]

Parts: a first crawl, a second one that asks conditionally, one whose WARC files are full after a
few answers, one that renders. In each, crawls of a simulated portal are killed several times and
gone on with, until N kills are done (50 by default), and compared with a crawl that nobody
disturbs. The last line is JSON; status 1 where something was lost, asked twice or left behind.
"""

from __future__ import annotations

import argparse
import functools
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive import Archive
from archive.verify import verify
from benchmarks.portals import families, unknown
from benchmarks.portals.server import serve
from crawler import session
from crawler.model import CrawlOptions, CrawlSummary
from crawler.run import crawl

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.portals.server import Served
    from benchmarks.portals.world import World
    from crawler.model import Portal

_DELAY = 0.005
_SMALL = 60_000
"""Bytes after which a WARC file counts as full in the part `rotation`."""
_A_CRAWL = 10
"""Times that one crawl is killed."""
_LONGEST = 120.0
_SPAWN = multiprocessing.get_context("forkserver")
_SPAWN.set_forkserver_preload(["archive.verify", "benchmarks.portals.unknown", "crawler.run"])


@dataclass(frozen=True)
class Part:
    """What is crawled and how."""

    name: str
    build: Callable[[], World]
    second: bool = False
    rotate_at: int | None = None
    browser: bool = False


PARTS = (
    Part("first", families.trs),
    Part("second", families.trs, second=True),
    Part("rotation", families.jpage, rotate_at=_SMALL),
    Part("browser", unknown.single_page, browser=True),
)


@dataclass
class Outcome:
    """What a crawl left: its answers, what it said, and what the portal was asked."""

    captures: Counter[tuple[Any, ...]]
    summary: dict[str, Any]
    lines: Counter[str]


@dataclass
class Findings:
    """What killed crawls did otherwise than an undisturbed one."""

    kills: int = 0
    problems: list[str] = field(default_factory=list)
    again: int = 0
    """Requests in flight at a kill that were asked again."""


def crawl_once(portal: Portal, data: Path, part: Part, said: Path) -> None:
    """In a process of its own: crawl, and write down what the crawl came to."""
    os.setsid()  # so that what it starts can be found when it is gone
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends
    if part.rotate_at:
        small = functools.partial(Archive, rotate_at=part.rotate_at)
        setattr(session, "Archive", small)  # noqa: B010 - the session opens an archive of its own
    summary = crawl([portal], data, _options(part))
    said.write_text(json.dumps(_told(summary), ensure_ascii=False))


def _options(part: Part) -> CrawlOptions:
    return CrawlOptions(delay=_DELAY, allow_private=True, browser=part.browser)


def _told(summary: CrawlSummary) -> dict[str, Any]:
    names = ("found", "new", "unchanged", "held", "failed", "problems", "interrupted")
    told = {name: getattr(summary, name) for name in names}
    return told | {"problems": sorted(summary.problems)}  # their order depends on the moment


def run(part: Part, kills: int, dice: random.Random) -> dict[str, Any]:
    """Kill crawls of one part and compare each with the undisturbed one."""
    findings, start = Findings(), time.monotonic()
    with serve([part.build()]) as (served,), tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        if part.second:
            _to_the_end(served, base, part)
        else:
            base.mkdir()
        whole = _copy(base, Path(folder) / "whole")
        served.reset()
        _to_the_end(served, whole, part)
        expected = _outcome(served, whole)
        while findings.kills < kills:
            data = _copy(base, Path(folder) / "killed")
            served.reset()
            count = min(_A_CRAWL, kills - findings.kills)
            _killed(served, data, part, (expected, findings), (count, dice))
            shutil.rmtree(data)
    return {
        "kills": findings.kills,
        "asked_again_in_flight": findings.again,
        "answers": sum(expected.captures.values()),
        "reports": expected.summary["found"],
        "problems": findings.problems,
        "seconds": round(time.monotonic() - start),
    }


def _killed(
    served: Served,
    data: Path,
    part: Part,
    known: tuple[Outcome, Findings],
    kills: tuple[int, random.Random],
) -> None:
    """One crawl, killed a few times, gone on with to its end, and compared."""
    (expected, findings), (count, dice) = known, kills
    total = sum(expected.lines.values())
    in_flight: list[str] = []
    for moment in sorted(dice.randrange(total) for _ in range(count)):
        process = _start(served, data, part)
        _wait(process, served, moment, dice.random() * 0.05)
        process.kill()
        process.join()
        findings.problems += _left_running(process.pid)
        findings.kills += 1
        in_flight += served.lines[-1:]
    _to_the_end(served, data, part)
    _compare(_outcome(served, data), expected, in_flight, findings)


def _wait(process: Any, served: Served, moment: int, further: float) -> None:
    """Until the portal was asked so often, and a moment longer."""
    end = time.monotonic() + _LONGEST
    while len(served.lines) < moment and process.is_alive() and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(further)


def _compare(got: Outcome, wanted: Outcome, in_flight: list[str], findings: Findings) -> None:
    again = got.lines - wanted.lines
    findings.again += sum(again.values())
    for line, count in (again - Counter(in_flight)).items():
        findings.problems.append(f"asked {count} times more than needed: {line}")
    for name, difference in (
        ("lost", set(wanted.captures) - set(got.captures)),
        ("not in an undisturbed crawl", set(got.captures) - set(wanted.captures)),
    ):
        findings.problems += (f"{name}: {capture}" for capture in sorted(map(str, difference))[:3])
    if got.summary != wanted.summary:
        findings.problems.append(f"says {got.summary} instead of {wanted.summary}")


def _outcome(served: Served, data: Path) -> Outcome:
    with Archive(data, readonly=True) as archive:
        last = archive.runs()[-1]
        kept: Counter[tuple[Any, ...]] = Counter(
            (one.role, one.method, one.url, one.http_status, one.sha256, one.reason)
            for one in archive.captures(last.id)
        )
    problems = [f"verify: {finding}" for finding in verify(data)]
    if not last.finished:
        problems.append(f"run {last.id} is not finished")
    summary = json.loads((data / "said").read_text())
    return Outcome(kept, summary | {"verified": problems}, Counter(served.lines))


def _start(served: Served, data: Path, part: Part) -> Any:
    arguments = (served.portal, data, part, data / "said")
    process = _SPAWN.Process(target=crawl_once, args=arguments)
    process.start()
    return process


def _to_the_end(served: Served, data: Path, part: Part) -> None:
    process = _start(served, data, part)
    process.join(_LONGEST)
    if process.exitcode is None:
        process.kill()
        raise SystemExit("a crawl does not come to its end")


def _copy(base: Path, to: Path) -> Path:
    return Path(shutil.copytree(base, to)) if base.exists() else to


def _left_running(group: int | None) -> list[str]:
    """What a killed crawl had started (a browser) and is still there after a while."""
    end = time.monotonic() + 10
    while left := _session_of(group):
        if time.monotonic() > end:
            for process in left:
                os.kill(process, 9)
            return [f"{len(left)} processes of a killed crawl were still running"]
        time.sleep(0.02)
    return []


def _session_of(leader: int | None) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def main(arguments: list[str]) -> int:
    """Kill crawls in the parts that are named, all by default; the last line is JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill")
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args(arguments)
    unknown_parts = set(given.parts) - {part.name for part in PARTS}
    if unknown_parts:
        parser.error(f"no part {unknown_parts.pop()}")
    results = {}
    for part in PARTS:
        if not given.parts or part.name in given.parts:
            results[part.name] = run(part, given.kills, random.Random(given.seed))  # noqa: S311 - no secret
            print(part.name, json.dumps(results[part.name], ensure_ascii=False), flush=True)
    print(json.dumps(results, ensure_ascii=False))
    return int(any(result["problems"] for result in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
