"""How fast and in how much memory an archive is exported, beside the wacz package in the same run.

    python -m benchmarks.exports [--captures 4000] [--wacz …/bin/wacz] [--kills 40]

The wacz package is no dependency (it leans on an AGPL library); without `--wacz` it is left out.
Each export runs in a process of its own: processor seconds, and the most memory it held. Then so
many exports are killed at random instants: under the final name there is a whole export or nothing.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from archive import Archive, Exchange, PortalRecord

PDF_BYTES = 120_000
PAGE_BYTES = 24_000
FORMS = ("wacz", "bagit", "prov")


def fill(data: Path, captures: int) -> None:
    """Makes an archive of pages and PDFs in equal number."""
    dice = random.Random(2026)  # noqa: S311 - noise, as compressed as a PDF
    text = "".join(f"<td>{dice.randrange(10**6)}</td>" for _ in range(PAGE_BYTES // 14)).encode()
    with Archive(data) as archive:
        portals = [PortalRecord(str(n), f"http://p{n}.gov.cn/", "230111") for n in range(10)]
        archive.begin_run("run", "2026-11-20T06:00:00Z", portals)
        kept = []
        for number in range(captures):
            pdf = number % 2
            body = dice.randbytes(PDF_BYTES) if pdf else b"<h1>%d</h1>" % number + text
            kind = b"application/pdf" if pdf else b"text/html; charset=utf-8"
            kept.append(archive.submit(_exchange(number, body, kind)))
        for one in kept:
            one.result()
        archive.finish_run("run")


def _exchange(number: int, body: bytes, kind: bytes) -> Exchange:
    return Exchange(
        url=f"http://p{number % 10}.gov.cn/zfxxgknb/{number}",
        method="GET",
        request_headers=((b"Host", b"p.gov.cn"),),
        request_body=b"",
        status=200,
        headers=((b"Content-Type", kind),),
        body=body,
        fetched_at=f"2026-11-20T{6 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z",
        portal=str(number % 10),
        role="attachment" if number % 2 else "report",
    )


def spent(command: list[str]) -> dict[str, float]:
    """Processor seconds and the most memory (MB) of a command."""
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"{' '.join(command)} ended with {status}")
    return {
        "seconds": round(used.ru_utime + used.ru_stime, 2),
        "MB held": round(used.ru_maxrss / 1024, 1),
    }


def killed(command: list[str], to: Path, kills: int) -> dict[str, int]:
    """Kills an export at random instants and looks at what has its name then.

    Returns:
        How many ended before they were killed, and how many left something that is not whole.
    """
    begun = time.monotonic()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    lasts, whole = time.monotonic() - begun, _bytes_of(to)
    dice = random.Random(1)  # noqa: S311 - instants
    counts = {"killed": 0, "ended before": 0, "not whole": 0}
    for _ in range(kills):
        _clear(to)
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            process.wait(dice.uniform(0, lasts))
            counts["ended before"] += 1
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            counts["killed"] += 1
        counts["not whole"] += to.exists() and _bytes_of(to) != whole
    subprocess.run([*command, "--replace"], check=True, stderr=subprocess.DEVNULL)
    counts["not whole"] += _bytes_of(to) != whole
    _clear(to)
    return counts


def _bytes_of(to: Path) -> dict[str, str]:
    """The digest of each file of an export."""
    paths = sorted(to.rglob("*")) if to.is_dir() else [to]
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()
    }


def _clear(to: Path) -> None:
    if to.is_dir():
        shutil.rmtree(to)
    to.unlink(missing_ok=True)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=4_000)
    parser.add_argument("--wacz", default="")
    parser.add_argument("--kills", type=int, default=0)
    given = parser.parse_args()
    results: dict[str, dict[str, float]] = {}
    kills: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        # In a process of its own: what its parent holds counts for a child until it runs.
        maker = multiprocessing.get_context("spawn").Process(
            target=fill, args=(data, given.captures)
        )
        maker.start()
        maker.join()
        size = sum(path.stat().st_size for path in (data / "warc").glob("*.warc.gz"))
        for form in FORMS:
            to = Path(folder, form)
            run = [sys.executable, "-c", _RUN, "export", form, "--data", str(data), "--to", str(to)]
            results[form] = _rated(spent(run), size)
            if form == "wacz":
                part = [*run[:-1], str(to) + "-part", "--portal", "3"]
                results["wacz of one portal in ten"] = _rated(spent(part), size)
            _clear(to)
        for form in FORMS[:2] if given.kills else ():
            to = Path(folder, f"{form}-killed")
            run = [sys.executable, "-c", _RUN, "export", form, "--data", str(data), "--to", str(to)]
            kills[form] = killed(run, to, given.kills)
        if given.wacz:
            files = [str(path) for path in sorted((data / "warc").glob("*.warc.gz"))]
            peer = [given.wacz, "create", "-o", str(Path(folder, "peer.wacz")), *files]
            results["wacz package"] = _rated(spent(peer), size)
    for name, figures in results.items():
        print(f"{name:28}", *(f"{value} {unit}" for unit, value in figures.items()), sep="  ")
    for form, counts in kills.items():
        print(f"{form:28}", *(f"{count} {what}" for what, count in counts.items()), sep="  ")
    told = {"captures": given.captures, "MB": round(size / 1e6, 1), "exports": results}
    print(json.dumps(told | {"kills": kills}))


_RUN = "import nianbao; nianbao.main(prog_name='nianbao')"


def _rated(used: dict[str, float], size: int) -> dict[str, float]:
    return used | {"MB/s": round(size / 1e6 / max(used["seconds"], 0.01), 1)}


if __name__ == "__main__":
    main()
