"""Reports as JSON and back: the public shape, exact numbers, addresses of cells."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from extract.model import (
    Check,
    Figure,
    PageBox,
    Report,
    Section,
    Sentence,
    SheetCell,
    TableCell,
    Where,
)

_DECIMALS = 2
_PLAIN = (
    "media_type",
    "pages",
    "title",
    "publisher",
    "publisher_from",
    "place",
    "year",
    "published_on",
    "published_from",
    "dated",
    "scope",
    "scope_words",
    "edition",
)


def to_json(report: Report, data: bytes, name: str = "") -> dict[str, Any]:
    """The report as the public JSON object; numbers are exact, `where` is a figure's first box.

    Args:
        report: What was read from the file.
        data: The file's bytes, for their SHA-256.
        name: The file's name as the user gave it.
    """
    return {
        "file": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        **{field: getattr(report, field) for field in _PLAIN},
        "figures": [_figure_out(f) for f in report.figures],
        "checks": [
            {**asdict(c), "left": _number_out(c.left), "right": _number_out(c.right)}
            for c in report.checks
        ],
        "sections": [asdict(s) for s in report.sections],
        "problems": list(report.problems),
    }


def from_json(data: dict[str, Any]) -> Report:
    """The report that `to_json` wrote; KeyError or TypeError where the shape is another."""
    return Report(
        **{field: data[field] for field in _PLAIN},
        figures=tuple(_figure_in(f) for f in data["figures"]),
        checks=tuple(
            Check(**{**c, "left": _number_in(c["left"]), "right": _number_in(c["right"])})
            for c in data["checks"]
        ),
        sections=tuple(Section(**s) for s in data["sections"]),
        problems=tuple(data["problems"]),
    )


def _figure_out(figure: Figure) -> dict[str, Any]:
    boxes = [where_to_json(w) for w in figure.where]
    written: dict[str, Any] = {
        "table": figure.table,
        "row": figure.row,
        "column": figure.column,
        "value": _number_out(figure.value),
        "printed": figure.printed,
        "unit": figure.unit,
        "status": figure.status,
        "doubt": figure.doubt,
        "where": boxes[0] if boxes else None,
    }
    if len(boxes) > 1:
        written["where_also"] = boxes[1:]
    if figure.label is not None:
        written["label"] = figure.label
    if figure.sentence is not None:
        written["sentence"] = figure.sentence
    return written


def _figure_in(data: dict[str, Any]) -> Figure:
    fields = {k: v for k, v in data.items() if k not in {"where", "where_also", "value"}}
    boxes = [data["where"], *data.get("where_also", ())] if data["where"] else []
    where = tuple(where_from_json(b) for b in boxes)
    return Figure(**fields, value=_number_in(data["value"]), where=where)


def where_to_json(where: Where) -> dict[str, Any]:
    """An address as JSON: a box, a table's row and column, a sheet's cell, a sentence."""
    if isinstance(where, PageBox):
        edges = (where.x0, where.top, where.x1, where.bottom)
        box = {"page": where.page, "box": [round(edge, _DECIMALS) for edge in edges]}
        return {**box, "rendered": True} if where.rendered else box
    return asdict(where)


def where_from_json(data: dict[str, Any]) -> Where:
    """The address that `where_to_json` wrote."""
    if "page" in data:
        x0, top, x1, bottom = data["box"]
        return PageBox(data["page"], x0, top, x1, bottom, rendered=data.get("rendered", False))
    if "section" in data:
        return Sentence(**data)
    return SheetCell(**data) if "sheet" in data else TableCell(**data)


def _number_out(value: Decimal | None) -> int | float | None:
    """A JSON number with the digits printed: a float of up to 15 digits keeps them all."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _number_in(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))
