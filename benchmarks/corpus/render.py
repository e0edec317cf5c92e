"""Invented reports as files: every format and page layout that readers are measured on."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
from PIL import Image

from demo import html, ooxml
from demo.make_files import program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from demo.layout import Table
    from demo.reports import DemoReport

PAGE_STYLES = {
    "ruled": "",
    "small": "td{font-size:10px;padding:1px}",
    "large": "td{font-size:17px;padding:7px 4px}",
    "horizontal rules": "td{border-left:0;border-right:0}",
    "no rules": "td{border:0}",
    "shaded": "h2,tr:first-child td{background:#dde6f5}p{background:#f3f3f3}",
    "thick": "td{border:3px double #000}",
    "dotted": "td{border:1px dotted #555}",
}


def web_page(report: DemoReport, shown: Sequence[Table], rng: Random) -> tuple[bytes, str]:
    """The report as HTML, and how: plain, nested in layout tables, with mso markup, in GB18030."""
    body = html.body(report, shown)
    kind = rng.choice(("plain", "layout tables", "mso", "gb18030 declared utf-8"))
    if kind == "layout tables":
        body = (
            f"<table><tr><td>菜单</td><td><table><tr><td>{body}</td></tr></table></td></tr></table>"
        )
    if kind == "mso":
        body = body.replace("<td", '<td class="MsoNormal" width=57').replace(
            "</td>", "<o:p></o:p></p></td>"
        )
        body = body.replace("57>", "57><p class=MsoNormal align=center><span lang=EN-US>")
    page = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>'
        f"{''.join(report.title)}</title></head><body>{body}</body></html>"
    )
    return page.encode("gb18030" if kind.startswith("gb") else "utf-8"), kind


def word(report: DemoReport, shown: Sequence[Table], rng: Random) -> bytes:
    """The report as .docx."""
    return ooxml.docx(report, shown=shown, size=rng.choice((24, 28, 32)))


def office(files: Sequence[bytes], suffix: str) -> list[bytes]:
    """Word documents as LibreOffice saves them in another format, in one call."""
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / f"{index:04}.docx" for index in range(len(files))]
        for name, data in zip(names, files, strict=True):
            name.write_bytes(data)
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [program("soffice"), profile, "--headless", "--convert-to", suffix]
        subprocess.run(
            [*command, "--outdir", folder, *map(str, names)], check=True, capture_output=True
        )
        return [name.with_suffix(f".{suffix}").read_bytes() for name in names]


def packed(name: str, data: bytes) -> bytes:
    """A ZIP file that holds one file, its name in GB18030 as Windows writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name.encode("gb18030").decode("cp437"), data)
    return buffer.getvalue()


def scanned(pdf: bytes, rng: Random, *, dpi: int, rough: bool) -> bytes:
    """A PDF of pictures of another's pages; `rough` ones are noisy and up to 1.5° askew."""
    return _saved(_pictures(pdf, rng, dpi=dpi, rough=rough), "PDF", dpi, 55 if rough else 75)


def tiff(pdf: bytes, rng: Random) -> bytes:
    """A TIFF of pictures of a PDF's pages at 200 dpi."""
    return _saved(_pictures(pdf, rng, dpi=200, rough=False), "TIFF", 200, 75)


def _pictures(pdf: bytes, rng: Random, *, dpi: int, rough: bool) -> list[Image.Image]:
    noise = np.random.default_rng(rng.randrange(2**32))
    pages = []
    for page in pypdfium2.PdfDocument(pdf):
        grey = page.render(scale=dpi / 72).to_pil().convert("L")
        if rough:
            grey = grey.rotate(
                rng.uniform(-1.5, 1.5), resample=Image.Resampling.BICUBIC, fillcolor=255
            )
        grain = np.asarray(grey, dtype=float) * 0.94 + noise.normal(
            0, 9 if rough else 2, grey.size[::-1]
        )
        pages.append(Image.fromarray(grain.clip(0, 255).astype(np.uint8)))
    return pages


def _saved(pages: Sequence[Image.Image], kind: str, dpi: int, quality: int) -> bytes:
    buffer = io.BytesIO()
    resolution = (
        {"resolution": dpi} if kind == "PDF" else {"dpi": (dpi, dpi), "compression": "jpeg"}
    )
    pages[0].save(
        buffer,
        format=kind,
        save_all=True,
        append_images=pages[1:],
        quality=quality,
        **resolution,
    )
    return buffer.getvalue()
