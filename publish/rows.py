"""Reports as rows of the published database: every value stands in one place of one table."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from extract.forms import forms
from extract.model import PageBox, SheetCell, TableCell
from extract.serialise import where_to_json
from publish.labels import figure_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from archive.model import Capture
    from extract.model import Figure, Where
    from publish.model import PlaceRow
    from publish.renderings import Pages
    from publish.versions import Version
    from publish.visits import LeftOut

Row = dict[str, Any]


def number(value: Decimal | None) -> int | float | None:
    """A printed number as SQLite keeps it: whole numbers exactly, others as a double."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def capture_row(capture: Capture) -> Row:
    """A capture that brought something."""
    row = asdict(capture)
    del row["revisit_of"]
    return row


def revisit_row(capture: Capture, same: Mapping[str, str]) -> Row:
    """A capture that only confirmed what an earlier one holds."""
    columns = ("run", "fetched_at", "http_status", "via", "link_text", "warc", "offset", "length")
    row = {"id": capture.id, "capture": same[capture.id]}
    return row | {column: getattr(capture, column) for column in columns}


def place_row(place: PlaceRow, known: Mapping[str, PlaceRow]) -> Row:
    """A place; its parent only where that is a row too."""
    parent = place.parent if place.parent in known else None
    return {
        "code": place.code,
        "name": place.name,
        "level": place.level,
        "parent": parent,
        "province": place.province,
    }


def capture_parts(version: Version, same: Mapping[str, str]) -> Iterator[Row]:
    """The captures a report was seen in, and as what at first."""
    parts: dict[str, str] = {}
    for capture, part in sorted(version.captures.items()):
        parts.setdefault(same[capture], part)
    for capture, part in sorted(parts.items()):
        yield {"report": version.id, "capture": capture, "part": part}


def left_out_row(item: LeftOut, same: Mapping[str, str]) -> Row:
    """A capture that is no report, and why."""
    return {
        "capture": same[item.capture.id],
        "url": item.capture.url,
        "title": item.title,
        "reason": item.reason,
    }


def report_row(version: Version, same: Mapping[str, str]) -> Row:
    """The report's own row, counts included; `same` names the capture that holds an answer."""
    joined, identity = version.joined, version.joined.identity
    figures = [figure for figure, _ in joined.figures]
    return {
        "id": version.id,
        "place": version.place,
        "publisher": identity.publisher,
        "year": identity.year,
        "edition": joined.edition,
        "title": joined.title,
        "published_on": joined.published_on,
        "document": joined.main.document,
        "capture": same[joined.main.capture.id],
        "figures_printed": sum(figure.status == "printed" for figure in figures),
        "checks_failed": sum(check.status == "fails" for check in joined.checks),
        "doubts": sum(figure.doubt is not None for figure in figures),
        "publisher_from": identity.publisher_from,
        "year_from": identity.year_from,
        "portal": joined.portal,
        "superseded_by": version.superseded_by,
        "problems": "\n".join(joined.problems) or None,
    }


def figure_rows(version: Version, pages: Pages) -> Iterator[Row]:
    """The report's figures, one a row; `document` only where it is not the report's own."""
    for figure, document in version.joined.figures:
        own = document == version.joined.main.document
        yield {
            "report": version.id,
            "form_table": figure.table,
            "row": figure.row,
            "column": figure.column,
            "value": number(figure.value),
            "printed": figure.printed,
            "unit": figure.unit,
            "status": figure.status,
            "doubt": figure.doubt,
            **_place(pages.place(figure, document)),
            "document": None if own else document,
            "label": figure.label,
        }


def _place(figure: Figure) -> Row:
    """Where a figure stands: its first box or address; all of them where there are several."""
    row: Row = dict.fromkeys(("page", "x0", "top", "x1", "bottom", "address"))
    row["rendered"] = 0
    row["boxes"] = None
    if not figure.where:
        return row
    on_pages = [where for where in figure.where if isinstance(where, PageBox)]
    if on_pages:
        first = on_pages[0]
        row |= {"page": first.page, "rendered": int(first.rendered)}
        box = (first.x0, first.top, first.x1, first.bottom)
        row |= dict(zip(("x0", "top", "x1", "bottom"), (round(v, 2) for v in box), strict=True))
    row["address"] = next((a for a in map(address, figure.where) if a is not None), None)
    if len(on_pages) > 1:
        row["boxes"] = json.dumps([where_to_json(where) for where in on_pages])
    return row


def address(where: Where) -> str | None:
    """A cell's address in a file without pages: `table 2 row 3 column 4`, `Sheet1!B7`."""
    if isinstance(where, TableCell):
        return f"table {where.table} row {where.row} column {where.column}"
    if isinstance(where, SheetCell):
        return f"{where.sheet}!{where.cell}"
    return None


def check_rows(version: Version) -> Iterator[Row]:
    """The relations of the form tried on the report."""
    for check in version.joined.checks:
        yield {
            "report": version.id,
            "rule": check.rule,
            "at": check.at,
            "status": check.status,
            "left_side": number(check.left),
            "right_side": number(check.right),
        }


def section_rows(version: Version) -> Iterator[Row]:
    """The report's sections in order."""
    for section in version.joined.sections:
        yield {"report": version.id, **asdict(section)}


def form_rows() -> Iterator[Row]:
    """The cells of every edition of the form, in the order the form prints them."""
    for edition, form in sorted(forms().items()):
        for position, (table, row, column) in enumerate(form.keys, 1):
            labels = figure_labels(edition, (table, row, column))
            yield {
                "edition": edition,
                "form_table": table,
                "row": row,
                "column": column,
                "position": position,
                "unit": form.tables[table].unit(row, column),
                "label_zh": " › ".join(label.zh for label in labels),
                "label_en": " › ".join(label.en for label in labels),
            }
