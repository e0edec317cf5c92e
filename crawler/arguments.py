"""The arguments of `scrapy crawl reports`: what they name, or why they are wrong use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from crawler.model import CrawlOptions
from crawler.registry import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.model import Portal

KNOWN = ("portal", "allow_private", "delay", "max_requests", "browser", "run_id", "ask_all")
_TRUE = {"1", "true", "yes", "on"}


def portals(arguments: Mapping[str, str]) -> list[Portal]:
    """The portals of `portal=`: an address, a place code or a name, several with commas between.

    Raises:
        ValueError: They name no portal; the message is for the user.
    """
    texts = [text for text in str(arguments.get("portal", "")).split(",") if text.strip()]
    if not texts:
        raise ValueError("say which portal: scrapy crawl reports -a portal=URL")
    return list({portal.id: portal for text in texts for portal in find(text)}.values())


def options(arguments: Mapping[str, str], delay: float) -> CrawlOptions:
    """The options; `delay` is that of the settings, where no argument says otherwise.

    Raises:
        ValueError: One is unknown, or not a number where a number belongs.
    """
    unknown = sorted(set(arguments) - set(KNOWN))
    if unknown:
        raise ValueError(f"no argument {unknown[0]}; there are {', '.join(KNOWN)}")
    usual = CrawlOptions()
    return CrawlOptions(
        delay=_number(arguments, "delay", delay),
        max_requests=int(_number(arguments, "max_requests", usual.max_requests)),
        allow_private=_switch(arguments, "allow_private", usual=usual.allow_private),
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


def _switch(arguments: Mapping[str, str], name: str, *, usual: bool) -> bool:
    return str(arguments[name]).lower() in _TRUE if name in arguments else usual
