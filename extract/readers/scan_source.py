"""Open scans within bounds: pages of a PDF, frames of a TIFF, single images, as pixels.

What a file declares about its size is checked before a pixel is decoded.
"""

from __future__ import annotations

import io
import struct
import warnings
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from extract.readers.scan_page import Raster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pypdfium2
    from numpy.typing import NDArray

    from extract.readers.picture import PageOfPictures

MAX_PAGES = 40
_MAX_PIXELS = 70_000_000
"""The most that is decoded: an A3 page at 600 dpi has 69.6 million pixels."""
_WORK_PIXELS = 9_000_000
"""Larger images are reduced to this: an A4 page at 300 dpi has 8.7 million."""
_MAX_SIDE = 30_000
_POINTS = 72.0
_SCREEN_DPI = 96.0
_DPI_RANGE = (50.0, 1200.0)
_RENDER_DPI = (150.0, 200.0)
_LEAST_SIDE = 24


_DAMAGE = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    LookupError,
    EOFError,
    ArithmeticError,
    struct.error,
)
"""What Pillow raises on damaged pictures."""


class PageError(Exception):
    """A page that cannot be turned into pixels; its message is one line for the user."""


def page_count(data: bytes, media_type: str) -> int:
    """How many pages or frames the file says it has.

    Raises:
        PageError: the file cannot be opened at all.
    """
    if media_type == "application/pdf":
        document = _open_pdf(data)
        try:
            return len(document)
        finally:
            document.close()
    with _open_image(data) as image:
        # Pictures that move show the same thing in every frame.
        try:
            return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
        except _DAMAGE as error:
            raise PageError("the image cannot be opened: damaged or of an unknown kind") from error


def rasters(data: bytes, media_type: str, numbers: Sequence[int]) -> Iterator[Raster | PageError]:
    """The pages with these numbers, from 1; a page that fails yields its error instead.

    Raises:
        PageError: the file cannot be opened at all.
    """
    if media_type == "application/pdf":
        yield from _pdf_pages(data, numbers)
    else:
        yield from _image_frames(data, numbers)


def _open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    import pypdfium2  # noqa: PLC0415 - opens a shared library: only for PDF scans

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise PageError("the PDF cannot be opened: damaged or encrypted") from error


def _pdf_pages(data: bytes, numbers: Sequence[int]) -> Iterator[Raster | PageError]:
    import pypdfium2  # noqa: PLC0415

    document = _open_pdf(data)
    try:
        for number in numbers:
            try:
                yield _pdf_page(document[number - 1], number)
            except (pypdfium2.PdfiumError, ValueError, MemoryError):
                yield PageError(f"page {number} cannot be rendered")
            except PageError as error:
                yield error
    finally:
        document.close()


def _pdf_page(page: pypdfium2.PdfPage, number: int) -> Raster:
    """A page at the resolution of its largest image, within what recognition profits from."""
    width, height = page.get_size()
    if min(width, height) < 1:
        raise PageError(f"page {number} has no area")
    dpi = _POINTS * _image_scale(page, number, width)
    low, high = _RENDER_DPI
    scale = min(max(dpi, low), high) / _POINTS
    # Pages are declared in any size: a scan's points may be its pixels.
    scale = min(max(scale, 1200 / max(width, height)), (_WORK_PIXELS / (width * height)) ** 0.5)
    colour = page.render(scale=scale).to_numpy()[:, :, :3]
    points = width / colour.shape[1], height / colour.shape[0]
    return _raster(colour, number, points)


def _image_scale(page: pypdfium2.PdfPage, number: int, width: float) -> float:
    """Pixels to a point in the page's widest image; 0 where it has none."""
    import pypdfium2.raw as pdfium_c  # noqa: PLC0415

    widest = 0.0
    for found in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=4):
        across, down = found.get_px_size()
        if across * down > _MAX_PIXELS or max(across, down) > _MAX_SIDE:
            raise PageError(f"page {number} holds an image of {across} × {down} pixels: too large")
        left, _, right, _ = found.get_bounds()
        if right - left > width / 3:
            widest = max(widest, across / (right - left))
    return widest


def _open_image(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked here, odd metadata does not matter
            return Image.open(
                io.BytesIO(data), formats=("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP")
            )
    except (Image.DecompressionBombError, *_DAMAGE) as error:
        raise PageError("the image cannot be opened: damaged or of an unknown kind") from error


def _image_frames(data: bytes, numbers: Sequence[int]) -> Iterator[Raster | PageError]:
    with _open_image(data) as image:
        for number in numbers:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    image.seek(number - 1)
                    yield _frame(image, number)
            except (MemoryError, *_DAMAGE):
                yield PageError(f"image {number} is damaged or cut short")
            except PageError as error:
                yield error


def composed(page: PageOfPictures) -> Raster | PageError:
    """The page with its pictures in their places, on white paper."""
    width, height = page.size
    if min(width, height) < 1:
        return PageError(f"page {page.number} has no area")
    try:
        placed = [(_colours(data, page.number), np.array(at)) for data, at in page.pictures]
        return _composed(page, placed)
    except PageError as error:
        return error
    except (MemoryError, *_DAMAGE):
        return PageError(f"page {page.number}: a picture on it is damaged")


def _colours(data: bytes, number: int) -> NDArray[np.uint8]:
    with _open_image(data) as image:
        _check_size(image, number)
        return np.asarray(_on_white(_reduced(image)))[:, :, ::-1]


def _composed(
    page: PageOfPictures, placed: Sequence[tuple[NDArray[np.uint8], NDArray[np.float64]]]
) -> Raster:
    width, height = page.size
    finest = max(
        (
            (image.shape[0] * image.shape[1] / max(abs(a * d - b * c), 1.0)) ** 0.5
            for image, (a, b, c, d, _, _) in placed
        ),
        default=1.0,
    )
    low, high = (dpi / _POINTS for dpi in _RENDER_DPI)
    scale = min(max(finest, low), high)
    scale = min(max(scale, 1200 / max(width, height)), (_WORK_PIXELS / (width * height)) ** 0.5)
    across, down = max(round(width * scale), 1), max(round(height * scale), 1)
    paper = np.full((down, across, 3), 255, np.uint8)
    for image, (a, b, c, d, e, f) in placed:
        high_, wide = image.shape[:2]
        # What is much finer than the page is reduced first, lest strokes fall between pixels.
        factor = min(1.0, scale * max(abs(a * d - b * c) / (wide * high_), 1e-6) ** 0.5)
        size = max(round(wide * factor), 1), max(round(high_ * factor), 1)
        fitted = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        to_page = scale * np.array([[a / size[0], c / size[1], e], [b / size[0], d / size[1], f]])
        cv2.warpAffine(
            *(fitted, to_page, (across, down), paper),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        )
    return _raster(paper, page.number, (width / across, height / down))


def _check_size(image: Image.Image, number: int) -> None:
    width, height = image.size
    if min(width, height) < _LEAST_SIDE:
        raise PageError(f"image {number} is too small to hold text: {width} × {height} pixels")
    if width * height > _MAX_PIXELS or max(width, height) > _MAX_SIDE:
        raise PageError(f"image {number} is too large: {width} × {height} pixels")


def _frame(image: Image.Image, number: int) -> Raster:
    _check_size(image, number)
    width, height = image.size
    dpi = _resolution(image)
    upright = ImageOps.exif_transpose(_on_white(_reduced(image)))
    colour = np.asarray(upright)[:, :, ::-1]
    # Turned by its metadata, the picture is as wide as it was high.
    turned = (width > height) != (colour.shape[1] > colour.shape[0])
    across, down = (height, width) if turned else (width, height)
    point = _POINTS / dpi
    points = across * point / colour.shape[1], down * point / colour.shape[0]
    return _raster(colour, number, points)


def _reduced(image: Image.Image) -> Image.Image:
    """The image decoded, no larger than recognition profits from."""
    factor = int((image.size[0] * image.size[1] / _WORK_PIXELS) ** 0.5)
    if factor > 1:
        small = image.size[0] // factor, image.size[1] // factor
        image.draft(None, small)  # JPEG can be decoded at a half or a quarter
    image.load()
    factor = int((image.size[0] * image.size[1] / _WORK_PIXELS) ** 0.5)
    if factor <= 1:
        return image
    # Where it can be made small as it is, white paper under it costs less afterwards.
    plain = image.convert("L") if image.mode == "1" else image
    return (plain if plain.mode in {"L", "RGB", "RGBA"} else _on_white(plain)).reduce(factor)


def _on_white(image: Image.Image) -> Image.Image:
    """The image as a viewer shows it: what is transparent is white."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    if image.mode.startswith(("I;16", "I", "F")):
        grey = np.asarray(image, dtype=np.float64)
        top = 255.0 if grey.max() <= 255 else 65535.0  # noqa: PLR2004 - one byte or two a pixel
        scaled = np.clip(grey * (255.0 / top), 0, 255).astype(np.uint8)
        return Image.fromarray(scaled).convert("RGB")
    return image.convert("RGB")


def _resolution(image: Image.Image) -> float:
    """The image's own dots per inch, 96 where it names none that can be true."""
    try:
        declared = float(image.info.get("dpi", (0.0,))[0])
    except (TypeError, ValueError, ZeroDivisionError, IndexError, KeyError):
        return _SCREEN_DPI
    low, high = _DPI_RANGE
    return declared if low <= declared <= high else _SCREEN_DPI


def _raster(colour: NDArray[np.uint8], number: int, points: tuple[float, float]) -> Raster:
    """Grey as seen, and without coloured ink: black is dark in every colour, a stamp is not."""
    blue, green, red = (colour[:, :, channel].astype(np.uint16) for channel in range(3))
    gray = ((29 * blue + 150 * green + 77 * red) >> 8).astype(np.uint8)
    lightest, darkest = (edge(edge(blue, green), red) for edge in (np.maximum, np.minimum))
    plain = np.minimum(lightest + (lightest - darkest) // 2, 255).astype(np.uint8)
    return Raster(number, gray, plain, points)
