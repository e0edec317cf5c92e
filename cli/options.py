"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.shape import Minutes, Seconds

LONGEST_DELAY = 3600.0
"""Seconds between two requests at most: beyond an hour a crawl would seem to hang."""
LONGEST_MINUTES = 100_000.0


def data_option(command: Any) -> Any:
    """The data folder."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="NIANBAO_DATA",
        default=Path("data"),
        show_default=True,
        help="The data folder (or NIANBAO_DATA).",
    )(command)


def port_option(command: Any) -> Any:
    """The port of the site."""
    return click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=8001,
        show_default=True,
        help="Where the site is served; 0 takes a free port.",
    )(command)


def crawl_options(command: Any) -> Any:
    """How a crawl goes about it."""
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


def choice_options(command: Any) -> Any:
    """Which portals."""
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
            table_option,
        )
    ):
        command = option(command)
    return command


def table_option(command: Any) -> Any:
    """A table of portals of the user's own."""
    return click.option(
        "--portals",
        "table",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="A table of portals of your own.  [default: portals.csv in the data folder]",
    )(command)


def json_option(command: Any) -> Any:
    """An answer for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(command)
