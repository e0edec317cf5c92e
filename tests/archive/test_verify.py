from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from archiving import filled

from archive import Archive
from archive.files import fingerprint
from archive.members import Record, records
from archive.records import digest
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = "first-00000.warc.gz"
SECOND = "second-00000.warc.gz"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "data"))


def kinds(data: Path) -> list[str]:
    """What is found without the manifests; test_tampering shows what they add."""
    signed = {"file unsigned", "not as signed", "record added"}
    return sorted({str(finding.kind) for finding in verify(data)} - signed)


def members(data: Path, name: str = FIRST) -> list[Record]:
    return [item for item in records(data / "warc" / name) if isinstance(item, Record)]


def rewrite(data: Path, change: Callable[[bytes], bytes], name: str = FIRST) -> None:
    path = data / "warc" / name
    path.write_bytes(change(path.read_bytes()))


def edit(data: Path, sql: str) -> None:
    with closing(sqlite3.connect(data / "catalog.db")) as catalog, catalog:
        assert catalog.execute(sql).rowcount


def hide(data: Path, name: str = FIRST) -> None:
    """Makes the catalog's list of files agree with a changed file, as a careful forger would."""
    now = fingerprint(data / "warc" / name, len(members(data, name)))
    edit(
        data,
        f"UPDATE files SET bytes = {now.bytes}, sha256 = '{now.sha256}', records = {now.records}"
        f" WHERE name = '{name}'",
    )


def forge(data: Path, number: int, old: bytes, new: bytes) -> None:
    """Changes a record's bytes and gives it a gzip member that is whole again."""
    record = members(data)[number]
    path = data / "warc" / FIRST
    raw = path.read_bytes()
    member = raw[record.offset : record.offset + record.length]
    text = zlib.decompress(member, 31)
    assert text.count(old) >= 1
    packed = zlib.compressobj(6, zlib.DEFLATED, 31)
    forged = packed.compress(text.replace(old, new)) + packed.flush()
    path.write_bytes(raw[: record.offset] + forged + raw[record.offset + record.length :])
    hide(data)


def test_an_untouched_archive_has_no_findings(data: Path) -> None:
    steps: list[tuple[int, int]] = []
    assert list(verify(data, lambda done, total: steps.append((done, total)))) == []
    assert steps[-1][0] == steps[-1][1] == sum(p.stat().st_size for p in data.glob("warc/*.gz"))


def test_warcio_check_would_not_have_noticed(data: Path) -> None:
    rewrite(data, lambda raw: raw[:-20])
    command = [sys.executable, "-m", "warcio.cli", "check", str(data / "warc" / FIRST)]
    assert subprocess.run(command, check=False).returncode == 0
    assert kinds(data) == ["cut off", "file changed", "run differs"]


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_truncated_file(data: Path, part: float) -> None:
    rewrite(data, lambda raw: raw[: int(len(raw) * part)])
    assert set(kinds(data)) >= {"file changed", "record missing"}


def test_a_file_truncated_between_records(data: Path) -> None:
    end = members(data)[-1].offset
    rewrite(data, lambda raw: raw[:end])
    hide(data)
    assert kinds(data) == ["run differs"]


def test_every_flipped_byte_is_noticed(data: Path) -> None:
    path = data / "warc" / FIRST
    raw = path.read_bytes()
    hide(data)
    for offset in range(0, len(raw), 97):
        flipped = bytearray(raw)
        flipped[offset] ^= 0x10
        path.write_bytes(flipped)
        assert "file changed" in kinds(data), offset


def test_a_flipped_byte_is_noticed_without_the_file_list(data: Path) -> None:
    response = members(data)[4]
    middle = response.offset + response.length // 2
    rewrite(data, lambda raw: raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :])
    hide(data)
    assert kinds(data) == ["checksum", "not a record", "record missing"]


def test_a_forged_body(data: Path) -> None:
    forge(data, 4, "年度报告".encode(), "年度报生".encode())
    assert set(kinds(data)) >= {"block digest", "content digest", "payload digest"}


def test_a_forged_body_with_digests_to_match(data: Path) -> None:
    old = members(data)[4]
    new = old.block.replace("年度报告".encode(), "年度报生".encode())
    assert digest(old.block) == old.headers["warc-block-digest"]
    forge(data, 4, "年度报告".encode(), "年度报生".encode())
    forge(data, 4, digest(old.block).encode(), digest(new).encode())
    bodies = [block.partition(b"\r\n\r\n")[2] for block in (old.block, new)]
    forge(data, 4, digest(bodies[0]).encode(), digest(bodies[1]).encode())
    assert set(kinds(data)) >= {"content digest", "row differs"}
    assert not set(kinds(data)) & {"block digest", "payload digest"}


def test_a_forged_body_of_another_length(data: Path) -> None:
    forge(data, 4, "年度报告".encode(), b"")
    assert "record length" in kinds(data)


def test_a_forged_metadata_record(data: Path) -> None:
    forge(data, 3, b"portal: 230111", b"portal: 230112")
    assert kinds(data) == ["block digest", "payload digest", "row differs"]


def test_a_forged_request(data: Path) -> None:
    forge(data, 2, b"GET /", b"PUT /")
    assert set(kinds(data)) >= {"block digest", "content digest"}


def test_a_removed_exchange(data: Path) -> None:
    start, end = members(data)[2].offset, members(data)[5].offset
    rewrite(data, lambda raw: raw[:start] + raw[end:])
    assert set(kinds(data)) == {"file changed", "record missing", "record moved"}


def test_a_removed_record_of_an_exchange(data: Path) -> None:
    for number in (2, 3, 4):
        record = members(data)[number]
        raw = (data / "warc" / FIRST).read_bytes()
        rewrite(data, lambda raw: raw[: record.offset] + raw[record.offset + record.length :])  # noqa: B023 - called at once
        assert "record missing" in kinds(data), number
        (data / "warc" / FIRST).write_bytes(raw)


def test_an_added_exchange(data: Path) -> None:
    start, end = members(data, SECOND)[2].offset, members(data, SECOND)[5].offset
    group = (data / "warc" / SECOND).read_bytes()[start:end]
    rewrite(data, lambda raw: raw + group)
    hide(data)
    assert kinds(data) == ["row differs"]


def test_rubbish_at_the_end(data: Path) -> None:
    rewrite(data, lambda raw: raw + b"\0" * 512)
    hide(data)
    assert kinds(data) == ["checksum"]


def test_a_missing_file(data: Path) -> None:
    (data / "warc" / FIRST).unlink()
    assert kinds(data) == ["file missing", "run differs"]


def test_an_unknown_file(data: Path) -> None:
    shutil.copy(data / "warc" / FIRST, data / "warc" / "other-00000.warc.gz")
    assert kinds(data) == ["file unknown", "row differs"]


def test_a_file_whose_writer_died(data: Path) -> None:
    path = data / "warc" / SECOND
    path.rename(path.with_name(SECOND + ".open"))
    assert kinds(data) == ["file unfinished"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE captures SET sha256 = 'x' WHERE revisit_of IS NULL", ["revisit", "row differs"]),
        ("UPDATE captures SET url = url || '#' WHERE role = 'probe'", ["row differs"]),
        ("UPDATE captures SET link_text = 'x' WHERE link_text IS NOT NULL", ["row differs"]),
        ("UPDATE captures SET offset = offset + 1 WHERE role = 'probe'", ["row differs"]),
        ("UPDATE captures SET etag = NULL WHERE etag IS NOT NULL", ["row differs"]),
        ("DELETE FROM captures WHERE role = 'probe'", ["row missing"]),
        ("DELETE FROM captures WHERE run = 'first'", ["revisit", "row missing"]),
        ("UPDATE runs SET failed = 1", ["run differs"]),
        ("DELETE FROM runs WHERE id = 'first'", ["run differs"]),
        ("DELETE FROM files WHERE name = 'first-00000.warc.gz'", ["file unknown"]),
        ("UPDATE files SET sha256 = 'x' WHERE name = 'first-00000.warc.gz'", ["file changed"]),
        ("INSERT INTO portals (run, id, url) VALUES ('first', 'x', 'y')", ["run differs"]),
        ("UPDATE captures SET warc = 'none-00000.warc.gz' WHERE role = 'probe'", ["file missing"]),
    ],
)
def test_an_edited_catalog(data: Path, sql: str, expected: list[str]) -> None:
    edit(data, sql)
    assert set(kinds(data)) >= set(expected)


def test_an_added_row(data: Path) -> None:
    with closing(sqlite3.connect(data / "catalog.db")) as catalog, catalog:
        row = list(catalog.execute("SELECT * FROM captures LIMIT 1").fetchone())
        catalog.execute(
            f"INSERT INTO captures VALUES ({','.join('?' * len(row))})", ["x", *row[1:]]
        )
    assert kinds(data) == ["record missing"]


def test_a_missing_or_damaged_catalog(data: Path) -> None:
    catalog = data / "catalog.db"
    raw = catalog.read_bytes()
    for broken in (b"rubbish" * 999, raw[:8192], raw[:4096] + b"\xff" * 4096 + raw[8192:]):
        catalog.write_bytes(broken)
        assert "catalog" in kinds(data)
    catalog.unlink()
    assert kinds(data) == ["catalog"]
    assert not catalog.exists()


def test_a_finding_is_one_line_that_says_where(data: Path) -> None:
    rewrite(data, lambda raw: raw[:-20])
    lines = [str(finding) for finding in verify(data)]
    assert all("\n" not in line for line in lines)
    assert any(line.startswith(f"{FIRST} at ") and "cut off" in line for line in lines)


def test_rebuilding_answers_an_edited_catalog(data: Path) -> None:
    edit(data, "UPDATE captures SET sha256 = 'x', link_text = 'y'")
    with Archive(data) as archive:
        archive.rebuild()
    assert kinds(data) == []
