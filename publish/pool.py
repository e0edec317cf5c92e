"""Documents read in processes of their own: one that ends its reader ends nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from publish.worker import pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    Files = Sequence[tuple[str, bytes]]

WORKER = (sys.executable, "-m", "publish.worker")
_SECONDS = 120
_SECONDS_A_FILE = 120
"""A scan of forty pages takes about that; what takes longer will not end by itself."""


def read_apart(
    batches: Iterable[Files],
    workers: int | None = None,
    command: Sequence[str] = WORKER,
    seconds: float = _SECONDS_A_FILE,
) -> Iterator[list[str | None]]:
    """Read batches of files, each in a process that ends with it.

    Args:
        batches: Taken as workers come free, so that few are in memory at a time.
        workers: How many processes at a time; by default one for each processor.
        command: The worker, see `publish.worker`.
        seconds: How long one file may take.

    Yields:
        For each batch, in order, the JSON of its files: None for a file that crashed its reader
        or never let it end.
    """
    workers = workers or os.cpu_count() or 1
    readers = _Readers(command, seconds)
    waiting: deque[Future[list[str | None]]] = deque()
    with ThreadPoolExecutor(workers) as threads:
        try:
            for batch in batches:
                waiting.append(threads.submit(readers.read, batch))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            readers.end()


class _Readers:
    """Starts workers, and ends those that are left."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._command = command
        self._seconds = seconds
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def read(self, files: Files) -> list[str | None]:
        """The reports of a batch; after a crash each file is read again, alone."""
        lines = self._run(files)
        if lines is not None:
            return list(lines)
        if self._ended or len(files) == 1:
            return [None] * len(files)
        return [report for file in files for report in self.read([file])]

    def _run(self, files: Files) -> list[str] | None:
        """One worker's answer; None where it gave none, or not one line for each file."""
        process = subprocess.Popen(  # noqa: S603 - our own worker
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._running.add(process)
        if self._ended:  # `end` may have looked before this one was there
            process.kill()
        try:
            limit = _SECONDS + self._seconds * len(files)
            out, _ = process.communicate(pack(files), timeout=limit)
        except subprocess.TimeoutExpired:
            return None
        finally:
            process.kill()
            process.communicate()
            self._running.discard(process)
        lines = out.decode("utf-8", "replace").splitlines()
        return lines if process.returncode == 0 and len(lines) == len(files) else None

    def end(self) -> None:
        """End the workers that still run."""
        self._ended = True
        for process in list(self._running):
            process.kill()
