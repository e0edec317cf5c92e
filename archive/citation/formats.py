"""Citations as data for reference managers: BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from archive.citation import source as parts
from archive.fields import address

if TYPE_CHECKING:
    from archive.citation.source import Source

# A brace counts for BibTeX even behind a backslash, so braces are written as words.
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{mark: f"\\{mark}" for mark in "&%$#_"},
    }
)
_TEX_URL = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D"})


def bibtex(source: Source) -> str:
    """Returns a BibTeX entry for BibTeX and biblatex.

    The institution is left out because the GB/T 7714 styles would print it as a publisher, which
    8.8.3 of the standard does not have; `date` is read by them and by biblatex, `year` by the rest.
    """
    url = parts.links(source)[0]
    published = parts.iso_date(source.published_on)
    fields = {
        "author": f"{{{_tex(source.publisher)}}}" if parts.line(source.publisher) else "",
        "title": f"{{{parts.title(source).translate(_TEX)}}}",
        "year": published[:4],
        "date": published,
        "url": url.translate(_TEX_URL),
        "urldate": parts.iso_date(source.captured_at),
        "langid": "chinese",
        "note": _tex(parts.note_zh(source)),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    kind = "misc" if source.kind == "original" else "techreport"
    return f"@{kind}{{{key(source)},\n" + ",\n".join(lines) + "\n}\n"


def ris(source: Source) -> str:
    r"""Returns a RIS record, its lines ended by `\r\n` as the format demands."""
    lines = [
        ("TY", "ELEC" if source.kind == "original" else "RPRT"),
        ("ID", key(source)),
        ("AU", parts.line(source.publisher)),
        ("TI", parts.title(source)),
        ("PY", parts.iso_date(source.published_on)[:4]),
        ("DA", _ris_date(source.published_on)),
        ("LA", "zh-CN"),
        ("UR", parts.links(source)[0]),
        ("L2", parts.links(source)[1]),
        ("Y2", _ris_date(source.captured_at)),
        ("N1", parts.note_zh(source)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in lines if text or tag == "ER")


def csl_json(source: Source) -> str:
    """Returns an array of one CSL-JSON item.

    The archived copy stands in `note` and `custom`: with the variable `archive` the GB/T 7714
    styles would describe the report as a piece of an archive's holdings.
    """
    published = parts.date_parts(source.published_on)
    item: dict[str, Any] = {
        "id": key(source),
        "type": "webpage" if source.kind == "original" else "report",
        "title": parts.title(source),
        "language": "zh-CN",
        "URL": parts.links(source)[0],
        "accessed": {"date-parts": [list(parts.date_parts(source.captured_at))]},
        "note": parts.note_zh(source),
        "custom": {
            "archive-url": parts.links(source)[1],
            "captured-at": parts.line(source.captured_at),
            "sha256": parts.line(source.sha256),
            "media-type": parts.line(source.media_type),
        },
    }
    if source.figure and source.figure.address:
        item["custom"]["figure-url"] = address(source.figure.address)
    if parts.line(source.publisher):
        item["author"] = [{"literal": parts.line(source.publisher)}]
    if published:
        item["issued"] = {"date-parts": [list(published)]}
    if source.figure and source.figure.page and not source.figure.rendered:
        item["page"] = str(source.figure.page)
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def key(source: Source) -> str:
    """Returns the citation key: `nianbao`, the year reported on, the digest's first 12 digits."""
    digest = "".join(char for char in source.sha256[:12] if char.isascii() and char.isalnum())
    return f"nianbao{source.year or ''}-{digest}"


def _tex(text: str | None) -> str:
    return parts.line(text).translate(_TEX)


def _ris_date(text: str | None) -> str:
    date = parts.date_parts(text)
    return "/".join(f"{part:02}" for part in date) + "/" * (4 - len(date)) if date else ""
