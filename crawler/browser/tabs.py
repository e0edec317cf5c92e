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
_MARKS = """
text => {
  const all = [...document.body.querySelectorAll('a,li,span,div,td,button,option,p,dd,label,i,b')];
  const found = all.filter(e => e.children.length < 2 && e.textContent.trim() === text);
  const marks = [];
  for (let e = found[found.length - 1], up = 0; e && up < 5; e = e.parentElement, up++)
    for (const a of e.attributes)
      if (!/^(class|style|on\\w+|href|target|title)$/.test(a.name) && a.value.length < 80)
        marks.push([a.name, a.value]);
  return marks;
}
"""
_ROWS = """
name => [...document.querySelectorAll('[' + CSS.escape(name) + ']')].slice(0, 500).map(row =>
  [row.getAttribute(name), [row, ...row.querySelectorAll('*')].filter(e => e.children.length < 2)
    .map(e => e.textContent.trim()).filter(t => t.length > 3 && t.length < 100).slice(0, 20)])
"""
_YEAR = re.compile(r"^20[0-4]\d\s*年?(?:度)?(?:年报)?$")
_MARK = re.compile(r"[\w.-]+\Z")
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


async def rows_like(page: Page, text: str, url: str) -> list[tuple[str, list[str]]]:
    """Where the rows lead that are marked as the one whose press led to `url`.

    Returns:
        An address and the texts of its row each, none where no mark of that row is in its address.
    """
    marks: list[tuple[str, str]] = await page.evaluate(_MARKS, text)
    for name, value in marks:
        at = url.rfind(value) if value else -1
        beside = (url[at - 1 : at] + url[at + len(value) :][:1]) if at > 0 else "x"
        if at <= url.find("/", len("https://")) or beside.isalnum():
            continue
        rows: list[tuple[str, list[str]]] = await page.evaluate(_ROWS, name)
        after = url[at + len(value) :]
        return [(f"{url[:at]}{mark}{after}", said) for mark, said in rows if _MARK.match(mark)]
    return []


async def press(page: Page, text: str) -> bool:
    """Press the control that says this, or choose the option; say whether it is there."""
    pressed: bool = await page.evaluate(_PRESS, text)
    return pressed
