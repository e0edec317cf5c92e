"""A report whose tables are several pictures on its page: they are read together, as one file."""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from extract.readers.web_pictures import web_pictures
from publish.reading import Wanted, read_all
from publish.visits import LeftOut, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from archive.model import Capture
    from extract.model import Report
    from publish.visits import Part

_MOST = 20
_EPOCH = (1980, 1, 1, 0, 0, 0)


def together(
    visit: Visit | LeftOut,
    content: Callable[[Capture], bytes],
    read: Callable[[bytes], Report | None],
) -> Visit | LeftOut:
    """The visit with its pictures read as one document, where that finds no less in them.

    A table may begin in one picture and end in the next; neither alone says what its rows are.

    Args:
        visit: A page and its attachments, each read by itself; what was left out stays so.
        content: Gives the bytes of a capture.
        read: Reads one ZIP file of pictures; None where that failed.
    """
    if isinstance(visit, LeftOut):
        return visit
    pictures = [part for part in visit.attachments if part.report.media_type.startswith("image/")]
    others = [part for part in visit.parts if part not in pictures]
    if visit.page is None or not 1 < len(pictures) <= _MOST or any(p.read_cells for p in others):
        return visit
    pictures = _as_shown(pictures, content(visit.page.capture))
    report = read(packed([content(part.capture) for part in pictures]))
    if report is None or len(_cells(report)) < len(set().union(*map(_cells, _reports(pictures)))):
        return visit
    silent = [replace(part, report=_without_words(part.report)) for part in pictures[1:]]
    first = replace(
        pictures[0], report=report, pictures=tuple(part.capture.sha256 for part in pictures)
    )
    rest = [part for part in visit.attachments if part not in pictures]
    return replace(visit, attachments=(first, *silent, *rest))


def reader(cache: Path, workers: int | None) -> Callable[[bytes], Report | None]:
    """Reads a ZIP file of pictures as `read_all` reads documents, by way of the same cache."""

    def read(data: bytes) -> Report | None:
        digest = hashlib.sha256(data).hexdigest()
        readings = read_all([Wanted(digest, "pictures", lambda: data)], cache, workers=workers)
        return readings.reports.get(digest)

    return read


def packed(files: Sequence[bytes]) -> bytes:
    """Files as a ZIP file, named by their order; the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for number, data in enumerate(files, 1):
            package.writestr(zipfile.ZipInfo(f"{number:03}", _EPOCH), data)
    return out.getvalue()


def _as_shown(pictures: Sequence[Part], page: bytes) -> list[Part]:
    """The pictures in the order in which the page shows them."""
    shown = [_file_name(each.name) for each in web_pictures(page, {})]
    places = {name: place for place, name in reversed(list(enumerate(shown)))}
    return sorted(pictures, key=lambda part: places.get(_file_name(part.capture.url), len(places)))


def _file_name(address: str) -> str:
    try:
        return posixpath.basename(unquote(urlsplit(address).path))
    except ValueError:
        return address


def _reports(parts: Sequence[Part]) -> list[Report]:
    return [part.report for part in parts]


def _cells(report: Report) -> set[str]:
    return {figure.key for figure in report.figures if figure.status != "absent"}


def _without_words(report: Report) -> Report:
    """A picture's report once what it says stands in the common one."""
    return replace(report, edition=None, figures=(), checks=(), sections=(), problems=())
