"""`nianbao export`: one form of the archive for others to use, written aside and then named."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from archive import Archive, ArchiveError
from archive.export import NothingError, choose, write_bag, write_prov, write_wacz
from archive.export.aside import new_file, new_folder
from archive.sending import locate
from archive.stores import size_of
from publish.export.choice import Published, captures_of
from publish.export.crate import write_crate
from publish.export.names import safe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from archive.export import Selection
    from publish.export.choice import Row, Wanted
    from publish.export.originals import Original

ENDINGS: Mapping[str, str] = {
    "wacz": ".wacz",
    "bagit": "",
    "originals": "",
    "ro-crate": "",
    "prov": ".prov.json",
}
"""The forms, and how the names of what is written end; those without an ending are folders."""
_FOLDERS = frozenset({"warc", "proof", "cache", "logs", "damaged", "store.json"})
_MARKS = {"bagit": "bagit.txt", "originals": "originals.csv", "ro-crate": "ro-crate-metadata.json"}
"""What a folder of each form holds, so that no other folder is replaced."""
_BEGINS = {"wacz": b"PK\x03\x04", "prov": b'{\n "prefix": {'}
"""How a file of each form begins, so that no other file is replaced."""
_OF_REPORTS = frozenset({"originals", "ro-crate"})


def export(
    data: Path, form: str, to: Path | None, wanted: Wanted, *, replace: bool = False
) -> Iterator[str]:
    """Write one form of what was asked for, and say where and how much.

    Args:
        data: The data folder.
        form: One of `ENDINGS`.
        to: The file or folder to make; by default one named after what was asked for, here.
        wanted: What to export.
        replace: Whether something of that name may be replaced.

    Yields:
        What could not be exported, a line each.
    """
    target = to if to is not None else Path(_default_name(form, wanted))
    if not (data / "catalog.db").is_file():
        yield f"{data} holds no archive yet: crawl a portal first (nianbao crawl …)"
        return
    if _is_of_the_archive(target, data):
        yield f"{target} belongs to the archive itself; export to another place"
        return
    try:
        with Archive(data, readonly=True) as archive:
            going = _Export(archive, data, form, target, wanted, replace)
            told = going.of_reports() if form in _OF_REPORTS else going.of_captures()
    except (ArchiveError, OSError) as error:
        yield f"nothing was exported: {error}"
        return
    except KeyboardInterrupt:
        yield "interrupted; nothing was exported"
        return
    _say(f"{target}: {told}")
    yield from dict.fromkeys(going.problems)


def _is_of_the_archive(target: Path, data: Path) -> bool:
    """Whether writing there would change the archive, or take it away."""
    wanted, own = target.resolve(), data.resolve()
    if wanted == own or wanted in own.parents:
        return True
    inside = wanted.relative_to(own).parts if wanted.is_relative_to(own) else ()
    return bool(inside) and (inside[0] in _FOLDERS or inside[0].partition(".db")[1] == ".db")


def _default_name(form: str, wanted: Wanted) -> str:
    words = "-".join(map(str, (*wanted.portals, *wanted.runs, *wanted.places, *wanted.years)))
    name = "-".join(part for part in ("nianbao", words) if part)
    return safe_name(name, "nianbao", ENDINGS[form] or f"-{form}")


@dataclass(frozen=True, slots=True)
class _Export:
    """One export under way; its methods return what to say of it."""

    archive: Archive
    data: Path
    form: str
    target: Path
    wanted: Wanted
    replace: bool
    problems: list[str] = field(default_factory=list)

    def of_captures(self) -> str:
        """Writes a form that is made of captures."""
        selection = self._chosen()
        total = sum(_sizes(self.data / "warc", selection)) if self.form != "prov" else None
        with _shown("reading records", total) as advance:
            self._write(selection, advance)
        self.problems.extend(selection.problems)
        return f"{len(selection.captures)} captures, {selection.bytes / 1e6:.1f} MB of records"

    def _write(self, selection: Selection, advance: Callable[[int], None]) -> None:
        software = self.archive.software
        if self.form == "bagit":
            with self._folder() as bag:
                write_bag(bag, self.data, selection, software, advance)
            return
        with new_file(self.target, replace=self.replace, mark=_BEGINS[self.form]) as file:
            if self.form == "wacz":
                write_wacz(file, self.data, selection, software, advance)
            else:
                write_prov(file, selection, software)

    def _folder(self) -> AbstractContextManager[Path]:
        return new_folder(self.target, replace=self.replace, mark=_MARKS[self.form])

    def _chosen(self) -> Selection:
        wanted, words = self.wanted, str(self.wanted)
        among = captures_of(self.data, wanted)
        if among is not None:
            return choose(self.archive, runs=wanted.runs, among=among, wanted=words)
        return choose(
            self.archive,
            portals=wanted.portals,
            runs=wanted.runs,
            places=wanted.places,
            wanted=words,
        )

    def of_reports(self) -> str:
        """Writes a form that is made of reports."""
        with closing(Published(self.data)) as published:
            reports = published.reports(self.wanted)
            if not reports:
                raise NothingError(f"there is no report of {self.wanted or 'anything'}")
            with self._folder() as folder:
                written = self._originals(folder, published, reports)
        size = sum(original.bytes for original in written)
        return f"{len(reports)} reports, {len(written)} originals, {size / 1e6:.1f} MB"

    def _originals(self, folder: Path, published: Published, reports: list[Row]) -> list[Original]:
        from publish.export.originals import write_originals  # noqa: PLC0415 - it loads what reads reports

        with _shown("writing originals", None) as advance:
            written = write_originals(
                folder, self.archive, published, reports, problems=self.problems, progress=advance
            )
        if not written:
            raise NothingError("; ".join(self.problems[:1]) or "the reports hold no original")
        if self.form == "ro-crate":
            write_crate(folder, written, str(self.wanted), self.archive.software)
        return written


def _sizes(folder: Path, selection: Selection) -> Iterator[int]:
    """The bytes of the WARC files that are read; one that is missing is told of when it is."""
    for name in selection.by_file():
        with suppress(ArchiveError, OSError):
            yield size_of(locate(folder, name))


@contextmanager
def _shown(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing where the output goes to a file."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(
        *columns,
        TransferSpeedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - what the command tells its user
