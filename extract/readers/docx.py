"""Read Word's .docx straight from its XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.model import Document
from extract.package import (
    Package,
    PackageError,
    find,
    local,
    number,
    parse_xml,
    relations,
    value,
)
from extract.readers.flow import Block, RawCell, Table, flatten
from extract.readers.numbering import Numbering
from extract.sniff import DOCX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_WRAPPERS = """
    sdt sdtContent customXml smartTag ins moveTo hyperlink fldSimple dir bdo ruby rubyBase
    oMath oMathPara r
"""
_TRANSPARENT = frozenset(_WRAPPERS.split())
_TELLING = frozenset({"rStyle", "vanish", "specVanish", "strike", "dstrike", "vertAlign"})
"""The properties of a run that say whether and how its text counts."""
_DELETED = frozenset(("del", "moveFrom"))
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}
_OFF = frozenset(("0", "false", "off", "none"))
_PICTURE_WIDTH = 3_600_000
_PICTURE_HEIGHT = 1_080_000
"""A picture of 10 by 3 cm or more (in EMU) may hold a table; a seal or a rule does not."""
_SPAN_LIMIT = 1000
_WHITE = "FFFFFF"
_TINY = ("0", "1", "2", "3", "4")
"""Half points of size that nobody sees."""
PICTURES_UNREAD = "large picture(s) in the Word file were not read"
"""How the problem ends that says so."""


def read_docx(data: bytes) -> Document:
    """Read the text and the tables of a .docx file.

    Text is what the file prints once its tracked changes are accepted: deleted and hidden runs,
    footnotes and field codes are left out, text boxes follow their paragraph, and the numbers that
    Word sets before list paragraphs are put in. A cell whose text
    was changed under tracking, or holds struck or raised characters, carries a doubt.

    Args:
        data: The whole file.

    Returns:
        Paragraphs and grids in reading order; `where` of a cell is a `TableCell`. A file that
        cannot be read yields a document without blocks that says why in `problems`. Never raises.
    """
    try:
        package = Package(data)
        body = parse_xml(package.read(main_part(package)))
        reader = _Reader(_hidden_styles(package), Numbering(package))
        blocks = flatten(reader.blocks(body))
    except PackageError as error:
        return Document(DOCX, problems=(f"the Word file cannot be read: {error}",))
    return Document(DOCX, blocks=blocks, problems=reader.problems())


def main_part(package: Package) -> str:
    """The name of the document's main part, as the package's relationships give it."""
    for kind, target in relations(package, "_rels/.rels").values():
        if kind == "officeDocument" and target in package.names:
            return target
    return "word/document.xml"


def _hidden_styles(package: Package) -> frozenset[str]:
    """The ids of the styles that hide their text; the sheet is parsed only if any does."""
    name = "word/styles.xml"
    if name not in package.names:
        return frozenset()
    content = package.read(name)
    if b"vanish" not in content:
        return frozenset()
    return frozenset(
        value(style, "styleId")
        for style in parse_xml(content)
        if local(style) == "style" and _is_on(_by_name(find(style, "rPr")), "vanish")
    )


def _children(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The element's children by name, with the one alternative that is to be read."""
    for child in element:
        name = local(child)
        if name != "AlternateContent":
            yield name, child
            continue
        choice, fallback = find(child, "Choice"), find(child, "Fallback")
        if choice is None or (not _has_text(choice) and fallback is not None):
            choice = fallback
        if choice is not None:
            yield from _children(choice)


def _has_text(element: etree._Element) -> bool:
    return any(local(each) == "t" and each.text for each in element.iter())


def _by_name(properties: etree._Element | None) -> dict[str, etree._Element]:
    """The properties by their names, the first of each."""
    if properties is None:
        return {}
    return {local(each): each for each in reversed(properties)}


def _is_on(properties: dict[str, etree._Element], *names: str) -> bool:
    """Whether a toggle such as <w:vanish/> is set among the properties."""
    return any(name in properties and value(properties[name]).lower() not in _OFF for name in names)


@dataclass(slots=True)
class _Line:
    """A paragraph as it is put together, and what its runs make doubtful."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class _Reader:
    """Walks the body; keeps count of what it could not read."""

    def __init__(self, hidden_styles: frozenset[str], numbering: Numbering) -> None:
        self._numbering = numbering
        self._hidden_styles = hidden_styles
        self._pictures = 0
        self._doubts: list[str] = []
        self._shaded = False

    def problems(self) -> tuple[str, ...]:
        """What could not be read, one line each."""
        if not self._pictures:
            return ()
        return (f"{self._pictures} {PICTURES_UNREAD}",)

    def blocks(self, parent: etree._Element) -> list[Block]:
        """The paragraphs and tables below an element, in order."""
        out: list[Block] = []
        joined = False
        for name, child in _children(parent):
            if name == "p":
                line = self._paragraph(child)
                text = "".join(line.parts)
                if joined and out and isinstance(out[-1], str):
                    out[-1] += text
                else:
                    out.append(text)
                out.extend(line.boxes)
                # A deleted paragraph mark joins its paragraph to the next.
                joined = find(find(find(child, "pPr"), "rPr"), "del") is not None
            elif name == "tbl":
                out.append(self._table(child))
            elif name in _TRANSPARENT or name == "body":
                out.extend(self.blocks(child))
        return out

    def _paragraph(self, element: etree._Element) -> _Line:
        line = _Line()
        properties = find(element, "pPr")
        if value(find(properties, "pStyle")) not in self._hidden_styles:
            label = self._numbering.label(properties)
            self._inline(element, line)
            # Before a figure the number keeps its distance: "1." and "5" are not 1.5.
            apart = " " if label and "".join(line.parts).lstrip()[:1].isdigit() else ""
            line.parts.insert(0, label + apart)
        self._doubts += line.doubts
        return line

    def _inline(self, element: etree._Element, line: _Line) -> None:
        for name, child in _children(element):
            if name == "t":
                line.parts.append(child.text or "")
            elif name == "r":
                self._run(child, line)
            elif name in _BREAKS:
                line.parts.append(_BREAKS[name])
            elif name == "sym":
                line.parts.append(_symbol(child))
            elif name in _DELETED:
                if any(local(each) in ("delText", "t") and each.text for each in child.iter()):
                    line.doubts.append("text was deleted here under change tracking")
            elif name in ("drawing", "pict", "object"):
                self._drawing(child, line)
            elif name in _TRANSPARENT:
                self._inline(child, line)

    def _run(self, run: etree._Element, line: _Line) -> None:
        properties = _by_name(find(run, "rPr"))
        unseen = self._unseen(properties)
        if not unseen and not _TELLING.intersection(properties):
            self._inline(run, line)
            return
        style = value(properties.get("rStyle"))
        if style in self._hidden_styles or _is_on(properties, "vanish", "specVanish"):
            return
        before = len(line.parts)
        self._inline(run, line)
        if not "".join(line.parts[before:]).strip():
            return
        if _is_on(properties, "strike", "dstrike"):
            line.doubts.append("struck-through characters stand here")
        if value(properties.get("vertAlign")) in ("superscript", "subscript"):
            line.doubts.append("raised or lowered characters stand here")
        if unseen:
            line.doubts.append(unseen)

    def _unseen(self, properties: dict[str, etree._Element]) -> str | None:
        """Why nobody may see a run's characters."""
        white = "color" in properties and value(properties["color"]).upper() == _WHITE
        if white and not self._shaded and not properties.keys() & {"shd", "highlight"}:
            return "white characters stand here"
        tiny = "sz" in properties and value(properties["sz"]) in _TINY
        return "characters too small to be seen stand here" if tiny else None

    def _drawing(self, element: etree._Element, line: _Line) -> None:
        boxes = list(_boxes(element))
        for box in boxes:
            line.boxes.extend(self.blocks(box))
        if not boxes:
            line.doubts.append("a picture or an object stands here")
        names = {local(each): each for each in element.iter()}
        extent = names.get("extent")
        if "blip" in names and extent is not None:
            large = number(extent, "cx") >= _PICTURE_WIDTH
            self._pictures += large and number(extent, "cy") >= _PICTURE_HEIGHT

    def _table(self, element: etree._Element) -> Table:
        grid = find(element, "tblGrid")
        columns = [] if grid is None else [each for each in grid if local(each) == "gridCol"]
        widths = [float(number(column, "w")) for column in columns]
        table = Table(0, [], widths if any(widths) else ())
        for row in _rows(element):
            self._row(row, table)
            table.rows += 1
        return table

    def _row(self, row: etree._Element, table: Table) -> None:
        at = min(number(find(find(row, "trPr"), "gridBefore")), _SPAN_LIMIT)
        for element in _cells(row):
            properties = _by_name(find(element, "tcPr"))
            span = min(number(properties.get("gridSpan"), least=1), _SPAN_LIMIT)
            merge = properties.get("vMerge")
            cell = RawCell(table.rows, at, at + span)
            cell.continues = merge is not None and value(merge) != "restart"
            before, self._doubts = self._doubts, []
            around, self._shaded = self._shaded, self._shaded or _is_shaded(properties)
            cell.blocks = self.blocks(element)
            if "cellDel" in properties:
                self._doubts.append("the cell was deleted under change tracking")
            cell.doubt = "; ".join(dict.fromkeys(self._doubts)) or None
            self._doubts, self._shaded = before + self._doubts, around
            table.cells.append(cell)
            at += span


def _is_shaded(properties: dict[str, etree._Element]) -> bool:
    """Whether a cell has a colour on which white characters can be seen."""
    return value(properties.get("shd"), "fill").upper() not in ("", "AUTO", _WHITE)


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The contents of the text boxes of a drawing; a box within a box belongs to the outer one."""
    for name, child in _children(element):
        if name == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


def _symbol(element: etree._Element) -> str:
    try:
        return chr(int(value(element, "char"), 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows that are printed: neither hidden nor deleted."""
    for name, child in _children(table):
        if name == "tr":
            properties = _by_name(find(child, "trPr"))
            if "del" not in properties and not _is_on(properties, "hidden"):
                yield child
        elif name in _TRANSPARENT:
            yield from _rows(child)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for name, child in _children(row):
        if name == "tc":
            yield child
        elif name in _TRANSPARENT:
            yield from _cells(child)
