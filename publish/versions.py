"""Reports over time: what is the same report again, what replaced what, what vanished.

Two documents with the same substance (figures and text) are one report, and its id stays that of
the document seen first: a counter in a page's footer is not a change.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from extract.normalise import squeeze
from publish.ledger import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archive.model import Capture
    from publish.joining import Joined
    from publish.ledger import Ledger
    from publish.scratch import Scratch
    from publish.visits import Part

_FEW_LETTERS = 400
_SHOWN = 5
"""Differences named in a change before `and N more`."""
NO_PLACE = "000000"
NO_YEAR = "0000"


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
            aside: Where reports are kept: they are too many to be held.
        """
        self._aside = aside
        self._ledger = aside.ledger
        self.changes: list[Change] = []

    def visit(self, first: Capture, found: Iterable[tuple[str | None, Joined]]) -> None:
        """Add the reports of one visit, each with the code of its place."""
        before = self._ledger.at(first.portal, first.url)
        now = [self._add(place, joined, before, first) for place, joined in found]
        if now:
            self._ledger.hold(first.portal, first.url, now)
        elif before:
            self._gone(before, first, "the address no longer holds a report")

    def settle(self) -> Ledger:
        """The reports, covers joined to the report they are covers of.

        A file that two pages lead to is fetched once and belongs to the first; the other page
        has nothing of its own to say.
        """
        for cover in self._ledger.bare():
            twin = self._ledger.covered_by(cover) if cover.superseded_by is None else None
            if twin is not None:
                captures = self._ledger.captures(cover.id)
                self._ledger.seen_in(twin.id, ((c, "copy page") for c, _ in captures))
                self._ledger.remove(cover.id)
        return self._ledger

    def failed(self, capture: Capture, reason: str) -> None:
        """An address that held a report answered otherwise."""
        self._gone(self._ledger.at(capture.portal, capture.url), capture, reason)

    def _gone(self, versions: Iterable[Version], capture: Capture, what: str) -> None:
        for version in versions:
            self.changes.append(
                Change(version.id, capture.fetched_at, version.document, None, what, capture.url)
            )
        self._ledger.hold(capture.portal, capture.url, ())

    def _add(
        self, place: str | None, joined: Joined, before: Sequence[Version], first: Capture
    ) -> str:
        identity, substance = joined.identity, _substance(joined)
        home = place or joined.portal
        same = self._ledger.alike(home, identity.publisher, identity.year, substance)
        same = same or self._ledger.get(_id(place, joined))
        earlier = _predecessor(joined, before)
        if same is None:
            same = self._new(place, joined, substance, first)
        else:
            self._again(same, joined, first)
        if earlier is not None and earlier.id != same.id:
            self._ledger.supersede(earlier.id, same.id)
            self._ledger.supersede(same.id, None)
            what = "; ".join(differences(self._aside.joined(earlier.joined), joined))
            self._record(same, earlier.document, joined, what or "another file", first)
        return same.id

    def _new(self, place: str | None, joined: Joined, substance: bytes, first: Capture) -> Version:
        """Put a report aside and keep what it is known by."""
        letters = sum(len(section.text) for section in joined.sections)
        version = Version(
            id=_id(place, joined),
            place=place,
            portal=joined.portal,
            publisher=joined.identity.publisher,
            year=joined.identity.year,
            joined=self._aside.keep(joined),
            document=joined.main.document,
            url=first.url,
            substance=substance,
            bare=not joined.figures and letters < _FEW_LETTERS,
            figures=bool(joined.figures),
            titles=json.dumps(_titles(joined)),
            last_document=joined.main.document,
            last_published_on=joined.published_on,
        )
        self._ledger.add(version)
        self._ledger.seen_in(version.id, _captures(joined, ""))
        return version

    def _again(self, version: Version, joined: Joined, first: Capture) -> None:
        """The same substance once more: at the same address, in another file, or elsewhere."""
        if first.url != version.url:
            self._ledger.seen_in(version.id, _captures(joined, "copy"))
            return
        self._ledger.seen_in(version.id, _captures(joined, "again"))
        document, published_on = version.last_document, version.last_published_on
        self._ledger.seen_again(version.id, joined.main.document, joined.published_on)
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


def _titles(joined: Joined) -> list[str]:
    """What a report and its pages are called, however it is printed."""
    return sorted({squeeze(part.report.title) for part in joined.parts if part.report.title})


def _is_html(part: Part) -> bool:
    """Whether a document is a web page: its bytes differ at every visit and mean nothing."""
    return "html" in part.capture.media_type


def _captures(joined: Joined, part: str) -> Iterator[tuple[str, str]]:
    """The captures of a report and the part each plays."""
    for item in joined.parts or (joined.main,):
        role = "attachment" if item.capture.role == "attachment" else "page"
        yield item.capture.id, f"{part} {role}".strip()


def _predecessor(joined: Joined, before: Iterable[Version]) -> Version | None:
    """The report that stood at this address before and that this one continues."""
    identity = joined.identity.publisher, joined.identity.year
    return next((v for v in before if (v.publisher, v.year) == identity), None)


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
