"""What every simulated portal is put together with: its frame, its articles, its traps."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from benchmarks.portals import world as w
from demo.portals import template
from demo.portals.site import Page, Site, article

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from demo.portals.content import Item

    Address = Callable[[Item], str]

PER_PAGE = 15
PDF = "application/pdf"
JSON = "application/json; charset=utf-8"


class Builder:
    """A portal under construction; `number` gives it a loopback address of its own."""

    def __init__(self, key: str, what: str, number: int, *, known: bool = True) -> None:
        """Begin with an empty site and its robots.txt."""
        site = Site("990100", w.PLACE, f"127.88.1.{number}", validators="etag")
        site.put_common("User-agent: *\nDisallow: /admin/\n")
        self.site = site
        self.world = w.World(key, what, site, known)
        self.entries: dict[str, list[tuple[str, str, str]]] = {}
        """By list: title, address and day, for the lists that scripts fill."""

    def menu(self, *links: tuple[str, str]) -> None:
        """Give every page from now on this menu, with a calendar and a page that is slow."""
        self.site.menu = [
            ("首页", "/"),
            *links,
            ("日历", "/rili.html?y=2023&m=1"),
            ("地图", "/map"),
        ]
        self.site.put_page("/map", "城区地图", "<p>城区地图</p>")
        self.world.slow.add("/map")
        self.site.dynamic = self._calendar

    def _calendar(self, address: str, _sent: str) -> Page | None:
        """A calendar without end, its days numbered as pages of a list are."""
        parts = urlsplit(address)
        if parts.path != "/rili.html":
            return None
        given = {name: int(values[-1]) for name, values in parse_qs(parts.query).items()}
        year, month = given.get("y", 2023), given.get("m", 1)
        after = f"/rili.html?y={year + month // 12}&m={month % 12 + 1}"
        days = "".join(f'<a href="/rili.html?y={year}&m={month}&d={d}">{d}</a>' for d in range(29))
        more = "".join(f'<a href="{after}">{text}</a>' for text in ("下一页", "政务公开"))
        main = f"<h1>{year}年{month}月</h1>{days}{more}"
        return Page(self.site.framed("日历", main).encode())

    def also(self, answer: Callable[[str, str], Page | None]) -> None:
        """Answer some addresses by a function too."""
        before = self.site.dynamic
        self.site.dynamic = lambda address, sent: (
            answer(address, sent) or (before(address, sent) if before else None)
        )

    def hub(self, path: str, title: str, *links: tuple[str, str], head: str = "") -> None:
        """Publish a page that leads on."""
        items = "".join(f'<li><a href="{url}">{text}</a></li>' for text, url in links)
        self.site.put_page(path, title, f"<h1>{title}</h1><ul>{items}</ul>", head)

    def home(self, address: Address, path: str = "/", extra: str = "") -> None:
        """Publish the news articles and the home page that shows some of them."""
        items = w.news()
        for item in items:
            self.put_article(address(item), item)
        rows = template.rows(items[:60], [address(item) for item in items[:60]])
        self.site.put_page(path, "首页", f"<h2>新闻</h2>{template.listing(rows)}{extra}")
        if path != "/":
            self.site.pages["/"] = Page(b"", status=302, headers=(("Location", path.encode()),))

    def put_article(self, path: str, item: Item) -> None:
        """Publish an article that is no report."""
        main = article(item.title, item.day, w.article_body(item), 'id="zoom"', w.PLACE)
        self.site.put_page(path, item.title, main)

    def put_report(self, path: str, report: w.Report, container: str = 'id="zoom"') -> None:
        """Publish a report: its text, or a page with its file."""
        file = None
        if report.attached:
            name = hashlib.sha256(path.encode()).hexdigest()[:20]
            file = f"/files/P{name}.pdf"
            self.site.put(file, w.pdf(name), PDF)
        body = w.report_body(report, file)
        main = article(report.item.title, report.item.day, body, container, report.unit)
        self.site.put_page(path, report.item.title, main)
        self.world.truth.add(path)

    def mixed(
        self, reports: Sequence[w.Report], address: Address, others: Sequence[Item] = ()
    ) -> list[tuple[str, str, str]]:
        """Publish reports and look-alikes; the entries of their list, newest first."""
        for report in reports:
            self.put_report(address(report.item), report)
        for item in others:
            self.put_article(address(item), item)
        items = [*(report.item for report in reports), *others]
        items.sort(key=lambda item: item.day, reverse=True)
        return [(item.title, address(item), item.day) for item in items]


def rows(entries: Sequence[tuple[str, str, str]]) -> str:
    """The rows of a list; long titles are cut, as many portals do."""
    lines = [
        f'<li><a href="{url}" title="{title}">{title if len(title) < 28 else title[:24] + "…"}</a>'
        f"<span>{day}</span></li>"
        for title, url, day in entries
    ]
    return template.listing(lines)


def chunks(
    entries: Sequence[tuple[str, str, str]], size: int = PER_PAGE
) -> list[Sequence[tuple[str, str, str]]]:
    """A list's entries page by page; an empty list has one empty page."""
    return [entries[at : at + size] for at in range(0, len(entries), size)] or [[]]


def digest(item: Item, length: int = 32) -> str:
    """Hexadecimal digits that stand for an article in addresses."""
    return item.digest[:length]
