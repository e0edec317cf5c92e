"""The archive as the cache: answers what this run asked already, asks the rest conditionally."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http import Headers, Response

from archive import ArchiveError
from crawler.middlewares.base import Middleware

if TYPE_CHECKING:
    from scrapy import Request

    from archive import Archive, Capture

REPLAYED = "archived"
"""The flag of a response that came out of the archive."""
_PASSING = {408, 425, 429}


def stored_response(archive: Archive, capture: Capture) -> Response:
    """A capture as a response as it came from the network, before content decoding."""
    stored = archive.response(capture)
    headers = Headers()
    for name, value in stored.headers:
        headers.appendlist(name, value)
    return Response(
        capture.url, status=stored.status, headers=headers, body=stored.body, flags=[REPLAYED]
    )


class ReplayMiddleware(Middleware):
    """Responsible for not asking twice: resume after a kill, ETag and Last-Modified after a run."""

    def process_request(self, request: Request) -> Response | None:
        """Answer from the archive, or make the request conditional."""
        if request.meta.get("playwright"):
            return None
        archive = self.session.archive
        key = (request.url, request.method, request.body)
        done = archive.captured(self.session.run, *key)
        if done and not _is_passing(done):
            try:
                response = stored_response(archive, done)
            except ArchiveError as error:  # damaged: ask again, and say so
                self.state(request).problem(str(error))
                return None
            request.meta["capture"] = done
            self.state(request).summary.resumed += 1
            return response
        self._condition(request, archive.latest(*key))
        return None

    def _condition(self, request: Request, latest: Capture | None) -> None:
        if latest is None or latest.run == self.session.run:
            return
        validators = self.session.archive.validators(latest)
        if validators.etag:
            request.headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            request.headers["If-Modified-Since"] = validators.last_modified
        if validators.etag or validators.last_modified:
            request.meta["condition"] = latest


def _is_passing(capture: Capture) -> bool:
    """Whether an answer was of the moment: the host was busy or broken, or the body was cut."""
    return (
        capture.http_status in _PASSING
        or capture.http_status >= 500  # noqa: PLR2004 - the class of server errors
        or capture.truncated is not None
        or capture.reason == "block"
    )
