"""The chain that proves one capture, and the commands that check it without this software.

From the bytes in the WARC file: each record's block to the digest in its header, the three headers
to the capture's leaf, the leaf by its path to the run's Merkle root, the root to the signed
manifest, manifest and signature to the time stamp. The commands need a POSIX shell, gzip and
OpenSSL 3, and nothing else.
"""

from __future__ import annotations

import hashlib
import shlex
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archive import files, keys, manifest, merkle, proving
from archive.encoding import LIMIT
from archive.entries import parse_head
from archive.errors import ArchiveError
from archive.fields import one_line
from archive.members import Record, records
from archive.sending import locate
from archive.stores import StoredFile, at_hand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.catalog import Catalog
    from archive.evidence import Evidence
    from archive.manifest import Manifest
    from archive.merkle import Step
    from archive.model import Capture
    from archive.stamping import Stamp


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything from a capture's bytes to the signature and the time stamp over its run."""

    capture: Capture
    records: tuple[Record, ...]
    leaf: bytes
    position: int
    steps: tuple[Step, ...]
    manifest: Manifest
    path: Path
    stamp: Stamp | None
    roots: Path | None


def chain_of(
    data: Path,
    capture_id: str,
    catalog: Catalog,
    evidence: Evidence,
    roots: Path | None = None,
) -> Chain:
    """Returns the chain of a capture.

    Args:
        data: the data folder.
        capture_id: the capture.
        catalog: where it is looked up.
        evidence: what vouches for it, already checked (`Evidence.findings`).
        roots: root certificates of the time-stamp authority; else those kept or configured.

    Raises:
        ArchiveError: if a link of it is missing or does not hold, and which.
    """
    capture = catalog.capture(capture_id)
    if capture is None:
        raise ArchiveError(f"there is no capture {capture_id[:80]}")
    path = evidence.best(files.run_of(capture.warc))
    if path is None:
        raise ArchiveError(f"run {capture.run} has no good manifest; `nianbao verify` says why")
    read = manifest.load(manifest.read_bytes(path))
    ids = [name for file in read.files for name in file.leaves]
    if capture.id not in ids:
        raise ArchiveError(f"{path.name} does not list capture {capture.id}")
    leaves, position = read.leaves(), ids.index(capture.id)
    group = _group(data / "warc", capture, catalog)
    leaf = merkle.leaf_hash(*(record.head for record in group))
    steps = merkle.path(leaves, position)
    if leaf != leaves[position] or merkle.climb(leaf, steps).hex() != read.root:
        raise ArchiveError(f"capture {capture.id} in {capture.warc} is not what {path.name} states")
    for record in group:
        stated = record.headers.get("warc-block-digest")
        if stated != f"sha256:{hashlib.sha256(record.block).hexdigest()}":
            raise ArchiveError(f"capture {capture.id}: its {record.kind} is not what it states")
    stamp = evidence.stamps.get(path.name)
    known = next(iter(proving.roots(data, roots)), None)
    return Chain(capture, group, leaf, position, tuple(steps), read, path, stamp, known)


def _group(folder: Path, capture: Capture, catalog: Catalog) -> tuple[Record, ...]:
    """Returns the records of a capture: request, metadata, answer."""
    found: list[Record] = []
    start = catalog.end_before(capture.warc, capture.offset)
    with at_hand(locate(folder, capture.warc)) as path:
        for item in records(path, start):
            if item.offset > capture.offset:
                break
            if isinstance(item, Record):
                found.append(item)
    answer = found[-1] if found else None
    if answer is None or answer.offset != capture.offset:
        raise ArchiveError(f"capture {capture.id}: {capture.warc} holds no whole record there")
    name = answer.headers.get("warc-record-id", "")
    return (*(one for one in found if one.headers.get("warc-concurrent-to") == name), answer)


# For people


def told(chain: Chain) -> Iterator[str]:
    """Yields the chain, a line each."""
    capture, read = chain.capture, chain.manifest
    yield f"capture    {capture.id}"
    yield f"address    {capture.method} {capture.url}"
    yield f"fetched    {capture.fetched_at}  HTTP {capture.http_status}"
    yield f"content    SHA-256 {capture.sha256}, {capture.bytes} bytes"
    if capture.revisit_of:
        yield f"           held by capture {capture.revisit_of}"
    for record in chain.records:
        at = f"{capture.warc} at {record.offset}, {record.length} bytes"
        yield f"{record.kind:10} {at}, block SHA-256 {hashlib.sha256(record.block).hexdigest()}"
    yield f"leaf       {chain.leaf.hex()}  ({chain.position + 1} of {read.captures})"
    for side, other in chain.steps:
        yield f"{side:10} {other.hex()}"
    yield f"root       {read.root}"
    yield f"manifest   {chain.path.name}, signed {read.made} on {read.occasion}"
    yield f"signature  {manifest.beside(chain.path, manifest.SIGNATURE).name}, key {read.key}"
    if chain.stamp:
        rooted = "" if chain.stamp.rooted else "  (not led back to a root: --tsa-ca)"
        yield f"time stamp {chain.stamp.at} by {chain.stamp.by}{rooted}"
    else:
        yield "time stamp none"


# For a shell

_SCRIPT = """\
# Checks capture {id} with gzip and OpenSSL 3 alone; run it in {folder}.
set -e
t=$(mktemp -d); trap 'rm -r "$t"' EXIT
test -f {warc} || {{ echo FAILED: {warc} is not here{store}; exit 1; }}
hash() {{ openssl dgst -sha256 -binary; }}
hex() {{ od -An -v -tx1 | tr -d ' \\n'; }}
is() {{ test "$1" = "$2" || {{ echo "FAILED: $3"; exit 1; }}; echo "ok: $3"; }}
record() {{ tail -c +$(($1 + 1)) {warc} | head -c "$2" | gzip -dc > "$t/record"; }}
printf '\\000' > "$t/leaf"
"""
_RECORD = """\
record {offset} {length}
head -c {head} "$t/record" >> "$t/leaf"
is "$(tail -c +{after} "$t/record" | head -c {block} | hash | hex)" {digest} "{kind}, its block"
head -c {head} "$t/record" | grep -q '^WARC-Block-Digest: sha256:{digest}' || exit 1
"""
_CONTENT = """\
is "$(tail -c +{after} "$t/record" | head -c {bytes} | {decoded}hash | hex)" {sha256} "content"
"""
_ROOT = """\
hash < "$t/leaf" > "$t/node"
is "$(hex < "$t/node")" {leaf} "leaf of the capture"
{steps}is "$(hex < "$t/node")" {root} "Merkle root of the run"
grep -q '^ "root": "{root}",$' {manifest} || {{ echo "FAILED: manifest"; exit 1; }}
echo "ok: the manifest states that root"
openssl pkeyutl -verify -pubin -inkey {key} -rawin -in {manifest} -sigfile {signature}
"""
_STAMP = """\
cat {manifest} {signature} > "$t/stamped"
openssl ts -verify -attime {at} -data "$t/stamped" -in {stamp} -CAfile {roots}
openssl ts -reply -in {stamp} -text | grep 'Time stamp:'
"""


def script(chain: Chain, data: Path) -> str:
    """Returns the commands that check the chain; they end with status 0 only if all of it holds."""
    name = shlex.quote
    base = chain.path.name
    parts = [
        _SCRIPT.format(
            id=chain.capture.id,
            folder="the data folder",
            warc=name(f"warc/{chain.capture.warc}"),
            store=_store(data, chain.capture.warc),
        )
    ]
    parts += [
        _RECORD.format(
            offset=record.offset,
            length=record.length,
            head=len(record.head),
            after=len(record.head) + 1,
            block=len(record.block),
            digest=hashlib.sha256(record.block).hexdigest(),
            kind=record.kind,
        )
        for record in chain.records
    ]
    parts += _content(chain)
    parts.append(
        _ROOT.format(
            leaf=chain.leaf.hex(),
            steps="".join(map(_step, chain.steps)),
            root=chain.manifest.root,
            manifest=name(f"warc/{base}"),
            signature=name(f"warc/{base}{manifest.SIGNATURE}"),
            key=name(f"{keys.FOLDER}/{keys.public_file(data, chain.manifest.key).name}"),
        )
    )
    if chain.stamp and chain.roots:
        parts.append(
            _STAMP.format(
                manifest=name(f"warc/{base}"),
                signature=name(f"warc/{base}{manifest.SIGNATURE}"),
                stamp=name(f"warc/{base}{manifest.STAMP}"),
                at=_seconds(chain.stamp),  # its certificate may have expired since
                roots=name(_from(data, chain.roots)),
            )
        )
    return "".join(parts)


def _store(data: Path, warc: str) -> str:
    """Returns where to get a file that is in the store alone, as words for the shell."""
    held = locate(data / "warc", warc)
    if not isinstance(held, StoredFile):
        return ""
    return f": get it from {shlex.quote(one_line(held.store.url))}"


def _content(chain: Chain) -> Iterator[str]:
    """Yields the command that leads the SHA-256 of citations back to the response's bytes.

    None for a revisit, whose content another capture holds, and where gzip cannot undo the coding.
    """
    answer, capture = chain.records[-1], chain.capture
    if answer.kind != "response":
        return
    start = parse_head(answer.block)[2]
    body = answer.block[start:]
    for undo, decoded in (("", body), ("gzip -dc | ", _unzipped(body))):
        if hashlib.sha256(decoded).hexdigest() == capture.sha256:
            yield _CONTENT.format(
                after=len(answer.head) + start + 1,
                bytes=len(body),
                decoded=undo,
                sha256=capture.sha256,
            )
            return


def _unzipped(body: bytes) -> bytes:
    """Returns what gzip makes of a body, nothing where that is not all of it."""
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = member.decompress(body, LIMIT)
    except zlib.error:
        return b""
    return content if member.eof and not member.unused_data else b""


def _seconds(stamp: Stamp) -> int:
    return int(datetime.fromisoformat(stamp.at).timestamp())


def _from(data: Path, path: Path) -> str:
    kept = data / keys.FOLDER / proving.ROOTS
    return f"{keys.FOLDER}/{proving.ROOTS}" if path == kept else str(path.absolute())


def _step(step: Step) -> str:
    """Returns the command that goes one node up; the other half is written in octal."""
    side, other = step
    octal = "".join(f"\\{byte:03o}" for byte in other)
    half, own = f"printf '{octal}'", 'cat "$t/node"'
    both = f"{half}; {own}" if side == "left" else f"{own}; {half}"
    return f'{{ printf \'\\001\'; {both}; }} | hash > "$t/up"; mv "$t/up" "$t/node"\n'
