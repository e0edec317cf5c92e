"""The simulated portals, one module for each family of content-management system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.portals.families import jpage, scripted, shtml, shtml_units, trs, vsb

if TYPE_CHECKING:
    from demo.portals.site import Site


def build_sites() -> list[Site]:
    """All six portals, fresh: what a test changes in one is not seen in another."""
    return [
        shtml.hulan(),
        trs.nanshan(),
        shtml_units.xingan(),
        vsb.dongfeng(),
        jpage.hongze(),
        scripted.shifan(),
    ]
