"""Pages as a browser showed them: from what the crawler hands over to records and rows, and back.

They are kept beside the answers they were made of, as `conversion` records, and never as originals.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.fields import is_time, one_line
from archive.model import Rendering
from archive.records import TRUNCATIONS

if TYPE_CHECKING:
    from archive.members import Record
    from archive.model import RenderedPage


@dataclass(frozen=True, slots=True)
class RenderingEntry:
    """A rendered page as its records state it; `made_of` is the record it says it was made of."""

    rendering: Rendering
    made_of: str


def clean_rendered(page: RenderedPage) -> RenderedPage:
    """Returns the rendered page with every text fit for one line of a record.

    Raises:
        ArchiveError: if a field is not what `RenderedPage` promises.
    """
    if not is_time(page.rendered_at):
        raise ArchiveError(f"not a UTC time such as 2026-11-20T06:46:35Z: {page.rendered_at!r}")
    if page.screen < 1 or not one_line(page.browser):
        raise ArchiveError("a rendered page needs its browser, and its screen counted from 1")
    truncated = page.truncated
    return dataclasses.replace(
        page,
        browser=one_line(page.browser),
        truncated=truncated if not truncated or truncated in TRUNCATIONS else "unspecified",
    )


def rendering_of(page: RenderedPage, run: str, number: int) -> Rendering:
    """Returns the row of a clean rendered page, not yet located; the `number`th of its capture."""
    return Rendering(
        id=f"{page.capture.id}-r{number}",
        capture=page.capture.id,
        run=run,
        url=page.capture.url,
        rendered_at=page.rendered_at,
        screen=page.screen,
        sha256=hashlib.sha256(page.markup).hexdigest(),
        bytes=len(page.markup),
        browser=page.browser,
        warc="",
        offset=0,
        length=0,
        truncated=page.truncated,
    )


_RENDERED = {
    "rendering": "id",
    "of-capture": "capture",
    "run": "run",
    "content-sha256": "sha256",
    "rendered-by": "browser",
    "truncated": "truncated",
    "screen": "screen",
    "content-bytes": "bytes",
}


def rendering_fields(rendering: Rendering, software: str) -> dict[str, str | int | None]:
    """Returns the fields of the metadata record beside a rendered page."""
    stated = {name: getattr(rendering, attribute) for name, attribute in _RENDERED.items()}
    return {"software": software, **stated}


def read_rendering(stated: dict[str, str], record: Record, warc: str) -> RenderingEntry:
    """Returns what the records of a rendered page state.

    Raises:
        KeyError: if they do not state all of it.
        ValueError: if a number is none.
    """
    facts: dict[str, Any] = {field: stated[name] for name, field in _RENDERED.items()
                             if name != "truncated"}  # fmt: skip
    facts |= {name: int(facts[name]) for name in ("screen", "bytes")}
    rendering = Rendering(
        url=record.headers["warc-target-uri"],
        rendered_at=record.headers["warc-date"],
        warc=warc,
        offset=record.offset,
        length=record.length,
        truncated=stated.get("truncated"),
        **facts,
    )
    return RenderingEntry(rendering, record.headers["warc-refers-to"])
