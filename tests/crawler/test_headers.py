"""Answers that come in large pieces: the bound is on what comes before the body alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport
from twisted.web import _newclient as client
from twisted.web.http_headers import Headers

from crawler.headers import MOST_BYTES, bound_headers

if TYPE_CHECKING:
    from twisted.python.failure import Failure

BODY = bytes(range(256)) * 2_000
HEAD = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\nServer: x\r\n\r\n".encode()


class Reader(Protocol):
    """Keeps a body."""

    def __init__(self) -> None:
        self.body = b""
        self.ended: Failure | None = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        self.body += data

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]  # noqa: N802
        self.ended = reason


def received(*pieces: bytes) -> tuple[int | None, Reader]:
    """Status and body of an answer that comes in these pieces; None where it was given up."""
    bound_headers()
    protocol = cast("Any", client.HTTP11ClientProtocol)(lambda _: None)
    protocol.makeConnection(cast("Any", StringTransport)())
    request = cast("Any", client.Request)(
        b"GET", b"/", Headers({b"host": [b"a"]}), None, persistent=True
    )
    reader, status = Reader(), [None]
    answer = protocol.request(request)

    def begun(response: Any) -> None:
        status[0] = response.code
        response.deliverBody(reader)

    answer.addCallbacks(begun, lambda _: None)
    for piece in pieces:
        protocol.dataReceived(piece)
    return status[0], reader


@pytest.mark.parametrize(
    "pieces",
    [
        (HEAD + BODY,),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + HEAD + BODY,),
        (HEAD[:30], HEAD[30:] + BODY[:MOST_BYTES], BODY[MOST_BYTES:]),
        *((HEAD[:-cut], HEAD[-cut:] + BODY) for cut in (1, 2, 3, 4, 5)),
        (HEAD[:-4], HEAD[-4:-3], HEAD[-3:-1], HEAD[-1:] + BODY),
        tuple((HEAD + BODY)[at : at + 4_096] for at in range(0, len(HEAD + BODY), 4_096)),
    ],
)
def test_a_large_piece_that_holds_headers_and_body_is_whole(pieces: tuple[bytes, ...]) -> None:
    status, reader = received(*pieces)
    assert status == 200
    assert reader.body == BODY
    assert reader.ended is not None
    assert reader.ended.type is client.ResponseDone


@pytest.mark.parametrize("cut", [1, 20, len(HEAD) - 8, len(HEAD) - 6])
def test_headers_whose_lines_end_as_on_unix_end_where_the_body_begins(cut: int) -> None:
    whole = HEAD.replace(b"\r\n", b"\n") + BODY
    status, reader = received(whole[:cut], whole[cut : cut + MOST_BYTES], whole[cut + MOST_BYTES :])
    assert status == 200
    assert reader.body == BODY


def test_what_follows_an_answer_without_a_body_is_no_part_of_it() -> None:
    status, reader = received(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nrest" * 2)
    assert status == 304
    assert reader.body == b""


@pytest.mark.parametrize(
    "piece",
    [b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 60_000],
)
def test_headers_without_end_are_given_up_in_whatever_pieces_they_come(piece: bytes) -> None:
    for step in (len(piece), 65_536, 1_000):
        status, _ = received(*(piece[at : at + step] for at in range(0, len(piece), step)))
        assert status is None
