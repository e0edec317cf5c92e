"""Commands that ask portals: demo, crawl, portals, run, schedule."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options import (
    choice_options,
    crawl_options,
    data_option,
    json_option,
    port_option,
    table_option,
)
from cli.shape import Verb, VerbGroup, finish

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crawler.model import CrawlSummary, Portal


@click.command(
    "demo",
    cls=Verb,
    examples=("nianbao demo", "nianbao demo --once", "nianbao demo --port 9000 --data /tmp/demo"),
)
@data_option
@click.option("--once", is_flag=True, help="Stop after the build instead of serving.")
@port_option
@click.option(
    "--portal-port",
    type=click.IntRange(1, 65535),
    default=8610,
    show_default=True,
    help="Where the simulated portals listen.",
)
def demo_command(data: Path, port: int, portal_port: int, *, once: bool) -> None:
    """Crawl six simulated portals, build and serve."""
    from demo.run import run_demo  # noqa: PLC0415 - --help need not load Scrapy

    finish(run_demo(data, port=port, once=once, portal_port=portal_port))


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


@click.command(
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
@choice_options
@data_option
@crawl_options
@json_option
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
    finish(summary.problems)


@click.group(
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
@table_option
@data_option
@json_option
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
@data_option
@json_option
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
    finish(one["said"] for one in found)


@click.command(
    "run", cls=Verb, examples=("nianbao run 呼兰区 东风区", "nianbao run --province 黑龙江")
)
@choice_options
@data_option
@crawl_options
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
    finish(_run(portals, data, **options))


def _run(portals: Sequence[Portal], data: Path, **options: Any) -> Iterator[str]:
    from publish.command import build_database  # noqa: PLC0415

    summary = _crawl(portals, data, **options)
    yield from summary.problems
    if not summary.interrupted:
        yield from build_database(data)


@click.command(
    "schedule",
    cls=Verb,
    examples=(
        "nianbao schedule 呼兰区 东风区",
        "nianbao schedule --province 23 --every weekly --at 02:30",
        "nianbao schedule --all --form cron",
    ),
)
@choice_options
@data_option
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
