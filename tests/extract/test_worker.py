"""Files that end, stop or starve their reader end nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hostile_readers import worker_pids

from extract import WorkerError, read_report, read_reports_guarded
from extract.command import extract_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from extract.model import Report

HOSTILE = "hostile_readers:read"
TABLE = "<html><body><table><tr><td>规章</td><td>{}</td></tr></table>"


def read(*contents: bytes, workers: int = 2) -> list[Report]:
    files = [(str(n), content) for n, content in enumerate(contents)]
    return list(read_reports_guarded(files, workers, reader=HOSTILE))


def test_reports_come_in_the_order_of_the_files_and_say_the_same() -> None:
    pages = [TABLE.format(n).encode() for n in range(30)]
    found = list(read_reports_guarded([("", page) for page in pages], 2))
    assert found == [read_report(page) for page in pages]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"crash", "the file ended its reader (SIGSEGV): damaged, or made to"),
        (b"hang", "reading took longer than 0 s and was stopped"),
        (b"eat", "reading took more memory than a file may and was stopped"),
        (b"fail", "its reader failed on this file: LookupError"),
    ],
)
@pytest.mark.parametrize("start", [b"", b"{\\rtf"])
def test_a_file_that_stops_its_reader_is_one_problem(
    content: bytes, problem: str, start: bytes
) -> None:
    """Also among legacy Word files, which one worker reads together."""
    found = read(start, start + content, start, start, workers=1)
    assert [report.title for report in found] == ["0", None, "2", "3"]
    assert found[1].problems == (problem,)


def test_what_came_before_in_the_same_process_is_not_held_against_a_file() -> None:
    found = read(b"", b"crash if used", b"", workers=1)
    assert [report.title for report in found] == ["0", "1", "2"]


def test_what_a_library_prints_is_no_answer() -> None:
    assert [report.title for report in read(b"shout", b"shout")] == ["0", "1"]


def test_only_a_few_files_are_in_memory_at_a_time() -> None:
    taken = []

    def files() -> Iterator[tuple[str, bytes]]:
        for n in range(500):
            taken.append(n)
            yield str(n), b""

    reports = read_reports_guarded(files(), 1, reader=HOSTILE)
    assert [report.title for report in islice(reports, 3)] == ["0", "1", "2"]
    assert len(taken) < 60
    assert len(list(reports)) == 497


def test_a_reader_that_cannot_be_loaded_is_an_error_of_its_own() -> None:
    with pytest.raises(WorkerError, match="no reading process can be started"):
        list(read_reports_guarded([("", b"")], reader="nowhere:read"))


def test_ending_early_leaves_no_process() -> None:
    reports = read_reports_guarded([("", b""), ("", b"sleep")], 2, reader=HOSTILE)
    next(reports)
    workers = worker_pids(os.getpid())
    assert len(workers) == 2
    reports.close()
    assert not worker_pids(os.getpid()) & workers


RUN = """
from extract import read_reports_guarded
files = [("", b""), ("", b"sleep")]
for report in read_reports_guarded(files, 2, reader="hostile_readers:read"):
    print("read", flush=True)
"""


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_process(end: signal.Signals) -> None:
    paths = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"read\n"
    workers = worker_pids(process.pid)
    assert workers
    if end == signal.SIGINT:
        os.killpg(process.pid, end)  # as a terminal does, to all of them
    else:
        process.send_signal(end)
    process.wait(10)
    process.stdout.close()
    assert gone(workers)


def gone(pids: set[int], seconds: float = 10) -> bool:
    """Whether the processes end within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.02)
    return False


def test_the_command_line_goes_on_after_files_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bomb: Callable[[], bytes]
) -> None:
    page, bad = tmp_path / "page.html", tmp_path / "bomb.pdf"
    page.write_text(TABLE.format(7), encoding="utf-8")
    bad.write_bytes(bomb())
    problems = list(extract_files([bad, tmp_path / "none.html", page], as_json=False))
    told = capsys.readouterr().out
    assert [str(path) in told for path in (bad, page)] == [True, True]
    assert f"{tmp_path / 'none.html'}: No such file or directory" in problems
    assert sum(problem.startswith(f"{bad}: ") for problem in problems) == 1


@pytest.fixture
def bomb() -> Callable[[], bytes]:
    from bombs import flate_pdf  # noqa: PLC0415 - a fixture's own

    return lambda: flate_pdf(b"q Q ", 500)
