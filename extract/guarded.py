"""Read files in worker processes, so that one that crashes, hangs or eats memory ends no run.

Plain processes, and not `concurrent.futures`, whose pool breaks as a whole when a worker dies and
does not say on which file, or `multiprocessing`, whose children run the caller's main module again.
The parent opens no file format itself and imports no reader.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Pipe, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from extract.model import Report
from extract.serialise import from_json

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from multiprocessing.connection import Connection

    File = tuple[str, bytes]

BATCH = 20
"""Legacy Word files read by one call of LibreOffice."""
_BYTES_AHEAD = 128 * 2**20
_READER = "extract.report:read_each"
_MAYBE_WORD = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_UNKNOWN = "application/octet-stream"
_FAREWELL = 2.0


class WorkerError(OSError):
    """No worker process can be started; the message is one line for the user."""


def read_reports_guarded(
    files: Iterable[File], workers: int | None = None, *, reader: str = _READER
) -> Generator[Report, None, None]:
    """Read files in worker processes, each within limits of time and memory.

    Args:
        files: Names and contents, taken as they are needed: few are in memory at a time.
        workers: How many processes at most; by default one for each processor.
        reader: `module:function` that the workers read with; for tests.

    Yields:
        The report of each file, in their order, as soon as it and those before it are read. A file
        that crashed its reader or passed a limit has a report with one problem. Closing the
        generator ends the processes.

    Raises:
        WorkerError: no worker can be started.
    """
    pool = _Pool(workers or os.cpu_count() or 1, reader)
    try:
        yield from pool.read(iter(files))
    finally:
        pool.close()


@dataclass(slots=True)
class _Task:
    """Files for one worker by their numbers; `again` says that it is tried a second time."""

    files: dict[int, File]
    again: bool = False

    @property
    def size(self) -> int:
        return sum(len(data) for _, data in self.files.values())


class _Worker:
    """A process and the task it is at."""

    def __init__(self, reader: str) -> None:
        self.connection, theirs = Pipe()
        command = (sys.executable, "-P", "-m", "extract.worker", str(theirs.fileno()), reader)
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                pass_fds=(theirs.fileno(),),
                env=os.environ | {"PYTHONPATH": paths, **_ONE_THREAD},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise WorkerError(f"no reading process can be started: {error.strerror}") from error
        finally:
            theirs.close()
        self.task: _Task | None = None
        self.types: list[str] = []
        self.since = 0.0
        self.ready = self.used = False

    def begin(self, task: _Task) -> None:
        """Hand over a task; a worker that has died meanwhile is found out at its answer."""
        self.task, self.types, self.since = task, [], time.monotonic()
        try:
            self.connection.send(list(task.files.values()))
        except (BrokenPipeError, ConnectionResetError):
            return

    def answer(self) -> dict[str, Any] | None:
        """What the worker says next; None where it has ended."""
        try:
            answer: dict[str, Any] = json.loads(self.connection.recv_bytes())
        except (EOFError, OSError):
            return None
        return answer

    def end(self) -> int:
        """End the process, gently where it is at work; its exit status."""
        self.connection.close()
        if self.task is None:
            self._process.kill()
        else:
            self._process.terminate()
        try:
            return self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def status(self) -> int:
        """The exit status of a process that has ended or is about to."""
        try:
            return self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            return self.end()


_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Readers solve no equations: the threads would only take memory."""


@dataclass(slots=True)
class _Pool:
    """Workers, the tasks before them and the reports behind them."""

    size: int
    reader: str
    workers: list[_Worker] = field(default_factory=list)
    tasks: deque[_Task] = field(default_factory=deque)
    words: dict[int, File] = field(default_factory=dict)
    done: dict[int, Report] = field(default_factory=dict)

    def read(self, files: Iterator[File]) -> Iterator[Report]:
        taken = given = 0
        more = True
        while True:
            while more and self._has_room(taken - given):
                file = next(files, None)
                more = file is not None
                if file is not None:
                    self._take(taken, file)
                    taken += 1
            if not more or not self.tasks:
                self._send_words()
            self._hand_out()
            if given in self.done:
                yield self.done.pop(given)
                given += 1
            elif given < taken:
                self._listen()
            elif not more:
                return

    def close(self) -> None:
        """End every worker."""
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def _has_room(self, ahead: int) -> bool:
        waiting = sum(task.size for task in self.tasks) + _size(self.words.values())
        waiting += sum(worker.task.size for worker in self.workers if worker.task)
        return ahead < BATCH * (self.size + 1) and waiting < _BYTES_AHEAD

    def _take(self, number: int, file: File) -> None:
        if file[1].startswith(_MAYBE_WORD):
            self.words[number] = file
            if len(self.words) == BATCH:
                self._send_words()
        else:
            self.tasks.append(_Task({number: file}))

    def _send_words(self) -> None:
        if self.words:
            self.tasks.append(_Task(self.words))
            self.words = {}

    def _hand_out(self) -> None:
        """Give tasks to workers that wait for one; begin workers where there are more tasks."""
        for worker in [worker for worker in self.workers if worker.ready and not worker.task]:
            if not self.tasks:
                return
            if self.tasks[0].again and worker.used:
                worker.end()
                self.workers.remove(worker)
            else:
                worker.begin(self.tasks.popleft())
        starting = sum(not worker.ready for worker in self.workers)
        for _ in range(min(len(self.tasks) - starting, self.size - len(self.workers))):
            self.workers.append(_Worker(self.reader))

    def _listen(self) -> None:
        """Wait for workers and take what they say."""
        speaking = {w.connection: w for w in self.workers if w.task or not w.ready}
        for connection in wait(list(speaking)):
            worker = speaking[cast("Connection", connection)]
            self._hear(worker, worker.answer())

    def _hear(self, worker: _Worker, answer: dict[str, Any] | None) -> None:
        if answer is None or "stopped" in answer:
            self._replace(worker, answer["stopped"] if answer else None)
        elif "ready" in answer:
            worker.ready = True
        elif "types" in answer:
            worker.types = answer["types"]
        elif worker.task is not None:
            number = next(iter(worker.task.files))
            del worker.task.files[number]
            del worker.types[:1]
            self.done[number] = from_json(answer["report"])
            worker.used, worker.since = True, time.monotonic()
            if not worker.task.files:
                worker.task = None

    def _replace(self, worker: _Worker, stopped: str | None) -> None:
        """Go on without a worker that could not read the file it was at."""
        task, seconds = worker.task, time.monotonic() - worker.since
        status = worker.end() if stopped else worker.status()
        self.workers.remove(worker)
        if task is None:
            raise WorkerError(f"no reading process can be started: it ended with status {status}")
        number, file = next(iter(task.files.items()))
        timed_out = stopped is None and status == -signal.SIGALRM
        if not task.again and not timed_out and (worker.used or len(task.files) > 1):
            # What came before in the same process may be to blame: the file gets one of its own.
            self.tasks.appendleft(_Task({number: file}, again=True))
        else:
            kind = worker.types[0] if worker.types else _UNKNOWN
            self.done[number] = Report(kind, problems=(_problem(stopped, status, seconds),))
        rest = {n: f for n, f in task.files.items() if n != number}
        if rest:
            self.tasks.appendleft(_Task(rest))


def _size(files: Iterable[File]) -> int:
    return sum(len(data) for _, data in files)


def _problem(stopped: str | None, status: int, seconds: float) -> str:
    """Why a file was not read, in one line."""
    if stopped == "memory":
        return "reading took more memory than a file may and was stopped"
    if stopped is not None:
        return f"its reader failed on this file: {stopped}"
    if status == -signal.SIGALRM:
        return f"reading took longer than {int(seconds)} s and was stopped"
    name = signal.Signals(-status).name if status < 0 else f"status {status}"
    return f"the file ended its reader ({name}): damaged, or made to"
