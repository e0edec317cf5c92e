"""Read OFD (GB/T 33190), the national format for fixed pages: a ZIP package of XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.model import Document
from extract.package import Package, PackageError, find, local, parse_xml, value
from extract.readers.ofd_page import OfdPage, numbers
from extract.readers.ofd_resources import OfdResources, join
from extract.readers.pdf.reading import _blocks as blocks_of
from extract.readers.pdf.reading import is_picture
from extract.readers.pdf.tables import tables_of
from extract.sniff import OFD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_MOST_PAGES = 300
_A4 = [0.0, 0.0, 210.0, 297.0]


def read_ofd(data: bytes) -> Document:
    """Read an OFD file's paragraphs and tables.

    Args:
        data: The whole file.

    Returns:
        Blocks in reading order, a table over several pages as one grid; `where` is in points from
        the page's top left. Pages that are pictures are named in `problems`. A file that cannot
        be read yields a document without blocks that says why. Never raises.
    """
    try:
        file = OfdFile(Package(data))
        pages = [page.marks() for page in file.pages()]
    except PackageError as error:
        return Document(OFD, problems=(f"the OFD file cannot be read: {error}",))
    problems = list(file.problems)
    for marks in pages:
        problems += marks.problems
        if is_picture(marks):
            problems.append(unread_picture(marks.number))
    if not pages and not problems:
        problems.append("the OFD file has no pages")
    blocks = blocks_of([tables_of(marks) for marks in pages])
    return Document(OFD, blocks, len(pages), problems=tuple(problems))


def unread_picture(page: int) -> str:
    """The problem of a page that is a picture."""
    return f"page {page} is a picture and was not read"


class OfdFile:
    """The package's first document: its pages, the templates under them, its resources."""

    def __init__(self, package: Package) -> None:
        """Find the document in the package.

        Raises:
            PackageError: there is none, or its parts are damaged.
        """
        self._package = package
        self.problems: list[str] = []
        bodies = [each for each in self._part("OFD.xml") if local(each) == "DocBody"]
        root = find(bodies[0], "DocRoot") if bodies else None
        if root is None:
            raise PackageError("it holds no document")
        if len(bodies) > 1:
            self.problems.append(f"only the first of {len(bodies)} documents in it was read")
        self._root = join("OFD.xml", (root.text or "").strip())
        self._document = self._part(self._root)
        common = find(self._document, "CommonData")
        self._box = _box(find(common, "PageArea")) or _A4
        self.resources = OfdResources(package, self._root, common)
        self._templates = {
            value(each, "ID"): join(self._root, value(each, "BaseLoc"))
            for each in (() if common is None else common)
            if local(each) == "TemplatePage"
        }

    def pages(self) -> Iterator[OfdPage]:
        """What each page draws, its template first; a damaged page is named and left out."""
        listed = find(self._document, "Pages")
        pages = [] if listed is None else [each for each in listed if local(each) == "Page"]
        if len(pages) > _MOST_PAGES:
            self.problems.append(f"only the first {_MOST_PAGES} of {len(pages)} pages were read")
        for number, each in enumerate(pages[:_MOST_PAGES], 1):
            try:
                content = self._part(join(self._root, value(each, "BaseLoc")))
                box = _box(find(content, "Area")) or self._box
                page = OfdPage(number, box, self.resources.composite)
                for layer in content:
                    if local(layer) == "Template":
                        under = self._templates.get(value(layer, "TemplateID"), "")
                        page.draw(self._part(under))
                page.draw(content)
            except PackageError as error:
                self.problems.append(f"page {number} was not read: {error}")
            else:
                yield page

    def _part(self, name: str) -> etree._Element:
        return parse_xml(self._package.read(name))


def _box(area: etree._Element | None) -> list[float] | None:
    """The page's physical box in millimetres, None where it has none of a possible size."""
    physical = find(area, "PhysicalBox")
    box = None if physical is None else numbers(physical.text or "", 4)
    return box if box and min(box[2:]) > 1 and max(map(abs, box)) < 1e5 else None  # noqa: PLR2004 - 100 m
