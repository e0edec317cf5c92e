from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import threading
import zlib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest
from archiving import URL, exchange, filled
from authority import HAS_OPENSSL, Authority

from archive import Archive, merkle
from archive.catalog import Catalog
from archive.chain import chain_of, script
from archive.der import with_sorted_certificates
from archive.errors import ArchiveError, Damaged
from archive.evidence import Evidence
from archive.manifest import load
from archive.proving import stamp
from archive.repair import Repair
from archive.stamping import address, check
from archive.store_command import keep_in
from archive.verify import verify
from archive.verify_command import Options, prove_capture, verify_archive

if TYPE_CHECKING:
    from collections.abc import Sequence

needs_openssl = pytest.mark.skipif(not HAS_OPENSSL, reason="needs openssl")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "authority")


def manifests(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(data.glob("warc/*.manifest*.json"))}


# The tree


def by_the_book(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = by_the_book(leaves[:split]), by_the_book(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 13, 64, 100, 129])
def test_the_tree_is_that_of_rfc_6962(size: int) -> None:
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(size)]
    assert leaves[0] == hashlib.sha256(b"\x000").digest()
    root = merkle.root(leaves)
    assert root == by_the_book(leaves)
    for position, leaf in enumerate(leaves):
        assert merkle.climb(leaf, merkle.path(leaves, position)) == root
    assert merkle.climb(leaves[0], merkle.path(leaves, size - 1)) != root or size == 1


def test_the_known_roots_of_certificate_transparency() -> None:
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
              "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in inputs]
    assert merkle.root([]).hex() == hashlib.sha256().hexdigest()
    assert merkle.root(leaves[:1]).hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert merkle.root(leaves).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


# When what is signed


def test_a_run_that_ended_is_signed(tmp_path: Path) -> None:
    filled(tmp_path)
    made = {name: load(data) for name, data in manifests(tmp_path).items()}
    assert list(made) == ["first.manifest.json", "second.manifest.json"]
    first = made["first.manifest.json"]
    assert (first.occasion, first.captures, first.counts["requests"]) == ("finish", 3, 3)
    (file,) = first.files
    path = tmp_path / "warc" / file.entry.name
    assert file.entry.bytes == path.stat().st_size
    assert file.entry.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert file.entry.records == 2 + 3 * 3 + 1
    assert first.root == merkle.root(first.leaves()).hex()
    assert not list(verify(tmp_path))


def test_the_private_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    private = tmp_path / "proof" / "signing-key.pem"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert b"PRIVATE" not in (tmp_path / "proof" / "public-key.pem").read_bytes()
    assert not list((tmp_path / "proof").glob("*.part"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_whoever_checks_need_not_read_the_private_key(tmp_path: Path) -> None:
    data = filled(tmp_path)
    (data / "proof" / "signing-key.pem").chmod(0)
    assert not list(verify(data))
    (data / "proof").chmod(0)
    told = [str(finding) for finding in verify(data)]
    (data / "proof").chmod(0o755)
    assert [line for line in told if "file unreadable: " in line]


def test_nothing_is_made_where_nothing_is_kept(tmp_path: Path) -> None:
    with Archive(tmp_path):
        pass
    assert not (tmp_path / "proof").exists()


def test_what_is_signed_is_never_changed(tmp_path: Path) -> None:
    with Archive(tmp_path, rotate_at=1) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        archive.record(exchange(b"one", 1))
        archive.record(exchange(b"two", 2))
    before = manifests(tmp_path)
    assert list(before) == ["run.manifest-00000.json"]
    assert load(before["run.manifest-00000.json"]).occasion == "close"
    with Archive(tmp_path, rotate_at=1) as archive:
        archive.begin_run("run")
        archive.record(exchange(b"three", 3))
        archive.record(exchange(b"four", 4))
        archive.finish_run("run", new=4)
        archive.begin_run("later", "2026-11-20T07:00:00Z")
        archive.record(exchange(b"five", 5))
        archive.finish_run("later")
    after = manifests(tmp_path)
    assert after.items() >= before.items()
    interim, final = load(after["run.manifest-00000.json"]), load(after["run.manifest.json"])
    assert final.files[: len(interim.files)] == interim.files
    assert final.captures == 4
    with Archive(tmp_path) as archive:
        assert archive.rebuild() == []
    assert manifests(tmp_path) == after
    assert not list(verify(tmp_path))


def test_a_killed_run_is_signed_when_the_archive_is_opened(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from archiving import exchange;"
        " from archive import Archive; archive = Archive(Path(sys.argv[1]));"
        " archive.begin_run('run', '2026-11-20T06:00:00Z'); archive.record(exchange());"
        " os.kill(os.getpid(), 9)"
    )
    import sys  # noqa: PLC0415 - only here

    path = {"PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=path, check=False)
    assert manifests(tmp_path) == {}
    assert {one.kind for one in verify(tmp_path)} == {"file unfinished"}
    with Archive(tmp_path) as archive:
        assert archive.problems == []
    (made,) = map(load, manifests(tmp_path).values())
    assert (made.name, made.occasion, made.finished) == ("run.manifest-00000.json", "upkeep", None)
    assert made.captures == 1
    assert not list(verify(tmp_path))


def test_writers_of_one_run_are_signed_together(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as other:
        one.begin_run("run", "2026-11-20T06:00:00Z")
        other.begin_run("run")
        one.record(exchange(b"one", 1))
        other.record(exchange(b"two", 2))
        one.finish_run("run", new=2)
        assert manifests(tmp_path) == {}  # the other is still writing
    (made,) = map(load, manifests(tmp_path).values())
    assert (made.name, made.captures) == ("run.manifest.json", 2)
    assert not list(verify(tmp_path))


def test_a_writer_that_goes_on_after_the_end_signs_its_own(tmp_path: Path) -> None:
    with Archive(tmp_path, rotate_at=1) as one, Archive(tmp_path) as other:
        one.begin_run("run", "2026-11-20T06:00:00Z")
        one.record(exchange(b"one", 1))
        one.finish_run("run", new=1)
        writer = other._new_writer(other.runs()[0], ())
        writer.start_run()
        other._writer = writer
        other.record(exchange(b"two", 2))
    assert list(manifests(tmp_path)) == ["run.manifest-00000.json", "run.manifest.json"]
    assert not list(verify(tmp_path))


def test_a_process_killed_while_it_signs(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / "warc" / "second.manifest.json"
    path.rename(path.with_name(path.name + ".due"))
    (tmp_path / "warc" / "third.manifest.json.due").write_bytes(b"not in the log")
    with Archive(tmp_path) as archive:
        assert archive.problems == []
    assert list(manifests(tmp_path)) == ["first.manifest.json", "second.manifest.json"]
    assert not list(tmp_path.glob("warc/*.due"))
    assert not list(verify(tmp_path))


def test_a_manifest_that_was_changed_is_not_built_upon(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        archive.record(exchange())
    path = tmp_path / "warc" / "run.manifest-00000.json"
    facts = json.loads(path.read_bytes())
    facts["files"][0]["bytes"] = 1
    path.write_text(json.dumps(facts))
    with Archive(tmp_path) as archive:
        archive.begin_run("run")
        archive.finish_run("run")
        assert "is not the one that the log says was signed" in archive.problems[-1]
    assert list(manifests(tmp_path)) == [path.name]


def test_a_lost_private_key_is_told_and_never_replaced(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "proof" / "signing-key.pem").unlink()
    with Archive(tmp_path) as archive:
        archive.begin_run("third", "2026-11-20T06:02:00Z")
        kept = archive.record(exchange(b"third", 125))
        archive.finish_run("third")
        assert "bring it back" in archive.problems[0]
        assert archive.content(kept) == b"third"
    assert {one.kind for one in verify(tmp_path)} == {"file unsigned", "manifest missing"}
    public = tmp_path / "proof" / "public-key.pem"
    public.rename(public.with_name("public-key-2026.pem"))
    with Archive(tmp_path) as archive:
        assert archive.problems == []
    assert "third.manifest.json" in manifests(tmp_path)
    assert not list(verify(tmp_path))


# Time stamps


@needs_openssl
def test_a_run_is_stamped_where_an_authority_is_configured(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANBAO_TSA_CA", str(authority.root))
    asked = authority.asked
    with authority.serving() as url:
        monkeypatch.setenv("NIANBAO_TSA", url)
        filled(tmp_path)
    monkeypatch.delenv("NIANBAO_TSA_CA")
    assert authority.asked == asked + 2
    evidence = Evidence(tmp_path)
    assert not list(verify(tmp_path, evidence=evidence))
    assert {stamp.rooted for stamp in evidence.stamps.values()} == {True}
    assert {stamp.by for stamp in evidence.stamps.values()} == {"CN=nianbao test authority"}


@needs_openssl
def test_an_authority_that_is_not_reached_is_a_problem_and_no_lost_run(
    tmp_path: Path,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with authority.serving() as url:
        pass
    monkeypatch.setenv("NIANBAO_TSA", url)
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        archive.record(exchange())
        assert archive.finish_run("run", new=1).new == 1
        (problem,) = archive.problems
    assert problem.startswith(f"no time stamp: the time-stamp authority at {url} was not reached")
    assert not list(verify(tmp_path))
    with authority.serving() as url:
        options = Options(stamp=True, tsa=url, tsa_ca=authority.root)
        assert list(verify_archive(tmp_path, options)) == []
    assert "time stamps: 1" in capsys.readouterr().err
    assert (tmp_path / "warc" / "run.manifest.json.tsr").is_file()


@needs_openssl
@pytest.mark.parametrize("answer", [b"", b"<html>proxy</html>", b"0" * 3_000_000])
def test_an_answer_that_is_no_time_stamp_is_not_kept(
    tmp_path: Path, authority: Authority, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path)
    monkeypatch.setattr(authority, "reply", lambda _query: answer)
    with authority.serving() as url:
        assert "no time stamp" in next(stamp(tmp_path, url, authority.root))
    assert not list(tmp_path.glob("warc/*.tsr"))


@needs_openssl
def test_an_old_answer_is_no_answer(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path)
    with authority.serving() as url:
        assert not list(stamp(tmp_path, url, authority.root, run="first"))
    old = (tmp_path / "warc" / "first.manifest.json.tsr").read_bytes()
    (tmp_path / "warc" / "first.manifest.json.tsr").unlink()
    monkeypatch.setattr(authority, "reply", lambda _query: old)
    with authority.serving() as url:
        assert "answers another request" in next(stamp(tmp_path, url, authority.root, run="first"))


@needs_openssl
def test_without_a_root_it_says_so(
    tmp_path: Path, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(tmp_path)
    with authority.serving() as url:
        assert not list(stamp(tmp_path, url))
    assert list(verify_archive(tmp_path, Options())) == []
    assert "not led back to a root" in capsys.readouterr().err
    assert list(verify_archive(tmp_path, Options(tsa_ca=authority.root))) == []
    assert "not led back" not in capsys.readouterr().err


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "tsa.example.org", "/x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ArchiveError, match="not the address"):
        address(url)


@needs_openssl
def test_time_stamps_in_pieces_are_refused_in_one_line(authority: Authority) -> None:
    from rfc3161_client import TimestampRequestBuilder  # noqa: PLC0415 - only here

    whole = authority.reply(TimestampRequestBuilder(data=b"x").build().as_bytes())
    dice = random.Random(5)
    for _ in range(200):
        cut = whole[: dice.randrange(len(whole))]
        with pytest.raises(Damaged) as told:
            check(cut, b"x")
        assert "\n" not in str(told.value)
    with pytest.raises(Damaged):
        with_sorted_certificates(b"\x30\x84\xff\xff\xff\xff")


# The chain of one capture


@needs_openssl
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_openssl_alone_checks_a_capture(
    tmp_path: Path, authority: Authority, shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = filled(tmp_path / "data of 2026")
    with Archive(data) as archive:
        archive.begin_run("third", "2026-11-20T06:02:00Z")
        coded = ((b"Content-Encoding", b"gzip"),)
        archive.record(exchange(gzip.compress(b"coded"), 125, url=URL + "?gz", headers=coded))
        other = ((b"Content-Encoding", b"br"),)
        body = brotli.compress(b"coded by Brotli" * 9)
        archive.record(exchange(body, 126, url=URL + "?br", headers=other))
        archive.finish_run("third")
    with authority.serving() as url:
        assert not list(stamp(data, url, authority.root))
    with Archive(data, readonly=True) as archive:
        captures = list(archive.captures())
    for capture in captures:
        assert list(prove_capture(data, capture.id, Options())) == []
        printed = capsys.readouterr().out
        done = subprocess.run(
            [shell], input=printed, cwd=data, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done
        assert "Signature Verified Successfully" in done.stdout
        assert "Verification: OK" in done.stdout
        assert capture.id in printed
        assert ("ok: content" in done.stdout) == (
            not capture.revisit_of and "?br" not in capture.url
        )


def test_a_citation_s_digest_leads_to_the_proof(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = filled(tmp_path)
    with Archive(data, readonly=True) as archive:
        first = next(iter(archive.captures()))
    assert list(prove_capture(data, first.sha256, Options())) == []
    printed = capsys.readouterr().out
    assert f"# capture {first.id}\n" in printed
    assert list(prove_capture(data, "0" * 64, Options())) == [f"there is no capture {'0' * 64}"]


@needs_openssl
def test_a_capture_is_checked_with_the_key_of_its_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = filled(tmp_path / "data")
    proof = data / "proof"
    (proof / "signing-key.pem").unlink()
    (proof / "public-key.pem").rename(proof / "public-key-it's lost.pem")
    with Archive(data) as archive:
        archive.begin_run("third", "2026-11-20T06:02:00Z")
        archive.record(exchange(b"third", 125))
        archive.finish_run("third")
        assert archive.problems == []
        captures = list(archive.captures())
    assert not list(verify(data))
    for capture in captures:
        assert list(prove_capture(data, capture.id, Options())) == []
        printed = capsys.readouterr().out
        done = subprocess.run(["sh"], input=printed, cwd=data, capture_output=True, text=True,
                              check=False)  # fmt: skip
        assert done.returncode == 0, done


@needs_openssl
def test_the_commands_say_where_a_file_is_that_was_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, store = filled(tmp_path / "data"), tmp_path / "it's $(away)"
    assert list(keep_in(data, str(store), stay=False)) == []
    with Archive(data, readonly=True) as archive:
        capture = next(iter(archive.captures()))
    capsys.readouterr()
    assert list(prove_capture(data, capture.id, Options())) == []
    printed = capsys.readouterr().out
    for here, status in ((False, 1), (True, 0)):
        if here:
            (store / capture.warc).rename(data / "warc" / capture.warc)
        done = subprocess.run(["sh"], input=printed, cwd=data, capture_output=True, text=True,
                              check=False)  # fmt: skip
        assert done.returncode == status, done
        missing = f"FAILED: warc/{capture.warc} is not here: get it from {store}"
        assert (missing in done.stdout) is not here


@needs_openssl
@pytest.mark.parametrize("where", ["warc", "manifest", "signature", "stamp"])
def test_the_commands_fail_where_something_was_changed(
    tmp_path: Path, authority: Authority, where: str
) -> None:
    data = filled(tmp_path)
    with authority.serving() as url:
        assert not list(stamp(data, url, authority.root))
    evidence, catalog = Evidence(data), Catalog(data / "catalog.db", readonly=True)
    assert not list(evidence.findings(catalog.runs()))
    with Archive(data, readonly=True) as archive:
        capture = next(iter(archive.captures()))
    commands = script(chain_of(data, capture.id, catalog, evidence), data)
    catalog.close()
    manifest = "first.manifest.json"
    names = {"manifest": "", "signature": ".sig", "stamp": ".tsr"}
    path = data / "warc" / (capture.warc if where == "warc" else manifest + names[where])
    raw = bytearray(path.read_bytes())
    raw[capture.offset + 40 if where == "warc" else 30] ^= 1
    path.write_bytes(raw)
    done = subprocess.run(["sh"], input=commands, cwd=data, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode != 0


def test_a_capture_without_proof_is_one_line(tmp_path: Path) -> None:
    data = filled(tmp_path)
    assert list(prove_capture(data, "nothing", Options())) == ["there is no capture nothing"]
    with Archive(data, readonly=True) as archive:
        capture = next(iter(archive.captures()))
    (data / "warc" / "first.manifest.json.sig").unlink()
    (line,) = prove_capture(data, capture.id, Options())
    assert line == "run first has no good manifest; `nianbao verify` says why"
    assert list(prove_capture(tmp_path / "none", "x", Options()))


def test_a_hostile_address_adds_no_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Archive(tmp_path) as archive:
        archive.begin_run("run", "2026-11-20T06:00:00Z")
        capture = archive.record(exchange(url=URL + "\ntouch owned #$(touch owned)`touch owned`"))
        archive.finish_run("run")
    assert list(prove_capture(tmp_path, capture.id, Options())) == []
    subprocess.run(["sh"], input=capsys.readouterr().out, cwd=tmp_path, text=True, check=True)
    assert not (tmp_path / "owned").exists()


# Repair


def test_what_is_damaged_is_restored_from_a_second_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = filled(tmp_path / "data")
    second = Path(shutil.copytree(data, tmp_path / "second"))
    good = {path.name: path.read_bytes() for path in data.glob("warc/*")}
    warc = data / "warc"
    raw = bytearray(good["first-00000.warc.gz"])
    raw[2_000] ^= 1
    (warc / "first-00000.warc.gz").write_bytes(raw)
    (warc / "second-00000.warc.gz").unlink()
    (warc / "first.manifest.json").write_text("{}")
    (warc / "second.manifest.json.sig").write_bytes(b"?")
    assert list(verify_archive(data, Options(repair=str(second)))) == []
    assert {path.name: path.read_bytes() for path in data.glob("warc/*")} == good
    assert (data / "damaged" / "first-00000.warc.gz").read_bytes() == raw
    told = capsys.readouterr().err
    assert "found first-00000.warc.gz at " in told
    assert told.count("restored ") == 4
    assert not list(warc.glob("*.copy"))
    repairs = [line for line in (data / "proof" / "audit.jsonl").open() if '"repair"' in line]
    assert len(repairs) == 4


def test_what_stands_in_the_place_of_a_file_makes_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = filled(tmp_path / "data")
    second = shutil.copytree(data, tmp_path / "second")
    folder, link = data / "warc" / "first-00000.warc.gz", data / "warc" / "second-00000.warc.gz"
    folder.unlink()
    (folder / "in").mkdir(parents=True)
    link.unlink()
    link.symlink_to(tmp_path / "nowhere")
    (data / "warc" / "first.manifest.json").unlink()
    assert list(verify_archive(data, Options(repair=str(second)))) == []
    told = capsys.readouterr().err
    assert told.count("restored ") == 3
    assert told.count("what was there is in") == 2
    assert (data / "damaged" / folder.name / "in").is_dir()
    assert (data / "damaged" / link.name).is_symlink()


def test_a_copy_that_is_no_better_replaces_nothing(tmp_path: Path) -> None:
    data = filled(tmp_path / "data")
    second = Path(shutil.copytree(data, tmp_path / "second"))
    for folder in (data, second):
        path = folder / "warc" / "first-00000.warc.gz"
        path.write_bytes(path.read_bytes()[:-5])
    before = (data / "warc" / "first-00000.warc.gz").read_bytes()
    lines = list(verify_archive(data, Options(repair=str(second))))
    assert "first-00000.warc.gz was not restored: the copy is not what it should be" in lines[0]
    assert any("cut off" in line for line in lines)
    assert (data / "warc" / "first-00000.warc.gz").read_bytes() == before
    assert sorted(path.name for path in data.iterdir() if path.name == "damaged") == []


def test_an_archive_is_not_its_own_second_store(tmp_path: Path) -> None:
    data = filled(tmp_path)
    with pytest.raises(ArchiveError, match="itself"):
        Repair(data, str(data), print)
    with pytest.raises(ArchiveError, match="not a folder"):
        Repair(data, str(tmp_path / "none"), print)


def test_every_audit_is_entered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = filled(tmp_path)
    assert list(verify_archive(data, Options())) == []
    (data / "catalog.db").unlink()
    assert len(list(verify_archive(data, Options()))) == 1
    audits = [json.loads(line) for line in (data / "proof" / "audit.jsonl").open()]
    assert [line["findings"] for line in audits if line["what"] == "audit"] == [{}, {"catalog": 1}]
    assert "MB/s" in capsys.readouterr().err


def test_no_room_for_the_proof_is_a_problem_and_no_lost_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive import files  # noqa: PLC0415 - only here

    whole = files.write_whole
    left = 0

    def full(path: Path, data: bytes, mode: int = 0o644, *, sync: bool = True) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        whole(path, data, mode, sync=sync)

    for number in range(4):  # private key, public key, signature, manifest
        left = number
        data = tmp_path / str(number)
        monkeypatch.setattr(files, "write_whole", full)
        with Archive(data) as archive:
            archive.begin_run("run", "2026-11-20T06:00:00Z")
            kept = archive.record(exchange())
            assert archive.finish_run("run", new=1).finished
            assert "No space left" in archive.problems[0]
        monkeypatch.setattr(files, "write_whole", whole)
        with Archive(data) as archive:
            assert archive.problems == []
            assert archive.content(kept)
        assert list(manifests(data)) == ["run.manifest.json"]
        assert not list(verify(data))


def test_things_that_are_no_files_hold_nothing_up(tmp_path: Path) -> None:
    data = filled(tmp_path)
    for name in ("first.manifest.json", "second.manifest.json.sig", "second.manifest.json.tsr"):
        (data / "warc" / name).unlink(missing_ok=True)
        os.mkfifo(data / "warc" / name)
    (data / "proof" / "audit.jsonl").unlink()
    os.mkfifo(data / "proof" / "audit.jsonl")
    told = {str(finding.kind) for finding in verify(data)}
    assert told >= {"manifest", "signature", "log"}


def test_an_archive_that_is_written_to_gives_no_false_alarm(tmp_path: Path) -> None:
    done = threading.Event()

    def crawl() -> None:
        try:
            for run in range(6):
                with Archive(tmp_path, rotate_at=20_000) as archive:
                    archive.begin_run(f"run{run}", f"2026-11-20T0{run}:00:00Z")
                    for second in range(60):
                        archive.record(exchange(os.urandom(3_000), second, url=f"{URL}?{run}"))
                    archive.finish_run(f"run{run}", new=60)
        finally:
            done.set()

    filled(tmp_path)
    writer = threading.Thread(target=crawl)
    writer.start()
    rounds = 0
    try:
        while not done.is_set():
            assert [str(finding) for finding in verify(tmp_path)] == []
            rounds += 1
    finally:
        writer.join()
    assert rounds
    assert [str(finding) for finding in verify(tmp_path)] == []


def test_a_stranger_is_not_signed_with_ones_own(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as other:
        one.begin_run("run", "2026-11-20T06:00:00Z")
        one.record(exchange(b"one", 1))
        one.finish_run("run", new=1)
        shutil.copy(
            tmp_path / "warc" / "run-00000.warc.gz", tmp_path / "warc" / "run-00005.warc.gz"
        )
        with Archive(tmp_path) as third:  # takes the stranger into the catalog
            assert third.problems
        writer = other._new_writer(other.runs()[0], ())
        writer.start_run()
        other._writer = writer
        other.record(exchange(b"two", 2))
    listed = [
        file.entry.name for file in load(manifests(tmp_path)["run.manifest-00000.json"]).files
    ]
    assert listed == ["run-00000.warc.gz", "run-00001.warc.gz"]
    unsigned = [one.file for one in verify(tmp_path) if one.kind == "file unsigned"]
    assert unsigned == ["run-00005.warc.gz"]


def test_a_copy_of_a_manifest_that_was_changed_is_not_taken(tmp_path: Path) -> None:
    data = filled(tmp_path / "data")
    second = Path(shutil.copytree(data, tmp_path / "second"))
    (data / "warc" / "first.manifest.json").unlink()
    path = second / "warc" / "first.manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"new": 2', b'"new": 3'))
    lines = list(verify_archive(data, Options(repair=str(second))))
    assert lines[0].startswith("first.manifest.json was not restored: the copy is not what the log")
    assert not (data / "warc" / "first.manifest.json").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"captures": 3', b'"captures": 4'),
        (b'"bytes": ', b'"bytes": -'),
        (b'"root": "', b'"root": "x'),
        (b"nianbao manifest 1", b"nianbao manifest 9"),
        (b'"name": "first-', b'"name": "../first-'),
        (b'"files": [', b'"files": [7,'),
    ],
)
def test_what_is_no_manifest_is_refused_in_one_line(tmp_path: Path, old: bytes, new: bytes) -> None:
    data = manifests(filled(tmp_path))["first.manifest.json"]
    assert old in data
    with pytest.raises(Damaged) as told:
        load(data.replace(old, new))
    assert "\n" not in str(told.value)


def test_a_capture_that_was_changed_has_no_chain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = filled(tmp_path)
    with Archive(data, readonly=True) as archive:
        capture = next(iter(archive.captures()))
    path = data / "warc" / capture.warc
    raw = bytearray(path.read_bytes())
    member = slice(capture.offset, capture.offset + capture.length)
    text = zlib.decompress(raw[member], 31).replace(b"127.0.0.1", b"127.0.0.2")
    packed = zlib.compressobj(6, zlib.DEFLATED, 31)
    raw[member] = packed.compress(text) + packed.flush()
    path.write_bytes(raw)
    (line,) = prove_capture(data, capture.id, Options())
    assert line.endswith("is not what first.manifest.json states")
    assert capsys.readouterr().out == ""


def test_an_edited_catalog_adds_no_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = filled(tmp_path)
    with closing(sqlite3.connect(data / "catalog.db")) as catalog, catalog:
        catalog.execute("UPDATE captures SET url = url || char(10) || 'touch owned'")
        (name,) = catalog.execute("SELECT min(id) FROM captures").fetchone()
    assert list(prove_capture(data, name, Options())) == []
    subprocess.run(["sh"], input=capsys.readouterr().out, cwd=data, text=True, check=True)
    assert not (data / "owned").exists()


@needs_openssl
def test_another_authority_may_stamp_later_runs(tmp_path: Path, authority: Authority) -> None:
    data, other = filled(tmp_path / "data"), Authority(tmp_path / "other")
    with authority.serving() as url:
        assert not list(stamp(data, url, authority.root, run="first"))
    with other.serving() as url:
        assert not list(stamp(data, url, other.root, run="second"))
    evidence = Evidence(data)
    assert not list(verify(data, evidence=evidence))
    assert [stamp.rooted for stamp in evidence.stamps.values()] == [True, True]
    lines = [str(one) for one in verify(data, evidence=Evidence(data, roots=other.root))]
    assert [line.partition(":")[0] for line in lines] == ["first.manifest.json.tsr"]


def test_a_named_file_that_is_none_is_one_line_and_nothing_is_checked(tmp_path: Path) -> None:
    data, wrong = filled(tmp_path / "data"), tmp_path / "wrong.pem"
    wrong.write_text("rubbish")
    before = (data / "proof" / "audit.jsonl").read_bytes()
    for options in (Options(key=wrong), Options(tsa_ca=wrong), Options(key=tmp_path / "none")):
        (line,) = verify_archive(data, options)
        assert "is no public key: " in line or "holds no certificates: " in line
        assert list(prove_capture(data, "x", options)) == [line]
    assert (data / "proof" / "audit.jsonl").read_bytes() == before
