"""Build nianbao.db from the archive: the same archive gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from archive import Archive
from publish.joining import join
from publish.model import BuildSummary
from publish.places import from_records, locate
from publish.reading import Wanted, cache_folder, read_all
from publish.renderings import pages_of
from publish.versions import History
from publish.visits import LeftOut, is_content, visits
from publish.writing import Content, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from archive.model import Capture
    from extract.model import Report
    from publish.joining import Joined
    from publish.model import PlaceRow, PortalRow
    from publish.visits import Visit

DATABASE = "nianbao.db"


def build(
    data: Path,
    portals: Sequence[PortalRow] = (),
    places: Sequence[PlaceRow] = (),
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> BuildSummary:
    """Build the published database aside and swap it in.

    Args:
        data: The data folder with the archive.
        portals: Portals beside those the archive's runs were told of, or other words on them.
        places: The same for places.
        progress: Called with how many documents are read and how many there are.
        workers: How many processes read documents, by default one for each processor; 0 reads in
            this one.

    Returns:
        What was built; the database is `nianbao.db` in the data folder.
    """
    with Archive(data) as archive:
        known_portals, known_places = from_records(archive.portals())
        known_portals |= {portal.id: portal for portal in portals}
        known_places |= {place.code: place for place in places}
        captures = sorted(archive.captures(), key=lambda c: (c.fetched_at, c.id))
        asked = [c for c in captures if c.role in {"report", "attachment"}]
        readings = read_all(_wanted(archive, asked), cache_folder(data), progress, workers)
        history, left_out = _settle(asked, readings.reports, known_portals, known_places)
        versions = history.settle()
        pages = pages_of(versions, data, lambda part: archive.content(part.capture))
        content = Content(
            places=known_places,
            portals=known_portals,
            runs=sorted(archive.runs(), key=lambda run: run.id),
            captures=captures,
            readings=readings.reports,
            versions=versions,
            changes=history.changes,
            left_out=left_out,
            pages=pages,
        )
    target = data / DATABASE
    aside = target.with_name(f"{DATABASE}.building")
    aside.unlink(missing_ok=True)
    write(aside, content)
    aside.replace(target)
    problems = (*readings.problems, *_unread(asked, readings.reports), *pages.problems)
    return _summary(target, content, readings.read, problems)


def _wanted(archive: Archive, captures: Iterable[Capture]) -> list[Wanted]:
    """Each distinct document once, under the address it was first captured at."""
    first: dict[str, Capture] = {}
    for capture in captures:
        if is_content(capture):
            first.setdefault(capture.sha256, capture)
    return [
        Wanted(digest, capture.url, partial(archive.content, capture))
        for digest, capture in first.items()
    ]


def _unread(asked: Iterable[Capture], reports: Mapping[str, Report]) -> Iterator[str]:
    """Why nothing at all could be read of a document, a line each."""
    first: dict[str, str] = {}
    for capture in asked:
        if is_content(capture):
            first.setdefault(capture.sha256, capture.url)
    for digest, url in first.items():
        report = reports.get(digest)
        if report is not None and not (report.figures or report.sections or report.title):
            yield from (f"{url}: {problem}" for problem in report.problems)


def _settle(
    captures: Sequence[Capture],
    reports: Mapping[str, Report],
    portals: Mapping[str, PortalRow],
    places: Mapping[str, PlaceRow],
) -> tuple[History, list[LeftOut]]:
    """Take visits and failures in order of time; say what was left out."""
    found, left_out = visits(captures, reports)
    history = History()
    events: list[Visit | LeftOut] = [*found, *left_out]
    for event in sorted(events, key=lambda e: (e.capture.fetched_at, e.capture.id)):
        if isinstance(event, LeftOut):
            history.failed(event.capture, event.reason)
            continue
        joined, none = join(event)
        left_out += none
        history.visit(event.capture, [_placed(item, portals, places) for item in joined])
    return history, left_out


def _placed(
    joined: Joined, portals: Mapping[str, PortalRow], places: Mapping[str, PlaceRow]
) -> tuple[str | None, Joined]:
    """A report with its place, and with its portal's name where it names no publisher."""
    own, identity = joined.main.report, joined.identity
    named = [text for text in (own.place, identity.publisher) if text]
    code, problem = locate(portals.get(joined.portal), named, places)
    if identity.publisher is None and code is not None and code in places:
        identity = replace(identity, publisher=places[code].name, publisher_from="portal")
    problems = (*joined.problems, problem) if problem else joined.problems
    return code, replace(joined, identity=identity, problems=problems)


def _summary(path: Path, content: Content, read: int, problems: tuple[str, ...]) -> BuildSummary:
    figures = [figure for v in content.versions for figure, _ in v.joined.figures]
    checks = [check for v in content.versions for check in v.joined.checks]
    return BuildSummary(
        path=path,
        reports=len(content.versions),
        figures=len(figures),
        figures_printed=sum(figure.status == "printed" for figure in figures),
        checks_failed=sum(check.status == "fails" for check in checks),
        doubts=sum(figure.doubt is not None for figure in figures),
        documents=len(content.readings),
        read=read,
        cached=len(content.readings) - read,
        captures=len(content.captures),
        left_out=len(content.left_out),
        problems=problems,
    )
