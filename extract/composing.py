"""A report put together: what was recognised, its arithmetic, its identity, its text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from extract.agreement import settle
from extract.checks import judged
from extract.forms import NARRATIVE, form_of, forms
from extract.identity import identify
from extract.model import Report
from extract.narrative import compare_narrative
from extract.normalise import squeeze
from extract.scope import scope_of
from extract.sections import divide, promises_tables
from extract.stated import stated_figures

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from extract.forms import Form
    from extract.identity import Identity
    from extract.model import Check, Document, Figure
    from extract.recognise import Recognition
    from extract.sections import Part

Key = tuple[str, str, str]
_ONE_READER = "two readers differ in what the text states"
_SCANNED = "the sentence was read from a picture, and only one reading vouches"
_A_REPORT_S_HEADING = re.compile(r"公开|总体情况|需要报告")


def compose(
    document: Document,
    found: Recognition,
    lone: Collection[Key] = (),
    *,
    scanned: bool = False,
) -> Report:
    """The report that a document is.

    Args:
        document: What the reader saw.
        found: The figures recognised in its tables.
        lone: The figures that only one reading vouches for.
        scanned: Whether the text was recognised from pictures.
    """
    figures, tried = settle(found, lone)
    # The doubt that a failing sum casts is no reason to leave that sum open.
    unsure = settle(found)[0] if lone else figures
    identity = identify(document)
    headings = _headings(form_of(found.edition))
    parts = divide(document.paragraphs, headings)
    checks = judged(tried, unsure) + _narrative(found.edition, figures, parts, identity)
    edition = found.edition
    if edition is None and _is_report(identity, parts):
        doubt = _SCANNED if scanned else None
        figures = stated_figures(parts, identity.publisher, identity.year, doubt=doubt)
        edition = NARRATIVE if figures else None
    lacking = _lacking(document, edition, identity, parts)
    if edition == NARRATIVE and not promises_tables(parts, headings):
        lacking = ()  # such a report has none to find
    scope, scope_words = scope_of(identity.title, identity.publisher, parts)
    return Report(
        media_type=document.media_type,
        pages=document.pages,
        title=identity.title,
        publisher=identity.publisher,
        publisher_from=identity.publisher_from,
        place=identity.place,
        year=identity.year,
        published_on=identity.published_on,
        published_from=identity.published_from,
        dated=document.published_on,
        scope=scope,
        scope_words=scope_words,
        edition=edition,
        figures=figures,
        checks=checks,
        sections=tuple(part.section for part in parts),
        problems=(*document.problems, *found.problems, *lacking),
    )


def doubted_where_told_otherwise(report: Report, other: Report) -> Report:
    """A report without tables, its counts doubted where another reader's text states others."""
    told = {f.key: (f.status, f.value) for f in other.figures}
    figures = tuple(
        f if told.get(f.key) == (f.status, f.value) else replace(f, doubt=f.doubt or _ONE_READER)
        for f in report.figures
    )
    return replace(report, figures=figures)


def _headings(form: Form | None) -> tuple[str, ...]:
    """The headings to look for: those of the form, else of the newest that has any."""
    if form is not None and form.sections:
        return form.sections
    return next(iter(forms().values())).sections


def _is_report(identity: Identity, parts: Sequence[Part]) -> bool:
    """Whether a document without tables is a report all the same, by its title or its headings."""
    return identity.title is not None or any(
        part.number and _A_REPORT_S_HEADING.search(squeeze(part.heading)) for part in parts
    )


def _lacking(
    document: Document, edition: str | None, identity: Identity, parts: Sequence[Part]
) -> tuple[str, ...]:
    """What is said where no table of a form was found and the reader did not say why."""
    if edition not in {None, NARRATIVE} or (document.problems and not document.blocks):
        return ()
    if not _is_report(identity, parts):
        return ("this does not read as an annual report on information disclosure",)
    return ("no statistics table of a known form was found",)


def _narrative(
    edition: str | None, figures: Sequence[Figure], parts: Sequence[Part], identity: Identity
) -> tuple[Check, ...]:
    """What the text up to the tables says, against the tables."""
    form = form_of(edition)
    if form is None or not form.narrative:
        return ()
    last = form.narrative_sections
    before = [part for part in parts if last is None or part.number <= last]
    rows = {statement.stated for statement in form.narrative}
    stated = stated_figures(before, identity.publisher, identity.year, rows)
    return compare_narrative(form.narrative, figures, [part.section for part in before], stated)
