"""One crawl at a time a host: what a process crawls no other one crawls into the same folder.

The pause between two requests holds within a process; two that crawled one host would ask it twice
as often, and two that went on with the same run would ask everything twice. A host is owned by a
lock on one byte of a file, so that it is free as soon as its process ends, however that ends.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from typing import TYPE_CHECKING

from archive import ArchiveError
from crawler.sites import host_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crawler.model import Portal

LOCKS = "crawl.lock"
_MOST_NAMED = 3
_TAKEN = {errno.EACCES, errno.EAGAIN}


class Owner:
    """Whoever crawls the hosts of some portals, until it is closed."""

    def __init__(self, data: Path, portals: Sequence[Portal]) -> None:
        """Take the portals' hosts.

        Raises:
            ArchiveError: Another process has one of them; then none is taken.
        """
        try:
            self._file = (data / LOCKS).open("ab")
        except OSError as error:
            raise ArchiveError(f"{data / LOCKS} cannot be written: {error.strerror}") from error
        taken = [
            portal.label
            for portal in portals
            if not _lock(self._file.fileno(), host_of(portal.url))
        ]
        if taken:
            self.close()
            named = ", ".join(taken[:_MOST_NAMED])
            more = f" and {len(taken) - _MOST_NAMED} more" if taken[_MOST_NAMED:] else ""
            raise ArchiveError(
                f"another crawl into {data} is asking {named}{more}; wait until it has ended"
            )

    def close(self) -> None:
        """Let go of them."""
        self._file.close()


def _lock(descriptor: int, host: str) -> bool:
    """Take a host, if nobody has it; a file system without locks takes everything."""
    byte = int.from_bytes(hashlib.sha256(host.encode()).digest()[:7])
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte, os.SEEK_SET)
    except OSError as error:
        return error.errno not in _TAKEN
    return True
