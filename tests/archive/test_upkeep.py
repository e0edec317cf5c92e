from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from archiving import HTML, exchange, filled

from archive import Archive, ArchiveError, Damaged, PortalRecord
from archive.files import WarcFile
from archive.verify import verify

if TYPE_CHECKING:
    from pathlib import Path


def test_the_catalog_is_rebuilt_to_the_same_rows(tmp_path: Path) -> None:
    filled(tmp_path)
    with Archive(tmp_path, rotate_at=2_000) as archive:
        portal = PortalRecord("230111", "http://www.example.gov.cn/", place_name="呼兰区")
        archive.begin_run("third", "2026-11-20T06:02:00Z", [portal])
        text = "a\r\nrole: robots\r\n"
        archive.record(exchange(second=121, link_text=text, reason="soft: 404", robots="allowed"))
        named = ((b"Content-Disposition", "attachment; filename=年报.doc".encode("gbk")),)
        archive.record(exchange(b"x" * 9_000, 122, headers=named, truncated="length"))
        archive.record(exchange(second=122))
        before = list(archive.dump())
        assert archive.rebuild() == []
        rows = list(archive.dump())
    assert [row for row in rows if row[0] != "files"] == [r for r in before if r[0] != "files"]
    with Archive(tmp_path) as archive:
        again = list(archive.dump())
        assert archive.rebuild() == []
        assert list(archive.dump()) == again
    assert not list(verify(tmp_path))


def test_a_run_that_ended_stays_ended_whatever_the_order_of_its_files(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as other:
        one.begin_run("run", "2026-11-20T06:00:00Z")
        other.begin_run("run")
        other.record(exchange())
        other.close()
        done = one.finish_run("run", new=1)
        assert one.rebuild() == []
        assert one.runs() == [done]


def test_a_deleted_catalog_comes_back_when_opened(tmp_path: Path) -> None:
    filled(tmp_path)
    with Archive(tmp_path) as archive:
        before = list(archive.dump())
    for path in tmp_path.glob("catalog.db*"):
        path.unlink()
    with Archive(tmp_path) as archive:
        assert list(archive.dump()) == before


def test_a_catalog_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "catalog.db").write_bytes(b"rubbish" * 1_000)
    with pytest.raises(Damaged, match="not a readable catalog"):
        Archive(tmp_path)
    with Archive(tmp_path, rebuild=True) as archive:
        assert archive.problems == []
        assert len([archive.content(capture) for capture in archive.captures()]) == 6
    assert not list(verify(tmp_path))


def test_rebuilding_goes_round_damage_and_names_it(tmp_path: Path) -> None:
    filled(tmp_path)
    with Archive(tmp_path) as archive:
        kept = list(archive.captures(run="first"))
        path = tmp_path / "warc" / kept[0].warc
        data = bytearray(path.read_bytes())
        data[kept[0].offset + 30] ^= 255
        path.write_bytes(data)
        problems = archive.rebuild()
        assert any("the gzip member is damaged" in problem for problem in problems)
        assert list(archive.captures(run="first")) == kept[1:]


def test_files_from_elsewhere_are_read_in(tmp_path: Path) -> None:
    filled(tmp_path / "one")
    (tmp_path / "two" / "warc").mkdir(parents=True)
    for path in (tmp_path / "one" / "warc").iterdir():
        path.rename(tmp_path / "two" / "warc" / path.name)
    with Archive(tmp_path / "two") as archive:
        assert len([archive.content(capture) for capture in archive.captures()]) == 6
        assert [run.id for run in archive.runs()] == ["first", "second"]


def _torn(tmp_path: Path, tail: bytes, cut: int = 0) -> Path:
    """An archive as its killed writer leaves it, with a torn tail."""
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        for second in range(3):
            archive.record(exchange(f"{second}".encode() * 100, second))
    path = tmp_path / "warc" / "run-00000.warc.gz"
    data = path.read_bytes()
    path.with_name(path.name + ".open").write_bytes(data[: len(data) - cut] + tail)
    path.unlink()
    return path


@pytest.mark.parametrize("tail", [b"", b"\x1f\x8b\x08\0\0", b"\0" * 5_000, b"rubbish", HTML])
def test_a_torn_tail_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    path = _torn(tmp_path, tail)
    with Archive(tmp_path) as archive:
        assert len([archive.content(capture) for capture in archive.captures()]) == 3
        assert archive.unfinished_run()
    assert path.exists()
    assert not list(verify(tmp_path))


def test_a_half_written_exchange_leaves_nothing(tmp_path: Path) -> None:
    whole = _torn(tmp_path / "whole", b"").with_name("run-00000.warc.gz.open").read_bytes()
    with Archive(tmp_path / "whole") as archive:
        group = min(c.offset + c.length for c in archive.captures())
    folder = tmp_path / "torn" / "warc"
    folder.mkdir(parents=True)
    for end in (group + 1, group + 400, group + 1_000):  # inside request, metadata, response
        path = folder / "run-00000.warc.gz.open"
        path.write_bytes(whole[:end])
        for old in (tmp_path / "torn").glob("catalog.db*"):
            old.unlink()
        with Archive(tmp_path / "torn") as archive:
            assert len(list(archive.captures())) == 1
        assert (folder / "run-00000.warc.gz").stat().st_size == group
        (folder / "run-00000.warc.gz").unlink()


def test_rows_without_record_go_when_the_file_lost_its_end(tmp_path: Path) -> None:
    _torn(tmp_path, b"", cut=100)
    with Archive(tmp_path) as archive:
        captures = list(archive.captures())
        assert len(captures) == 2
        assert all(archive.content(capture) for capture in captures)
        assert "is not in the file" in archive.problems[-1]
    assert "cut off" in {finding.kind for finding in verify(tmp_path)}


def test_damage_before_the_end_of_what_was_kept_is_never_cut(tmp_path: Path) -> None:
    path = _torn(tmp_path, b"")
    left = path.with_name(path.name + ".open")
    data = bytearray(left.read_bytes())
    with Archive(tmp_path, readonly=True) as archive:
        data[next(iter(archive.captures())).offset + 30] ^= 255
    left.write_bytes(data)
    with Archive(tmp_path) as archive:
        assert len(list(archive.captures())) == 2
        assert any("damaged" in problem for problem in archive.problems)
    assert path.stat().st_size == len(data)
    assert {finding.kind for finding in verify(tmp_path)} >= {"checksum"}


def test_a_file_with_nothing_whole_in_it_goes(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / "run-00000.warc.gz.open").write_bytes(b"\x1f\x8b")
    with Archive(tmp_path) as archive:
        assert archive.runs() == []
    assert not list((tmp_path / "warc").iterdir())


def test_a_file_being_written_is_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    live = WarcFile(tmp_path / "warc", "live")
    live.append([b"\x1f\x8b half a record"])
    with Archive(tmp_path) as archive:
        assert len(list(archive.captures())) == 6
    assert not list(verify(tmp_path))
    assert live.close().bytes == 16


_CRAWL = """
import os, sys
from pathlib import Path
from archiving import exchange
from archive import Archive
archive = Archive(Path(sys.argv[1]), rotate_at=200_000)
run = archive.unfinished_run()
archive.begin_run(run.id if run else None, run.started if run else None)
start = int(sys.argv[2])
for n in range(start, start + 3600, 8):
    bodies = [os.urandom(1 + i * 77 % 9000) for i in range(n, n + 8)]
    for future in [archive.submit(exchange(b, n % 3600 + i)) for i, b in enumerate(bodies)]:
        kept = future.result()
        sys.stdout.write(f"{kept.id} {kept.sha256}\\n")
    sys.stdout.flush()
"""


def test_nothing_reported_is_lost_to_kill_9(tmp_path: Path) -> None:
    moments = random.Random(os.environ.get("NIANBAO_SEED", "7"))
    reported: list[str] = []
    for attempt in range(5):
        command = [sys.executable, "-c", _CRAWL, str(tmp_path), str(attempt * 3_600)]
        path = {"PYTHONPATH": ":".join(sys.path)}
        with subprocess.Popen(command, env=path, stdout=subprocess.PIPE, text=True) as crawl:
            assert crawl.stdout
            reported += [crawl.stdout.readline() for _ in range(moments.randrange(1, 300))]
            crawl.send_signal(signal.SIGKILL)
            reported += [line for line in crawl.stdout if line.endswith("\n")]
    with Archive(tmp_path) as archive:
        for line in reported:
            name, sha256 = line.split()
            capture = archive.capture(name)
            assert capture
            assert capture.sha256 == sha256
            assert archive.content(capture)
        before = [row for row in archive.dump() if row[0] != "files"]
        assert archive.rebuild() == []
        assert [row for row in archive.dump() if row[0] != "files"] == before
        assert len(archive.runs()) == 1
    assert not list(verify(tmp_path))


def test_an_older_catalog_is_made_again_when_the_archive_is_opened(tmp_path: Path) -> None:
    filled(tmp_path)
    for path in tmp_path.glob("warc/*.manifest*"):
        path.unlink()
    shutil.rmtree(tmp_path / "proof")
    with closing(sqlite3.connect(tmp_path / "catalog.db")) as catalog, catalog:
        catalog.execute("DROP TABLE files")
        catalog.execute("PRAGMA user_version = 1")
    with pytest.raises(ArchiveError, match="verify --rebuild"):
        Archive(tmp_path, readonly=True)
    assert "catalog" in {finding.kind for finding in verify(tmp_path)}
    with Archive(tmp_path) as archive:
        assert archive.problems == []
        assert len(list(archive.captures())) == 6
    assert not list(verify(tmp_path))


def test_a_later_catalog_is_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "catalog.db")) as catalog, catalog:
        catalog.execute("PRAGMA user_version = 999")
    before = (tmp_path / "catalog.db").read_bytes()
    with pytest.raises(ArchiveError, match="version 999"):
        Archive(tmp_path)
    assert (tmp_path / "catalog.db").read_bytes() == before
