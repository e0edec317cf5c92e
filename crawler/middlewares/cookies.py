"""Cookies: each goes back to the host that set it, so that a visit stays with one server.

Scrapy's own middleware lets a host set cookies for the domain above it, and to know which of those
are public it asks publicsuffix.org the first time it meets a cookie: past the guard, and with the
whole crawl waiting. Where no cookie leaves its host there is nothing to ask.
"""

from __future__ import annotations

from collections import defaultdict
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http.cookies import CookieJar, WrappedRequest
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from http.cookiejar import Cookie

    from scrapy import Request

_MOST = 50
"""Cookies of a host that are kept, as many as browsers keep at least (RFC 6265)."""
_LONGEST = 4096
"""Characters of a cookie's name and value."""


def _jar() -> CookieJar:
    strict = DefaultCookiePolicy.DomainStrictNonDomain  # not for hosts below, either
    return CookieJar(DefaultCookiePolicy(strict_ns_domain=strict))


class HostCookies(CookiesMiddleware):
    """Responsible for sticky sessions."""

    def __init__(self, debug: bool = False) -> None:  # noqa: FBT001, FBT002 - Scrapy's signature
        """Begin without any cookie."""
        super().__init__(debug)
        self.jars = defaultdict(_jar)

    def _process_cookies(
        self, cookies: Iterable[Cookie], *, jar: CookieJar, request: Request
    ) -> None:
        """Keep what a host may set, for that host."""
        wrapped = WrappedRequest(request)
        for cookie in cookies:
            if not jar.policy.set_ok(cookie, wrapped):  # type: ignore[arg-type]  # as Scrapy does
                continue
            if cookie.domain_specified:
                cookie.domain = (urlparse_cached(request).hostname or "").lower()
                cookie.domain_specified = False
            if _has_room(jar._cookies.get(cookie.domain, {}), cookie):  # noqa: SLF001 - there is no public way
                jar.set_cookie(cookie)


def _has_room(held: Mapping[str, Mapping[str, Cookie]], cookie: Cookie) -> bool:
    """Whether a host, whose cookies are given by path and name, may have this one too."""
    if len(cookie.name) + len(cookie.value or "") > _LONGEST:
        return False
    return cookie.name in held.get(cookie.path, {}) or sum(map(len, held.values())) < _MOST
