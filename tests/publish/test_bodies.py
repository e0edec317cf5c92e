from __future__ import annotations

import pytest

from publish.bodies import body_of
from publish.model import PlaceRow

PLACES = {
    "990101": PlaceRow("990101", "示范区", "county", "990100", "示范省"),
    "990100": PlaceRow("990100", "示范市", "city", None, "示范省"),
}


@pytest.mark.parametrize(
    ("publisher", "body"),
    [
        ("示范区人民政府", "示范区人民政府"),
        ("示范区", "示范区人民政府"),
        ("示范区政府", "示范区人民政府"),
        ("示范市示范区人民政府办公室", "示范区人民政府"),
        ("示范省示范市示范区政府办公室", "示范区人民政府"),
        ("示范区教育局", "示范区教育局"),
        ("示范市示范区教育局", "示范区教育局"),
        ("区教育局", "示范区教育局"),
        ("教育局", "示范区教育局"),
        ("⽰范区教育局", "示范区教育局"),
        ("示范区东镇人民政府", "示范区东镇人民政府"),
        (None, None),
    ],
)
def test_one_name_for_a_body(publisher: str | None, body: str | None) -> None:
    assert body_of(publisher, "990101", PLACES) == body


def test_without_a_place_a_name_is_itself() -> None:
    assert body_of("甲局", None, PLACES) == "甲局"
    assert body_of("甲局", "123456", PLACES) == "甲局"
