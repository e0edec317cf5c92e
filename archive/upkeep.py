"""Making good what a killed process left, and reading WARC files into the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive import files
from archive.entries import Entry, RunEntry, interpret
from archive.members import Counted, Flaw, records
from archive.rendered import RenderingEntry
from archive.sending import stored
from archive.stores import StoreError, at_hand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.catalog import Catalog


def make_good(folder: Path, catalog: Catalog) -> list[str]:
    """Finishes files whose writer died and reads in every finished file the catalog lacks.

    Returns:
        One line for each stretch of a file that could not be read.
    """
    recovered = {
        files.recover(path, catalog.known_end(path.name.removesuffix(files.OPEN)))
        for path in files.unfinished(folder)
    }
    known = catalog.files()
    changed = [p for p in files.finished(folder) if p in recovered or p.name not in known]
    problems = [problem for path in changed for problem in _index(path, catalog)]
    # Only a catalog that is made anew has to ask the store what else there is.
    return problems if known else [*problems, *_index_stored(folder, catalog)]


def _index_stored(folder: Path, catalog: Catalog) -> Iterator[str]:
    try:
        for file in stored(folder.parent):
            with at_hand(file) as path:
                yield from _index(path, catalog)
    except StoreError as error:
        yield f"what is in the store alone was not read: {error}"


def _index(path: Path, catalog: Catalog) -> list[str]:
    problems: list[str] = []
    with catalog.writing():
        before = catalog.ids(path.name)
        catalog.forget_file(path.name)
        counted = Counted(records(path))
        for item, _ in interpret(counted, path.name):
            if isinstance(item, Flaw):
                problems.append(f"{path.name}: at {item.offset}: {item.message}")
            elif isinstance(item, RunEntry):
                catalog.put_run(item.run)
                catalog.put_portals(item.run.id, item.portals)
            elif isinstance(item, RenderingEntry):
                problems += _index_rendering(item, catalog)
            else:
                problems += _index_capture(item, catalog)
        lost = sorted(before - catalog.ids(path.name))
        problems += (f"{path.name}: capture {capture} is not in the file" for capture in lost)
        catalog.put_file(files.fingerprint(path, counted.records))
    return problems


def _index_capture(entry: Entry, catalog: Catalog) -> list[str]:
    there = catalog.capture(entry.capture.id)
    if there:
        return [f"{entry.capture.warc}: capture {there.id} stands in {there.warc} already"]
    catalog.add(entry)
    return []


def _index_rendering(entry: RenderingEntry, catalog: Catalog) -> list[str]:
    found = entry.rendering
    for there in catalog.renderings(id=found.id):
        return [f"{found.warc}: rendering {there.id} stands in {there.warc} already"]
    catalog.add_rendering(found)
    return []
