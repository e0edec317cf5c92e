"""Read PDF files by two independent libraries over one grid code."""

from __future__ import annotations

from extract.readers.pdf.reading import confirmed, is_scan, look, read_pdf

__all__ = ["confirmed", "is_scan", "look", "read_pdf"]
