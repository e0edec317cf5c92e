"""The order in which a crawl asks: best first within a host, hosts in turn, one at a time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

from scrapy import Request

from crawler.frontier import HostsInTurn


def frontier() -> tuple[HostsInTurn, set[Request]]:
    active: set[Request] = set()
    downloader = SimpleNamespace(
        active=active,
        get_slot_key=lambda one: one.meta.get("download_slot") or urlsplit(one.url).hostname,
    )
    crawler = SimpleNamespace(engine=SimpleNamespace(downloader=downloader))
    return HostsInTurn.from_crawler(cast("Any", crawler), list, "", start_queue_cls=list), active


def request(url: str, priority: int = 0, **meta: str) -> Request:
    return Request(url, priority=priority, meta=meta)


def popped(queue: HostsInTurn) -> str | None:
    found = queue.pop()
    return found.url if found else None


def test_the_best_of_a_host_goes_first_and_of_equals_the_latest() -> None:
    queue, _ = frontier()
    for path, priority in (("a", 1), ("b", 9), ("c", 1), ("d", 5)):
        queue.push(request(f"http://x.cn/{path}", priority))
    assert len(queue) == 4
    assert [popped(queue) for _ in range(5)] == [
        *(f"http://x.cn/{path}" for path in "bdca"), None,
    ]  # fmt: skip
    assert len(queue) == 0


def test_hosts_have_their_turn_whatever_their_priorities() -> None:
    queue, _ = frontier()
    for number in range(3):
        queue.push(request(f"http://a.cn/{number}", 100))
        queue.push(request(f"http://b.cn/{number}", 1))
    assert [(popped(queue) or "")[7] for _ in range(6)] == ["a", "b", "a", "b", "a", "b"]


def test_a_host_gives_no_second_request_while_one_is_under_way() -> None:
    queue, active = frontier()
    for number in range(2):
        queue.push(request(f"http://a.cn/{number}"))
    first = queue.pop()
    assert first is not None
    active.add(first)
    queue.push(request("http://a.cn/better", 50))
    assert queue.pop() is None
    assert len(queue) == 2
    active.remove(first)
    assert popped(queue) == "http://a.cn/better"


def test_a_busy_host_holds_no_other_host_and_not_the_browser() -> None:
    queue, active = frontier()
    queue.push(request("http://a.cn/1"))
    queue.push(request("http://a.cn/2"))
    first = queue.pop()
    assert first is not None
    active.add(first)
    queue.push(request("http://b.cn/1"))
    queue.push(request("http://a.cn/3", download_slot="browser"))
    assert {popped(queue), popped(queue), popped(queue)} == {
        "http://b.cn/1", "http://a.cn/3", None,
    }  # fmt: skip


def test_a_request_that_nobody_holds_any_more_keeps_no_host_busy() -> None:
    queue, _ = frontier()
    queue.push(request("http://a.cn/1"))
    assert popped(queue) == "http://a.cn/1"
    queue.push(request("http://a.cn/2"))
    assert popped(queue) == "http://a.cn/2"
