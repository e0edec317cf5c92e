"""Characters and rules of pages that are written in plain ways, by a small parser of our own.

It shares nothing with PDFium or pdfminer but what a page is in the end (`PageMarks`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from extract.readers.pdf.marks import Box, Display, PageMarks, no_boxes
from extract.readers.pdf.plain_file import DeclinedError, PlainFile, Ref
from extract.readers.pdf.plain_font import PlainFont, font_of
from extract.readers.pdf.plain_path import IDENTITY, Drawing, times
from extract.readers.pdf.plain_text import Writing, matrix_of

if TYPE_CHECKING:
    from extract.readers.pdf.plain_file import Dictionary

_DEEPEST_FORM = 8
_DEEPEST_STATE = 64
_QUARTER = 90
_TOKEN = re.compile(
    rb"[^\x00-\x20()<>\[\]{}/%]+|<[0-9A-Fa-f\s]*>|[\[\]]|/[^\x00-\x20()<>\[\]{}/%]*"
    rb"|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<<|>>|%[^\r\n]*|[(){}<>]",
    re.DOTALL,
)
_IGNORED = b"""
    ET g G rg RG k K cs CS sc SC scn SCN w J j M d ri i gs W W* sh
    BMC BDC EMC MP DP BX EX d0 d1
"""
_UNUSUAL = (b"BI", b"ID", b"(", b")", b"{", b"}", b"<", b">")
_MISTAKEN = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What content that is not what it should be leads to."""


def read_pages(data: bytes) -> list[PageMarks]:
    """The marks of all pages, but pictures and drawings.

    Raises:
        DeclinedError: something in the file is written in no plain way.
    """
    fonts: dict[int, PlainFont] = {}
    try:
        file = PlainFile(data)
        return [_read_page(file, page, n, fonts) for n, page in enumerate(file.pages(), start=1)]
    except _MISTAKEN as error:
        raise DeclinedError("the file is damaged") from error


def _read_page(
    file: PlainFile, page: Dictionary, number: int, fonts: dict[int, PlainFont]
) -> PageMarks:
    display = _display(file, page)
    painter = _Painter(file, fonts)
    contents = file.get(page.get(b"/Contents", []))
    refs = contents if isinstance(contents, list) else [page[b"/Contents"]]
    content = b"\n".join(file.stream(ref)[1] for ref in refs)
    painter.paint(content, file.dictionary(page.get(b"/Resources", {})))
    rules = painter.drawing.rules
    shown = display.boxes(np.array(rules)) if rules else no_boxes()
    return painter.writing.marks(number, display, shown)


def _display(file: PlainFile, page: Dictionary) -> Display:
    left, bottom, right, top = _sides(file, page[b"/MediaBox"])
    crop = _sides(file, page.get(b"/CropBox", page[b"/MediaBox"]))
    cut = max(left, crop[0]), max(bottom, crop[1]), min(right, crop[2]), min(top, crop[3])
    if cut[0] < cut[2] and cut[1] < cut[3]:
        left, bottom, right, top = cut
    if b"/UserUnit" in page:
        raise DeclinedError("a page with a unit of its own")
    return Display(left, bottom, right, top, int(file.get(page.get(b"/Rotate", 0))) // _QUARTER)


def _sides(file: PlainFile, array: Any) -> Box:
    x0, y0, x1, y1 = (float(file.get(side)) for side in file.array(array))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


class _Painter:
    """Goes through a page's operators; everything in the page's own coordinates."""

    def __init__(self, file: PlainFile, fonts: dict[int, PlainFont]) -> None:
        self.writing = Writing(self._font)
        self.drawing = Drawing()
        self._file = file
        self._fonts = fonts
        self._resources: Dictionary = {}
        self._named: dict[bytes, PlainFont] = {}
        self._depth = 0
        self._saved: list[tuple[Any, ...]] = []
        self._operators = self.writing.operators() | self.drawing.operators()
        self._operators |= {
            b"q": self._save, b"Q": self._restore, b"cm": self._transform, b"Do": self._draw,
            **dict.fromkeys(_IGNORED.split(), _ignore), **dict.fromkeys(_UNUSUAL, _decline),
        }  # fmt: skip

    def paint(self, content: bytes, resources: Dictionary) -> None:
        """Go through a content stream."""
        before = self._resources, self._named
        self._resources, self._named = resources, {}
        operator_of = self._operators.get
        tokens = _TOKEN.findall(content)
        start = 0
        for at, token in enumerate(tokens):
            operator = operator_of(token)
            if operator is not None:
                operator(tokens[start:at])
                start = at + 1
        self._resources, self._named = before

    def _font(self, name: bytes) -> PlainFont:
        known = self._named.get(name)
        if known is None:
            known = self._named[name] = self._load_font(name)
        return known

    def _load_font(self, name: bytes) -> PlainFont:
        ref = self._file.dictionary(self._resources.get(b"/Font", {})).get(name)
        if not isinstance(ref, Ref):
            raise DeclinedError("a font is missing")
        font = self._fonts.get(ref)
        if font is None:
            font = self._fonts[ref] = font_of(self._file, ref)
        return font

    def _set_ctm(self, matrix: tuple[float, float, float, float, float, float]) -> None:
        self.writing.ctm = self.drawing.ctm = matrix

    def _state(self) -> tuple[Any, ...]:
        return self.drawing.ctm, self.writing.state()

    def _set_state(self, state: tuple[Any, ...]) -> None:
        self._set_ctm(state[0])
        self.writing.restore(state[1])

    def _save(self, _operands: list[bytes]) -> None:
        if len(self._saved) > _DEEPEST_STATE:
            raise DeclinedError("nested too deep")
        self._saved.append(self._state())

    def _restore(self, _operands: list[bytes]) -> None:
        if self._saved:
            self._set_state(self._saved.pop())

    def _transform(self, operands: list[bytes]) -> None:
        self._set_ctm(times(matrix_of(operands), self.drawing.ctm))

    def _draw(self, operands: list[bytes]) -> None:
        """A picture, or a form, whose own content is gone through."""
        ref = self._file.dictionary(self._resources.get(b"/XObject", {})).get(operands[-1])
        if not isinstance(ref, Ref):
            return
        head = self._file.dictionary(ref)
        kind = self._file.get(head.get(b"/Subtype"))
        if kind == b"/Image":
            self.drawing.picture()
        elif kind == b"/Form":
            self._draw_form(ref, head)

    def _draw_form(self, ref: Ref, head: Dictionary) -> None:
        if self._depth >= _DEEPEST_FORM:
            raise DeclinedError("nested too deep")
        state, saved = self._state(), self._saved
        a, b, c, d, e, f = (
            float(self._file.get(x)) for x in self._file.array(head.get(b"/Matrix", [*IDENTITY]))
        )
        self._set_ctm(times((a, b, c, d, e, f), self.drawing.ctm))
        self._saved, self._depth = [], self._depth + 1
        resources = self._file.dictionary(head.get(b"/Resources", self._resources))
        self.paint(self._file.stream(ref)[1], resources)
        self._saved, self._depth = saved, self._depth - 1
        self._set_state(state)


def _ignore(_operands: list[bytes]) -> None:
    """An operator that moves nothing and writes nothing."""


def _decline(_operands: list[bytes]) -> None:
    raise DeclinedError("content of an unusual kind")
