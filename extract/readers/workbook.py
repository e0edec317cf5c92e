"""The parts of an .xlsx file: its sheets, the texts they share and how numbers are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.package import Package, find, local, number, parse_xml, relations, value
from extract.readers.number_formats import BUILT_IN_FORMATS, HIDDEN_ZERO, Text, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_PART_LIMIT = 16 * 2**20
_SHEET_LIMIT = 50
_TOO_LARGE = "part of a sheet is too large to be read"
_ROW_LIMIT = 1_048_576
_COLUMN_LIMIT = 1000
_NOTHING = ("0", "0.0")
_WHITE = ("FFFFFFFF", "00FFFFFF")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")


@dataclass(slots=True)
class Sheet:
    """A visible sheet; rows and columns count from 1.

    `rows` has the cells that show something, by row and column; `merged` the last row and column
    of a merged range by its first.
    """

    name: str
    rows: dict[int, dict[int, Text]] = field(default_factory=dict)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    problem: str | None = None
    _cells_left: int = 100_000
    _merged_left: int = 500_000

    def put(self, row: int, column: int, shows: Text) -> None:
        """Enter a cell, unless it shows nothing."""
        text, doubt = shows
        if not text.strip() and not doubt:
            return
        self._cells_left -= 1
        if column > _COLUMN_LIMIT or row > _ROW_LIMIT or self._cells_left < 0:
            self.problem = _TOO_LARGE
        else:
            self.rows.setdefault(row, {})[column] = shows

    def merge(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Enter a merged range."""
        last_row = min(last_row, row + _COLUMN_LIMIT)
        last_column = min(last_column, _COLUMN_LIMIT)
        if last_row < row or last_column < column:
            return
        self._merged_left -= (last_row - row + 1) * (last_column - column + 1)
        if self._merged_left < 0:
            self.problem = _TOO_LARGE
        else:
            self.merged[row, column] = last_row, last_column

    def shown_row(self, row: int) -> dict[int, Text]:
        """The cells of a row that show something and are not hidden, by column."""
        if row in self.hidden_rows:
            return {}
        cells = self.rows.get(row, {})
        return {at: cells[at] for at in sorted(cells) if at not in self.hidden_columns}


def letters(column: int) -> str:
    """A column's name: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def read_sheets(package: Package) -> Iterator[Sheet]:
    """The visible sheets in the workbook's order.

    Raises:
        PackageError: a part is missing, damaged or too large.
    """
    book = "xl/workbook.xml"
    for kind, target in relations(package, "_rels/.rels").values():
        book = target if kind == "officeDocument" else book
    folder, _, name = book.rpartition("/")
    parts = relations(package, f"{folder}/_rels/{name}.rels".lstrip("/"))
    by_kind = dict(parts.values())
    texts = _shared_texts(package, by_kind.get("sharedStrings", ""))
    formats = _formats(package, by_kind.get("styles", ""))
    sheets = find(parse_xml(package.read(book)), "sheets")
    listed = [] if sheets is None else [each for each in sheets if local(each) == "sheet"]
    for each in listed[:_SHEET_LIMIT]:
        part = next((parts[key] for key in map(str, each.values()) if key in parts), None)
        if part and part[0] == "worksheet" and value(each, "state") in ("", "visible"):
            root = parse_xml(package.read(part[1], _PART_LIMIT))
            yield _Worksheet(value(each, "name"), texts, formats).read(root)


def _shared_texts(package: Package, part: str) -> list[Text]:
    if part not in package.names:
        return []
    return [_rich(each) for each in parse_xml(package.read(part, _PART_LIMIT))]


def _rich(element: etree._Element) -> Text:
    """The text of a string and its runs, without the readings above its characters."""
    parts: list[str] = []
    doubt = None
    for child in element:
        if local(child) == "t":
            parts.append(child.text or "")
        elif local(child) == "r":
            text, properties = find(child, "t"), find(child, "rPr")
            parts.append("" if text is None else text.text or "")
            if find(properties, "strike") is not None:
                doubt = "struck-through characters stand here"
            if value(find(properties, "vertAlign")) in ("superscript", "subscript"):
                doubt = "raised or lowered characters stand here"
    return "".join(parts), doubt


_Style = tuple[str, bool]
"""A number format, and whether the characters are white on nothing."""


def _formats(package: Package, part: str) -> list[_Style]:
    """What each cell style says of its cells' numbers."""
    if part not in package.names:
        return []
    root = parse_xml(package.read(part, _PART_LIMIT))
    codes = dict(BUILT_IN_FORMATS)
    own = find(root, "numFmts")
    for each in [] if own is None else own:
        codes[number(each, "numFmtId")] = value(each, "formatCode")
    fonts = find(root, "fonts")
    white = [_is_white(font) for font in ([] if fonts is None else fonts)]
    styles = find(root, "cellXfs")
    return [
        (codes.get(number(each, "numFmtId"), ""), _hides(each, white))
        for each in ([] if styles is None else styles)
    ]


def _is_white(font: etree._Element) -> bool:
    colour = find(font, "color")
    return value(colour, "rgb").upper() in _WHITE or value(colour, "theme") == "0"


def _hides(style: etree._Element, white: list[bool]) -> bool:
    font = number(style, "fontId")
    return font < len(white) and white[font] and not number(style, "fillId")


class _Worksheet:
    """Reads one sheet's XML."""

    def __init__(self, name: str, texts: list[Text], formats: list[_Style]) -> None:
        self._sheet = Sheet(name)
        self._texts = texts
        self._formats = formats
        self._hides_zeros = False

    def read(self, root: etree._Element) -> Sheet:
        views = find(root, "sheetViews")
        shows = [value(each, "showZeros") for each in ([] if views is None else views)]
        self._hides_zeros = any(each in ("0", "false") for each in shows)
        columns = find(root, "cols")
        for each in [] if columns is None else columns:
            if value(each, "hidden") in ("1", "true") or value(each, "width") in _NOTHING:
                last = min(number(each, "max"), _COLUMN_LIMIT)
                self._sheet.hidden_columns.update(range(number(each, "min"), last + 1))
        rows = find(root, "sheetData")
        at = 0
        for each in [] if rows is None else rows:
            at = number(each, "r", at + 1)
            self._row(each, at)
        ranges = find(root, "mergeCells")
        for each in [] if ranges is None else ranges:
            first, _, second = value(each, "ref").partition(":")
            start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(second)
            if start and end:
                corner = int(start[2]), _column(start[1])
                self._sheet.merge(*corner, int(end[2]), _column(end[1]))
        return self._sheet

    def _row(self, element: etree._Element, at: int) -> None:
        if value(element, "hidden") in ("1", "true") or value(element, "ht") in _NOTHING:
            self._sheet.hidden_rows.add(at)
            return
        column = 0
        for each in element:
            place = _REFERENCE.fullmatch(value(each, "r"))
            column = _column(place[1]) if place else column + 1
            self._sheet.put(at, column, self._text(each))

    def _text(self, cell: etree._Element) -> Text:
        kind = value(cell, "t")
        if kind == "inlineStr":
            inner = find(cell, "is")
            return ("", None) if inner is None else _rich(inner)
        stored = find(cell, "v")
        text = "" if stored is None else stored.text or ""
        if not text:
            unknown = find(cell, "f") is not None and kind != "str"
            return "", "a formula without a stored result stands here" if unknown else None
        if kind == "s":
            index = int(text) if text.isdecimal() else len(self._texts)
            known = index < len(self._texts)
            return self._texts[index] if known else ("", "a text that the file lacks stands here")
        if kind == "b":
            return ("TRUE" if text == "1" else "FALSE"), None
        if kind in ("", "n"):
            return self._number(text, number(cell, "s"))
        return text, None

    def _number(self, text: str, style: int) -> Text:
        known = style < len(self._formats)
        code, white = self._formats[style] if known else ("", False)
        shows, doubt = shown(text, code)
        if self._hides_zeros and not shows.strip("0."):
            return "", HIDDEN_ZERO
        return shows, doubt or ("white characters stand here" if white else None)


def _column(name: str) -> int:
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column
