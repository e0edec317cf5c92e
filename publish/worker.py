"""One process's work: files in on stdin, their reports out on stdout, a JSON object a line.

Started as `python -m publish.worker` by `publish.pool`. Its input is a line of JSON, pairs of name
and size, and then the files' bytes one after the other.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import TYPE_CHECKING, BinaryIO

from extract import read_reports, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_batch(files: Sequence[tuple[str, bytes]]) -> list[str]:
    """The reports of some files, each as the text of its public JSON."""
    return [
        json.dumps(to_json(report, data, name), ensure_ascii=False)
        for (name, data), report in zip(files, read_reports(files), strict=True)
    ]


def pack(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Files as a worker expects them."""
    head = json.dumps([(name, len(data)) for name, data in files]).encode()
    return b"\n".join((head, b"".join(data for _, data in files)))


def unpack(source: BinaryIO) -> list[tuple[str, bytes]]:
    """The files that `pack` packed."""
    return [(name, source.read(size)) for name, size in json.loads(source.readline())]


def main() -> None:
    """Read what stdin brings; a library that writes to stdout does not reach the parent."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    files = unpack(sys.stdin.buffer)
    for text in read_batch(files):
        out.write(text + "\n")
    out.flush()


if __name__ == "__main__":
    main()
