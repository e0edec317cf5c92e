"""The command line `nianbao`; the commands are in `cli`.

Exit status: 0 done, 1 done with problems (one line each on stderr), 2 wrong use.
"""

from __future__ import annotations

import io
import sys

import click

from cli.crawling import (
    crawl_command,
    demo_command,
    portals_command,
    run_command,
    schedule_command,
)
from cli.keeping import export_command, store_command, verify_command
from cli.reading import (
    build_command,
    cite_command,
    extract_command,
    serve_command,
    status_command,
)
from cli.shape import Verbs


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="nianbao", prog_name="nianbao")
def main() -> None:
    """年报库: crawl, archive, read and cite Chinese governments' disclosure reports.

    Find the annual reports on information disclosure (政府信息公开工作年度报告) on the portals,
    keep the originals with their provenance, read their tables, and show where every number stands.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal without Chinese gets escapes
        sys.stdout.reconfigure(errors="backslashreplace")


for command in (  # in the order in which a user needs them
    demo_command,
    crawl_command,
    portals_command,
    extract_command,
    build_command,
    run_command,
    serve_command,
    verify_command,
    store_command,
    cite_command,
    export_command,
    status_command,
    schedule_command,
):
    main.add_command(command)
