"""What a site shows of the proofs: the public key, each run's root, signature and time stamp.

Shown as it stands there, not judged: `nianbao verify` judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from archive import keys, log, manifest, proving, stamping
from archive.errors import ArchiveError, Damaged

if TYPE_CHECKING:
    from pathlib import Path

    from archive.stamping import Stamp


@dataclass(frozen=True, slots=True)
class Signed:
    """A manifest of a run: its file name, when and why it was signed, what it states.

    `root` is the Merkle root over the captures (64 hex digits), `signature` in hex, "" where there
    is none; `stamp` is None where there is no time stamp that can be read.
    """

    name: str
    occasion: str
    made: str
    captures: int
    files: int
    root: str
    key: str
    signature: str
    stamp: Stamp | None


@dataclass(frozen=True, slots=True)
class Audit:
    """The last audit in the log: when, and how many findings it had."""

    at: str
    findings: int


def signed(data: Path, run: str) -> list[Signed]:
    """Returns the manifests of a run that can be read, that of its end last."""
    found = []
    for path in manifest.paths(data / "warc", run):
        try:
            changed = tuple(
                one.stat().st_mtime_ns if one.is_file() else 0
                for one in (path, _beside(path, manifest.SIGNATURE), _beside(path, manifest.STAMP))
            )
            found.append(_summary(data, path, changed))
        except (Damaged, OSError):
            continue
    return found


def _beside(path: Path, suffix: str) -> Path:
    return manifest.beside(path, suffix)


@lru_cache(maxsize=256)
def _summary(data: Path, path: Path, _changed: tuple[int, ...]) -> Signed:
    """A manifest may list a hundred thousand captures, so what is shown of it is kept."""
    text = manifest.read_bytes(path)
    read = manifest.load(text)
    signature = _bytes(_beside(path, manifest.SIGNATURE))
    stamp: Stamp | None = None
    try:
        trusted = proving.trusted(data)
        stamp = stamping.check(_bytes(_beside(path, manifest.STAMP)), text + signature, trusted)
    except ArchiveError:
        pass
    return Signed(
        name=path.name,
        occasion=read.occasion,
        made=read.made,
        captures=read.captures,
        files=len(read.files),
        root=read.root,
        key=read.key,
        signature=signature.hex(),
        stamp=stamp,
    )


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def public_key(data: Path) -> str | None:
    """Returns the id of the archive's public key: the SHA-256 of its DER form, in hex."""
    try:
        return next(iter(keys.known(data)), None)
    except ArchiveError:
        return None


def last_audit(data: Path) -> Audit | None:
    """Returns the last audit in the archive's log."""
    for entry in reversed(log.read(data)[0]):
        found = entry.said.get("findings")
        if entry.said.get("what") == "audit" and isinstance(found, dict):
            counts = (count for count in found.values() if isinstance(count, int))
            return Audit(str(entry.said.get("logged", ""))[:20], sum(counts))
    return None


def proof_file(data: Path, name: str) -> bytes | None:
    """Returns a public proof: the public key, the log, a manifest, its signature or time stamp.

    Whatever else is asked for, the private key first of all, is None.
    """
    public = {log.NAME, proving.ROOTS, *(path.name for path in keys.public_files(data))}
    if name in public:
        return _bytes(data / keys.FOLDER / name) or None
    for suffix in (manifest.SIGNATURE, manifest.STAMP, ""):
        first = name.removesuffix(suffix) if suffix else name
        if name.endswith(suffix) and manifest.run_and_part(first):
            return _bytes(data / "warc" / name) or None
    return None
