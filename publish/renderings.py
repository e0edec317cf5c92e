"""The pages of the documents that reports come from: their sizes, and renderings where needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publish.pages import PageError, page_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive import Archive
    from archive.model import Capture
    from publish.versions import Version

_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page's size in PDF points; `rendered` where the page is our rendering of the document."""

    document: str
    page: int
    width: float
    height: float
    rendered: int


def rendering(data: Path, document: str) -> Path:
    """Where the rendering of a document without pages of its own is kept."""
    return data / "cache" / "pages" / f"{document}.pdf"


def pages_of(
    archive: Archive, data: Path, versions: Sequence[Version]
) -> tuple[list[PageRow], list[str]]:
    """The pages of every document that a report's figures come from, and what could not be read."""
    captures: dict[str, Capture] = {}
    for version in versions:
        for part in version.joined.parts:
            captures.setdefault(part.document, part.capture)
    types = {part.document: part.report.media_type for v in versions for part in v.joined.parts}
    rows: list[PageRow] = []
    problems: list[str] = []
    for digest in sorted(captures):
        if types[digest] != _PDF:
            continue
        try:
            sizes = page_sizes(archive.content(captures[digest]))
        except (PageError, OSError, ValueError) as error:
            problems.append(f"{captures[digest].url}: {error}")
            continue
        for page, (width, height) in enumerate(sizes, 1):
            rows.append(PageRow(digest, page, round(width, 2), round(height, 2), 0))
    return rows, problems
