"""Names are looked up side by side: a few that nobody answers for hold up no others."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Any

from crawler.guard import GuardedResolver

if TYPE_CHECKING:
    import pytest


def test_names_that_take_their_time_do_not_queue_behind_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together = threading.Barrier(40)

    def slow(host: str, port: int, **_: Any) -> list[Any]:
        together.wait(20)  # breaks unless forty are under way at once
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"8.8.8.{host}", port))]

    async def all_of_them() -> list[list[str]]:
        guard = GuardedResolver(None)
        return await asyncio.gather(*(guard.allowed(str(number), 80) for number in range(40)))

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    assert asyncio.run(all_of_them()) == [[f"8.8.8.{number}"] for number in range(40)]
