"""Cookies: a visit stays with one server, and what one host sets no other sees."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from small_portal import Answer, SmallPortal, crawled, items, put_reports, serving

if TYPE_CHECKING:
    from pathlib import Path

LIST = "/zwgk/zfxxgknb/"
HOSTS = ("district.city.gov.cn", "files.district.city.gov.cn", "city.gov.cn")


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is this machine, and the system's resolver is asked for none."""

    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    def nobody(*asked: Any, **_: Any) -> None:
        pytest.fail(f"{asked[0]} was looked up")

    monkeypatch.setattr("crawler.guard.lookup", here)
    monkeypatch.setattr("tldextract.TLDExtract.__call__", nobody)
    monkeypatch.setattr(socket, "getaddrinfo", nobody)


def setting(site: SmallPortal, *cookies: str) -> None:
    """Let the home page set cookies, one header line each."""
    home = site.answers["/"]
    assert isinstance(home, Answer)
    lines = "\r\nSet-Cookie: ".join(cookies)
    site.answers["/"] = Answer(
        home.body, headers={"Content-Type": "text/html", "Set-Cookie": lines}
    )


def sent(site: SmallPortal) -> dict[str, set[str | None]]:
    """By host, the Cookie headers of all requests after the home page."""
    after = site.asked[site.lines.index("GET /") + 1 :]
    hosts: dict[str, set[str | None]] = {}
    for asked in after:
        host = asked.headers["Host"].partition(":")[0]
        hosts.setdefault(host, set()).add(asked.headers.get("Cookie"))
    return hosts


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        ("node=7", "node=7"),
        ("node=7; Domain=district.city.gov.cn", "node=7"),
        ("node=7; Domain=.city.gov.cn; Path=/", "node=7"),
        ("node=7; Domain=.gov.cn", "node=7"),
        ("node=7; Domain=cn", None),
        ("node=7; Domain=other.gov.cn", None),
        ("node=7; Domain=files.district.city.gov.cn", None),
        ("node=7; Domain=.", None),
        ("node=7; Secure", None),
        ("node=7; Path=/elsewhere/", None),
        ("node=7; Max-Age=0", None),
        ("node=7; Expires=Fri, 99 Foo 99999 99:99:99 GMT", "node=7"),
        ("=;=;;=", None),
        (f"node={'7' * 5000}", None),
    ],
)
def test_a_cookie_goes_to_its_host_only_and_nobody_is_asked_whose_a_domain_is(
    tmp_path: Path, cookie: str, kept: str | None
) -> None:
    with serving() as site:
        site.address = HOSTS[0]
        put_reports(site, 2021)
        column = site.answers[LIST]
        assert isinstance(column, Answer)
        others = [f"http://{host}:{site.port}/f{n}.pdf" for n, host in enumerate(HOSTS[1:])]
        report = f"{LIST}202201/t20220120_2021.html"
        body = "<p>一、总体情况</p>" + items(*(("附件：f.pdf", url) for url in others))
        site.put(report, "试验区2021年政府信息公开工作年度报告", body)
        setting(site, cookie)
        summary = crawled(site, tmp_path)
    assert summary.found == 1
    hosts = sent(site)
    assert set(hosts) == set(HOSTS)
    assert hosts[HOSTS[0]] == {kept}
    assert hosts[HOSTS[1]] == hosts[HOSTS[2]] == {None}


def test_a_host_may_set_fifty_cookies_and_change_them(tmp_path: Path) -> None:
    with serving() as site:
        site.address = HOSTS[0]
        put_reports(site, 2021)
        setting(site, *(f"c{number % 100}={number}" for number in range(150)))
        assert crawled(site, tmp_path).found == 1
    (header,) = sent(site)[HOSTS[0]]
    assert header is not None
    assert header.count("=") == 50
    assert "c0=100" in header
