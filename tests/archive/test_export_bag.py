"""A bag that the Library of Congress's own program accepts, and the provenance that PROV reads."""

from __future__ import annotations

import csv
import io
import json
import shutil
from typing import TYPE_CHECKING

import bagit
import pytest
from archiving import exchange
from exporting import archived
from prov.model import ProvActivity, ProvDocument

from archive import Archive
from archive.export import choose, write_bag
from archive.export.bag import Listed, manifest
from archive.export.prov import provenance
from archive.export.table import csv_chunks

if TYPE_CHECKING:
    from pathlib import Path

    from prov.model import ProvRecord


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archived(tmp_path_factory.mktemp("bagged"))


def bagged(data: Path, bag: Path, **wanted: list[str]) -> Path:
    bag.mkdir()
    with Archive(data, readonly=True) as archive:
        write_bag(bag, data, choose(archive, **wanted), "nianbao/0")  # type: ignore[arg-type]
    return bag


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_bagit_finds_it_whole_and_valid(data: Path, tmp_path: Path) -> None:
    opened = bagit.Bag(str(bagged(data, tmp_path / "bag")))
    assert opened.validate(completeness_only=False)
    assert opened.info["Captures"] == "15"


def test_bagit_finds_a_flipped_bit(data: Path, tmp_path: Path) -> None:
    bag = bagged(data, tmp_path / "bag")
    path = bag / "data" / "warc" / "first-00000.warc.gz"
    raw = bytearray(path.read_bytes())
    raw[1000] ^= 1
    path.write_bytes(raw)
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(bag)).validate()


def test_the_archive_can_be_made_again_from_the_bag(data: Path, tmp_path: Path) -> None:
    bag = bagged(data, tmp_path / "bag")
    copy = tmp_path / "copy"
    shutil.copytree(bag / "data" / "warc", copy / "warc")
    with Archive(copy) as made, Archive(data, readonly=True) as original:
        assert made.problems == []
        wanted = [row for row in original.dump() if row[0] in {"captures", "renderings", "runs"}]
        assert [
            row for row in made.dump() if row[0] in {"captures", "renderings", "runs"}
        ] == wanted


def test_the_same_bag_is_the_same_bytes(data: Path, tmp_path: Path) -> None:
    one, two = bagged(data, tmp_path / "one"), bagged(data, tmp_path / "two")
    assert contents(one) == contents(two)


def test_the_table_names_every_capture_as_the_catalog_does(data: Path, tmp_path: Path) -> None:
    held = contents(bagged(data, tmp_path / "bag", runs=["second"]))
    rows = list(csv.DictReader(io.StringIO(held["data/captures.csv"].decode("utf-8-sig"))))
    with Archive(data, readonly=True) as archive:
        for row in rows:
            capture = archive.capture(row["id"])
            assert capture
            assert (row["url"], row["sha256"]) == (capture.url, capture.sha256)
    assert len(rows) == 5
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)


def test_no_key_that_signs_leaves_the_archive(data: Path, tmp_path: Path) -> None:
    held = contents(bagged(data, tmp_path / "bag"))
    assert (data / "proof" / "public-key.pem").read_bytes() == held["data/proof/public-key.pem"]
    assert not any(b"PRIVATE" in one for one in held.values())


def test_retired_public_keys_come_along(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "data")
    pem = (copy / "proof" / "public-key.pem").read_bytes()
    for name in ("public-key-2025.pem", "public-key-a\nb.pem"):
        (copy / "proof" / name).write_bytes(pem)
    held = contents(bagged(copy, tmp_path / "bag"))
    keys = {name for name in held if "public-key" in name}
    assert keys == {"data/proof/public-key.pem", "data/proof/public-key-2025.pem"}


def test_a_name_with_a_line_break_forges_no_line_of_a_manifest() -> None:
    lines = manifest([Listed("data/a\nb%", 1, "0" * 64)]).decode()
    assert lines == f"{'0' * 64}  data/a%0Ab%25\n"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_text_becomes_a_formula(text: str) -> None:
    table = b"".join(csv_chunks(("a",), [[text]])).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(table, newline="").readlines()[1:]))[0] == f"'{text}"


# Provenance


def kinds(records: list[ProvRecord]) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in records:
        name = record.get_type().localpart
        found[name] = found.get(name, 0) + 1
    return found


def test_prov_reads_the_graph_and_finds_each_capture_with_its_fetch(data: Path) -> None:
    with Archive(data, readonly=True) as archive:
        text = b"".join(provenance(choose(archive), "nianbao/0"))
        captures = list(archive.captures())
    document = ProvDocument.deserialize(content=text.decode(), format="json")
    assert kinds(document.records)["Generation"] == len(captures) + 1
    assert kinds(document.records)["Derivation"] == 1
    for capture in captures:
        [found] = document.get_record(f"capture:{capture.id}")
        facts = {str(name): str(value) for name, value in found.attributes}
        assert facts["nianbao:url"] == capture.url
        [fetch] = document.get_record(f"fetch:{capture.id}")
        assert isinstance(fetch, ProvActivity)
        started = fetch.get_startTime()
        assert started
        assert started.strftime("%Y-%m-%dT%H:%M:%SZ") == capture.fetched_at


def test_a_rendered_page_is_derived_and_says_by_what(data: Path) -> None:
    with Archive(data, readonly=True) as archive:
        graph = json.loads(b"".join(provenance(choose(archive), "nianbao/0")))
        [rendering] = archive.renderings()
    [derived] = graph["wasDerivedFrom"].values()
    assert derived["prov:generatedEntity"] == f"rendering:{rendering.id}"
    assert derived["prov:usedEntity"] == f"capture:{rendering.capture}"
    assert graph["entity"][f"rendering:{rendering.id}"]["nianbao:browser"] == "chromium/143.0"


def test_hostile_names_break_no_graph(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        archive.record(
            exchange(portal='x"} \n:,;年', link_text="</script>\u202e", url="javascript:1")
        )
        text = b"".join(provenance(choose(archive), "nianbao/0"))
    assert ProvDocument.deserialize(content=text.decode(), format="json").records
