"""Page through a list that scripts page: press 下一页 until nothing new comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

_MOST_PAGES = 40
_QUIET_MS = 15_000
_SETTLE_MS = 150
_CLICK_MS = 3_000
_NEXT = "a, button, span, li, div.next"
_NEXT_TEXT = r"/^\s*(下一?页|后一?页|next|>|»)\s*[>»]?\s*$/i"


async def unfold(page: Page) -> list[str]:
    """The page's markup once it is quiet, then once more for each further screen of its list.

    A 下一页 that has an address is left to the crawl; only one that a script answers is pressed.
    """
    await _quiet(page)
    snapshots = [await page.content()]
    address = page.url.partition("#")[0]
    for _ in range(_MOST_PAGES):
        control = await _scripted_next(page)
        if control is None:
            break
        try:
            await control.click(timeout=_CLICK_MS)
        except PlaywrightError:
            break
        await _quiet(page)
        after = await page.content()
        if after in snapshots or page.url.partition("#")[0] != address:
            break
        snapshots.append(after)
    return snapshots


async def _quiet(page: Page) -> None:
    """Wait until the page asks for nothing more, within bounds."""
    try:
        await page.wait_for_load_state("networkidle", timeout=_QUIET_MS)
    except PlaywrightError:
        return
    await page.wait_for_timeout(_SETTLE_MS)


async def _scripted_next(page: Page) -> Locator | None:
    """The control that leads on and has no address of its own."""
    controls = page.locator(_NEXT).locator(f"text={_NEXT_TEXT}")
    for index in range(min(await controls.count(), 6)):
        control = controls.nth(index)
        href = (await control.get_attribute("href") or "").strip().lower()
        classes = (await control.get_attribute("class") or "").lower()
        led_by_script = not href or href.startswith(("javascript:", "#"))
        if led_by_script and "disabled" not in classes and await control.is_visible():
            return control
    return None
