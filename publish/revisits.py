"""Tell answers that brought something from those that only confirmed what was held already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.model import Capture

_TIME = 15
"""A capture's id is its time, a hyphen, and the digest of what was asked."""


@dataclass(frozen=True, slots=True)
class Told:
    """Captures apart: `kept` brought something new, `revisits` did not.

    `same` maps every capture to the one of `kept` that holds its answer: itself, if it is one.
    """

    kept: tuple[Capture, ...]
    revisits: tuple[Capture, ...]
    same: dict[str, str]


def tell_apart(captures: Iterable[Capture]) -> Told:
    """Tell new answers from repeated ones.

    An answer is a repetition where the archive says so, and where the one before it to the same
    request had the same status, content and reason: an error page that has not changed either.

    Args:
        captures: In order of time.
    """
    kept: list[Capture] = []
    revisits: list[Capture] = []
    same: dict[str, str] = {}
    newest: dict[str, Capture] = {}
    for capture in captures:
        request = capture.id[_TIME : _TIME + 12]
        before = newest.get(request)
        if capture.revisit_of in same:
            same[capture.id] = same[capture.revisit_of]
        elif before is not None and _answer(before) == _answer(capture):
            same[capture.id] = same[before.id]
        else:
            same[capture.id] = capture.id
        (kept if same[capture.id] == capture.id else revisits).append(capture)
        newest[request] = capture
    return Told(tuple(kept), tuple(revisits), same)


def _answer(capture: Capture) -> tuple[object, ...]:
    return capture.url, capture.http_status, capture.sha256, capture.reason, capture.truncated
