"""Old TLS: a host whose handshake fails is asked once more with what it can, and that host only.

Many portals speak TLS 1.0, short keys or unsafe renegotiation only. Scrapy's cipher setting cannot
say `@SECLEVEL=0` (Twisted expands the list), so it is set on the context.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DownloadFailedError
from twisted.internet.ssl import TLSVersion
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.middlewares.base import Middleware
from crawler.sites import host_of

if TYPE_CHECKING:
    from OpenSSL import SSL
    from scrapy import Request

_LEGACY_SERVER_CONNECT = 0x4
_CIPHERS = b"ALL:COMPLEMENTOFDEFAULT:@SECLEVEL=0"


class OldTlsMiddleware(Middleware):
    """Responsible for hosts with old TLS: lists them and repeats the request."""

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Repeat a request whose handshake failed, the first time its host does that."""
        host = host_of(request.url)
        if host in self.session.old_tls or not is_handshake_failure(request, exception):
            return None
        self.session.old_tls.add(host)
        return request.replace(dont_filter=True)


def is_handshake_failure(request: Request, exception: BaseException) -> bool:
    """Whether a request failed before TLS stood."""
    if not request.url.startswith("https:") or not isinstance(exception, DownloadFailedError):
        return False
    causes = f"{exception} {exception.__cause__} {getattr(exception.__cause__, 'reasons', '')}"
    return "SSL" in causes or "TLS" in causes


@implementer(IPolicyForHTTPS)
class ListedHostsPolicy:
    """Scrapy's policy, weakened for the hosts that are listed."""

    def __init__(self, inner: Any, listed: set[str]) -> None:
        """Wrap Scrapy's context factory; `listed` may grow."""
        self._inner = inner
        self._listed = listed
        self._old = copy(inner)
        self._old.tls_min_version = TLSVersion.TLSv1_0

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - Twisted's name
        """What makes the connections to a host."""
        if hostname.decode("ascii", "replace").lower() not in self._listed:
            return self._inner.creatorForNetloc(hostname, port)
        creator = self._old.creatorForNetloc(hostname, port)
        context = _context_of(creator)
        context.set_cipher_list(_CIPHERS)
        context.set_options(_LEGACY_SERVER_CONNECT)
        return creator


def _context_of(creator: Any) -> SSL.Context:
    made = getattr(creator, "_createConnection", None)  # Twisted from 26.4 on
    context: SSL.Context = made.__self__.getContext() if made else creator._ctx  # noqa: SLF001 - there is no public way
    return context
