"""What passes between readers, recognition and checks: documents, grids, figures, reports.

Readers turn bytes into a `Document` of paragraphs and grids; recognition turns a document into a
`Report`; nothing after the readers knows which file format the grid came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from decimal import Decimal

Status = Literal["printed", "blank", "mark", "absent", "unreadable"]
"""printed: a number stands there · blank: an empty cell · mark: / — 无 · absent: the report has
no such cell · unreadable: something stands there that could not be read as a number."""

BY_POSITION = "no rules part this table's cells, and its text does not part them clearly"
"""The one doubt of a reader about a cell that the form's arithmetic may settle."""

CheckStatus = Literal["holds", "fails", "unknown"]

Scope = Literal["consolidated", "single"]
"""consolidated: the figures of a government with its offices and places below (汇总) · single:
those of one office, town or street, or of a government's own level alone (本级)."""


@dataclass(frozen=True, slots=True)
class PageBox:
    """A rectangle on a page, in PDF points from the page's top left; `page` counts from 1.

    `rendered` says that the page is our own rendering of a file that has no pages of its own.
    """

    page: int
    x0: float
    top: float
    x1: float
    bottom: float
    rendered: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell by its address in the document: table, row and column all count from 1."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell of a spreadsheet: the sheet's name and an address such as `B7`."""

    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the running text: its section's number and its place in it, from 1."""

    section: int
    sentence: int


Where = PageBox | TableCell | SheetCell | Sentence


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid: its text as printed, its place in the grid (from 0) and in the file.

    `where` has more than one entry where a page break cuts the cell in two.
    `doubt` is set by a reader that is unsure of the text.
    """

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    where: tuple[Where, ...] = ()
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its cells in reading order, each slot covered by at most one cell."""

    rows: int
    columns: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text outside tables, line breaks of the layout removed where the reader can tell."""

    text: str
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader saw: blocks in reading order, and what it could not do, one line each."""

    media_type: str
    blocks: tuple[Paragraph | Grid, ...] = ()
    pages: int | None = None
    title: str | None = None
    """The file's own title (HTML <title> or a meta tag such as ArticleTitle), as printed."""
    publisher: str | None = None
    """The publisher that the file's metadata names (ContentSource, 发布机构), as printed."""
    published_on: str | None = None
    """The date of publication the file's metadata gives, as YYYY-MM-DD."""
    problems: tuple[str, ...] = ()

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The tables alone, in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Grid))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The text outside tables, in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))


@dataclass(frozen=True, slots=True)
class Figure:
    """One statistical figure, addressed by the ids of its form.

    `value` is a number only where `status` is `printed`; `printed` is the cell's text untouched.
    `doubt` is None, or the reason why the figure may be wrong. `label` is the printed label of a
    row that the form does not have, such as （六）其他处理 merged into one row; else None.
    A figure with a `sentence` was read in running text, not in a cell.
    """

    table: str
    row: str
    column: str
    status: Status
    value: Decimal | None = None
    printed: str | None = None
    unit: str | None = None
    doubt: str | None = None
    where: tuple[Where, ...] = ()
    label: str | None = None
    sentence: str | None = None
    """The sentence a figure was read in, as printed; None for a figure of a table."""

    @property
    def key(self) -> str:
        """`table/row/column`, the address that checks use too."""
        return f"{self.table}/{self.row}/{self.column}"


@dataclass(frozen=True, slots=True)
class Check:
    """One relation of the form tried on a report; `at` is the `table/row/column` of its total."""

    rule: str
    at: str
    status: CheckStatus
    left: Decimal | None = None
    right: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One of the report's sections; `number` counts from 1, 0 is what stands before the first."""

    number: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a document says: who reports on which year, its figures, checks and sections."""

    media_type: str
    pages: int | None = None
    title: str | None = None
    publisher: str | None = None
    publisher_from: Literal["title", "text", "signature", "metadata"] | None = None
    place: str | None = None
    """The place as the text names it (省市区), None where the text never does."""
    year: int | None = None
    published_on: str | None = None
    published_from: Literal["metadata", "signature"] | None = None
    dated: str | None = None
    """The date of publication that the file's metadata gives, whether believable or not."""
    scope: Scope | None = None
    """Whether the figures are a whole government's or one office's; None where it is not said."""
    scope_words: str | None = None
    """The words that say so, as printed."""
    edition: str | None = None
    figures: tuple[Figure, ...] = ()
    checks: tuple[Check, ...] = ()
    sections: tuple[Section, ...] = ()
    problems: tuple[str, ...] = field(default=())
