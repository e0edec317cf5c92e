"""Which hosts belong together: a portal is its own domain and what lies beneath it."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.guard import one_spelling

_SECOND_LEVEL = {"gov", "com", "org", "net", "edu", "ac", "mil"}
_PROVINCE = 2
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
"""Names of one host, should it be allowed at all."""
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)


@lru_cache(maxsize=2_048)
def host_of(url: str) -> str:
    """The host of an address in one spelling; empty where it has none."""
    try:
        return one_spelling(urlsplit(url).hostname or "")
    except ValueError:
        return ""


@lru_cache(maxsize=2_048)
def site_of(url: str) -> str:
    """The domain an address belongs to: `zwgk.hulan.gov.cn` belongs to `hulan.gov.cn`.

    Chinese domains are registered below a second level (gov.cn, com.cn, bj.cn). An IP address or
    a bare name is a site of its own on each port.
    """
    host = host_of(url)
    domain = _domain_of(host)
    if domain is not None:
        return domain
    host = "localhost" if host in _THIS_MACHINE else host
    port = urlsplit(url).port
    return host if port is None else f"{host}:{port}"


@lru_cache(maxsize=4_096)
def _domain_of(host: str) -> str | None:
    labels = host.split(".")
    if len(labels) == 1 or _is_ip(host):
        return None
    below = (
        labels[-1:] == ["cn"]
        and len(labels) > _PROVINCE
        and (labels[-2] in _SECOND_LEVEL or len(labels[-2]) == _PROVINCE)
    )
    return ".".join(labels[-3:] if below else labels[-2:])


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_government(url: str) -> bool:
    """Whether a host is a Chinese government's by its name."""
    host = host_of(url)
    return host == "gov.cn" or host.endswith(".gov.cn")


def address_key(url: str) -> str:
    """An address without what does not change the page: scheme, www, session, fragment."""
    parts = urlsplit(url)
    path = (_SESSION.sub("", parts.path) if ";" in parts.path else parts.path) or "/"
    query = parts.query
    if "&" in query:
        query = "&".join(sorted(query.split("&")))  # some links give it in another order
    return f"{parts.netloc.lower().removeprefix('www.')}{path}?{query}"
