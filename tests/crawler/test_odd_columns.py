"""Columns as other people build them: one report in place of a list, cut titles, data that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from small_portal import crawled, items, serving

from archive import Archive

if TYPE_CHECKING:
    from pathlib import Path

_SECTIONS = "<p>一、总体情况</p><p>二、主动公开政府信息情况</p><p>六、其他需要报告的事项</p>"


def reports(data: Path) -> set[str]:
    """The paths of the reports that were obtained."""
    with Archive(data, readonly=True) as archive:
        kept = [one for one in archive.captures(roles=["report"]) if one.reason is None]
    return {"/" + one.url.split("/", 3)[3] for one in kept}


def test_a_column_that_is_the_newest_report_beside_the_units(tmp_path: Path) -> None:
    def address(unit: str, year: int) -> str:
        return f"/report.jsp?area={unit}&year={year}"

    units = items(("试验区人民政府", address("1AX", 2021)), ("试验区财政局", address("2BX", 2021)))
    units += items(("信息公开指南", "/report.jsp?guide=1"))
    with serving() as site:
        for unit in ("1AX", "2BX"):
            for year in (2020, 2021):
                years = items(("2020", address(unit, 2020)), ("2021", address(unit, 2021)))
                site.put(address(unit, year), "信息公开年报", units + years + _SECTIONS)
        site.put("/zwgk/", "政务公开", items(("信息公开年报", address("1AX", 2021))))
        summary = crawled(site, tmp_path)
        expected = {address(unit, year) for unit in ("1AX", "2BX") for year in (2020, 2021)}
        assert not [line for line in site.lines if "guide" in line]
    assert reports(tmp_path) == expected
    assert summary.found == len(expected)
