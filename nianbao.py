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
from unicodedata import category

import click

from archive.citation import STYLES as FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crawler.model import CrawlSummary, Portal

STYLES = tuple(FORMS)
LONGEST_DELAY = 3600.0
"""Seconds between two requests at most: beyond an hour a crawl would seem to hang."""
LONGEST_MINUTES = 100_000.0
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows."""


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
            self.fail(f"{value!r} is not a number of {self.name}.", param, ctx)
        return number


class Minutes(Seconds):
    """A time in minutes."""

    name = "minutes"


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


class VerbGroup(Verb, click.Group):
    """A command with commands below it that does something by itself, too."""


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
                help="Seconds between two requests to one host; under 1 with --allow-private only.",
            ),
            click.option(
                "--max-requests",
                type=click.IntRange(min=1),
                default=600,
                show_default=True,
                help="Requests a portal at most.",
            ),
            click.option(
                "--max-minutes",
                type=Minutes(min=0, min_open=True, max=LONGEST_MINUTES),
                default=120.0,
                show_default=True,
                help="Minutes a portal at most, its pauses included.",
            ),
            click.option(
                "--jobs",
                type=click.IntRange(min=1),
                default=500,
                show_default=True,
                help="Portals at once at most.",
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


def _choice_options(command: Any) -> Any:
    for option in reversed(
        (
            click.argument("places", nargs=-1, metavar="[PLACE_CODE|NAME|URL]..."),
            click.option(
                "--province",
                "provinces",
                multiple=True,
                metavar="CODE|NAME",
                help="All portals of a province (23, 黑龙江); may be given again.",
            ),
            click.option("--all", "everything", is_flag=True, help="All portals of the registry."),
            _table_option,
        )
    ):
        command = option(command)
    return command


def _table_option(command: Any) -> Any:
    return click.option(
        "--portals",
        "table",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="A table of portals of your own.  [default: portals.csv in the data folder]",
    )(command)


def _json_option(command: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(command)


def _harmless(text: str) -> str:
    """A text without what a terminal obeys: a page's words may hold its commands."""
    return "".join("�" if category(sign) == "Cc" or sign in _TURNS else sign for sign in text)


def _finish(problems: Iterable[str]) -> None:
    """Print each problem on stderr once, as soon as it is known; exit 1 if there was one."""
    said = set()
    for line in problems:
        if line not in said:
            said.add(line)
            click.echo(f"nianbao: {_harmless(line)}", err=True)
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


def _choice(
    places: Sequence[str],
    provinces: Sequence[str],
    table: Path | None,
    data: Path,
    *,
    everything: bool,
) -> list[Portal]:
    """The portals that the words on the command line name; wrong use where one names none."""
    from crawler.choice import chosen, own_table  # noqa: PLC0415
    from crawler.registry import RegistryError  # noqa: PLC0415

    try:
        return chosen(places, provinces, everything=everything, table=own_table(data, table))
    except RegistryError as error:
        raise click.UsageError(str(error).replace("\n", "\nError: ")) from error


def _crawl(
    portals: Sequence[Portal], data: Path, max_minutes: float, **options: Any
) -> CrawlSummary:
    from archive.store_command import send_finished  # noqa: PLC0415
    from crawler.model import CrawlOptions, impolite  # noqa: PLC0415
    from crawler.run import crawl  # noqa: PLC0415

    why = impolite(options["delay"], allow_private=options["allow_private"])
    if why:
        raise click.UsageError(f"--delay {why}")
    summary = crawl(portals, data, CrawlOptions(max_seconds=max_minutes * 60, **options))
    summary.problems += send_finished(data)
    return summary


@main.command(
    "crawl",
    cls=Verb,
    examples=(
        "nianbao crawl 呼兰区",
        "nianbao crawl 广东省南山区",
        "nianbao crawl 230111 230805 --delay 2",
        "nianbao crawl https://www.example.gov.cn/",
        "nianbao crawl --province 23",
        "nianbao crawl --all --jobs 200 --json > summary.json",
    ),
)
@_choice_options
@_data_option
@_crawl_options
@_json_option
def crawl_command(
    places: tuple[str, ...],
    provinces: tuple[str, ...],
    table: Path | None,
    data: Path,
    *,
    everything: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Find and archive the reports of places.

    A place is named by its name, its GB/T 2260 code of six digits, or the home page of its portal;
    a name of several places crawls none and lists them. Ctrl-C ends in good order, and the same
    command goes on with a crawl that was interrupted.
    """
    portals = _choice(places, provinces, table, data, everything=everything)
    summary = _crawl(portals, data, **options)
    if as_json:
        click.echo(json.dumps(summary.to_json(), ensure_ascii=False))
    _finish(summary.problems)


@main.group(
    "portals",
    cls=VerbGroup,
    invoke_without_command=True,
    examples=(
        "nianbao portals --province 23",
        "nianbao portals --json",
        "nianbao portals check",
        "nianbao portals check more-portals.csv",
    ),
)
@click.option(
    "--province", "provinces", multiple=True, metavar="CODE|NAME", help="Of a province only."
)
@_table_option
@_data_option
@_json_option
@click.pass_context
def portals_command(
    context: click.Context,
    provinces: tuple[str, ...],
    table: Path | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """List the portals of the registry, or check a table of your own.

    A portal is added as a row of portals.csv in the data folder, with the columns place_code, name
    and home_page; only the last must be filled.
    """
    from crawler.choice import listed, own_table  # noqa: PLC0415
    from crawler.registry import RegistryError  # noqa: PLC0415

    if context.invoked_subcommand:
        context.obj = own_table(data, table)
        return
    try:
        for line in listed(provinces, own_table(data, table), as_json=as_json):
            click.echo(line)
    except RegistryError as error:
        raise click.UsageError(str(error)) from error


@portals_command.command(
    "check",
    cls=Verb,
    examples=("nianbao portals check", "nianbao portals check more-portals.csv --json"),
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@_data_option
@_json_option
@click.pass_obj
def check_command(own: Path | None, file: Path | None, data: Path, *, as_json: bool) -> None:
    """Say what is wrong with the rows of a table of portals.

    Without FILE, with those of portals.csv in the data folder.
    """
    from crawler.choice import OWN_TABLE, faults, own_table  # noqa: PLC0415

    table = file or own_table(data) or own or data / OWN_TABLE
    found = faults(table)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif not found:
        click.echo(f"{table}: nothing wrong")
    _finish(one["said"] for one in found)


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


@main.command(
    "run", cls=Verb, examples=("nianbao run 呼兰区 东风区", "nianbao run --province 黑龙江")
)
@_choice_options
@_data_option
@_crawl_options
def run_command(
    places: tuple[str, ...],
    provinces: tuple[str, ...],
    table: Path | None,
    data: Path,
    *,
    everything: bool,
    **options: Any,
) -> None:
    """Crawl, extract and build in turn."""
    portals = _choice(places, provinces, table, data, everything=everything)
    _finish(_run(portals, data, **options))


def _run(portals: Sequence[Portal], data: Path, **options: Any) -> Iterator[str]:
    from publish.command import build_database  # noqa: PLC0415

    summary = _crawl(portals, data, **options)
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
    "verify",
    cls=Verb,
    examples=(
        "nianbao verify",
        "nianbao verify --rebuild --data /srv/nianbao",
        "nianbao verify --repair /mnt/second/nianbao",
        "nianbao verify --capture 20261120064635-0123456789ab > check.sh",
        "nianbao verify --stamp --tsa http://tsa.example.org/ --tsa-ca root.pem",
    ),
)
@_data_option
@click.option("--rebuild", is_flag=True, help="First rebuild the catalog from the WARC files.")
@click.option(
    "--repair",
    metavar="FROM",
    help="First restore damaged files from a second data folder or a store (s3://BUCKET/PREFIX),"
    " each proved before it is taken.",
)
@click.option("--capture", metavar="ID", help="Print what proves one capture, as a shell script.")
@click.option("--stamp", is_flag=True, help="First ask for the time stamps that are missing.")
@click.option("--tsa", metavar="URL", help="The time-stamp authority (RFC 3161; or NIANBAO_TSA).")
@click.option(
    "--tsa-ca",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Its root certificates in PEM (or NIANBAO_TSA_CA).",
)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The archive's public key as known from elsewhere, the only one to believe.",
)
def verify_command(data: Path, *, capture: str | None, **options: Any) -> None:
    """Check every record of the archive, and what proves it.

    Checksums, lengths and digests; whether catalog, signed manifests and published database say the
    same as the WARC files; signatures, time stamps and the log of audits.
    """
    from archive.verify_command import Options, prove_capture, verify_archive  # noqa: PLC0415

    if capture:
        _finish(prove_capture(data, capture, Options(**options)))
    else:
        _finish(verify_archive(data, Options(**options)))


@main.command(
    "store",
    cls=Verb,
    examples=(
        "nianbao store",
        "nianbao store /mnt/second/nianbao",
        "nianbao store s3://reports/heilongjiang --move",
        "nianbao store --none",
    ),
)
@click.argument("url", required=False)
@_data_option
@click.option(
    "--move", is_flag=True, help="Finished files do not stay in the data folder (they do, else)."
)
@click.option("--none", is_flag=True, help="Forget the store; nothing is removed from it.")
def store_command(url: str | None, data: Path, *, move: bool, none: bool) -> None:
    """Keep the finished WARC files in a store, too, or there alone.

    A store is s3://BUCKET/PREFIX, with keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the
    path of a folder. Chosen once, it is sent what is new at the end of every crawl; each file is
    read back before it counts as sent. Without URL: send what is missing there, show what it holds.
    """
    from archive.store_command import keep_in  # noqa: PLC0415

    if none and (url or move):
        raise click.UsageError("--none goes with neither URL nor --move.")
    if move and url is None:
        raise click.UsageError("--move needs a URL.")
    _finish(keep_in(data, url, stay=not move, none=none))


@main.command(
    "cite",
    cls=Verb,
    examples=(
        "nianbao cite 230111-2021-e8cad6e3",
        "nianbao cite 230111-2021-e8cad6e3/requests/received/total --style bibtex",
        "nianbao cite http://127.0.0.1:8001/report/230111-2021-e8cad6e3",
        "nianbao cite 20261120064635-e15ad34c2739 --style csl-json",
    ),
)
@click.argument("cited", metavar="REPORT[/TABLE/ROW/COLUMN]|CAPTURE|SHA256")
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
    """Print the citation of a report, a figure or an original.

    A report is named by its id, a figure by report, table, row and column, any page or file that is
    kept by its capture or its SHA-256; the address of its page does as well.
    """
    from publish.cite import cite_published  # noqa: PLC0415

    _finish(cite_published(data, cited, style, site))


@main.command(
    "export",
    cls=Verb,
    examples=(
        "nianbao export wacz --portal 230111 --to hulan.wacz",
        "nianbao export wacz --run 20261120T064635Z",
        "nianbao export bagit --place 230000 --to bags/heilongjiang",
        "nianbao export originals --place 230111 --year 2021 --year 2022",
        "nianbao export ro-crate --year 2023 --to reports-2023",
        "nianbao export prov --portal https://www.example.gov.cn/",
    ),
)
@click.argument("form", type=click.Choice(("wacz", "bagit", "originals", "ro-crate", "prov")))
@_data_option
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The file or folder to make.  [default: named after what is exported, here]",
)
@click.option("--portal", "portals", multiple=True, metavar="ID|URL|NAME", help="Of these portals.")
@click.option("--run", "runs", multiple=True, metavar="ID", help="Of these runs only.")
@click.option(
    "--place",
    "places",
    multiple=True,
    metavar="CODE|NAME",
    help="Of these places only; GB/T 2260's 230000 has all of its province.",
)
@click.option(
    "--year",
    "years",
    multiple=True,
    type=int,
    help="Of reports on these years only (needs a build).",
)
@click.option("--replace", is_flag=True, help="Replace what has that name already.")
def export_command(
    form: str, data: Path, to: Path | None, *, replace: bool, **named: tuple[Any, ...]
) -> None:
    """Write a part of the archive, or all, in a form for others.

    \b
    wacz       to look at the pages as they were: one file that
               https://replayweb.page opens in any browser (WACZ 1.1.1)
    bagit      for a library to take in: WARC files, tables, provenance and
               checksums in a folder (BagIt 1.0); the most complete form
    originals  for people who want the files: the reports as published, in
               folders by place and year, with a table of where each came from
    ro-crate   for research repositories: the same files, described so that
               machines understand them (RO-Crate 1.1)
    prov       for programs: how each original came here, as a graph
               (W3C PROV-JSON), one file

    Options of one kind add up, options of different kinds narrow down. Nothing is changed in what
    is copied. An export that is interrupted leaves nothing under its name; the same export of the
    same archive is the same bytes.
    """  # noqa: D301 - \b is click's mark for lines that are not to be wrapped
    from publish.export.choice import Wanted  # noqa: PLC0415
    from publish.export.command import export  # noqa: PLC0415

    _finish(export(data, form, to, Wanted(**named), replace=replace))


@main.command("status", cls=Verb, examples=("nianbao status", "nianbao status --json"))
@_data_option
@_json_option
def status_command(data: Path, *, as_json: bool) -> None:
    """Show the runs of the archive and what each found."""
    from archive.command import show_status  # noqa: PLC0415

    _finish(show_status(data, as_json=as_json))


@main.command(
    "schedule",
    cls=Verb,
    examples=(
        "nianbao schedule 呼兰区 东风区",
        "nianbao schedule --province 23 --every weekly --at 02:30",
        "nianbao schedule --all --form cron",
    ),
)
@_choice_options
@_data_option
@click.option(
    "--every",
    type=click.Choice(("season", "daily", "weekly", "monthly")),
    default="season",
    show_default=True,
    help="How often; season is weekly from January to April, when reports are due, else monthly.",
)
@click.option(
    "--at",
    type=click.DateTime(["%H:%M"]),
    default="03:00",
    show_default=True,
    metavar="HH:MM",
    help="When, in local time.",
)
@click.option(
    "--form",
    type=click.Choice(("systemd", "cron")),
    default="systemd",
    show_default=True,
    help="For which program.",
)
def schedule_command(
    places: tuple[str, ...],
    provinces: tuple[str, ...],
    table: Path | None,
    data: Path,
    *,
    everything: bool,
    every: str,
    at: datetime,
    form: str,
) -> None:
    """Print what runs `nianbao run` again and again.

    A systemd timer or lines for cron, on stdout, with where to put them; nothing is installed.
    """
    from crawler.schedule import schedule, words  # noqa: PLC0415

    portals = _choice(places, provinces, table, data, everything=everything)
    chosen = (
        ["--all"] if everything else [part for name in provinces for part in ("--province", name)]
    )
    if places:
        chosen += words(_choice(places, (), table, data, everything=False))
    if table:
        chosen += ["--portals", str(table.absolute())]
    installed = Path(sys.executable).with_name("nianbao")
    program = [str(installed) if installed.exists() else "nianbao", "run", *chosen]
    program += ["--data", str(data.absolute())]
    contact = os.environ.get("NIANBAO_CONTACT")
    click.echo(schedule(program, every, (at.hour, at.minute), form, contact), nl=False)
    count = f"{len(portals)} portal{'s' if len(portals) != 1 else ''}"
    click.echo(f"nianbao: {count}; nothing was installed", err=True)
