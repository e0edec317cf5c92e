"""Headers within bounds: an answer whose headers never end is cut off.

Twisted bounds the length of a line and Scrapy the size of a body; nothing bounds how many lines of
headers, or how many answers that are only announced (1xx), come before the body.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from twisted.python.failure import Failure
from twisted.web import _newclient as client

MOST_BYTES = 256 * 1024
"""Bytes before the body at most; real answers have a few thousand."""


class EndlessHeadersError(Exception):
    """An answer that does not come to its body."""


def bound_headers() -> None:
    """Have Twisted's HTTP client give up an answer once its headers are too long."""
    protocol: Any = client.HTTP11ClientProtocol
    reason_of: Any = Failure
    received = protocol.dataReceived
    if hasattr(received, "__wrapped__"):
        return

    @wraps(received)
    def within_bounds(self: Any, data: bytes) -> None:
        parser = self._parser
        if parser is not None and parser.state in {client.STATUS, client.HEADER}:
            parser.before_body = getattr(parser, "before_body", 0) + len(data)
            if parser.before_body > MOST_BYTES:
                self._giveUp(reason_of(EndlessHeadersError("its headers never end")))
                return
        received(self, data)

    protocol.dataReceived = within_bounds
