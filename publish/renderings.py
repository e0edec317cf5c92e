"""The pages of the documents that figures come from: sizes, and renderings of Word files.

A Word file has no pages of its own. It is rendered once, kept under `cache/pages/`, and its
cells are found again on the rendering, so that a figure from it can be outlined like any other.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
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
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from extract.model import Figure, Where
    from publish.joining import Joined
    from publish.visits import Part

WORD = frozenset({DOC, DOCX, RTF, WORKS})
Boxes = dict["Where", PageBox]


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page's size in PDF points; `rendered` where the page is our rendering of the document."""

    document: str
    page: int
    width: float
    height: float
    rendered: int


def rendering(data: Path, document: str) -> Path:
    """Where the rendering of a document without pages of its own is kept."""
    return data / "cache" / "pages" / f"{document}.pdf"


class Pages:
    """The pages of the documents that figures come from, one report after the other.

    `problems` has a line for each document whose pages could not be had.
    """

    def __init__(self, data: Path, content: Callable[[Part], bytes]) -> None:
        """Begin with no document.

        Args:
            data: The data folder, for the cache.
            content: Gives a document's bytes; where it fails, that document alone has a problem.
        """
        self._data = data
        self._content = content
        self._done: set[bytes] = set()
        self.problems: list[str] = []

    def of(self, joined: Joined) -> tuple[list[PageRow], dict[str, Boxes]]:
        """The pages not given before, and where the cells of rendered documents stand on them."""
        rows: list[PageRow] = []
        boxes: dict[str, Boxes] = {}
        for part in _sources(joined):
            new = bytes.fromhex(part.document) not in self._done
            self._done.add(bytes.fromhex(part.document))
            try:
                rows += self._pages(part, boxes, new=new)
            except (PageError, OfficeError, ArchiveError, OSError) as error:
                if new:
                    self.problems.append(f"{part.capture.url}: no page images: {error}")
        return rows, boxes

    def _pages(self, part: Part, boxes: dict[str, Boxes], *, new: bool) -> list[PageRow]:
        kind = part.report.media_type
        if kind in WORD:
            pdf, boxes[part.document] = _rendered(part, self._data, self._content)
            return _sizes(part.document, pdf.read_bytes(), PDF, rendered=True) if new else []
        if new and (kind == PDF or kind.startswith("image/")):
            return _sizes(part.document, self._content(part), kind, rendered=False)
        return []


def placed(figure: Figure, document: str, boxes: Mapping[str, Boxes]) -> Figure:
    """The figure with a box on the rendering beside its address, where there is one."""
    known = boxes.get(document)
    if not known:
        return figure
    found = [known[where] for where in figure.where if where in known]
    return replace(figure, where=(*figure.where, *found))


def _sources(joined: Joined) -> Iterator[Part]:
    """Each document that figures come from, once, in the order of digests."""
    used = {document for figure, document in joined.figures if figure.where}
    found: dict[str, Part] = {}
    for part in (joined.main, *joined.parts):
        if part.document in used:
            found.setdefault(part.document, part)
    return (found[digest] for digest in sorted(found))


def _sizes(document: str, data: bytes, kind: str, *, rendered: bool) -> list[PageRow]:
    return [
        PageRow(document, page, round(width, 2), round(height, 2), int(rendered))
        for page, (width, height) in enumerate(page_sizes(data, kind), 1)
    ]


def _rendered(part: Part, data: Path, content: Callable[[Part], bytes]) -> tuple[Path, Boxes]:
    """Render a Word file, or take the rendering an earlier build made, with its cells' places."""
    pdf = rendering(data, part.document)
    places = pdf.with_name(f"{part.document}.{VERSION}.json")
    if not pdf.is_file() or not places.is_file():
        pdf.parent.mkdir(parents=True, exist_ok=True)
        word = content(part)
        rendered = pdf.read_bytes() if pdf.is_file() else to_pdf(word, part.report.media_type)
        boxes = _locate(word, part.report.media_type, rendered)
        _keep(pdf, rendered)
        _keep(places, json.dumps([[asdict(a), asdict(b)] for a, b in boxes.items()]).encode())
    known: Boxes = {
        TableCell(**address): PageBox(**box) for address, box in json.loads(places.read_bytes())
    }
    return pdf, known


def _locate(word: bytes, kind: str, rendered: bytes) -> dict[TableCell, PageBox]:
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
