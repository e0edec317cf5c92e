"""Whose report a visit holds, on which year, published when, of what scope: and where it was read.

The document itself speaks first, then its page, then the links that led there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.identity import is_believable
from extract.scope import scope_of
from extract.titles import classify, unit_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extract.model import Scope
    from publish.visits import Part, Visit


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose report on which year, and where that was read.

    The sources are those of `extract` (title, text, signature, metadata) with `page …` before
    them where the attachment is silent and its page speaks, `link` for the text of the link that
    led there, and `portal`.
    """

    publisher: str | None = None
    publisher_from: str | None = None
    year: int | None = None
    year_from: str | None = None


def titles(visit: Visit) -> list[str]:
    """The titles of a visit: of its document, of the link to it, of its files with tables."""
    first = visit.first
    said = [first.report.title, first.capture.link_text]
    said += [part.report.title for part in visit.attachments if part.read_cells]
    return [text for text in said if text]


def identity_of(visit: Visit, part: Part) -> Identity:
    """Publisher and year from the nearest place that names them."""
    publisher: tuple[str | None, str | None] = (None, None)
    year: tuple[int | None, str | None] = (None, None)
    for said_publisher, said_year, where, year_where in _sayings(visit, part):
        if publisher[0] is None and said_publisher:
            publisher = (said_publisher, where)
        if year[0] is None and said_year:
            year = (said_year, year_where)
    return Identity(*publisher, *year)


def _sayings(visit: Visit, part: Part) -> Iterator[tuple[str | None, int | None, str | None, str]]:
    """Who and which year, as each source says it, the nearest source first."""
    own, page = part.report, visit.page
    yield own.publisher, own.year, own.publisher_from, "text"
    yield from _titled(own.title, "title")
    if part is not page:
        yield from _titled(part.capture.link_text, "link")
    if page is not None and part is not page:
        said = page.report
        yield said.publisher, said.year, f"page {said.publisher_from}", "page"
        yield from _titled(said.title, "page title")
    if page is not None:
        yield from _titled(page.capture.link_text, "link")
    first = page or part
    unit, year = unit_alone(first.capture.link_text or "")
    yield unit, year, "link", "link"


def _titled(
    title: str | None, where: str
) -> Iterator[tuple[str | None, int | None, str | None, str]]:
    """Who and which year a title names; nothing where it is not a report's."""
    facts = classify(title or "")
    if facts.kind == "report":
        yield facts.publisher, facts.year, where, where


def scope_in(visit: Visit, main: Part, publisher: str | None) -> tuple[Scope | None, str | None]:
    """Whose figures they are: as the document says, its page, the titles, whoever published it."""
    for part in (main, visit.page):
        if part is not None and part.report.scope:
            return part.report.scope, part.report.scope_words
    for text in (*titles(visit), ""):
        scope, words = scope_of(text, publisher, ())
        if scope:
            return scope, words
    return None, None


def published(visit: Visit, main: Part, year: int | None) -> tuple[str | None, str | None]:
    """The date of publication and where it was read.

    What the page says of itself counts before a signature: a report is signed before it is
    published.
    """
    page = visit.page if visit.page is not main else None
    for part, where in ((page, "page "), (main, "")):
        if part and is_believable(part.report.dated, year):
            return part.report.dated, f"{where}metadata"
    for part, where in ((main, ""), (page, "page ")):
        said = part.report if part else None
        if said and said.published_on and said.published_from == "signature":
            return said.published_on, f"{where}signature"
    return None, None
