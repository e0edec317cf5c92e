"""What every answer carries and which requests get none, whatever Datasette would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

PAGE_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""No script at all: the site has none, and Datasette's pages work without theirs."""

ORIGINAL_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""An archived page is shown in an origin of its own, without scripts, forms or other resources."""

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_POLICY = b"content-security-policy"
_LONGEST_PATH = 2_000


def guard(app: App) -> App:
    """Wrap the application: refuse paths that a browser reads as another host, add headers."""

    async def guarded(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_guarded(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _complete(message.get("headers", []))}
            await send(message)

        if _misleading(scope):
            await _refuse(send_guarded)
        else:
            await app(scope, receive, send_guarded)

    return guarded


def _misleading(scope: dict[str, Any]) -> bool:
    r"""Whether a redirect to this path would leave the site, or the path is not one of ours.

    Browsers read `//host`, `/\host` and, dropping tabs and line breaks, `/<tab>/host` as the
    address of another host; Datasette redirects such a path to itself without its last slash.
    """
    path = scope["path"]
    return (
        len(path) > _LONGEST_PATH
        or path.startswith("//")
        or "\\" in path
        or any(ord(letter) < ord(" ") or ord(letter) == 0x7F for letter in path)  # noqa: PLR2004
    )


def _complete(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    added = [pair for pair in _HEADERS if pair[0] not in present]
    if _POLICY not in present:
        added.append((_POLICY, PAGE_POLICY.encode()))
    return [*headers, *added]


async def _refuse(send: Send) -> None:
    body = "400 此地址无效 · no such address\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})
