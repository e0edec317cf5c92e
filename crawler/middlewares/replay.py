"""The archive as the cache: answers what this run asked already, asks the rest conditionally."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from archive import ArchiveError
from crawler.held import REPORT_SHARE
from crawler.middlewares.base import AFRESH, Middleware, ask_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from archive import Archive, Capture
    from crawler.ask import Ask
    from crawler.state import PortalState

REPLAYED = "archived"
"""The flag of a response that came out of the archive."""
_PASSING = {408, 425, 429}


def stored_response(archive: Archive, capture: Capture) -> Response:
    """A capture as a response as it came from the network, before content decoding."""
    stored = archive.response(capture)
    headers = Headers()
    for name, value in stored.headers:
        headers.appendlist(name, value)
    # Of its own kind, for a refresh is looked for in pages alone.
    kind = responsetypes.from_args(headers=headers, url=capture.url, body=stored.body)
    return kind(
        capture.url, status=stored.status, headers=headers, body=stored.body, flags=[REPLAYED]
    )


class ReplayMiddleware(Middleware):
    """Responsible for not asking twice: resume after a kill, and what earlier runs hold."""

    def process_request(self, request: Request) -> Response | None:
        """Answer from the archive, or make the request conditional."""
        if request.meta.get("playwright"):
            return None
        archive = self.session.archive
        key = (request.url, request.method, request.body)
        done = None if request.meta.pop(AFRESH, False) else self._captured(request, *key)
        if "#" in request.url:  # the same page of an application, asked for by another route
            bare = (urldefrag(request.url).url, request.method, request.body)
            done = done or self._captured(request, *bare)
        if done and not _is_passing(done):
            try:
                response = stored_response(archive, done)
            except ArchiveError as error:  # damaged: ask again, and say so
                self.state(request).problem(str(error))
                return None
            request.meta["capture"] = done
            self.state(request).summary.resumed += 1
            return response
        latest = archive.latest(*key) if self.session.looked_back else None
        kept = self._kept(request, latest)
        if kept is not None:
            return kept
        self._condition(request, latest)
        return None

    def _captured(self, request: Request, *key: Any) -> Capture | None:
        """What this run holds of a request; what is asked for the first time is not looked up."""
        requested, mark = self.state(request).requested, hash(key)
        if mark not in requested:
            requested.add(mark)
            if not self.session.before:
                return None
        return self.session.archive.captured(self.session.run, *key)

    def _kept(self, request: Request, latest: Capture | None) -> Response | None:
        """The answer of an earlier run, where it need not be asked for again this time."""
        ask, state = ask_of(request), self.state(request)
        if ask.kind == "attachment":  # goes with the page it belongs to
            known = latest if ask.via in state.left_alone else None
        elif ask.paged and request.method != "GET":  # one address for all pages of the list
            if latest is None and ask.former and self.session.looked_back:
                latest = self.session.archive.latest(ask.former[0], "POST", ask.former[1])
            known = latest if self._can_wait(latest, state, ask.via) else None
        elif request.method != "GET":
            known = latest if self._report_waits(latest, state, ask, request.body) else None
        else:
            name = state.held.kept(ask, request.url, state)
            known = self.session.archive.capture(name) if name else None
        if known is None:
            return None
        try:
            response = stored_response(self.session.archive, known)
        except ArchiveError:
            return None
        request.meta["capture"] = known
        state.left_alone.add(request.url if request.method == "GET" else known.id)
        return response

    @staticmethod
    def _can_wait(latest: Capture | None, state: PortalState, via: str | None) -> bool:
        known = latest is not None and latest.fetched_at > state.held.oldest
        return known and bool(state.held.oldest) and via not in state.changed

    def _report_waits(
        self, latest: Capture | None, state: PortalState, ask: Ask, body: bytes
    ) -> bool:
        """Whether a report that is asked for by POST can wait: all have one address."""
        if latest is None or ask.kind not in {"report", "either"} or latest.role != "report":
            return False
        turn = (
            hashlib.sha256(self.session.run.encode() + body).digest()[0] % (2 * REPORT_SHARE) == 0
        )
        renamed = latest.link_text and ask.text and latest.link_text != ask.text
        return not (turn or renamed) and latest.fetched_at > state.held.aged

    def _condition(self, request: Request, latest: Capture | None) -> None:
        if latest is None or latest.run == self.session.run or request.meta.get("in_full"):
            return
        if not self.state(request).held.asked_in_full(self.session.archive, latest):
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
        or (capture.http_status == HTTPStatus.NOT_MODIFIED and not _confirms(capture))
    )


def _confirms(capture: Capture) -> bool:
    """Whether a 304 stands for content."""
    return capture.revisit_of is not None and capture.reason is None
