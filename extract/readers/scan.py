"""Read scans — image-only PDF and pictures — by ruling lines and text recognition, offline.

Tables come from their rules, each cell is recognised by itself, and numbers are read twice; the
text outside tables comes from a detector of lines. Boxes are in PDF points from the top left of
the page as delivered: for an image file as a viewer shows it (turned as its EXIF data says), a
pixel being 72/dpi points by the file's own resolution, or 72/96 where it names none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from extract.model import Document
    from extract.readers.picture import PageOfPictures


def read_scan(data: bytes, media_type: str, pages: Collection[int] | None = None) -> Document:
    """Read a scanned file: a PDF of pictures, or a picture.

    Args:
        data: the file.
        media_type: what it is.
        pages: the numbers of the pages to read, from 1; all where None.

    Returns:
        The document with its paragraphs and grids in reading order. A cell carries a doubt where
        two readings of it differ or are weak. Never raises: `problems` says what failed.
    """
    from extract.readers import scan_document  # noqa: PLC0415 - opens OpenCV: only for scans

    return scan_document.document_of(data, media_type, pages)


def read_images(images: Sequence[bytes]) -> Document:
    """Read pictures that together are one document, such as one table in two pictures.

    Each picture is a page of its own; `page` in the boxes counts them from 1.
    """
    from extract.readers import scan_document  # noqa: PLC0415 - opens OpenCV: only for scans

    return scan_document.document_of_images(images)


def read_placed(pages: Iterable[PageOfPictures], media_type: str) -> Document:
    """Read pages on which pictures are placed, by their own numbers; boxes are in their points."""
    from extract.readers import scan_document  # noqa: PLC0415 - opens OpenCV: only for scans

    return scan_document.document_of_placed(pages, media_type)
