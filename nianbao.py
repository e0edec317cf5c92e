"""The command line: a verb, its options, one call.

Exit status: 0 done, 1 done with problems (one line each on stderr), 2 wrong use.
"""

from __future__ import annotations

import io
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.citation import STYLES as FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.model import CrawlSummary, Portal

STYLES = tuple(FORMS)
LONGEST_DELAY = 3600.0
"""Seconds between two requests at most: beyond an hour a crawl would seem to hang."""


class Verbs(click.Group):
    """The commands in the order in which a user needs them, and the boundary of the process."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands as they are written below."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it did not expect is one line, never a traceback."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("nianbao: interrupted; what was done is kept", err=True)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("NIANBAO_TRACEBACK"):
                raise
            told = " ".join(f"{type(error).__name__}: {error}".split())
            click.echo(f"nianbao: {told} (NIANBAO_TRACEBACK=1 shows where)", err=True)
        sys.exit(1)


class Seconds(click.FloatRange):
    """A time in seconds; NaN passes every comparison, and is no time."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number, within the range."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return number


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
                type=Seconds(min=0, max=LONGEST_DELAY),
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
                "--ask-all",
                is_flag=True,
                help="Ask again for all that earlier runs hold, not only for a share of it.",
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


def _json_option(command: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(command)


def _finish(problems: Iterable[str]) -> None:
    """Print each problem on stderr once, as soon as it is known; exit 1 if there was one."""
    said = set()
    for line in problems:
        if line not in said:
            said.add(line)
            click.echo(f"nianbao: {line}", err=True)
    if said:
        sys.exit(1)


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
    """Crawl six simulated portals, build and serve."""
    from demo.run import run_demo  # noqa: PLC0415 - --help need not load Scrapy

    _finish(run_demo(data, port=port, once=once, portal_port=portal_port))


def _portals(places: Sequence[str]) -> list[Portal]:
    """The portals that the words on the command line name; wrong use where one names none."""
    from crawler.registry import RegistryError, find  # noqa: PLC0415

    found: dict[str, Portal] = {}
    for text in places:
        try:
            found |= {portal.id: portal for portal in find(text)}
        except RegistryError as error:
            raise click.UsageError(str(error)) from error
    return list(found.values())


def _crawl(places: Sequence[str], data: Path, **options: Any) -> CrawlSummary:
    from crawler.model import CrawlOptions  # noqa: PLC0415
    from crawler.run import crawl  # noqa: PLC0415

    return crawl(_portals(places), data, CrawlOptions(**options))


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
@_json_option
def crawl_command(places: tuple[str, ...], data: Path, *, as_json: bool, **options: Any) -> None:
    """Find and archive the reports of places.

    A place is named by its name, its GB/T 2260 code of six digits, or the home page of its portal.
    A crawl that was interrupted is gone on with by the same command.
    """
    summary = _crawl(places, data, **options)
    if as_json:
        click.echo(json.dumps(summary.to_json(), ensure_ascii=False))
    _finish(summary.problems)


@main.command(
    "extract",
    cls=Verb,
    examples=("nianbao extract report.pdf", "nianbao extract --json *.doc > figures.jsonl"),
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(readable=False, path_type=Path),  # what cannot be read is a problem, not misuse
    metavar="FILE...",
)
@_json_option
def extract_command(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read the figures of report files; touches no database."""
    from extract.command import extract_files  # noqa: PLC0415

    _finish(extract_files(files, as_json=as_json))


@main.command("build", cls=Verb, examples=("nianbao build", "nianbao build --data /srv/nianbao"))
@_data_option
def build_command(data: Path) -> None:
    """Build the published database from the archive."""
    from publish.command import build_database  # noqa: PLC0415

    _finish(build_database(data))


@main.command("run", cls=Verb, examples=("nianbao run 呼兰区 东风区",))
@click.argument("places", nargs=-1, required=True, metavar="PLACE_CODE|NAME|URL...")
@_data_option
@_crawl_options
def run_command(places: tuple[str, ...], data: Path, **options: Any) -> None:
    """Crawl, extract and build in turn."""
    _finish(_run(places, data, **options))


def _run(places: Sequence[str], data: Path, **options: Any) -> Iterator[str]:
    from publish.command import build_database  # noqa: PLC0415

    summary = _crawl(places, data, **options)
    yield from summary.problems
    if not summary.interrupted:
        yield from build_database(data)


@main.command("serve", cls=Verb, examples=("nianbao serve", "nianbao serve --port 9000"))
@_data_option
@_port_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def serve_command(data: Path, port: int, host: str) -> None:
    """Serve the published database with Datasette, until Ctrl-C."""
    from publish.serve import serve  # noqa: PLC0415

    _finish(serve(data, port=port, host=host))


@main.command(
    "verify", cls=Verb, examples=("nianbao verify", "nianbao verify --rebuild --data /srv/nianbao")
)
@_data_option
@click.option("--rebuild", is_flag=True, help="First rebuild the catalog from the WARC files.")
def verify_command(data: Path, *, rebuild: bool) -> None:
    """Check every record of the archive.

    Checksums, lengths, digests, and whether the catalog says the same as the WARC files.
    """
    from archive.command import verify_archive  # noqa: PLC0415

    _finish(verify_archive(data, rebuild=rebuild))


@main.command(
    "cite",
    cls=Verb,
    examples=(
        "nianbao cite 230111-2021-e8cad6e3",
        "nianbao cite 230111-2021-e8cad6e3/requests/received/total --style bibtex",
        "nianbao cite http://127.0.0.1:8001/report/230111-2021-e8cad6e3",
    ),
)
@click.argument("cited", metavar="REPORT[/TABLE/ROW/COLUMN]")
@_data_option
@click.option(
    "--style",
    type=click.Choice(STYLES),
    default=STYLES[0],
    show_default=True,
    help="The form of the citation.",
)
@click.option(
    "--site",
    metavar="URL",
    help="Where the site is published, for the address of the archived copy.  "
    "[default: http://127.0.0.1:8001/]",
)
def cite_command(cited: str, data: Path, style: str, site: str | None) -> None:
    """Print the citation of a report or of one figure.

    A report is named by its id, a figure by report, table, row and column; the address of its page
    does as well.
    """
    from publish.cite import cite_published  # noqa: PLC0415

    _finish(cite_published(data, cited, style, site))


@main.command("status", cls=Verb, examples=("nianbao status", "nianbao status --json"))
@_data_option
@_json_option
def status_command(data: Path, *, as_json: bool) -> None:
    """Show the runs of the archive and what each found."""
    from archive.command import show_status  # noqa: PLC0415

    _finish(show_status(data, as_json=as_json))
