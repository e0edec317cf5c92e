"""What a rendering teaches: where a press leads, how data is shown, where an article stands."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from crawler.discovery.attachments import attachments
from crawler.discovery.content import reads_as_report
from crawler.discovery.links import page_links
from crawler.discovery.page import Page, decode
from crawler.discovery.records import entries, learn_entries, learn_route
from crawler.discovery.scoring import promise
from crawler.verdict import PRESSED
from extract.titles import classify

if TYPE_CHECKING:
    from crawler.ask import Ask
    from crawler.discovery.records import Template
    from crawler.discovery.scoring import Here
    from crawler.state import PortalState

_WAYS = {"column", "either", "hub"}
_MOST_TITLES = 40
_MOST_MENUS = 4
_MOST_ANSWERS = 200
_MOST_LEFT = 40
_MOST_ROWS = 500
_MOST_BODY = 100_000


class Teacher:
    """Responsible for what is learnt from the requests of one page in the browser."""

    def __init__(self, ask: Ask) -> None:
        """Begin with nothing; `ask` is what is rendered."""
        self._ask = ask
        self._answers: list[tuple[str, str | None, Page]] = []
        self._left: dict[str, None] = {}
        self._to: str | None = None
        self.pressing: str | None = None
        """The title or the menu that is being pressed to see where it leads."""

    def loaded(self, url: str, sent: bytes | None, body: bytes) -> None:
        """Take note of data that the page's script was given; `sent` is what it posted for it."""
        if len(self._answers) < _MOST_ANSWERS and len(sent or b"") <= _MOST_BODY:
            posted = None if sent is None else sent.decode("latin-1")
            self._answers.append((url, posted, Page(url, decode(body))))

    def left(self, url: str, method: str, body: bytes) -> None:
        """Take note of where a script would have sent the whole page."""
        if len(self._left) >= _MOST_LEFT or len(body) > _MOST_BODY:
            return
        if self.pressing and method == "GET":
            text = html.escape(self.pressing)
            self._to = url
            self._left[f'<a href="{html.escape(url)}">{text}</a>'] = None
            return
        sent = html.escape(body.decode("latin-1")) if method == "POST" else ""
        if method in {"GET", "POST"}:
            self._left[f'<a {PRESSED}="{sent}" href="{html.escape(url)}">下一页</a>'] = None

    def pressed_to(self) -> str | None:
        """Where the last press led, None where it led nowhere."""
        return self._to

    def rows(self, found: list[tuple[str, list[str]]]) -> None:
        """Take note of where rows lead that nobody needs to press."""
        for url, said in found[:_MOST_ROWS]:
            titles = [text for text in said if classify(text).kind == "report"]
            text = html.escape((titles or sorted(said, key=len) or [""])[-1])
            self._left[f'<a href="{html.escape(url)}">{text}</a>'] = None

    def read(self, screens: list[str], state: PortalState, moved: str | None) -> list[str]:
        """Tell the portal's state what was learnt; give what the crawl should read.

        Of a report whose article came as data that is a link to the data, else the screens;
        `moved` is the address to which a script took the page before it was shown.
        """
        if self._ask.kind in {"report", "either"}:
            return self._article(state) or screens
        known = self._entries(screens)
        state.entries |= known
        if any("<a href" in left for left in self._left):  # the application gives no addresses
            for link in (link for value in self._values() for link in entries(value, known)):
                anchor = f'<a href="{html.escape(link.url)}">{html.escape(link.text)}</a>'
                self._left[anchor] = None
        base = [f'<base href="{html.escape(moved)}">'] if moved else []
        return [*base, *screens, *self._left]

    def promising(self, words: list[str]) -> list[str]:
        """The words without an address that may lead to the column, or on it to a report."""
        if self._ask.kind in {"column", "either"}:
            return [text for text in words if classify(text).kind == "report"][:_MOST_TITLES]
        here: Here = "hub" if self._ask.kind == "hub" else "home"
        promised = {text: promise(text, f"{self._ask.url}?", here) for text in words}
        ways = {text: one.score for text, one in promised.items() if one and one.kind in _WAYS}
        return sorted(ways, key=lambda text: -ways[text])[:_MOST_MENUS]

    def names_reports(self, screens: list[str], words: list[str]) -> bool:
        """Whether what is shown is a list of reports, or holds one."""
        links = page_links(Page(self._ask.url, "".join(screens)))
        told = [*words, *(link.text for link in links)]
        return any(classify(text).kind == "report" for text in told)

    def knows_entries(self, screens: list[str]) -> bool:
        """Whether one title pressed has shown where the others lead."""
        return self._ask.kind == "column" and bool(self._entries(screens))

    def _entries(self, screens: list[str]) -> set[Template]:
        shown = "".join([*screens, *self._left])
        page = Page(self._ask.url, f"<html><body>{shown}</body></html>")
        return learn_entries(page, self._values())

    def _values(self) -> list[Any]:
        return [page.value for _, _, page in self._answers if page.value is not None]

    def _article(self, state: PortalState) -> list[str]:
        """A link to the data that holds the report's text or file, none where there is none."""
        for url, posted, page in self._answers:
            if not (reads_as_report(page) or _has_file(page)):
                continue
            route = learn_route(self._ask.url, url, posted or "")
            if route:
                state.routes.add(route)
            if posted is not None:
                sent = html.escape(posted)
                return [f'<a {PRESSED}="{sent}" href="{html.escape(url)}">下一页</a>']
            title = self._ask.text or page.title
            return [f'<a href="{html.escape(url)}">{html.escape(title)}</a>']
        return []


def _has_file(page: Page) -> bool:
    """Whether data names a year's report and a file of it."""
    return classify(page.title).year is not None and bool(attachments(page))
