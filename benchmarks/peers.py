"""What other libraries' tables give, read by the same recognition: pdfplumber, camelot.

Their rows and texts become grids as they are (they know no spans); labels, checks and doubts are
then ours, so the peers are shown at their best.
"""

from __future__ import annotations

import importlib.util
import io
import logging
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pdfplumber

from extract.model import Cell, Document, Grid
from extract.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from extract.model import Figure

Rows = "Sequence[Sequence[str | None]]"


def pdfplumber_defaults(data: bytes) -> tuple[Figure, ...]:
    """Figures from `extract_tables()` with its default settings, on all pages."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        tables = [table for page in document.pages for table in page.extract_tables()]
    return _figures(tables)


def camelot_lattice(data: bytes) -> tuple[Figure, ...]:
    """Figures from camelot's `lattice` flavour, its default."""
    import camelot  # noqa: PLC0415 - only where it is installed: pip install 'nianbao[peers]'

    with tempfile.NamedTemporaryFile(suffix=".pdf") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Path(file.name).write_bytes(data)
        found = camelot.read_pdf(file.name, pages="all")
        return _figures([table.df.to_numpy().tolist() for table in found])


def peers() -> dict[str, Callable[[bytes], tuple[Figure, ...]]]:
    """The peers that are installed, by name."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # a line for every font without a box
    known: dict[str, Callable[[bytes], tuple[Figure, ...]]] = {
        "pdfplumber defaults": pdfplumber_defaults
    }
    if importlib.util.find_spec("camelot"):
        known["camelot lattice"] = camelot_lattice
    return known


def _figures(tables: Iterable[Sequence[Sequence[str | None]]]) -> tuple[Figure, ...]:
    grids = tuple(_grid(table) for table in tables if table)
    return recognise(Document("application/pdf", grids)).figures


def _grid(table: Sequence[Sequence[str | None]]) -> Grid:
    return Grid(len(table), max(map(len, table)), tuple(_cells(table)))


def _cells(table: Sequence[Sequence[str | None]]) -> Iterator[Cell]:
    for row, texts in enumerate(table):
        for column, text in enumerate(texts):
            yield Cell(text or "", row, column)
