from __future__ import annotations

import contextlib
import http.server
import os
import select
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extract import office
from extract.readers.docx import read_docx
from extract.sniff import DOCX, PDF, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).parents[2].parent / "shared"
RTF = (
    rb"{\rtf1\ansi\deff0 before\par"
    rb"\trowd\cellx3000\cellx6000\intbl a\cell 12\cell\row"
    rb"\trowd\cellx3000\cellx6000\intbl b\cell 3,4\cell\row\pard after\par}"
)
needs_office = pytest.mark.skipif(office.find_soffice() is None, reason="LibreOffice is missing")


@needs_office
@pytest.mark.office
def test_a_bad_file_does_not_fail_the_others() -> None:
    broken = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)
    results = office.to_docx([RTF, broken, b"%PDF-1.4", b"", RTF.replace(b"12", b"56")])
    assert [isinstance(result, bytes) for result in results] == [True, False, False, False, True]
    texts = []
    for result in (results[0], results[4]):
        assert isinstance(result, bytes)
        assert sniff(result) == DOCX
        document = read_docx(result)
        texts.append([cell.text for cell in document.grids[0].cells])
        assert [paragraph.text for paragraph in document.paragraphs] == ["before", "after"]
    assert texts == [["a", "12", "b", "3,4"], ["a", "56", "b", "3,4"]]


@needs_office
@pytest.mark.office
def test_a_word_file_is_rendered() -> None:
    assert sniff(office.to_pdf(RTF)) == PDF
    with pytest.raises(office.OfficeError, match="cannot read"):
        office.to_pdf(b"no such thing")


@contextlib.contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - the same

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            thread.join()


@needs_office
@pytest.mark.office
def test_links_in_a_file_are_not_followed() -> None:
    with listening() as (port, asked):
        address = f"http://127.0.0.1:{port}"
        picture = rf'{{\field{{\*\fldinst INCLUDEPICTURE "{address}/p.png" \\d}}{{\fldrslt x}}}}'
        text = rf'{{\field{{\*\fldinst INCLUDETEXT "{address}/t.doc"}}{{\fldrslt y}}}}'
        page = f"<html><body><p>z<img src='{address}/i.png'></body></html>"
        rtf = rf"{{\rtf1\ansi {picture}{text}\par}}".encode()
        assert isinstance(office.to_docx([rtf])[0], bytes)
        office.to_pdf(rtf)
        office.to_pdf(page.encode())
        assert asked == []


def fake(folder: Path, script: str) -> str:
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_without_libreoffice_the_reason_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIANBAO_SOFFICE", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert office.find_soffice() is None
    (result,) = office.to_docx([RTF])
    assert str(result) == "LibreOffice is not installed, so .doc files cannot be read"
    monkeypatch.setenv("NIANBAO_SOFFICE", "/nowhere/soffice")
    assert isinstance(office.to_docx([RTF])[0], office.OfficeError)


def ends(process: int) -> bool:
    """Whether a process that is no child of ours is gone, or goes within a second."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], 1)[0])
    finally:
        os.close(watched)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_a_hanging_converter_is_killed_with_its_children(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    program = fake(tmp_path, f"sleep 30 & echo $! > {child}; wait")
    monkeypatch.setenv("NIANBAO_SOFFICE", program)
    monkeypatch.setattr(office, "_SECONDS", 0.2)
    monkeypatch.setattr(office, "_SECONDS_A_FILE", 0)
    began = time.monotonic()
    (result,) = office.to_docx([RTF])
    assert time.monotonic() - began < 2
    assert "did not finish" in str(result)
    assert ends(int(child.read_text()))


def test_a_crash_costs_only_the_file_that_caused_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stand-in that copies files and dies at the one that says so."""
    script = """
while [ "$1" != --outdir ]; do shift; done
out=$2; shift 2; mkdir -p "$out"
for file; do
  if grep -q crash "$file"; then kill -SEGV $$; fi
  name=${file##*/}; cp "$file" "$out/${name%.*}.docx"
done"""
    monkeypatch.setenv("NIANBAO_SOFFICE", fake(tmp_path, script))
    results = office.to_docx([RTF, b"{\\rtf1 crash}", RTF])
    assert results[0] == results[2] == RTF
    assert "ended with status" in str(results[1])


@needs_office
@pytest.mark.office
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real reports are not here")
def test_a_real_doc() -> None:
    (result,) = office.to_docx([(SHARED / "originals" / "hulan-2021.doc").read_bytes()])
    assert isinstance(result, bytes)
    document = read_docx(result)
    assert [grid.columns for grid in document.grids] == [4, 10, 15]
