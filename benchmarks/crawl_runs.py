"""One crawl in a process of its own, by nianbao or by plain Scrapy: the two that are compared.

    python -m benchmarks.crawl_runs nianbao|scrapy PORT PORTALS DELAY FOLDER

The last line is JSON: answers, processor time of all threads and wall time in seconds, both
without the imports.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import TextResponse
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from benchmarks.crawl_server import address
from crawler import settings as ours
from crawler.model import CrawlOptions, Portal
from crawler.requests import LEAST_DELAY
from crawler.run import crawl

install_reactor(ours.TWISTED_REACTOR)
importlib.import_module("crawler.spiders.reports")  # what a crawl loads late is loaded by now
importlib.import_module("crawler.browser.handler")
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scrapy.http import Response

_OURS = (
    *("DOWNLOADER_MIDDLEWARES", "EXTENSIONS", "DOWNLOAD_HANDLERS", "TWISTED_DNS_RESOLVER"),
    *("SPIDER_MODULES", "COMMANDS_MODULE", "DUPEFILTER_CLASS", "SCHEDULER_PRIORITY_QUEUE"),
    *("DOWNLOADER", "BYTES_UNDER_WAY"),
)
"""Settings that name code of ours; the rest is the same for both."""


class PlainSpider(scrapy.Spider):
    """Knows where these portals have their links, looks at nothing else and keeps nothing."""

    name = "plain"

    def parse(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """Follow the links of the list."""
        if isinstance(response, TextResponse):
            for link in response.css("main a"):
                yield response.follow(link, self.parse)


def by_scrapy(homes: Sequence[str], delay: float, folder: str) -> int:
    """Crawl with plain Scrapy under our settings, robots.txt obeyed; the answers it got."""
    settings = Settings()
    for name in filter(str.isupper, dir(ours)):
        if name not in _OURS:
            settings.set(name, getattr(ours, name))
    settings.update(
        {
            "ROBOTSTXT_OBEY": True,
            "DOWNLOAD_DELAY": max(delay, LEAST_DELAY),
            "CONCURRENT_REQUESTS": len(homes) + 1,
            "LOG_LEVEL": "INFO",
            "LOG_FILE": f"{folder}.log",
        }
    )
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(PlainSpider)
    process.crawl(crawler, start_urls=homes)
    process.start(install_signal_handlers=False)
    assert crawler.stats is not None
    return int(crawler.stats.get_value("response_received_count", 0))


def by_nianbao(homes: Sequence[str], delay: float, data: Path) -> int:
    """Crawl with archive, catalog and all guards; the answers it got, robots.txt included."""
    portals = [Portal(f"p{n}", None, f"p{n}", home) for n, home in enumerate(homes)]
    options = CrawlOptions(
        delay, allow_private=True, max_requests=100_000, browser=False, jobs=len(homes)
    )
    summary = crawl(portals, data, options)
    print(*summary.problems[:5], sep="\n", file=sys.stderr)
    return summary.requests


def main(arguments: list[str]) -> int:
    """Crawl and say what it cost."""
    who, port, portals, delay, folder = arguments
    homes = [f"http://{address(number)}:{port}/" for number in range(int(portals))]
    wall, processor = time.perf_counter(), time.process_time()
    if who == "scrapy":
        answers = by_scrapy(homes, float(delay), folder)
    else:
        answers = by_nianbao(homes, float(delay), Path(folder))
    row = {
        "answers": answers,
        "processor": time.process_time() - processor,
        "wall": time.perf_counter() - wall,
    }
    print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
