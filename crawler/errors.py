"""What went wrong on the way to an answer, in words for a person."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "its name has no address"),
    (DownloadConnectionRefusedError, "connection refused"),
    (DownloadTimeoutError, "no answer in time"),
    (ResponseDataLossError, "the answer breaks off"),
    (DownloadCancelledError, "larger than the limit"),
    (UnsupportedURLSchemeError, "not an http(s) address"),
    (ValueError, "what stands there is no address"),  # of Twisted's and Scrapy's own reading
)
_MOST = 160


def say(error: BaseException) -> str:
    """Say in a few words why there is no answer."""
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    text = " ".join(str(error).split())
    if isinstance(error, IgnoreRequest):
        if "max redirections" in text:
            return "redirects without end"
        if "DOWNLOAD_MAXSIZE" in text:
            return "larger than the limit once unpacked"
        return text[:_MOST]
    if isinstance(error, DownloadFailedError):
        return (
            "the TLS connection fails"
            if "SSL" in text or "tls" in text.lower()
            else (f"the connection fails ({_inner(error)})")
        )
    name = "no connection" if isinstance(error, ConnectError) else type(error).__name__
    return f"{name}: {text}"[:_MOST]


def _inner(error: BaseException) -> str:
    cause = error.__cause__ or error
    reasons = getattr(cause, "reasons", None)  # Twisted's failures, the first one tells
    cause = reasons[0].value if reasons else cause
    if type(cause).__name__ == "ParseError":
        return "what it answers is not HTTP"
    return (" ".join(str(cause).split()) or type(cause).__name__)[:_MOST]
