"""Crawls killed hard at random moments: nothing is lost, nothing asked twice, WARCs stay whole."""

from __future__ import annotations

import random

import pytest

from benchmarks import kill


@pytest.mark.parametrize(("name", "kills"), [("rotation", 3), ("second", 2)])
def test_a_crawl_that_was_killed_comes_to_the_same_end(name: str, kills: int) -> None:
    part = next(part for part in kill.PARTS if part.name == name)
    result = kill.run(part, kills, random.Random(name))
    assert result["kills"] == kills
    assert result["problems"] == []
    assert result["asked_again_in_flight"] <= kills
    assert result["reports"] > 50
