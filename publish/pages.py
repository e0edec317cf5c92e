"""Pages of PDF files as images, a cell outlined where one is asked for."""

from __future__ import annotations

import io
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

import pypdfium2
from PIL import ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in PDF points from the page's top left."""

DPI = 110
_POINTS = 72
_MAX_PIXELS = 6_000_000
"""An A4 page has 1.2 million at 110 dpi; a poster is drawn smaller instead of filling memory."""
_OUTLINE = (196, 30, 58)
_LOCK = Lock()
"""pdfium is not thread-safe: one page at a time."""


class PageError(Exception):
    """The file has no such page, or pdfium cannot read it; the message is one line."""


@contextmanager
def _opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise PageError(f"not a readable PDF: {error}") from error
        try:
            yield document
        finally:
            document.close()


def page_sizes(data: bytes) -> list[tuple[float, float]]:
    """Width and height of every page of a PDF in points.

    Raises:
        PageError: pdfium cannot read the file.
    """
    with _opened(data) as document:
        return [document.get_page_size(index) for index in range(len(document))]


def draw_page(data: bytes, page: int, boxes: Sequence[Box] = ()) -> bytes:
    """A page as PNG with the boxes outlined.

    Args:
        data: The PDF.
        page: From 1.
        boxes: What to outline.

    Raises:
        PageError: There is no such page, or pdfium cannot draw it.
    """
    with _opened(data) as document:
        if not 1 <= page <= len(document):
            raise PageError(f"no page {page}")
        width, height = document.get_page_size(page - 1)
        if width <= 0 or height <= 0:
            raise PageError("a page without area")
        scale = DPI / _POINTS
        pixels = width * height * scale * scale
        if pixels > _MAX_PIXELS:
            scale *= (_MAX_PIXELS / pixels) ** 0.5
        try:
            image = document[page - 1].render(scale=scale).to_pil().convert("RGB")
        except pypdfium2.PdfiumError as error:
            raise PageError(f"page {page} cannot be drawn: {error}") from error
    pen = ImageDraw.Draw(image)
    for x0, top, x1, bottom in boxes:
        corners = (x0 * scale - 2, top * scale - 2, x1 * scale + 2, bottom * scale + 2)
        pen.rectangle(corners, outline=_OUTLINE, width=3)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG") if not boxes else image.save(out, "PNG")
    return out.getvalue()
