"""Read and check: bytes in, a report with figures out. Pure: no network, no database, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.guarded import WorkerError, read_reports_guarded
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
from extract.serialise import from_json, to_json
from extract.sniff import sniff

if TYPE_CHECKING:
    from extract.report import read_report, read_reports

    VERSION: str

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
    "WorkerError",
    "from_json",
    "read_report",
    "read_reports",
    "read_reports_guarded",
    "sniff",
    "to_json",
]


def __getattr__(name: str) -> object:
    """`VERSION`, which names the extractor in cache keys, and the readers, when they are used.

    The readers take a quarter of a second to import, which a process that reads by workers saves.
    """
    if name == "VERSION":
        from extract.version import extractor_version  # noqa: PLC0415 - reads every source file

        return extractor_version()
    if name in {"read_report", "read_reports"}:
        from extract import report  # noqa: PLC0415 - as the docstring says

        return getattr(report, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
