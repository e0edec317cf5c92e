"""The command line: a verb, its options, one call.

Exit status: 0 done, 1 done with problems (one line each on stderr), 2 wrong use.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.model import Portal


class Verb(click.Command):
    """A command whose examples stand at the end of its help, one a line."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        """Take the examples beside what click takes."""
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples unwrapped, so that they can be copied."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"  {line}\n" for line in self.examples))


def _data_option(command: Any) -> Any:
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="NIANBAO_DATA",
        default=Path("data"),
        show_default=True,
        help="The data folder (or NIANBAO_DATA).",
    )(command)


def _port_option(command: Any) -> Any:
    return click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=8001,
        show_default=True,
        help="Where the site is served; 0 takes a free port.",
    )(command)


def _crawl_options(command: Any) -> Any:
    for option in reversed(
        (
            click.option(
                "--delay",
                type=click.FloatRange(min=0),
                default=1.0,
                show_default=True,
                help="Seconds between two requests to one host.",
            ),
            click.option(
                "--max-requests",
                type=click.IntRange(min=1),
                default=600,
                show_default=True,
                help="Requests a portal at most.",
            ),
            click.option(
                "--allow-private",
                is_flag=True,
                help="Reach loopback and private addresses too (tests, demonstrations).",
            ),
            click.option(
                "--browser/--no-browser",
                default=True,
                show_default=True,
                help="Open lists that exist only after scripts in a headless browser.",
            ),
        )
    ):
        command = option(command)
    return command


def _finish(problems: Iterable[str]) -> None:
    """Print each problem on stderr; exit 1 if there was one."""
    lines = list(dict.fromkeys(problems))
    for line in lines:
        click.echo(f"nianbao: {line}", err=True)
    if lines:
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="nianbao", prog_name="nianbao")
def main() -> None:
    """年报库: crawl, archive, read and cite Chinese governments' disclosure reports.

    Find the annual reports on information disclosure (政府信息公开工作年度报告) on the portals,
    keep the originals with their provenance, read their tables, and show where every number stands.
    """


@main.command(
    cls=Verb,
    examples=("nianbao demo", "nianbao demo --once", "nianbao demo --port 9000 --data /tmp/demo"),
)
@_data_option
@click.option("--once", is_flag=True, help="Stop after the build instead of serving.")
@_port_option
@click.option(
    "--portal-port",
    type=click.IntRange(1, 65535),
    default=8610,
    show_default=True,
    help="Where the simulated portals listen.",
)
def demo(data: Path, port: int, portal_port: int, *, once: bool) -> None:
    """Crawl six simulated portals on loopback, build the database and serve it."""
    from demo.run import run_demo  # noqa: PLC0415 - --help need not load Scrapy

    _finish(run_demo(data, port=port, once=once, portal_port=portal_port))


def _portals(places: Sequence[str]) -> list[Portal]:
    """The portals that the words on the command line name; wrong use where one names none."""
    from crawler.registry import RegistryError, find  # noqa: PLC0415

    found: list[Portal] = []
    for text in places:
        try:
            found += find(text)
        except RegistryError as error:
            raise click.UsageError(str(error)) from error
    return found


def _crawl(places: Sequence[str], data: Path, **options: Any) -> list[str]:
    from crawler.model import CrawlOptions  # noqa: PLC0415
    from crawler.run import crawl  # noqa: PLC0415

    return list(crawl(_portals(places), data, CrawlOptions(**options)).problems)


@main.command(
    "crawl",
    cls=Verb,
    examples=(
        "nianbao crawl 呼兰区",
        "nianbao crawl 230111 230805 --delay 2",
        "nianbao crawl https://www.example.gov.cn/",
    ),
)
@click.argument("places", nargs=-1, required=True, metavar="PLACE_CODE|NAME|URL...")
@_data_option
@_crawl_options
def crawl_command(places: tuple[str, ...], data: Path, **options: Any) -> None:
    """Find and archive the reports of places, by name, GB/T 2260 code or home page."""
    _finish(_crawl(places, data, **options))


@main.command(
    "extract",
    cls=Verb,
    examples=("nianbao extract report.pdf", "nianbao extract --json *.doc > figures.jsonl"),
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE...",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, on stdout.")
def extract_command(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read the figures of report files; touches no database."""
    from extract.command import extract_files  # noqa: PLC0415

    _finish(extract_files(files, as_json=as_json))


def _build(data: Path) -> list[str]:
    from publish.command import build_database  # noqa: PLC0415

    return build_database(data)


@main.command("build", cls=Verb, examples=("nianbao build", "nianbao build --data /srv/nianbao"))
@_data_option
def build_command(data: Path) -> None:
    """Build the published database from the archive."""
    _finish(_build(data))


@main.command("run", cls=Verb, examples=("nianbao run 呼兰区 东风区",))
@click.argument("places", nargs=-1, required=True, metavar="PLACE_CODE|NAME|URL...")
@_data_option
@_crawl_options
def run_command(places: tuple[str, ...], data: Path, **options: Any) -> None:
    """Crawl, extract and build in turn."""
    problems = _crawl(places, data, **options)
    _finish([*problems, *_build(data)])


@main.command("serve", cls=Verb, examples=("nianbao serve", "nianbao serve --port 9000"))
@_data_option
@_port_option
@click.option("--host", default="127.0.0.1", show_default=True)
def serve_command(data: Path, port: int, host: str) -> None:
    """Serve the published database with Datasette."""
    from publish.serve import serve  # noqa: PLC0415

    _finish(serve(data, port=port, host=host))


@main.command(
    "verify", cls=Verb, examples=("nianbao verify", "nianbao verify --rebuild --data /srv/nianbao")
)
@_data_option
@click.option("--rebuild", is_flag=True, help="First rebuild the catalog from the WARC files.")
def verify_command(data: Path, *, rebuild: bool) -> None:
    """Check every record of the archive: checksums, lengths, digests, the catalog."""
    from archive.command import verify_archive  # noqa: PLC0415

    _finish(verify_archive(data, rebuild=rebuild))


@main.command("status", cls=Verb, examples=("nianbao status",))
@_data_option
def status_command(data: Path) -> None:
    """Show the runs of the archive and what each found."""
    from archive.command import show_status  # noqa: PLC0415

    _finish(show_status(data))
