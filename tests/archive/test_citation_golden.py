"""Every form of every kind of citation in every trouble, as it was read and found right once.

After a change that is meant: `NIANBAO_GOLDEN=write pytest tests/archive/test_citation_golden.py`,
and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from citing import CASES, SHA, SITE

from archive.citation import STYLES, cite

GOLDEN = Path(__file__).with_name("citations.txt")
_HEAD = re.compile(r"^=== (.+)\n", re.MULTILINE)


def key(style: str, case: str) -> str:
    return f"{style} · {case}"


def golden() -> dict[str, str]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        _, *parts = _HEAD.split(file.read())
    return {
        name: text.removesuffix("\n") for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def write() -> None:
    texts = {key(style, case): cite(CASES[case], style) for style in STYLES for case in CASES}
    with GOLDEN.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"=== {name}\n{text}\n" for name, text in texts.items())


if os.environ.get("NIANBAO_GOLDEN") == "write":
    write()
KEPT = golden()


def test_nothing_is_kept_that_is_not_made() -> None:
    assert KEPT.keys() == {key(style, case) for style in STYLES for case in CASES}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("style", STYLES)
def test_a_citation_is_as_it_was_found_right(style: str, case: str) -> None:
    assert cite(CASES[case], style) == KEPT[key(style, case)]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("style", STYLES)
def test_it_has_both_addresses_the_time_and_the_digest(style: str, case: str) -> None:
    source = CASES[case]
    text = cite(source, style).replace("\\_", "_")
    wanted = [source.url, source.archive_url, "2026-11-20T06:46:35Z", SHA]
    if source.figure:
        wanted += [f"{SITE}/figure/990101-2021-8f434346/requests/received/natural_person", "38"]
    assert [part for part in wanted if part not in text] == []
