"""WARC files for an export: records are copied as they are, member by member, never written anew.

So every digest, and every proof that stands on the bytes, holds for the export too. A file of
which all is wanted is copied whole; of others the wanted groups, with the file's `warcinfo` and
run records, go into `<run>-<serial>-part.warc.gz`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from archive import files
from archive.errors import ArchiveError
from archive.export.cdxj import Line, index_line
from archive.members import Flaw, records
from archive.sending import locate, stored
from archive.stores import at_hand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from archive.export.selection import Selection
    from archive.members import Record
    from archive.model import Capture, Rendering

_STEP = 1 << 20
_ENDING = ".warc.gz"


@dataclass(slots=True)
class WarcPart:
    """What goes out of one WARC file: `chunks()` yields its bytes and, meanwhile, fills `lines`.

    `most` is the largest size it can have, in bytes.
    """

    name: str
    path: Path
    most: int
    wanted: Mapping[int, Capture | Rendering]
    whole: bool
    problems: list[str]
    lines: list[Line] = field(default_factory=list)
    progress: Callable[[int], None] = lambda _bytes: None

    def chunks(self) -> Iterator[bytes]:
        """Yields the bytes of the exported file in order.

        Raises:
            ArchiveError: if the file cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                if self.whole:
                    for _ in self._groups():
                        pass
                    yield from _copied(file, 0, self.most)
                    return
                for group in self._groups():
                    for offset, length in group:
                        yield from _copied(file, offset, length)
        except OSError as error:
            raise ArchiveError(f"{self.path.name} cannot be read: {error}") from error

    def _groups(self) -> Iterator[list[tuple[int, int]]]:
        """Yields where the wanted records lie, those of one exchange together."""
        waiting: dict[str, list[Record]] = {}
        position = 0
        missing = set(self.wanted)
        for item in records(self.path):
            self.progress(item.length)
            if isinstance(item, Flaw):
                self.problems.append(f"{self.path.name}: at {item.offset}: {item.message}")
                continue
            beside = item.headers.get("warc-concurrent-to")
            if beside and item.kind in {"request", "metadata"}:
                waiting.setdefault(beside, []).append(item)
                continue
            with_it = waiting.pop(item.headers.get("warc-record-id", ""), [])
            group: list[Record] = []
            if item.kind in {"warcinfo", "metadata"}:
                group = [item]
            elif item.offset in self.wanted:
                group = [*with_it, item]
                missing.discard(item.offset)
                start = position + sum(record.length for record in with_it)
                self._index(item, with_it, item.offset if self.whole else start)
            position += sum(record.length for record in group)
            if group:
                yield [(record.offset, record.length) for record in group]
        self.problems += (
            f"{self.path.name}: {self.wanted[offset].id} cannot be read and is left out"
            for offset in sorted(missing)
        )

    def _index(self, record: Record, with_it: list[Record], offset: int) -> None:
        line = index_line(record, with_it, self.name, offset)
        if line:
            self.lines.append(line)


def warc_parts(
    folder: Path, selection: Selection, progress: Callable[[int], None] | None = None
) -> Iterator[WarcPart]:
    """Yields the WARC files of an export, by name; what cannot be read is told in its problems.

    Args:
        folder: where the archive's WARC files lie.
        selection: what is exported.
        progress: called with bytes read since the last call.
    """
    rendered = {rendering.id for rendering in selection.renderings}
    for name, wanted in sorted((_empty(folder, selection) | selection.by_file()).items()):
        try:
            with at_hand(locate(folder, name)) as path:
                size = path.stat().st_size
                captures = sum(item.id not in rendered for item in wanted.values())
                whole = captures == selection.counts.get(name, 0) and path.name == name
                yield WarcPart(
                    name=name if whole else f"{name.removesuffix(_ENDING)}-part{_ENDING}",
                    path=path,
                    most=size,
                    wanted=wanted,
                    whole=whole,
                    problems=selection.problems,
                    progress=progress or (lambda _bytes: None),
                )
        except (ArchiveError, OSError) as error:
            selection.problems.append(f"{error}; {len(wanted)} records are left out")


def _empty(folder: Path, selection: Selection) -> dict[str, dict[int, Capture | Rendering]]:
    """Returns the files of the runs that hold no capture, but a run's end."""
    runs = {run.id for run in selection.runs}
    names = [path.name for path in files.finished(folder)]
    names += [file.name for file in stored(folder.parent)]
    return {n: {} for n in names if n not in selection.counts and n.rpartition("-")[0] in runs}


def _copied(file: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    file.seek(offset)
    while length:
        step = file.read(min(_STEP, length))
        if not step:
            raise ArchiveError(f"{file.name} is shorter than it was")
        length -= len(step)
        yield step
