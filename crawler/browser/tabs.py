"""The controls of a rendered list that choose a year or a unit by script alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.discovery.links import page_links

if TYPE_CHECKING:
    from playwright.async_api import Page

    from crawler.discovery.page import Page as Markup

_MOST = 40
_COLLECT = """
() => [...document.body.querySelectorAll('a,li,span,div,td,button,option,p,dd,label,i,b')]
  .filter(e => e.children.length < 2)
  .filter(e => !e.closest('a[href]:not([href^="javascript"]):not([href^="#"])'))
  .map(e => e.textContent.trim()).filter(t => t.length > 1 && t.length < 100)
"""
_PRESS = """
text => {
  const all = [...document.body.querySelectorAll('a,li,span,div,td,button,option,p,dd,label,i,b')];
  const found = all.filter(e => e.children.length < 2 && e.textContent.trim() === text);
  const last = found[found.length - 1];
  if (!last) return false;
  if (last.tagName === 'OPTION') {
    const menu = last.closest('select');
    menu.value = last.value;
    menu.dispatchEvent(new Event('input', {bubbles: true}));
    menu.dispatchEvent(new Event('change', {bubbles: true}));
  } else last.click();
  return true;
}
"""
_YEAR = re.compile(r"^20[0-4]\d\s*年?(?:度)?(?:年报)?$")
_UNIT = re.compile(
    r"^[\u4e00-\u9fff（）()]{2,22}(?:政府|局|委|委员会|办公室|街道|办事处|镇|乡|管委会|中心|部门|院|厅)$"
)


async def said(page: Page, markup: Markup) -> list[str]:
    """The words of the page that lead nowhere by an address, each once."""
    words: list[str] = await page.evaluate(_COLLECT)
    led = {link.text for link in page_links(markup)}
    return [text for text in dict.fromkeys(words) if text not in led]


def tabs(words: list[str]) -> list[str]:
    """Those of them that choose a year or a unit."""
    return [text for text in words if _YEAR.match(text) or _UNIT.match(text)][:_MOST]


async def press(page: Page, text: str) -> bool:
    """Press the control that says this, or choose the option; say whether it is there."""
    pressed: bool = await page.evaluate(_PRESS, text)
    return pressed
