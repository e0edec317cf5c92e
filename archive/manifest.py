"""The signed manifest of a run: its files, its captures, the Merkle root over them.

`warc/<run>.manifest.json` is written when a run has ended, `<run>.manifest-00000.json` and so on
when a run that has not ended is left (interrupted, killed). Each lists all files of the run that
were finished by then, none is ever changed. Beside each lie `….json.sig`, the Ed25519 signature
over its bytes, and `….json.tsr`, the answer of a time-stamp authority over both.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive import merkle
from archive.errors import Damaged
from archive.files import FileEntry, run_of
from archive.log import Head

if TYPE_CHECKING:
    from pathlib import Path

FORM = "nianbao manifest 1"
SUFFIX = ".json"
SIGNATURE = ".sig"
STAMP = ".tsr"
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})\.manifest(?:-(\d{5}))?\.json")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CAPTURE = re.compile(r"\d{14}-[0-9a-f]{12}(?:-\d{1,9})?")
_LARGEST = 1 << 30


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A WARC file as a manifest states it; `leaves` by capture, in the order of the file."""

    entry: FileEntry
    leaves: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was kept of a run when it was signed, under the file name `name`.

    `occasion`: `finish` at the run's end, `close` when its writer left it, `upkeep` where files
    were found that a killed process had left or that came from elsewhere: then it says only that
    they were as they are now. `finished` is None where the run had not ended. `log` is where the
    archive's log stood, `key` the id of the public key, `root` the Merkle root (64 hex digits).
    """

    name: str
    run: str
    started: str
    finished: str | None
    counts: dict[str, int]
    occasion: str
    made: str
    software: str
    key: str
    log: Head
    root: str
    files: tuple[SignedFile, ...]

    @property
    def captures(self) -> int:
        """How many captures the files hold."""
        return sum(len(file.leaves) for file in self.files)

    def leaves(self) -> list[bytes]:
        """Returns the leaves of all captures in their order: file by file, in each by offset."""
        return [bytes.fromhex(leaf) for file in self.files for leaf in file.leaves.values()]


def root_of(files: tuple[SignedFile, ...]) -> str:
    """Returns the Merkle root over the captures of the files, 64 hex digits."""
    leaves = [bytes.fromhex(leaf) for file in files for leaf in file.leaves.values()]
    return merkle.root(leaves).hex()


def dump(manifest: Manifest) -> bytes:
    """Returns the manifest as it is signed: JSON, one capture a line."""
    facts = {
        "form": FORM,
        "name": manifest.name,
        "run": manifest.run,
        "started": manifest.started,
        "finished": manifest.finished,
        "counts": manifest.counts,
        "occasion": manifest.occasion,
        "made": manifest.made,
        "software": manifest.software,
        "key": manifest.key,
        "log": {"entries": manifest.log.entries, "sha256": manifest.log.sha256},
        "captures": manifest.captures,
        "root": manifest.root,
        "files": [
            {
                "name": file.entry.name,
                "bytes": file.entry.bytes,
                "sha256": file.entry.sha256,
                "records": file.entry.records,
                "captures": file.leaves,
            }
            for file in manifest.files
        ],
    }
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def load(data: bytes) -> Manifest:
    """Returns the manifest in `data`.

    Raises:
        Damaged: if it is none.
    """
    try:
        facts = json.loads(data)
        if facts["form"] != FORM:
            raise Damaged(f"is of the form {str(facts['form'])[:80]!r}, this reads {FORM!r}")
        manifest = Manifest(
            name=_text(facts["name"]),
            run=_text(facts["run"]),
            started=_text(facts["started"]),
            finished=facts["finished"] and _text(facts["finished"]),
            counts={_text(name): _number(count) for name, count in facts["counts"].items()},
            occasion=_text(facts["occasion"]),
            made=_text(facts["made"]),
            software=_text(facts["software"]),
            key=_sha256(facts["key"]),
            log=Head(_number(facts["log"]["entries"]), _text(facts["log"]["sha256"])),
            root=_sha256(facts["root"]),
            files=tuple(_file(item) for item in facts["files"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Damaged(f"is no manifest: {' '.join(str(error).split())[:200]}") from error
    if facts["captures"] != manifest.captures:
        raise Damaged(f"states {facts['captures']!r} captures and lists {manifest.captures}")
    return manifest


def _file(item: dict[str, Any]) -> SignedFile:
    entry = FileEntry(
        _text(item["name"]),
        _number(item["bytes"]),
        _sha256(item["sha256"]),
        _number(item["records"]),
    )
    if not run_of(entry.name):
        raise ValueError(f"not a WARC file: {entry.name[:80]!r}")
    leaves = {_capture(name): _sha256(leaf) for name, leaf in item["captures"].items()}
    return SignedFile(entry, leaves)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a text: {str(value)[:80]}")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"not a number: {str(value)[:80]}")
    return value


def _sha256(value: object) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError(f"not a SHA-256: {str(value)[:80]}")
    return value


def _capture(value: str) -> str:
    if not _CAPTURE.fullmatch(value):
        raise ValueError(f"not a capture: {value[:80]!r}")
    return value


# Files


def name_of(run: str, part: int | None) -> str:
    """Returns the file name of a run's manifest: that of its end, or that of an earlier part."""
    return f"{run}.manifest{SUFFIX}" if part is None else f"{run}.manifest-{part:05}{SUFFIX}"


def run_and_part(name: str) -> tuple[str, int | None] | None:
    """Returns what a manifest's file name says, None where it is not the name of one."""
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2]) if found[2] else None) if found else None


def beside(path: Path, suffix: str) -> Path:
    """Returns the signature (`.sig`) or the time stamp (`.tsr`) that belongs to a manifest."""
    return path.with_name(path.name + suffix)


def paths(folder: Path, run: str | None = None) -> list[Path]:
    """Returns the manifests in the folder of the WARC files, or those of a run.

    By run, the earlier parts in their order and that of the run's end last.
    """
    found = []
    for path in folder.glob(f"{run or ''}*.manifest*{SUFFIX}"):
        named = run_and_part(path.name)
        if named and run in {None, named[0]}:
            found.append((named[0], named[1] is None, named[1] or 0, path))
    return [path for *_, path in sorted(found)]


def read_bytes(path: Path) -> bytes:
    """Returns the bytes of a manifest.

    Raises:
        Damaged: if it cannot be read.
    """
    try:
        if not path.is_file():
            raise Damaged("cannot be read: it is no file")
        if path.stat().st_size > _LARGEST:
            raise Damaged(f"is larger than {_LARGEST} bytes")
        return path.read_bytes()
    except OSError as error:
        raise Damaged(f"cannot be read: {error}") from error


def sha256(data: bytes) -> str:
    """Returns the SHA-256 of a manifest's bytes, 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def imprint(manifest: bytes, signature: bytes) -> bytes:
    """Returns what a time stamp is over: the SHA-256 of the manifest and its signature joined."""
    return hashlib.sha256(manifest + signature).digest()
