"""Reports over time: what is the same report again, what replaced what, what vanished.

Two documents with the same substance (figures and text) are one report, and its id stays that of
the document seen first: a counter in a page's footer is not a change.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from extract.normalise import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.model import Capture
    from publish.joining import Joined
    from publish.scratch import Scratch
    from publish.visits import Part

_FEW_LETTERS = 400
_SHOWN = 5
"""Differences named in a change before `and N more`."""
NO_PLACE = "000000"
NO_YEAR = "0000"


@dataclass(frozen=True, slots=True)
class Sketch:
    """What telling versions apart needs of a joined report, which is put aside under `key`."""

    key: int
    portal: str
    publisher: str | None
    year: int | None
    document: str
    bare: bool
    figures: bool
    titles: frozenset[int]
    substance: bytes


@dataclass(slots=True)
class Version:
    """A report as it will be published; `captures` are pairs of a capture's id and its part.

    `url` is the address of its page, or of its file where no page led to it.
    """

    id: str
    place: str | None
    joined: Sketch
    last: tuple[str, str | None]
    """Its file and its date of publication as they were seen last: they may be others."""
    url: str
    captures: dict[str, str] = field(default_factory=dict)
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a report between two captures; `later` is None where it vanished."""

    report: str
    found_at: str
    earlier: str | None
    later: str | None
    what: str
    url: str


class History:
    """Takes visits in order of time and settles which reports there are."""

    def __init__(self, aside: Scratch) -> None:
        """Start empty.

        Args:
            aside: Where joined reports are put: they are too big to be held.
        """
        self._aside = aside
        self.versions: dict[str, Version] = {}
        self.changes: list[Change] = []
        self._same: dict[tuple[object, ...], list[Version]] = defaultdict(list)
        self._at_url: dict[tuple[str, str], list[Version]] = {}

    def visit(self, first: Capture, found: Iterable[tuple[str | None, Joined]]) -> None:
        """Add the reports of one visit, each with the code of its place."""
        address = (first.portal, first.url)
        before = self._at_url.get(address, [])
        now = [self._add(place, joined, before, first) for place, joined in found]
        if now:
            self._at_url[address] = now
        elif before:
            self._gone(before, first, "the address no longer holds a report")

    def settle(self) -> list[Version]:
        """The reports in the order of their ids, covers joined to the report they are covers of.

        A file that two pages lead to is fetched once and belongs to the first; the other page
        has nothing of its own to say.
        """
        beside: dict[tuple[str | None, int | None], list[Version]] = defaultdict(list)
        for version in self.versions.values():
            if version.joined.figures:
                beside[version.place, version.joined.year].append(version)
        for cover in [v for v in self.versions.values() if v.joined.bare]:
            near = beside[cover.place, cover.joined.year]
            twin = next((v for v in near if _covers(cover, v)), None)
            if twin is not None:
                for capture in cover.captures:
                    twin.captures.setdefault(capture, "copy page")
                del self.versions[cover.id]
        return [self.versions[key] for key in sorted(self.versions)]

    def failed(self, capture: Capture, reason: str) -> None:
        """An address that held a report answered otherwise."""
        self._gone(self._at_url.get((capture.portal, capture.url), []), capture, reason)

    def _gone(self, versions: list[Version], capture: Capture, what: str) -> None:
        for version in versions:
            self.changes.append(
                Change(version.id, capture.fetched_at, version.joined.document, None, what,
                       capture.url)
            )  # fmt: skip
        self._at_url.pop((capture.portal, capture.url), None)

    def _add(
        self, place: str | None, joined: Joined, before: list[Version], first: Capture
    ) -> Version:
        identity = joined.identity
        key = (place or joined.portal, identity.publisher, identity.year)
        substance = _substance(joined)
        same = next((v for v in self._same[key] if v.joined.substance == substance), None)
        if same is None:
            same = self.versions.get(_id(place, joined))
        earlier = _predecessor(joined, before)
        if same is None:
            seen = joined.main.document, joined.published_on
            drawn = self._draw(joined, substance)
            same = Version(_id(place, joined), place, drawn, seen, first.url)
            self.versions[same.id] = same
            self._same[key].append(same)
            _keep_captures(same, joined, "")
        else:
            self._again(same, joined, first)
        if earlier is not None and earlier is not same:
            earlier.superseded_by, same.superseded_by = same.id, None
            what = "; ".join(differences(self._aside.joined(earlier.joined.key), joined))
            self._record(same, earlier.joined.document, joined, what or "another file", first)
        return same

    def _draw(self, joined: Joined, substance: bytes) -> Sketch:
        """Put a report aside and keep what it is known by."""
        letters = sum(len(section.text) for section in joined.sections)
        return Sketch(
            key=self._aside.keep(joined),
            portal=joined.portal,
            publisher=joined.identity.publisher,
            year=joined.identity.year,
            document=joined.main.document,
            bare=not joined.figures and letters < _FEW_LETTERS,
            figures=bool(joined.figures),
            titles=frozenset(map(hash, _titles(joined))),
            substance=substance,
        )

    def _again(self, version: Version, joined: Joined, first: Capture) -> None:
        """The same substance once more: at the same address, in another file, or elsewhere."""
        if first.url != version.url:
            _keep_captures(version, joined, "copy")
            return
        _keep_captures(version, joined, "again")
        document, published_on = version.last
        version.last = joined.main.document, joined.published_on
        if published_on != joined.published_on:
            what = f"date of publication: {published_on} → {joined.published_on}"
            self._record(version, document, joined, what, first)
        elif document != joined.main.document and not _is_html(joined.main):
            what = "another file with the same contents"
            self._record(version, document, joined, what, first)

    def _record(
        self, version: Version, earlier: str, later: Joined, what: str, at: Capture
    ) -> None:
        documents = earlier, later.main.document
        self.changes.append(Change(version.id, at.fetched_at, *documents, what, at.url))


def _id(place: str | None, joined: Joined) -> str:
    year = f"{joined.identity.year:04d}" if joined.identity.year else NO_YEAR
    return f"{place or NO_PLACE}-{year}-{joined.main.document[:8]}"


def _covers(cover: Version, report: Version) -> bool:
    """Whether a bare page names the very report that was found elsewhere in its place and year."""
    ours, theirs = cover.joined, report.joined
    named = ours.publisher == theirs.publisher or bool(ours.titles & theirs.titles)
    return named and cover.superseded_by is None


def _titles(joined: Joined) -> set[str]:
    """What a report and its pages are called, however it is printed."""
    return {squeeze(part.report.title) for part in joined.parts if part.report.title}


def _is_html(part: Part) -> bool:
    """Whether a document is a web page: its bytes differ at every visit and mean nothing."""
    return "html" in part.capture.media_type


def _keep_captures(version: Version, joined: Joined, part: str) -> None:
    for item in joined.parts or (joined.main,):
        role = "attachment" if item.capture.role == "attachment" else "page"
        version.captures.setdefault(item.capture.id, f"{part} {role}".strip())


def _predecessor(joined: Joined, before: list[Version]) -> Version | None:
    """The report that stood at this address before and that this one continues."""
    for version in before:
        known = version.joined
        if (known.publisher, known.year) == (joined.identity.publisher, joined.identity.year):
            return version
    return None


def _substance(joined: Joined) -> bytes:
    """A digest of the figures and the text."""
    figures = tuple((f.key, f.status, str(f.value), f.printed) for f, _ in joined.figures)
    sections = tuple((s.heading, s.text) for s in joined.sections)
    said = repr((figures, sections)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).digest()


def differences(earlier: Joined, later: Joined) -> Iterator[str]:
    """What differs between two versions of a report, a phrase each."""
    old = {figure.key: figure for figure, _ in earlier.figures}
    new = {figure.key: figure for figure, _ in later.figures}
    changed = [
        f"{key} {_said(old.get(key))} → {_said(new.get(key))}"
        for key in sorted(old.keys() | new.keys())
        if _said(old.get(key)) != _said(new.get(key))
    ]
    if changed:
        shown = ", ".join(changed[:_SHOWN])
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        yield f"figures: {shown}{more}"
    pairs = zip_longest(earlier.sections, later.sections)
    texts = [
        str(i) for i, (a, b) in enumerate(pairs, 1) if a is None or b is None or a.text != b.text
    ]
    if texts:
        yield f"text of section {', '.join(texts[:_SHOWN])}"


def _said(figure: object) -> str:
    if figure is None:
        return "absent"
    status, printed = getattr(figure, "status", ""), getattr(figure, "printed", None)
    return printed if status in {"printed", "mark"} and printed is not None else str(status)
