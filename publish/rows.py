"""Reports as rows of the published database: every value stands in one place of one table."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from extract.forms import NARRATIVE, form_of, forms
from extract.model import PageBox, Sentence, SheetCell, TableCell
from extract.normalise import without_radicals
from extract.serialise import where_to_json
from publish.labels import figure_labels
from publish.renderings import placed
from publish.series import all_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from decimal import Decimal

    from archive.model import Capture
    from extract.model import Figure, Where
    from publish.joining import Joined
    from publish.ledger import Version
    from publish.model import PlaceRow
    from publish.renderings import Boxes

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


def revisit_row(capture: Capture, same: str) -> Row:
    """A capture that only confirmed what an earlier one holds."""
    columns = ("run", "fetched_at", "http_status", "via", "link_text", "warc", "offset", "length")
    row = {"id": capture.id, "capture": same}
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


def capture_parts(
    report: str, captures: Iterable[tuple[str, str]], same: Callable[[str], str]
) -> Iterator[Row]:
    """The captures a report was seen in, and as what at first."""
    parts: dict[str, str] = {}
    for capture, part in captures:
        parts.setdefault(same(capture), part)
    for capture, part in sorted(parts.items()):
        yield {"report": report, "capture": capture, "part": part}


def report_row(version: Version, joined: Joined, same: Callable[[str], str]) -> Row:
    """The report's own row, counts included; `same` names the capture that holds an answer."""
    identity = joined.identity
    figures = [figure for figure, _ in joined.figures]
    return {
        "id": version.id,
        "place": version.place,
        "publisher": identity.publisher,
        "year": identity.year,
        "edition": joined.edition,
        "title": joined.title,
        "title_plain": without_radicals(joined.title) if joined.title else None,
        "published_on": joined.published_on,
        "document": joined.main.document,
        "capture": same(joined.main.capture.id),
        "figures_printed": sum(figure.status == "printed" for figure in figures),
        "checks_failed": sum(check.status == "fails" for check in joined.checks),
        "doubts": sum(figure.doubt is not None for figure in figures),
        "publisher_from": identity.publisher_from,
        "year_from": identity.year_from,
        "published_from": joined.published_from,
        "scope": joined.scope,
        "scope_words": joined.scope_words,
        "body": version.body,
        "portal": joined.portal,
        "superseded_by": version.superseded_by,
        "problems": "\n".join(joined.problems) or None,
    }


def figure_rows(report: str, joined: Joined, boxes: Mapping[str, Boxes]) -> Iterator[Row]:
    """The report's figures, one a row; `document` only where it is not the report's own."""
    for figure, document in joined.figures:
        own = document == joined.main.document
        yield {
            "report": report,
            "form_table": figure.table,
            "row": figure.row,
            "column": figure.column,
            "value": number(figure.value),
            "printed": figure.printed,
            "unit": figure.unit,
            "status": figure.status,
            "doubt": figure.doubt,
            **_place(placed(figure, document, boxes)),
            "document": None if own else document,
            "label": figure.label,
            "sentence": figure.sentence,
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
    if isinstance(where, Sentence):
        return f"section {where.section} sentence {where.sentence}"
    return None


def check_rows(report: str, joined: Joined) -> Iterator[Row]:
    """The relations of the form tried on the report."""
    for check in joined.checks:
        yield {
            "report": report,
            "rule": check.rule,
            "at": check.at,
            "status": check.status,
            "left_side": number(check.left),
            "right_side": number(check.right),
        }


def section_rows(report: str, joined: Joined) -> Iterator[Row]:
    """The report's sections in order."""
    for section in joined.sections:
        yield {"report": report, **asdict(section)}


def form_rows() -> Iterator[Row]:
    """The cells of every edition of the form, in the order the form prints them."""
    for edition in (*sorted(forms()), NARRATIVE):
        form = form_of(edition)
        assert form is not None, "an edition has a form"
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


def series_rows() -> Iterator[Row]:
    """The figures that make up each series."""
    for position, series in enumerate(all_series(), 1):
        ways = Counter((member.edition, member.way) for member in series.members)
        parts: Counter[tuple[str, int]] = Counter()
        for member in series.members:
            table, row, column = member.key
            way = member.edition, member.way
            parts[way] += 1
            yield {
                "id": series.id,
                "edition": member.edition,
                "way": member.way,
                "part": parts[way],
                "parts": ways[way],
                "form_table": table,
                "row": row,
                "column": column,
                "position": position,
                "headline": series.headline,
                "unit": series.unit,
                "label_zh": series.label_zh,
                "label_en": series.label_en,
                "reason_zh": series.reason_zh,
                "reason_en": series.reason_en,
            }
