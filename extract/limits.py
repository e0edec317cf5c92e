"""Limits of time and memory for reading one file, kept by the kernel; only a worker sets them.

The memory limit is on private writable memory (RLIMIT_DATA), not on addresses (RLIMIT_AS): the
runtime of the recognition models reserves 1.6 GB of addresses and uses 0.6 GB. A limit of time that
passes ends the process, whatever native code it is in.
"""

from __future__ import annotations

import resource
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30.0
"""For a file; one with scans has more, see `for_scan`."""
MEMORY = 384 * 2**20
"""Bytes that reading a file may add to what the worker holds, which is about 110 MB."""

_SCAN_MEMORY = 1536 * 2**20
_SCAN_SECONDS_A_PAGE = 60.0
"""Far above what a page takes (about 2 s), because other work may share the cores."""
_MOST_SCANNED = 40
_STATM = Path("/proc/self/statm")
_DATA_FIELD = 5

_limited = False


def begin(seconds: float = SECONDS) -> None:
    """Limit this process from now on until `end`: SIGALRM ends it, allocations fail."""
    global _limited  # noqa: PLW0603 - limits belong to the process as a whole
    _limited = True
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _allow(_held() + MEMORY)


def for_scan(pages: int) -> None:
    """Allow what reading a scan of so many pages may need; nothing where nothing is limited."""
    if _limited:
        signal.setitimer(
            signal.ITIMER_REAL, SECONDS + _SCAN_SECONDS_A_PAGE * min(max(pages, 1), _MOST_SCANNED)
        )
        _allow(_SCAN_MEMORY)


def end() -> None:
    """Lift the limits."""
    global _limited  # noqa: PLW0603 - as above
    _limited = False
    signal.setitimer(signal.ITIMER_REAL, 0)
    _allow(resource.RLIM_INFINITY)


@contextmanager
def lifted() -> Iterator[None]:
    """Stop the clock and lift the limits for a program that keeps to limits of its own."""
    limited = _limited
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    if limited:
        end()
    yield
    if limited:
        begin(left)


def _allow(memory: int) -> None:
    """Set the soft limit only: LibreOffice, started from here, has limits of its own."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        memory = hard if memory == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))


def _held() -> int:
    """The private writable memory of this process in bytes; elsewhere than on Linux not known."""
    try:
        pages = int(_STATM.read_text("ascii").split()[_DATA_FIELD])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()
