"""Read PDF files by two independent libraries over one grid code."""

from __future__ import annotations

from extract.readers.pdf.reading import is_scan, read_pdf

__all__ = ["is_scan", "read_pdf"]
