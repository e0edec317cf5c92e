"""Addresses a crawler must not reach, and the ways on which a page could lead it there.

Nothing is sent to a real one: names and literals resolve as they would, the guard judges what they
resolve to, and behind the guard a public address becomes the listener 127.0.0.1 and every other
one the listener 127.0.0.2, which counts its connections. A guard that lets one through fails here.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list
from scrapy.utils.python import without_none_values
from small_portal import (
    Answer,
    Asked,
    SmallPortal,
    crawled,
    items,
    page,
    put_reports,
    serving,
    title,
)

from archive import Archive
from crawler.browser.provider import find_browser
from crawler.guard import GuardedResolver, is_public, literal
from crawler.model import CrawlOptions, Portal
from crawler.run import crawl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.model import CrawlSummary

PUBLIC = "93.184.216.34"
REPORT = "/zwgk/zfxxgknb/202201/t20220120_2021.html"
LIST = "/zwgk/zfxxgknb/"
TEREDO = "2001:0:5db8:d822:0:ffff:f5ff:fffe"
"""10.0.0.1 as a client behind a public Teredo server."""

HOSTS = {
    "this machine": "127.0.0.1",
    "all of 127": "127.8.9.10",
    "this network": "0.0.0.0",
    "private 10": "10.0.0.1",
    "private 172.16": "172.31.255.254",
    "private 192.168": "192.168.1.1",
    "link-local, where clouds keep secrets": "169.254.169.254",
    "carrier-grade NAT": "100.64.0.1",
    "another cloud's secrets": "100.100.100.200",
    "protocol assignments": "192.0.0.8",
    "documentation": "192.0.2.1",
    "6to4 relays": "192.88.99.1",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.251",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 loopback": "[::1]",
    "v6 unspecified": "[::]",
    "v6 unique local": "[fd12:3456::1]",
    "v6 link-local": "[fe80::1]",
    "v6 site-local": "[fec0::1]",
    "v6 multicast": "[ff02::1]",
    "v6 documentation": "[2001:db8::1]",
    "v6 documentation, the newer": "[3fff::1]",
    "v6 discard": "[100::1]",
    "v6 with a zone": "[fe80::1%25lo]",
    "v6 with a bare zone": "[fe80::1%lo]",
    "v4 mapped": "[::ffff:10.0.0.1]",
    "v4 mapped in hex": "[::ffff:a00:1]",
    "v4 mapped, public": f"[::ffff:{PUBLIC}]",
    "v4 compatible": "[::10.0.0.1]",
    "v4 in 6to4": "[2002:a00:1::]",
    "v4 as a Teredo server": "[2001:0:a00:1::]",
    "v4 as a Teredo client": f"[{TEREDO}]",
    "v4 in ISATAP": "[2400:3200::5efe:10.0.0.1]",
    "v4 translated": "[::ffff:0:10.0.0.1]",
    "v4 in NAT64": "[64:ff9b::10.0.0.1]",
    "v4 in a local NAT64": "[64:ff9b:1::a00:1]",
    "decimal": "167772161",
    "hexadecimal": "0x0a000001",
    "octal": "01200000001",
    "dotted hexadecimal": "0xa.0.0.1",
    "dotted octal": "012.0.0.1",
    "mixed": "0xa.1",
    "short, two parts": "10.1",
    "short, three parts": "10.0.1",
    "zero": "0",
    "with a dot behind": "10.0.0.1.",
    "full-width digits": "１０.0.0.1",
    "ideographic full stops": "10。0。0。1",
    "localhost": "localhost",
    "localhost with a dot behind": "localhost.",
    "localhost in capitals": "LOCALHOST",
    "below localhost": "portal.localhost",
    "a name of this machine": "localhost.localdomain",
    "a name that is private": "inside.test",
    "a name that is private twice": "inside-twice.test",
    "a name that is public and private": "both.test",
    "a name that becomes private": "rebinding.test",
    "a user name before it": "user:secret@10.0.0.1",
    "a public host as user name": "portal.test@10.0.0.1",
    "a public host as user name, with a port": "portal.test:80@10.0.0.1",
    "a backslash before it": "portal.test\\@10.0.0.1",
}
NAMES = {
    "portal.test": [[PUBLIC]],
    "localhost": [["::1", "127.0.0.1"]],
    "portal.localhost": [["127.0.0.1"]],
    "localhost.localdomain": [["127.0.0.1"]],
    "inside.test": [["10.0.0.1"]],
    "intranet.portal.test": [["10.0.0.1"]],
    "inside-twice.test": [["fd00::1", "10.0.0.1"]],
    "both.test": [["10.0.0.1", PUBLIC, "::1"]],
    "rebinding.test": [[PUBLIC], ["10.0.0.1"]],
}


@dataclass
class World:
    """The public portal at `portal.test`, and the listener that nobody may reach."""

    site: SmallPortal
    inner: SmallPortal
    judged: list[str] = field(default_factory=list)
    """Hosts that the guard was asked for."""

    @property
    def reached(self) -> tuple[int, list[str]]:
        return self.inner.connections, self.inner.lines

    def secret(self, host: str, path: str = "/secret") -> str:
        """The address of something inside."""
        return f"http://{host}:{self.inner.port}{path}"

    def crawled(self, data: Path, **options: object) -> CrawlSummary:
        return crawled(self.site, data, allow_private=False, **options)


@contextmanager
def a_world() -> Iterator[World]:
    """Resolve names by the table, and connect to listeners of this machine only."""
    names = {host: [list(answer) for answer in answers] for host, answers in NAMES.items()}
    allowed = GuardedResolver.allowed
    with (
        serving() as site,
        serving("127.0.0.2", port=site.port) as inner,
        pytest.MonkeyPatch.context() as patch,
    ):
        world = World(site, inner)
        inner.put("/secret", title(2021), "<p>inside</p>")
        inner.otherwise = inner.answers["/secret"]  # type: ignore[assignment]
        site.address = "portal.test"

        async def resolve(host: str, _port: int) -> list[str]:
            world.judged.append(host)
            answers = names.get(host.lower().rstrip("."))
            if answers:
                return answers.pop(0) if len(answers) > 1 else answers[0]
            address = literal(host)  # some resolvers know fewer forms
            return [address] if address else []

        async def divert(self: GuardedResolver, host: str, port: int) -> list[str]:
            found = await allowed(self, host, port)
            return ["127.0.0.1" if address == PUBLIC else "127.0.0.2" for address in found]

        patch.setattr("crawler.guard.lookup", resolve)
        patch.setattr(GuardedResolver, "allowed", divert)
        yield world


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


# --- by every address ----------------------------------------------------------------------


def path_of(name: str) -> str:
    """What is asked for inside under a name, should the guard let it through."""
    return "/" + re.sub(r"\W+", "-", name)


def file_links(site: SmallPortal, files: dict[str, list[str]]) -> None:
    """Publish a report for each name, with the addresses of its files."""
    links = []
    for number, (name, urls) in enumerate(files.items()):
        told = title(2021, f"试验区第{number}局")
        attached = "".join(f"<a href='{url}'>附件：{told}.pdf</a>" for url in urls)
        site.put(f"{LIST}202201/t20220120_{number}.html", told, f"<p>{name}</p>{attached}")
        links.append((told, f"{LIST}202201/t20220120_{number}.html"))
    site.put(LIST, "政府信息公开年报", items(*links))


@dataclass
class Reached:
    """What a crawl reached inside, and the problems it told of."""

    connections: int
    paths: list[str]
    outside: list[str]
    problems: list[str]
    found: int
    attachments: int


def reached(world: World, summary: CrawlSummary) -> Reached:
    count, lines = world.reached
    return Reached(
        count,
        [line.split(" ")[1] for line in lines],
        [line.split(" ")[1] for line in world.site.lines],
        summary.problems,
        summary.found,
        sum(portal.attachments for portal in summary.portals),
    )


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Reached:
    """A crawl of reports whose files lie inside, by their links and by two redirects."""
    with a_world() as world:
        files: dict[str, list[str]] = {}
        for name, host in HOSTS.items():
            path = path_of(name)
            files[name] = [f"{world.secret(host, path)}.pdf", f"{path}-1.pdf"]
            world.site.answers[f"{path}-1.pdf"] = Answer("", 302, {"Location": f"{path}-2.pdf"})
            world.site.answers[f"{path}-2.pdf"] = Answer(
                "", 302, {"Location": world.secret(host, path)}
            )
        file_links(world.site, files)
        return reached(world, world.crawled(tmp_path_factory.mktemp("linked")))


@pytest.mark.parametrize("name", HOSTS)
def test_an_address_is_not_reached_by_a_link_or_a_redirect(linked: Reached, name: str) -> None:
    assert not [path for path in linked.paths if path.startswith(path_of(name))]
    assert linked.connections == 0
    assert f"{path_of(name)}-2.pdf" in linked.outside
    assert (linked.found, linked.attachments) == (len(HOSTS), 0)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Reached:
    """A crawl of portals whose home pages lie inside."""
    with a_world() as world:
        portals = [
            Portal(path_of(name), None, name, world.secret(host, path_of(name)))
            for name, host in HOSTS.items()
        ]
        options = CrawlOptions(delay=0, browser=False)
        return reached(world, crawl(portals, tmp_path_factory.mktemp("homes"), options))


@pytest.mark.parametrize("name", HOSTS)
def test_an_address_is_not_reached_as_a_home_page(homes: Reached, name: str) -> None:
    assert path_of(name) not in homes.paths
    assert homes.connections == 0
    assert len([line for line in homes.problems if line.startswith(f"{name}: ")]) == 1
    assert homes.found == 0


def test_what_the_hosts_stand_for_is_what_the_resolver_makes_of_them() -> None:
    """Else the tests above would pass for want of an answer."""
    understood = 0
    for host in HOSTS.values():
        bare = host.rpartition("@")[2].strip("[]").replace("%25", "%")
        address = literal(bare)
        if address is None:
            continue
        assert not is_public(address)
        if "%" in bare:
            continue
        answers = socket.getaddrinfo(bare.rstrip("."), 80, type=socket.SOCK_STREAM)
        assert ipaddress.ip_address(str(answers[0][4][0])) == ipaddress.ip_address(address)
        understood += 1
    assert understood >= 45


def test_a_public_portal_is_reached(world: World, tmp_path: Path) -> None:
    put_reports(world.site, 2021)
    summary = world.crawled(tmp_path)
    assert (summary.found, summary.problems) == (1, [])
    assert world.judged


@pytest.mark.parametrize("host", ["both.test", "portal.test."])
def test_a_portal_is_reached_at_its_public_address(world: World, tmp_path: Path, host: str) -> None:
    world.site.address = host
    put_reports(world.site, 2021)
    summary = world.crawled(tmp_path)
    assert world.reached == (0, [])
    assert summary.found == 1


def test_a_name_that_becomes_private_is_left_at_once(world: World, tmp_path: Path) -> None:
    """Its first answers are public, and the portal closes each connection: a new look-up each."""
    put_reports(world.site, 2021)
    world.site.address = "rebinding.test"
    closing = {"Content-Type": "text/html", "Connection": "close"}
    for path, answer in world.site.answers.items():
        assert isinstance(answer, Answer)
        world.site.answers[path] = replace(answer, headers=closing)
    world.site.answers["/robots.txt"] = Answer("", 404, closing)
    summary = world.crawled(tmp_path)
    assert world.reached == (0, [])
    assert world.site.lines == ["GET /robots.txt"]
    assert "rebinding.test (10.0.0.1) is not a public address" in summary.problems[0]


# --- by every way --------------------------------------------------------------------------


CHAINS = [(hops, status) for hops in range(1, 6) for status in (301, 302, 303, 307, 308)]


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> Reached:
    """A crawl of reports whose files redirect, and only the last hop leads inside."""
    with a_world() as world:
        file_links(world.site, {f"{h}-{s}": [f"/{h}-{s}-1.pdf"] for h, s in CHAINS})
        for hops, status in CHAINS:
            for hop in range(1, hops + 1):
                further = f"/{hops}-{status}-{hop + 1}.pdf"
                inside = world.secret("inside.test", f"/{hops}-{status}")
                to = {"Location": further if hop < hops else inside}
                world.site.answers[f"/{hops}-{status}-{hop}.pdf"] = Answer("", status, to)
        return reached(world, world.crawled(tmp_path_factory.mktemp("chains")))


@pytest.mark.parametrize(("hops", "status"), CHAINS)
def test_a_chain_of_redirects_does_not_lead_inside(chains: Reached, hops: int, status: int) -> None:
    assert f"/{hops}-{status}" not in chains.paths
    assert chains.connections == 0
    assert f"/{hops}-{status}-{hops}.pdf" in chains.outside
    assert any("not a public address" in line for line in chains.problems)


WAYS = ("home", "column", "report", "robots", "robots hop 5", "probe", "refresh", "hints",
        "refresh header", "sitemap", "base", "frame", "iframe", "script", "menu", "pager",
        "form", "jpage")  # fmt: skip
JPAGE = f"""<script type="text/xml"><datastore><nextgroup>
<![CDATA[<a href="{{url}}/module/web/jpage/dataproxy.jsp?page=1&columnid=1"></a>]]></nextgroup>
<recordset><record><![CDATA[<li><a href='{REPORT}'>{title(2021)}</a></li>]]></record></recordset>
</datastore></script>"""


def set_up(site: SmallPortal, way: str, url: str) -> None:
    """Publish a portal that leads to an address by one way."""
    put_reports(site, 2020, 2021)
    home, column = site.answers["/"], site.answers[LIST]
    assert isinstance(home, Answer)
    assert isinstance(column, Answer)
    away = Answer("", 302, {"Location": url})
    refresh = f"<meta http-equiv=refresh content='0; url={url}'>"
    pages = {
        "home": {"/": away},
        "column": {LIST: away},
        "report": {REPORT: away},
        "robots": {"/robots.txt": away},
        "refresh": {path: Answer(refresh) for path in ("/zwgk/", REPORT)},
        "refresh header": {"/zwgk/": Answer("", 200, {"Refresh": f"0; url={url}"})},
        "sitemap": {"/robots.txt": Answer(f"Sitemap: {url}", 200, {"Content-Type": "text/plain"})},
        "base": {"/zwgk/": Answer(f"<base href='{url}'>{column.body!s}")},
        "frame": {"/": Answer(f"<frameset><frame src='{url}'></frameset>")},
        "iframe": {LIST: Answer(page("政府信息公开年报", f"<iframe src='{url}'></iframe>"))},
        "script": {"/": Answer(page("试验区", f"<script src='{url}.js'></script>"))},
        "menu": {"/": Answer(page("试验区", items(("政府信息公开年报", url), ("政务公开", url))))},
        "pager": {LIST: Answer(f"{column.body!s}<a href='{url}?page=2'>下一页</a>")},
        "form": {LIST: Answer(f"{column.body!s}<form action='{url}'><input name=page></form>")},
        "hints": {"/": Answer(home.body, 200, {"Link": f"<{url}>; rel=preload", "Alt-Svc":
                  f'h2="{url}"', "Content-Location": url, "Content-Type": "text/html"})},
        "jpage": {LIST: Answer(page("政府信息公开年报", JPAGE.format(url=url)))},
    }  # fmt: skip
    if way == "robots hop 5":
        for hop in range(5):
            target = f"/robots{hop + 1}.txt" if hop < 4 else url
            path = f"/robots{hop}.txt" if hop else "/robots.txt"
            site.answers[path] = Answer("", 301, {"Location": target})
    elif way == "probe":
        site.otherwise = away
    else:
        site.answers |= pages[way]


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_a_page_leads_inside(world: World, tmp_path: Path, way: str) -> None:
    set_up(world.site, way, world.secret("intranet.portal.test"))
    world.crawled(tmp_path)
    assert world.reached == (0, [])
    assert "GET /robots.txt" in world.site.lines
    with Archive(tmp_path, readonly=True) as archive:
        assert not [one for one in archive.captures() if "secret" in one.url]


# --- by other schemes ----------------------------------------------------------------------

SCHEMES = ["file", "ftp", "sftp", "data", "gopher", "javascript", "s3", "ws", "blob", "about",
           "view-source", "jar", "dict", "ldap", "FILE", "\tfile"]  # fmt: skip


def by_scheme(scheme: str, world: World, canary: Path) -> str:
    host = f"127.0.0.2:{world.inner.port}"
    odd = {
        "file": canary.as_uri(),
        "data": f"data:text/html,{title(2021)}",
        "javascript": f"javascript:location='http://{host}/secret'",
        "about": "about:blank",
        "jar": f"jar:http://{host}/secret!/x",
        "view-source": f"view-source:http://{host}/secret",
    }
    return odd.get(scheme.strip().lower(), f"{scheme}://{host}/secret")


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
def test_another_scheme_leads_nowhere(world: World, tmp_path: Path, scheme: str) -> None:
    canary = tmp_path / "canary.html"
    canary.write_text(page(title(2019), "a bird in a mine"))
    url = by_scheme(scheme, world, canary)
    put_reports(world.site, 2020, 2021)
    column = world.site.answers[LIST]
    assert isinstance(column, Answer)
    world.site.answers[LIST] = Answer(f"{column.body!s}{items((title(2019), url))}")
    world.site.answers[REPORT] = Answer("", 302, {"Location": url})
    text = "<p>一、总体情况</p><p>本年度主动公开政府信息若干条，现公布如下。</p>"
    files = f"{text}<a href='{url}'>附件：a.pdf</a><iframe src='{url}'></iframe>"
    world.site.put(REPORT.replace("2021.", "2020.").replace("2022", "2021"), title(2020), files)
    summary = world.crawled(tmp_path / "data")
    assert world.reached == (0, [])
    assert (summary.found, summary.portals[0].attachments) == (1, 0)
    with Archive(tmp_path / "data", readonly=True) as archive:
        assert {one.url.partition(":")[0] for one in archive.captures()} == {"http"}
        assert not any(b"a bird in a mine" in archive.content(one) for one in archive.captures())


def test_only_http_has_a_handler() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    handlers = without_none_values(settings.getwithbase("DOWNLOAD_HANDLERS"))
    assert set(handlers) == {"http", "https"}
    middlewares = build_component_list(settings.getwithbase("DOWNLOADER_MIDDLEWARES"))
    assert not any("httpproxy" in name for name in middlewares)


def test_a_proxy_of_the_environment_is_not_asked(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.2:{world.inner.port}")
    put_reports(world.site, 2021)
    assert world.crawled(tmp_path).found == 1
    assert world.reached == (0, [])


# --- by the browser ------------------------------------------------------------------------

MARKUP = {
    "img": '<img src="{url}">',
    "srcset": '<img srcset="{url} 2x, {url} 1x" src="/none.png">',
    "script": '<script src="{url}"></script>',
    "module": '<script type=module src="{url}"></script>',
    "stylesheet": '<link rel=stylesheet href="{url}">',
    "style import": "<style>@import '{url}';</style>",
    "style picture": '<p style="background:url({url})">x</p>',
    "font": "<style>@font-face{{font-family:x;src:url({url})}} p{{font-family:x}}</style>",
    "iframe": '<iframe src="{url}"></iframe>',
    "object": '<object data="{url}"></object>',
    "embed": '<embed src="{url}">',
    "video": '<video src="{url}" autoplay></video>',
    "audio": '<audio src="{url}" autoplay></audio>',
    "track": '<video><track src="{url}" default></video>',
    "svg": '<svg><image href="{url}"/><use href="{url}#x"/></svg>',
    "icon": '<link rel=icon href="{url}">',
    "manifest": '<link rel=manifest href="{url}">',
    "prefetch": '<link rel=prefetch href="{url}">',
    "preload": '<link rel=preload as=fetch href="{url}">',
    "modulepreload": '<link rel=modulepreload href="{url}">',
    "prerender": '<link rel=prerender href="{url}">',
    "preconnect": '<link rel=preconnect href="{url}">',
    "dns-prefetch": '<link rel=dns-prefetch href="{url}">',
    "speculation": '<script type=speculationrules>{{"prefetch":[{{"source":"list",'
                   '"urls":["{url}"]}}]}}</script>',
    "form": '<form id=f action="{url}" target=t></form><iframe name=t></iframe>'
            "<script>document.getElementById('f').submit()</script>",
    "redirected": '<script src="/away?{url}"></script>',
    "ping": '<a id=p href="#x" ping="{url}">x</a><script>p.click()</script>',
    "source document": '<iframe srcdoc="<script src={url}></script><img src={url}>"></iframe>',
    "data document": '<iframe src="data:text/html,<script src={url}></script>"></iframe>',
    "image set": '<p style="background:image-set(url({url}) 1x)">x</p>',
    "picture button": '<input type=image src="{url}">',
    "attribution": '<img attributionsrc="{url}" src="data:,">',
    "touch icon": '<link rel=apple-touch-icon href="{url}">',
    "search": '<link rel=search type="application/opensearchdescription+xml" href="{url}">',
}  # fmt: skip
SCRIPTS = {
    "fetch": 'fetch("{url}", {{mode: "no-cors"}})',
    "fetch keepalive": 'fetch("{url}", {{mode: "no-cors", keepalive: true}})',
    "post": 'fetch("{url}", {{mode: "no-cors", method: "POST", body: "x"}})',
    "xhr": 'x = new XMLHttpRequest(); x.open("GET", "{url}"); x.send()',
    "websocket": 'new WebSocket("{ws}")',
    "eventsource": 'new EventSource("{url}")',
    "beacon": 'navigator.sendBeacon("{url}", "x")',
    "webtransport": 'new WebTransport("{url}".replace("http:", "https:"))',
    "import": 'import("{url}")',
    "worker": 'new Worker(URL.createObjectURL(new Blob(["fetch(\'{url}\')"])))',
    "worker websocket": 'new Worker(URL.createObjectURL(new Blob(["new WebSocket(\'{ws}\')"])))',
    "shared worker": 'new SharedWorker("/worker.js?{url}")',
    "service worker": 'navigator.serviceWorker.register("/worker.js?{url}")',
    "image": 'new Image().src = "{url}"',
    "window": 'window.open("{url}")',
    "refreshed frame": 'f = document.createElement("iframe"); f.srcdoc = "<meta http-equiv=refresh '
                       'content=\'0;url={url}\'>"; document.body.appendChild(f)',
    "written window": 'w = window.open("about:blank"); w.document.write("<img src={url}><script>"'
                      ' + "new WebSocket(\'{ws}\')" + String.fromCharCode(60) + "/script>")',
    "window of a blob": 'window.open(URL.createObjectURL(new Blob(["<script>new WebSocket(\'{ws}\')'
                        '" + String.fromCharCode(60) + "/script>"], {{type: "text/html"}})))',
    "worker of a worker": 'code = "fetch(\'{url}\')"; new Worker(URL.createObjectURL(new Blob(['
                          '"new Worker(URL.createObjectURL(new Blob([" + JSON.stringify(code)'
                          ' + "])))"])))',
    "worker's script": 'new Worker(URL.createObjectURL(new Blob(["importScripts(\'{url}\')"])))',
    "worklet": 'new AudioContext().audioWorklet.addModule("{url}")',
    "payment": 'new PaymentRequest([{{supportedMethods: "{url}"}}], {{total: {{label: "x", amount: '
               '{{currency: "CNY", value: "1"}}}}}}).canMakePayment()',
    "identity": 'navigator.credentials.get({{identity: {{providers: [{{configURL: "{url}", '
                'clientId: "x"}}]}}}})',
    "later": 'fetchLater("{url}", {{activateAfter: 0}})',
    "presentation": 'new PresentationRequest("{url}").getAvailability()',
    "download": 'a = document.createElement("a"); a.href = "{url}"; a.download = "x"; a.click()',
    "candidate": 'q = new RTCPeerConnection(); q.createDataChannel("x"); q.createOffer().then('
                 'async o => {{ await q.setLocalDescription(o); r = new RTCPeerConnection();'
                 'await r.setRemoteDescription(o); a = await r.createAnswer();'
                 'await q.setRemoteDescription(a); q.addIceCandidate({{sdpMid: "0", candidate: '
                 '"candidate:1 1 udp 2122260223 " + "{host}".replace(":", " ") + " typ host"}})}})',
    "turn": 'p = new RTCPeerConnection({{iceServers: [{{urls: ["turn:{host}?transport=tcp", '
            '"turn:{host}?transport=udp", "stun:{host}"], username: "a", credential: "b"}}]}});'
            'p.createDataChannel("x"); p.createOffer().then(o => p.setLocalDescription(o))',
    "name": 'fetch("{url}".replace("127.0.0.2", "inside.test"), {{mode: "no-cors"}})',
    "decimal": 'fetch("{url}".replace("127.0.0.2", "2130706434"), {{mode: "no-cors"}})',
    "file": 'f = document.createElement("iframe"); f.src = "file:///etc/hostname";'
            "document.body.appendChild(f)",
    "navigation": 'setTimeout(() => {{ location = "{url}" }}, 400)',
}  # fmt: skip
WORKER = "fetch(decodeURIComponent(location.search.slice(1)), {mode: 'no-cors'})"


def hostile_page(host: str) -> str:
    """A page that tries every way; each asks for a path of its own name."""

    def told(template: str, name: str) -> str:
        path = path_of(name)
        return template.format(url=f"http://{host}{path}", ws=f"ws://{host}{path}", host=host)

    tries = "".join(
        f"try {{ {told(text, name)} }} catch (e) {{}}\n" for name, text in SCRIPTS.items()
    )
    return "".join(told(text, name) for name, text in MARKUP.items()) + f"<script>{tries}</script>"


def hostile_headers(url: str) -> dict[str, str]:
    """Headers that have a browser ask for something, or tell somebody."""
    hints = ("preload; as=script", "preconnect", "dns-prefetch", "prefetch", "modulepreload")
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Link": ", ".join(f"<{url}/header-{n}>; rel={hint}" for n, hint in enumerate(hints)),
        "Reporting-Endpoints": f'default="{url}/header-report"',
        "Report-To": f'{{"group":"r","max_age":99,"endpoints":[{{"url":"{url}/header-old"}}]}}',
        "NEL": '{"report_to":"r","max_age":99,"success_fraction":1.0}',
        "Content-Security-Policy-Report-Only": f"script-src 'none'; report-uri {url}/header-csp",
        "Alt-Svc": f'h2="{url.partition("//")[2]}"; ma=99',
        "Speculation-Rules": f'"{url}/header-rules"',
        "SourceMap": f"{url}/header-map",
    }


@pytest.fixture(scope="module")
def browsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reached, int]:
    """One hostile page rendered: what it reached, and the datagrams it sent inside."""
    if find_browser() is None:
        pytest.skip("no browser on this machine")

    def away(asked: Asked) -> Answer:
        return Answer("", 302, {"Location": asked.line.partition("?")[2]})

    with a_world() as world, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("127.0.0.2", world.inner.port))
        datagrams.setblocking(False)  # noqa: FBT003 - the library's signature
        host = f"127.0.0.2:{world.inner.port}"
        text = page("政府信息公开年报", f"<div id=l></div>{hostile_page(host)}")
        world.site.answers[LIST] = Answer(text, headers=hostile_headers(f"http://{host}"))
        world.site.answers["/away"] = away
        script = {"Content-Type": "text/javascript"}
        world.site.answers["/worker.js"] = Answer(WORKER, headers=script)
        summary = world.crawled(tmp_path_factory.mktemp("browsed"), browser=True)
        received = 0
        try:
            while datagrams.recv(4096):
                received += 1
        except BlockingIOError:
            pass
        return reached(world, summary), received


@pytest.mark.browser
@pytest.mark.parametrize("way", [*MARKUP, *SCRIPTS])
def test_a_rendered_page_does_not_lead_inside(browsed: tuple[Reached, int], way: str) -> None:
    inside, _ = browsed
    assert path_of(way) not in inside.paths
    assert inside.connections == 0


@pytest.mark.browser
def test_the_hostile_page_was_rendered_and_sent_no_datagram(browsed: tuple[Reached, int]) -> None:
    inside, datagrams = browsed
    assert any(path.startswith("/away?") for path in inside.outside)
    assert datagrams == 0
