"""Only public addresses, checked where a name becomes an address: at every connection.

Twisted asks the reactor's resolver before each connection, for literal addresses too, and connects
to exactly what it answers; so what is left out here cannot be reached, whatever form an address
takes (127.1, 2130706433, a redirect, a name that resolves differently the second time).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler

SCHEMES = frozenset({"http", "https"})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_ISATAP = 0x5EFE
"""Bits 64 to 95 of an address that ISATAP makes of an IPv4 one, without the bit for "global"."""
_SPECIAL = (
    # Python's table has changed its mind about parts of the first; nobody publishes on either.
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("3fff::/20"),  # documentation since 2024, newer than Python's table
)
_LOOKUP_SECONDS = 20


def is_public(address: str) -> bool:
    """Whether an address, literal and canonical, is one of the public internet.

    An IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64, ISATAP) must be
    public too: the packet ends up there.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _embedded(ip)
        if any(not is_public(str(part)) for part in inner):
            return False
        if ip in _NAT64:  # how a network without IPv4 reaches the public one
            return True
        if ip.ipv4_mapped or ip.is_site_local:
            return False
    if any(ip in network for network in _SPECIAL):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def literal(host: str) -> str | None:
    """The address that a host is by itself, canonical: 127.1, 2130706433, 0x7f.0.0.1; else None.

    The forms are those that the system's resolver takes for an address without asking anybody.
    """
    host = unicodedata.normalize("NFKC", host).replace("。", ".").strip("[]").rstrip(".")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host or not host.isascii() or any(sign.isspace() for sign in host):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


@lru_cache(maxsize=8_192)
def one_spelling(host: str) -> str:
    """A host as it is written once: in lower case, without a dot behind, an address canonical.

    2130706433, 0x7f.1 and 127.0.0.1 are one host, and are asked as one.
    """
    host = host.rstrip(".").lower()
    numeric = host[-1:].isdigit() or ":" in host or "0x" in host
    return (literal(host) or host) if numeric else host


def _embedded(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    found = [part for part in (ip.ipv4_mapped, ip.sixtofour) if part]
    found += list(ip.teredo or ())
    if ip in _NAT64 or ip in _COMPATIBLE:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    if (int(ip) >> 32) & 0xFDFFFFFF == _ISATAP:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return found


_AT_ONCE = 64
_POOL = ThreadPoolExecutor(_AT_ONCE, "names")
"""Asyncio's own has as many threads as processors and a few: a dozen names that nobody answers for
would keep those of all other portals waiting until they count as names without an address."""


async def lookup(host: str, port: int) -> list[str]:
    """The addresses of a host, in the system's order; empty where it has none."""
    loop = asyncio.get_running_loop()
    try:
        asked = loop.run_in_executor(
            _POOL, partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        )
        answers = await asyncio.wait_for(asked, _LOOKUP_SECONDS)
    except (OSError, UnicodeError, TimeoutError):
        return []
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


@implementer(IHostResolution)
class _Resolution:
    """What Twisted wants to see of a lookup under way."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing to undo: a late answer is of no consequence."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves names for Twisted, leaving out every address that is not public.

    `refused` maps a host to the addresses that were left out, for the message to the user; `opened`
    gathers the hosts that were asked for, each time that a connection to them is made.
    """

    def __init__(self, reactor: Any, *, allow_private: bool = False) -> None:
        """Prepare for a reactor; `allow_private` lets everything through."""
        self._reactor = reactor
        self._allow_private = allow_private
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self.refused: dict[str, list[str]] = {}
        self.opened: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> GuardedResolver:  # noqa: ARG003 - Scrapy's signature
        """Scrapy's way to make one; the spider's extension opens it further where asked to."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Become the only way from names to addresses."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - Twisted's name
        hostName: str,  # noqa: N803 - Twisted's name
        portNumber: int = 0,  # noqa: N803 - Twisted's name
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: ARG002, N803 - Twisted's name
        transportSemantics: str = "TCP",  # noqa: ARG002, N803 - Twisted's name
    ) -> Any:
        """Resolve one name and tell the receiver the addresses that may be connected to."""
        self.opened.add(one_spelling(hostName))
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        task = asyncio.ensure_future(self._resolve(resolutionReceiver, hostName, portNumber))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return resolution

    async def _resolve(self, receiver: Any, host: str, port: int) -> None:
        for address in await self.allowed(host, port):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()

    async def allowed(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be connected to."""
        async with self._room:  # the time of a lookup begins when its turn has come
            addresses = await lookup(host, port)
        if self._allow_private:
            return addresses
        public = [address for address in addresses if is_public(address)]
        if addresses and not public:
            self.refused[one_spelling(host)] = addresses
        return public
