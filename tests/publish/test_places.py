from __future__ import annotations

import pytest

from archive import PortalRecord
from publish.model import PlaceRow, PortalRow
from publish.places import from_records, locate

PORTALS, PLACES = from_records(
    [
        PortalRecord("p", "http://p/", "230000", "黑龙江省", "province", province="黑龙江省"),
        PortalRecord("c", "http://c/", "230400", "鹤岗市", "city", province="黑龙江省"),
        PortalRecord("n", "http://n/", "230404", "南山区", "county", "鹤岗市", "黑龙江省"),
        PortalRecord("x", "http://x/", "230405", "兴安区", "county", "鹤岗市", "黑龙江省"),
        PortalRecord("b", "http://b/", "110101", "东城区", "county", None, "北京市"),
        PortalRecord("u", "http://u/"),
    ]
)


def test_places_know_those_above_them_once() -> None:
    assert PLACES["230404"] == PlaceRow(
        "230404", "南山区", "county", "230400", "黑龙江省", "鹤岗市"
    )
    assert PLACES["230400"].parent == "230000"
    assert PLACES["110101"].parent == "110000"
    assert PLACES["110000"].name == "北京市"
    assert PORTALS["u"] == PortalRow("u", "http://u/")


@pytest.mark.parametrize(
    ("portal", "named", "code"),
    [
        ("n", ["黑龙江省鹤岗市南山区"], "230404"),
        ("n", [], "230404"),
        ("n", ["南山区教育局"], "230404"),
        ("n", ["鹤岗市"], "230404"),
        ("c", ["鹤岗市人民政府"], "230400"),
        ("c", ["鹤岗市南山区人民政府"], "230404"),
        ("p", ["鹤岗市兴安区"], "230405"),
        ("u", ["南山区"], None),
    ],
)
def test_a_report_is_of_its_portals_place_or_one_below_that_it_names(
    portal: str, named: list[str], code: str | None
) -> None:
    assert locate(PORTALS[portal], named, PLACES) == (code, None)


def test_a_report_that_names_another_place_stays_where_it_was_found_with_a_remark() -> None:
    code, problem = locate(PORTALS["n"], ["北京市东城区", "东城区人民政府"], PLACES)
    assert code == "230404"
    assert problem == "the text names 北京市东城区, the portal is that of 南山区"


def test_two_places_below_decide_nothing() -> None:
    assert locate(PORTALS["c"], ["鹤岗市", "南山区、兴安区"], PLACES)[0] == "230400"


def test_a_portal_the_archive_does_not_know_has_no_place() -> None:
    assert locate(None, ["南山区"], PLACES) == (None, None)
