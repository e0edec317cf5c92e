"""Hanweb / JCMS "jpage": lists in an XML island, further pages from `dataproxy.jsp`.

The island and every answer of the proxy are the same `<datastore>` XML. Some servers ignore
`startrecord` and obey `page`, some answer POST only: an answer that repeats the last one, or holds
nothing, is asked again the next way.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.discovery.links import Link, page_links
from crawler.discovery.page import Page
from crawler.families.model import MOST_PAGES, Further, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NAME = "jpage"
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""")
_TOTAL = re.compile(r"(?:totalrecord\b\D{1,4}|recordcount\D{1,6})(\d{1,6})", re.IGNORECASE)
_PER_PAGE = re.compile(r"per_?page\D{1,6}(\d{1,3})", re.IGNORECASE)
_MOST_RECORDS = 2_000
_MOST_MARKED = 200
_SCREENS = 3
_PER_SCREEN = 15
_WAYS = ("record-get", "page-get", "next-get", "record-post", "page-post", "next-post")
"""By record, by the page that the list names as its next, or by the one after: some lists name the
page that is shown."""


def read(page: Page, state: Mapping[str, str]) -> Listing | None:
    """Read an island, or an answer of the proxy (`state` says what was asked)."""
    if "<datastore>" not in page.text:
        return _failed(state) if state.get("family") == NAME else None
    records = list(_elements(page.text, "record"))
    base = Page(page.url, "<div>" + "\n".join(records) + "</div>")
    links = tuple(Link(link.url, link.text, NAME) for link in page_links(base))
    mark = _mark(links)
    if state.get("family") == NAME and (not records or _repeats(mark, state["mark"])):
        return _failed(state, links if records else ())
    nextgroup = next(_elements(page.text, "nextgroup"), "")
    address = _HREF.search(nextgroup.replace("&amp;", "&"))
    proxy = page.absolute(address[1]) if address else state.get("proxy")
    if not proxy or not (records or _promises(page)):
        return Listing(links)
    block = _page_of(address[1] if address else "")
    return Listing(
        links, _next(page, state, {"proxy": proxy, "mark": mark, "page": block}, len(records))
    )


def _mark(links: Sequence[Link]) -> str:
    """What an answer is told by: its addresses; the proxy writes them otherwise than the island."""
    known = {hashlib.sha256(link.url.encode()).hexdigest()[:6] for link in links[:_MOST_MARKED]}
    return " ".join(sorted(known))


def _repeats(mark: str, last: str) -> bool:
    """Whether an answer is the last one again, or the whole list from its beginning."""
    now, before = set(mark.split()), set(last.split())
    return bool(before) and (now <= before or before <= now)


def _promises(page: Page) -> bool:
    """Whether an empty island says that the proxy has more."""
    total = _TOTAL.search(page.text)
    return total is not None and int(total[1]) > 0


def _elements(text: str, name: str) -> Iterator[str]:
    """The content of each element of this name; the islands are not always well-formed XML."""
    start = 0
    for _ in range(_MOST_RECORDS):
        start = text.find(f"<{name}>", start)
        end = text.find(f"</{name}>", start)
        if start < 0 or end < 0:
            return
        inner = text[start + len(name) + 2 : end].strip()
        yield inner.removeprefix("<![CDATA[").removesuffix("]]>")
        start = end


def _next(
    page: Page, state: Mapping[str, str], found: Mapping[str, str], count: int
) -> tuple[Further, ...]:
    """Ask for what follows the records at hand, unless the list ends with them."""
    screen = _PER_PAGE.search(page.text)
    total = _TOTAL.search(page.text)
    following = {
        "family": NAME,
        "proxy": found["proxy"],
        "mark": found["mark"],
        "seen": str(int(state.get("seen", "0")) + count),
        "page": _block(state, found["page"]),
        "answers": str(int(state.get("answers", "0")) + 1),
        "perpage": state.get("perpage") or (screen[1] if screen else str(_PER_SCREEN)),
        "total": total[1] if total else state.get("total", ""),
        "way": state.get("way", _WAYS[0]),
        "proven": "yes" if state.get("family") == NAME else "",
    }
    done = following["total"] and int(following["seen"]) >= int(following["total"])
    if done or int(following["answers"]) > MOST_PAGES:
        return ()
    return (_ask(following),)


def _block(state: Mapping[str, str], named: str) -> str:
    """The page that the list names; where it names the one that is shown, that one."""
    if state.get("way", "").startswith("next"):
        return str(int(state["page"]) + 1)
    return named or str(int(state.get("page", "1")) + 1)


def _page_of(href: str) -> str:
    """The number of the next block as the list itself gives it: some count from 0, some from 1."""
    return dict(parse_qsl(urlsplit(href).query)).get("page", "")


def _failed(state: Mapping[str, str], links: tuple[Link, ...] = ()) -> Listing:
    """An answer that does not go on: try the next way, unless this one worked before."""
    remaining = _WAYS[_WAYS.index(state["way"]) + 1 :]
    if state.get("proven") or not remaining:
        return Listing(links)
    return Listing(links, (_ask({**state, "way": remaining[0]}),))


def _ask(state: Mapping[str, str]) -> Further:
    parts = urlsplit(state["proxy"])
    fixed = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key not in {"page", "startrecord", "endrecord", "perpage"}
    ]
    by, _, method = state["way"].partition("-")
    if by in {"page", "next"}:
        number = int(state["page"]) + (by == "next")
        position = [("page", str(number))]
    else:
        start = int(state["seen"]) + 1
        end = start + _SCREENS * int(state["perpage"]) - 1
        position = [("startrecord", str(start)), ("endrecord", str(end))]
    position.append(("perpage", state["perpage"]))
    if method == "post":
        url = urlunsplit(parts._replace(query=urlencode(position)))
        # Some servers read the address, some the body.
        return Further(url, "POST", urlencode(fixed + position).encode(), dict(state))
    url = urlunsplit(parts._replace(query=urlencode(position + fixed)))
    return Further(url, state=dict(state))
