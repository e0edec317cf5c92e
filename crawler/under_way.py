"""Bytes under way: what all downloads of a crawl hold at the same time is bounded.

A file may have 64 MiB, and hundreds of portals are asked at once. An answer of ordinary size just
comes. A larger one needs room for all that it may become: its Content-Length, else its limit. While
there is none its connection is not read, so that TCP holds the server back, and it goes on in turn
when others have been dealt with: their bodies archived and read, not only received.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from scrapy.core.downloader import Downloader
from scrapy.core.downloader.handlers import http11
from twisted.internet.protocol import connectionDone

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

ORDINARY = 256 * 1024
"""Bytes of an answer that needs no room; most reports and nearly all pages are smaller."""

SLOWEST = 64 * 1024
"""Bytes a second at which an answer is waited for, besides the time for any (DOWNLOAD_TIMEOUT)."""
MOST_MORE = 240.0
"""Seconds more at most; a server that drips may not have its host's turn for ever."""
MORE_UNKNOWN = 60.0
"""Seconds more for an answer that does not say how long it is."""


class Held(Protocol):
    """A connection that can be told not to be read for a while."""

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        """Read nothing more."""

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        """Read on."""


@dataclass
class Room:
    """Room for `most` bytes; one answer that is larger than all of it has it for itself."""

    most: int
    used: int = 0
    _inside: dict[int, int] = field(default_factory=dict)
    """By answer: its bytes."""
    _waiting: dict[int, tuple[int, Held]] = field(default_factory=dict)
    """By answer: its bytes and its connection, in the order of arrival."""

    def enter(self, key: int, size: int, connection: Held) -> None:
        """Take room for an answer; hold its connection until there is some."""
        connection.pauseProducing()
        self._waiting[key] = (size, connection)
        self._admit()

    def arrived(self, key: int, size: int) -> None:
        """Note that an answer is whole: it needs room for what it is, and no connection."""
        if not (key in self._waiting or key in self._inside):  # given up before
            return
        held = self._waiting.pop(key, None)
        if held:  # its end came with its beginning
            held[1].resumeProducing()
        self.used += size - self._inside.get(key, 0)
        self._inside[key] = size
        self._admit()

    def leave(self, key: int) -> None:
        """Give back what an answer had, whether or not it ever had any."""
        self._waiting.pop(key, None)
        self.used -= self._inside.pop(key, 0)
        self._admit()

    def _admit(self) -> None:
        """Let in who has waited the longest, as long as there is room."""
        while self._waiting:
            key, (size, connection) = next(iter(self._waiting.items()))
            if self.used and self.used + size > self.most:
                return
            del self._waiting[key]
            self._inside[key] = size
            self.used += size
            connection.resumeProducing()


class RoomyReader(http11._ResponseReader):  # noqa: SLF001 - Scrapy has no other place for it
    """Reads a body as Scrapy does, and asks for room when it is no ordinary one."""

    _asked = False

    @property
    def _room(self) -> Room:
        return cast("RoomyDownloader", self._crawler.engine.downloader).room

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take a part of the body."""
        super().dataReceived(data)
        if self._asked or self._bytes_received <= ORDINARY or self._finished.called:
            return
        self._asked = True
        length: Any = self._txresponse.length
        size = length if isinstance(length, int) else self._maxsize  # no Content-Length
        # What stands between ends with the answer; the connection goes on to others.
        connection: Held = cast("Any", self.transport)._producer  # noqa: SLF001 - as Scrapy does
        self._room.enter(id(self._request), size, connection)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 - Twisted's name
        """Take the end of the body."""
        if self._asked:
            self._room.arrived(id(self._request), self._bytes_received)
        super().connectionLost(reason)


class PatientAgent(http11._ScrapyAgent):  # noqa: SLF001 - as above
    """Gives a large answer the time that it takes, once it has begun to come."""

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        length: Any = txresponse.length
        more = length / SLOWEST if isinstance(length, int) else MORE_UNKNOWN
        end = cast("Any", self._timeout_cl)
        if end.active():
            end.delay(min(more, MOST_MORE))
        return super()._cb_bodyready(txresponse, request)


class RoomyDownloader(Downloader):
    """Scrapy's downloader with the room that its answers share (the setting DOWNLOADER)."""

    def __init__(self, crawler: Crawler) -> None:
        """Begin with nothing under way."""
        super().__init__(crawler)
        self.room = Room(crawler.settings.getint("BYTES_UNDER_WAY"))
        for name, ours in (("_ResponseReader", RoomyReader), ("_ScrapyAgent", PatientAgent)):
            setattr(http11, name, ours)

    def fetch(
        self,
        request: Request,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's signature
    ) -> Deferred[Response | Request]:
        """Download; what the answer held is free when the middlewares have dealt with it."""
        fetched: Deferred[Response | Request] = super().fetch(request)

        def left(result: Any) -> Any:
            self.room.leave(id(request))
            return result

        return fetched.addBoth(left)
