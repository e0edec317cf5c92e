"""Pagers that stand in the markup: numbers, 下一页, and page selectors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from crawler.discovery.links import page_links
from crawler.discovery.scoring import is_calendar

if TYPE_CHECKING:
    from crawler.discovery.page import Page

_NEXT = re.compile(
    r"^(?:下一?页|后一?页|下一?頁|向后|next|>|>>|»|›|尾页|末页|最后一页|末尾|last)\s*[>»›]*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(?!20[0-4]\d$)(?:第\s*)?\d{1,4}(?:\s*页)?$")  # 2021 is a year
_MORE = re.compile(r"^(?:点击)?(?:加载|查看|显示)更多(?:信息|内容)?$|^load more$", re.IGNORECASE)
_GROWS = re.compile(
    r"onscroll|\.scroll\(|['\"]scroll['\"]|IntersectionObserver|flow\.load|dropload|mescroll",
    re.IGNORECASE,
)
_ASKS = re.compile(r"XMLHttpRequest|\$\.(?:ajax|post|get)|\bfetch\(|axios")
_ONWARD = re.compile(r"^(?:下一?页|后一?页|下一?頁|next(?: page)?)\s*[>»›]*$", re.IGNORECASE)
_PAGE_PART = re.compile(
    r"/(?:index|list|default)?[_-]?(?:p|pg|page|pageno|pn)?[/_-]?\d{1,4}(?=\.\w{2,6}$|/?$)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:/(?:index|default))?(?:\.\w{2,6}|/)?$", re.IGNORECASE)
_MOST_CHANGED = 2
"""Parameters by which two pages of a list may differ."""
_MOST_PAGES = 200
_LONGEST = 40
"""Characters of a pager's control at most."""
_TOTAL = re.compile(r"共\s*(\d{1,4})\s*页|第?\s*\d{1,4}\s*/\s*(?:共\s*)?(\d{1,4})\s*页")


def pager_links(page: Page) -> list[str]:
    """The addresses of a list's other pages, as far as the markup names them.

    A number or 下一页 counts only where its address is this list's own with another number in it:
    calendars, counters and article numbers look the same otherwise. Of 下一页 in so many words the
    query may hold anything: some write the number as base64.
    """
    found: dict[str, None] = {}
    for link in page_links(page):
        text = link.text.strip(" []【】()<＞")
        if text == "1":  # where the list began
            continue
        named = _NEXT.match(text or link.text) or (
            _NUMBER.match(text) and (is_calendar(page.url) or not is_calendar(link.url))
        )
        if (named and is_sibling(link.url, page.url)) or (
            _ONWARD.match(text) and _same_script(link.url, page.url)
        ):
            found[link.url] = None
    found.pop(page.url, None)
    return list(found)[:_MOST_PAGES]


def pages_by_script(page: Page) -> bool:
    """Whether a list says that it goes on, and only a script knows where."""
    for control in page.tree.iter("a", "button", "span", "li", "div", "input"):
        if len(control) > 1 or any(len(child) for child in control):
            continue
        said = control.get("value") or "" if control.tag == "input" else control.text_content()
        text = " ".join(said[:_LONGEST].split())
        says_next = _NEXT.match(text) or _MORE.match(text)
        href = (control.get("href") or "").strip().lower()
        if says_next and (control.get("onclick") or href.startswith("javascript:")):
            return True
    return pages_named(page) > 1 or grows(page)


def grows(page: Page) -> bool:
    """Whether a list's own script waits for its end to be seen, to ask for more."""
    return bool(_GROWS.search(page.scripts) and _ASKS.search(page.scripts))


def is_pager_text(text: str) -> bool:
    """Whether a control says that it leads to another page of a list."""
    return len(text) <= _LONGEST and bool(_NEXT.match(text) or _NUMBER.match(text))


def pages_named(page: Page) -> int:
    """How many pages a list says that it has (共 5 页), 0 where it says nothing."""
    total = _TOTAL.search(page.visible)
    return int(total[1] or total[2]) if total else 0


def is_sibling(url: str, listing: str) -> bool:
    """Whether two addresses differ only by the number of the page.

    `list.html` and `list_2.html`, `col/index.html` and `col/index_3.html`, `js.htm` and
    `js/6.htm`, `list.jsp?id=7` and `list.jsp?id=7&page=2`, `1.html` and `2.html`.
    """
    one, two = urlsplit(url), urlsplit(listing)
    if (one.hostname, one.port) != (two.hostname, two.port):
        return False
    if one.path == two.path:
        return one.query != two.query and _differ_by_numbers(one.query, two.query)
    return bool(set(_stems(one.path)) & set(_stems(two.path)))


def _differ_by_numbers(one: str, two: str) -> bool:
    """Whether every parameter that differs is a number, or stands on one side only as one."""
    a, b = parse_qs(one, keep_blank_values=True), parse_qs(two, keep_blank_values=True)
    changed = [
        value
        for key in a.keys() | b.keys()
        if a.get(key) != b.get(key)
        for value in (a.get(key), b.get(key))
        if value
    ]
    if len(changed) <= 2 * _MOST_CHANGED and all(value[0].isdigit() for value in changed):
        return True
    routes = [(a[key][0], b[key][0]) for key in a.keys() & b.keys() if a[key] != b[key]]
    return (  # ?s=/news/lists/id/7.html and ?s=/news/lists/id/7/p/2.html
        len(routes) == 1
        and a.keys() == b.keys()
        and all("/" in value for value in routes[0])
        and bool(set(_stems(routes[0][0])) & set(_stems(routes[0][1])))
    )


def _same_script(one: str, two: str) -> bool:
    """Whether two addresses differ by a little in their queries and not at all before them."""
    a, b = urlsplit(one), urlsplit(two)
    if (a.netloc, a.path) != (b.netloc, b.path) or a.query == b.query:
        return False
    left, right = parse_qs(a.query), parse_qs(b.query)
    changed = sum(left.get(key) != right.get(key) for key in left.keys() | right.keys())
    return changed <= _MOST_CHANGED


def _stems(path: str) -> list[str]:
    """What stays of a list's address when the number of its page is taken off."""
    folder, _, name = path.rpartition("/")
    stem, dot, suffix = name.partition(".")
    bare = re.sub(r"[_-]?\d{1,4}$", "", stem)
    stems = [f"{folder}/{bare or 'index'}"]
    if bare in {"", "index", "default"}:
        stems.append(f"{folder}/index")
    if stem.isdigit() and dot:  # js/6.htm is a page of js.htm
        stems += [folder, f"{folder}/index"]
    elif stem and dot and suffix:
        stems.append(f"{folder}/{stem}")
    # /column/page/2/, /column/p/2.html and /column/p2.html are pages of /column/ or /column.html
    whole = _SUFFIX.sub("", _PAGE_PART.sub("", path))
    return [*stems, whole] if whole else stems
