"""The archive's log of what was signed, stamped, audited and repaired: lines are only ever added.

`proof/audit.jsonl`, one JSON object a line; each states the SHA-256 of the line before it, and
every signed manifest states where the log stood, so a line that is changed, taken out or cut off
is missed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from archive.errors import Damaged
from archive.keys import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

NAME = "audit.jsonl"


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stands: how many entries it has, and the SHA-256 (hex) of the last line."""

    entries: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its SHA-256 (hex, without the line's end) and what it says."""

    sha256: str
    said: dict[str, Any]


def now() -> str:
    """Returns the time as `2026-11-20T06:46:35Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def append(data: Path, what: str, /, **facts: object) -> Head:
    """Adds an entry: what was done, when, and the facts of it; returns where the log stands then.

    A line that a power cut tore off is dropped: nothing ever depended on it.

    Raises:
        OSError: if it cannot be written; then nothing is.
    """
    path = data / FOLDER / NAME
    path.parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.read().split(b"\n")
        whole = sum(len(line) + 1 for line in lines[:-1])
        before = _hash(lines[-2]) if whole else ""
        entry = {**facts, "logged": now(), "what": what, "previous": before}
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
        file.seek(whole)
        file.truncate()
        try:
            written = file.write(line + b"\n")
            os.fsync(file.fileno())
        except OSError:
            file.truncate(whole)
            raise
        if written <= len(line):
            file.truncate(whole)
            raise OSError(f"no room for another line in {path}")
    return Head(len(lines), _hash(line))


def keys(entries: list[Entry]) -> set[str]:
    """Returns the ids of the keys that the log says were made."""
    return {str(entry.said.get("key")) for entry in entries if entry.said.get("what") == "key"}


def read(data: Path) -> tuple[list[Entry], list[str]]:
    """Returns the entries of the log, and what is wrong with it, a line each."""
    path = data / FOLDER / NAME
    if not path.is_file():
        return [], ["is no file"] if path.exists() else []
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        return [], [f"cannot be read: {error}"]
    entries, wrong = list[Entry](), list[str]()
    if lines.pop():
        wrong.append("its last line is torn off")
    before = ""
    for number, line in enumerate(lines, 1):
        sha256 = _hash(line)
        try:
            said = _object(line)
        except Damaged:
            said = {}
            wrong.append(f"line {number} is no entry")
        else:
            if said.get("previous") != before:
                wrong.append(f"line {number} does not follow the line before it")
        entries.append(Entry(sha256, said))
        before = sha256
    return entries, wrong


def _object(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Damaged("not JSON") from error
    if not isinstance(said, dict):
        raise Damaged("not an object")
    return said


def head(entries: list[Entry]) -> Head:
    """Returns where the log stands."""
    return Head(len(entries), entries[-1].sha256) if entries else Head()
