"""Who has the archive open: kernel locks on its folders, gone with the process that held them.

They lie on the folders themselves, so no lock file is left behind to be believed or doubted.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archive.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Use:
    """A share in the use of a folder, held until `close`."""

    def __init__(self, folder: Path) -> None:
        """Takes a share; waits while somebody has the folder alone.

        Raises:
            OSError: if the folder cannot be opened.
        """
        self._folder = folder
        self._descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Has the folder alone for a while.

        Raises:
            Busy: if somebody else has a share in it.
        """
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            # A failed change of lock may have let go of the old one.
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
            raise Busy(f"the archive in {self._folder} is open elsewhere") from error
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Gives the share up."""
        os.close(self._descriptor)


def in_use(folder: Path) -> bool:
    """Tells whether anybody has a share in the use of a folder.

    Raises:
        OSError: if the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def only_one(folder: Path, told: str) -> Iterator[None]:
    """Lets no second process in between these two lines for this folder, which is made if need be.

    Raises:
        Busy: if another process is there; in the words `told`.
        OSError: if the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(told) from error
        yield
    finally:
        os.close(descriptor)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Waits until no other process is between these two lines for this folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
