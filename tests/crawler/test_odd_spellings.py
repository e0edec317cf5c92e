"""Addresses as nobody writes them: wherever they lead, it is not inside."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from small_portal import Answer, put_reports, serving
from test_unreachable import Reached, a_world, file_links, reached

from crawler.model import CrawlOptions
from crawler.run import crawl

if TYPE_CHECKING:
    from pathlib import Path

INSIDE = "10.0.0.1"
SPELLINGS = [
    "ht\ttp://{host}:{port}/{n}", "http://{host}\t:{port}/{n}", "\x01http://{host}:{port}/{n}",
    "http:\\\\{host}:{port}\\{n}", "//{host}:{port}/{n}", "\\\\{host}:{port}/{n}",
    "/\\{host}:{port}/{n}", "///{host}:{port}/{n}", "http:/{host}:{port}/{n}",
    "http:{host}:{port}/{n}", "http:///{host}:{port}/{n}", "HTTP://{host}:{port}/{n}",
    "http://１0.0.0.1:{port}/{n}", "http://①⓪.0.0.1:{port}/{n}", "http://10｡0｡0｡1:{port}/{n}",
    "http://10%2e0%2e0%2e1:{port}/{n}", "http://%31%30.0.0.1:{port}/{n}",
    "http://{host}%00.www.test:{port}/{n}", "http://{host}\x00.www.test:{port}/{n}",
    "http://{host}%23@www.test:{port}/{n}", "http://www.test#@{host}:{port}/{n}",
    "http://www.test?@{host}:{port}/{n}", "http://www.test%40{host}:{port}/{n}",
    "http://www.test&@{host}:{port}/{n}", "http://a:b@www.test@{host}:{port}/{n}",
    "http://{host};www.test:{port}/{n}", "http://{host},www.test:{port}/{n}",
    "http://{host}:{port}:80/{n}", "http://{host} :{port}/{n}", "http://{host}..:{port}/{n}",
    "http://.{host}:{port}/{n}", "http://{host}.:{port}/{n}", "http://0012.0.0.1:{port}/{n}",
    "http://0x0a.0x00.0x00.0x01:{port}/{n}", "http://[::ffff:{host}%25portal]:{port}/{n}",
    "http://[::ffff:0a00:0001]:{port}/{n}", "http://[0:0:0:0:0:ffff:{host}]:{port}/{n}",
    "http://[::{host}]:{port}/{n}", "http://[{host}]:{port}/{n}", "http://[v1.a]:{port}/{n}",
    "http://+{host}:{port}/{n}", "http://-{host}:{port}/{n}", "http://10.0.0.1e0:{port}/{n}",
    "http://0xa000001.www.test:{port}/{n}", "http://xn--10-0.0.1:{port}/{n}",
    "http://10.0.0.1\u00ad:{port}/{n}", "http://10.\u200b0.0.1:{port}/{n}",
    "http://10.0.0.1\u3002:{port}/{n}", "http://inside。test:{port}/{n}",
    "http://ｉｎｓｉｄｅ.test:{port}/{n}", "http://INSIDE.TEST:{port}/{n}",
    "http://inſide.test:{port}/{n}", "http://inside.test.:{port}/{n}",
    "view-source:http://{host}:{port}/{n}", "feed:http://{host}:{port}/{n}",
    "url:http://{host}:{port}/{n}", "blob:http://{host}:{port}/{n}",
    "https://{host}:{port}/{n}", "wss://{host}:{port}/{n}", "unix:///var/run/{n}",
]  # fmt: skip


def written(spelling: str, number: int, port: int) -> str:
    return spelling.format(host=INSIDE, port=port, n=f"odd-{number}.pdf")


@pytest.fixture(scope="module")
def spelt(tmp_path_factory: pytest.TempPathFactory) -> Reached:
    """A crawl of reports whose files lie there, by links, redirects and refreshes."""
    with a_world() as world:
        files = {}
        for number, spelling in enumerate(SPELLINGS):
            url = written(spelling, number, world.inner.port)
            sent = url.encode().decode("latin-1").replace("\x00", "%00")
            files[f"{number}"] = [url.replace("'", ""), f"/r{number}.pdf", f"/m{number}.pdf"]
            world.site.answers[f"/r{number}.pdf"] = Answer("", 302, {"Location": sent})
            refresh = f'<meta http-equiv="refresh" content="0; url={url}">'
            world.site.answers[f"/m{number}.pdf"] = Answer(f"<html>{refresh}")
        file_links(world.site, files)
        summary = world.crawled(tmp_path_factory.mktemp("spelt"), max_requests=2_000)
        return reached(world, summary)


@pytest.mark.parametrize("number", range(len(SPELLINGS)), ids=[repr(one) for one in SPELLINGS])
def test_no_spelling_leads_inside(spelt: Reached, number: int) -> None:
    assert spelt.connections == 0
    assert not spelt.paths
    assert f"/r{number}.pdf" in spelt.outside
    assert f"/m{number}.pdf" in spelt.outside


def test_nothing_that_is_no_address_breaks_a_crawl(spelt: Reached) -> None:
    assert spelt.found == len(SPELLINGS)
    assert not any("Error" in line for line in spelt.problems)


def test_the_odd_spellings_are_addresses_indeed(tmp_path: Path) -> None:
    """With a guard that lets everything through several of them do lead inside."""
    with a_world() as world, pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawler.guard.is_public", lambda _: True)
        sites = {
            f"{number}": [written(spelling, number, world.inner.port)]
            for number, spelling in enumerate(SPELLINGS)
            if "'" not in spelling
        }
        file_links(world.site, sites)
        world.crawled(tmp_path, max_requests=2_000)
        assert len({line for line in world.inner.lines if "odd-" in line}) > 15


def test_one_address_is_one_host_however_it_is_written(tmp_path: Path) -> None:
    with serving() as site:
        put_reports(site, 2021)
        hosts = ("127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1")
        portals = [
            replace(site.portal(), id=f"p{n}", url=f"http://{host}:{site.port}/")
            for n, host in enumerate(hosts)
        ]
        options = CrawlOptions(delay=0.1, allow_private=True, browser=False)
        summary = crawl(portals, tmp_path, options)
    assert [portal.found for portal in summary.portals] == [1] * len(hosts)
    times = [asked.at for asked in site.asked]
    between = [later - earlier for earlier, later in pairwise(times)]
    assert min(between) > 0.02
    assert sum(between) > len(between) * 0.095
