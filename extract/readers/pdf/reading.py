"""From the bytes of a PDF to a document; whatever is wrong with the file becomes one clear line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from extract.model import Document, Grid, Paragraph
from extract.readers.pdf import ink, pdfium, witness
from extract.readers.pdf.frames import MISSING
from extract.readers.pdf.joining import JoinedTable, agreement, join, table_of
from extract.readers.pdf.limits import objection
from extract.readers.pdf.marks import DAMAGED, MOST_PAGES, UNREADABLE, UnreadablePdfError
from extract.readers.pdf.paragraphs import PlacedLine, body_lines, margins, paragraphs
from extract.readers.pdf.tables import ONE_COLUMN, PageContent, PageTable, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from extract.readers.pdf.lettering import Line
    from extract.readers.pdf.marks import PageMarks, PagesRead

Reader = Literal["pdfium", "pdfplumber"]

MEDIA_TYPE = "application/pdf"
FEW_CHARACTERS = 60
"""A page with no more text than this (a page number, a stamp) and a picture over it is a scan."""

_PICTURE_PART = 0.4
_OUTLINES = 40
"""So many curved shapes on a page without text are letters that were turned into outlines."""

_END = b"%%EOF"
_TAIL = 4096


def read_pdf(
    data: bytes, reader: Reader = "pdfium", only: frozenset[int] | None = None
) -> Document:
    """Read a PDF's paragraphs and tables; two readers that share only the grid code.

    Args:
        data: the file.
        reader: `pdfium` is several times faster and honours replacement text (/ActualText);
            `pdfplumber` is wholly independent of it.
        only: the pages to read, from 1; all where None. Only `pdfplumber`, the slow one, heeds it.

    Returns:
        Blocks in reading order; `where` is in PDF points from the top left of the page as
        displayed (rotated and cropped), `page` counts from 1. A table over several pages is one
        grid. Pages that are pictures give no blocks (see `is_scan`). Never raises: a file that
        cannot be read gives `problems`, one clear line each.
    """
    if reader == "pdfium":
        return look(data)[0]
    return _look(data, lambda: _plumber_read()(data, MOST_PAGES, only))[0]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What PDFium saw of a file, page by page: `complete` says that it saw every page whole."""

    marks: list[PageMarks]
    pages: list[PageContent]
    complete: bool


def look(data: bytes) -> tuple[Document, Sight]:
    """Read a PDF by PDFium, and keep what it saw for `confirmed`."""
    return _look(data, lambda: pdfium.read(data, MOST_PAGES), drawn=True)


def confirmed(data: bytes, sight: Sight) -> bool:
    """Whether a second parser, wholly independent, saw the same tables (see `witness`)."""
    return sight.complete and witness.confirmed(data, sight.marks, sight.pages)


def _nothing(problem: str) -> tuple[Document, Sight]:
    return Document(MEDIA_TYPE, problems=(problem,)), Sight([], [], complete=False)


def _look(
    data: bytes, read: Callable[[], PagesRead], *, drawn: bool = False
) -> tuple[Document, Sight]:
    """A document by some reader; `drawn` where its pages are to be drawn to see what shows."""
    refusal = objection(data)
    if refusal is not None:
        return _nothing(refusal)
    try:
        found = read()
    except UnreadablePdfError as error:
        return _nothing(str(error))
    pages = [tables_of(marks) for marks in found.pages]
    if drawn:
        _look_at_digits(data, found.pages, pages)
    problems = _tail_problems(data) + found.problems
    if not found.count:
        problems.append("the PDF has no pages")
    if found.count > MOST_PAGES:
        problems.append(f"only the first {MOST_PAGES} of {found.count} pages were read")
    problems += [problem for marks in found.pages for problem in marks.problems]
    document = Document(MEDIA_TYPE, _blocks(pages), found.count, problems=tuple(problems))
    return document, Sight(found.pages, pages, complete=not problems)


def _look_at_digits(data: bytes, marks: list[PageMarks], pages: list[PageContent]) -> None:
    """Read pages again that have digits in tables that nobody sees, with those doubted."""
    areas = {
        index: [(w.x0, w.top, w.x1, w.bottom) for t in page.tables for w in [t.marks.where(t.box)]]
        for index, page in enumerate(pages)
        if page.tables and page.marks.may_hide
    }
    for index, seen in ink.with_unseen(data, marks, areas).items():
        pages[index] = tables_of(seen)


def _plumber_read() -> Callable[[bytes, int, frozenset[int] | None], PagesRead]:
    from extract.readers.pdf import plumber  # noqa: PLC0415 - its import costs a quarter second

    return plumber.read


def is_scan(data: bytes) -> bool:
    """Whether a PDF holds pictures of pages and no text: it is for the reader of scans.

    A text layer that is not printed (what recognition software puts under a scan) is no text, nor
    are characters without a meaning; letters drawn as outlines are pictures. False where the file
    cannot be read.
    """
    pictures = 0
    if objection(data) is not None:
        return False
    try:
        for marks in pdfium.pages_of(data, MOST_PAGES):
            if is_picture(marks):
                pictures += 1
            elif marks.texts:
                return False
    except UnreadablePdfError:
        return False
    return pictures > 0


def is_picture(marks: PageMarks) -> bool:
    """Whether a page is a picture: hardly any readable text, and a picture or outlines on it."""
    readable = sum(text != UNREADABLE for text in marks.texts)
    if readable > FEW_CHARACTERS:
        return len(marks.texts) > 2 * readable
    boxes = marks.pictures
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    covered = float(areas.sum()) > _PICTURE_PART * marks.width * marks.height
    return covered or len(marks.drawings) > _OUTLINES or len(marks.texts) > 2 * FEW_CHARACTERS


def _tail_problems(data: bytes) -> list[str]:
    if _END in data[-_TAIL:]:
        return []
    return [f"{DAMAGED}: its end is missing, and pages may be"]


_Item = JoinedTable | PlacedLine


def _blocks(pages: list[PageContent]) -> tuple[Paragraph | Grid, ...]:
    """Paragraphs and grids in reading order, tables over page breaks joined."""
    bodies = body_lines(pages)
    margin = margins([line for body in bodies for line in body])
    items: list[_Item] = []
    for page, body in zip(pages, bodies, strict=True):
        _add_page(items, page, body)
    blocks: list[Paragraph | Grid] = []
    run: list[PlacedLine] = []
    for item in items:
        if isinstance(item, PlacedLine):
            run.append(item)
        elif len(item.xs) == ONE_COLUMN:
            run += [PlacedLine(piece.marks, line) for piece in item.pieces for line in piece.lines]
        else:
            blocks += paragraphs(run, margin)
            blocks.append(item.grid())
            run = []
    return (*blocks, *paragraphs(run, margin))


def _add_page(items: list[_Item], page: PageContent, body: list[Line]) -> None:
    """Add a page's tables and lines from top to bottom; its first table may continue the last."""
    number = page.marks.number
    found = _ordered(page.tables, body)
    last = items[-1] if items else None
    if found and isinstance(found[0], PageTable) and isinstance(last, JoinedTable):
        found = _completed(found, found[0], last, page)
        if (
            last.pieces[-1].marks.number == number - 1
            and isinstance(found[0], PageTable)
            and join(last, found[0])
        ):
            found = found[1:]
    items += [
        table_of(thing) if isinstance(thing, PageTable) else PlacedLine(page.marks, thing)
        for thing in found
    ]


def _ordered(tables: list[PageTable], body: list[Line]) -> list[PageTable | Line]:
    return sorted([*tables, *body], key=lambda thing: thing.box[1])


def _completed(
    found: list[PageTable | Line], first: PageTable, last: JoinedTable, page: PageContent
) -> list[PageTable | Line]:
    """A page's tables and lines, its first table with the outer columns it has no rules for."""
    shift = agreement(last.xs, first.xs)
    if shift is None:
        return found
    carried = last.xs - shift
    if carried[0] >= first.xs[0] - MISSING and carried[-1] <= first.xs[-1] + MISSING:
        return found
    body = {thing for thing in found if not isinstance(thing, PageTable)}
    content = tables_of(page.marks, carried)  # upright already
    return _ordered(content.tables, [line for line in content.lines if line in body])
