"""Headers within bounds: an answer whose headers never end is cut off.

Twisted bounds the length of a line and Scrapy the size of a body; nothing bounds how many lines of
headers, or how many answers that are only announced (1xx), come before the body.
"""

from __future__ import annotations

import re
from functools import wraps
from typing import Any

from twisted.python.failure import Failure
from twisted.web import _newclient as client

_BLANK = re.compile(rb"\r?\n")
_END = re.compile(rb"\n\r?\n")
"""As Twisted reads them: some servers end lines with a line feed alone."""
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
        while data and parser is not None and parser.state in {client.STATUS, client.HEADER}:
            end = _end_of_head(parser, data)
            head, data = data[:end], data[end:]
            parser.before_body = getattr(parser, "before_body", 0) + len(head)
            if parser.before_body > MOST_BYTES:
                self._giveUp(reason_of(EndlessHeadersError("its headers never end")))
                return
            received(self, head)  # of what it gets, Twisted copies all for each line
            if self._parser is not parser:  # an answer without a body, what follows counts for none
                return
        if data:
            received(self, data)

    protocol.dataReceived = within_bounds


def _end_of_head(parser: Any, data: bytes) -> int:
    """Where in what came the headers end, its length where they go on."""
    left: bytes = parser._buffer  # noqa: SLF001 - the beginning of a line
    blank = _BLANK.match(left + data[:2]) if parser.state == client.HEADER else None
    if blank:
        return blank.end() - len(left)
    found = _END.search(data)
    return found.end() if found else len(data)
