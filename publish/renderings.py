"""The pages of the documents that figures come from: sizes, and renderings of Word files.

A Word file has no pages of its own. It is rendered once, kept under `cache/pages/`, and its
cells are found again on the rendering, so that a figure from it can be outlined like any other.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from archive import ArchiveError
from extract import VERSION
from extract.model import PageBox, TableCell
from extract.office import OfficeError, to_docx, to_pdf
from extract.readers.docx import read_docx
from extract.readers.pdf import read_pdf
from extract.rendering import locate
from extract.sniff import DOC, DOCX, PDF, RTF, WORKS
from publish.pages import PageError, page_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from extract.model import Figure
    from publish.versions import Version
    from publish.visits import Part

WORD = frozenset({DOC, DOCX, RTF, WORKS})
Boxes = dict[TableCell, PageBox]


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page's size in PDF points; `rendered` where the page is our rendering of the document."""

    document: str
    page: int
    width: float
    height: float
    rendered: int


@dataclass(slots=True)
class Pages:
    """The pages found, where the cells of rendered files stand, and what went wrong."""

    rows: list[PageRow] = field(default_factory=list)
    boxes: dict[str, Boxes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def place(self, figure: Figure, document: str) -> Figure:
        """The figure with a box on the rendering beside its address, where there is one."""
        boxes = self.boxes.get(document)
        if not boxes:
            return figure
        found = [boxes[where] for where in figure.where if where in boxes]
        return replace(figure, where=(*figure.where, *found))


def rendering(data: Path, document: str) -> Path:
    """Where the rendering of a document without pages of its own is kept."""
    return data / "cache" / "pages" / f"{document}.pdf"


def pages_of(versions: Iterable[Version], data: Path, content: Callable[[Part], bytes]) -> Pages:
    """The pages of every document that figures come from.

    Args:
        versions: The reports.
        data: The data folder, for the cache.
        content: Gives a document's bytes; where it fails, that document alone has a problem.
    """
    pages = Pages()
    for part in _sources(versions):
        kind = part.report.media_type
        try:
            if kind in WORD:
                _render(part, data, content, pages)
            elif kind == PDF or kind.startswith("image/"):
                pages.rows += _sizes(part.document, content(part), kind, rendered=False)
        except (PageError, OfficeError, ArchiveError, OSError) as error:
            pages.problems.append(f"{part.capture.url}: no page images: {error}")
    return pages


def _sources(versions: Iterable[Version]) -> Iterator[Part]:
    """Each document with figures once, in the order of digests."""
    found: dict[str, Part] = {}
    for version in versions:
        used = {document for figure, document in version.joined.figures if figure.where}
        for part in (version.joined.main, *version.joined.parts):
            if part.document in used:
                found.setdefault(part.document, part)
    return (found[digest] for digest in sorted(found))


def _sizes(document: str, data: bytes, kind: str, *, rendered: bool) -> list[PageRow]:
    return [
        PageRow(document, page, round(width, 2), round(height, 2), int(rendered))
        for page, (width, height) in enumerate(page_sizes(data, kind), 1)
    ]


def _render(part: Part, data: Path, content: Callable[[Part], bytes], pages: Pages) -> None:
    """Render a Word file, or take the rendering an earlier build made."""
    pdf = rendering(data, part.document)
    places = pdf.with_name(f"{part.document}.{VERSION}.json")
    if not pdf.is_file() or not places.is_file():
        pdf.parent.mkdir(parents=True, exist_ok=True)
        word = content(part)
        rendered = pdf.read_bytes() if pdf.is_file() else to_pdf(word, part.report.media_type)
        boxes = _locate(word, part.report.media_type, rendered)
        _keep(pdf, rendered)
        _keep(places, json.dumps([[asdict(a), asdict(b)] for a, b in boxes.items()]).encode())
    pages.rows += _sizes(part.document, pdf.read_bytes(), PDF, rendered=True)
    pages.boxes[part.document] = {
        TableCell(**address): PageBox(**box) for address, box in json.loads(places.read_bytes())
    }


def _locate(word: bytes, kind: str, rendered: bytes) -> Boxes:
    if kind != DOCX:
        (converted,) = to_docx([word])
        if isinstance(converted, OfficeError):
            raise converted
        word = converted
    return locate(read_docx(word), read_pdf(rendered, reader="pdfium"))


def _keep(path: Path, data: bytes) -> None:
    aside = path.with_name(f"{path.name}.part")
    aside.write_bytes(data)
    aside.replace(path)
