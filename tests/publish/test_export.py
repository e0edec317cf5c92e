"""Exports of reports: every original where it belongs, unchanged, and described."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote

import jsonschema
import pytest
from rocrate.rocrate import ROCrate
from small_archive import TITLE, begin, cover, demo_file, filled, page

from archive import Archive, ArchiveError
from publish.build import build
from publish.export.choice import Published, Wanted, captures_of
from publish.export.command import ENDINGS, export

if TYPE_CHECKING:
    from collections.abc import Iterator

NIANBAO = Path(sys.executable).with_name("nianbao")
SHOWN = "990101 示范区/2023/示范区人民政府2023年政府信息公开工作年度报告.html"
HOSTILE_NAMES = ("../../x.pdf", "CON", "a" * 300, "X.PDF", "x.pdf", "y.pdf", "Y.pdf", "Ｙ.pdf")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def exported(data: Path, form: str, to: Path, **wanted: tuple[object, ...]) -> dict[str, bytes]:
    assert list(export(data, form, to, Wanted(**wanted))) == []  # type: ignore[arg-type]
    return contents(to) if to.is_dir() else {"": to.read_bytes()}


def test_originals_lie_by_place_and_year_unchanged(published: Path, tmp_path: Path) -> None:
    held = exported(published, "originals", tmp_path / "out")
    assert held[SHOWN] == demo_file("shifan-2023.html")
    assert {path.split("/")[0] for path in held if "/" in path} >= {
        "990101 示范区",
        "990102 样本区",
    }
    assert any(path.startswith("990102 样本区/2021/") and path.endswith(".pdf") for path in held)
    assert any(path.endswith("（网页）.html") for path in held)


def test_the_table_and_the_checksums_are_of_every_file(published: Path, tmp_path: Path) -> None:
    held = exported(published, "originals", tmp_path / "out")
    rows = list(csv.DictReader(held["originals.csv"].decode("utf-8-sig").splitlines()))
    files = {path for path in held if "/" in path}
    assert {row["path"] for row in rows} == files
    for row in rows:
        assert hashlib.sha256(held[row["path"]]).hexdigest() == row["sha256"]
    ended = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "out",
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert len(held["SHA256SUMS"].splitlines()) == len(files) + 1


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"places": ("990101",)}, {"990101 示范区"}),
        ({"places": ("990000",), "years": (2021, 2023)}, {"990101 示范区", "990102 样本区"}),
        ({"places": ("样本区",)}, {"990102 样本区"}),
        ({"portals": ("样本区",)}, {"990102 样本区"}),
        ({"years": (2021,)}, {"990102 样本区"}),
        ({"portals": ("b",)}, {"990102 样本区"}),
        ({"portals": ("http://a.gov.cn",), "years": (2023,)}, {"990101 示范区"}),
        ({"runs": ("run1",), "places": ("990102",)}, {"990102 样本区"}),
    ],
    ids=lambda told: str(sorted(told) if isinstance(told, set) else told),
)
def test_what_is_chosen_and_nothing_else(
    published: Path, tmp_path: Path, wanted: dict[str, tuple[object, ...]], places: set[str]
) -> None:
    held = exported(published, "originals", tmp_path / "out", **wanted)
    assert {path.split("/")[0] for path in held if "/" in path} == places


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("wanted", [{}, {"years": (2023,)}, {"places": ("990102",)}], ids=str)
def test_the_same_export_is_the_same_bytes(
    published: Path, tmp_path: Path, form: str, wanted: dict[str, tuple[object, ...]]
) -> None:
    one = exported(published, form, tmp_path / "one", **wanted)
    assert one == exported(published, form, tmp_path / "two", **wanted)


def test_captures_of_a_year_are_those_of_its_reports_revisits_too(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        for run in (1, 2):
            crawl = begin(archive, run)
            crawl.keep(page("list"), b"<a>list%d" % run, "list")
            crawl.keep(page("2023.html"), demo_file("shifan-2023.html"), link_text=TITLE)
            crawl.end()
    build(tmp_path, workers=0)
    found = captures_of(tmp_path, Wanted(years=(2023,)))
    with Archive(tmp_path, readonly=True) as archive:
        assert found == {c.id for c in archive.captures(roles=["report"])}
    assert len(found or ()) == 2


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports whose titles, file names and bytes are meant to do harm."""
    data = tmp_path_factory.mktemp("hostile")
    title = "../../../../etc/示范区人民政府2023年政府信息公开工作年度报告\x00\u202e.exe"
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        body = demo_file("shifan-2023.html").replace(TITLE.encode(), title.encode())
        crawl.keep(page("2023.html"), body, link_text=title)
        for number, name in enumerate(HOSTILE_NAMES):
            crawl.keep(
                page(f"{number}.pdf"),
                demo_file("unnamed-2021.pdf") + b"\n%%%d" % number,
                "attachment",
                via=page("2023.html"),
                link_text="=cmd|' /C calc'!A0",
                media_type="application/pdf",
                headers=(
                    (b"Content-Type", b"application/pdf"),
                    (b"Content-Disposition", f'attachment; filename="{name}"'.encode()),
                ),
            )
        crawl.end()
    build(data, workers=0)
    return data


def test_hostile_names_stay_in_the_folder(hostile: Path, tmp_path: Path) -> None:
    before = set(tmp_path.parent.iterdir())
    held = exported(hostile, "originals", tmp_path / "out")
    assert set(tmp_path.parent.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    names = [unicodedata.normalize("NFKC", path).casefold() for path in held]
    assert len(names) == len(set(names))
    assert not any(path.endswith(".exe") for path in held)
    assert sum(path.endswith(".pdf") for path in held) == len(HOSTILE_NAMES)
    assert b",=cmd" not in held["originals.csv"]


def test_a_crate_is_read_by_rocrate_and_names_every_file(published: Path, tmp_path: Path) -> None:
    held = exported(published, "ro-crate", tmp_path / "crate")
    crate = ROCrate(str(tmp_path / "crate"))
    assert crate.version == "1.1"
    listed = {unquote(entity.id) for entity in crate.data_entities}
    assert listed == held.keys() - {"ro-crate-metadata.json"}
    for entity in crate.data_entities:
        if "/" in unquote(entity.id):
            digest = hashlib.sha256(held[unquote(entity.id)]).hexdigest()
            assert entity["sha256"] == digest
    [publisher] = [e for e in crate.contextual_entities if "示范区人民政府" in str(e.get("name"))
                   and "GovernmentOrganization" in e.type]  # fmt: skip
    assert publisher.id.startswith("#publisher-")


CRATE_SCHEMA = {
    "type": "object",
    "required": ["@context", "@graph"],
    "properties": {
        "@graph": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["@id", "@type"],
                "properties": {"@id": {"type": "string", "pattern": r"^[!-~]+$"}},
            },
        }
    },
}


def test_a_crate_refers_to_nothing_that_it_does_not_describe(hostile: Path, tmp_path: Path) -> None:
    held = exported(hostile, "ro-crate", tmp_path / "crate")
    crate = json.loads(held["ro-crate-metadata.json"])
    jsonschema.validate(crate, CRATE_SCHEMA)
    ids = [entity["@id"] for entity in crate["@graph"]]
    assert len(ids) == len(set(ids))

    def references(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            if value.keys() == {"@id"}:
                yield value["@id"]
            for item in value.values():
                yield from references(item)
        elif isinstance(value, list):
            for item in value:
                yield from references(item)

    outside = {"https://w3id.org/ro/crate/1.1"}
    assert set(references(crate["@graph"])) - outside <= set(ids)


def test_what_cannot_be_read_is_told_and_the_rest_is_there(tmp_path: Path) -> None:
    data = filled(tmp_path / "data")
    build(data, workers=0)
    with Archive(data, readonly=True) as archive:
        hurt = next(c for c in archive.captures() if c.url.endswith("x.pdf"))
    path = data / "warc" / hurt.warc
    raw = bytearray(path.read_bytes())
    raw[hurt.offset + hurt.length // 2] ^= 1
    path.write_bytes(raw)
    problems = list(export(data, "originals", tmp_path / "out", Wanted()))
    assert len(problems) == 1
    assert "x.pdf" in problems[0]
    held = contents(tmp_path / "out")
    assert SHOWN in held
    assert not any(path.endswith(".pdf") for path in held)


@pytest.mark.parametrize(
    ("form", "wanted", "said"),
    [
        ("originals", Wanted(years=(1999,)), "no report of year 1999"),
        ("wacz", Wanted(years=(1999,)), "no report of year 1999"),
        ("wacz", Wanted(runs=("none",)), "no run none"),
        ("bagit", Wanted(places=("110000",)), "no portal of 110000"),
        ("prov", Wanted(portals=("x\ny",)), "no portal x"),
    ],
)
def test_what_is_not_there_is_one_line_and_leaves_nothing(
    published: Path, tmp_path: Path, form: str, wanted: Wanted, said: str
) -> None:
    [line] = export(published, form, tmp_path / "out", wanted)
    assert said in line
    assert list(tmp_path.iterdir()) == []


def test_without_a_build_reports_are_not_exported_and_captures_are(tmp_path: Path) -> None:
    data = filled(tmp_path / "data")
    [line] = export(data, "originals", tmp_path / "out", Wanted())
    assert "nianbao build" in line
    assert list(export(data, "wacz", tmp_path / "out.wacz", Wanted())) == []
    [line] = export(tmp_path / "empty", "prov", tmp_path / "x", Wanted())
    assert "holds no archive yet" in line


def test_a_database_of_something_else_is_said(tmp_path: Path) -> None:
    (tmp_path / "nianbao.db").write_bytes(b"not a database" * 100)
    with pytest.raises(ArchiveError, match="not a database"), closing(Published(tmp_path)) as found:
        found.reports(Wanted())


def test_the_command_tells_where_it_wrote_and_which_form_is_for_whom(
    published: Path, tmp_path: Path
) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [NIANBAO, "export", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "NIANBAO_DATA": str(published)},
        )

    told = run("--help").stdout
    for word in (*ENDINGS, "library", "repositories", "replayweb.page", "--portal", "--year"):
        assert word in told
    ended = run("wacz", "--portal", "b", "--run", "run1")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr.startswith("nianbao-b-run1.wacz: 2 captures, ")
    again = run("wacz", "--portal", "b", "--run", "run1")
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert run("wacz", "--portal", "b", "--run", "run1", "--replace").returncode == 0
    assert run("zip").returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["nianbao-b-run1.wacz"]


def test_a_hostile_portal_id_is_no_path_of_the_default_name(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Archive(data) as archive:
        crawl = begin(archive, 1)
        crawl.keep(page("x"), cover("x"), portal="../../../x")
        crawl.end()
    here = tmp_path / "here"
    here.mkdir()
    before = Path.cwd()
    os.chdir(here)
    try:
        assert len(list(export(data, "prov", None, Wanted(runs=("run1",))))) == 0
    finally:
        os.chdir(before)
    assert [path.name for path in here.iterdir()] == ["nianbao-run1.prov.json"]
    shutil.rmtree(here)


@pytest.mark.parametrize(
    "where",
    [".", "..", "warc", "warc/x", "proof/x", "cache", "catalog.db", "nianbao.db", "nianbao.db-wal"],
)
@pytest.mark.parametrize("form", ["wacz", "originals"])
def test_no_export_takes_the_archive_s_own_place(tmp_path: Path, form: str, where: str) -> None:
    data = filled(tmp_path / "parent" / "data")
    before = contents(tmp_path)
    [line] = export(data, form, data / where, Wanted(), replace=True)
    assert "belongs to the archive" in line
    assert contents(tmp_path) == before


def test_a_folder_that_is_no_export_is_not_replaced(published: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "thesis.doc").touch()
    [line] = export(published, "originals", tmp_path / "own", Wanted(), replace=True)
    assert "left alone" in line
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["thesis.doc"]


@pytest.mark.parametrize("form", ["wacz", "bagit", "originals"])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    published: Path, tmp_path: Path, form: str
) -> None:
    ended = subprocess.run(
        [NIANBAO, "export", form, "--data", published, "--to", tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)),
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("nianbao: nothing was exported: ")
    assert len(ended.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_export_says_so_and_leaves_nothing(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(out: BinaryIO, *_: object) -> None:
        out.write(b"half of it")
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("publish.export.command.write_wacz", interrupted)
    # A shell has what it starts in the background ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        said = list(export(published, "wacz", tmp_path / "out", Wanted()))
    finally:
        signal.signal(signal.SIGINT, before)
    assert said == ["interrupted; nothing was exported"]
    assert list(tmp_path.iterdir()) == []
