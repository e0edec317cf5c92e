"""The control of a rendered list that leads to its next screen by script alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

_CONTROLS = "a, button, span, li, div.next"
_WORDS = "下一?页|后一?页|next|>|»|(点击)?(加载|查看|显示)更多|load more"
_NEXT = f"text=/^\\s*({_WORDS})\\s*[>»]?\\s*$/i"
_MOST = 6


_NUMBERED = """
number => {
  const all = [...document.body.querySelectorAll('a,button,li,span')].filter(e =>
    !e.children.length && /^\\d{1,3}$/.test(e.textContent.trim()) && !(e.closest('a[href]') &&
    !/^(javascript|#)/i.test(e.closest('a[href]').getAttribute('href'))));
  const found = all.filter(e => e.textContent.trim() === String(number));
  const beside = all.filter(e => e.textContent.trim() === String(number - 1));
  if (found.length !== 1 || !beside.length) return false;
  found[0].click();
  return true;
}
"""


async def press_number(page: Page, number: int) -> bool:
    """Press the number of a page, where it stands beside the one before; say whether it did."""
    pressed: bool = await page.evaluate(_NUMBERED, number)
    return pressed


async def scripted_next(page: Page) -> Locator | None:
    """The control, None where there is none, it is switched off, or it has an address."""
    controls = page.locator(_CONTROLS).locator(f"{_NEXT} >> visible=true")
    for locator in (page.locator(_CONTROLS).and_(page.locator(_NEXT)), controls):
        for index in range(min(await locator.count(), _MOST)):
            control = locator.nth(index)
            href = (await control.get_attribute("href") or "").strip().lower()
            classes = (await control.get_attribute("class") or "").lower()
            led_by_script = not href or href.startswith(("javascript:", "#"))
            if led_by_script and "disabled" not in classes and await control.is_visible():
                return control
    return None
