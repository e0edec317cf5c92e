"""What a simulated portal is made of: its pages in memory, and the reports it publishes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Literal

from demo.portals import template

if TYPE_CHECKING:
    from collections.abc import Callable

HTML = "text/html; charset=utf-8"
Links = list[tuple[str, str]]
"""Labels and addresses, in the order a menu shows them."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer; `modified` is the HTTP date that a site with validators sends along."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, bytes], ...] = ()
    modified: str = "Fri, 28 Jan 2022 08:00:00 GMT"


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A report that a right crawl finds.

    `page` is the address of the report's page, None where the list links the file itself;
    `document` that of the file the figures come from, the page itself where it prints them;
    `figures` names the report in `demo/figures`, and `link` is what the list says.
    """

    place: str
    year: int
    link: str
    page: str | None
    document: str
    media_type: str
    figures: str


@dataclass
class Site:
    """A portal: pages by address (path and query); `dynamic` answers what is not among them."""

    place: str
    name: str
    address: str
    city: str | None = None
    province: str | None = None
    menu: Links = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    reports: list[PublishedReport] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """Addresses that a list still links though the report is no longer there."""
    dynamic: Callable[[str, str], Page | None] | None = None
    """Called with the address and the body of the request."""
    soft_404: bool = False
    validators: Literal["etag", "date", "none"] = "etag"
    menu_html: str | None = None
    """A menu made by a script, in place of the links of `menu`."""

    def put(self, path: str, body: str | bytes, media_type: str = HTML) -> None:
        """Publish a file or a page that is complete already."""
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(data, media_type)

    def put_page(self, path: str, title: str, main: str, head: str = "") -> None:
        """Publish a page in the portal's frame; `main` and `head` are HTML."""
        self.put(path, self.framed(title, main, head))

    def framed(self, title: str, main: str, head: str = "") -> str:
        """The HTML of a page in the portal's frame."""
        menu = self.menu_html or template.menu(self.menu)
        return template.page(self.name, title, main, menu=menu, head=head)

    def put_common(self, robots: str) -> None:
        """Publish what every portal has: robots.txt, the style sheet, a page for officials only."""
        self.put("/robots.txt", robots, "text/plain; charset=utf-8")
        self.put("/css/site.css", template.CSS, "text/css; charset=utf-8")
        self.put_page("/admin/login.html", "后台登录", "<p>只供管理员使用。</p>")

    def not_found(self) -> Page:
        """The error page: with status 404, or with 200 on the portal that gets that wrong."""
        if self.soft_404:
            main = "<h1>页面不存在</h1><p>您访问的页面不存在或已被删除，请返回首页。</p>"
            return Page(self.framed("页面不存在", main).encode())
        main = "<h1>404</h1><p>找不到您要访问的页面。</p>"
        return Page(self.framed("404", main).encode(), status=404)


def article(title: str, day: str, inner: str, container: str, source: str) -> str:
    """The main part of an article's page; `container` is the attribute its family marks it by."""
    return (
        f'<h1>{escape(title)}</h1><p class="info">发布时间：{day}　来源：{escape(source)}</p>'
        f"<div {container}>\n{inner}\n</div>"
    )
