"""Files made to exhaust a reader, told before PDFium sees them: it cannot be stopped once it runs.

A few kilobytes can unpack to gigabytes, and forms (reused drawings) that draw one another twice
each take for ever. Pictures are not weighed: a text reader does not unpack them.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from extract.readers.pdf.marks import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_UNPACKED = 96 * 2**20
"""Bytes that all streams but pictures may unpack to; a report has one or two million."""

SMALL = 6000
"""Packed bytes below which a stream is not weighed: it holds at most six million."""

_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_FORM = re.compile(rb"/Subtype\s*/Form\b")
_DRAWS = re.compile(rb"\bDo\b")
_PACKED = re.compile(rb"/(?:FlateDecode|Fl)\b")
_LONGEST_DICTIONARY = 2000


def objection(data: bytes) -> str | None:
    """Why a file must not be opened, one clear line; None where it may."""
    unpacked, drawing_forms = 0, False
    for head, start, end in _streams(data):
        if _PICTURE.search(head):
            continue
        is_form = bool(_FORM.search(head))
        if not is_form and end - start < SMALL:
            continue
        content = _unpack(data[start:end], len(_PACKED.findall(head)))
        unpacked += len(content)
        if unpacked >= MOST_UNPACKED:
            return "the PDF unpacks to more than can be read"
        drawing_forms = drawing_forms or (is_form and bool(_DRAWS.search(content)))
    if drawing_forms:
        from extract.readers.pdf import nesting  # noqa: PLC0415 - loads pdfminer, seldom needed

        if nesting.draws_too_much(data):
            return f"{DAMAGED}: its drawings draw one another without end"
    return None


def _streams(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each stream's dictionary, and where its content begins and ends."""
    at = 0
    while found := _STREAM.search(data, at):
        start = found.end()
        end = data.find(b"endstream", start)
        end = len(data) if end < 0 else end
        head = data[max(at, found.start() - _LONGEST_DICTIONARY) : found.start()]
        yield head[head.rfind(b" obj") + 1 :], start, end
        at = end + 1


def _unpack(content: bytes, times: int) -> bytes:
    """The content unpacked as often as its dictionary says, no further than is allowed."""
    for _ in range(min(times, 4)):
        try:
            content = zlib.decompressobj().decompress(content, MOST_UNPACKED)
        except zlib.error:
            return content
    return content
