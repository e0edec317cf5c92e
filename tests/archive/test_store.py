from __future__ import annotations

import dataclasses
import gzip
import random
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from archiving import HTML, URL, exchange, filled

from archive import Archive, ArchiveError, Busy, Capture, Damaged, PortalRecord
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as opened:
        opened.begin_run("run", "2026-11-20T06:00:00Z")
        yield opened


def test_what_is_recorded_is_found_and_read(archive: Archive) -> None:
    capture = archive.record(exchange(via="http://www.example.gov.cn/", link_text=" 年\n报 "))
    assert archive.capture(capture.id) == capture
    assert archive.captured("run", URL) == capture
    assert archive.latest(URL) == capture
    assert list(archive.captures()) == [capture]
    assert archive.by_digest(capture.sha256.upper()) == [capture]
    assert archive.content(capture) == HTML
    assert capture.media_type == "text/html"
    assert capture.link_text == "年 报"
    assert capture.id.startswith("20261120060000-")


def test_a_request_is_its_method_address_and_body(archive: Archive) -> None:
    archive.record(exchange(b"list", method="POST", request_body=b"page=1"))
    assert archive.captured("run", URL) is None
    assert archive.captured("run", URL, "POST", b"page=2") is None
    assert archive.captured("other", URL, "POST", b"page=1") is None
    assert archive.captured("run", URL, "post", b"page=1") is not None


def test_unchanged_content_becomes_a_revisit(archive: Archive) -> None:
    body = random.Random(1).randbytes(5_000)
    first, second, third = (archive.record(exchange(body, second)) for second in range(3))
    assert (first.revisit_of, second.revisit_of, third.revisit_of) == (None, first.id, first.id)
    assert second.length < 1_000 < first.length
    assert archive.content(third) == body
    assert archive.response(third).body == body


def test_changed_content_is_kept(archive: Archive) -> None:
    archive.record(exchange())
    changed = archive.record(exchange(b"new", 1))
    back = archive.record(exchange(second=2))
    assert changed.revisit_of is None
    assert back.revisit_of is None
    assert archive.content(changed) == b"new"


def test_not_modified_stands_for_the_content_it_confirms(archive: Archive) -> None:
    headers = ((b"Content-Type", b"application/pdf"), (b"ETag", b'"7"'), (b"Age", b"1"))
    first = archive.record(exchange(headers=headers))
    again = archive.record(exchange(b"", 1, status=304, headers=()))
    assert again.http_status == 304
    assert again.revisit_of == first.id
    assert (again.sha256, again.bytes, again.media_type) == (
        first.sha256,
        first.bytes,
        "application/pdf",
    )
    assert archive.content(again) == HTML
    assert archive.response(again).status == 200
    assert archive.validators(again).etag == '"7"'
    assert archive.latest(URL) == again


def test_not_modified_of_nothing_kept_is_an_answer_without_content(archive: Archive) -> None:
    capture = archive.record(exchange(b"", status=304))
    assert capture.revisit_of is None
    assert archive.content(capture) == b""
    assert archive.latest(URL) is None


def test_the_same_content_under_another_coding_is_unchanged_and_replayable(
    archive: Archive,
) -> None:
    coded = gzip.compress(HTML)
    coding = ((b"Content-Encoding", b"gzip"),)
    first = archive.record(exchange(coded, headers=coding))
    plain = archive.record(exchange(second=1))
    again = archive.record(exchange(second=2))
    assert first.bytes == len(HTML)
    assert plain.revisit_of == first.id
    assert again.revisit_of == plain.id
    assert archive.response(first).body == coded
    assert archive.response(first).headers == coding
    assert archive.response(plain).body == archive.response(again).body == HTML
    assert {archive.content(c) for c in (first, plain, again)} == {HTML}


@pytest.mark.parametrize(
    "given",
    [{"status": 503}, {"truncated": "length"}, {"reason": "challenge"}],
    ids=lambda given: next(iter(given)),
)
def test_what_is_not_whole_content_is_never_asked_about_or_revisited(
    archive: Archive, given: dict[str, Any]
) -> None:
    good = archive.record(exchange())
    archive.record(exchange(b"busy", 1, **given))
    assert archive.latest(URL) == good
    assert archive.record(exchange(second=1, **given)).revisit_of is None
    again = archive.record(exchange(b"busy", 2, **given))
    assert again.revisit_of is None
    assert archive.captured("run", URL) == again
    assert archive.record(exchange(second=3)).revisit_of == good.id


def test_two_answers_within_one_second_have_two_ids(archive: Archive) -> None:
    ids = [archive.record(exchange(str(n).encode())).id for n in range(11)]
    assert ids == [ids[0], *(f"{ids[0]}-{n}" for n in range(2, 12))]
    assert archive.latest(URL) == archive.captured("run", URL) == archive.capture(ids[-1])


def test_captures_are_chosen_by_run_portal_and_role(archive: Archive) -> None:
    archive.record(exchange(url=URL + "1", second=3))
    archive.record(exchange(url=URL + "2", second=1, role="attachment"))
    archive.record(exchange(url=URL + "3", second=2, role="list", portal="230805"))
    assert [c.url[-1] for c in archive.captures()] == ["2", "3", "1"]
    assert [c.url[-1] for c in archive.captures(portal="230111")] == ["2", "1"]
    assert [c.url[-1] for c in archive.captures(roles=("report", "list"))] == ["3", "1"]
    assert list(archive.captures(roles=())) == []
    assert list(archive.captures(run="none")) == []


def test_a_walk_over_captures_may_go_on_while_others_are_written(archive: Archive) -> None:
    archive.record(exchange(url=URL + "1", second=1))
    walk = archive.captures()
    next(walk)
    archive.record(exchange(url=URL + "2", second=2))
    assert [c.url for c in archive.captures()][-1] == URL + "2"


def test_runs_begin_go_on_and_end(tmp_path: Path) -> None:
    portal = PortalRecord("230111", "http://www.example.gov.cn/", place="230111")
    with Archive(tmp_path) as archive:
        run = archive.begin_run(started="2026-11-20T06:00:00Z", portals=[portal])
        assert run.id == "20261120T060000Z"
        archive.record(exchange())
    with Archive(tmp_path) as archive:
        assert archive.unfinished_run() == run
        assert archive.begin_run(run.id, "2027-01-01T00:00:00Z", [portal]) == run
        assert archive.captured(run.id, URL)
        done = archive.finish_run(run.id, "2026-11-20T07:00:00Z", requests=1, new=1)
        assert archive.runs() == [done]
        assert (done.requests, done.new, done.failed) == (1, 1, 0)
        assert archive.unfinished_run() is None
        assert archive.portals() == archive.portals(run.id) == [portal]
        with pytest.raises(ArchiveError, match="finished"):
            archive.begin_run(run.id)
        assert archive.begin_run(started="2026-11-20T06:00:00Z").id == "20261120T060000Z-2"
        with pytest.raises(TypeError, match="ok"):
            archive.finish_run("20261120T060000Z-2", ok=1)


@pytest.mark.parametrize("run", ["", "../up", "a/b", "a\nb", "-x", "年", "x" * 65, "a."])
def test_a_run_id_that_cannot_name_a_file_is_refused(tmp_path: Path, run: str) -> None:
    with Archive(tmp_path) as archive, pytest.raises(ArchiveError, match="run id"):
        archive.begin_run(run)


def test_nothing_is_recorded_without_a_run(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive, pytest.raises(ArchiveError, match="no run"):
        archive.record(exchange())


def test_files_are_open_while_written_and_rotate_by_size(tmp_path: Path) -> None:
    with Archive(tmp_path, rotate_at=3_000) as archive:
        archive.begin_run("run")
        for second in range(12):
            archive.record(exchange(f"{second}".encode() * 50, second))
        assert len(list(tmp_path.glob("warc/*.open"))) == 1
        captures = list(archive.captures())
        assert [archive.content(c)[:1] for c in captures] == [
            c.sha256 and b"%d" % (n if n < 10 else 1) for n, c in enumerate(captures)
        ]
    names = sorted(path.name for path in tmp_path.glob("warc/*.gz*"))
    assert names == [f"run-{n:05}.warc.gz" for n in range(len(names))]
    assert len(names) > 2


def test_threads_share_an_archive(archive: Archive) -> None:
    kept: list[Capture] = []

    def work(name: str) -> None:
        kept.extend(archive.record(exchange(name.encode(), n, url=URL + name)) for n in range(20))

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({c.id for c in kept}) == 80
    assert sorted(kept, key=lambda c: c.id) == list(archive.captures())
    assert all(archive.content(c) == c.url.removeprefix(URL).encode() for c in kept)


def test_futures_are_done_in_the_order_submitted(archive: Archive) -> None:
    futures = [archive.submit(exchange(str(n).encode(), n)) for n in range(50)]
    assert [f.result().fetched_at[-6:-1] for f in futures] == [f"00:{n:02}" for n in range(50)]


_OTHER = """
import sys
from pathlib import Path
from archiving import exchange
from archive import Archive
data, run = sys.argv[1:]
with Archive(Path(data)) as archive:
    archive.begin_run(run, "2026-11-20T06:00:00Z")
    for n in range(30):
        archive.record(exchange(b"other", n))
"""


def other_process(data: Path, run: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _OTHER, str(data), run]
    return subprocess.Popen(command, env={"PYTHONPATH": ":".join(sys.path)})


def test_another_process_may_write_its_own_run(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run")
        with other_process(tmp_path, "other") as other:
            mine = [archive.record(exchange(b"mine", n, url=URL + "#")) for n in range(30)]
        assert other.returncode == 0
        assert list(archive.captures(run="run")) == mine
        assert len(list(archive.captures(run="other"))) == 30
        assert all(archive.content(c) == b"other" for c in archive.captures(run="other"))


@pytest.mark.parametrize("runs", [("a", "b", "c"), ("same", "same", "same")])
def test_processes_may_begin_at_once(tmp_path: Path, runs: tuple[str, ...]) -> None:
    processes = [other_process(tmp_path, run) for run in runs]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with Archive(tmp_path) as archive:
        assert [run.id for run in archive.runs()] == sorted(set(runs))
        assert len(list(archive.captures())) == 90
        assert archive.rebuild() == []
        assert all(archive.content(c) == b"other" for c in archive.captures())
    assert list(verify(tmp_path)) == []


_FULL = """
import resource, signal, sys
from pathlib import Path
from archiving import exchange
from archive import Archive, ArchiveError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Archive(Path(sys.argv[1])) as archive:
    archive.begin_run("run", "2026-11-20T06:00:00Z")
    archive.record(exchange(b"before"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))
    futures = [archive.submit(exchange(b"in the batch", 1)), archive.submit(
        exchange(bytes(range(256)) * 8 + __import__("os").urandom(900_000), 2))]
    try:
        futures[1].result()
    except ArchiveError as error:
        print(error)
    archive.record(exchange(b"after", 3))
    archive.finish_run("run")
"""


def test_a_full_disk_is_one_clear_line_and_leaves_the_archive_whole(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _FULL, str(tmp_path)]
    path = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, env=path, capture_output=True, text=True, check=True)
    assert done.stdout == "the archive cannot be written: [Errno 27] File too large\n"
    with Archive(tmp_path) as archive:
        contents = [archive.content(capture) for capture in archive.captures()]
    assert contents == [b"before", b"in the batch", b"after"]
    assert list(verify(tmp_path)) == []


def test_rebuilding_waits_for_no_one(tmp_path: Path) -> None:
    filled(tmp_path)
    with Archive(tmp_path) as one, Archive(tmp_path) as other:
        with pytest.raises(Busy, match="open elsewhere"):
            one.rebuild()
        with pytest.raises(Busy, match="open elsewhere"):
            Archive(tmp_path, rebuild=True)
        other.close()
        assert one.rebuild() == []


def test_reading_only_changes_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with Archive(tmp_path, readonly=True) as archive:
        assert len([archive.content(c) for c in archive.captures()]) == 6
        with pytest.raises(ArchiveError, match="not open for writing"):
            archive.begin_run("x")
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {p: b for p, b in after.items() if "-" not in p.suffix} == before


def test_a_missing_archive_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"catalog\.db cannot be opened"):
        Archive(tmp_path / "none", readonly=True)


def test_damage_is_noticed_when_read(tmp_path: Path) -> None:
    filled(tmp_path)
    with Archive(tmp_path) as archive:
        capture = next(iter(archive.captures()))
        with pytest.raises(Damaged, match="not as captured"):
            archive.content(dataclasses.replace(capture, sha256="0" * 64))
        with pytest.raises(Damaged, match="another address"):
            archive.content(dataclasses.replace(capture, url=URL + "#"))
        with pytest.raises(Damaged, match="no record at"):
            archive.content(dataclasses.replace(capture, offset=10**9))
        path = tmp_path / "warc" / capture.warc
        data = bytearray(path.read_bytes())
        data[capture.offset + capture.length // 2] ^= 1
        path.write_bytes(data)
        with pytest.raises(Damaged, match=r"first-00000\.warc\.gz: at \d+: the gzip member is"):
            archive.content(capture)
        path.unlink()
        with pytest.raises(ArchiveError, match="missing"):
            archive.content(capture)


def test_a_run_that_did_not_begin_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ArchiveError("database or disk is full")

    with monkeypatch.context() as patch, Archive(tmp_path) as archive:
        patch.setattr("archive.catalog.Catalog.put_run", full)
        with pytest.raises(ArchiveError, match="disk is full"):
            archive.begin_run("run")
    assert not list((tmp_path / "warc").glob("*.warc.gz*"))
    with Archive(tmp_path) as archive:
        assert archive.runs() == []
        archive.begin_run("run")
        archive.record(exchange())
    assert list(verify(tmp_path)) == []
