"""Build nianbao.db from the archive: the same archive gives the same bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from archive import Archive
from archive.locks import only_one
from archive.published import seal
from archive.sending import stored
from extract.identity import is_believable
from extract.years import compare_years
from publish import rows
from publish.bodies import body_of
from publish.joining import join
from publish.lists import Lists
from publish.model import BuildSummary
from publish.pictures import reader, together
from publish.places import from_records, locate
from publish.reading import Wanted, cache_folder, read_all
from publish.renderings import Pages
from publish.scratch import scratch
from publish.versions import History
from publish.visits import LeftOut, events, is_content
from publish.writing import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from publish.joining import Joined
    from publish.ledger import Ledger
    from publish.model import PlaceRow, PortalRow
    from publish.scratch import Scratch
    from publish.visits import Visit
    from publish.writing import Writer

DATABASE = "nianbao.db"


def build(
    data: Path,
    portals: Sequence[PortalRow] = (),
    places: Sequence[PlaceRow] = (),
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> BuildSummary:
    """Build the published database aside and swap it in.

    Memory holds a few lines for each report, never the reports themselves.

    Args:
        data: The data folder with the archive.
        portals: Portals beside those the archive's runs were told of, or other words on them.
        places: The same for places.
        progress: Called with how many documents are read and how many there are.
        workers: How many processes read documents, by default one for each processor; 0 reads in
            this one.

    Returns:
        What was built; the database is `nianbao.db` in the data folder.

    Raises:
        Busy: if another build of it is under way: both would write the same file.
        ArchiveError: if the store with what is not in the data folder does not answer.
    """
    with only_one(data / "cache", f"another build of {data} is under way"):
        return _build(data, portals, places, progress, workers)


def _build(
    data: Path,
    portals: Sequence[PortalRow],
    places: Sequence[PlaceRow],
    progress: Callable[[int, int], None] | None,
    workers: int | None,
) -> BuildSummary:
    stored(data)  # one that does not answer now would be missing from what is published
    target = data / DATABASE
    aside = target.with_name(f"{DATABASE}.building")
    aside.unlink(missing_ok=True)
    with (
        Archive(data) as archive,
        scratch(target.with_name(f"{DATABASE}.scratch")) as memory,
        writing(aside) as writer,
    ):
        known_portals, known_places = from_records(archive.portals())
        known_portals |= {portal.id: portal for portal in portals}
        known_places |= {place.code: place for place in places}
        last_runs = _write_captures(archive, memory, writer)
        documents = _Documents(archive, memory)
        readings = read_all(documents, cache_folder(data), progress, workers, memory.read)
        lists = Lists(archive, writer.newest)
        pictured = partial(
            together, content=archive.content, read=reader(cache_folder(data), workers)
        )
        seen = map(pictured, events(memory, readings.reports))
        history = _settle(memory, writer, seen, (known_portals, known_places), lists)
        pages = Pages(data, lambda part: archive.content(part.capture))
        ledger = history.settle()
        ledger.name_bodies(lambda v: body_of(v.publisher, v.place, known_places))
        counts = _write_reports(ledger, memory, writer, pages)
        _write_asked(archive, writer, (known_portals, known_places), last_runs)
        writer.insert("documents", memory.documents_read())
        writer.insert("form_rows", rows.form_rows())
        writer.insert("series", rows.series_rows())
        writer.insert("changes", map(asdict, history.changes))
        writer.insert("left_out", memory.left_out())
    aside.replace(target)
    for journal in ("-wal", "-shm", "-journal"):  # of another database under this name
        target.with_name(target.name + journal).unlink(missing_ok=True)
    sealed = seal(data)
    unread = (line for document in sorted(readings.unread) for line in readings.unread[document])
    return BuildSummary(
        path=target,
        reports=counts["reports"],
        figures=counts["figures"],
        figures_printed=counts["figures_printed"],
        checks_failed=counts["checks_failed"],
        doubts=counts["doubts"],
        documents=len(readings.reports),
        read=readings.read,
        cached=readings.cached,
        captures=counts["captures"],
        left_out=counts["left_out"],
        problems=(*sealed, *readings.problems, *unread, *pages.problems),
    )


def _write_asked(
    archive: Archive,
    writer: Writer,
    known: tuple[Mapping[str, PortalRow], Mapping[str, PlaceRow]],
    last_runs: Mapping[str, str],
) -> None:
    """Write the runs, and the portals and places that they asked."""
    portals, places = known
    runs = [asdict(run) for run in sorted(archive.runs(), key=lambda run: run.id)]
    writer.insert("runs", runs)
    writer.insert("places", (rows.place_row(p, places) for _, p in sorted(places.items())))
    crawled = {run["id"] for run in runs}
    last = {portal: run if run in crawled else None for portal, run in last_runs.items()}
    writer.insert("portals", _portal_rows(portals, last, writer))


@dataclass(frozen=True, slots=True)
class _Documents:
    """Each distinct document once, under the address it was first captured at."""

    archive: Archive
    memory: Scratch

    def __iter__(self) -> Iterator[Wanted]:
        for capture in self.memory.documents():
            content = partial(self.archive.content, capture)
            yield Wanted(capture.sha256, capture.url, content)

    def __len__(self) -> int:
        return self.memory.documents_in_all()


def _write_captures(archive: Archive, memory: Scratch, writer: Writer) -> dict[str, str]:
    """Write every capture, remember those asked as reports; the latest run of each portal."""
    last: dict[str, str] = {}
    for capture in writer.captures(archive.captures(), memory):
        last[capture.portal] = max(last.get(capture.portal, ""), capture.run)
        if capture.role in {"report", "attachment"}:
            memory.ask(capture, content=is_content(capture))
    return last


def _settle(
    memory: Scratch,
    writer: Writer,
    seen: Iterable[Visit | LeftOut],
    known: tuple[Mapping[str, PortalRow], Mapping[str, PlaceRow]],
    lists: Lists,
) -> History:
    """Take visits and failures in order of time; put aside what was left out."""
    history = History(memory)
    for event in seen:
        if isinstance(event, LeftOut):
            memory.leave_out(event, writer.same(event.capture.id))
            history.failed(event.capture, event.reason)
            continue
        joined, none = join(event)
        for item in none:
            memory.leave_out(item, writer.same(item.capture.id))
        dated = [_dated(item, event, lists) for item in joined]
        history.visit(event.capture, [_placed(item, *known) for item in dated])
    return history


def _dated(joined: Joined, visit: Visit, lists: Lists) -> Joined:
    """A report with the date of the list that led to it, where it gives none itself."""
    if joined.published_on is not None:
        return joined
    stamp = lists.date_of(visit.capture)
    if not is_believable(stamp, joined.identity.year):
        return joined
    return replace(joined, published_on=stamp, published_from="list")


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


def _write_reports(ledger: Ledger, memory: Scratch, writer: Writer, pages: Pages) -> Counter[str]:
    """Write the reports with all that hangs on them, one after the other; count what was read."""
    counts = Counter(
        captures=writer.count("captures") + writer.count("revisits"),
        left_out=memory.left_out_in_all(),
    )
    for version in ledger:
        joined = memory.joined(version.joined)
        before = ledger.before(version)
        if before is not None:
            joined = _with_years(memory.joined(before.joined), joined)
        row = rows.report_row(version, joined, writer.same)
        captures = rows.capture_parts(version.id, ledger.captures(version.id), writer.same)
        sizes, boxes = pages.of(joined)
        writer.insert("reports", (row,))
        writer.insert("report_captures", captures)
        writer.insert("figures", rows.figure_rows(version.id, joined, boxes))
        writer.insert("checks", rows.check_rows(version.id, joined))
        writer.insert("sections", rows.section_rows(version.id, joined))
        writer.insert("pages", map(asdict, sizes))
        counts["reports"] += 1
        counts["figures"] += len(joined.figures)
        for name in ("figures_printed", "checks_failed", "doubts"):
            counts[name] += row[name]
    return counts


def _with_years(last: Joined, joined: Joined) -> Joined:
    """A report with the relations to the report on the year before among its checks."""
    tried = compare_years(
        last.edition, [f for f, _ in last.figures], joined.edition, [f for f, _ in joined.figures]
    )
    return replace(joined, checks=(*joined.checks, *tried))


def _portal_rows(
    portals: Mapping[str, PortalRow], last: Mapping[str, str | None], writer: Writer
) -> Iterator[rows.Row]:
    """The portals, and those that only captures name, each with its latest run and its state."""
    with_reports = {portal for (portal,) in writer.rows("SELECT DISTINCT portal FROM reports")}
    for key in sorted(portals.keys() | last.keys()):
        portal = portals.get(key)
        state = "nothing found" if key in last else "not crawled"
        state = "reports" if key in with_reports else state
        yield {
            "id": key,
            "place": portal.place if portal else None,
            "url": portal.url if portal else "",
            "family": portal.family if portal else None,
            "state": (portal.state if portal else None) or state,
            "last_run": last.get(key),
        }
