# ruff: noqa: E501 - recorded markup and addresses, one a line
from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, SmallPortal, crawled, put_reports, serving

from crawler.guard import GuardedResolver, is_public

if TYPE_CHECKING:
    from pathlib import Path

NOT_PUBLIC = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
    "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2400:3200::5efe:a00:1",
    "2400:3200::200:5efe:a00:1", "::ffff:0:a00:1",
    "2002:a00:1::1", "2001:0:7f00:1::", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "100::1", "2001:db8::1", "", "localhost", "1.2.3", "8.8.8.8:80",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.2.3.4", "223.5.5.5", "2400:3200::1", "64:ff9b::808:808", "172.32.0.1"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


# Every way to write an address of this machine that its resolver understands.
FORMS = [
    "localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.1", "127.0.1", "2130706433",
    "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0", "127.0.0.1.",
    "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[::ffff:7f00:1]", "127.000.000.001",
    "127.0.0.2", "127.9.9.9", "１２７.０.０.１", "127。0。0。1",
    "10.0.0.1", "192.168.0.1", "169.254.169.254", "100.64.1.1", "[fe80::1]", "[fc00::1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.mark.parametrize("host", FORMS)
def test_no_form_of_a_private_address_is_let_through(host: str) -> None:
    resolver = GuardedResolver(None)
    assert asyncio.run(resolver.allowed(host.strip("[]"), 80)) == []


def test_a_name_with_a_public_and_a_private_address_keeps_the_public_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def lookup(_host: str, _port: int) -> list[str]:
        return ["10.1.2.3", "93.184.216.34", "::1"]

    monkeypatch.setattr("crawler.guard.lookup", lookup)
    resolver = GuardedResolver(None)
    assert asyncio.run(resolver.allowed("both.example", 80)) == ["93.184.216.34"]
    assert resolver.refused == {}


def test_a_name_that_changes_its_address_is_checked_every_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    async def lookup(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    monkeypatch.setattr("crawler.guard.lookup", lookup)
    resolver = GuardedResolver(None)
    assert asyncio.run(resolver.allowed("rebinding.example", 80)) == ["93.184.216.34"]
    assert asyncio.run(resolver.allowed("rebinding.example", 80)) == []
    assert resolver.refused == {"rebinding.example": ["127.0.0.1"]}


@pytest.fixture
def only_this_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 stands for the public internet, everything else on loopback is private."""
    monkeypatch.setattr("crawler.guard.is_public", lambda address: address == "127.0.0.1")


def test_a_private_home_page_is_refused_in_one_line(tmp_path: Path) -> None:
    with serving() as site:
        summary = crawled(site, tmp_path, allow_private=False)
    assert site.lines == []
    assert summary.problems == [
        f"试验区: the home page ({site.url}): 127.0.0.1 is not a public address; --allow-private would reach it"
    ]


def targets(inner: SmallPortal) -> list[str]:
    port = inner.port
    hosts = ["127.0.0.2", "127.2", "2130706434", "0x7f000002", "0177.0.0.2", "017700000002"]
    hosts += ["[::1]", "[::ffff:127.0.0.2]", "0", "127.0.0.2.", "localhost.localdomain"]
    return [f"http://{host}:{port}/secret" for host in hosts]


@pytest.mark.usefixtures("only_this_public")
def test_no_redirect_link_or_file_reaches_a_private_address(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as inner:
        inner.put("/secret", "secret", "<p>inside</p>")
        urls = targets(inner)
        put_reports(site, *range(2008, 2008 + len(urls)))
        pages = [path for path in site.answers if "/t20" in path and "zfxxgknb" in path]
        for number, (path, url) in enumerate(zip(pages, urls, strict=True)):
            file = f"/files/{number}.pdf"
            links = f"<a href='{url}.pdf'>附件：a.pdf</a><iframe src='{url}.doc'></iframe>"
            site.put(path, "报告", f"{links}<a href='{file}'>附件：b.pdf</a>")
            site.answers[file] = Answer("", 302, {"Location": url})
        summary = crawled(site, tmp_path, allow_private=False)
    assert inner.lines == []
    assert summary.found == len(urls)
    assert any("not a public address" in line for line in summary.problems)


@pytest.mark.usefixtures("only_this_public")
def test_a_robots_txt_that_leads_inside_closes_the_portal(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as inner:
        site.answers["/robots.txt"] = Answer("", 301, {"Location": f"{inner.url}robots.txt"})
        summary = crawled(site, tmp_path, allow_private=False)
    assert inner.lines == []
    assert site.lines == ["GET /robots.txt"]
    assert "not a public address" in summary.problems[0]


@pytest.mark.usefixtures("only_this_public")
def test_a_report_that_redirects_inside_is_not_followed(tmp_path: Path) -> None:
    with serving() as site, serving("127.0.0.2") as inner:
        put_reports(site, 2020, 2021)
        path = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
        site.answers[path] = Answer("", 302, {"Location": f"{inner.url}secret"})
        summary = crawled(site, tmp_path, allow_private=False)
    assert inner.lines == []
    assert (summary.found, summary.failed) == (1, 1)
    assert "redirects to another site" in summary.problems[0]


def test_the_system_resolver_understands_the_forms_the_guard_is_tried_with() -> None:
    """Else the test of forms would pass for want of an answer."""
    understood = set()
    for host in FORMS:
        try:
            answers = socket.getaddrinfo(host.strip("[]"), 80, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            continue
        found = [str(answer[4][0]).partition("%")[0] for answer in answers]
        understood |= {host for address in found if ipaddress.ip_address(address)}
    assert len(understood) >= 25
