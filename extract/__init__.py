"""Read and check: bytes in, a report with figures out. Pure: no network, no database, no clock."""

from __future__ import annotations

from extract.model import (
    Check,
    Document,
    Figure,
    PageBox,
    Report,
    Section,
    SheetCell,
    TableCell,
)
from extract.report import read_report, read_reports
from extract.serialise import from_json, to_json
from extract.sniff import sniff

VERSION = "1"
"""Names the extractor in cache keys: goes up with every change that may alter a report."""

__all__ = [
    "VERSION",
    "Check",
    "Document",
    "Figure",
    "PageBox",
    "Report",
    "Section",
    "SheetCell",
    "TableCell",
    "from_json",
    "read_report",
    "read_reports",
    "sniff",
    "to_json",
]
