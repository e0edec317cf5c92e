"""The date that a list prints beside the link to a report, read from the list's own capture."""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import date
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive import Archive
    from archive.model import Capture

_ROW = re.compile(r"<(?:li|tr|dl|dd|p|record|item)\b|\{", re.IGNORECASE)
_ROW_ENDS = re.compile(
    r"<(?:li|tr|dl|p|record|item)\b|</(?:li|tr|dl|ul|table|record|item)\b|<a\s|[{}]", re.IGNORECASE
)
_LINK_ENDS = "</a>"
_TAG = re.compile(r"<[^<>]*>")
_ADDRESS = re.compile(
    r"https?:[^\s\"'<>]+|[\"'][^\"'<>\s]*/[^\"'<>\s]*/[^\"'<>\s]*/[^\"'<>\s]*[\"']"
)
_DATE = re.compile(r"(?<!\d)(20\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_LONGEST_ROW = 4_000
_MOST_PLACES = 40
_LARGEST = 8 * 2**20
_KEPT = 4


class Lists:
    """The lists of an archive; those read last are kept for the next reports they lead to."""

    def __init__(self, archive: Archive, find: Callable[[str, str, str], str | None]) -> None:
        """Read lists from an archive.

        Args:
            archive: Where they are kept.
            find: Gives the id of the newest capture of an address (portal, url) at a time.
        """
        self._archive = archive
        self._find = find
        self._texts: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def date_of(self, capture: Capture) -> str | None:
        """The date beside the link that led to a capture, as YYYY-MM-DD.

        None where the list prints none there, or more than one.
        """
        if not capture.via:
            return None
        found = self._find(capture.portal, capture.via, capture.fetched_at)
        for text in self._text(found) if found else ():
            dates = set(dates_beside(text, capture.url))
            if dates:
                return dates.pop() if len(dates) == 1 else None
        return None

    def _text(self, capture: str) -> tuple[str, ...]:
        if capture not in self._texts:
            self._texts[capture] = tuple(self._read(capture))
            if len(self._texts) > _KEPT:
                self._texts.popitem(last=False)
        self._texts.move_to_end(capture)
        return self._texts[capture]

    def _read(self, capture_id: str) -> Iterator[str]:
        """The list as it was answered, then as a browser showed it."""
        capture = self._archive.capture(capture_id)
        if capture is None or not 0 < capture.bytes <= _LARGEST:
            return
        try:
            yield _decoded(self._archive.content(capture))
            for rendering in self._archive.renderings(capture.id):
                yield _decoded(self._archive.markup(rendering)[:_LARGEST])
        except (ArchiveError, OSError):
            return


def dates_beside(text: str, url: str) -> Iterator[str]:
    """Every date in the rows of a list that lead to an address, as YYYY-MM-DD.

    Works on markup, on the XML and the JSON that list endpoints answer with, whole or not.
    """
    text = text.replace("&amp;", "&").replace("\\/", "/")
    for start, end in _places(text, url):
        row = _TAG.sub(" ", _ADDRESS.sub(" ", _row(text, start, end)))
        for year, month, day in _DATE.findall(unescape(row)):
            try:
                yield date(int(year), int(month), int(day)).isoformat()
            except ValueError:
                continue


def _places(text: str, url: str) -> Iterator[tuple[int, int]]:
    """Where an address stands in a text, however much of it the list writes out."""
    parts = urlsplit(url)
    name = parts.path.rsplit("/", 1)[-1] + (f"?{parts.query}" if parts.query else "")
    if not parts.path.rsplit("/", 1)[-1]:
        name = "/".join(parts.path.rsplit("/", 2)[-2:]) if parts.path.strip("/") else ""
    if len(name) < len("1.htm"):
        return
    start = 0
    for _ in range(_MOST_PLACES):
        start = text.find(name, start)
        if start < 0:
            return
        end = start + len(name)
        if text[start - 1 : start] in {"/", '"', "'", "=", "("} and text[end : end + 1] in {
            *("\"'", '"', "'", " ", ">", ")", "#", "\\", ""),
        }:
            yield start, end
        start = end


def _row(text: str, start: int, end: int) -> str:
    """The row of a list that an address stands in: up to its neighbours."""
    before = text[max(0, start - _LONGEST_ROW) : start]
    begins = max((m.start() for m in _ROW.finditer(before)), default=-1)
    anchor = before.rfind("<a")
    if begins < before.rfind(_LINK_ENDS):
        begins = anchor if anchor >= 0 else len(before)
    after = text[end : end + _LONGEST_ROW]
    ends = _ROW_ENDS.search(after)
    return before[max(begins, 0) :] + text[start:end] + (after[: ends.start()] if ends else after)


def _decoded(body: bytes) -> str:
    """A page's text: strict UTF-8, else GB18030; only digits and markup matter here."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", errors="replace")
