"""A WACZ holds the records as they are, finds each by its index, and is the same bytes twice."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from archiving import URL, exchange
from exporting import HOST, LIST, archived, check_wacz, index, wacz
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive import Archive, sending
from archive.export import NothingError, choose
from archive.export.cdxj import surt

if TYPE_CHECKING:
    from pathlib import Path

CHOICES: dict[str, dict[str, Any]] = {
    "all": {},
    "a portal": {"portals": ["230111"]},
    "a run": {"runs": ["second"]},
}
VALIDATOR = os.environ.get("NIANBAO_WACZ")
"""The program of the wacz package, which needs an AGPL library and is no part of this project."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archived(tmp_path_factory.mktemp("exported"))


def warcs(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: held for name, held in files.items() if name.startswith("archive/")}


def ids(held: bytes) -> list[str]:
    read = ArchiveIterator(io.BytesIO(held), check_digests="raise")
    found = []
    for record in read:
        record.content_stream().read()
        found.append(record.rec_headers["WARC-Record-ID"])
    return found


def test_of_the_whole_archive_it_holds_the_files_as_they_are(data: Path) -> None:
    files = check_wacz(wacz(data)[0])
    for name in ("first-00000.warc.gz", "second-00000.warc.gz"):
        assert files[f"archive/{name}"] == (data / "warc" / name).read_bytes()


@pytest.mark.parametrize("name", CHOICES)
def test_each_line_of_the_index_leads_to_the_record_it_tells_of(data: Path, name: str) -> None:
    files = check_wacz(wacz(data, **CHOICES[name])[0])
    with Archive(data, readonly=True) as archive:
        chosen = choose(archive, **CHOICES[name]).captures
        wanted = sorted((c.url, c.fetched_at) for c in chosen)
    found = []
    for key, time, facts in index(files):
        held = files[f"archive/{facts['filename']}"]
        start, length = int(facts["offset"]), int(facts["length"])
        [record] = FastIterator(io.BytesIO(held[start : start + length]))
        assert record.headers["WARC-Target-URI"] == facts["url"]
        assert record.headers["WARC-Payload-Digest"] == facts["digest"]
        assert str(record.http_headers.status_code) == facts["status"]
        assert key.startswith(("cn,gov,example)/", "example,other)/"))
        found.append((facts["url"], record.headers["WARC-Date"]))
        assert time == "".join(filter(str.isdigit, record.headers["WARC-Date"]))
    assert sorted(found) == wanted


def test_what_was_posted_is_found_by_its_body(data: Path) -> None:
    files = check_wacz(wacz(data)[0])
    keys = {key: facts["requestBody"] for key, _, facts in index(files) if facts.get("method")}
    assert keys == {
        "cn,gov,example)/api/list?__wb_method=post&channel=%E5%B9%B4&page=2": "page=2&channel=年",
        "cn,gov,example)/api/list?__wb_method=post&in.2_=2&in=1&on=true&page=2": (
            "page=2&on=true&in=1&in.2_=2"
        ),
    }


def test_of_one_portal_it_holds_whole_groups_and_the_run_unchanged(data: Path) -> None:
    files = check_wacz(wacz(data, portals=["https://other.example"])[0])
    [(name, held)] = warcs(files).items()
    assert name == "archive/first-00000-part.warc.gz"
    source = (data / "warc" / "first-00000.warc.gz").read_bytes()
    kinds = [r.headers["WARC-Type"] for r in FastIterator(io.BytesIO(held))]
    assert kinds == ["warcinfo", "metadata", "request", "metadata", "response", "metadata"]
    assert set(ids(held)) <= set(ids(source))
    assert [facts["url"] for _, _, facts in index(files)] == ["https://other.example/"]


def test_what_a_revisit_refers_to_comes_along(data: Path) -> None:
    files = check_wacz(wacz(data, runs=["second"])[0])
    held = list(warcs(files).values())
    have = {one for file in held for one in ids(file)}
    for file in held:
        for record in ArchiveIterator(io.BytesIO(file)):
            if record.rec_type == "revisit":
                assert record.rec_headers["WARC-Refers-To"] in have
    assert sorted(warcs(files)) == [
        "archive/first-00000-part.warc.gz",
        "archive/second-00000.warc.gz",
    ]


def test_a_rendered_page_comes_along_and_is_never_replayed(data: Path) -> None:
    files = check_wacz(wacz(data, places=["230000"])[0])
    kinds = [
        r.headers["WARC-Type"] for f in warcs(files).values() for r in FastIterator(io.BytesIO(f))
    ]
    assert kinds.count("conversion") == 1
    assert [f["mime"] for _, _, f in index(files) if f["url"] == LIST] == ["text/html"]
    assert not any("other.example" in facts["url"] for _, _, facts in index(files))


def test_pages_are_what_a_reader_looks_for(data: Path) -> None:
    files = check_wacz(wacz(data)[0])
    titles = [json.loads(line).get("title") for line in files["pages/pages.jsonl"].splitlines()]
    assert titles[1:5] == ["呼兰区", "2022年年报", "t20230130_1.html.pdf", "t20230130_1.html"]
    package = json.loads(files["datapackage.json"])
    assert package["mainPageUrl"] == URL
    assert package["created"] == "2026-11-20T06:01:03Z"
    lists = [json.loads(line).get("url") for line in files["pages/extraPages.jsonl"].splitlines()]
    assert lists == [None, LIST]


def test_it_brings_the_proofs_of_its_runs_and_never_the_key_that_signs(data: Path) -> None:
    files = check_wacz(wacz(data, runs=["first"])[0])
    for name in ("first.manifest.json", "public-key.pem"):
        place = data / ("proof" if name.endswith("pem") else "warc") / name
        assert files[f"proof/{name}"] == place.read_bytes()
    assert not any(b"PRIVATE KEY" in held for held in files.values())
    assert not any(name.startswith("proof/second") for name in files)


def test_a_portal_is_named_by_its_place_too(data: Path) -> None:
    wanted = wacz(data, portals=["230111"])[0]
    for name in ({"portals": ["呼兰区"]}, {"places": ["呼兰区"]}, {"places": ["230100"]}):
        assert check_wacz(wacz(data, **name)[0]).keys() == check_wacz(wanted).keys()


@pytest.mark.parametrize("name", CHOICES)
def test_the_same_export_is_the_same_bytes(data: Path, name: str) -> None:
    assert wacz(data, **CHOICES[name]) == wacz(data, **CHOICES[name])


def test_damage_is_told_and_the_rest_is_exported(tmp_path: Path) -> None:
    archived(tmp_path)
    with Archive(tmp_path, readonly=True) as archive:
        hurt = next(c for c in archive.captures() if c.url.endswith(".pdf"))
    path = tmp_path / "warc" / hurt.warc
    raw = bytearray(path.read_bytes())
    raw[hurt.offset + hurt.length // 2] ^= 1
    path.write_bytes(raw)
    held, problems = wacz(tmp_path, portals=["230111"])
    files = check_wacz(held)
    assert any(hurt.id in problem for problem in problems)
    urls = [f["url"] for _, _, f in index(files) if f["filename"].startswith("first")]
    assert hurt.url not in urls
    assert HOST in urls
    for part in warcs(files).values():
        ids(part)


def test_a_file_that_is_gone_is_told_and_the_rest_is_exported(tmp_path: Path) -> None:
    archived(tmp_path)
    (tmp_path / "warc" / "first-00000.warc.gz").unlink()
    held, problems = wacz(tmp_path)
    assert any("first-00000.warc.gz" in problem for problem in problems)
    assert "archive/second-00000.warc.gz" in check_wacz(held)


def test_what_is_in_the_store_alone_is_exported_the_same(data: Path, tmp_path: Path) -> None:
    before = {name: wacz(data, **wanted) for name, wanted in CHOICES.items()}
    copy = tmp_path / "copy"
    shutil.copytree(data, copy)
    (tmp_path / "store").mkdir()
    sending.choose(copy, str(tmp_path / "store"), stay=False)
    assert sending.send(copy).problems == []
    assert list((copy / "warc").glob("*.warc.gz")) == []
    for name, wanted in CHOICES.items():
        assert wacz(copy, **wanted) == before[name]


def test_while_a_crawl_goes_on_what_is_durable_is_exported(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        archive.record(exchange())
        files = check_wacz(wacz(tmp_path)[0])
    [(name, held)] = warcs(files).items()
    assert name == "archive/run-00000-part.warc.gz"
    assert len(ids(held)) == 5


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"runs": ["third"]}, "no run third"),
        ({"portals": ["nowhere"]}, "no portal nowhere"),
        ({"places": ["110000"]}, "no portal of 110000"),
        ({"places": ["2"]}, "no portal of 2"),
        ({"places": [""]}, "no portal of"),
        ({"among": []}, "no capture"),
        ({"runs": ["second"], "portals": ["https://other.example/"]}, "no capture"),
    ],
    ids=str,
)
def test_what_is_not_there_is_said(data: Path, wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(NothingError, match=said):
        wacz(data, **wanted)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.Example.gov.cn", "cn,gov,example)/"),
        ("https://www2.example.gov.cn:443/A?b=2&a=1", "cn,gov,example)/a?a=1&b=2"),
        ("http://example.gov.cn:8080/x", "cn,gov,example:8080)/x"),
        ("http://example.gov.cn/年报 1", "cn,gov,example)/%E5%B9%B4%E6%8A%A5%201"),
        ("http://[::1", "http://[::1"),
        ("ftp://example.gov.cn/", "ftp://example.gov.cn/"),
    ],
)
def test_keys_are_those_of_the_players(url: str, key: str) -> None:
    assert surt(url) == key


def test_a_hostile_address_makes_no_second_line(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        archive.record(exchange(url="http://a.cn/x\ncom,evil)/ 2026 {}"))
        archive.record(exchange(url="http://a.cn/\u2028\u00a0\x85年", second=1))
    files = check_wacz(wacz(tmp_path)[0])
    assert len(index(files)) == 2
    assert all(key.startswith("cn,a)/") and key.isascii() for key, _, _ in index(files))


@pytest.mark.skipif(not VALIDATOR, reason="NIANBAO_WACZ does not name the wacz program")
@pytest.mark.parametrize("name", CHOICES)
def test_the_wacz_package_finds_it_valid(data: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "export.wacz"
    path.write_bytes(wacz(data, **CHOICES[name])[0])
    assert VALIDATOR
    ended = subprocess.run(
        [VALIDATOR, "validate", "-f", path], capture_output=True, text=True, check=False
    )
    assert "Validation succeeded" in ended.stdout, ended.stdout + ended.stderr
