"""Citations of a report or a figure, made from the rows of the published database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.citation import LABELS, FigureLocator, Source, cite
from publish.labels import figure_labels

if TYPE_CHECKING:
    from publish.site.base import Row

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
    """What a citation of the report, or of one figure in it, is made of."""
    copy = datasette.absolute_url(request, datasette.urls.path(f"/original/{capture['sha256']}"))
    return Source(
        publisher=report["publisher"],
        title=report["title"],
        year=report["year"],
        published_on=report["published_on"],
        url=capture["url"],
        captured_at=capture["fetched_at"],
        archive_url=copy,
        sha256=capture["sha256"],
        media_type=capture["media_type"] or "",
        figure=_locator(report["edition"], figure) if figure else None,
    )


def _locator(edition: str | None, figure: Row) -> FigureLocator:
    key = (figure["form_table"], figure["row"], figure["column"])
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
    )


def citations(cited: Source) -> list[Citation]:
    """The citation in every style, the one in force in China first."""
    return [Citation(LABELS[style], cite(cited, style)) for style in LABELS]
