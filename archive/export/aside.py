"""Written aside, then named: a file or folder has its final name only when it is whole.

What an interrupted export left lies beside it as `.NAME.part`; the next export to the same name
takes it away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from archive.errors import ArchiveError, Busy
from archive.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def new_file(target: Path, *, replace: bool = False, mark: bytes = b"") -> Iterator[BinaryIO]:
    """Gives a file to write; it becomes `target` when the block ends well, and else is gone.

    Args:
        target: the file to be.
        replace: whether a file of that name may be replaced.
        mark: how such a file begins: one that does not is not replaced, whoever asks for it.

    Raises:
        ArchiveError: if there is something of that name already and it is not to be replaced, or
            its folder does not exist.
        Busy: if another export is writing it.
    """
    aside = _aside(target, replace=replace, folder=False)
    if target.exists() and not _begins(target, mark):
        raise ArchiveError(f"{target} is no export of ours; it is left alone")
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "w+b") as file:
        _lock(file.fileno(), target)
        file.truncate()
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            aside.replace(target)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    sync_folder(target.parent)


@contextmanager
def new_folder(target: Path, *, replace: bool = False, mark: str = "") -> Iterator[Path]:
    """Gives an empty folder to fill; it becomes `target` when the block ends well, else is gone.

    Args:
        target: the folder to be.
        replace: whether a folder of that name may be replaced.
        mark: a file that such a folder holds: one without is not replaced, whoever asks for it.

    Raises:
        ArchiveError: as for `new_file`.
        Busy: as for `new_file`.
    """
    aside = _aside(target, replace=replace, folder=True)
    if target.exists() and not (target / mark).exists():
        raise ArchiveError(f"{target} is no export of ours ({mark} is not in it); it is left alone")
    aside.mkdir(exist_ok=True)
    descriptor = os.open(aside, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _lock(descriptor, target)
        _empty(aside)
        try:
            yield aside
            for path in sorted(aside.rglob("*")):
                _sync(path)
            _sync(aside)
            _put(aside, target)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    finally:
        os.close(descriptor)
    sync_folder(target.parent)


def _aside(target: Path, *, replace: bool, folder: bool) -> Path:
    """Returns where to write, after a look at what is there."""
    if not target.parent.is_dir():
        raise ArchiveError(f"{target.parent} is not a folder; make it first")
    if not target.name:
        raise ArchiveError(f"{target} is no name for an export")
    there = os.path.lexists(target)
    if there and not replace:
        raise ArchiveError(f"{target} is there already; give another name, or --replace it")
    if there and (target.is_symlink() or target.is_dir() is not folder):
        raise ArchiveError(f"{target} is no {'folder' if folder else 'file'}; it is not replaced")
    return target.with_name(f".{target.name[:200]}.part")


def _begins(path: Path, mark: bytes) -> bool:
    """Whether it is a file, no device or pipe, and begins so."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def _lock(descriptor: int, target: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Busy(f"another export to {target} is under way") from error


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _put(aside: Path, target: Path) -> None:
    """Gives the folder its name; what it replaces is out of the way for an instant only."""
    if not target.exists():
        aside.rename(target)
        return
    old = target.with_name(f".{target.name[:200]}.old")
    shutil.rmtree(old, ignore_errors=True)
    target.rename(old)
    try:
        aside.rename(target)
    except BaseException:
        with suppress(OSError):
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
