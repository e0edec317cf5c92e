"""The arguments of `scrapy crawl reports`: what they name, or why they are wrong use."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.choice import chosen, own_table
from crawler.model import CrawlOptions, impolite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.model import Portal

KNOWN = (
    "portal", "province", "all", "portals", "allow_private", "delay", "max_requests",
    "max_seconds", "jobs", "browser", "run_id", "ask_all",
)  # fmt: skip
_TRUE = {"1", "true", "yes", "on"}


def portals(arguments: Mapping[str, str], data: Path) -> list[Portal]:
    """The portals of `portal=` and `province=`, several with commas between, or of `all=1`.

    Args:
        arguments: What stands behind `-a`; `portals=` names a table of one's own.
        data: The data folder, which may have such a table, too.

    Raises:
        ValueError: They name no portal; the message is for the user.
    """
    places, provinces = (
        [text for text in str(arguments.get(name, "")).split(",") if text.strip()]
        for name in ("portal", "province")
    )
    everything = _switch(arguments, "all")
    if not (places or provinces or everything):
        raise ValueError("say which portal: scrapy crawl reports -a portal=URL")
    given = arguments.get("portals")
    table = own_table(data, Path(given) if given else None)
    return chosen(places, provinces, everything=everything, table=table)


def options(arguments: Mapping[str, str], delay: float) -> CrawlOptions:
    """The options; `delay` is that of the settings, where no argument says otherwise.

    Raises:
        ValueError: One is unknown, or not a number where a number belongs.
    """
    unknown = sorted(set(arguments) - set(KNOWN))
    if unknown:
        raise ValueError(f"no argument {unknown[0]}; there are {', '.join(KNOWN)}")
    usual = CrawlOptions()
    pause, private = _number(arguments, "delay", delay), _switch(arguments, "allow_private")
    why = impolite(pause, allow_private=private)
    if why:
        raise ValueError(f"delay={why}")
    return CrawlOptions(
        delay=pause,
        max_requests=int(_number(arguments, "max_requests", usual.max_requests)),
        max_seconds=_number(arguments, "max_seconds", usual.max_seconds),
        jobs=max(int(_number(arguments, "jobs", usual.jobs)), 1),
        allow_private=private,
        browser=_switch(arguments, "browser", usual=usual.browser),
        ask_all=_switch(arguments, "ask_all", usual=usual.ask_all),
        run_id=arguments.get("run_id"),
    )


def _number(arguments: Mapping[str, str], name: str, usual: float) -> float:
    try:
        number = float(arguments.get(name, usual))
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise ValueError(f"{name}={arguments[name]} is not a number of zero or more")
    return number


def _switch(arguments: Mapping[str, str], name: str, *, usual: bool = False) -> bool:
    return str(arguments[name]).lower() in _TRUE if name in arguments else usual
