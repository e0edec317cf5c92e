"""One process that reads files for another: `python -m extract.worker DESCRIPTOR READER`.

A reader of hostile formats may crash, hang or eat memory; here that ends this process and nothing
else. Tasks come in as pickles from the process that started this one; what goes back is JSON, so
that nothing a file did to this process is ever unpickled in the other.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from importlib import import_module
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from extract import limits
from extract.serialise import to_json
from extract.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from extract.model import Report

    Files = Sequence[tuple[str, bytes]]
    Reader = Callable[[Files], Iterator[Report]]

_PARENT_DEATH_SIGNAL = 1


def main(descriptor: int, reader: str) -> None:
    """Read the tasks that come through the connection with this descriptor, till it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # lets a conversion clean up behind it
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    connection = Connection(descriptor)
    module, _, name = reader.partition(":")
    read: Reader = getattr(import_module(module), name)
    connection.send_bytes(b'{"ready": true}')
    while True:
        try:
            files = connection.recv()
        except EOFError:
            return
        if not _serve(connection, files, read):
            return


def _serve(connection: Connection, files: Files, read: Reader) -> bool:
    """Read one task's files, sending first their types, then each report; False to be replaced."""

    def send(answer: object) -> None:
        # A text may hold half a surrogate pair: escapes carry it, UTF-8 would not.
        connection.send_bytes(json.dumps(answer).encode("ascii"))

    limits.begin()
    try:
        send({"types": [sniff(data) for _, data in files]})
        reports = read(files)
        for name, data in files:
            limits.begin()
            send({"report": to_json(next(reports), data, name)})
    except MemoryError:
        _give_up(connection, {"stopped": "memory"})
        return False
    except Exception as error:  # noqa: BLE001 - this process's one boundary: the run goes on
        _give_up(connection, {"stopped": type(error).__name__})
        return False
    limits.end()
    return True


def _give_up(connection: Connection, answer: dict[str, Any]) -> None:
    limits.end()
    connection.send_bytes(json.dumps(answer).encode("ascii"))


if __name__ == "__main__":
    os.dup2(2, 1)  # what a library prints is no answer
    main(int(sys.argv[1]), sys.argv[2])
