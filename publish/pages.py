"""Pages of PDF files and scans as images, cells outlined where they are asked for."""

from __future__ import annotations

import io
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

import pypdfium2
from PIL import Image, ImageDraw

from extract.readers.scan_source import PageError as ImageError
from extract.readers.scan_source import page_count, rasters
from extract.sniff import PDF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extract.readers.scan_page import Raster

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in PDF points from the page's top left."""

DPI = 110
_POINTS = 72
_MAX_PIXELS = 6_000_000
"""An A4 page has 1.2 million at 110 dpi; a poster is drawn smaller instead of filling memory."""
_OUTLINE = (196, 30, 58)
_LOCK = Lock()
"""pdfium is not thread-safe: one page at a time."""


_MOST_IMAGES = 300
"""Frames of an image file that are shown; the reader reads no more either."""


class PageError(Exception):
    """The file has no such page, or it cannot be drawn; the message is one line."""


def page_sizes(data: bytes, media_type: str = PDF) -> list[tuple[float, float]]:
    """Width and height of every page of a PDF, or of every image of a scan, in points.

    Raises:
        PageError: The file cannot be read.
    """
    if media_type == PDF:
        with _opened(data) as document:
            return [document.get_page_size(index) for index in range(len(document))]
    return [_size(raster) for raster in _images(data, media_type)]


def draw_page(data: bytes, page: int, boxes: Sequence[Box] = (), media_type: str = PDF) -> bytes:
    """A page as PNG with the boxes outlined.

    Args:
        data: The PDF, or the image.
        page: From 1.
        boxes: What to outline.
        media_type: What the file is.

    Raises:
        PageError: There is no such page, or it cannot be drawn.
    """
    if media_type == PDF:
        image, scale = _pdf_page(data, page)
    else:
        image, scale = _image_page(data, page, media_type)
    pen = ImageDraw.Draw(image)
    for x0, top, x1, bottom in boxes:
        corners = (x0 * scale - 2, top * scale - 2, x1 * scale + 2, bottom * scale + 2)
        pen.rectangle(corners, outline=_OUTLINE, width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@contextmanager
def _opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise PageError("not a PDF that can be read") from error
        try:
            yield document
        finally:
            document.close()


def _pdf_page(data: bytes, page: int) -> tuple[Image.Image, float]:
    """A page's image and its pixels a point."""
    with _opened(data) as document:
        if not 1 <= page <= len(document):
            raise PageError(f"no page {page}")
        try:
            width, height = document.get_page_size(page - 1)
            scale = _scale(width, height)
            image: Image.Image = document[page - 1].render(scale=scale).to_pil().convert("RGB")
        except pypdfium2.PdfiumError as error:
            raise PageError(f"page {page} cannot be drawn") from error
    return image, scale


def _image_page(data: bytes, page: int, media_type: str) -> tuple[Image.Image, float]:
    for raster in _images(data, media_type):
        if raster.number == page:
            width, height = _size(raster)
            scale = _scale(width, height)
            size = max(1, round(width * scale)), max(1, round(height * scale))
            return Image.fromarray(raster.gray).resize(size).convert("RGB"), scale
    raise PageError(f"no page {page}")


def _scale(width: float, height: float) -> float:
    if width <= 0 or height <= 0:
        raise PageError("a page without area")
    scale = DPI / _POINTS
    pixels = width * height * scale * scale
    return scale if pixels <= _MAX_PIXELS else scale * float(_MAX_PIXELS / pixels) ** 0.5


def _images(data: bytes, media_type: str) -> Iterator[Raster]:
    try:
        pages = min(page_count(data, media_type), _MOST_IMAGES)
        for raster in rasters(data, media_type, range(1, pages + 1)):
            if isinstance(raster, ImageError):
                raise PageError(str(raster)) from raster
            yield raster
    except ImageError as error:
        raise PageError(str(error)) from error


def _size(raster: Raster) -> tuple[float, float]:
    height, width = raster.gray.shape
    across, down = raster.points
    return width * across, height * down
