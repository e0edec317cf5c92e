from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import publish
from publish.serve import ServeError, serve, site

if TYPE_CHECKING:
    from pathlib import Path

import pytest


def test_a_missing_database_is_one_clear_line(tmp_path: Path) -> None:
    assert serve(tmp_path, 0) == [
        f"{tmp_path / 'nianbao.db'} does not exist: run `nianbao build` first"
    ]
    with pytest.raises(ServeError):
        site(tmp_path)


def test_a_port_that_is_taken_is_one_clear_line(published: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (problem,) = serve(published, port)
    assert f"port {port}" in problem
    assert "in use" in problem


def test_an_address_that_is_not_ours_is_one_clear_line(published: Path) -> None:
    (problem,) = serve(published, 0, host="not an address")
    assert "not an address" in problem


def test_it_prints_its_address_serves_and_ends_cleanly_at_ctrl_c(published: Path) -> None:
    code = "import sys; from pathlib import Path; from publish.serve import serve;"
    code += "sys.exit(len(serve(Path(sys.argv[1]), 0)))"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(published)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
    try:
        for path, status in (("", 200), ("report/nothing", 404)):
            try:
                with urllib.request.urlopen(address + path, timeout=20) as answer:
                    found = answer.status
            except urllib.error.HTTPError as error:
                found = error.code
            assert found == status
    finally:
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in rest + complaints


def test_datasette_s_own_command_serves_the_same_site(published: Path) -> None:
    root = next(iter(publish.__path__))
    command = [
        *(sys.executable, "-m", "datasette", "serve", str(published / "nianbao.db"), "--get", "/"),
        *("--plugins-dir", f"{root}/plugins", "--metadata", f"{root}/../metadata.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert 'href="/place/990101"' in done.stdout
