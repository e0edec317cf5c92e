"""A page as a browser showed it: a conversion record beside the answer, known to all that reads."""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from archiving import URL, exchange, unsign
from warcio.archiveiterator import ArchiveIterator

from archive import Archive, ArchiveError, Capture, RenderedPage
from archive.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

MARKUP = '<html><body><a href="2021.html">年报</a>'.encode()


def rendered(capture: Capture, markup: bytes = MARKUP, screen: int = 1) -> RenderedPage:
    return RenderedPage(capture, markup, "2026-11-20T06:00:09Z", "chromium/143.0", screen)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        capture = archive.record(exchange(b"<script src=list.js></script>", role="list"))
        archive.submit_rendered(rendered(capture)).result()
        archive.submit_rendered(rendered(capture, MARKUP + b"<p>2", 2)).result()
        archive.record(exchange(second=3, url=URL + "?next"))
        archive.finish_run("run")
    return tmp_path


def test_it_is_a_conversion_that_refers_to_the_answer(data: Path) -> None:
    with (data / "warc" / "run-00000.warc.gz").open("rb") as file:
        read = [
            (record.rec_type, record.rec_headers, record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]
    kinds = [kind for kind, _, _ in read]
    assert kinds[2:9] == ["request", "metadata", "response", *["metadata", "conversion"] * 2]
    (_, answer, body), (_, about, fields), (_, conversion, markup) = read[4:7]
    assert (body, markup) == (b"<script src=list.js></script>", MARKUP)
    assert conversion["WARC-Refers-To"] == answer["WARC-Record-ID"]
    assert conversion["WARC-Target-URI"] == answer["WARC-Target-URI"]
    assert conversion["Content-Type"] == "text/html; charset=utf-8"
    assert about["WARC-Concurrent-To"] == conversion["WARC-Record-ID"]
    assert "rendered-by: chromium/143.0" in fields.decode().split("\r\n")


def test_it_is_found_by_its_capture_and_is_no_capture(data: Path) -> None:
    with Archive(data, readonly=True) as archive:
        capture = next(archive.captures(roles=["list"]))
        first, second = archive.renderings(capture.id)
        assert (first.id, first.sha256) == (f"{capture.id}-r1", hashlib.sha256(MARKUP).hexdigest())
        assert archive.markup(second) == MARKUP + b"<p>2"
        assert archive.by_digest(first.sha256) == []
        assert len(list(archive.captures())) == 2


def test_the_same_screen_with_the_same_markup_is_kept_once(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run")
        capture = archive.record(exchange())
        for _ in range(2):
            archive.submit_rendered(rendered(capture)).result()
        archive.submit_rendered(rendered(capture, b"<p>other")).result()
        assert [one.id[-3:] for one in archive.renderings()] == ["-r1", "-r2"]


def test_a_rebuild_from_the_files_alone_finds_it_again(data: Path) -> None:
    with Archive(data) as archive:
        before = list(archive.dump())
        assert archive.rebuild() == []
        assert list(archive.dump()) == before
        assert len(archive.renderings()) == 2
    assert list(verify(data)) == []


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("delete from renderings where screen = 2", "row missing"),
        ("update renderings set sha256 = 'x' where screen = 2", "row differs"),
        ("update renderings set id = id || '0' where screen = 2", "record missing"),
        ("update captures set record = 'x' where role = 'list'", "record missing"),
    ],
)
def test_verify_tells_a_row_that_is_not_as_the_file_has_it(data: Path, sql: str, kind: str) -> None:
    with closing(sqlite3.connect(data / "catalog.db")) as catalog:
        catalog.execute(sql)
        catalog.commit()
    assert kind in {finding.kind for finding in verify(data)}


def test_a_torn_rendered_page_is_dropped_whole(data: Path) -> None:
    path = data / "warc" / "run-00000.warc.gz"
    with Archive(data, readonly=True) as archive:
        last = archive.renderings()[-1]
    path.write_bytes(path.read_bytes()[: last.offset + last.length - 1])
    path.rename(path.with_name(path.name + ".open"))
    (data / "catalog.db").unlink()
    unsign(data)
    with Archive(data) as archive:
        assert [one.screen for one in archive.renderings()] == [1]
    assert list(verify(data)) == []


@pytest.mark.parametrize(
    "change", [{"rendered_at": "today"}, {"screen": 0}, {"browser": "\r\n"}], ids=str
)
def test_what_is_not_as_promised_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run")
        page = rendered(archive.record(exchange()))
        with pytest.raises(ArchiveError):
            archive.submit_rendered(dataclasses.replace(page, **change))  # type: ignore[arg-type]


def test_a_browser_s_name_forges_no_field(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run")
        page = rendered(archive.record(exchange()))
        page = dataclasses.replace(page, browser="x\r\nof-capture: other", truncated="bogus")
        kept = archive.submit_rendered(page).result()
        assert (kept.browser, kept.truncated) == ("x of-capture: other", "unspecified")
        assert archive.rebuild() == []
        assert archive.renderings() == [kept]
