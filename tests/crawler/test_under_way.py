"""Large answers share one room, whatever the number of portals; ordinary ones just come."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, Asked, SmallPortal, page, put_reports, serving, title
from test_hostile_servers import OK, RawPortal, raw
from test_tls import context as server_context

from archive import Archive
from crawler.model import CrawlOptions, CrawlSummary
from crawler.run import crawl
from crawler.under_way import ORDINARY, Room

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from test_hostile_servers import Behaviour

REPORT = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
MEGABYTE = 1_000_000


class Connection:
    def __init__(self) -> None:
        self.read = True

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.read = False

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.read = True


def entered(room: Room, *sizes: int) -> list[Connection]:
    connections = [Connection() for _ in sizes]
    for key, size in enumerate(sizes):
        room.enter(key, size, connections[key])
    return connections


def reading(connections: list[Connection]) -> list[bool]:
    return [connection.read for connection in connections]


def test_who_finds_no_room_waits_and_goes_on_in_turn() -> None:
    room = Room(100)
    connections = entered(room, 60, 60, 30, 10)
    assert reading(connections) == [True, False, False, False]
    room.leave(0)
    assert reading(connections) == [True, True, True, True]
    assert room.used == 100


def test_an_answer_larger_than_the_room_has_it_for_itself() -> None:
    room = Room(100)
    connections = entered(room, 500, 1)
    assert reading(connections) == [True, False]
    room.leave(0)
    assert reading(connections) == [True, True]


def test_an_answer_that_is_smaller_than_it_might_be_gives_room_when_it_is_whole() -> None:
    room = Room(100)
    connections = entered(room, 100, 50)
    room.arrived(0, 20)
    assert reading(connections) == [True, True]
    assert room.used == 70


def test_a_connection_is_let_go_when_its_answer_ends_while_it_waits() -> None:
    room = Room(100)
    connections = entered(room, 100, 50)
    room.arrived(1, 40)
    assert reading(connections) == [True, True]
    assert room.used == 140
    room.leave(0)
    room.leave(1)
    assert room.used == 0


def test_what_is_given_up_takes_no_room() -> None:
    room = Room(100)
    connections = entered(room, 100, 50, 50)
    room.leave(1)
    room.arrived(1, 50)
    room.leave(0)
    assert reading(connections) == [True, False, True]
    assert room.used == 50


class Watched(Room):
    peak = 0
    waited = 0
    rooms: list[Room]

    def _admit(self) -> None:
        super()._admit()
        Watched.peak = max(Watched.peak, self.used)
        Watched.waited = max(Watched.waited, len(self._waiting))
        Watched.rooms.append(self)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    monkeypatch.setattr("crawler.under_way.Room", Watched)
    monkeypatch.setattr("crawler.settings.BYTES_UNDER_WAY", 4 * MEGABYTE)
    Watched.peak, Watched.waited, Watched.rooms = 0, 0, []
    return Watched


def crawl_all(sites: list[SmallPortal], data: Path) -> CrawlSummary:
    portals = [
        replace(site.portal(), id=f"p{number}", name=f"第{number}区")
        for number, site in enumerate(sites)
    ]
    return crawl(portals, data, CrawlOptions(delay=0, allow_private=True, browser=False))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_files_of_many_portals_share_the_room(
    watched: type[Watched], tmp_path: Path, scheme: str
) -> None:
    """All files are asked for before any is sent."""
    together = threading.Barrier(5)
    bodies = [b"%PDF-1.4 " + os.urandom(3 * MEGABYTE) for _ in range(5)]

    def at_once(body: bytes) -> Answer:
        together.wait(20)
        return Answer(body, headers={"Content-Type": "application/pdf"})

    with ExitStack() as stack:
        tls = server_context(tmp_path) if scheme == "https" else None
        sites = [stack.enter_context(serving(f"127.0.0.{n + 1}", tls)) for n in range(5)]
        for site, body in zip(sites, bodies, strict=True):
            put_reports(site, 2020, 2021)
            site.put(REPORT, title(2021), "<p>一、总体情况</p><a href='/f.pdf'>附件：f.pdf</a>")
            site.answers["/f.pdf"] = lambda _, body=body: at_once(body)  # type: ignore[misc]
        summary = crawl_all(sites, tmp_path / "data")
    assert summary.problems == []
    assert [portal.attachments for portal in summary.portals] == [1] * 5
    assert [portal.found for portal in summary.portals] == [2] * 5
    assert watched.peak <= 4 * MEGABYTE
    assert watched.waited >= 3
    assert watched.rooms[-1].used == 0
    with Archive(tmp_path / "data", readonly=True) as archive:
        kept = {archive.content(one) for one in archive.captures(roles=["attachment"])}
    assert kept == set(bodies)


def raw_portals(stack: ExitStack, count: int) -> list[RawPortal]:
    """Portals, each on a host of its own."""
    return [stack.enter_context(raw(f"127.0.0.{number + 1}")) for number in range(count)]


def crawl_raw(sites: list[RawPortal], data: Path) -> CrawlSummary:
    numbered = enumerate(sites)
    return crawl_all(
        [SmallPortal(f"127.0.0.{n + 1}", port=site.port) for n, site in numbered], data
    )


def test_a_connection_whose_answer_ended_while_it_waited_is_used_again(
    watched: type[Watched], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of its bytes is the one that asks for room, and another portal has all of it."""
    monkeypatch.setattr("crawler.settings.DOWNLOAD_TIMEOUT", 6)
    began, ended = threading.Event(), threading.Event()

    def takes_all_the_room(peer: socket.socket) -> None:
        peer.sendall(OK + b"Content-Length: 4000000\r\n\r\n" + b"x" * (ORDINARY + 100))
        began.set()
        ended.wait(5)

    def first_and_second(_: Asked) -> Answer:
        assert began.wait(5)
        if sum(asked.line.endswith(".pdf") for asked in small.asked) > 1:
            ended.set()
        return Answer(b"%PDF-1.4 " + b"x" * (ORDINARY - 8))

    with ExitStack() as stack:
        greedy, small = stack.enter_context(raw("127.0.0.2")), stack.enter_context(serving())
        greedy.behaviours[REPORT] = takes_all_the_room
        put_reports(small, 2021)
        links = "".join(f"<a href='/{name}.pdf'>附件：{name}.pdf</a>" for name in "fg")
        small.put(REPORT, title(2021), f"<p>一、总体情况</p>{links}")
        small.answers["/f.pdf"] = small.answers["/g.pdf"] = first_and_second
        summary = crawl_all([SmallPortal("127.0.0.2", port=greedy.port), small], tmp_path)
    assert [portal.found for portal in summary.portals] == [1, 1]
    assert (summary.portals[1].attachments, small.connections) == (2, 1)
    assert watched.waited == 1
    assert watched.rooms[-1].used == 0


def test_a_waiting_answer_that_is_given_up_leaves_nothing_behind(
    watched: type[Watched], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.under_way.MOST_MORE", 0.0)
    monkeypatch.setattr("crawler.settings.DOWNLOAD_TIMEOUT", 1)
    monkeypatch.setattr("crawler.middlewares.backoff._TRIES", 0)

    def stops_half_way(peer: socket.socket) -> None:
        head = OK + b"Content-Length: 4000000\r\n\r\n"
        peer.sendall(head + b"x" * 500_000)
        threading.Event().wait(3)

    with ExitStack() as stack:
        sites = raw_portals(stack, 3)
        for site in sites:
            site.behaviours[REPORT] = stops_half_way
        summary = crawl_raw(sites, tmp_path)
    assert [portal.found for portal in summary.portals] == [1] * 3
    assert all("no answer in time" in line for line in summary.problems)
    assert watched.waited >= 1
    assert watched.rooms[-1].used == 0


def slowly(length: bytes, pieces: int, pause: float) -> Behaviour:
    """Send a report of 200,000 bytes in pieces."""
    text = page(title(2021), "<p>一、总体情况</p>" + "<p>正文</p>" * 13_000).encode()
    size = -(-len(text) // pieces)

    def send(peer: socket.socket) -> None:
        head = OK + (b"Content-Length: %d\r\n" % len(text) if length == b"known" else b"")
        peer.sendall(head + b"Connection: close\r\n\r\n")
        for start in range(0, len(text), size):
            peer.sendall(text[start : start + size])
            threading.Event().wait(pause)

    return send


@pytest.mark.parametrize("length", [b"known", b"unknown"])
def test_a_large_answer_may_take_its_time_once_it_comes(
    length: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.settings.DOWNLOAD_TIMEOUT", 1)
    monkeypatch.setattr("crawler.under_way.MORE_UNKNOWN", 3.0)
    with raw() as site:
        site.behaviours[REPORT] = slowly(length, 4, 0.5)
        summary = crawl_raw([site], tmp_path)
    assert (summary.found, summary.problems) == (2, [])
    assert site.asked.count(REPORT) == 1


def test_there_is_an_end_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.settings.DOWNLOAD_TIMEOUT", 1)
    monkeypatch.setattr("crawler.under_way.MOST_MORE", 0.2)
    monkeypatch.setattr("crawler.middlewares.backoff._TRIES", 0)
    with raw() as site:
        site.behaviours[REPORT] = slowly(b"known", 8, 0.5)
        summary = crawl_raw([site], tmp_path)
    assert (summary.found, summary.failed) == (1, 1)
    assert "no answer in time" in summary.problems[0]
