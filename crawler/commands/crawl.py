"""`scrapy crawl`, with the arguments of `reports` tried before anything is started.

Scrapy would show what a spider raises while it is made as a traceback.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.exceptions import UsageError

from archive import Archive, ArchiveError
from crawler import arguments
from crawler.spiders.reports import ReportsSpider

if TYPE_CHECKING:
    import argparse


class Command(CrawlCommand):
    """Scrapy's own, but for wrong arguments of our spider."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options; wrong ones are status 2 with the usage."""
        super().process_options(args, opts)
        assert self.settings is not None
        if args != [ReportsSpider.name]:
            return
        try:
            data = Path(self.settings["NIANBAO_DATA"])
            arguments.portals(opts.spargs, data)
            arguments.options(opts.spargs, self.settings.getfloat("DOWNLOAD_DELAY"))
            Archive(data).close()
        except (ValueError, ArchiveError) as error:
            raise UsageError(str(error), print_help=False) from error
