"""Citations of a report, a figure or an original, made from the rows of the published database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.citation import LABELS, FigureLocator, Source, cite
from extract.normalise import without_radicals
from publish.labels import figure_labels
from publish.site.layout import path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publish.site.base import Row

CAPTURE = (
    "select c.* from captures c left join report_captures rc"
    " on rc.capture = c.id and rc.report = :report"
    " where c.sha256 = :document or c.id = :otherwise"
    " order by c.sha256 = :document desc, rc.capture is null, c.fetched_at, c.id limit 1"
)
"""The capture in which the document of a figure was first seen for its report."""
OF_DOCUMENT = (
    "select id from reports where document >= :digest and document < :digest || 'g'"
    " order by id limit 2"
)
"""The reports whose document has a digest that begins so."""
NAMED = "select title from documents where sha256 = :sha256"
"""The title that a capture's document has, where it was read."""
OWNERS = (
    "select distinct r.publisher, r.published_on from report_captures rc"
    " join reports r on r.id = rc.report where rc.capture = :capture"
)
"""Who publishes what a capture is part of, and since when."""
_CELL = re.compile(r"table (\d+) row (\d+) column (\d+)")


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation in one style, and the style's name."""

    name: str
    text: str


def source(
    datasette: Any,
    request: Any,
    report: Row,
    capture: Row,
    figure: Row | None = None,
) -> Source:
    """What a citation of the report, or of one figure in it, is made of, on the site's own page."""
    site = datasette.absolute_url(request, datasette.urls.path("/"))
    return described(site, report, capture, figure)


def described(site: str, report: Row, capture: Row, figure: Row | None = None) -> Source:
    """What a citation is made of; `site` is the address at which the site is published."""
    return Source(
        publisher=report["publisher"],
        title=report["title_plain"],
        year=report["year"],
        published_on=report["published_on"],
        url=capture["url"],
        captured_at=capture["fetched_at"],
        archive_url=f"{site.rstrip('/')}/original/{capture['sha256']}",
        sha256=capture["sha256"],
        media_type=capture["media_type"] or "",
        figure=_locator(site, report, figure) if figure and is_citable(figure) else None,
    )


def original(site: str, capture: Row, owners: Sequence[Row], named: Row | None) -> Source:
    """What a citation of one capture is made of, whatever it is of.

    Args:
        site: The address at which the site is published.
        capture: Its row.
        owners: The rows of `OWNERS`; where they are several, none of them is named.
        named: The row of `NAMED`.
    """
    report = owners[0] if len(owners) == 1 else None
    title = named["title"] if named else None
    named_by = title or capture["link_text"] or capture["file_name"]
    return Source(
        publisher=report["publisher"] if report else None,
        title=without_radicals(named_by) if named_by else None,
        year=None,
        published_on=report["published_on"] if report else None,
        url=capture["url"],
        captured_at=capture["fetched_at"],
        archive_url=f"{site.rstrip('/')}/capture/{capture['id']}",
        sha256=capture["sha256"],
        media_type=capture["media_type"] or "",
        kind="original",
    )


def is_citable(figure: Row) -> bool:
    """Whether something can be said of what stands in a figure's cell, if only that it is blank."""
    return figure["status"] in {"printed", "blank", "mark"} or bool(figure["printed"])


def _locator(site: str, report: Row, figure: Row) -> FigureLocator:
    edition, key = report["edition"], (figure["form_table"], figure["row"], figure["column"])
    address = figure["address"] or ""
    cell = _CELL.fullmatch(address)
    table, row, column = (int(part) for part in cell.groups()) if cell else (None, None, None)
    sheet, _, sheet_cell = address.rpartition("!") if not cell else ("", "", "")
    return FigureLocator(
        labels=tuple(label.zh for label in figure_labels(edition, key, figure["label"])),
        printed=figure["printed"],
        unit=figure["unit"],
        page=figure["page"],
        rendered=bool(figure["rendered"]),
        table=table,
        row=row,
        column=column,
        sheet=sheet or None,
        cell=sheet_cell or None,
        address=f"{site.rstrip('/')}/figure/{report['id']}/{path(key)}",
    )


def citations(cited: Source) -> list[Citation]:
    """The citation in every style, the one in force in China first."""
    return [Citation(LABELS[style], cite(cited, style)) for style in LABELS]
