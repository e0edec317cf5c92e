"""Finished files in a folder and in an S3-compatible store: sent, read by range, never lost."""

from __future__ import annotations

import logging
import os
import urllib.request
from typing import TYPE_CHECKING

import pytest
from archiving import filled
from moto.server import ThreadedMotoServer

from archive import Archive, ArchiveError, sending
from archive.sending import choose, send, setting, stored
from archive.store_command import keep_in
from archive.stores import Store, StoreError
from archive.verify import verify
from archive.verify_command import Options, verify_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
}


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an S3 server on loopback with one bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/papers", method="PUT"))
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of each kind, empty."""
    if request.param == "folder":
        (tmp_path / "second").mkdir()
        return str(tmp_path / "second")
    for name, value in _KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("bucket"))
    return f"s3://papers/{tmp_path.name}"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An archive of two runs."""
    return filled(tmp_path / "data")


def contents(data: Path) -> dict[str, bytes]:
    """What each capture holds."""
    with Archive(data, readonly=True) as archive:
        return {capture.id: archive.content(capture) for capture in archive.captures()}


def test_what_is_in_the_store_alone_reads_the_same(data: Path, url: str) -> None:
    before = contents(data)
    choose(data, url, stay=False)
    sent = send(data)
    assert (sent.files, sent.removed, sent.problems) == (6, 2, [])
    assert not list((data / "warc").glob("*.warc.gz"))
    assert len(stored(data)) == 2
    assert contents(data) == before
    again = send(data)
    assert (again.files, again.removed) == (0, 0)


def test_the_catalog_is_rebuilt_from_the_store(data: Path, url: str) -> None:
    with Archive(data) as archive:
        before = list(archive.dump())
    choose(data, url, stay=False)
    send(data)
    with Archive(data, rebuild=True) as archive:
        assert archive.problems == []
        assert list(archive.dump()) == before


def test_verify_reads_what_is_in_the_store_alone(data: Path, url: str) -> None:
    choose(data, url, stay=False)
    send(data)
    assert list(verify(data)) == []


def test_files_stay_unless_told_otherwise(data: Path, url: str) -> None:
    assert list(keep_in(data, url)) == []
    assert len(list((data / "warc").glob("*.warc.gz"))) == 2
    assert sorted(Store(url).sizes()) == sorted(path.name for path in (data / "warc").iterdir())


def test_a_file_that_differs_in_the_store_is_told_and_not_overwritten(
    data: Path, url: str, tmp_path: Path
) -> None:
    other = tmp_path / "first-00000.warc.gz"
    other.write_bytes(b"something else")
    Store(url).send(other)
    choose(data, url, stay=False)
    sent = send(data)
    here = (data / "warc" / "first-00000.warc.gz").stat().st_size
    told = f"first-00000.warc.gz has 14 bytes there and {here} here"
    assert [line.partition(": ")[2] for line in sent.problems] == [told]
    assert (data / "warc" / "first-00000.warc.gz").is_file()
    assert Store(url).span("first-00000.warc.gz", 0, 9) == b"something"


def test_a_file_of_the_same_size_that_differs_stays_here(data: Path, url: str) -> None:
    path = data / "warc" / "first-00000.warc.gz"
    whole = path.read_bytes()
    path.write_bytes(bytes(len(whole)))
    Store(url).send(path)
    path.write_bytes(whole)
    choose(data, url, stay=False)
    assert any("not what is here; the copy here stays" in line for line in send(data).problems)
    assert path.read_bytes() == whole


def test_files_of_no_run_in_the_store_are_nobodys(data: Path, url: str, tmp_path: Path) -> None:
    stray = tmp_path / "notes.txt"
    stray.write_bytes(b"x")
    Store(url).send(stray)
    choose(data, url)
    assert stored(data) == []


def test_a_store_is_not_forgotten_while_it_alone_holds_files(data: Path, url: str) -> None:
    choose(data, url, stay=False)
    send(data)
    assert list(keep_in(data, none=True)) == [
        "2 WARC files are in the store alone: fetch them first"
    ]
    assert setting(data)


def test_a_store_that_does_not_answer_loses_nothing(
    data: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in _KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", bucket)
    with pytest.raises(StoreError, match="s3://nowhere"):
        choose(data, "s3://nowhere")
    choose(data, "s3://papers/gone")
    (data / "store.json").write_text('{"url": "s3://nowhere/gone", "stay": false}')
    (problem,) = keep_in(data)
    assert problem.startswith("nothing was sent to the store: s3://nowhere/gone: ")
    assert "\n" not in problem
    assert len(list((data / "warc").glob("*.warc.gz"))) == 2


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://papers", "set AWS_ACCESS_KEY_ID"),
        ("ftp://papers/x", "a store is s3://BUCKET/PREFIX or the path of a folder"),
    ],
)
def test_a_wrong_address_is_one_clear_line(
    url: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in _KEYS:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StoreError, match=message):
        Store(url)


def test_a_bucket_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    with pytest.raises(StoreError, match="not the name of a bucket"):
        Store("s3://../etc")


@pytest.mark.parametrize("inside", ["warc", "warc/", "store", "../data/warc", "../link"])
def test_an_archive_is_not_its_own_store(data: Path, inside: str) -> None:
    before = {path.name for path in (data / "warc").iterdir()}
    (data.parent / "link").symlink_to(data / "warc")
    (problem,) = keep_in(data, f"{data}/{inside}", stay=False)
    assert "lies in the data folder itself" in problem
    assert {path.name for path in (data / "warc").iterdir()} == before
    assert setting(data) is None


def test_a_store_is_not_left_while_it_alone_holds_files(data: Path, url: str) -> None:
    whole = contents(data)
    choose(data, url, stay=False)
    send(data)
    other = data.parent / "other"
    (problem,) = keep_in(data, str(other))
    assert problem == f"{url} alone holds 2 WARC files that {other} lacks: copy them first"
    assert contents(data) == whole
    for file in stored(data):
        file.fetch(other / file.name)
    assert list(keep_in(data, str(other))) == []
    assert contents(data) == whole
    assert not list(verify(data))


def test_a_store_is_found_from_everywhere(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data.parent)
    assert list(keep_in(data, "second", stay=False)) == []
    (data.parent / "elsewhere").mkdir()
    monkeypatch.chdir(data.parent / "elsewhere")
    assert not list(verify(data))
    assert list(data.parent.glob("elsewhere/*")) == []


def test_a_folder_that_is_not_there_is_told_and_not_made(data: Path) -> None:
    choose(data, str(data.parent / "second"), stay=False)
    send(data)
    (data.parent / "second").rename(data.parent / "unplugged")
    sending._store.cache_clear()  # as another process would find it
    told = [str(finding) for finding in verify(data)]
    assert [line for line in told if "second cannot be used as a store" in line]
    assert not (data.parent / "second").exists()
    rows = (data / "catalog.db").read_bytes()
    told = list(verify_archive(data, Options(rebuild=True)))
    assert "the catalog was not rebuilt" in told[0]
    assert (data / "catalog.db").read_bytes() == rows


@pytest.mark.parametrize("content", ["{", "[]", '{"url": 5}', "[" * 100_000])
def test_a_damaged_setting_is_told(data: Path, content: str) -> None:
    (data / "store.json").write_text(content)
    (data / "warc" / "first-00000.warc.gz").unlink()
    with pytest.raises(ArchiveError, match=r"store\.json is not readable"):
        contents(data)


def test_reading_by_range_asks_for_little(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run-00000.warc.gz"
    path.write_bytes(os.urandom(3_000_000))
    store = Store(url)
    store.send(path)
    asked: list[int] = []
    span = store.span

    def counted(name: str, start: int, end: int) -> bytes:
        asked.append(end - start)
        return span(name, start, end)

    monkeypatch.setattr(store, "span", counted)
    with store.file(path.name).open() as file:
        file.seek(1_000_000)
        assert file.read(500) == path.read_bytes()[1_000_000:1_000_500]
        assert file.seek(0, os.SEEK_END) == 3_000_000
        assert file.read(1) == b""
    assert sum(asked) < 600_000


def test_what_is_damaged_is_restored_from_a_store_of_either_kind(data: Path, url: str) -> None:
    before = {path.name: path.read_bytes() for path in data.glob("warc/*")}
    choose(data, url)
    assert send(data).problems == []
    choose(data, None)  # else what is missing here is read from there
    (data / "warc" / "first-00000.warc.gz").write_bytes(b"")
    (data / "warc" / "second-00000.warc.gz").unlink()
    (data / "warc" / "first.manifest.json").unlink()
    assert list(verify_archive(data, Options(repair=url))) == []
    assert {path.name: path.read_bytes() for path in data.glob("warc/*")} == before
    (data / "warc" / "second-00000.warc.gz").write_bytes(b"damaged")
    lines = list(verify_archive(data, Options(repair="s3://none-such/x")))
    assert any("was not restored" in line or "set AWS" in line for line in lines)
    assert (data / "warc" / "second-00000.warc.gz").read_bytes() == b"damaged"
