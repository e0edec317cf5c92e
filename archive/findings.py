"""What `nianbao verify` can find, each with a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.members import FlawKind

FindingKind = (
    FlawKind
    | Literal[
        "catalog",
        "file missing",
        "file unknown",
        "file unfinished",
        "file unreadable",
        "file changed",
        "file renamed",
        "file unsigned",
        "block digest",
        "payload digest",
        "content digest",
        "record missing",
        "record moved",
        "record added",
        "not as signed",
        "row missing",
        "row differs",
        "revisit",
        "run differs",
        "manifest",
        "manifest missing",
        "signature",
        "root",
        "key",
        "time stamp",
        "log",
        "database changed",
        "database differs",
        "database missing",
        "database unsealed",
    ]
)
"""Beside the flaws of `archive.members`: catalog: there is none, or it cannot be read · file …: a
WARC file against the catalog's list, or in no manifest (unsigned) · block, payload, content digest:
a record against the digests that it states · record missing: the catalog or the manifest names a
capture that its file does not hold, or a capture has no request · record moved: whole, and not
where the catalog says · record added: in a signed file, and not in its manifest · not as signed: a
file or a capture is not what the run's manifest states · row missing: a capture without a row · row
differs: a row does not say what the records say · revisit: it refers to nothing that holds its
content · run differs: the same for runs and their portals · manifest: it is not the one that was
signed, or of another run · signature, root, key, time stamp: they do not hold · log: a line of the
archive's log was changed or is gone · database …: `nianbao.db` is not as it was built, or not as
the catalog has it, or was built without a seal."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; `str()` gives it on one line."""

    kind: FindingKind
    file: str
    message: str
    offset: int | None = None
    capture: str | None = None

    def __str__(self) -> str:
        """Returns file, place, kind and message on one line."""
        at = f" at {self.offset}" if self.offset is not None else ""
        return f"{self.file}{at}: {self.kind}: {self.message}"
