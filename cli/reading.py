"""Commands that read, show and cite: extract, build, serve, cite, status."""

from __future__ import annotations

from pathlib import Path

import click

from archive.citation import STYLES as FORMS
from cli.options import data_option, json_option, port_option
from cli.shape import Verb, finish

STYLES = tuple(FORMS)


@click.command(
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
@json_option
def extract_command(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read the figures of report files; touches no database."""
    from extract.command import extract_files  # noqa: PLC0415

    finish(extract_files(files, as_json=as_json))


@click.command("build", cls=Verb, examples=("nianbao build", "nianbao build --data /srv/nianbao"))
@data_option
def build_command(data: Path) -> None:
    """Build the published database from the archive."""
    from publish.command import build_database  # noqa: PLC0415

    finish(build_database(data))


@click.command("serve", cls=Verb, examples=("nianbao serve", "nianbao serve --port 9000"))
@data_option
@port_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def serve_command(data: Path, port: int, host: str) -> None:
    """Serve the published database with Datasette, until Ctrl-C."""
    from publish.serve import serve  # noqa: PLC0415

    finish(serve(data, port=port, host=host))


@click.command(
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
@data_option
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

    finish(cite_published(data, cited, style, site))


@click.command("status", cls=Verb, examples=("nianbao status", "nianbao status --json"))
@data_option
@json_option
def status_command(data: Path, *, as_json: bool) -> None:
    """Show the runs of the archive and what each found."""
    from archive.command import show_status  # noqa: PLC0415

    finish(show_status(data, as_json=as_json))
