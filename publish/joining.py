"""From visits to reports: a page and its attachments are one report, or several, or none.

The parts of a visit that name the same publisher and year belong together, and the figures come
from the part that has them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.model import Check
from extract.titles import classify
from publish.visits import LeftOut
from publish.whose import identity_of, published, scope_in, titles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extract.model import Figure, Scope, Section
    from publish.visits import Part, Visit
    from publish.whose import Identity

COPIES_AGREE = "copies agree"
"""The rule of a check that compares a figure in two documents of one report."""


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
    names = titles(visit)
    kinds = {classify(title).kind for title in names}
    with_tables = [part for part in visit.parts if part.read_cells]
    if "look-alike" in kinds and "report" not in kinds:
        return [], [_left(visit, names, "its title names another kind of document")]
    if not with_tables:
        if "report" not in kinds:
            return [], [_left(visit, names, "neither the form's tables nor a report's title")]
        main = max(visit.parts, key=lambda part: (part.said, part.letters))
        return [_report(visit, main, visit.parts)], []
    groups: dict[tuple[str | None, int | None], list[Part]] = defaultdict(list)
    for part in with_tables:
        identity = identity_of(visit, part)
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


def _left(visit: Visit, titles: list[str], reason: str) -> LeftOut:
    return LeftOut(visit.capture, titles[0] if titles else None, reason)


def _report(
    visit: Visit, main: Part, parts: tuple[Part, ...], with_tables: tuple[Part, ...] = ()
) -> Joined:
    identity = identity_of(visit, main)
    figures, checks = _figures(main, with_tables)
    page = visit.page
    own = main.report
    title = own.title or (page.report.title if page else None) or main.capture.link_text
    published_on, published_from = published(visit, main, identity.year)
    scope, scope_words = scope_in(visit, main, identity.publisher)
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
        scope=scope,
        scope_words=scope_words,
        figures=figures,
        checks=checks,
        sections=own.sections or text.report.sections,
        problems=tuple(dict.fromkeys(problems)),
    )


def _contradictions(visit: Visit, main: Part, identity: Identity) -> Iterator[str]:
    """What the page, the link and the document say differently about the year."""
    said = {classify(text).year for text in titles(visit)}
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
