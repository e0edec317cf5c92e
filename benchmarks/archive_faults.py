"""The archive killed at any moment, and on a full disk: `python -m benchmarks.archive_faults`.

A process keeps captures and prints each as it is reported durable. It is killed by SIGKILL at
random instants; and, in other runs, one of its writes to a file fails with ENOSPC, or all do from
there on (a C shim preloaded; needs a C compiler). Then the archive is opened anew: every capture
that was reported must be there, proved by its digest, every record readable by warcio, and
`verify` without a finding. The last line is JSON; the exit status is 1 where anything failed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from warcio.archiveiterator import ArchiveIterator

from archive import Archive, ArchiveError, Exchange
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

SHIM = Path(__file__).with_name("full_disk.c")
BATCH = 4


def keep(data: Path, start: int, count: int) -> None:
    """Keeps captures; prints `kept ID SHA256`, or `refused REASON` for what could not be kept."""
    try:
        with Archive(data, rotate_at=150_000) as archive:
            run = archive.unfinished_run()
            archive.begin_run(run.id if run else None, run.started if run else None)
            for first in range(start, start + count, BATCH):
                numbers = range(first, min(first + BATCH, start + count))
                for future in [archive.submit(exchange(number)) for number in numbers]:
                    try:
                        kept = future.result()
                        print("kept", kept.id, kept.sha256, flush=True)
                    except ArchiveError as error:
                        print("refused", error, flush=True)
    except ArchiveError as error:
        print("refused", error, flush=True)


def exchange(number: int) -> Exchange:
    """A file or a page, never the same twice."""
    body = random.Random(number).randbytes(1 + number * 77 % 9000)  # noqa: S311 - noise
    return Exchange(
        url=f"http://www.example.gov.cn/{number}",
        method="GET",
        request_headers=((b"Host", b"www.example.gov.cn"),),
        request_body=b"",
        status=200,
        headers=((b"Content-Type", b"application/octet-stream"),),
        body=body,
        fetched_at=f"2026-11-20T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
        portal="230111",
        role="attachment",
    )


@dataclass
class Tally:
    """What happened in all runs of one kind."""

    runs: int = 0
    reported: int = 0
    refused: int = 0
    kept_unreported: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def judge(self, data: Path, lines: Sequence[str], in_flight: int) -> None:
        """Open the archive anew and hold it against what was reported.

        Args:
            data: The data folder.
            lines: What the process printed, over all its lives.
            in_flight: The most captures that may be kept without having been reported.
        """
        reported = dict(line.split()[1:] for line in lines if line.startswith("kept "))
        with Archive(data) as archive:
            found = {capture.id: capture for capture in archive.captures()}
            self.failures["a problem on opening"] += len(archive.problems)
            for name, sha256 in reported.items():
                capture = found.get(name)
                if capture is None or capture.sha256 != sha256:
                    self.failures["a reported capture is lost"] += 1
                else:
                    archive.content(capture)
            rows = [row for row in archive.dump() if row[0] != "files"]
            self.failures["a rebuild fails"] += len(archive.rebuild())
            if [row for row in archive.dump() if row[0] != "files"] != rows:
                self.failures["a rebuild differs"] += 1
        for path in sorted((data / "warc").glob("*.warc.gz*")):
            with path.open("rb") as file:
                for record in ArchiveIterator(file, check_digests="raise"):
                    record.content_stream().read()
        for finding in verify(data):
            self.failures[f"verify: {finding.kind}"] += 1
        unreported = len(found) - len(reported)
        self.failures["more kept than was in flight"] += unreported > in_flight
        self.kept_unreported += unreported
        self.reported += len(reported)
        self.refused += sum(line.startswith("refused ") for line in lines)

    def told(self) -> dict[str, object]:
        """The figures for the JSON."""
        return {
            "runs": self.runs,
            "captures_reported": self.reported,
            "refused": self.refused,
            "kept_but_not_reported": self.kept_unreported,
            "failures": {name: n for name, n in self.failures.items() if n},
        }


def command(data: Path, start: int, count: int) -> list[str]:
    """The process that keeps captures."""
    module = "benchmarks.archive_faults"
    return [sys.executable, "-m", module, "--keep", str(data), str(start), str(count)]


def killed(times: int, lives: int, seed: int) -> Tally:
    """Archives that are killed and go on, several lives each."""
    tally = Tally()
    moments = random.Random(seed)  # noqa: S311 - instants, not secrets
    while tally.runs < times:
        data = Path(tempfile.mkdtemp())
        lines: list[str] = []
        for life in range(min(lives, times - tally.runs)):
            with subprocess.Popen(
                command(data, life * 100_000, 100_000), stdout=subprocess.PIPE, text=True
            ) as process:
                assert process.stdout
                reports = moments.randrange(1, 200)
                lines += [process.stdout.readline() for _ in range(reports)]
                # A moment between two reports: wherever the writer is by now.
                for _ in range(moments.randrange(40_000)):
                    pass
                process.send_signal(signal.SIGKILL)
                lines += [line for line in process.stdout if line.endswith("\n")]
            tally.runs += 1
        tally.judge(data, lines, in_flight=BATCH * lives)
        shutil.rmtree(data)
        told("killed", tally.runs, times)
    return tally


def full(writes: int, lasting: int, shim: Path) -> Tally:
    """An archive for each write that fails; `lasting` 0 if the disk stays full, else so many."""
    tally = Tally()
    for number in range(1, writes + 1):
        data = Path(tempfile.mkdtemp())
        environment = os.environ | {
            "LD_PRELOAD": str(shim), "FULL_FROM": str(number), "FULL_FOR": str(lasting)
        }  # fmt: skip
        done = subprocess.run(
            command(data, 0, 160), env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode or done.stderr:
            tally.failures[f"ended with {done.stderr.strip().splitlines()[-1:]}"] += 1
        tally.runs += 1
        tally.judge(data, done.stdout.splitlines(), in_flight=BATCH)
        shutil.rmtree(data)
        told("full", number, writes)
    return tally


def told(what: str, done: int, of: int) -> None:
    """Progress, on a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{what}: {done} of {of} ")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all three kinds and print how they went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--writes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.keep:
        keep(Path(chosen.keep[0]), int(chosen.keep[1]), int(chosen.keep[2]))
        return 0
    result = {"kill -9": killed(chosen.kills, 5, chosen.seed)}
    with tempfile.TemporaryDirectory() as folder:
        shim = Path(folder) / "full_disk.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, SHIM, "-ldl"], check=True)
        result["one write fails"] = full(chosen.writes, 1, shim)
        result["the disk stays full"] = full(chosen.writes, 0, shim)
    print(json.dumps({name: tally.told() for name, tally in result.items()}))
    return 1 if any(tally.told()["failures"] for tally in result.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
