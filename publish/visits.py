"""Report pages with their attachments, as one run saw them.

A *visit* is one report page with its attachments; where a list leads straight to a file, the file
alone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extract.model import PageBox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archive.model import Capture
    from extract.model import Figure, Report
    from publish.scratch import Scratch

_CONTENT = frozenset({200, 203, 304})


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a visit: its capture and what it says."""

    capture: Capture
    report: Report
    pictures: tuple[str, ...] = ()
    """The SHA-256 of each picture, page by page, where several were read as one document."""

    @property
    def document(self) -> str:
        """The SHA-256 of the document."""
        return self.capture.sha256

    def placed(self, figure: Figure) -> tuple[Figure, str]:
        """A figure of the report as it stands in the very document it stands in."""
        pages = [at.page for at in figure.where if isinstance(at, PageBox)]
        if not pages or not 0 < pages[0] <= len(self.pictures):
            return figure, self.document
        where = tuple(
            replace(at, page=1)
            for at in figure.where
            if isinstance(at, PageBox) and at.page == pages[0]
        )
        return replace(figure, where=where), self.pictures[pages[0] - 1]

    @property
    def read_cells(self) -> int:
        """How many of the form's cells the document has, whatever stands in them."""
        return sum(f.status != "absent" and f.sentence is None for f in self.report.figures)

    @property
    def said(self) -> int:
        """How many counts the document's sentences state."""
        return sum(f.sentence is not None for f in self.report.figures)

    @property
    def doubts(self) -> int:
        """How many figures may be wrong."""
        return sum(figure.doubt is not None for figure in self.report.figures)

    @property
    def letters(self) -> int:
        """How much running text the document has."""
        return sum(len(section.text) for section in self.report.sections)


@dataclass(frozen=True, slots=True)
class Visit:
    """A report page (None where a list leads straight to a file) and its attachments."""

    page: Part | None
    attachments: tuple[Part, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """The page first, then the attachments in the order they were asked."""
        return (self.page, *self.attachments) if self.page else self.attachments

    @property
    def first(self) -> Part:
        """The part that stands for the visit."""
        return self.parts[0]

    @property
    def capture(self) -> Capture:
        """The capture of that part."""
        return self.first.capture


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A capture that was asked as a report and is none, and why."""

    capture: Capture
    title: str | None
    reason: str


def is_content(capture: Capture) -> bool:
    """Whether a capture holds what was asked for: answered well, whole, and not empty."""
    if capture.reason:
        return False
    return capture.http_status in _CONTENT and capture.bytes > 0 and not capture.truncated


def events(asked: Scratch, reports: Mapping[str, Report]) -> Iterator[Visit | LeftOut]:
    """The visits, and the captures that hold nothing, in order of time.

    An attachment that failed in a run where an earlier run had it is taken from the earlier one,
    with a problem that says so.

    Args:
        asked: The captures of the roles `report` and `attachment`.
        reports: What the documents say, by SHA-256.
    """
    for capture, held in asked.asked():
        attached = capture.role == "attachment"
        if attached and asked.is_page(capture.portal, capture.via):
            continue  # seen with its page
        if not held:
            yield LeftOut(capture, capture.link_text, _why_empty(capture))
        elif attached:
            yield Visit(None, (Part(capture, reports[capture.sha256]),))
        else:
            yield _visit(capture, asked.beside(capture.portal, capture.url), reports)


def _why_empty(capture: Capture) -> str:
    if capture.reason:
        return capture.reason
    if capture.truncated:
        return f"incomplete: {capture.truncated}"
    if capture.http_status not in _CONTENT:
        return f"HTTP {capture.http_status}"
    if not capture.bytes:
        return "empty answer"
    return "not readable from the archive"


def _visit(
    page: Capture, beside: Sequence[tuple[Capture, bool]], reports: Mapping[str, Report]
) -> Visit:
    urls: dict[str, list[tuple[Capture, bool]]] = defaultdict(list)
    for capture, held in beside:
        urls[capture.url].append((capture, held))
    attachments = []
    problems = []
    for url, tries in urls.items():
        now = [capture for capture, _ in tries if capture.run == page.run]
        good = [
            capture
            for capture, held in tries
            if held and (capture.run == page.run or capture.fetched_at <= page.fetched_at)
        ]
        if not now:
            continue  # this run's page no longer leads there
        if good:
            attachments.append(Part(good[-1], reports[good[-1].sha256]))
        if not good or good[-1].run != page.run:
            problems.append(f"attachment {url}: {_why_empty(now[-1])}")
    return Visit(Part(page, reports[page.sha256]), tuple(attachments), tuple(problems))
