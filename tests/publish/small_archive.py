"""Archives made with the real thing, for the tests of what is published from them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from archive import Archive, Capture, Exchange, PortalRecord

if TYPE_CHECKING:
    from pathlib import Path

FILES = files("demo") / "files"
PORTAL = PortalRecord(
    "a", "http://a.gov.cn/", "990101", "示范区", "county", city="示范市", province="示范省"
)
OTHER = PortalRecord("b", "http://b.gov.cn/", "990102", "样本区", "county", province="示范省")
HTML = "text/html; charset=utf-8"
TITLE = "示范区人民政府2023年政府信息公开工作年度报告"


def demo_file(name: str) -> bytes:
    """A file of the demonstration: a report as a portal would publish it."""
    return (FILES / name).read_bytes()


def cover(title: str, *links: str) -> bytes:
    """A page that holds nothing but a title and links to files."""
    anchors = "".join(f'<p><a href="{link}">附件</a></p>' for link in links)
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{anchors}</body></html>"
    ).encode()


@dataclass
class Crawl:
    """A run under way: keeps answers a second apart."""

    archive: Archive
    run: int
    second: int = 0

    def keep(self, url: str, body: bytes, role: str = "report", **given: Any) -> Capture:
        """Keep an answer as the crawler would."""
        self.second += 1
        media_type = given.pop("media_type", HTML).encode()
        fields: dict[str, Any] = {
            "url": url,
            "method": "GET",
            "request_headers": ((b"Host", b"a.gov.cn"),),
            "request_body": b"",
            "status": 200,
            "headers": ((b"Content-Type", media_type), (b"X-Powered-By", b"<script>")),
            "body": body,
            "fetched_at": f"2026-11-{self.run:02}T06:{self.second // 60:02}:{self.second % 60:02}Z",
            "portal": "a",
            "role": role,
            "robots": "allowed",
        }
        return self.archive.record(Exchange(**(fields | given)))

    def end(self) -> None:
        """Finish the run."""
        self.archive.finish_run(f"run{self.run}", f"2026-11-{self.run:02}T07:00:00Z", requests=1)


def begin(archive: Archive, run: int) -> Crawl:
    """Begin the run of a day."""
    archive.begin_run(f"run{run}", f"2026-11-{run:02}T06:00:00Z", (PORTAL, OTHER))
    return Crawl(archive, run)


def page(url: str) -> str:
    """An address on the first portal."""
    return f"http://a.gov.cn/{url}"


def filled(data: Path) -> Path:
    """Two portals, one run: pages with tables, covers with a PDF and a Word file, look-alikes."""
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page(""), b"<a>", "home")
        crawl.keep(page("list"), b"<a>list", "list", via=page(""), link_text="年报")
        crawl.keep(
            page("2023.html"),
            demo_file("shifan-2023.html"),
            via=page("list"),
            link_text=TITLE,
        )
        crawl.keep(
            page("2024.html"),
            cover("示范区2024年度政府信息公开工作年度报告解读"),
            via=page("list"),
            link_text="示范区2024年度政府信息公开工作年度报告解读",
        )
        crawl.keep(page("lacking.html"), demo_file("hongze-2024.html"), via=page("list"))
        crawl.keep(page("2010.html"), b"gone", status=404, reason="HTTP 404")
        crawl.keep(
            "http://b.gov.cn/2021.html",
            cover("2021年政府信息公开工作年度报告", "x.pdf"),
            portal="b",
            link_text="样本区2021年政府信息公开工作年度报告",
        )
        crawl.keep(
            "http://b.gov.cn/x.pdf",
            demo_file("unnamed-2021.pdf"),
            "attachment",
            portal="b",
            via="http://b.gov.cn/2021.html",
            link_text="附件",
            media_type="application/pdf",
        )
        crawl.end()
    return data
