"""The frontier: best first within a host, hosts in turn, one request of a host at a time.

Scrapy's own queue looks at every host for each request it gives, so that a crawl of a thousand
hosts spends most of its time there; and it gives a host's next request while one is under way,
which leaves the frontier before the answer has named better ones.
"""

from __future__ import annotations

import heapq
import itertools
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class HostsInTurn:
    """Scrapy's scheduler keeps its requests here (SCHEDULER_PRIORITY_QUEUE)."""

    def __init__(self, crawler: Crawler) -> None:
        """Begin with nothing to ask."""
        assert crawler.engine is not None
        self._downloader = crawler.engine.downloader
        self._waiting: dict[str, list[tuple[int, int, Request]]] = {}
        """By place in the downloader (a host, or the browser): what to ask, as a heap."""
        self._turns: deque[str] = deque()
        """The places that have something waiting."""
        self._under_way: dict[str, weakref.ref[Request]] = {}
        """By place: what was given last."""
        self._counter = itertools.count()
        self._length = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_: Any, **__: Any) -> Self:
        """Scrapy's way to make one; queues on disk are not used, the archive is what remains."""
        return cls(crawler)

    def push(self, request: Request) -> None:
        """Keep a request; of those with the same priority the latest goes first."""
        place = self._downloader.get_slot_key(request)
        if place not in self._waiting:
            self._waiting[place] = []
            self._turns.append(place)
        entry = (-request.priority, -next(self._counter), request)
        heapq.heappush(self._waiting[place], entry)
        self._length += 1

    def pop(self) -> Request | None:
        """Give the best request of the next place that has none under way.

        None where all are busy; the engine asks again when one has ended.
        """
        for _ in range(len(self._turns)):
            place = self._turns.popleft()
            if self._is_busy(place):
                self._turns.append(place)
                continue
            request = heapq.heappop(self._waiting[place])[2]
            self._length -= 1
            self._under_way[place] = weakref.ref(request)
            if self._waiting[place]:
                self._turns.append(place)
            else:
                del self._waiting[place]
            return request
        return None

    def _is_busy(self, place: str) -> bool:
        last = self._under_way.get(place)
        request = last() if last else None
        return request is not None and request in self._downloader.active

    def close(self) -> list[int]:
        """Nothing lies on a disk."""
        return []

    def __len__(self) -> int:
        """How many requests are waiting."""
        return self._length
