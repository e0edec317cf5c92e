# ruff: noqa: E501 - recorded markup and addresses, one a line
from __future__ import annotations

import pytest

from crawler.discovery.content import (
    Gone,
    blocked,
    fingerprint,
    is_file,
    reads_as_report,
    soft_404,
    went_home,
)
from crawler.discovery.page import Page
from crawler.sites import address_key, is_government, site_of

HOME = "http://www.example.gov.cn/"
URL = f"{HOME}zwgk/t20220120_1.html"
SECTIONS = (
    "一、总体情况 二、主动公开政府信息情况 三、收到和处理政府信息公开申请情况 五、存在的主要问题"
)


def page(body: str, url: str = URL) -> Page:
    return Page(url, f"<html><head><title>t</title></head><body>{body}</body></html>")


@pytest.mark.parametrize(
    "text",
    ["页面不存在", "您访问的页面不存在或已删除", "对不起，您请求的网页找不到了", "404 Not Found", "该文章已被删除",
     "抱歉，找不到此页面", "The requested URL was not found on this server", "您所查看的信息已被删除"],
)  # fmt: skip
def test_pages_that_say_gone(text: str) -> None:
    assert soft_404(page(f"<p>{text}</p>"), None)


@pytest.mark.parametrize(
    "text",
    [
        SECTIONS,
        "2021年政府信息公开工作年度报告见附件。",
        "本机关不掌握相关政府信息，政府信息不存在 3 件。" + SECTIONS * 20,
        "页面不存在 " + "政府信息公开 " * 200,
    ],
)
def test_pages_that_do_not(text: str) -> None:
    assert not soft_404(page(f"<p>{text}</p>"), None)


def test_a_probe_tells_what_words_do_not() -> None:
    menu = "首页 政务公开 办事服务 互动交流 " * 30
    gone = page(f"<p>{menu}</p><i>202211200700</i>", f"{HOME}abcdef0123456789.html")
    probe = Gone(200, gone.url, fingerprint(gone))
    assert soft_404(page(f"<p>{menu}</p><i>202211200755</i>"), probe)
    assert not soft_404(page(f"<p>{menu}</p><p>2021年报告</p>"), probe)
    assert not soft_404(page(f"<p>{menu}</p>"), Gone(404, gone.url, fingerprint(gone)))


def test_the_empty_shell_of_an_application_is_not_gone() -> None:
    shell = page("<div id=app></div><script src=/app.js></script>")
    assert not soft_404(shell, Gone(200, URL, fingerprint(shell)))


@pytest.mark.parametrize(
    ("asked", "answered", "gone"),
    [
        (URL, HOME, True),
        (URL, f"{HOME}index.html", True),
        (URL, f"{HOME}index.shtml", True),
        (URL, URL, False),
        (URL, f"{HOME}zwgk/", False),
        (HOME, f"{HOME}index.html", False),
        (URL, "http://other.gov.cn/", False),
    ],
)
def test_a_redirect_to_the_home_page(asked: str, answered: str, *, gone: bool) -> None:
    assert went_home(asked, answered, HOME) is gone


def test_a_long_page_that_mentions_a_wall_is_none() -> None:
    text = SECTIONS * 20 + "验证码 访问过于频繁 forbidden"
    assert blocked(200, page(f"<p>{text}</p><form><input type=password></form>")) is None


def test_a_report_reads_as_one() -> None:
    assert reads_as_report(page(f"<p>{SECTIONS}</p>"))
    assert not reads_as_report(page("<p>总体情况很好</p>"))


@pytest.mark.parametrize(
    "start", [b"%PDF-1.7", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1", b"{\\rtf1", b"\xff\xd8\xff\xe0"]
)
def test_files_by_their_bytes(start: bytes) -> None:
    assert is_file(start + b"x" * 100)


@pytest.mark.parametrize("text", ["", "<html>", "{}", "<html>\0</html>" + "x" * 1000])
def test_pages_by_their_bytes(text: str) -> None:
    assert not is_file(text.encode())
    assert not is_file(text.encode("utf-16"))


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://www.hulan.gov.cn/", "hulan.gov.cn"),
        ("https://zwgk.hulan.gov.cn/a", "hulan.gov.cn"),
        ("http://hulan.gov.cn:8080/", "hulan.gov.cn"),
        ("http://WWW.HULAN.GOV.CN./", "hulan.gov.cn"),
        ("http://www.example.com/", "example.com"),
        ("http://a.b.com.cn/", "b.com.cn"),
        ("http://x.bj.cn/", "x.bj.cn"),
        ("http://127.0.0.1:80/", "localhost:80"),
        ("http://127.0.0.2:80/", "127.0.0.2:80"),
        ("http://127.0.0.1/", "localhost"),
        ("http://[::1]/", "localhost"),
        ("http://localhost:8610/", "localhost:8610"),
        ("http://hulan.gov.cn.evil.com/", "evil.com"),
    ],
)
def test_what_belongs_together(url: str, site: str) -> None:
    assert site_of(url) == site


def test_whose_host_it_is() -> None:
    assert is_government("http://www.hulan.gov.cn/")
    assert not is_government("http://www.hulan.gov.cn.evil.com/")
    assert not is_government("http://evilgov.cn/")
    assert address_key("http://A.gov.cn/x#y") == address_key("https://a.gov.cn/x")
    assert address_key("http://a.gov.cn/x?a=1") != address_key("http://a.gov.cn/x?a=2")
