"""What proves the exported runs: their signed manifests, and the key that checks them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.keys import public_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.export.selection import Selection

_KEY = re.compile(r"public-key(-[\w.-]{1,64})?\.pem")
_PROOF = re.compile(r"\.manifest(-\d{5})?(\.[a-z]{1,5}){1,2}")


def proofs(data: Path, selection: Selection) -> Iterator[tuple[str, bytes]]:
    """Yields name and content of the runs' manifests, signatures and stamps, and the public keys.

    The key that signs never leaves the archive.

    Raises:
        OSError: if one of them cannot be read.
    """
    for run in selection.runs:
        for path in sorted((data / "warc").glob(f"{run.id}.manifest*")):
            if _PROOF.fullmatch(path.name.removeprefix(run.id)) and path.is_file():
                yield path.name, path.read_bytes()
    for key in public_files(data):
        if _KEY.fullmatch(key.name):
            yield key.name, key.read_bytes()
