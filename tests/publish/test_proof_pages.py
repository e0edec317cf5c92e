from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archive.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def run(published: Path) -> str:
    with closing(sqlite3.connect(published / "nianbao.db")) as db:
        return str(db.execute("select id from runs order by id limit 1").fetchone()[0])


def test_the_page_of_a_run_shows_root_signature_and_key(
    get: Callable[..., Any], published: Path, run: str
) -> None:
    answer = get(f"/run/{run}")
    assert answer.status_code == 200
    (manifest,) = published.glob(f"warc/{run}.manifest.json")
    (root,) = [line.split('"')[3] for line in manifest.read_text().splitlines()
               if line.startswith(' "root"')]  # fmt: skip
    assert root in answer.text
    assert manifest.with_name(manifest.name + ".sig").read_bytes().hex() in answer.text
    assert "/proof/public-key.pem" in answer.text


def test_proofs_are_given_as_they_are(get: Callable[..., Any], published: Path, run: str) -> None:
    for name, folder in ((f"{run}.manifest.json", "warc"), (f"{run}.manifest.json.sig", "warc"),
                         ("public-key.pem", "proof"), ("audit.jsonl", "proof")):  # fmt: skip
        answer = get(f"/proof/{name}")
        assert answer.status_code == 200, name
        assert answer.content == (published / folder / name).read_bytes()
        assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name",
    ["signing-key.pem", "..%2fproof%2fsigning-key.pem", "../proof/signing-key.pem", "catalog.db",
     "x.manifest.json", "nianbao.db", "..", "first-00000.warc.gz", "%2e%2e%2fsigning-key.pem"],
)  # fmt: skip
def test_nothing_else_is_given(get: Callable[..., Any], published: Path, name: str) -> None:
    answer = get(f"/proof/{name}", follow_redirects=True)
    assert answer.status_code == 404 or b"<html" in answer.content
    secret = (published / "proof" / "signing-key.pem").read_text().splitlines()[1]
    assert secret not in answer.text


def test_a_run_that_is_none_and_one_that_is_not_signed(
    get: Callable[..., Any], ask: Callable[..., Any], published: Path, run: str, tmp_path: Path
) -> None:
    assert get("/run/none").status_code == 404
    data = tmp_path / "data"
    data.mkdir()
    (data / "nianbao.db").write_bytes((published / "nianbao.db").read_bytes())
    answer = ask(data, f"/run/{run}")
    assert answer.status_code == 200
    assert "No signed manifest" in answer.text


def test_the_capture_and_the_table_lead_to_the_run(get: Callable[..., Any], run: str) -> None:
    row = get(f"/nianbao/runs/{run}")
    assert row.status_code == 302
    assert row.headers["location"] == f"/run/{run}"
    assert f'href="/run/{run}"' in get("/nianbao/captures").text


def test_a_build_is_sealed_and_an_edited_figure_found(published: Path, tmp_path: Path) -> None:
    import shutil  # noqa: PLC0415 - only here

    data = Path(shutil.copytree(published, tmp_path / "data"))
    assert not [str(one) for one in verify(data)]
    with closing(sqlite3.connect(data / "nianbao.db")) as db, db:
        report = db.execute("select report from figures where value > 0 limit 1").fetchone()[0]
        edited = db.execute(
            'update figures set value = value + 1 where (report, form_table, "row", "column") ='
            ' (select report, form_table, "row", "column" from figures where report = ?'
            " and value > 0 limit 1)",
            (report,),
        ).rowcount  # fmt: skip
        assert edited == 1
    lines = [str(one) for one in verify(data)]
    assert (
        f"nianbao.db: database changed: report {report} or its figures are not as they were built"
        in lines
    )


def test_the_seal_states_the_database_s_digest(published: Path) -> None:
    digest = hashlib.sha256((published / "nianbao.db").read_bytes()).hexdigest()
    assert f'"sha256": "{digest}"' in (published / "proof" / "nianbao.db.json").read_text()
