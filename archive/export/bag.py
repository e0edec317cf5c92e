"""BagIt 1.0 (RFC 8493): WARCs with tables and provenance, for a library's own store.

A bag says of every file in it how long it is and which SHA-256 it has, so whoever takes it in can
check it with the tools they have.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from archive.export.proofs import proofs
from archive.export.prov import provenance
from archive.export.table import csv_chunks
from archive.export.warcs import warc_parts
from archive.model import Capture, Rendering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from archive.export.selection import Selection

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_README = """\
政府信息公开工作年度报告存档 · Archive of annual reports on information disclosure

warc/           the exchanges with the portals as received, WARC 1.1 (ISO 28500:2017); a file
                named -part holds the chosen ones of a larger file, each copied unchanged
captures.csv    one line a capture: address, time, status, SHA-256, where in which WARC it stands
renderings.csv  pages as a browser showed them; never originals
provenance.json how each came here (W3C PROV-JSON)
proof/          signed manifests of the runs, time stamps where there are some, the public key
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as a manifest lists it: its path from the bag's top, its size and SHA-256."""

    path: str
    bytes: int
    sha256: str


def write_bag(
    bag: Path,
    data: Path,
    selection: Selection,
    software: str,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Fills the empty folder `bag`; the same selection is the same bytes.

    Args:
        bag: an empty folder.
        data: the archive's data folder.
        selection: what is exported; its `problems` get what could not be read.
        software: who wrote it, name and version.
        progress: called with bytes read since the last call.

    Raises:
        ArchiveError: if a file of the archive cannot be read any more.
        OSError: if the bag cannot be written.
    """
    (bag / "data" / "warc").mkdir(parents=True)
    payload = [
        put(bag, f"data/warc/{part.name}", part.chunks())
        for part in warc_parts(data / "warc", selection, progress)
    ]
    (bag / "data" / "proof").mkdir()
    payload += (put(bag, f"data/proof/{name}", [proof]) for name, proof in proofs(data, selection))
    payload += [
        put(bag, "data/captures.csv", _table(Capture, selection.captures)),
        put(bag, "data/renderings.csv", _table(Rendering, selection.renderings)),
        put(bag, "data/provenance.json", provenance(selection, software)),
        put(bag, "data/README.txt", [_README.encode()]),
    ]
    seal(bag, payload, _information(selection, software))


def put(bag: Path, path: str, chunks: Iterable[bytes]) -> Listed:
    """Writes a file below `bag` and returns what a manifest says of it."""
    hashed, size = hashlib.sha256(), 0
    with (bag / path).open("xb") as out:
        for chunk in chunks:
            out.write(chunk)
            hashed.update(chunk)
            size += len(chunk)
    return Listed(path, size, hashed.hexdigest())


def seal(bag: Path, payload: list[Listed], information: list[tuple[str, str]]) -> None:
    """Writes declaration, information and manifests around the payload."""
    oxum = f"{sum(item.bytes for item in payload)}.{len(payload)}"
    lines = [*information, ("Payload-Oxum", oxum)]
    tags = [
        put(bag, "bagit.txt", [_DECLARATION.encode()]),
        put(bag, "bag-info.txt", ["".join(f"{k}: {v}\n" for k, v in lines).encode()]),
        put(bag, "manifest-sha256.txt", [manifest(payload)]),
    ]
    put(bag, "tagmanifest-sha256.txt", [manifest(tags)])


def manifest(items: Iterable[Listed]) -> bytes:
    """Returns the lines of a manifest, by path; line breaks and `%` in a path are encoded."""
    lines = (
        f"{item.sha256}  {_encoded(item.path)}\n" for item in sorted(items, key=lambda i: i.path)
    )
    return "".join(lines).encode()


def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _information(selection: Selection, software: str) -> list[tuple[str, str]]:
    """Returns what `bag-info.txt` says; no date of bagging, so that a bag can be made again."""
    return [
        ("Bag-Software-Agent", software),
        ("External-Description", f"Annual reports on information disclosure: {selection.wanted}"),
        ("Captured-From", selection.captures[0].fetched_at),
        ("Captured-Until", selection.latest),
        ("Captures", str(len(selection.captures))),
    ]


def _table(kind: type[Capture | Rendering], rows: Iterable[Capture | Rendering]) -> Iterator[bytes]:
    names = [field.name for field in fields(kind)]
    return csv_chunks(names, ([getattr(row, name) for name in names] for row in rows))
