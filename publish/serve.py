"""Serve the published database with Datasette in this process."""

from __future__ import annotations

import errno
import json
import socket
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from datasette.app import Datasette

from archive import published
from publish.build import DATABASE

if TYPE_CHECKING:
    from collections.abc import Sequence

SETTINGS = {
    "suggest_facets": False,
    "default_allow_sql": False,
    "allow_download": True,
    "sql_time_limit_ms": 2_000,
    "facet_time_limit_ms": 500,
    "max_returned_rows": 1_000,
    "num_sql_threads": 3,
    "default_cache_ttl": 60,
}
"""`suggest_facets` alone took 2.3 s a table page on three million rows."""

_FOLDER = Path(__file__).parent


class ServeError(Exception):
    """Why the database cannot be served, in one line."""


def metadata() -> dict[str, Any]:
    """The descriptions of the database, its tables and columns: the project's `metadata.json`."""
    path = _FOLDER.parent / "metadata.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return loaded


def site(data: Path) -> Datasette:
    """The site over a data folder, as an application that tests can ask without a server.

    Raises:
        ServeError: There is no published database.
    """
    database = data / DATABASE
    if not database.is_file():
        raise ServeError(f"{database} does not exist: run `nianbao build` first")
    _known(database)
    return Datasette(
        files=[],
        immutables=[str(database)],
        metadata=metadata(),
        plugins_dir=str(_FOLDER / "plugins"),
        settings=SETTINGS,
    )


def _known(database: Path) -> None:
    """See whether this is a database that `nianbao build` made."""
    try:
        with closing(published.opened(database)) as opened:
            opened.execute("select report, form_table from figures limit 1")
            opened.execute("select id, document, capture from reports limit 1")
    except sqlite3.Error as error:
        raise ServeError(f"{database} is not a database that nianbao built ({error})") from error


def serve(
    data: Path,
    port: int,
    host: str = "127.0.0.1",
    *,
    any_port: bool = False,
) -> Sequence[str]:
    """Serve until Ctrl-C; prints the address first.

    Args:
        data: The data folder with the published database.
        port: Where to listen; 0 takes a free port.
        host: The address to listen on.
        any_port: Take a free port where that one is taken.

    Returns:
        Why it could not be served, a line; nothing where it was.
    """
    try:
        application = site(data)
        listener = _listen(host, port, any_port=any_port)
    except ServeError as error:
        return [str(error)]
    with listener, suppress(KeyboardInterrupt):
        config = uvicorn.Config(application.app(), log_level="warning", lifespan="on")
        address = f"http://{_shown(host)}:{listener.getsockname()[1]}/"
        server = _Server(config, f"serving {data / DATABASE} at {address} (Ctrl-C ends)")
        server.run(sockets=[listener])
    return []


class _Server(uvicorn.Server):
    """Says where it serves once it does, and Ctrl-C ends it in good order."""

    def __init__(self, config: uvicorn.Config, said: str) -> None:
        super().__init__(config)
        self._said = said

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(f"nianbao: {self._said}\n")
        sys.stdout.flush()


def _listen(host: str, port: int, *, any_port: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if any_port and port and error.errno == errno.EADDRINUSE:
            return _listen(host, 0)
        hint = "; try --port" if error.errno in {errno.EADDRINUSE, errno.EACCES} else ""
        raise ServeError(
            f"cannot listen on {host} port {port}: {error.strerror or error}{hint}"
        ) from error
    return listener


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
