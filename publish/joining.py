"""From visits to reports: a page and its attachments are one report, or several, or none.

The parts of a visit that name the same publisher and year belong together, and the figures come
from the part that has them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.identity import is_believable
from extract.model import Check
from extract.titles import classify, unit_alone
from publish.visits import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extract.model import Figure, Scope, Section
    from publish.visits import Part, Visit

COPIES_AGREE = "copies agree"
"""The rule of a check that compares a figure in two documents of one report."""


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


@dataclass(frozen=True, slots=True)
class Joined:
    """One report of a visit. `figures` are pairs of figure and the document it stands in."""

    portal: str
    identity: Identity
    main: Part
    parts: tuple[Part, ...]
    edition: str | None
    title: str | None
    published_on: str | None
    published_from: str | None
    scope: Scope | None
    scope_words: str | None
    figures: tuple[tuple[Figure, str], ...]
    checks: tuple[Check, ...]
    sections: tuple[Section, ...]
    problems: tuple[str, ...]


def join(visit: Visit) -> tuple[list[Joined], list[LeftOut]]:
    """The reports of one visit, and what in it is no report."""
    titles = _titles(visit)
    kinds = {classify(title).kind for title in titles}
    with_tables = [part for part in visit.parts if part.read_cells]
    if "look-alike" in kinds and "report" not in kinds:
        return [], [_left(visit, titles, "its title names another kind of document")]
    if not with_tables:
        if "report" not in kinds:
            return [], [_left(visit, titles, "neither the form's tables nor a report's title")]
        main = max(visit.parts, key=lambda part: part.letters)
        return [_report(visit, main, visit.parts)], []
    groups: dict[tuple[str | None, int | None], list[Part]] = defaultdict(list)
    for part in with_tables:
        identity = _identity(visit, part)
        groups[identity.publisher, identity.year].append(part)
    joined = []
    for parts in groups.values():
        main = max(parts, key=lambda part: (part.read_cells, -part.doubts))
        whole = visit.parts if len(groups) == 1 else _with_page(visit, parts)
        joined.append(_report(visit, main, whole, with_tables=tuple(parts)))
    return joined, []


def _with_page(visit: Visit, parts: list[Part]) -> tuple[Part, ...]:
    if visit.page is None or visit.page in parts:
        return tuple(parts)
    return (visit.page, *parts)


def _titles(visit: Visit) -> list[str]:
    first = visit.first
    said = [first.report.title, first.capture.link_text]
    said += [part.report.title for part in visit.attachments if part.read_cells]
    return [text for text in said if text]


def _left(visit: Visit, titles: list[str], reason: str) -> LeftOut:
    return LeftOut(visit.capture, titles[0] if titles else None, reason)


def _identity(visit: Visit, part: Part) -> Identity:
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


def _report(
    visit: Visit, main: Part, parts: tuple[Part, ...], with_tables: tuple[Part, ...] = ()
) -> Joined:
    identity = _identity(visit, main)
    figures, checks = _figures(main, with_tables)
    page = visit.page
    own = main.report
    title = own.title or (page.report.title if page else None) or main.capture.link_text
    published_on, published_from = _published(visit, main, identity.year)
    scope = next((p.report for p in (main, page) if p and p.report.scope), own)
    text = max((part for part in (page, main) if part), key=lambda part: part.letters)
    problems = [*visit.problems, *_contradictions(visit, main, identity)]
    concerned = with_tables or parts
    problems += [problem for part in (main, *concerned) for problem in part.report.problems]
    return Joined(
        portal=main.capture.portal,
        identity=identity,
        main=main,
        parts=parts,
        edition=own.edition,
        title=title,
        published_on=published_on,
        published_from=published_from,
        scope=scope.scope,
        scope_words=scope.scope_words,
        figures=figures,
        checks=checks,
        sections=own.sections or text.report.sections,
        problems=tuple(dict.fromkeys(problems)),
    )


def _published(visit: Visit, main: Part, year: int | None) -> tuple[str | None, str | None]:
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


def _contradictions(visit: Visit, main: Part, identity: Identity) -> Iterator[str]:
    """What the page, the link and the document say differently about the year."""
    said = {classify(text).year for text in _titles(visit)}
    for part in (visit.page, main):
        if part is not None:
            said.add(part.report.year)
    others = sorted(year for year in said if year is not None and year != identity.year)
    for year in others:
        yield f"another year is named too: {year} beside {identity.year}"


def _figures(
    main: Part, parts: tuple[Part, ...]
) -> tuple[tuple[tuple[Figure, str], ...], tuple[Check, ...]]:
    """The main document's figures; a table it lacks comes from the part that has most of it."""
    others = [
        part for part in parts if part is not main and part.report.edition == main.report.edition
    ]
    source = dict.fromkeys(_tables(main), main)
    for part in sorted(others, key=lambda part: -part.read_cells):
        for table in _tables(part):
            source.setdefault(table, part)
    cells = {part.document: {f.key: f for f in part.report.figures} for part in others}
    figures = []
    for figure in main.report.figures:
        part = source.get(figure.table, main)
        taken = figure if part is main else cells[part.document].get(figure.key, figure)
        figures.append(part.placed(taken))
    checks = [
        check
        for part in (main, *others)
        for check in part.report.checks
        if source.get(_table_of(check), main) is part
    ]
    for part in others:
        checks += _disagreements(main, part)
    return tuple(figures), tuple(checks)


def _tables(part: Part) -> set[str]:
    return {figure.table for figure in part.report.figures if figure.status != "absent"}


def _table_of(check: Check) -> str:
    return check.at.split("/", 1)[0]


def _disagreements(main: Part, other: Part) -> Iterator[Check]:
    """Figures that two documents of one report print differently."""
    theirs = {figure.key: figure for figure in other.report.figures if figure.status == "printed"}
    for figure in main.report.figures:
        twin = theirs.get(figure.key)
        if figure.status == "printed" and twin is not None and twin.value != figure.value:
            yield Check(COPIES_AGREE, figure.key, "fails", figure.value, twin.value)
