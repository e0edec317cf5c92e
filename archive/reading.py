"""Reading what is kept: the content of a capture, and its answer for replay."""

from __future__ import annotations

import hashlib
import http
from typing import TYPE_CHECKING

from archive.encoding import decode
from archive.entries import Answer, parse_answer
from archive.errors import ArchiveError, Damaged
from archive.fields import header
from archive.members import Record, read_record
from archive.model import StoredResponse
from archive.sending import locate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive.model import Capture, Rendering

_DESCRIBES_BODY = frozenset({b"content-encoding", b"content-length", b"content-type"})


class Reader:
    """Reads captures out of the WARC files in a folder; `find` looks a capture up by its id."""

    def __init__(self, folder: Path, find: Callable[[str], Capture | None]) -> None:
        """Reads nothing yet."""
        self._folder = folder
        self._find = find

    def content(self, capture: Capture) -> bytes:
        """See `Archive.content`."""
        answer, record = self._answer(capture)
        if record.kind == "revisit":
            answer = self._held(capture)
        data = decode(answer.body, header(answer.headers, b"content-encoding"))
        if hashlib.sha256(data).hexdigest() != capture.sha256:
            raise Damaged(f"capture {capture.id}: its content in {capture.warc} is not as captured")
        return data

    def response(self, capture: Capture) -> StoredResponse:
        """See `Archive.response`."""
        own, record = self._answer(capture)
        if record.kind != "revisit":
            return StoredResponse(own.status, own.headers, own.body)
        held = self._held(capture)
        if own.status == http.HTTPStatus.NOT_MODIFIED:
            return StoredResponse(held.status, held.headers, held.body)
        about = (item for item in held.headers if item[0].lower() in _DESCRIBES_BODY)
        rest = (item for item in own.headers if item[0].lower() not in _DESCRIBES_BODY)
        return StoredResponse(own.status, (*about, *rest), held.body)

    def markup(self, rendering: Rendering) -> bytes:
        """See `Archive.markup`."""
        record = self._record(rendering)
        if hashlib.sha256(record.block).hexdigest() != rendering.sha256:
            raise Damaged(f"rendering {rendering.id} in {rendering.warc} is not as it was made")
        return record.block

    def _record(self, at: Capture | Rendering) -> Record:
        try:
            return read_record(locate(self._folder, at.warc), at.offset)
        except OSError as error:
            raise ArchiveError(f"{at.warc} cannot be read: {error}") from error

    def _answer(self, capture: Capture) -> tuple[Answer, Record]:
        record = self._record(capture)
        if record.headers.get("warc-target-uri") != capture.url:
            raise Damaged(f"capture {capture.id}: {capture.warc} holds another address there")
        return parse_answer(record), record

    def _held(self, capture: Capture) -> Answer:
        """Returns the answer that a revisit refers to."""
        holder = self._find(capture.revisit_of) if capture.revisit_of else None
        if not holder:
            raise Damaged(f"capture {capture.id} refers to {capture.revisit_of}, which is not kept")
        answer, record = self._answer(holder)
        if record.kind == "revisit":
            raise Damaged(f"capture {capture.id} refers to {holder.id}, which holds no content")
        return answer
