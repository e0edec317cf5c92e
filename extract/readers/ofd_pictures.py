"""The pages of an OFD file that hold pictures, put together for the reader of scans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.package import Package, PackageError
from extract.readers.ofd import OfdFile
from extract.readers.pdf.reading import is_picture
from extract.readers.picture import PageOfPictures, large_on_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extract.readers.ofd_page import OfdPage
    from extract.readers.pdf.marks import Box

_MOST_PICTURES = 60
"""Pictures on one page: scanners cut a page into strips."""


def pages_of_pictures(data: bytes) -> Iterator[tuple[PageOfPictures, bool, list[Box]]]:
    """Each page with a picture that may hold a table.

    Yields:
        The page with its pictures, whether it is nothing but a picture, and where its large
        pictures lie, in points. Pictures that are missing or damaged are left out. Never raises.
    """
    try:
        file = OfdFile(Package(data))
        for page in file.pages():
            marks = page.marks()
            boxes = large_on_page(marks.pictures.tolist())
            if boxes and (put := _put_together(file, page)) is not None:
                yield put, is_picture(marks), boxes
    except PackageError:
        return


def _put_together(file: OfdFile, page: OfdPage) -> PageOfPictures | None:
    found = []
    for resource, place in page.images[:_MOST_PICTURES]:
        try:
            picture = file.resources.picture(resource)
        except PackageError:
            continue
        if picture:
            found.append((picture, place))
    return PageOfPictures(page.number, page.size, tuple(found)) if found else None
