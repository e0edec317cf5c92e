"""Tell answers that brought something from those that only confirmed what was held already."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archive.model import Capture

_TIME = 15
"""A capture's id is its time, a hyphen, and the digest of what was asked."""


class Answers(Protocol):
    """Remembers what was answered last to each request."""

    def answer(self, request: str) -> tuple[bytes, str] | None:
        """A digest of the newest answer, and the capture that holds it."""

    def answered(self, request: str, answer: bytes, capture: str) -> None:
        """Note a newer answer."""


def tell_apart(
    captures: Iterable[Capture], same: Callable[[str], str | None], newest: Answers
) -> Iterator[tuple[Capture, str]]:
    """Tell new answers from repeated ones.

    An answer is a repetition where the archive says so, and where the one before it to the same
    request had the same status, content and reason: an error page that has not changed either.

    Args:
        captures: In order of time.
        same: Says for the id of a capture that was told before which capture holds its answer.
        newest: Remembers the newest answer to each request.

    Yields:
        Each capture with the id of the one that holds its answer: its own, if it brought something.
    """
    for capture in captures:
        request = capture.id[_TIME : _TIME + 12]
        answer = _answer(capture)
        before = newest.answer(request)
        held = same(capture.revisit_of) if capture.revisit_of else None
        if held is None and before is not None and before[0] == answer:
            held = before[1]
        newest.answered(request, answer, held or capture.id)
        yield capture, held or capture.id


def _answer(capture: Capture) -> bytes:
    """A digest of what counts of an answer; shorter than the answer, for every request has one."""
    said = (capture.url, capture.http_status, capture.sha256, capture.reason, capture.truncated)
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).digest()[:16]
