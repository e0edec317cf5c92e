"""Characters and rules of a PDF by pdfplumber and its parser pdfminer.six (both MIT).

It shares no code with PDFium, so what both read alike is very likely what is printed. The parser
reports straight into our lists; pdfplumber's own records cost as much again as the parsing.
"""

from __future__ import annotations

import io
import logging
from typing import Any

import numpy as np
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import resolve1
from pdfminer.utils import apply_matrix_pt
from pdfplumber.pdf import PDF

from extract.readers.pdf.marks import (
    DAMAGED,
    ENCRYPTED,
    UNREADABLE,
    UNSEEN_MODES,
    Display,
    PageMarks,
    PagesRead,
    UnreadablePdfError,
    clipped,
    on_page,
    set_height,
)
from extract.readers.pdf.parser_errors import PARSER_ERRORS
from extract.readers.pdf.shapes import Points, bounds, rules_of_path, thin

MOST_CHARACTERS = 60_000
MOST_SEGMENTS = 60_000
MOST_BYTES = 6 * 2**20
"""Of operators on one page; pdfminer runs about one million bytes a second."""

_RECTANGLE = 5
"""Operators of a plain rectangle; a fill with no more than these is shading."""

_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_UNIT_SQUARE = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # a line for each flaw of each font


class TooMuchError(Exception):
    """A page holds more than is read; what was read stands."""


def read(data: bytes, most: int, only: frozenset[int] | None = None) -> PagesRead:
    """The marks of at most `most` pages, or only some; a page that cannot be read is a problem.

    Raises:
        UnreadablePdfError: the file cannot be opened.
    """
    try:
        document = PDF(io.BytesIO(data))
    except PARSER_ERRORS as error:
        raise UnreadablePdfError(_reason(data, error)) from error
    found = PagesRead(0, [], [])
    try:
        for page in PDFPage.create_pages(document.doc):
            found.count += 1
            if found.count <= most and (only is None or found.count in only):
                _add_page(found, document.rsrcmgr, page)
    except PARSER_ERRORS as error:
        if not found.count:
            raise UnreadablePdfError(_reason(data, error)) from error
        found.problems.append(f"the pages after page {found.count} are damaged and were not read")
    return found


def _add_page(found: PagesRead, resources: Any, page: Any) -> None:
    try:
        found.pages.append(_read_page(resources, page, found.count))
    except PARSER_ERRORS:
        found.problems.append(f"page {found.count} is damaged and was not read")


def _reason(data: bytes, error: BaseException) -> str:
    if not data:
        return "the file is empty"
    causes = [error, *error.args, error.__cause__, error.__context__]
    if any(isinstance(cause, PDFEncryptionError | PDFPasswordIncorrect) for cause in causes):
        return ENCRYPTED
    if b"%PDF-" not in data[:1024]:
        return "this is no PDF"
    return f"{DAMAGED}: no pages can be found in it"


def _read_page(resources: Any, page: Any, number: int) -> PageMarks:
    device = _Device(resources)
    problems = []
    try:
        _Interpreter(resources, device).render_contents(page.resources, page.contents, _IDENTITY)
    except TooMuchError as reason:
        problems.append(f"page {number}: {reason}")
    return device.marks(number, _display(page), tuple(problems))


def _display(page: Any) -> Display:
    left, bottom, right, top = _sorted(page.mediabox)
    crop = _sorted(page.cropbox)
    cut = max(left, crop[0]), max(bottom, crop[1]), min(right, crop[2]), min(top, crop[3])
    if cut[0] < cut[2] and cut[1] < cut[3]:
        left, bottom, right, top = cut
    return Display(left, bottom, right, top, page.rotate // 90)


def _sorted(box: Any) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(side) for side in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


class _Interpreter(PDFPageInterpreter):
    """pdfminer's interpreter, which stops where a page's operators are more than it can bear."""

    def render_contents(self, resources: Any, streams: Any, ctm: Any = _IDENTITY) -> None:
        """Run the operators of a page, or of a form that it draws."""
        device: Any = self.device
        for stream in streams:
            device.weigh(len(resolve1(stream).get_data()))
        super().render_contents(resources, streams, ctm)


class _Device(PDFTextDevice):
    """What pdfminer's interpreter draws on; everything in the page's own coordinates."""

    def __init__(self, resources: Any) -> None:
        super().__init__(resources)
        self._texts: list[str] = []
        self._places: list[tuple[float, ...]] = []
        self._rules: list[tuple[float, float, float, float]] = []
        self._pictures: list[tuple[float, float, float, float]] = []
        self._drawings: list[tuple[float, float, float, float]] = []
        self._showing = True
        self._segments = 0
        self._bytes = 0

    def weigh(self, count: int) -> None:
        """Count the bytes of operators that are about to be run."""
        self._bytes += count
        if self._bytes > MOST_BYTES:
            raise TooMuchError("more drawing than can be read, text and rules may be missing")

    def render_string(self, textstate: Any, *rest: Any) -> None:
        """A run of text; one that is drawn invisibly is left out."""
        self._showing = textstate.render not in UNSEEN_MODES
        super().render_string(textstate, *rest)

    def render_char(  # noqa: PLR0917 - the interpreter's own signature
        self,
        matrix: Any,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        *_state: Any,
    ) -> float:
        """One character: its text and the two ends of its baseline."""
        advance: float = font.char_width(cid) * fontsize * scaling
        if not self._showing:
            return advance
        if len(self._texts) >= MOST_CHARACTERS:
            raise TooMuchError(f"only the first {MOST_CHARACTERS} characters are read")
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = UNREADABLE
        if font.is_vertical():
            place = _vertical(matrix, font.char_disp(cid), fontsize, rise)
        else:
            place = (*apply_matrix_pt(matrix, (0, rise)), *apply_matrix_pt(matrix, (advance, rise)))
        self._texts.append(text)
        self._places.append((*place, fontsize, *matrix[:4]))
        return advance

    def paint_path(
        self,
        _state: Any,
        stroke: bool,  # noqa: FBT001 - the interpreter's own signature
        fill: bool,  # noqa: FBT001
        _evenodd: bool,  # noqa: FBT001
        path: Any,
    ) -> None:
        """A path; fills and strokes that could be rules are kept."""
        self._segments += len(path)
        if self._segments > MOST_SEGMENTS:
            raise TooMuchError("more drawing than can be read, rules may be missing")
        subpaths, curved = _subpaths(path, self.ctm)
        points = [point for subpath in subpaths for point in subpath]
        if not points or not (stroke or fill):
            return
        box = bounds(points)
        if thin(box):
            self._rules.append(box)
        elif stroke or curved or len(path) > _RECTANGLE:
            rules = [] if curved else rules_of_path(subpaths, stroked=stroke)
            self._rules.extend(rules)
            if not rules:
                self._drawings.append(box)

    def begin_figure(self, _name: str, _box: Any, _matrix: Any) -> None:
        """Forms and pictures; the interpreter has set the matrix already."""

    def end_figure(self, _name: str) -> None:
        """The end of one."""

    def render_image(self, _name: str, _stream: Any) -> None:
        """A picture: the unit square under the current matrix."""
        box = bounds([apply_matrix_pt(self.ctm or _IDENTITY, point) for point in _UNIT_SQUARE])
        (self._rules if thin(box) else self._pictures).append(box)

    @np.errstate(all="ignore")  # numbers without end give no place, see `on_page`
    def marks(self, number: int, display: Display, problems: tuple[str, ...]) -> PageMarks:
        """What was drawn, as displayed."""
        places = np.array(self._places).reshape(-1, 9)
        sizes = np.abs(places[:, 4]) * np.hypot(places[:, 7], places[:, 8])
        turns = display.turns(places[:, 5], places[:, 6])
        boxes = display.boxes(places[:, :4])
        set_height(boxes, display.points(places[:, 0], places[:, 1]), sizes, turns)
        shown = on_page(boxes, turns, display.width, display.height)
        return PageMarks(
            number=number,
            width=display.width,
            height=display.height,
            texts=[t for t, is_shown in zip(self._texts, shown.tolist(), strict=True) if is_shown],
            boxes=boxes[shown],
            turns=turns[shown],
            rules=clipped(self._rules, display),
            pictures=clipped(self._pictures, display),
            drawings=clipped(self._drawings, display),
            problems=problems,
        )


def _vertical(matrix: Any, displacement: Any, size: float, rise: float) -> tuple[float, ...]:
    """The baseline of a character set in vertical writing, as if it stood in a level line."""
    across, down = displacement if isinstance(displacement, tuple) else (None, displacement)
    x = -size * 0.5 if across is None else -across * size * 0.001
    y = (1000 - down) * size * 0.001 + rise - size
    start = apply_matrix_pt(matrix, (x, y + 0.12 * size))
    return (*start, *apply_matrix_pt(matrix, (x + size, y + 0.12 * size)))


def _subpaths(path: Any, matrix: Any) -> tuple[list[Points], bool]:
    subpaths: list[Points] = []
    curved = False
    for operator, *numbers in path:
        if operator == "m" or not subpaths:
            subpaths.append([])
        if operator == "h":
            if subpaths[-1]:
                subpaths[-1].append(subpaths[-1][0])
            continue
        curved = curved or operator in "cvy"
        if len(numbers) > 1:
            subpaths[-1].append(apply_matrix_pt(matrix, tuple(numbers[-2:])))
    return [points for points in subpaths if points], curved
