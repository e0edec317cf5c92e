"""Commands that keep the archive and give it on: verify, store, export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.options import data_option
from cli.shape import Verb, finish


@click.command(
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
@data_option
@click.option("--rebuild", is_flag=True, help="First rebuild the catalog from the WARC files.")
@click.option(
    "--repair",
    metavar="FROM",
    help="First restore damaged files from a second data folder or a store (s3://BUCKET/PREFIX),"
    " each proved before it is taken.",
)
@click.option(
    "--capture",
    metavar="ID|SHA256",
    help="Print what proves one capture, as a shell script; a citation's SHA-256 will do.",
)
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
        finish(prove_capture(data, capture, Options(**options)))
    else:
        finish(verify_archive(data, Options(**options)))


@click.command(
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
@data_option
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
    finish(keep_in(data, url, stay=not move, none=none))


@click.command(
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
@data_option
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

    finish(export(data, form, to, Wanted(**named), replace=replace))
