"""Readers that a file's content makes crash, hang, or fail, to be run in worker processes."""

from __future__ import annotations

import ctypes
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from extract import limits
from extract.model import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_served: list[str] = []


def read(files: Sequence[tuple[str, bytes]]) -> Iterator[Report]:
    for name, data in files:
        _obey(data)
        _served.append(name)
        yield Report("text/plain", title=name)


def _obey(data: bytes) -> None:
    match data.removeprefix(b"{\\rtf"):
        case b"crash":
            ctypes.string_at(0)
        case b"crash if used" if _served:
            os.abort()
        case b"hang":
            limits.begin(0.3)
            re.match("(a+)+$", "a" * 60 + "b")  # keeps Python's lock: no signal handler would run
        case b"sleep":
            time.sleep(20)
        case b"eat":
            bytearray(2 * limits.MEMORY)
        case b"fail":
            raise LookupError("no such thing")
        case b"shout":
            os.write(1, b"noise\n" * 50_000)


def worker_pids(parent: int) -> set[int]:
    """The living worker processes that a process started."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, ppid = (folder / "stat").read_text("utf-8").rpartition(") ")[2].split()[:2]
            is_worker = b"extract.worker" in (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(ppid) == parent and is_worker and state != "Z":
            found.add(int(folder.name))
    return found
