"""The store an archive sends its finished files to: chosen once, kept in the data folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from archive import files, manifest
from archive.errors import ArchiveError
from archive.stores import Store, StoredFile, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

SETTING = "store.json"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where finished files go, and whether they stay in the data folder too."""

    url: str
    stay: bool = True


@dataclass(slots=True)
class Sent:
    """What one sending did: files and bytes sent, local copies removed, what went wrong."""

    files: int = 0
    bytes: int = 0
    removed: int = 0
    problems: list[str] = field(default_factory=list)


def setting(data: Path) -> Setting | None:
    """Returns the store chosen for a data folder, None where there is none.

    Raises:
        StoreError: if what is kept of it is not readable.
    """
    path = data / SETTING
    try:
        return _parsed(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise StoreError(f"{path} is not readable: choose the store again") from error


@lru_cache(maxsize=8)
def _parsed(content: bytes) -> Setting:
    told = json.loads(content)
    return Setting(str(told["url"]), bool(told["stay"]))


@lru_cache(maxsize=8)
def _store(url: str) -> Store:
    return Store(url)


def choose(data: Path, url: str | None, *, stay: bool = True) -> None:
    """Chooses the store of a data folder, none by `None`; nothing is sent or removed yet.

    Raises:
        StoreError: if the store cannot be used or does not answer, is the data folder itself, or
            lacks what the one chosen before alone holds.
        OSError: if the data folder cannot be written.
    """
    path = data / SETTING
    if url is None:
        path.unlink(missing_ok=True)
        return
    url = _elsewhere(data, url)
    there = Store(url).sizes()
    away = [file for file in _alone(data) if there.get(file.name) != file.size]
    if away:
        alone = f"{away[0].store.url} alone holds {len(away)} WARC files"
        raise StoreError(f"{alone} that {url} lacks: copy them first")
    told = {"url": url, "stay": stay}
    files.write_whole(path, (json.dumps(told, indent=2) + "\n").encode())


def _elsewhere(data: Path, url: str) -> str:
    """Returns the address to be kept: a folder's does not depend on where one stands.

    Raises:
        StoreError: if it lies in the data folder: moving files there would remove the only copy.
    """
    if "://" in url:
        return url.rstrip("/")
    folder = Path(url).absolute()
    own = (data.resolve(), (data / "warc").resolve())
    if any(folder.resolve().is_relative_to(each) for each in own):
        raise StoreError(f"{url} lies in the data folder itself; a second place is elsewhere")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{url} cannot be used as a store: {error.strerror}") from error
    return str(folder)


def _alone(data: Path) -> list[StoredFile]:
    """Returns what the store chosen so far alone holds; a setting nobody can read names none."""
    try:
        if not setting(data):
            return []
    except StoreError:
        return []
    return stored(data)


def stored(data: Path) -> list[StoredFile]:
    """Returns the WARC files that are in the store of a data folder and not in the folder.

    Raises:
        StoreError: if the store does not answer.
    """
    chosen = setting(data)
    if not chosen:
        return []
    here = {path.name for path in files.finished(data / "warc")}
    store = _store(chosen.url)
    return [
        StoredFile(name, size, store)
        for name, size in sorted(store.sizes().items())
        if files.run_of(name) and name not in here
    ]


def locate(folder: Path, name: str) -> Path | StoredFile:
    """Returns the WARC file `name`: from the data folder, else from its store.

    Raises:
        ArchiveError: if it is in neither, or `name` is not the name of a WARC file.
    """
    try:
        return files.locate(folder, name)
    except ArchiveError:
        chosen = setting(folder.parent) if files.run_of(name) else None
        if not chosen:
            raise
    return _store(chosen.url).file(name)


def send(data: Path, tell: Callable[[str, int], None] = lambda _name, _size: None) -> Sent:
    """Sends every finished WARC file and manifest the store lacks, and reads each back.

    A file of which the store holds another version is never overwritten: that is a problem to
    look at. Where files do not stay, the local copy goes once the store has given it back whole.

    Args:
        data: the data folder.
        tell: called with name and bytes of each file before it is sent.

    Raises:
        StoreError: if the store does not answer at all.
    """
    sent = Sent()
    chosen = setting(data)
    if not chosen:
        return sent
    store = _store(chosen.url)
    there = store.sizes()
    warcs = files.finished(data / "warc")
    for path in [*warcs, *_proofs(data / "warc")]:
        try:
            _send_one(path, store, there.get(path.name), sent, tell)
            if not chosen.stay and path in warcs:
                _remove(path, store)
                sent.removed += 1
        except (StoreError, OSError) as error:
            sent.problems.append(str(error))
    return sent


def _proofs(folder: Path) -> list[Path]:
    """The manifests, their signatures and time stamps: small, so they stay in the folder too."""
    found = []
    for path in manifest.paths(folder):
        beside = (manifest.beside(path, suffix) for suffix in (manifest.SIGNATURE, manifest.STAMP))
        found += [path, *(each for each in beside if each.is_file())]
    return found


def _send_one(
    path: Path, store: Store, there: int | None, sent: Sent, tell: Callable[[str, int], None]
) -> None:
    size = path.stat().st_size
    if there == size:
        return
    if there is not None:
        raise StoreError(f"{store.url}: {path.name} has {there} bytes there and {size} here")
    tell(path.name, size)
    store.send(path)
    sent.files += 1
    sent.bytes += size


def _remove(path: Path, store: Store) -> None:
    """Removes the local copy if the store's is the same; what differs stays."""
    if store.digest(path.name).hex() != files.fingerprint(path, 0).sha256:
        raise StoreError(f"{store.url}: {path.name} is not what is here; the copy here stays")
    path.unlink()
