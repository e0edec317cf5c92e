"""Everything somebody might change in an archive, one thing each, and how verify names it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from archiving import filled
from authority import HAS_OPENSSL, Authority
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from archive import Archive
from archive.keys import read_public
from archive.members import Record, records
from archive.proving import stamp
from archive.published import seal
from archive.records import digest
from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(not HAS_OPENSSL, reason="needs openssl for the time stamps")

FIRST, SECOND = "first-00000.warc.gz", "second-00000.warc.gz"
MANIFEST = "first.manifest.json"
_DATABASE = """
CREATE TABLE captures (id TEXT PRIMARY KEY, run TEXT, url TEXT, sha256 TEXT, warc TEXT,
    offset INTEGER, length INTEGER);
CREATE TABLE reports (id TEXT PRIMARY KEY, document TEXT, capture TEXT);
CREATE TABLE documents (sha256 TEXT PRIMARY KEY);
CREATE TABLE figures (report TEXT, form_table TEXT, "row" TEXT, value NUMERIC, document TEXT);
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "authority")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """Two runs, signed and stamped, and a published database over them."""
    data = filled(tmp_path_factory.mktemp("whole"))
    with authority.serving() as url:
        assert not list(stamp(data, url, authority.root))
    with (
        Archive(data, readonly=True) as archive,
        closing(sqlite3.connect(data / "nianbao.db")) as db,
    ):
        captures = list(archive.captures())
        db.executescript(_DATABASE)
        db.executemany(
            "INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(c.id, c.run, c.url, c.sha256, c.warc, c.offset, c.length) for c in captures],
        )
        document = captures[0].sha256
        db.execute("INSERT INTO documents VALUES (?)", (document,))
        db.execute("INSERT INTO reports VALUES ('r1', ?, ?)", (document, captures[0].id))
        db.execute("INSERT INTO figures VALUES ('r1', 'requests', 'received', 42, NULL)")
        db.commit()
    assert seal(data) == []
    return data


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "data"))


def found(data: Path) -> list[str]:
    return [str(finding) for finding in verify(data)]


def test_nothing_is_found_where_nothing_was_done(data: Path) -> None:
    assert found(data) == []


# Tools of a forger


def members(data: Path, name: str = FIRST) -> list[Record]:
    return [item for item in records(data / "warc" / name) if isinstance(item, Record)]


def answer(data: Path, number: int = 0, name: str = FIRST) -> Record:
    return [one for one in members(data, name) if one.kind in {"response", "revisit"}][number]


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def flip(path: Path, offset: int) -> None:
    rewrite(path, lambda raw: raw[:offset] + bytes([raw[offset] ^ 4]) + raw[offset + 1 :])


def packed(data: bytes, level: int = 6) -> bytes:
    member = zlib.compressobj(level, zlib.DEFLATED, 31)
    return member.compress(data) + member.flush()


def forge(data: Path, record: Record, old: bytes, new: bytes, name: str = FIRST) -> None:
    """Changes a record, mends the digests in its header, gives it a whole gzip member."""
    path = data / "warc" / name
    raw = path.read_bytes()
    end = record.offset + record.length
    text = zlib.decompress(raw[record.offset : end], 31)
    assert old in text
    text = text.replace(old, new)
    head, _, block = text.partition(b"\r\n\r\n")
    block = block[:-4]
    body = block.partition(b"\r\n\r\n")[2] if record.kind in {"request", "response"} else block
    for header, stated in ((b"Block", digest(block)), (b"Payload", digest(body))):
        head = re.sub(b"WARC-%s-Digest: [^\r]*" % header,
                      b"WARC-%s-Digest: %s" % (header, stated.encode()), head)  # fmt: skip
    head = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(block), head)
    forged = packed(head + b"\r\n\r\n" + block + b"\r\n\r\n")
    path.write_bytes(raw[: record.offset] + forged + raw[end:])


def group(data: Path, name: str, number: int) -> tuple[int, int]:
    """Where the records of a capture begin and end."""
    answers = [
        n for n, one in enumerate(members(data, name)) if one.kind in {"response", "revisit"}
    ]
    last = members(data, name)[answers[number]]
    return members(data, name)[answers[number] - 2].offset, last.offset + last.length


def sql(data: Path, statement: str, name: str = "catalog.db") -> None:
    with closing(sqlite3.connect(data / name)) as db, db:
        assert db.execute(statement).rowcount


def edit_json(path: Path, **changes: Any) -> None:
    facts = json.loads(path.read_bytes())
    path.write_text(json.dumps(facts | changes, ensure_ascii=False, indent=1) + "\n")


def swap(one: Path, other: Path) -> None:
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


# What was done


def flipped_in_the_member_header(data: Path) -> None:
    flip(data / "warc" / FIRST, answer(data).offset + 1)


def flipped_in_the_payload(data: Path) -> None:
    record = answer(data, 1)
    flip(data / "warc" / FIRST, record.offset + record.length // 2)


def flipped_in_the_trailer(data: Path) -> None:
    record = answer(data, 1)
    flip(data / "warc" / FIRST, record.offset + record.length - 6)


def cut_file(data: Path) -> None:
    rewrite(data / "warc" / FIRST, lambda raw: raw[:-20])


def cut_between_records(data: Path) -> None:
    end = group(data, FIRST, 2)[0]
    rewrite(data / "warc" / FIRST, lambda raw: raw[:end])


def cut_member(data: Path) -> None:
    middle = answer(data).offset + answer(data).length // 2
    rewrite(data / "warc" / FIRST, lambda raw: raw[:middle] + raw[middle + 10 :])


def swapped_payload(data: Path) -> None:
    forge(data, answer(data), "年度报告".encode(), "年度报生".encode())


def swapped_records(data: Path) -> None:
    one, other = group(data, FIRST, 0), group(data, SECOND, 2)
    first, second = (data / "warc" / name for name in (FIRST, SECOND))
    raw, raw2 = first.read_bytes(), second.read_bytes()
    first.write_bytes(raw[: one[0]] + raw2[slice(*other)] + raw[one[1] :])
    second.write_bytes(raw2[: other[0]] + raw[slice(*one)] + raw2[other[1] :])


def removed_exchange(data: Path) -> None:
    start, end = group(data, FIRST, 1)
    rewrite(data / "warc" / FIRST, lambda raw: raw[:start] + raw[end:])


def removed_request(data: Path) -> None:
    record = next(one for one in members(data) if one.kind == "request")
    end = record.offset + record.length
    rewrite(data / "warc" / FIRST, lambda raw: raw[: record.offset] + raw[end:])


def added_exchange(data: Path) -> None:
    start, end = group(data, SECOND, 2)
    added = (data / "warc" / SECOND).read_bytes()[start:end]
    rewrite(data / "warc" / FIRST, lambda raw: raw + added)


def edited_header(data: Path) -> None:
    forge(data, answer(data), b"WARC-IP-Address: 127.0.0.1", b"WARC-IP-Address: 127.0.0.2")


def edited_provenance(data: Path) -> None:
    about = next(one for one in members(data) if b"link-text" in one.block)
    forge(data, about, "年报".encode(), "公报".encode())


def edited_and_rebuilt(data: Path) -> None:
    edited_header(data)
    with Archive(data, rebuild=True) as archive:
        assert archive.problems == []


def packed_anew_and_rebuilt(data: Path) -> None:
    """The same records in another compression: all captures hold, the file is another."""
    path = data / "warc" / FIRST
    raw = path.read_bytes()
    path.write_bytes(b"".join(
        packed(zlib.decompress(raw[one.offset : one.offset + one.length], 31), 9)
        for one in members(data)
    ))  # fmt: skip
    with Archive(data, rebuild=True) as archive:
        assert archive.problems == []


def edited_run_record(data: Path) -> None:
    forge(data, members(data)[-1], b'"new": 2', b'"new": 9')


def empty_file(data: Path) -> None:
    (data / "warc" / FIRST).write_bytes(b"")


def garbage_at_the_end(data: Path) -> None:
    rewrite(data / "warc" / FIRST, lambda raw: raw + b"garbage")


def bomb_at_the_end(data: Path) -> None:
    rewrite(data / "warc" / FIRST, lambda raw: raw + packed(b"\0" * 5_000_000))


def removed_warc(data: Path) -> None:
    (data / "warc" / SECOND).unlink()


def added_warc(data: Path) -> None:
    shutil.copy(data / "warc" / SECOND, data / "warc" / "third-00000.warc.gz")


def added_warc_of_a_signed_run(data: Path) -> None:
    shutil.copy(data / "warc" / SECOND, data / "warc" / "first-00001.warc.gz")
    with Archive(data):
        pass  # opening it reads it in, and must not sign it


def renamed_warc(data: Path) -> None:
    (data / "warc" / FIRST).rename(data / "warc" / "first-00007.warc.gz")


def replaced_signature(data: Path) -> None:
    path = data / "warc"
    shutil.copy(path / "second.manifest.json.sig", path / f"{MANIFEST}.sig")


def removed_signature(data: Path) -> None:
    (data / "warc" / f"{MANIFEST}.sig").unlink()


def short_signature(data: Path) -> None:
    rewrite(data / "warc" / f"{MANIFEST}.sig", lambda raw: raw[:40])


def wrong_key(data: Path) -> None:
    key = Ed25519PrivateKey.generate()
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    path = data / "warc" / MANIFEST
    edit_json(path, key=digest(der).removeprefix("sha256:"))
    (data / "warc" / f"{MANIFEST}.sig").write_bytes(key.sign(path.read_bytes()))


def replaced_public_key(data: Path) -> None:
    pem = Ed25519PrivateKey.generate().public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)  # fmt: skip
    (data / "proof" / "public-key.pem").write_bytes(pem)
    (data / "proof" / "signing-key.pem").unlink()


def broken_public_key(data: Path) -> None:
    (data / "proof" / "public-key.pem").write_bytes(b"-----BEGIN PUBLIC KEY-----\n")


def open_private_key(data: Path) -> None:
    (data / "proof" / "signing-key.pem").chmod(0o644)


def flipped_time_stamp(data: Path) -> None:
    path = data / "warc" / f"{MANIFEST}.tsr"
    flip(path, path.stat().st_size - 20)


def time_stamp_of_another_root(data: Path) -> None:
    path = data / "warc"
    shutil.copy(path / "second.manifest.json.tsr", path / f"{MANIFEST}.tsr")


def removed_time_stamp(data: Path) -> None:
    (data / "warc" / f"{MANIFEST}.tsr").unlink()


def time_stamp_of_nobody(data: Path) -> None:
    (data / "warc" / f"{MANIFEST}.tsr").write_bytes(b"rubbish")


def edited_manifest(data: Path) -> None:
    path = data / "warc" / MANIFEST
    edit_json(path, counts={"requests": 1, "found": 1, "new": 1, "unchanged": 1, "failed": 0})


def edited_leaf(data: Path) -> None:
    path = data / "warc" / MANIFEST
    facts = json.loads(path.read_bytes())
    leaves = facts["files"][0]["captures"]
    leaves[next(iter(leaves))] = "0" * 64
    edit_json(path, files=facts["files"])


def removed_manifest(data: Path) -> None:
    for path in data.glob(f"warc/{MANIFEST}*"):
        path.unlink()


def removed_manifest_and_opened(data: Path) -> None:
    removed_manifest(data)
    with Archive(data) as archive:
        assert "bring it back" in archive.problems[0]


def manifest_of_another_run(data: Path) -> None:
    for suffix in ("", ".sig", ".tsr"):
        swap(data / "warc" / f"{MANIFEST}{suffix}", data / "warc" / f"second.manifest.json{suffix}")


def two_manifests(data: Path) -> None:
    for suffix in ("", ".sig"):
        shutil.copy(data / "warc" / f"{MANIFEST}{suffix}",
                    data / "warc" / f"first.manifest-00000.json{suffix}")  # fmt: skip


def manifest_that_is_none(data: Path) -> None:
    (data / "warc" / MANIFEST).write_bytes(b"[" * 100_000)


def edited_log(data: Path) -> None:
    rewrite(data / "proof" / "audit.jsonl", lambda raw: raw.replace(b"second.man", b"secund.man"))


def removed_log_line(data: Path) -> None:
    rewrite(data / "proof" / "audit.jsonl", lambda raw: b"".join(raw.splitlines(keepends=True)[1:]))


def log_cut_short(data: Path) -> None:
    rewrite(data / "proof" / "audit.jsonl", lambda raw: raw.splitlines(keepends=True)[0])


def torn_log(data: Path) -> None:
    rewrite(data / "proof" / "audit.jsonl", lambda raw: raw[:-5])


def removed_log(data: Path) -> None:
    (data / "proof" / "audit.jsonl").unlink()


def catalog(statement: str) -> Callable[[Path], None]:
    return lambda data: sql(data, statement)


def database(statement: str) -> Callable[[Path], None]:
    return lambda data: sql(data, statement, "nianbao.db")


def truncated_catalog(data: Path) -> None:
    rewrite(data / "catalog.db", lambda raw: raw[:8192])


def removed_catalog(data: Path) -> None:
    (data / "catalog.db").unlink()


def removed_database(data: Path) -> None:
    (data / "nianbao.db").unlink()


def truncated_database(data: Path) -> None:
    rewrite(data / "nianbao.db", lambda raw: raw[:4096])


def _drop(data: Path) -> None:
    with closing(sqlite3.connect(data / "nianbao.db")) as db:
        db.execute("DROP TABLE figures")


def edited_beside(data: Path) -> None:
    """What SQLite reads as part of the database, and the database's own file is untouched."""
    path = data / "nianbao.db"
    sealed = path.read_bytes()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE figures SET value = 43")
        db.commit()
        laid_over = path.with_name("nianbao.db-wal").read_bytes()
    path.write_bytes(sealed)
    path.with_name("nianbao.db-wal").write_bytes(laid_over)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        assert db.execute("SELECT value FROM figures").fetchone() == (43,)


def journal_beside(data: Path) -> None:
    (data / "nianbao.db-journal").write_bytes(b"what SQLite would roll back")


def earlier_build(data: Path) -> None:
    names = ("nianbao.db", "proof/nianbao.db.json", "proof/nianbao.db.json.sig")
    before = {name: (data / name).read_bytes() for name in names}
    sql(data, "UPDATE figures SET value = 44", "nianbao.db")
    assert seal(data) == []
    for name, content in before.items():
        (data / name).write_bytes(content)


def log_cut_after_the_last_run(data: Path) -> None:
    path = data / "proof" / "audit.jsonl"
    rewrite(
        path,
        lambda raw: b"".join(x for x in raw.splitlines(keepends=True) if b'"database"' not in x),
    )


def another_key_beside(data: Path) -> None:
    """Whoever can write into the folder, and does not have the key that signs."""
    proof, key = data / "proof", Ed25519PrivateKey.generate()
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (proof / "public-key-2025.pem").write_bytes(pem)
    sql(data, "UPDATE figures SET value = 43", "nianbao.db")
    facts = json.loads((proof / "nianbao.db.json").read_bytes())
    facts |= {"sha256": digest((data / "nianbao.db").read_bytes()).removeprefix("sha256:")}
    facts["key"] = read_public(proof / "public-key-2025.pem").id
    text = json.dumps(facts).encode()
    (proof / "nianbao.db.json").write_bytes(text)
    (proof / "nianbao.db.json.sig").write_bytes(key.sign(text))


def hanging_warc(data: Path) -> None:
    os.mkfifo(data / "warc" / "first-00001.warc.gz")


def hanging_open_warc(data: Path) -> None:
    os.mkfifo(data / "warc" / "first-00001.warc.gz.open")


def link_to_nothing(data: Path) -> None:
    (data / "warc" / "first-00001.warc.gz").symlink_to(data / "nowhere")


def link_to_itself(data: Path) -> None:
    (data / "warc" / "first-00001.warc.gz").symlink_to("first-00001.warc.gz")


def warc_with_a_line_break(data: Path) -> None:
    (data / "warc" / "first\nnianbao: all is well\x1b[2K-00001.warc.gz").write_bytes(b"")


def uncompressed_warc(data: Path) -> None:
    (data / "warc" / "first-00001.WARC").write_bytes(b"WARC/1.1\r\n")


def edited_seal(data: Path) -> None:
    edit_json(data / "proof" / "nianbao.db.json", bytes=1)


def removed_seal(data: Path) -> None:
    (data / "proof" / "nianbao.db.json").unlink()


_PROBE = "WHERE role = 'probe'"
_REVISIT = "WHERE revisit_of IS NOT NULL"
CASES: list[tuple[str, Callable[[Path], None], str]] = [
    ("flip in a member's header", flipped_in_the_member_header, r"first.* checksum: .*header"),
    ("flip in a payload", flipped_in_the_payload, r"first.* at \d+: checksum: "),
    ("flip in a trailer", flipped_in_the_trailer, r"first.* at \d+: checksum: .*data check"),
    ("cut file", cut_file, r"first.*: cut off: the file ends inside a record"),
    ("cut between records", cut_between_records, r"first.*: record missing: .* and the"),
    ("cut member", cut_member, r"first.* at \d+: checksum: "),
    ("swapped payload", swapped_payload, r"first.*: content digest: .* not hold the content"),
    ("swapped records", swapped_records, r"first.*: record added: capture 20261120060103-"),
    ("removed exchange", removed_exchange, r"first.*: record missing: capture 20261120060002-"),
    ("removed request", removed_request, r"first.*: record missing: .* has no request"),
    ("added exchange", added_exchange, r"first.*: record added: .* not in the run's manifest"),
    ("edited header", edited_header, r"first.* at \d+: not as signed: capture "),
    ("edited provenance", edited_provenance, r"first.* at \d+: not as signed: capture "),
    ("edited, catalog rebuilt", edited_and_rebuilt, r"first.* at \d+: not as signed: capture "),
    ("packed anew", packed_anew_and_rebuilt, r"first.*: not as signed: \d+ bytes, 12 records"),
    ("edited run record", edited_run_record, r"catalog.db: run differs: run first "),
    ("empty file", empty_file, r"first.*: cut off: the file is empty"),
    ("garbage at the end", garbage_at_the_end, r"first.* at \d+: checksum: "),
    ("bomb at the end", bomb_at_the_end, r"first.*: not a record: .* no WARC record"),
    ("removed WARC", removed_warc, r"second.*: file missing: the catalog and the manifest name"),
    ("added WARC", added_warc, r"third.*: file unknown: "),
    ("added to a signed run", added_warc_of_a_signed_run, r"first-00001.*: file unsigned: "),
    ("renamed WARC", renamed_warc, r"first-00007.*: file renamed: is first-00000"),
    ("replaced signature", replaced_signature, r"first\.man.*: signature: the signature is not "),
    ("removed signature", removed_signature, r"first\.man.*: signature: has no signature "),
    ("short signature", short_signature, r"first\.man.*: signature: the signature is not "),
    ("wrong key", wrong_key, r"first\.man.*: key: is signed with key .*, which is not "),
    ("replaced public key", replaced_public_key, r"public-key\.pem: key: is .* the log began "),
    ("broken public key", broken_public_key, r"public-key\.pem: key: .* is no public key"),
    ("private key open to all", open_private_key, r"public-key\.pem: key: .*may be read"),
    ("flipped time stamp", flipped_time_stamp, r"first.*tsr: time stamp: does not hold: "),
    ("another root's stamp", time_stamp_of_another_root, r"first.*tsr: time stamp: .*else"),
    ("removed time stamp", removed_time_stamp, r"first.*tsr: time stamp: is gone"),
    ("nobody's time stamp", time_stamp_of_nobody, r"first.*tsr: time stamp: is not the one "),
    ("edited manifest", edited_manifest, r"first\.man.*: manifest: is not the one that the log "),
    ("edited leaf", edited_leaf, r"first\.man.*: root: its Merkle root is not "),
    ("removed manifest", removed_manifest, r"first\.man.*: manifest missing: the log says "),
    ("and opened since", removed_manifest_and_opened, r"first\.man.*: manifest missing: "),
    ("another run's manifest", manifest_of_another_run, r"first\.man.*: manifest: .*second"),
    ("two manifests", two_manifests, r"first\.manifest-00000.*: manifest: is first"),
    ("no manifest at all", manifest_that_is_none, r"first\.man.*: manifest: is no manifest: "),
    ("edited log", edited_log, r"audit\.jsonl: log: line \d does not follow "),
    ("removed log line", removed_log_line, r"audit\.jsonl: log: line 1 does not follow "),
    ("log cut short", log_cut_short, r"audit\.jsonl: log: is not as it stood when second"),
    ("torn log", torn_log, r"audit\.jsonl: log: its last line is torn off"),
    ("removed log", removed_log, r"audit\.jsonl: log: does not know first\.manifest\.json"),
    ("edited address", catalog(f"UPDATE captures SET url = url || '#' {_PROBE}"),
     r".*: row differs: .* differs in url "),
    ("edited digest", catalog(f"UPDATE captures SET sha256 = 'x' {_PROBE}"),
     r".*: row differs: .* differs in sha256 "),
    ("edited offset", catalog(f"UPDATE captures SET offset = offset + 1 {_PROBE}"),
     r".*: row differs: .* differs in offset "),
    ("edited date", catalog(f"UPDATE captures SET fetched_at = '2020-01-01T00:00:00Z' {_PROBE}"),
     r".*: row differs: .* differs in fetched_at "),
    ("edited leaf in a row", catalog(f"UPDATE captures SET leaf = 'x' {_PROBE}"),
     r".*: row differs: .* differs in leaf "),
    ("removed row", catalog(f"DELETE FROM captures {_PROBE}"),
     r".*: row missing: .* has no row in the catalog"),
    ("added row", catalog(
        "INSERT INTO captures SELECT '20200101000000-000000000000', run, portal, url, method,"
        " fetched_at, http_status, media_type, sha256, bytes, warc, offset, length, role, via,"
        " link_text, robots, revisit_of, truncated, file_name, reason, request, record, payload,"
        " etag, last_modified, leaf FROM captures LIMIT 1"),
     r".*: record missing: capture 20200101000000-0+ is in the catalog and not "),
    ("revisit to nothing", catalog("DELETE FROM captures WHERE run = 'first'"),
     r"second.*: revisit: .* which is not kept"),
    ("revisit to another", catalog(f"UPDATE captures SET revisit_of = id {_REVISIT}"),
     r"second.*: row differs: .* differs in revisit_of "),
    ("edited file list", catalog("UPDATE files SET records = records + 1"),
     r"first.*: file changed: .* where the catalog has "),
    ("truncated catalog", truncated_catalog, r"catalog\.db: catalog: "),
    ("removed catalog", removed_catalog, r"catalog\.db: catalog: .* cannot be opened"),
    ("edited figure", database("UPDATE figures SET value = 43"),
     r"nianbao\.db: database changed: report r1 or its figures "),
    ("added figure", database("INSERT INTO figures VALUES ('r1', 'x', 'y', 1, NULL)"),
     r"nianbao\.db: database changed: table figures has 2 rows, 1 were built"),
    ("edited report", database("UPDATE reports SET document = 'x'"),
     r"nianbao\.db: database differs: table reports names document x, which is not kept"),
    ("edited published capture", database("UPDATE captures SET url = 'x' WHERE run = 'first'"),
     r"nianbao\.db: database differs: capture .* differs in url from the catalog"),
    ("removed published capture", database("DELETE FROM captures WHERE run = 'first'"),
     r"nianbao\.db: database changed: table captures has 3 rows, 6 were built"),
    ("removed table", _drop,
     r"nianbao\.db: database changed: table figures has no rows, 1 were built"),
    ("removed database", removed_database, r"nianbao\.db: database missing: "),
    ("truncated database", truncated_database, r"nianbao\.db: database changed: cannot be read"),
    ("edited beside", edited_beside,
     r"nianbao\.db-wal: database changed: lies over the database that was built"),
    ("journal beside", journal_beside, r"nianbao\.db-journal: database changed: lies over "),
    ("earlier build", earlier_build,
     r"nianbao\.db: database changed: is an earlier build; the log has a later one"),
    ("log cut after the last run", log_cut_after_the_last_run,
     r"audit\.jsonl: log: does not know the build that nianbao\.db\.json is of"),
    ("another key beside", another_key_beside,
     r"public-key-2025\.pem: key: holds key .*, of which the log knows nothing"),
    ("its seal", another_key_beside, r"nianbao\.db\.json: signature: .* not signed by this "),
    ("hanging WARC", hanging_warc, r"first-00001\.warc\.gz: file unknown: is no file"),
    ("hanging open WARC", hanging_open_warc, r"first-00001.*open: file unknown: is no file"),
    ("link to nothing", link_to_nothing, r"first-00001\.warc\.gz: file unknown: is no file"),
    ("link to itself", link_to_itself, r"first-00001\.warc\.gz: file unknown: is no file"),
    ("line break in a name", warc_with_a_line_break,
     r"first nianbao: all is well \[2K-00001\.warc\.gz: file unknown: is not named as "),
    ("uncompressed WARC", uncompressed_warc, r"first-00001\.WARC: file unknown: is not named as "),
    ("row that is no text", catalog("UPDATE captures SET url = CAST(x'ff00' AS TEXT)"),
     r"catalog\.db: catalog: "),
    ("edited seal", edited_seal, r"nianbao\.db\.json: signature: "),
    ("removed seal", removed_seal, r"nianbao\.db: database unsealed: "),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tamper", "named"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_was_done_is_named(data: Path, tamper: Callable[[Path], None], named: str) -> None:
    tamper(data)
    lines = found(data)
    assert [line for line in lines if re.match(named, line)], lines
    assert all("\n" not in line for line in lines)


def test_a_stamp_of_another_authority(data: Path, tmp_path: Path) -> None:
    other, copy = Authority(tmp_path / "other"), tmp_path / "copy"
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("*.tsr"))
    with other.serving() as url:
        assert not list(stamp(copy, url, other.root))
    shutil.copy(copy / "warc" / f"{MANIFEST}.tsr", data / "warc")
    lines = found(data)
    assert [line for line in lines if "time stamp: does not hold" in line]


def test_a_forger_without_the_key_cannot_sign_anew(data: Path) -> None:
    edited_header(data)
    for path in (*data.glob("warc/*.manifest*"), *data.glob("proof/*")):
        path.unlink()
    with Archive(data, rebuild=True) as archive:
        assert archive.problems == []
    assert [line for line in found(data) if not line.startswith("nianbao.db")] == []
    known = data.parent / "known.pem"  # what a reader noted down before
    pem = Ed25519PrivateKey.generate().public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)  # fmt: skip
    known.write_bytes(pem)
    lines = [str(one) for one in verify(data, evidence=_evidence(data, known))]
    assert [line for line in lines if re.match(r"first\.manifest\.json: key: is signed with", line)]


def _evidence(data: Path, key: Path) -> Any:
    from archive.evidence import Evidence  # noqa: PLC0415 - only here

    return Evidence(data, key)


def test_what_cannot_be_read_is_named(data: Path) -> None:
    if os.geteuid() == 0:
        path = data / "warc" / MANIFEST
        path.unlink()
        path.mkdir()
    else:
        (data / "warc" / MANIFEST).chmod(0)
    assert [line for line in found(data) if "manifest: cannot be read" in line]
